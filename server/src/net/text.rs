//! Makes names and chat lines from people fit to show to others.
//!
//! Unicode's properties decide what stays. Characters that print nothing are removed, unless they
//! join emoji or letters. Texts that look the same become the same bytes where normalisation (NFC)
//! can do that. No character as a reader sees it (grapheme cluster) is cut apart. Only the server
//! needs the tables for this; the client core does without them. Letters of different scripts that
//! look alike are left alone: `crate::names` compares them.

#[cfg(test)]
mod tests;

use drumbeat_shared::limits::{CHAT_BYTES_MAX, NAME_BYTES_MAX};
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{
    BinaryProperty, CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, EmojiModifier,
    EmojiPresentation, EnumeratedProperty, ExtendedPictographic, GeneralCategory,
    GeneralCategoryGroup as Group, JoiningType,
};
use unicode_segmentation::UnicodeSegmentation;

/// Limit of marks on one letter, separately for those above, below or around it and for those
/// beside it. Unicode's security mechanisms (UTS #39, 5.4) name this number and forbid doubled
/// marks.
const MARKS_MAX: usize = 4;

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';
const TEXT_STYLE: char = '\u{fe0e}';
const EMOJI_STYLE: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';

/// Letters and symbols without ink that no property distinguishes from others: Braille without
/// dots, a null notehead, blank hieroglyphs, a filled half space, a placeholder for an object.
const BLANKS: [char; 6] =
    ['\u{2800}', '\u{303f}', '\u{fffc}', '\u{13441}', '\u{13442}', '\u{1d159}'];

const BLACK_FLAG: char = '\u{1f3f4}';
/// The tags that make it the flag of England, Scotland or Wales. Anywhere else tags hide a text.
const SUBDIVISIONS: [&str; 3] = [
    "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];

/// Cleans a player's name to the limit of `NAME_BYTES_MAX`; `fallback` if nothing is left.
pub(crate) fn clean_name(name: &str, fallback: &str) -> String {
    let cleaned = clean(name, NAME_BYTES_MAX);
    if cleaned.is_empty() { fallback.to_owned() } else { cleaned }
}

/// Cleans a chat line to the limit of `CHAT_BYTES_MAX`; `None` if nothing is left.
pub(crate) fn clean_chat(text: &str) -> Option<String> {
    Some(clean(text, CHAT_BYTES_MAX)).filter(|text| !text.is_empty())
}

/// Cleans a line. It gets no longer; it may get empty.
pub(crate) fn clean_line(text: &str) -> String {
    clean(text, text.len())
}

/// Cleans a text of several lines. It gets no longer.
pub(crate) fn clean_text(text: &str) -> String {
    let lines = text.split('\n').map(clean_line);
    lines.collect::<Vec<_>>().join("\n")
}

/// Sweeps until nothing changes any more, as RFC 8266 prepares nicknames: removing characters may
/// bring letters and marks together. No round adds a character, so this ends.
fn clean(text: &str, bytes_max: usize) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    let mut text = nfc.normalize(text).into_owned();
    loop {
        let swept = sweep(&text);
        let next = nfc.normalize(cut(&swept, bytes_max));
        if next == text {
            return text;
        }
        text = next.into_owned();
    }
}

/// Removes what must not be shown, and turns whatever looks like spaces into one space.
fn sweep(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c.is_whitespace() || BLANKS.contains(&c) {
            if !clean.is_empty() && !clean.ends_with(' ') {
                clean.push(' ');
            }
        } else if stays(&clean, c, rest.as_str()) {
            clean.push(c);
            if let Some(tags) = subdivision(c, rest.as_str()) {
                clean.push_str(tags);
                rest = rest.as_str()[tags.len()..].chars();
            }
        }
    }
    clean
}

/// As many whole grapheme clusters as fit, without a space at the end.
fn cut(text: &str, bytes_max: usize) -> &str {
    let ends = text.grapheme_indices(true).map(|(at, cluster)| at + cluster.len());
    let end = ends.take_while(|end| *end <= bytes_max).last().unwrap_or(0);
    text[..end].trim_end()
}

/// Whether this character, which is not a space, stays between the cleaned text and what follows.
fn stays(clean: &str, c: char, rest: &str) -> bool {
    match c {
        '!'..='~' => true,
        ZWJ => joins_emoji(clean, rest) || shapes_conjunct(clean, rest),
        ZWNJ => parts_letters(clean, rest) || shows_virama(clean, rest),
        TEXT_STYLE | EMOJI_STYLE => styles_emoji(clean, c, rest),
        _ if is_ignorable(c) => false,
        _ if is(c, Group::Mark) => marks_letter(clean, c),
        _ => true,
    }
}

/// Whether a character prints nothing by itself or has no meaning that all share: controls, changes
/// of direction, fillers, tags, private and unassigned code points.
fn is_ignorable(c: char) -> bool {
    is(c, Group::Other) || DefaultIgnorableCodePoint::for_char(c)
}

fn is(c: char, group: Group) -> bool {
    group.contains(GeneralCategory::for_char(c))
}

/// The next character that is not ignorable.
fn next(rest: &str) -> Option<char> {
    rest.chars().find(|c| !is_ignorable(*c))
}

fn last(clean: &str) -> Option<char> {
    clean.chars().next_back()
}

/// Whether two emoji become one: a family, a profession, a flag.
fn joins_emoji(clean: &str, rest: &str) -> bool {
    let before = clean.chars().rev().find(|c| *c != EMOJI_STYLE && !EmojiModifier::for_char(*c));
    before.is_some_and(ExtendedPictographic::for_char)
        && next(rest).is_some_and(ExtendedPictographic::for_char)
}

/// Whether it is beside a virama, where it chooses the shape of the letters around it (RFC 5892,
/// A.2), as in Sinhala; in Bengali also before the virama.
fn shapes_conjunct(clean: &str, rest: &str) -> bool {
    is_virama(last(clean))
        || (is_virama(next(rest)) && last(clean).is_some_and(|c| is(c, Group::Letter)))
}

/// Whether it is between two letters that would otherwise be joined in writing (RFC 5892, A.1), as
/// in Persian.
fn parts_letters(clean: &str, rest: &str) -> bool {
    let joining = |c| Some(JoiningType::for_char(c)).filter(|j| *j != JoiningType::Transparent);
    let before = clean.chars().rev().find_map(joining);
    let after = next(rest).and_then(joining);
    matches!(before, Some(JoiningType::DualJoining | JoiningType::LeftJoining))
        && matches!(after, Some(JoiningType::DualJoining | JoiningType::RightJoining))
}

/// Whether it is between a virama and a letter that would otherwise hide it (RFC 5892, A.1), as in
/// Hindi.
fn shows_virama(clean: &str, rest: &str) -> bool {
    is_virama(last(clean)) && next(rest).is_some_and(|c| is(c, Group::Letter))
}

fn is_virama(c: Option<char>) -> bool {
    c.map(CanonicalCombiningClass::for_char) == Some(CanonicalCombiningClass::Virama)
}

/// Whether it follows an emoji that does not have this style anyway; after a digit, `#` or `*`,
/// only within a keycap.
fn styles_emoji(clean: &str, style: char, rest: &str) -> bool {
    let Some(emoji) = last(clean).filter(|c| Emoji::for_char(*c)) else {
        return false;
    };
    let changes = style == TEXT_STYLE || !EmojiPresentation::for_char(emoji);
    changes && (!emoji.is_ascii() || next(rest) == Some(KEYCAP))
}

/// Whether there is a character for the mark to stand on, without too many marks already.
fn marks_letter(clean: &str, mark: char) -> bool {
    let base = clean.trim_end_matches(|c| is(c, Group::Mark) || c == ZWJ);
    let marks = clean[base.len()..].chars().filter(|c| *c != ZWJ);
    let beside = |c: char| is(c, Group::SpacingMark);
    let of_its_kind = marks.filter(|c| beside(*c) == beside(mark)).count();
    last(base).is_some_and(|c| c != ' ') && of_its_kind < MARKS_MAX && last(clean) != Some(mark)
}

fn subdivision(flag: char, rest: &str) -> Option<&'static str> {
    SUBDIVISIONS.into_iter().find(|tags| flag == BLACK_FLAG && rest.starts_with(tags))
}
