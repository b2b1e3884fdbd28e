//! Hostile requests to both listeners.

use super::live::{exchange, on_a_server};

/// Between two connections, in the bytes of a case: no text in UTF-8 has it.
pub const NEXT: u8 = 0xff;

/// Sends each piece between two [`NEXT`] on a connection of its own: to the admin listener if it begins with
/// `!`, else to the public one; returns how many requests that began so were answered with success.
///
/// # Panics
/// When a connection does not end, when what was answered is not HTTP, or an error of the server itself,
/// or lacks the headers of all answers, or when the server does not serve afterwards.
pub fn requests(bytes: &[u8]) -> usize {
    on_a_server(async |server| {
        let mut successes = 0;
        for sent in bytes.split(|byte| *byte == NEXT) {
            let (to, sent) = match sent.strip_prefix(b"!") {
                Some(sent) => (server.admin(), sent),
                None => (server.public(), sent),
            };
            let answer = exchange(to, sent).await;
            successes += usize::from(status(&answer).is_some_and(|status| status < 300));
        }
        let health = exchange(server.admin(), b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(status(&health.await), Some(200));
        server.empty().await;
        server.end().await;
        successes
    })
}

/// The status of an answer; `None` if there is none.
fn status(answer: &[u8]) -> Option<u16> {
    if answer.is_empty() {
        return None;
    }
    let answer = String::from_utf8_lossy(answer);
    let (head, _) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default();
    let number = line.strip_prefix("HTTP/1.1 ").or_else(|| line.strip_prefix("HTTP/1.0 "));
    let number = number.and_then(|rest| rest.get(..3)?.parse().ok());
    let status: u16 = number.unwrap_or_else(|| panic!("not an answer: {answer:?}"));
    let is_documented = matches!(status, 100..500 | 503 | 505);
    assert!(is_documented, "{answer}");
    // What comes before the answer itself, or before frames, is no document.
    let is_interim = status < 200;
    let is_safe = lines.any(|line| line.eq_ignore_ascii_case("x-content-type-options: nosniff"));
    assert!(is_safe || is_interim, "{answer}");
    Some(status)
}
