//! `token show`: explains a ticket.

use drumbeat_shared::limits::TICKET_BYTES_MAX;
use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;

use crate::tickets::{Keys, Policy, explain};

/// Explain a ticket: what it says, until when, and whether it lets somebody in or why not
#[derive(Args, Debug)]
pub(super) struct Options {
    /// The ticket; - reads it from standard input
    #[arg(value_name = "TICKET")]
    ticket: String,

    /// The server's file with the keys; without it the signature is not checked
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,

    /// The server's --ticket-audience
    #[arg(long, value_name = "TEXT")]
    audience: Option<String>,

    /// The server's --ticket-issuer
    #[arg(long, value_name = "TEXT")]
    issuer: Option<String>,

    /// The room to go to [default: any]
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    room: String,
}

/// What there is to say of the ticket; an error if it lets nobody in.
pub(super) fn show(options: &Options, now_s: u64) -> Result<String, String> {
    let keys = options.keys.as_ref().map(|path| {
        let named = |error| format!("the keys in {}: {error}", path.display());
        let bytes = std::fs::read(path).map_err(|error| named(error.to_string()))?;
        Keys::read(&bytes).map_err(named)
    });
    let keys = keys.transpose()?;
    let [audience, issuer] = [&options.audience, &options.issuer].map(Clone::clone);
    let policy = Policy { audience, issuer, ..Policy::default() };
    let ticket = ticket(&options.ticket)?;
    let shown = explain(ticket.trim(), keys.as_ref(), &policy, &options.room, now_s)
        .map_err(|error| format!("this is not a ticket: {error}"))?;
    let expiry = shown.expires_s.map_or(String::new(), |expires_s| expiry(expires_s, now_s));
    let text = format!("header   {}\nclaims   {}\n{expiry}", shown.header, shown.claims);
    // A ticket may come from anywhere, and what controls a terminal may be in it.
    let text = text.replace(|c: char| c.is_control() && c != '\n', "?");
    match (shown.fault, keys) {
        (Some(fault), _) => Err(format!("this ticket lets nobody in: {fault}\n\n{text}")),
        (None, Some(_)) => Ok(text + "valid    yes: its signature and its claims are in order\n"),
        (None, None) => {
            Ok(text + "valid    its claims are in order; --keys FILE checks the signature too\n")
        }
    }
}

fn ticket(argument: &str) -> Result<String, String> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    // A line break may follow the ticket.
    let mut input = std::io::stdin().take(TICKET_BYTES_MAX as u64 + 2);
    let read = input.read_to_string(&mut text);
    read.map_err(|error| format!("cannot read the ticket from standard input: {error}"))?;
    Ok(text)
}

fn expiry(expires_s: u64, now_s: u64) -> String {
    if now_s < expires_s {
        return format!("expires  in {}\n", duration(expires_s - now_s));
    }
    format!("expired  {} ago\n", duration(now_s - expires_s))
}

/// The two largest units of a time in seconds.
fn duration(time_s: u64) -> String {
    let (days, hours) = (time_s / 86_400, time_s / 3_600 % 24);
    let (minutes, seconds) = (time_s / 60 % 60, time_s % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min {seconds} s"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} days {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_two_units() {
        for (time_s, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min 0 s"),
            (3_725, "1 h 2 min"),
            (90_000, "1 days 1 h"),
        ] {
            assert_eq!(duration(time_s), words);
        }
        assert_eq!(expiry(10, 4), "expires  in 6 s\n");
        assert_eq!(expiry(4, 10), "expired  6 s ago\n");
    }
}
