//! What a command line says of one flag, before it is known which others there are.

use std::ffi::OsString;

/// The value of `--flag` in these arguments, `--flag=VALUE` or `--flag VALUE`; `None` without one.
#[must_use]
pub fn flag_value(args: impl IntoIterator<Item = OsString>, flag: &str) -> Option<String> {
    let name = format!("--{flag}");
    let texts = args.into_iter().map(|arg| arg.to_string_lossy().into_owned());
    let mut texts = texts.take_while(|text| text != "--");
    while let Some(text) = texts.next() {
        if text == name {
            return texts.next();
        }
        let value = text.strip_prefix(&name).and_then(|rest| rest.strip_prefix('='));
        if let Some(value) = value {
            return Some(value.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_found_and_nothing_else() {
        let check = |line: &str, expected: Option<&str>| {
            let found = flag_value(line.split(' ').map(OsString::from), "game");
            assert_eq!(found.as_deref(), expected, "{line}");
        };
        check("x --game tag --bots 3", Some("tag"));
        check("x --bots 3 --game=tag", Some("tag"));
        check("x --games tag", None);
        check("x --game", None);
        check("x -- --game tag", None);
        check("x game", None);
    }
}
