//! The body of the fuzz target for tickets: hostile tokens, hostile claims that are signed, and
//! hostile files with keys.

use std::sync::OnceLock;

use drumbeat_server::tickets::{Keys, Mode, Policy, Signer, Ticket, Tickets, explain};
use drumbeat_shared::limits::TICKET_BYTES_MAX;

use crate::temp_file::TempFile;

/// The time of the tickets, in seconds since 1970.
pub const NOW_S: u64 = 1_800_000_000;
/// What tickets are signed with.
pub(super) const SECRET: &str = "text:a secret that the fuzzer does not know";

struct Entrance {
    signer: Signer,
    keys: Keys,
    policy: Policy,
    tickets: Tickets,
}

fn entrance() -> &'static Entrance {
    static ENTRANCE: OnceLock<Entrance> = OnceLock::new();
    ENTRANCE.get_or_init(|| {
        let file = TempFile::new(SECRET);
        let keys = Some(file.0.clone());
        let policy = Policy { mode: Mode::Required, keys, ..Policy::default() };
        let tickets = Tickets::open(policy.clone()).expect("the secret is long enough");
        Entrance {
            signer: Signer::read(SECRET).expect("the secret is long enough"),
            keys: Keys::read(SECRET.as_bytes()).expect("the secret is long enough"),
            policy,
            tickets,
        }
    })
}

/// A ticket with this header and these claims, each as JSON.
///
/// # Panics
/// Never: a secret signs everything.
#[must_use]
pub fn signed(header: &str, claims: &str) -> String {
    entrance().signer.sign(header, claims).expect("a secret signs everything")
}

/// Checks a text as a ticket; returns what it says if it lets somebody in.
///
/// # Panics
/// When it is taken although the explanation says otherwise, or the other way round, or when what it
/// says is out of range.
pub fn ticket(text: &str) -> Option<Ticket> {
    let Entrance { keys, policy, tickets, .. } = entrance();
    let taken = tickets.read(Some(text), "", NOW_S);
    let explained = explain(text, Some(keys), policy, "", NOW_S);
    let is_fine = explained.is_ok_and(|explained| explained.fault.is_none());
    assert_eq!(taken.is_ok(), is_fine, "{taken:?} of {text:?}");
    let ticket = taken.ok().flatten()?;
    assert!(text.len() <= TICKET_BYTES_MAX);
    assert!((1..=128).contains(&ticket.subject.len()));
    assert!(ticket.rooms.len() <= 32 && ticket.claims.len() <= 1_024);
    assert!(NOW_S < ticket.expires_s);
    let claims = serde_json::from_str::<serde_json::Value>(&ticket.claims);
    assert!(claims.is_ok_and(|claims| claims.is_object()), "{}", ticket.claims);
    Some(ticket)
}

/// Takes the bytes for a ticket, for a file with keys, and for the header and the claims of a signed
/// ticket, one on each side of the first line break; returns how many tickets were taken.
///
/// # Panics
/// When a ticket is taken that nobody signed, or as [`ticket`] does.
pub fn tickets(bytes: &[u8]) -> usize {
    let _ = Keys::read(bytes);
    let text = String::from_utf8_lossy(bytes);
    let forged = ticket(&text);
    let (header, claims) = text.split_once('\n').unwrap_or((r#"{"alg":"HS256"}"#, &text));
    assert!(forged.is_none(), "nobody signed {text:?}");
    usize::from(ticket(&signed(header, claims)).is_some())
}
