//! A pad on which players write lines: no entities, a document, commands, groups.

use std::collections::BTreeMap;
use std::sync::Arc;

use drumbeat_shared::typed::{
    Audience, Command, Document, Event, Game, Identity, Nothing, PlayerId, Public, Record,
    RecordId, Refused, Saved, Setup, Spoken, Step, Verdict,
};
use serde::Serialize;

/// The word that nobody may say.
pub const FORBIDDEN: &str = "forbidden";

/// What a player asks for.
#[derive(Command, Clone, Debug, PartialEq)]
pub enum Order {
    /// Writes a line for everybody.
    Write {
        /// Its text.
        #[max(300)]
        text: String,
    },
    /// Writes a line for the own group.
    WriteHere {
        /// Its text.
        #[max(300)]
        text: String,
    },
    /// Goes on with a line.
    Extend {
        /// Which.
        line: RecordId,
        /// What follows.
        #[max(40)]
        text: String,
    },
    /// Removes a line.
    Remove {
        /// Which.
        line: RecordId,
    },
    /// Goes to another group.
    Join {
        /// Which.
        #[range(0, 3)]
        group: u16,
    },
    /// Removes all lines.
    Clear,
}

/// A line.
#[derive(Record, Clone, Debug, PartialEq)]
pub struct Line {
    /// Who wrote it.
    pub by: PlayerId,
    /// How often it was extended.
    pub extended: u32,
    /// What it says.
    #[max(800)]
    pub text: String,
}

/// An answer to a player.
#[derive(Event, Clone, Debug, PartialEq)]
pub enum Answer {
    /// The line that it wrote.
    Written(u32),
    /// Somebody removed all lines.
    Cleared(PlayerId),
}

/// What of it everybody may know.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum News {
    Cleared { by: PlayerId },
}

/// The pad.
#[derive(Saved, Debug, Default)]
pub struct Pad {
    lines: Document<Line>,
    groups: BTreeMap<PlayerId, u16>,
    /// Every command that the rules took.
    pub taken: Vec<(PlayerId, Order)>,
    /// Who was away or back, in this order.
    pub absences: Vec<(PlayerId, bool)>,
}

impl Game for Pad {
    type Map = ();
    type Thing = Nothing;
    type Avatar = Nothing;
    type Private = ();
    type Input = ();
    type Event = Answer;
    type Command = Order;
    type Record = Line;
    type Settings = ();

    const NAME: &'static str = "pad";
    const COMMANDS_PER_S: u16 = 40;
    const PUBLIC: Public = Public::CHAT;

    fn new(_map: Arc<()>, _setup: &Setup) -> Self {
        Self::default()
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        self.groups.insert(player, 0);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        self.groups.remove(&player);
    }

    fn away(&mut self, player: PlayerId) {
        self.absences.push((player, true));
    }

    fn back(&mut self, player: PlayerId) {
        self.absences.push((player, false));
    }

    fn command(
        &mut self,
        player: PlayerId,
        order: &Order,
        step: &mut Step<'_, Self>,
    ) -> Result<(), Refused> {
        self.taken.push((player, order.clone()));
        let gone = || Refused("that line is gone".into());
        match order {
            Order::Write { text } | Order::WriteHere { text } => {
                let line = Line { by: player, extended: 0, text: text.clone() };
                let written = match order {
                    Order::Write { .. } => self.lines.append(line),
                    _ => self.lines.append_to(self.group(player), line),
                };
                let written = written.ok_or_else(|| Refused("the pad is full".into()))?;
                step.send(Audience::Player(player), Answer::Written(written.0));
            }
            Order::Extend { line, text } => {
                let extended = self.lines.edit(*line, |line| {
                    if line.text.len() + text.len() <= 800 {
                        line.text.push_str(text);
                        line.extended += 1;
                    }
                });
                extended.ok_or_else(gone)?;
            }
            Order::Remove { line } => drop(self.lines.remove(*line).ok_or_else(gone)?),
            Order::Join { group } => drop(self.groups.insert(player, *group)),
            Order::Clear => {
                self.lines.retain(|_, _| false);
                step.send(Audience::Room, Answer::Cleared(player));
            }
        }
        Ok(())
    }

    fn say(&mut self, player: PlayerId, line: Spoken<'_>, step: &mut Step<'_, Self>) -> Verdict {
        match line.text {
            FORBIDDEN => Verdict::Refuse("not here".into()),
            "/shout" => {
                step.announce(format!("player {player} shouts"));
                Verdict::Done
            }
            "hi" => Verdict::Instead("good day".into()),
            text => match text.strip_prefix("/withdraw ").and_then(|line| line.parse().ok()) {
                Some(line) => {
                    step.withdraw(RecordId(line));
                    Verdict::Done
                }
                None => Verdict::Say,
            },
        }
    }

    fn publish(&self, event: &Answer) -> Option<impl Serialize> {
        match event {
            Answer::Cleared(by) => Some(News::Cleared { by: *by }),
            Answer::Written(_) => None,
        }
    }

    fn document(&self) -> Option<&Document<Line>> {
        Some(&self.lines)
    }

    fn group(&self, player: PlayerId) -> u16 {
        self.groups.get(&player).copied().unwrap_or_default()
    }

    fn step(&mut self, _step: &mut Step<'_, Self>) {}
}
