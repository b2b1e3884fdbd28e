//! What a text client asks for: one JSON object a message.

use drumbeat_shared::game::Game;
use drumbeat_shared::ids::{PlayerId, Tick};
use drumbeat_shared::limits::CHAT_BYTES_MAX;
use drumbeat_shared::protocol::messages::{
    ClientMessage, Hello, ResumeRequest, ResumeToken, Watch,
};
use drumbeat_shared::random_command::random_command;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::schema_hash::schema_hash;
use serde_json::{Map, Value, json};

use super::controls;

/// The longest time between two states, seconds: the connection is seen to live meanwhile.
const EVERY_S_MAX: f64 = 60.0;

/// What is asked for, each by the field that says so, with the fields that may come beside it.
const VERBS: [(&str, &[&str]); 14] = [
    ("join", &["name", "spectate", "resume", "seen", "ticket", "every", "changes"]),
    ("input", &[]),
    ("command", &[]),
    ("chat", &[]),
    ("whisper", &["to"]),
    ("report", &[]),
    ("watch", &[]),
    ("ticket", &[]),
    ("state", &[]),
    ("every", &["changes"]),
    ("document", &[]),
    ("players", &[]),
    ("map", &[]),
    ("leave", &[]),
];

/// How often a client is sent what is in view.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Microseconds between two states, 0 for one with every frame; `None` for states on request.
    pub every_us: Option<u64>,
    /// Whether a state leaves out what has not changed since the one before.
    pub changes: bool,
}

impl Pace {
    /// When the next state is due, microseconds, after one that was due at `due_us` and is sent now.
    pub(super) fn next_us(self, due_us: u64, now_us: u64) -> u64 {
        let Some(every_us) = self.every_us else { return u64::MAX };
        // On the beat, unless one was left out.
        if now_us - due_us < every_us { due_us + every_us } else { now_us + every_us }
    }
}

/// What a text client asks for.
#[derive(Debug)]
pub enum Request<I, C> {
    /// To join.
    Join(Box<Hello>, Pace),
    /// To hold these controls from now on.
    Input(I),
    /// A command to the rules.
    Command(Box<C>),
    /// To send this to the room as it is; the field that asks for it.
    Send(&'static str, Box<ClientMessage<I, C>>),
    /// All that is in view.
    State,
    /// States from now on at this pace.
    Every(Pace),
    /// To be sent the game's document from now on.
    Document,
    /// To be sent the list of players from now on.
    Players,
    /// The map.
    Map,
    /// To leave for good.
    Leave,
}

/// What is wrong with a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// What happened.
    pub error: String,
    /// An example of what to send instead.
    pub send: Value,
}

/// What a client of a game asks for.
pub type RequestOf<G> = Request<<G as Game>::Input, <G as Game>::Command>;

/// Reads a message of a client that holds these controls.
///
/// # Errors
/// What is wrong with it.
pub fn parse<G: Game>(text: &[u8], held: &G::Input) -> Result<RequestOf<G>, Wrong> {
    let hint = |error| Wrong { error, send: example::<G>("join") };
    let object: Map<String, Value> = serde_json::from_slice(text)
        .map_err(|error| hint(format!("this is no JSON object: {error}")))?;
    let known = VERBS.iter().find(|(verb, _)| object.contains_key(*verb));
    let Some((verb, beside)) = known else {
        let verbs = VERBS.map(|(verb, _)| verb).join(", ");
        return Err(hint(format!("a message has one of these fields: {verbs}")));
    };
    let fields = Fields { object, verb };
    let unknown = fields.object.keys().find(|key| key != verb && !beside.contains(&key.as_str()));
    let request = match unknown {
        Some(unknown) if beside.is_empty() => {
            Err(format!("beside {verb} comes no other field, so not {unknown}"))
        }
        Some(unknown) => {
            Err(format!("beside {verb} may come {}, not {unknown}", beside.join(", ")))
        }
        None => fields.request::<G>(held),
    };
    request.map_err(|error| Wrong { error, send: example::<G>(verb) })
}

/// A message that is right.
pub(super) fn example<G: Game>(verb: &str) -> Value {
    match verb {
        "input" => json!({ "input": controls::example::<G::Input>() }),
        "command" => match random_command::<G>(&mut Rng::new(1)) {
            Some(command) => json!({ "command": command }),
            None => json!({ "chat": "this game takes no commands" }),
        },
        "chat" => json!({ "chat": "hello" }),
        "whisper" => json!({ "whisper": "hello", "to": 1 }),
        "report" => json!({ "report": 1 }),
        "watch" => json!({ "watch": "leader" }),
        "ticket" => json!({ "ticket": "a.b.c" }),
        "state" => json!({ "state": true }),
        "every" => json!({ "every": 1, "changes": false }),
        "document" | "players" | "map" | "leave" => json!({ verb: true }),
        _ => json!({ "join": "", "name": "Ada" }),
    }
}

/// The fields of a message whose names fit.
struct Fields {
    object: Map<String, Value>,
    verb: &'static str,
}

impl Fields {
    fn request<G: Game>(mut self, held: &G::Input) -> Result<RequestOf<G>, String> {
        Ok(match self.verb {
            "join" => {
                let (every_us, changes) = (self.every()?, self.flag("changes")?);
                Request::Join(Box::new(self.hello::<G>()?), Pace { every_us, changes })
            }
            "input" => Request::Input(controls::parse(&self.object["input"], held)?),
            "command" => {
                let command = self.object.remove("command").unwrap_or_default();
                let command = serde_json::from_value(command);
                let command = command.map_err(|error| format!("no such command: {error}"))?;
                Request::Command(Box::new(command))
            }
            "chat" => self.send(ClientMessage::Chat { text: self.line("chat")? }),
            "whisper" => {
                let to = self.number("to", u16::MAX.into())?.ok_or("to is missing: whom to")?;
                let (to, text) = (PlayerId(to as u16), self.line("whisper")?);
                self.send(ClientMessage::Whisper { to, text })
            }
            "report" => {
                let line = self.number("report", u32::MAX)?.unwrap_or_default();
                self.send(ClientMessage::Report { line })
            }
            "watch" => self.send(ClientMessage::Watch(watch(&self.object["watch"])?)),
            "ticket" => self.send(ClientMessage::Ticket { ticket: self.text("ticket")? }),
            "every" => {
                let (every_us, changes) = (self.every()?, self.flag("changes")?);
                Request::Every(Pace { every_us, changes })
            }
            "document" => self.asked(Request::Document)?,
            "players" => self.asked(Request::Players)?,
            "map" => self.asked(Request::Map)?,
            "state" => self.asked(Request::State)?,
            _ => self.asked(Request::Leave)?,
        })
    }

    fn send<I, C>(&self, message: ClientMessage<I, C>) -> Request<I, C> {
        Request::Send(self.verb, Box::new(message))
    }

    fn hello<G: Game>(&self) -> Result<Hello, String> {
        let token = self.text("resume")?;
        let seen = Tick(self.number("seen", u32::MAX)?.unwrap_or_default());
        let resume = if token.is_empty() {
            None
        } else {
            let token =
                token_of(&token).ok_or("resume takes the 32 digits of a welcome's token")?;
            Some(ResumeRequest { token, seen })
        };
        let ticket = Some(self.text("ticket")?).filter(|ticket| !ticket.is_empty());
        let spectate = self.flag("spectate")?;
        let hello = Hello::new(schema_hash::<G>(), &self.text("name")?, &self.text("join")?);
        Ok(Hello { spectate, resume, ticket, ..hello })
    }

    /// A text; empty if it is left out.
    fn text(&self, name: &str) -> Result<String, String> {
        match self.object.get(name) {
            None => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(_) => Err(format!("{name} takes a text in quotes")),
        }
    }

    /// What somebody says.
    fn line(&self, name: &str) -> Result<String, String> {
        let text = self.text(name)?;
        match text.len() {
            _ if text.trim().is_empty() => Err("there is nothing in this line".to_owned()),
            0..=CHAT_BYTES_MAX => Ok(text),
            bytes => Err(format!("a line has at most {CHAT_BYTES_MAX} bytes, not {bytes}")),
        }
    }

    /// `false` if it is left out.
    fn flag(&self, name: &str) -> Result<bool, String> {
        match self.object.get(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(format!("{name} takes true or false")),
        }
    }

    /// The request, if its verb is true.
    fn asked<T>(&self, request: T) -> Result<T, String> {
        let asks = self.flag(self.verb)?;
        asks.then_some(request).ok_or_else(|| format!("{} takes true", self.verb))
    }

    fn number(&self, name: &str, max: u32) -> Result<Option<u32>, String> {
        let Some(value) = self.object.get(name) else { return Ok(None) };
        let number = value.as_u64().filter(|number| *number <= max.into());
        let number =
            number.ok_or_else(|| format!("{name} takes a whole number from 0 to {max}"))?;
        Ok(Some(number as u32))
    }

    /// Microseconds between two states.
    fn every(&self) -> Result<Option<u64>, String> {
        match self.object.get("every") {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let seconds =
                    value.as_f64().filter(|seconds| (0.0..=EVERY_S_MAX).contains(seconds));
                let seconds = seconds.ok_or_else(|| {
                    format!("every takes seconds from 0 to {EVERY_S_MAX}, or null for none")
                })?;
                Ok(Some((seconds * 1e6) as u64))
            }
        }
    }
}

/// What a spectator wants to see.
fn watch(value: &Value) -> Result<Watch, String> {
    let place = |axis: &str| value.get(axis)?.as_i64()?.try_into().ok();
    let player = || value.as_u64()?.try_into().ok();
    let wrong = "watch takes \"leader\", the number of a player, or a place: {\"x\": 0, \"y\": 0}, on the grid";
    if value == "leader" {
        Ok(Watch::Leader)
    } else if let Some(player) = player() {
        Ok(Watch::Player(PlayerId(player)))
    } else if let Some((x, y)) = place("x").zip(place("y")) {
        Ok(Watch::Place { x, y })
    } else {
        Err(wrong.to_owned())
    }
}

/// The token in these hexadecimal digits.
fn token_of(digits: &str) -> Option<ResumeToken> {
    let is_hex = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = is_hex.then(|| u128::from_str_radix(digits, 16).ok())?;
    number.map(|number| ResumeToken(number.to_be_bytes()))
}

/// The digits of a token.
pub(super) fn digits(token: ResumeToken) -> String {
    format!("{:032x}", u128::from_be_bytes(token.0))
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::toy::{Steer, Toy};

    use super::*;

    fn read(text: &str) -> Result<RequestOf<Toy>, Wrong> {
        parse::<Toy>(text.as_bytes(), &Steer::default())
    }

    #[test]
    fn what_is_wrong_is_said_with_an_example_that_is_right() {
        let check = |text: &str, part: &str| {
            let wrong = read(text).unwrap_err();
            assert!(wrong.error.contains(part), "{text}: {part} in {}", wrong.error);
            let right = serde_json::to_string(&wrong.send).unwrap();
            read(&right).unwrap_or_else(|again| panic!("{right}: {again:?}"));
        };
        check("", "no JSON object");
        check("[1]", "no JSON object");
        check("{\"chat\": \"hi\"", "no JSON object");
        check(&format!("{{\"chat\": {}{}}}", "[".repeat(500), "]".repeat(500)), "recursion limit");
        check("{\"hat\": \"hi\"}", "one of these fields: join, input");
        check("{\"chat\": 7}", "chat takes a text");
        check("{\"chat\": \"hi\", \"to\": 1}", "no other field, so not to");
        check("{\"join\": \"\", \"nmae\": \"Ada\"}", "not nmae");
        check("{\"join\": \"\", \"spectate\": 1}", "true or false");
        check("{\"join\": \"\", \"resume\": \"12\"}", "32 digits");
        check("{\"join\": \"\", \"every\": -1}", "seconds from 0 to 60");
        check("{\"whisper\": \"hi\"}", "to is missing");
        check("{\"whisper\": \"hi\", \"to\": 65536}", "from 0 to 65535");
        check("{\"watch\": \"me\"}", "takes \"leader\"");
        check("{\"state\": 1}", "true or false");
        check("{\"command\": 1}", "no such command");
        check("{\"input\": {\"brake\": 1}}", "brake");
    }

    #[test]
    fn a_join_says_all_that_a_hello_does() {
        let text = "{\"join\": \"den\", \"name\": \"Ada\", \"resume\": \"000102030405060708090a0b0c0d0e0f\", \
                    \"seen\": 70, \"every\": 0.5, \"changes\": true}";
        let Ok(Request::Join(hello, pace)) = read(text) else { panic!("no join") };
        assert_eq!((hello.room.as_str(), hello.name.as_str()), ("den", "Ada"));
        let resume = hello.resume.unwrap();
        assert_eq!(resume.seen, Tick(70));
        assert_eq!(digits(resume.token), "000102030405060708090a0b0c0d0e0f");
        assert_eq!(pace, Pace { every_us: Some(500_000), changes: true });
    }
}
