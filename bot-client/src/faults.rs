//! Bots that misbehave, and the answers that the server's documents promise.
//!
//! Each repeats its misbehaviour until the run ends. [`judge`] judges the outcome of every
//! connection; `misbehave` holds the misbehaviour itself.

use std::fmt;

use clap::ValueEnum;
use drumbeat_shared::protocol::close::CloseCode;
use serde::{Serialize, Serializer};

use crate::connect::Ending;
use crate::figures::Reasons;

/// Limit of stored complaints about undocumented answers, per kind of misbehaviour.
const COMPLAINTS_MAX: usize = 5;

/// A way to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Misbehaviour {
    /// Plays, but reads at most 1 kB/s from a small receive buffer. Expects to stay and to see a
    /// true view, or close 4004 if it could take nothing for 10 s.
    Slow,
    /// Sends inputs as fast as it can. Expects close 1008.
    Flood,
    /// Sends random bytes, before or after joining. Expects close 1007 or 1008.
    Garbage,
    /// Joins and leaves every 0.2 to 2 s. Expects every join to work.
    Churn,
    /// Opens the WebSocket and never says hello. Expects close 4002.
    Silent,
    /// Sends inputs for future and past ticks, and again, lies about what it has seen, and comes back
    /// twice at once. Expects to gain nothing: a true view, and one player.
    Cheat,
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Slow => "slow",
            Self::Flood => "flood",
            Self::Garbage => "garbage",
            Self::Churn => "churn",
            Self::Silent => "silent",
            Self::Cheat => "cheat",
        })
    }
}

impl Serialize for Misbehaviour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The outcome of one connection of a misbehaving bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was no connection, or the join failed.
    NotJoined(Ending),
    /// The connection ended, and not by the bot.
    Ended(Ending),
    /// The bot left.
    Left,
    /// The run ended first.
    Lasted,
    /// The server tolerated the misbehaviour for longer than it may.
    Unanswered,
    /// The view was wrong.
    WrongView {
        /// Checksums that did not match.
        mismatches: u64,
    },
    /// Two connections have resumed one player, and both play on.
    Doubled,
}

impl Outcome {
    /// A label to count the outcome by.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::NotJoined(ending) => format!("not joined: {}", ending.label()),
            Self::Ended(ending) => ending.label(),
            Self::WrongView { .. } => "wrong view".to_owned(),
            Self::Left | Self::Lasted | Self::Unanswered | Self::Doubled => self.to_string(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJoined(ending) => write!(f, "not joined: {ending}"),
            Self::Ended(ending) => ending.fmt(f),
            Self::Left => f.write_str("left by itself"),
            Self::Doubled => f.write_str("two connections play as one player"),
            Self::Lasted => f.write_str("open at the end of the run"),
            Self::Unanswered => f.write_str("not closed in time"),
            Self::WrongView { mismatches } => {
                write!(f, "wrong view: {mismatches} checksums did not match")
            }
        }
    }
}

/// Whether `outcome` is what the server promises for this misbehaviour.
#[must_use]
pub fn judge(kind: Misbehaviour, outcome: &Outcome) -> bool {
    let promised: &[CloseCode] = match kind {
        Misbehaviour::Slow => &[CloseCode::TooSlow],
        Misbehaviour::Flood => &[CloseCode::Flooding],
        Misbehaviour::Garbage => &[CloseCode::Malformed, CloseCode::OutOfPlace],
        Misbehaviour::Churn | Misbehaviour::Cheat => &[],
        Misbehaviour::Silent => &[CloseCode::NoHello],
    };
    match outcome {
        Outcome::Ended(Ending::Closed { code, .. }) => {
            promised.iter().any(|close| close.code() == *code)
        }
        Outcome::Left => matches!(kind, Misbehaviour::Churn | Misbehaviour::Cheat),
        Outcome::Lasted => true,
        Outcome::NotJoined(_)
        | Outcome::Ended(Ending::NoGame(_) | Ending::Broken(_))
        | Outcome::Unanswered
        | Outcome::Doubled
        | Outcome::WrongView { .. } => false,
    }
}

/// The outcomes of all bots of one kind.
#[derive(Clone, Debug, Serialize)]
pub struct Misbehaved {
    /// How the bots misbehaved.
    pub kind: Misbehaviour,
    /// How many bots misbehaved.
    pub bots: u32,
    /// Connections made or tried.
    pub connections: u64,
    /// Connections that ended as documented, or were still open when the run ended.
    pub as_documented: u64,
    /// How the connections ended.
    pub answers: Reasons,
    /// Checksums that slow and churning bots compared.
    pub checksums_verified: u64,
    /// Ticks that the server skipped for them.
    pub ticks_skipped: u64,
    /// Keyframes received, including those on joining.
    pub keyframes: u64,
    #[serde(skip)]
    complaints: Vec<String>,
}

impl Misbehaved {
    /// Creates a record without outcomes.
    #[must_use]
    pub fn new(kind: Misbehaviour, bots: u32) -> Self {
        Self {
            kind,
            bots,
            connections: 0,
            as_documented: 0,
            answers: Reasons::default(),
            checksums_verified: 0,
            ticks_skipped: 0,
            keyframes: 0,
            complaints: Vec::new(),
        }
    }

    /// Counts the outcome of a connection.
    pub fn count(&mut self, outcome: &Outcome) {
        self.connections += 1;
        if judge(self.kind, outcome) {
            self.as_documented += 1;
        } else {
            let complaint = format!("a bot that misbehaves ({}): {outcome}", self.kind);
            if self.complaints.len() < COMPLAINTS_MAX && !self.complaints.contains(&complaint) {
                self.complaints.push(complaint);
            }
        }
        self.answers.count(outcome.label());
    }

    /// The first few different complaints about undocumented answers.
    #[must_use]
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Misbehaviour::{Cheat, Churn, Flood, Garbage, Silent, Slow};

    fn closed(code: u16) -> Outcome {
        Outcome::Ended(Ending::Closed { code, text: "why".into() })
    }

    #[test]
    fn only_documented_answers_will_do() {
        let reset = Outcome::Ended(Ending::Broken("connection reset".into()));
        let full = Outcome::NotJoined(Ending::Closed { code: 1013, text: String::new() });
        let wrong = Outcome::WrongView { mismatches: 1 };
        let check = |kind, outcome: &Outcome, expected| {
            assert_eq!(judge(kind, outcome), expected, "{kind}: {outcome}");
        };
        for kind in [Slow, Flood, Garbage, Churn, Silent, Cheat] {
            check(kind, &Outcome::Lasted, true);
            for outcome in
                [&reset, &full, &wrong, &Outcome::Unanswered, &Outcome::Doubled, &closed(1011)]
            {
                check(kind, outcome, false);
            }
        }
        check(Slow, &closed(4004), true);
        check(Slow, &closed(4003), false);
        check(Flood, &closed(1008), true);
        check(Flood, &closed(1007), false);
        check(Garbage, &closed(1007), true);
        check(Garbage, &closed(1008), true);
        check(Garbage, &closed(1000), false);
        check(Churn, &Outcome::Left, true);
        check(Churn, &closed(1008), false);
        check(Silent, &closed(4002), true);
        check(Silent, &Outcome::Left, false);
        check(Cheat, &Outcome::Left, true);
        check(Cheat, &closed(1008), false);
    }

    #[test]
    fn outcomes_are_counted_by_their_words() {
        let mut flooders = Misbehaved::new(Flood, 2);
        flooders.count(&closed(1008));
        flooders.count(&closed(1008));
        flooders.count(&Outcome::Unanswered);
        flooders.count(&Outcome::Unanswered);
        assert_eq!((flooders.connections, flooders.as_documented), (4, 2));
        let answers: Vec<_> = flooders.answers.iter().collect();
        assert_eq!(answers, [("1008 why", 2), ("not closed in time", 2)]);
        assert_eq!(flooders.complaints().len(), 1);
    }
}
