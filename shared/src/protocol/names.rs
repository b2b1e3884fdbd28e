//! Names and chat lines as they come from people, made fit to show to others.

use crate::limits::{CHAT_BYTES_MAX, NAME_BYTES_MAX, ROOM_NAME_BYTES_MAX};

/// Cleans a player's name: no control characters, no runs of blanks, at most `NAME_BYTES_MAX`
/// bytes; `fallback` if nothing is left.
#[must_use]
pub fn clean_name(name: &str, fallback: &str) -> String {
    let cleaned = clean(name, NAME_BYTES_MAX);
    if cleaned.is_empty() { fallback.to_owned() } else { cleaned }
}

/// Cleans a chat line in the same way, at most `CHAT_BYTES_MAX` bytes; `None` if nothing is left.
#[must_use]
pub fn clean_chat(text: &str) -> Option<String> {
    Some(clean(text, CHAT_BYTES_MAX)).filter(|text| !text.is_empty())
}

/// Whether this can name a room: 1 to `ROOM_NAME_BYTES_MAX` ASCII letters, digits, `-` and `_`.
#[must_use]
pub fn is_room_name(name: &str) -> bool {
    (1..=ROOM_NAME_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Joins the words with single blanks, drops what does not print, cuts at `bytes_max`.
fn clean(text: &str, bytes_max: usize) -> String {
    let mut cleaned = String::new();
    let printable = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    for c in printable.filter(|c| !c.is_control() && !is_invisible(*c)) {
        if c == ' ' && (cleaned.is_empty() || cleaned.ends_with(' ')) {
            continue;
        }
        if cleaned.len() + c.len_utf8() > bytes_max {
            break;
        }
        cleaned.push(c);
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

/// Zero-width and direction-changing characters, with which a name could pose as another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned() {
        let check = |input: &str, expected: &str| {
            assert_eq!(clean_name(input, "anon"), expected, "{input:?}");
        };
        check("Ada", "Ada");
        check("  Ada \t Lovelace\n", "Ada Lovelace");
        check("", "anon");
        check("\u{200b}\u{7}", "anon");
        check("ééééééééééééé", "éééééééééééé");
        check("a\u{202e}b", "ab");
    }

    #[test]
    fn rooms_have_plain_names() {
        let check = |input: &str, expected: bool| {
            assert_eq!(is_room_name(input), expected, "{input:?}");
        };
        check("main-2_b", true);
        check("", false);
        check("a b", false);
        check("über", false);
        check(&"x".repeat(ROOM_NAME_BYTES_MAX + 1), false);
    }
}
