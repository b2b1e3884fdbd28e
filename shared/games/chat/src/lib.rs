//! Chat: a room in which nothing moves and people talk.
//!
//! Lines, their history, whispers and reports are the engine's; the rules add who is here, a topic,
//! commands that begin with a slash, and moderators.

mod people;
mod settings;
mod slash;

use std::collections::BTreeMap;
use std::sync::Arc;

use drumbeat_shared::protocol::names;
use drumbeat_shared::typed::{
    Audience, Document, Event, Events, Frames, Game, Identity, Nothing, PlayerId, Private,
    RecordId, Refused, Rng, Saved, Setup, Spoken, Step, Tick, Verdict,
};

pub use people::{Entry, LISTED_MAX, TOPIC_BYTES_MAX};
use people::{People, key};
pub use settings::{Password, Settings};
use slash::Slash;

/// Wrong passwords of one person after which no further one is looked at.
const WRONG_PASSWORDS_MAX: u8 = 3;
/// Minutes that somebody is muted, unless the moderator says how many.
const MUTE_MINUTES: u32 = 10;
/// Longest time for which a moderator mutes somebody, minutes.
const MUTE_MINUTES_MAX: u32 = 24 * 60;
/// Names that are muted at one time, at most.
const MUTED_MAX: usize = 1_000;
/// Bytes of an answer, at most: it fits into one note.
const REPLY_BYTES_MAX: usize = 900;

/// What only its player is sent.
#[derive(Private, Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// Whether it is a moderator.
    pub moderator: bool,
}

/// Something for one person's screen.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The answer to a command.
    Reply {
        /// Up to 900 bytes.
        text: String,
    },
    /// For moderators: somebody has reported a line.
    Reported {
        /// The line's number.
        line: u32,
        /// Who has reported it.
        by: String,
        /// What it says.
        text: String,
    },
}

/// A room.
#[derive(Saved, Debug)]
pub struct Chat {
    #[given]
    settings: Settings,
    people: People,
    /// Until when whoever goes by a name (its [`key`]) says nothing: it counts for one who leaves
    /// and comes back, too.
    muted: BTreeMap<String, Tick>,
    rng: Rng,
}

impl Game for Chat {
    type Map = ();
    type Thing = Nothing;
    type Avatar = Nothing;
    type Private = Standing;
    type Input = ();
    type Event = Event;
    type Command = ();
    type Record = Entry;
    type Settings = Settings;

    const NAME: &'static str = "chat";
    /// A line waits 50 ms for its tick on average, and in a busy room a frame carries several.
    const TICK_HZ: u16 = 10;
    const FRAMES: Frames = Frames::OnChange;

    fn new(_map: Arc<()>, setup: &Setup<Settings>) -> Self {
        let settings = setup.settings.clone();
        let (people, muted) = (People::new(&settings.topic, setup.tick_hz), BTreeMap::new());
        Self { settings, people, muted, rng: Rng::new(setup.seed) }
    }

    fn join(&mut self, player: PlayerId, who: Identity<'_>) -> Result<(), Refused> {
        self.people.join(player, who.name);
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        self.people.leave(player);
    }

    fn step(&mut self, step: &mut Step<'_, Self>) {
        self.people.tick(step.context.tick);
    }

    fn say(&mut self, player: PlayerId, line: Spoken<'_>, step: &mut Step<'_, Self>) -> Verdict {
        let done = match line.to {
            None => self.obey(player, line.text, step),
            Some(_) if line.text.starts_with('/') && !line.text.starts_with("/me ") => {
                Err(Refused("commands are not whispered".into()))
            }
            Some(_) => self.may_speak(player, step).map(|()| Verdict::Say),
        };
        done.unwrap_or_else(|Refused(reason)| Verdict::Refuse(reason))
    }

    fn report(&mut self, by: PlayerId, line: RecordId, text: &str, events: &mut Events<Event>) {
        let Some(reporter) = self.people.get(by) else { return };
        for (moderator, _) in self.people.iter().filter(|(_, person)| person.moderator) {
            let (by, text) = (reporter.name.clone(), text.to_owned());
            let event = Event::Reported { line: line.0, by, text };
            events.push(Audience::Player(moderator), event);
        }
    }

    fn document(&self) -> Option<&Document<Entry>> {
        Some(self.people.document())
    }

    fn private(&self, player: PlayerId) -> Standing {
        Standing { moderator: self.is_moderator(player) }
    }

    fn name(&self, player: PlayerId) -> Option<&str> {
        self.people.get(player).map(|person| person.name.as_str())
    }
}

impl Chat {
    /// Does what a line to the room asks for.
    fn obey(
        &mut self,
        player: PlayerId,
        line: &str,
        step: &mut Step<'_, Self>,
    ) -> Result<Verdict, Refused> {
        let reply = match slash::parse(line).map_err(Refused)? {
            Slash::Line => {
                self.may_speak(player, step)?;
                return Ok(Verdict::Say);
            }
            Slash::Escaped(text) => {
                self.may_speak(player, step)?;
                return Ok(Verdict::Instead(text.to_owned()));
            }
            Slash::Roll { dice, sides } => {
                self.may_speak(player, step)?;
                self.roll(player, dice, sides, step);
                return Ok(Verdict::Done);
            }
            Slash::Help if self.is_moderator(player) => {
                format!("{} · {}", slash::HELP, slash::MODERATORS_HELP)
            }
            Slash::Help => slash::HELP.to_owned(),
            Slash::Who => self.who(),
            Slash::Topic("") if self.people.topic().is_empty() => "there is no topic".to_owned(),
            Slash::Topic("") => format!("the topic is: {}", self.people.topic()),
            Slash::Mod(password) => self.promote(player, password)?,
            moderation => self.moderate(player, moderation, step)?,
        };
        answer(player, &reply, step);
        Ok(Verdict::Done)
    }

    /// Does what only moderators may ask for. Returns what they are answered.
    fn moderate(
        &mut self,
        player: PlayerId,
        what: Slash<'_>,
        step: &mut Step<'_, Self>,
    ) -> Result<String, Refused> {
        if !self.is_moderator(player) {
            return Err(Refused("only moderators may do that".into()));
        }
        Ok(match what {
            Slash::Topic(text) => {
                self.people.set_topic(text);
                step.announce(format!("The topic is now: {}", self.people.topic()));
                "the topic is changed".to_owned()
            }
            Slash::Mute(whom) => self.mute(whom, step)?,
            Slash::Unmute(name) => {
                let muted = self.muted.remove(&key(name));
                muted.ok_or_else(|| Refused(format!("{name} is not muted").into()))?;
                format!("{name} may speak again")
            }
            Slash::Remove(line) => {
                step.withdraw(RecordId(line));
                format!("line {line} is removed")
            }
            Slash::Slow(seconds) => {
                self.people.set_slow_s(seconds);
                step.announce(match seconds {
                    0 => "Everybody may write as often as they like.".to_owned(),
                    _ => format!("Everybody may write once in {seconds} s."),
                });
                format!("the limit is {seconds} s")
            }
            _ => return Err(Refused("that is no command of moderators".into())),
        })
    }

    /// Whether somebody may say something now; if so, it has.
    fn may_speak(&mut self, player: PlayerId, step: &Step<'_, Self>) -> Result<(), Refused> {
        let (now, hz) = (step.context.tick, u32::from(step.context.tick_hz));
        let slow_s = u32::from(self.people.slow_s());
        let gone = || Refused("you are not in the room".into());
        let person = self.people.get_mut(player).ok_or_else(gone)?;
        let muted = self.muted.get(&key(&person.name)).filter(|until| **until > now);
        if let Some(until) = muted {
            let minutes = until.since(now).div_ceil(60 * hz);
            return Err(Refused(format!("you are muted for another {minutes} min").into()));
        }
        let since = person.said.map_or(u32::MAX, |said| now.since(said));
        if !person.moderator && since < slow_s * hz {
            let seconds = (slow_s * hz - since).div_ceil(hz);
            return Err(Refused(format!("slow mode: wait another {seconds} s").into()));
        }
        person.said = Some(now);
        Ok(())
    }

    fn is_moderator(&self, player: PlayerId) -> bool {
        self.people.get(player).is_some_and(|person| person.moderator)
    }

    fn roll(&mut self, player: PlayerId, dice: u32, sides: u32, step: &mut Step<'_, Self>) {
        let Some(person) = self.people.get(player) else { return };
        let rolled: Vec<u32> = (0..dice).map(|_| self.rng.below(sides) + 1).collect();
        let sum: u32 = rolled.iter().sum();
        let each: Vec<String> = rolled.iter().map(ToString::to_string).collect();
        let parts = if dice > 1 { format!("{} = ", each.join(" + ")) } else { String::new() };
        // A line of the room's own, which nobody can write.
        step.announce(format!("{} rolls {dice}d{sides}: {parts}{sum}", person.name));
    }

    fn who(&self) -> String {
        let count = self.people.len();
        let mut text = if count == 1 {
            "1 person is here: ".to_owned()
        } else {
            format!("{count} people are here: ")
        };
        for (named, (_, person)) in self.people.iter().enumerate() {
            let comma = if named > 0 { ", " } else { "" };
            let role = if person.moderator { " (moderator)" } else { "" };
            let more = format!(" and {} more", count - named);
            if text.len() + person.name.len() + role.len() + more.len() > REPLY_BYTES_MAX - 2 {
                return text + &more;
            }
            text += &format!("{comma}{}{role}", person.name);
        }
        text
    }

    fn promote(&mut self, player: PlayerId, tried: &str) -> Result<String, Refused> {
        let none = Refused("nobody moderates here: the server has no --mod-password".into());
        let password = self.settings.mod_password.as_ref().ok_or(none)?;
        let gone = || Refused("you are not in the room".into());
        let person = self.people.get_mut(player).ok_or_else(gone)?;
        if person.wrong_passwords == WRONG_PASSWORDS_MAX {
            return Err(Refused("too many wrong passwords; come again to try others".into()));
        }
        if !password.is(tried) {
            person.wrong_passwords += 1;
            return Err(Refused("that is not the password".into()));
        }
        self.people.promote(player);
        Ok("you are a moderator now; /help lists what you can do".to_owned())
    }

    fn mute(&mut self, whom: &str, step: &mut Step<'_, Self>) -> Result<String, Refused> {
        let minutes = |(name, minutes): (_, &str)| Some((name, minutes.parse::<u32>().ok()?));
        // A name may end in a number, too.
        let (name, minutes) = match whom.rsplit_once(' ').and_then(minutes) {
            Some(parts) if self.people.find(whom).is_none() => parts,
            _ => (whom, MUTE_MINUTES),
        };
        let nobody = || Refused(format!("nobody here goes by {name}").into());
        let player = self.people.find(name).ok_or_else(nobody)?;
        let minutes = minutes.clamp(1, MUTE_MINUTES_MAX);
        let (now, hz) = (step.context.tick, u32::from(step.context.tick_hz));
        self.muted.retain(|_, until| *until > now);
        if self.muted.len() == MUTED_MAX {
            return Err(Refused(format!("{MUTED_MAX} people are muted; that is the limit").into()));
        }
        self.muted.insert(key(name), Tick(now.0.saturating_add(minutes * 60 * hz)));
        answer(player, &format!("a moderator has muted you for {minutes} min"), step);
        Ok(format!("{name} is muted for {minutes} min"))
    }
}

fn answer(player: PlayerId, text: &str, step: &mut Step<'_, Chat>) {
    let text = names::fit(text, REPLY_BYTES_MAX).to_owned();
    step.send(Audience::Player(player), Event::Reply { text });
}

/// The core of the page.
#[cfg(target_family = "wasm")]
mod web {
    drumbeat_web::export!(crate::Chat);
}

#[cfg(test)]
mod tests;
