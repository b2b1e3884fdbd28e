//! The log lines about a room's clients: who joined, who left and why, whose view did not match.

use crate::engine::checks::{Claim, DocumentClaim};
use crate::engine::close::CloseReason;
use crate::engine::incident::{Incident, What, close_kind};
use crate::telemetry::notices::{Line, Notices};

/// Limit of log lines per cause and minute, all rooms together. Clients decide how often they come
/// and go.
pub(super) const LINES_PER_MINUTE_MAX: u32 = 30;

/// Writes the line, unless there were too many of its cause recently. `advice` is added to a view
/// that does not match.
pub(super) fn log(notices: &Notices, incident: &Incident, advice: Option<&str>) {
    let Incident { peer, name, role, what } = incident;
    let Some(Line { held_back, .. }) = notices.note(cause(what)) else { return };
    let (connection, peer, role) = (peer.connection, peer.address, role.label());
    match what {
        What::Joined => {
            tracing::info!(connection, address = %peer, name, role, held_back, "joined");
        }
        What::Left(reason) => {
            let text = reason.as_ref().map(CloseReason::text).filter(|text| !text.is_empty());
            let reason = close_kind(reason.as_ref()).label();
            tracing::info!(connection, address = %peer, name, role, reason, text, held_back, "left");
        }
        What::Lost(reason) => {
            let reason = close_kind(reason.as_ref()).label();
            tracing::info!(
                connection, address = %peer, name, role, reason, held_back,
                "lost the connection; the place is kept"
            );
        }
        What::Resumed { away_ticks } => {
            tracing::info!(connection, address = %peer, name, role, away_ticks, held_back, "resumed");
        }
        What::Expired => tracing::info!(
            connection, address = %peer, name, role, held_back,
            "left: it did not come back to its place"
        ),
        What::Mismatch { claim: Claim { tick, expected, actual }, visible } => tracing::error!(
            connection, address = %peer, name, role, %tick, expected, actual, visible, text = advice,
            held_back, "a client's view does not match; sending it a keyframe"
        ),
        What::DocumentMismatch(DocumentClaim { document, expected, actual }) => tracing::error!(
            connection, address = %peer, name, role, document, expected, actual, held_back,
            "a client's document does not match; sending it again"
        ),
        What::Reported { line, said_by, text } => tracing::warn!(
            connection, address = %peer, name, role, line, said_by, text, held_back,
            "a chat line was reported"
        ),
        What::FalseMismatch { claim: Claim { tick, expected, actual }, because } => tracing::warn!(
            connection, address = %peer, name, role, %tick, expected, actual, text = because, held_back,
            "a client reports a view mismatch that cannot be true"
        ),
    }
}

fn cause(what: &What) -> &'static str {
    match what {
        What::Joined => "joined",
        What::Left(reason) => close_kind(reason.as_ref()).label(),
        What::Lost(_) => "lost",
        What::Resumed { .. } => "resumed",
        What::Expired => "expired",
        What::Mismatch { .. } => "mismatch",
        What::DocumentMismatch(_) => "document_mismatch",
        What::Reported { .. } => "reported",
        What::FalseMismatch { .. } => "false_mismatch",
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use drumbeat_shared::ids::Tick;
    use drumbeat_shared::protocol::close::CloseCode;
    use tracing::subscriber::with_default;

    use super::*;
    use crate::address::Address;
    use crate::engine::incident::Peer;
    use crate::engine::viewer::Role;

    /// Everything that is logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that these incidents write, with a limit per cause and minute.
    fn lines(
        per_minute_max: u32,
        whats: impl IntoIterator<Item = What>,
        advice: Option<&str>,
    ) -> Vec<String> {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = tracing_subscriber::fmt().without_time().with_target(false).with_ansi(false);
        let notices = Notices::new(per_minute_max);
        with_default(log.with_writer(move || writer.clone()).finish(), || {
            for what in whats {
                let peer = Peer {
                    connection: 7,
                    address: Address::new([192, 0, 2, 1].into(), Some(5_000)),
                };
                super::log(
                    &notices,
                    &Incident { peer, name: "Ada".into(), role: Role::Player, what },
                    advice,
                );
            }
        });
        let bytes = std::mem::take(&mut *lines.0.lock().unwrap());
        String::from_utf8(bytes).unwrap().lines().map(|line| line.trim().to_owned()).collect()
    }

    #[test]
    fn each_line_says_who_and_why() {
        const WHO: &str = "connection=7 address=192.0.2.1:5000 name=\"Ada\" role=\"player\"";
        let check = |what: What, expected: &str| {
            assert_eq!(lines(1, [what], None), [expected.replace("WHO", WHO)]);
        };
        let claim = Claim { tick: Tick(5), expected: 1, actual: 2 };
        check(What::Joined, "INFO joined WHO");
        check(What::Left(None), "INFO left WHO reason=\"left\"");
        check(
            What::Left(Some(CloseCode::TooSlow.into())),
            "INFO left WHO reason=\"too_slow\" text=\"your connection is too slow\"",
        );
        check(
            What::Lost(Some(CloseReason::left(Some(1001)))),
            "INFO lost the connection; the place is kept WHO reason=\"left\"",
        );
        check(What::Resumed { away_ticks: Some(40) }, "INFO resumed WHO away_ticks=40");
        check(What::Expired, "INFO left: it did not come back to its place WHO");
        check(
            What::Mismatch { claim, visible: 3 },
            "ERROR a client's view does not match; sending it a keyframe WHO tick=5 expected=1 \
             actual=2 visible=3",
        );
        check(
            What::DocumentMismatch(DocumentClaim { document: 1, expected: 1, actual: 2 }),
            "ERROR a client's document does not match; sending it again WHO document=1 expected=1 \
             actual=2",
        );
        check(
            What::Reported { line: 3, said_by: "Eve".into(), text: "x".into() },
            "WARN a chat line was reported WHO line=3 said_by=\"Eve\" text=\"x\"",
        );
        check(
            What::FalseMismatch { claim, because: "another checksum was sent" },
            "WARN a client reports a view mismatch that cannot be true WHO tick=5 \
             expected=1 actual=2 text=\"another checksum was sent\"",
        );
    }

    #[test]
    fn advice_is_added_to_a_mismatch() {
        let what =
            What::Mismatch { claim: Claim { tick: Tick(5), expected: 1, actual: 2 }, visible: 3 };
        let lines = lines(1, [what, What::Joined], Some("rebuild the core"));
        assert!(lines[0].ends_with("visible=3 text=\"rebuild the core\""), "{lines:?}");
        assert!(!lines[1].contains("rebuild"), "{lines:?}");
    }

    #[test]
    fn a_swarm_writes_a_few_lines_of_each_cause() {
        let joins = || std::iter::repeat_n(What::Joined, 50);
        let idle = What::Left(Some(CloseCode::Idle.into()));
        let lines = lines(2, joins().chain([idle, What::Left(None)]).chain(joins()), None);
        let starts = lines.iter().map(|line| line.split("  ").next().unwrap());
        let words = starts.map(|line| line.split(' ').nth(1).unwrap());
        assert_eq!(words.collect::<Vec<_>>(), ["joined", "joined", "left", "left"]);
    }
}
