//! Names that a reader may take for each other (UTS #39): letters of different scripts, capitals,
//! digits, spaces.

use std::collections::BTreeMap;

use clap::ValueEnum;
use drumbeat_shared::limits::NAME_BYTES_MAX;
use icu_properties::props::{BinaryProperty as _, DefaultIgnorableCodePoint};
use unicode_security::skeleton;
use unicode_segmentation::UnicodeSegmentation as _;

/// Highest number behind a name. Each is tried for each newcomer of that name.
const NUMBER_MAX: usize = 99;

/// What becomes of players whose name is in use in their room, or looks like one that is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum NamePolicy {
    /// They play under it
    #[default]
    Any,
    /// They play under it with a number behind it
    Mark,
    /// They are not let in
    Refuse,
}

/// Whether a reader may take one name for the other.
#[must_use]
pub fn looks_like(a: &str, b: &str) -> bool {
    looks(a).iter().any(|look| looks(b).contains(look))
}

/// What is left of a name that readers tell apart. There are two ways to get there, since a capital
/// may look like another letter than the small one does: `I` like `l`, `i` like none.
fn looks(name: &str) -> [String; 2] {
    let is_seen = |c: &char| !c.is_whitespace() && !DefaultIgnorableCodePoint::for_char(*c);
    let seen: String = name.chars().filter(is_seen).collect();
    let small = seen.to_lowercase();
    [seen, small].map(|name| {
        let look = skeleton(&name).collect::<String>().to_lowercase();
        skeleton(&look).collect()
    })
}

/// The names in use in a room.
#[derive(Debug, Default)]
pub struct NamesInUse {
    policy: NamePolicy,
    /// How many names have each look; empty where any name will do.
    looks: BTreeMap<String, usize>,
}

impl NamesInUse {
    /// No names.
    #[must_use]
    pub fn new(policy: NamePolicy) -> Self {
        Self { policy, looks: BTreeMap::new() }
    }

    /// The name under which a newcomer plays who brings this one; `None` if it may not.
    #[must_use]
    pub fn admit(&self, name: String) -> Option<String> {
        if self.policy == NamePolicy::Any || self.is_free(&name) {
            return Some(name);
        }
        let mut marked = (2..=NUMBER_MAX).map(|number| with_number(&name, number));
        marked.find(|name| self.policy == NamePolicy::Mark && self.is_free(name))
    }

    /// A player of this name comes.
    pub fn add(&mut self, name: &str) {
        if self.policy != NamePolicy::Any {
            looks(name).into_iter().for_each(|look| *self.looks.entry(look).or_default() += 1);
        }
    }

    /// A player of this name goes.
    pub fn remove(&mut self, name: &str) {
        if self.policy == NamePolicy::Any {
            return;
        }
        for look in looks(name) {
            if let Some(count) = self.looks.get_mut(&look) {
                *count -= 1;
                if *count == 0 {
                    self.looks.remove(&look);
                }
            }
        }
    }

    fn is_free(&self, name: &str) -> bool {
        looks(name).iter().all(|look| !self.looks.contains_key(look))
    }
}

/// The name with a number behind it, cut between characters as readers see them.
fn with_number(name: &str, number: usize) -> String {
    let number = format!(" {number}");
    let ends = name.grapheme_indices(true).map(|(at, cluster)| at + cluster.len());
    let end = ends.take_while(|end| end + number.len() <= NAME_BYTES_MAX).last().unwrap_or(0);
    format!("{}{number}", &name[..end]).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_found() {
        for (a, b) in [
            ("Ada", "Ada"),
            ("Ada", "ada"),
            ("Ada", "ADA"),
            ("Ada", "A da"),
            // Cyrillic and Greek.
            ("Ada", "Аdа"),
            ("paypal", "рауpаl"),
            ("ADA", "ΑDΑ"),
            ("Alice", "AIice"),
            ("Alice", "A1ice"),
            ("ALICE", "alice"),
            ("bob", "b0b"),
            ("BOB", "B0B"),
            ("modern", "rnodern"),
            ("Ada", "𝐀𝐝𝐚"),
            ("Ada", "Ａｄａ"),
            ("é", "e\u{301}"),
            ("Ada 2", "Ada2"),
            ("Ada", "A\u{200d}da"),
        ] {
            assert!(looks_like(a, b) && looks_like(b, a), "{a} {b} {:?} {:?}", looks(a), looks(b));
        }
        for (a, b) in
            [("Ada", "Bob"), ("Ada", "Ada 2"), ("Ada", "Àda"), ("Anna", "Hanna"), ("李", "王")]
        {
            assert!(!looks_like(a, b), "{a} {b}");
        }
    }

    #[test]
    fn the_policy_says_what_becomes_of_a_name_in_use() {
        let admitted = |policy, names: &[&str]| {
            let mut in_use = NamesInUse::new(policy);
            let mut admit = |name: &&str| {
                let name = in_use.admit((*name).to_owned());
                name.iter().for_each(|name| in_use.add(name));
                name.unwrap_or_else(|| "-".into())
            };
            names.iter().map(&mut admit).collect::<Vec<_>>()
        };
        let names = ["Ada", "Аda", "Bob", "ada", "Ada 2"];
        assert_eq!(admitted(NamePolicy::Any, &names), names);
        assert_eq!(admitted(NamePolicy::Refuse, &names), ["Ada", "-", "Bob", "-", "Ada 2"]);
        let marked = ["Ada", "Аda 2", "Bob", "ada 3", "Ada 2 2"];
        assert_eq!(admitted(NamePolicy::Mark, &names), marked);
        let many = admitted(NamePolicy::Mark, &["Ada"; NUMBER_MAX + 2]);
        assert_eq!(many[NUMBER_MAX - 1], "Ada 99");
        assert_eq!(many[NUMBER_MAX..], ["-", "-"]);
    }

    #[test]
    fn a_name_is_free_once_nobody_has_it() {
        let mut in_use = NamesInUse::new(NamePolicy::Refuse);
        in_use.add("Ada");
        in_use.add("Bob");
        assert_eq!(in_use.admit("ada".into()), None);
        in_use.remove("Ada");
        assert_eq!(in_use.admit("ada".into()), Some("ada".into()));
        in_use.remove("Bob");
        assert!(in_use.looks.is_empty());
    }

    #[test]
    fn a_number_fits_behind_a_name() {
        assert_eq!(with_number("Ada", 2), "Ada 2");
        let long = "👩‍🚀".repeat(2);
        assert_eq!(with_number(&long, 2), "👩‍🚀👩‍🚀 2");
        assert_eq!(with_number(&"é".repeat(12), 10), "é".repeat(10) + " 10");
        assert_eq!(with_number("👨‍👩‍👧‍👦", 2), "2", "it has 25 bytes");
    }
}
