//! What people are told, in lines.

use std::io::{Write as _, stderr, stdout};

/// Says a text. Nobody may be left to read it.
pub(crate) fn say(text: &str) {
    let _ = writeln!(stdout().lock(), "{text}");
}

/// Says what went wrong, and what to do.
pub(crate) fn complain(error: &str) {
    let _ = writeln!(stderr().lock(), "error: {error}");
}
