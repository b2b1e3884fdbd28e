//! The rules, line by line.

use drumbeat_shared::game::ChatEdit;
use drumbeat_shared::typed::Context;

use super::*;

const HZ: u16 = 4;

/// A room, and everything that came of what was said in it.
struct Room {
    chat: Chat,
    tick: Tick,
    events: Events<Event>,
}

impl Room {
    fn new(people: &[&str]) -> Self {
        let mod_password = Some("sesame".parse().unwrap());
        let settings = Settings { topic: "tea".to_owned(), mod_password };
        let setup = Setup { seed: 1, capacity: 64, tick_hz: HZ, settings };
        let mut chat = Chat::new(Arc::new(()), &setup);
        for (player, name) in people.iter().enumerate() {
            chat.join(PlayerId(player as u16), Identity::guest(name)).unwrap();
        }
        Self { chat, tick: Tick(1), events: Events::default() }
    }

    fn say_to(&mut self, player: u16, to: Option<PlayerId>, text: &str) -> Verdict {
        let context = Context { map: &(), tick_hz: HZ, tick: self.tick };
        let mut step = Step { context, controls: &[], events: &mut self.events };
        self.chat.say(PlayerId(player), Spoken { text, to }, &mut step)
    }

    fn say(&mut self, player: u16, text: &str) -> Verdict {
        self.say_to(player, None, text)
    }

    /// Says a command that is done, and returns what the player is answered.
    fn ask(&mut self, player: u16, text: &str) -> Vec<String> {
        assert_eq!(self.say(player, text), Verdict::Done, "{text}");
        let mine = self.events.drain().filter(|(to, _)| *to == Audience::Player(PlayerId(player)));
        mine.map(|(_, event)| format!("{event:?}")).collect()
    }

    fn refused(&mut self, player: u16, text: &str) -> String {
        match self.say(player, text) {
            Verdict::Refuse(reason) => reason.into_owned(),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn wait_s(&mut self, seconds: u32) {
        self.tick = Tick(self.tick.0 + seconds * u32::from(HZ));
    }
}

#[test]
fn lines_are_said_and_commands_are_not() {
    let mut room = Room::new(&["Ada", "Bob"]);
    assert_eq!(room.say(0, "hello"), Verdict::Say);
    assert_eq!(room.say(0, "/me waves"), Verdict::Say);
    assert_eq!(room.say(0, "//etc"), Verdict::Instead("/etc".to_owned()));
    assert_eq!(room.say_to(0, Some(PlayerId(1)), "hello"), Verdict::Say);
    assert!(matches!(room.say_to(0, Some(PlayerId(1)), "/mod sesame"), Verdict::Refuse(_)));
    assert!(room.refused(0, "/dance").contains("/help"));
    assert!(room.ask(0, "/help")[0].contains("/roll"));
    assert!(room.ask(0, "/who")[0].contains("2 people are here: Ada, Bob"));
    assert!(room.ask(1, "/topic")[0].contains("tea"));
}

#[test]
fn dice_are_rolled_by_the_room() {
    let mut room = Room::new(&["Ada"]);
    assert_eq!(room.say(0, "/roll 3d6"), Verdict::Done);
    let [ChatEdit::Announce(text)] = room.events.chat_edits() else { panic!("no roll") };
    let (what, sum) = text.split_once(" = ").unwrap();
    let dice = what.strip_prefix("Ada rolls 3d6: ").unwrap().split(" + ");
    let dice: Vec<u32> = dice.map(|die| die.parse().unwrap()).collect();
    assert!(dice.len() == 3 && dice.iter().all(|die| (1..=6).contains(die)), "{text}");
    assert_eq!(dice.iter().sum::<u32>(), sum.parse().unwrap());
}

#[test]
fn a_large_room_is_named_in_part() {
    let names: Vec<String> = (0..500).map(|number| format!("a long name {number}")).collect();
    let mut room = Room::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let reply = room.ask(0, "/who").pop().unwrap();
    assert!(reply.contains("500 people") && reply.contains(" more"), "{reply}");
    let shown = reply.matches("a long name").count();
    assert!(reply.contains(&format!("and {} more", 500 - shown)), "{reply}");
}

#[test]
fn the_password_makes_a_moderator_and_a_few_wrong_ones_end_the_guessing() {
    let mut room = Room::new(&["Ada", "Eve"]);
    assert!(room.refused(0, "/topic tea and biscuits").contains("only moderators"));
    assert!(!room.chat.private(PlayerId(0)).moderator);
    room.ask(0, "/mod sesame");
    assert!(room.chat.private(PlayerId(0)).moderator);
    assert!(room.ask(0, "/help")[0].contains("/mute"));
    for _ in 0..WRONG_PASSWORDS_MAX {
        assert!(room.refused(1, "/mod guess").contains("not the password"));
    }
    assert!(room.refused(1, "/mod sesame").contains("too many"));
    let mut open = Room::new(&["Ada"]);
    open.chat.settings.mod_password = None;
    assert!(open.refused(0, "/mod sesame").contains("--mod-password"));
}

#[test]
fn who_is_muted_says_nothing_for_a_while_not_even_after_coming_back() {
    let mut room = Room::new(&["Ada", "Eve 2"]);
    room.ask(0, "/mod sesame");
    assert!(room.refused(0, "/mute Bob 5").contains("nobody here goes by Bob"));
    assert!(room.ask(0, "/mute eve 2 5")[0].contains("5 min"));
    assert!(room.refused(1, "spam").contains("another 5 min"));
    assert!(matches!(room.say_to(1, Some(PlayerId(0)), "spam"), Verdict::Refuse(_)));
    room.ask(1, "/who");
    room.chat.leave(PlayerId(1));
    room.chat.join(PlayerId(1), Identity::guest("Eve 2")).unwrap();
    room.wait_s(299);
    assert!(room.refused(1, "spam").contains("another 1 min"));
    room.wait_s(1);
    assert_eq!(room.say(1, "sorry"), Verdict::Say);
    room.ask(0, "/mute Eve 2");
    assert!(room.refused(1, "spam").contains("another 10 min"), "the name, not the minutes");
    room.ask(0, "/unmute EVE 2");
    assert_eq!(room.say(1, "sorry"), Verdict::Say);
}

#[test]
fn moderators_change_the_topic_remove_lines_and_slow_the_room() {
    let mut room = Room::new(&["Ada", "Eve"]);
    room.ask(0, "/mod sesame");
    room.ask(0, "/topic biscuits");
    assert_eq!(room.chat.people.topic(), "biscuits");
    room.ask(0, "/remove 7");
    room.ask(0, "/slow 10");
    let edits: Vec<_> = room.events.drain_chat().collect();
    assert_eq!(edits[1], ChatEdit::Withdraw(RecordId(7)));
    assert!(matches!(&edits[0], ChatEdit::Announce(text) if text.contains("biscuits")));
    assert_eq!(edits.len(), 3);
    assert_eq!(room.say(1, "one"), Verdict::Say);
    room.wait_s(4);
    assert!(room.refused(1, "two").contains("another 6 s"));
    assert_eq!([room.say(0, "one"), room.say(0, "two")], [Verdict::Say, Verdict::Say]);
    room.wait_s(6);
    assert_eq!(room.say(1, "two"), Verdict::Say);
}

#[test]
fn moderators_are_sent_what_is_reported() {
    let mut room = Room::new(&["Ada", "Bob", "Eve"]);
    room.ask(0, "/mod sesame");
    room.chat.report(PlayerId(1), RecordId(3), "spam", &mut room.events);
    let sent: Vec<_> = room.events.drain().collect();
    let (by, text) = ("Bob".to_owned(), "spam".to_owned());
    let report = Event::Reported { line: 3, by, text };
    assert_eq!(sent, [(Audience::Player(PlayerId(0)), report)]);
}
