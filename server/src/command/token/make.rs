//! `token make`: makes a ticket.

use drumbeat_shared::limits::TICKET_BYTES_MAX;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use crate::config::Bounded;
use crate::tickets::{Policy, Role, Signer, explain};

/// Make a ticket and print it
#[derive(Args, Debug)]
pub(super) struct Options {
    /// The private key, or the secret
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    /// Who it is for (`sub`): an account, 1 to 128 bytes
    #[arg(long, value_name = "TEXT")]
    subject: String,

    /// The name to play under
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,

    /// A room that it is for [default: all]. Repeat it, or separate several with commas
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    room: Vec<String>,

    /// What the holder may do: player, spectator or admin
    #[arg(long, value_name = "ROLE", default_value = "player")]
    role: String,

    /// Minutes until it expires
    #[arg(long, value_name = "N", default_value_t = Bounded::new(10))]
    minutes: Bounded<1, 527_000>,

    /// Valid for one use
    #[arg(long)]
    once: bool,

    /// Which server or game it is for (`aud`)
    #[arg(long, value_name = "TEXT")]
    audience: Option<String>,

    /// Who makes it (`iss`)
    #[arg(long, value_name = "TEXT")]
    issuer: Option<String>,

    /// More claims, for the rules of the game, as a JSON object
    #[arg(long, value_name = "JSON")]
    claims: Option<String>,
}

/// The ticket that the options ask for, on a line.
pub(super) fn make(options: &Options, now_s: u64) -> Result<String, String> {
    let shown = options.key.display();
    let key = std::fs::read_to_string(&options.key)
        .map_err(|error| format!("cannot read the key {shown}: {error}"))?;
    let signer = Signer::read(&key).map_err(|error| format!("the key {shown}: {error}"))?;
    let ticket = signer.ticket(&claims(options, now_s)?)?;
    if ticket.len() > TICKET_BYTES_MAX {
        return Err(format!(
            "the ticket would have {} bytes and may have {TICKET_BYTES_MAX}: leave claims out",
            ticket.len()
        ));
    }
    let [audience, issuer] = [&options.audience, &options.issuer].map(Clone::clone);
    let policy = Policy { audience, issuer, ..Policy::default() };
    match explain(&ticket, None, &policy, "", now_s)?.fault {
        Some(fault) => Err(format!("the server would refuse this ticket: {fault}")),
        None => Ok(ticket + "\n"),
    }
}

fn claims(options: &Options, now_s: u64) -> Result<Value, String> {
    let mut claims: Map<String, Value> = match &options.claims {
        Some(text) => serde_json::from_str(text)
            .map_err(|error| format!("--claims must be a JSON object: {error}"))?,
        None => Map::new(),
    };
    let mut set = |name: &str, value: Value| match claims.insert(name.to_owned(), value) {
        Some(_) => Err(format!("--claims has `{name}`: the flag for it says the same")),
        None => Ok(()),
    };
    set("sub", options.subject.as_str().into())?;
    set("iat", now_s.into())?;
    set("exp", (now_s + options.minutes.value() * 60).into())?;
    if options.role != Role::Player.name() {
        set("role", options.role.as_str().into())?;
    }
    if !options.room.is_empty() {
        set("rooms", options.room.clone().into())?;
    }
    let texts = [("name", &options.name), ("aud", &options.audience), ("iss", &options.issuer)];
    for (name, text) in texts {
        if let Some(text) = text {
            set(name, text.as_str().into())?;
        }
    }
    if options.once {
        let id = getrandom::u64().map_err(|error| format!("no random numbers: {error}"))?;
        set("jti", format!("{id:016x}").into())?;
    }
    Ok(claims.into())
}
