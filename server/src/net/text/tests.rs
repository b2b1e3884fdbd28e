use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::props::BidiControl;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Texts as they arrive and as they are shown, whatever their length.
fn check(cases: &[(&str, &str, &str)]) {
    for (what, given, shown) in cases {
        assert_eq!(clean(given, usize::MAX), *shown, "{what}: {given:?}");
    }
}

/// Texts that are shown as they arrive.
fn check_whole(cases: &[(&str, &str)]) {
    let cases: Vec<_> = cases.iter().map(|(what, text)| (*what, *text, *text)).collect();
    check(&cases);
}

#[test]
fn a_name_that_prints_nothing_is_none() {
    let blank = [
        ("nothing", ""),
        ("spaces", " \t\r\n\u{b}\u{85}\u{a0}\u{1680}\u{2003}\u{2028}\u{2029}\u{202f}\u{3000}"),
        ("controls", "\u{0}\u{7}\u{1b}\u{7f}\u{9b}"),
        ("zero width", "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}"),
        ("directions", "\u{200e}\u{200f}\u{61c}\u{202a}\u{202e}\u{202c}\u{2066}\u{2069}"),
        ("Hangul fillers", "\u{115f}\u{1160}\u{3164}\u{ffa0}"),
        ("Braille blank", "\u{2800}\u{2800}"),
        ("Khmer vowels without a shape", "\u{17b4}\u{17b5}"),
        ("Mongolian separator and selectors", "\u{180e}\u{180b}\u{180f}"),
        ("variation selectors", "\u{fe00}\u{fe0e}\u{fe0f}\u{e0100}"),
        ("soft hyphens and grapheme joiners", "\u{ad}\u{34f}"),
        ("tags", "\u{e0001}\u{e0041}\u{e007f}"),
        ("private use", "\u{e000}\u{f0000}\u{10fffd}"),
        ("unassigned and no characters", "\u{378}\u{ffff}\u{fdd0}\u{1fffe}"),
        ("invisible operators", "\u{2061}\u{2064}\u{206a}\u{fff9}\u{fffb}"),
        ("musical and shorthand controls", "\u{1d173}\u{1bca0}\u{1d159}"),
        ("hieroglyphs without ink", "\u{13430}\u{13441}\u{13442}"),
        ("place of an object, half space", "\u{fffc}\u{303f}"),
        ("marks on nothing", "\u{301}\u{20dd}\u{93e}"),
        ("marks on a blank", " \u{301}\u{a0}\u{301}\u{2800}\u{301}\u{3164}\u{301}"),
        ("joiners between blanks", "\u{2800}\u{200d}\u{2800}\u{200c}\u{3164}"),
        ("an enclosed space", " \u{20e3}\u{fe0f}\u{20e3}"),
    ];
    for (what, given) in blank {
        assert_eq!(clean_name(given, "Guest 7"), "Guest 7", "{what}: {given:?}");
        assert_eq!(clean_chat(given), None, "{what}: {given:?}");
    }
}

#[test]
fn what_cannot_be_seen_makes_no_other_name() {
    check(&[
        ("plain", "Ada", "Ada"),
        ("spaces of all kinds", "\u{2003}Ada \t\u{a0}\u{2028}Lovelace\n", "Ada Lovelace"),
        ("Braille blank is a space", "Ada\u{2800}\u{2800}B", "Ada B"),
        ("Hangul filler", "Ada\u{3164}B", "AdaB"),
        ("zero width space and joiners", "A\u{200b}d\u{200d}a\u{200c}\u{feff}", "Ada"),
        ("override", "a\u{202e}b\u{2067}c", "abc"),
        ("a text hidden in tags", "Ada\u{e0068}\u{e0069}", "Ada"),
        ("tags behind an emoji", "😀\u{e0068}\u{e007f}", "😀"),
        ("a flag with tags of no country", "🏴\u{e0078}\u{e0078}\u{e007f}", "🏴"),
        ("variation selectors on letters", "A\u{fe0f}d\u{fe00}a\u{e0101}", "Ada"),
        ("ideographic variation", "葛\u{e0100}城", "葛城"),
        ("a digit in emoji style alone", "1\u{fe0f}2", "12"),
        ("a style that it has anyway", "😀\u{fe0f}", "😀"),
        ("a joiner with one emoji", "👩\u{200d} 👧\u{200d}", "👩 👧"),
        ("two joiners", "👩\u{200d}\u{200d}👧", "👩\u{200d}👧"),
        ("a joiner that joins nothing: alef ends", "ا\u{200c}ب", "اب"),
        ("a joiner at the end", "علی\u{200c}", "علی"),
        ("composed as it looks", "e\u{301}", "é"),
        ("the same angstrom", "\u{212b}", "Å"),
        ("jamo", "\u{1112}\u{1161}\u{11ab}", "한"),
        ("a mark that something invisible holds away", "e\u{34f}\u{301}", "é"),
        ("marks in another order", "q\u{307}\u{323}", "q\u{323}\u{307}"),
        ("two halves of a flag brought together", "🇩\u{200b}🇪", "🇩🇪"),
        ("no character at all", "A\u{fffe}d\u{e001}a", "Ada"),
    ]);
}

#[test]
fn whole_characters_stay_whole() {
    check_whole(&[
        ("family", "👨\u{200d}👩\u{200d}👧\u{200d}👦"),
        ("pride flag", "🏳\u{fe0f}\u{200d}🌈"),
        ("pirates", "🏴\u{200d}☠\u{fe0f}"),
        ("two flags", "🇩🇪🇫🇷"),
        ("Scotland", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"),
        ("keycaps", "1\u{fe0f}\u{20e3}#\u{fe0f}\u{20e3}"),
        ("skin tone", "👍🏽"),
        ("profession with skin tone", "👩🏽\u{200d}🚀"),
        ("couple", "👩🏽\u{200d}❤\u{fe0f}\u{200d}👨🏻"),
        ("heart as emoji and as text", "❤\u{fe0f} ❤\u{fe0e}"),
        ("Persian", "علی\u{200c}رضا"),
        ("Persian behind a vowel", "مِ\u{200c}خ"),
        ("Sinhala conjunct", "ශ\u{dca}\u{200d}රී"),
        ("Hindi half letter", "क\u{94d}\u{200d}ष"),
        ("Hindi, virama shown", "क\u{94d}\u{200c}ष"),
        ("Bengali ra before ya", "র\u{200d}\u{9cd}য"),
        ("Malayalam chillu of old", "അവന\u{d4d}\u{200d}"),
        ("Vietnamese", "Nguyễn Thị Ánh"),
        ("Thai", "น้ำผึ้ง"),
        ("Burmese, five marks on a letter", "လျှော့"),
        ("Hebrew with points", "שָׁלוֹם"),
        ("Tibetan", "བཀྲ་ཤིས"),
        ("Korean, Japanese, Chinese", "홍길동 が 陳"),
        ("Arabic", "محمّد"),
        ("replacement", "\u{fffd}"),
    ]);
}

#[test]
fn marks_do_not_climb() {
    let zalgo: String = "\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}".repeat(8);
    let beside: String = "\u{93e}\u{93f}".repeat(8);
    check(&[
        ("four above", &format!("xq{zalgo}"), "xq\u{300}\u{301}\u{302}\u{303}"),
        (
            "again on the next letter",
            &format!("q{zalgo}q\u{300}"),
            "q\u{300}\u{301}\u{302}\u{303}q\u{300}",
        ),
        ("four beside", &format!("क{beside}"), "क\u{93e}\u{93f}\u{93e}\u{93f}"),
        ("the same again", "ก\u{e47}\u{e47}\u{e47}\u{e47}", "ก\u{e47}"),
        (
            "joiners between them",
            "क\u{94d}\u{200d}\u{94d}\u{200d}\u{941}",
            "क\u{94d}\u{200d}\u{94d}\u{200d}\u{941}",
        ),
    ]);
}

#[test]
fn a_text_is_cut_between_whole_characters() {
    let cases = [
        ("two bytes each", "ééééééééééééé", "éééééééééééé"),
        ("family after 7 letters", "Parents👨\u{200d}👩\u{200d}👧", "Parents"),
        ("family after 6 letters", "Family👨\u{200d}👩\u{200d}👧", "Family👨\u{200d}👩\u{200d}👧"),
        ("three flags of four", "🇩🇪🇫🇷🇮🇹🇪🇸", "🇩🇪🇫🇷🇮🇹"),
        ("no half flag", "Ada of the 🇩🇪🇫🇷", "Ada of the 🇩🇪"),
        (
            "no letter without its mark",
            "12345678901234567890123q\u{323}",
            "12345678901234567890123",
        ),
        ("no space at the end", "12345678901234567890123 45", "12345678901234567890123"),
        ("skin tone", "123456789012345678👍🏽", "123456789012345678"),
        ("keycap", "123456789012345678 1\u{fe0f}\u{20e3}", "123456789012345678"),
        ("conjunct", "123456789012345 क\u{94d}\u{200d}ष", "123456789012345"),
        ("too large alone", "👨\u{200d}👩\u{200d}👧\u{200d}👦", "Guest 7"),
    ];
    for (what, given, shown) in cases {
        assert_eq!(clean_name(given, "Guest 7"), shown, "{what}");
    }
    let line = clean_chat(&"👨\u{200d}👩\u{200d}👧 ".repeat(20)).unwrap();
    assert_eq!(line, ["👨\u{200d}👩\u{200d}👧"; 10].join(" "));
}

/// Pieces that mean something next to each other.
const PIECES: &str = "a|q| |1|\u{a0}|\n|\u{2800}|\u{3164}|\u{115f}|\u{1161}|\u{11a8}|\u{200b}|\u{200c}|\
    \u{200d}|\u{202e}|\u{2067}|\u{34f}|\u{fe0e}|\u{fe0f}|\u{20e3}|\u{300}|\u{323}|\u{20dd}|ក|\u{17d2}|\
    क|\u{94d}|\u{93e}|র|\u{9cd}|ی|ا|\u{651}|👩|👧|🏽|❤|🌈|🇩|🇪|🏴|\u{e0067}|\u{e007f}|\
    \u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}|\u{e000}|\u{378}|\u{fb2c}|\u{d4e}|\u{600}";

/// Mostly these pieces, and some arbitrary characters.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(PIECES.split('|').collect::<Vec<_>>()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The text without marks, spaces and characters that print nothing.
fn letters(text: &str) -> String {
    let bare = DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned();
    let blank = |c: char| c.is_whitespace() || BLANKS.contains(&c);
    bare.chars().filter(|c| !blank(*c) && !is_ignorable(*c) && !is(*c, Group::Mark)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_cleaned_text_is_clean(given in nasty(), bytes_max in 0_usize..64) {
        let shown = clean(&given, bytes_max);
        prop_assert!(shown.len() <= bytes_max);
        prop_assert_eq!(&clean(&shown, bytes_max), &shown, "again");
        prop_assert!(!shown.starts_with(' ') && !shown.ends_with(' ') && !shown.contains("  "));
        prop_assert!(shown.chars().all(|c| c == ' ' || !c.is_whitespace()));
        prop_assert!(!shown.chars().any(char::is_control));
        prop_assert!(!shown.chars().any(BidiControl::for_char));
        prop_assert_eq!(letters(&shown).is_empty(), shown.is_empty(), "blank");
        prop_assert!(letters(&given).starts_with(&letters(&shown)), "the beginning, nothing added");
        for word in shown.split(' ') {
            prop_assert!(!word.chars().next().is_some_and(|c| is(c, Group::Mark)), "a mark on nothing");
        }
        let letters = shown.split(|c| !is(c, Group::Mark) && c != ZWJ);
        for marks in letters.map(|marks| marks.chars().filter(|c| *c != ZWJ).count()) {
            prop_assert!(marks <= 2 * MARKS_MAX, "{} marks", marks);
        }
    }

    #[test]
    fn a_shorter_text_is_the_beginning_of_the_whole(given in nasty(), bytes_max in 0_usize..64) {
        let (whole, shown) = (clean(&given, usize::MAX), clean(&given, bytes_max));
        let rest = whole.strip_prefix(&shown);
        prop_assert!(rest.is_some(), "{whole:?} does not begin with {shown:?}");
        // A space or a joiner before the cut is removed together with what it led to.
        let led_to = rest.unwrap().trim_start_matches([' ', ZWJ, ZWNJ]).len();
        let ends: Vec<usize> = whole.grapheme_indices(true).map(|(at, _)| at).collect();
        let at_an_end = |end| end == whole.len() || ends.contains(&end);
        let whole_clusters = at_an_end(shown.len()) || at_an_end(whole.len() - led_to);
        prop_assert!(whole_clusters, "{whole:?} is cut apart: {shown:?}");
    }

    #[test]
    fn whole_characters_stay_or_go(
        given in prop::collection::vec(select(&[
            "A", "é", " ", "🇩🇪", "🇫🇷", "👍🏽", "1\u{fe0f}\u{20e3}", "👨\u{200d}👩\u{200d}👧", "🏳\u{fe0f}\u{200d}🌈",
            "q\u{323}\u{307}", "한", "क\u{94d}\u{200d}ष", SCOTLAND,
        ][..]), 0..12),
        bytes_max in 0_usize..64,
    ) {
        let shown = clean(&given.concat(), bytes_max);
        for cluster in shown.graphemes(true) {
            prop_assert!(given.contains(&cluster), "{cluster:?} is of another make");
        }
    }

    #[test]
    fn a_name_is_never_empty_nor_too_long(given in any::<String>()) {
        let name = clean_name(&given, "Guest 7");
        prop_assert!(!letters(&name).is_empty() && name.len() <= NAME_BYTES_MAX);
        prop_assert!(clean_chat(&given).is_none_or(|line| line.len() <= CHAT_BYTES_MAX));
    }
}

const SCOTLAND: &str = "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
