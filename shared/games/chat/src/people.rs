//! Who is in the room, and what the document says of it.

use std::collections::{BTreeMap, BTreeSet};

use drumbeat_shared::limits::NAME_BYTES_MAX;
use drumbeat_shared::protocol::names;
use drumbeat_shared::typed::{Document, PlayerId, Record, RecordId, Saved, Tick};

/// People whom the document names, at most: of more it has only the number.
pub const LISTED_MAX: usize = 200;
/// Bytes of a topic, at most.
pub const TOPIC_BYTES_MAX: usize = 200;
/// Seconds between two changes of the number of people, in a room with more than are listed.
const COUNT_S: u16 = 2;

/// Seconds in which somebody whose name was taken still gets it, once it is free: who connects again
/// may be here before the connection before is gone.
const RENAME_S: u32 = 10;

/// A record of the room's document.
#[derive(Record, Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The room itself; the first record.
    Room {
        /// What it is about; empty if nobody has said.
        #[max(200)]
        topic: String,
        /// How many people are here.
        people: u16,
        /// Seconds between two lines of one person; 0 for no such limit.
        slow_s: u16,
    },
    /// Somebody who is here.
    Member {
        /// The player.
        player: PlayerId,
        /// The name, which nobody else here has.
        #[max(24)]
        name: String,
        /// Whether it is a moderator.
        moderator: bool,
    },
}

/// Somebody who is here.
#[derive(Saved, Debug, Default)]
pub(crate) struct Person {
    /// Nobody else here has it.
    pub(crate) name: String,
    pub(crate) moderator: bool,
    /// Wrong passwords so far.
    pub(crate) wrong_passwords: u8,
    /// When it last said something.
    pub(crate) said: Option<Tick>,
    /// The name that it came with.
    wished: String,
    joined: Tick,
    listed: Option<RecordId>,
}

/// Everybody who is here.
#[derive(Saved, Debug)]
pub(crate) struct People {
    all: BTreeMap<PlayerId, Person>,
    /// Players by [`key`].
    by_name: BTreeMap<String, PlayerId>,
    /// Who has another name than it came with, behind the [`key`] of that one.
    renamed: BTreeSet<(String, PlayerId)>,
    listed: usize,
    document: Document<Entry>,
    room: RecordId,
    /// When the number of people was last written down.
    counted: Tick,
    now: Tick,
    tick_hz: u16,
}

impl People {
    /// An empty room with this topic.
    pub(crate) fn new(topic: &str, tick_hz: u16) -> Self {
        let mut document = Document::default();
        let topic = names::fit(topic.trim(), TOPIC_BYTES_MAX).to_owned();
        let room = document.append(Entry::Room { topic, people: 0, slow_s: 0 });
        let room = room.expect("an empty document has space for a record");
        Self {
            all: BTreeMap::new(),
            by_name: BTreeMap::new(),
            renamed: BTreeSet::new(),
            listed: 0,
            document,
            room,
            counted: Tick(0),
            now: Tick(0),
            tick_hz,
        }
    }

    pub(crate) fn document(&self) -> &Document<Entry> {
        &self.document
    }

    pub(crate) fn get(&self, player: PlayerId) -> Option<&Person> {
        self.all.get(&player)
    }

    pub(crate) fn get_mut(&mut self, player: PlayerId) -> Option<&mut Person> {
        self.all.get_mut(&player)
    }

    /// Who goes by this name, however it is capitalised.
    pub(crate) fn find(&self, name: &str) -> Option<PlayerId> {
        self.by_name.get(&key(name)).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (PlayerId, &Person)> {
        self.all.iter().map(|(player, person)| (*player, person))
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Somebody comes, and gets a number behind the name if another has it.
    pub(crate) fn join(&mut self, player: PlayerId, name: &str) {
        let (wished, name) = (name.to_owned(), self.free_name(name));
        self.by_name.insert(key(&name), player);
        if name != wished {
            self.renamed.insert((key(&wished), player));
        }
        let person = Person { name, wished, joined: self.now, ..Person::default() };
        self.all.insert(player, person);
        self.list(player);
    }

    /// Somebody goes; whoever is here longest and not listed takes the place in the list.
    pub(crate) fn leave(&mut self, player: PlayerId) {
        let Some(person) = self.all.remove(&player) else { return };
        self.by_name.remove(&key(&person.name));
        self.renamed.remove(&(key(&person.wished), player));
        self.hand_on(&person.name);
        let Some(record) = person.listed else { return };
        self.document.remove(record);
        self.listed -= 1;
        let next = self.all.iter().find(|(_, person)| person.listed.is_none());
        if let Some(next) = next.map(|(player, _)| *player) {
            self.list(next);
        }
    }

    /// Gives a name that is free now to who has just come with it.
    fn hand_on(&mut self, name: &str) {
        let (key_of, since) = (key(name), RENAME_S * u32::from(self.tick_hz));
        let all = (key_of.clone(), PlayerId(0))..=(key_of.clone(), PlayerId(u16::MAX));
        let is_new = |player: &PlayerId| {
            self.all.get(player).is_some_and(|person| self.now.since(person.joined) <= since)
        };
        let heir = self.renamed.range(all).map(|(_, player)| *player).find(is_new);
        let Some((player, person)) =
            heir.and_then(|player| Some((player, self.all.get_mut(&player)?)))
        else {
            return;
        };
        let before = std::mem::replace(&mut person.name, person.wished.clone());
        self.renamed.remove(&(key_of.clone(), player));
        self.by_name.remove(&key(&before));
        self.by_name.insert(key_of, player);
        self.write_down(player);
    }

    /// Makes somebody a moderator.
    pub(crate) fn promote(&mut self, player: PlayerId) {
        let Some(person) = self.all.get_mut(&player) else { return };
        person.moderator = true;
        self.write_down(player);
    }

    /// Changes the record of somebody who is listed.
    fn write_down(&mut self, player: PlayerId) {
        let Some(person) = self.all.get(&player) else { return };
        let Some(record) = person.listed else { return };
        let member =
            Entry::Member { player, name: person.name.clone(), moderator: person.moderator };
        self.document.edit(record, |entry| *entry = member);
    }

    /// What the room is about.
    pub(crate) fn topic(&self) -> &str {
        match self.document.get(self.room) {
            Some(Entry::Room { topic, .. }) => topic,
            _ => "",
        }
    }

    pub(crate) fn set_topic(&mut self, text: &str) {
        let text = names::fit(text.trim(), TOPIC_BYTES_MAX).to_owned();
        self.edit_room(|topic, _, _| *topic = text);
    }

    /// Seconds between two lines of one person; 0 for no such limit.
    pub(crate) fn slow_s(&self) -> u16 {
        match self.document.get(self.room) {
            Some(Entry::Room { slow_s, .. }) => *slow_s,
            _ => 0,
        }
    }

    pub(crate) fn set_slow_s(&mut self, seconds: u16) {
        self.edit_room(|_, _, slow_s| *slow_s = seconds);
    }

    /// A tick ends: writes down how many people there are; in a large room, where somebody comes or
    /// goes all the time, not in every tick.
    pub(crate) fn tick(&mut self, tick: Tick) {
        self.now = tick;
        let now = self.all.len() as u16;
        let rare = now as usize > LISTED_MAX;
        if rare && tick.since(self.counted) < u32::from(COUNT_S * self.tick_hz) {
            return;
        }
        if let Some(Entry::Room { people, .. }) = self.document.get(self.room)
            && *people != now
        {
            self.edit_room(|_, people, _| *people = now);
            self.counted = tick;
        }
    }

    fn edit_room(&mut self, change: impl FnOnce(&mut String, &mut u16, &mut u16)) {
        self.document.edit(self.room, |entry| {
            if let Entry::Room { topic, people, slow_s } = entry {
                change(topic, people, slow_s);
            }
        });
    }

    fn list(&mut self, player: PlayerId) {
        let Some(person) = self.all.get_mut(&player).filter(|_| self.listed < LISTED_MAX) else {
            return;
        };
        let (name, moderator) = (person.name.clone(), person.moderator);
        person.listed = self.document.append(Entry::Member { player, name, moderator });
        self.listed += usize::from(person.listed.is_some());
    }

    fn free_name(&self, name: &str) -> String {
        let numbered = |number: usize| {
            let number = format!(" {number}");
            let name = names::fit(name, NAME_BYTES_MAX - number.len()).trim_end();
            format!("{name}{number}")
        };
        let is_free = |name: &str| !self.by_name.contains_key(&key(name));
        if is_free(name) {
            return name.to_owned();
        }
        // Thousands may come with one name: so not every number is tried.
        let (mut taken, mut free) = (1, 2);
        while !is_free(&numbered(free)) {
            (taken, free) = (free, free * 2);
        }
        while free - taken > 1 {
            let middle = usize::midpoint(taken, free);
            if is_free(&numbered(middle)) { free = middle } else { taken = middle }
        }
        numbered(free)
    }
}

/// What two names have in common that differ in capitals alone.
pub(crate) fn key(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(people: &People) -> Vec<&str> {
        people.iter().map(|(_, person)| person.name.as_str()).collect()
    }

    fn listed(people: &People) -> usize {
        people.document().iter().filter(|(_, entry)| matches!(entry, Entry::Member { .. })).count()
    }

    #[test]
    fn nobody_has_the_name_of_another() {
        let mut people = People::new("", 4);
        let long = "x".repeat(NAME_BYTES_MAX);
        for (number, name) in ["Ada", "ada", "ADA", &long, &long].into_iter().enumerate() {
            people.join(PlayerId(number as u16), name);
        }
        let cut = format!("{} 2", "x".repeat(NAME_BYTES_MAX - 2));
        assert_eq!(names(&people), ["Ada", "ada 2", "ADA 3", &long, &cut]);
        (0..=RENAME_S * 4 + 1).for_each(|tick| people.tick(Tick(tick)));
        people.leave(PlayerId(0));
        people.join(PlayerId(0), "aDa");
        assert_eq!(people.find("ADA"), Some(PlayerId(0)));
        assert_eq!(people.find("Ada 2"), Some(PlayerId(1)));
    }

    #[test]
    fn of_many_with_one_name_each_has_a_number_of_its_own() {
        let mut people = People::new("", 4);
        (0..50).for_each(|player| people.join(PlayerId(player), "Ada"));
        let expected = std::iter::once("Ada".to_owned());
        let expected: Vec<_> =
            expected.chain((2..=50).map(|number| format!("Ada {number}"))).collect();
        assert_eq!(names(&people), expected);
        people.tick(Tick(1_000));
        for gone in [7, 30, 0] {
            people.leave(PlayerId(gone));
        }
        for player in [0, 7, 30] {
            people.join(PlayerId(player), "Ada");
            let name = people.get(PlayerId(player)).unwrap().name.clone();
            assert_eq!(people.find(&name), Some(PlayerId(player)));
        }
        assert_eq!((people.len(), people.by_name.len(), people.renamed.len()), (50, 50, 49));
        (0..50).for_each(|player| people.leave(PlayerId(player)));
        assert_eq!((people.by_name.len(), people.renamed.len()), (0, 0));
    }

    #[test]
    fn who_connects_again_gets_its_name_back() {
        let mut people = People::new("", 4);
        people.join(PlayerId(0), "Ada");
        people.tick(Tick(1_000));
        people.join(PlayerId(1), "Ada");
        assert_eq!(names(&people), ["Ada", "Ada 2"]);
        people.tick(Tick(1_001));
        people.leave(PlayerId(0));
        assert_eq!((names(&people), people.find("ada")), (vec!["Ada"], Some(PlayerId(1))));
        assert_eq!(people.find("ada 2"), None);
        let listed = people
            .document()
            .iter()
            .any(|(_, entry)| matches!(entry, Entry::Member { name, .. } if name == "Ada"));
        assert!(listed);
    }

    #[test]
    fn a_large_room_lists_some_and_counts_all() {
        let mut people = People::new("  tea  ", 4);
        assert_eq!(people.topic(), "tea");
        for player in 0..LISTED_MAX as u16 + 2 {
            people.join(PlayerId(player), "Guest");
        }
        assert_eq!((people.len(), listed(&people)), (LISTED_MAX + 2, LISTED_MAX));
        people.leave(PlayerId(5));
        assert_eq!(listed(&people), LISTED_MAX, "another takes the place");
        people.leave(PlayerId(6));
        people.leave(PlayerId(7));
        assert_eq!(listed(&people), LISTED_MAX - 1);
    }

    #[test]
    fn the_number_changes_at_once_in_a_small_room_and_rarely_in_a_large_one() {
        let count = |people: &People| match people.document().iter().next() {
            Some((_, Entry::Room { people, .. })) => *people,
            other => panic!("{other:?}"),
        };
        let mut people = People::new("", 4);
        people.join(PlayerId(0), "Ada");
        people.tick(Tick(1));
        assert_eq!(count(&people), 1);
        let large = LISTED_MAX as u16 + 1;
        (1..large).for_each(|player| people.join(PlayerId(player), "Guest"));
        people.tick(Tick(8));
        assert_eq!(count(&people), 1);
        people.tick(Tick(9));
        assert_eq!(count(&people), large);
    }
}
