//! Valid room names, and cutting a text to a length.
//!
//! Only the server cleans players' names and chat lines, since it has the Unicode tables for that.

use crate::limits::ROOM_NAME_BYTES_MAX;

/// Whether this is a valid room name: 1 to `ROOM_NAME_BYTES_MAX` ASCII letters, digits, `-` and
/// `_`.
#[must_use]
pub fn is_room_name(name: &str) -> bool {
    (1..=ROOM_NAME_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The longest beginning of a text that fits into `bytes_max` bytes of UTF-8.
#[must_use]
pub fn fit(text: &str, bytes_max: usize) -> &str {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    &text[..ends.take_while(|end| *end <= bytes_max).last().unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_code_points() {
        let check = |text: &str, bytes_max: usize, expected: &str| {
            assert_eq!(fit(text, bytes_max), expected, "{text:?}");
        };
        check("Ada", 3, "Ada");
        check("Ada", 2, "Ad");
        check("é🚀", 5, "é");
        check("é🚀", 6, "é🚀");
        check("🚀", 3, "");
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
