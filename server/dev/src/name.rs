//! Which names a game may have: they become those of a package, a crate and a program.

/// The words of Rust, and the crates that every program has.
const RESERVED: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];
/// Names of Cargo's own folders, of files that Windows cannot have, and of what the project has
/// itself.
const TAKEN: &[&str] =
    &["aux", "bots", "build", "con", "deps", "examples", "incremental", "nul", "prn"];

/// Checks a name.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(crate) fn check(name: &str) -> Result<(), String> {
    let wrong = |why: &str| {
        let advice = "choose another, such as `my-game`";
        Err(format!("a game cannot be called `{name}`: {why}; {advice}"))
    };
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    if !name.chars().all(is_plain) {
        wrong("a name has lower-case letters, digits, `-` and `_`")
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        wrong("a name begins with a letter")
    } else if RESERVED.contains(&name) {
        wrong("the word belongs to Rust")
    } else if TAKEN.contains(&name) || name.starts_with("drumbeat") || is_port(name) {
        wrong("the name is taken")
    } else {
        Ok(())
    }
}

/// Whether Windows takes it for a device.
fn is_port(name: &str) -> bool {
    let number = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
    number.is_some_and(|number| number.len() == 1 && number.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_crates_are_allowed() {
        for name in ["tag", "my-game", "my_game", "game2", "testing", "command", "com10", "t"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_refusal_says_why_and_what_to_do() {
        for (name, why) in [
            ("", "begins with a letter"),
            ("2d", "begins with a letter"),
            ("-a", "begins with a letter"),
            ("_a", "begins with a letter"),
            ("My", "lower-case"),
            ("spiel für zwei", "lower-case"),
            ("a.b", "lower-case"),
            ("test", "belongs to Rust"),
            ("fn", "belongs to Rust"),
            ("proc-macro", "belongs to Rust"),
            ("deps", "is taken"),
            ("bots", "is taken"),
            ("com1", "is taken"),
            ("drumbeat-server", "is taken"),
        ] {
            let error = check(name).unwrap_err();
            assert!(error.contains(why) && error.contains("`my-game`"), "{error}");
        }
    }
}
