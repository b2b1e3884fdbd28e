//! What a line that begins with a slash asks for.

use std::borrow::Cow;

/// Dice that are rolled at once, at most.
const DICE_MAX: u32 = 10;
/// Sides of a die, at most.
const SIDES_MAX: u32 = 1_000;
/// Seconds between two lines of one person, at most.
const SLOW_S_MAX: u16 = 600;

/// The commands, for people.
pub(crate) const HELP: &str = "/me does something · /roll 2d6 · /who is here · /topic of the room · \
                               // says a line that begins with a slash";
/// Those for moderators.
pub(crate) const MODERATORS_HELP: &str = "/mute NAME MINUTES · /unmute NAME · /remove LINE · \
                                          /topic TEXT · /slow SECONDS between two lines of one person";

/// A line, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slash<'a> {
    /// Said as it is; `/me` as well, which pages show as an action.
    Line,
    /// Said, after one slash is taken away.
    Escaped(&'a str),
    Help,
    Who,
    Roll {
        dice: u32,
        sides: u32,
    },
    /// Asks for the topic, or sets it.
    Topic(&'a str),
    Mod(&'a str),
    /// A name, and minutes after it, perhaps.
    Mute(&'a str),
    Unmute(&'a str),
    Remove(u32),
    Slow(u16),
}

/// Understands a line.
///
/// # Errors
/// What is wrong with it, for who wrote it.
pub(crate) fn parse(line: &str) -> Result<Slash<'_>, Cow<'static, str>> {
    let Some(command) = line.strip_prefix('/') else { return Ok(Slash::Line) };
    if command.starts_with('/') {
        return Ok(Slash::Escaped(command));
    }
    let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
    match (word, rest) {
        ("me", "") => Err("say what you do: /me waves".into()),
        ("me", _) => Ok(Slash::Line),
        ("help", _) => Ok(Slash::Help),
        ("who", _) => Ok(Slash::Who),
        ("roll", dice) => roll(dice),
        ("topic", text) => Ok(Slash::Topic(text)),
        ("mod", password) => Ok(Slash::Mod(password)),
        ("mute", "") => Err("say whom: /mute NAME MINUTES".into()),
        ("mute", whom) => Ok(Slash::Mute(whom)),
        ("unmute", "") => Err("say whom: /unmute NAME".into()),
        ("unmute", whom) => Ok(Slash::Unmute(whom)),
        ("remove", line) => {
            let line = line.parse().map_err(|_| "say which: /remove and the line's number");
            Ok(Slash::Remove(line?))
        }
        ("slow", seconds) => {
            let seconds = seconds.parse().ok().filter(|seconds| *seconds <= SLOW_S_MAX);
            let wrong = || format!("say how slow: /slow with 0 to {SLOW_S_MAX} seconds").into();
            seconds.map(Slash::Slow).ok_or_else(wrong)
        }
        _ => Err(format!("there is no command /{word}; /help lists those that there are").into()),
    }
}

/// Dice as `2d6`, `d20`, or the number of sides alone; without anything, one with six sides.
fn roll(text: &str) -> Result<Slash<'_>, Cow<'static, str>> {
    let (dice, sides) = match text.split_once('d') {
        Some(("", sides)) => (Ok(1), sides.parse()),
        Some((dice, sides)) => (dice.parse(), sides.parse()),
        None if text.is_empty() => (Ok(1), Ok(6)),
        None => (Ok(1), text.parse()),
    };
    match (dice, sides) {
        (Ok(dice @ 1..=DICE_MAX), Ok(sides @ 2..=SIDES_MAX)) => Ok(Slash::Roll { dice, sides }),
        _ => Err(format!("roll up to {DICE_MAX} dice of 2 to {SIDES_MAX} sides: /roll 2d6").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_or_said() {
        let check =
            |line: &str, expected: Slash<'_>| assert_eq!(parse(line), Ok(expected), "{line}");
        check("hello /me", Slash::Line);
        check("/me waves", Slash::Line);
        check("//etc/passwd", Slash::Escaped("/etc/passwd"));
        check("/help me", Slash::Help);
        check("/who", Slash::Who);
        check("/topic", Slash::Topic(""));
        check("/topic two words", Slash::Topic("two words"));
        check("/mute Ada 2 10", Slash::Mute("Ada 2 10"));
        check("/remove 7", Slash::Remove(7));
        check("/slow 30", Slash::Slow(30));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for line in ["/me", "/etc", "/mute", "/unmute", "/remove it", "/slow", "/slow 601", "/"] {
            let wrong = parse(line).unwrap_err();
            assert!(wrong.len() < 100, "{wrong}");
        }
        assert!(parse("/dance").unwrap_err().contains("/dance"));
    }

    #[test]
    fn dice_have_a_size() {
        let check = |text: &str, expected: Option<(u32, u32)>| {
            let found = match parse(text) {
                Ok(Slash::Roll { dice, sides }) => Some((dice, sides)),
                _ => None,
            };
            assert_eq!(found, expected, "{text}");
        };
        check("/roll", Some((1, 6)));
        check("/roll 20", Some((1, 20)));
        check("/roll d20", Some((1, 20)));
        check("/roll 2d6", Some((2, 6)));
        for wrong in ["/roll 11d6", "/roll 0d6", "/roll 1", "/roll 2d1001", "/roll x", "/roll 1d"] {
            check(wrong, None);
        }
    }
}
