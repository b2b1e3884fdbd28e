//! The settings of a game's own beside those of the engine.

use clap::{Arg, ArgAction, Args, Command, value_parser};

use super::error::ConfigError;

/// The heading, in the help, of a game's settings that name none.
const HEADING: &str = "Game";

/// The settings that a game has if nobody sets any.
///
/// # Panics
/// When a setting has neither a default nor an `Option`.
#[must_use]
pub fn defaults<S: Args>() -> S {
    let command = S::augment_args(Command::new("defaults"));
    let matches = command.get_matches_from(["defaults"]);
    S::from_arg_matches(&matches).expect("every setting is optional or has a default")
}

/// Adds a game's settings to the engine's command line.
pub(super) fn with_settings_of<S: Args>(engine: Command) -> Result<Command, ConfigError> {
    let game = S::augment_args(Command::new("game"));
    for arg in game.get_arguments() {
        check(&engine, arg)
            .map_err(|reason| ConfigError::Game { setting: arg.get_id().to_string(), reason })?;
    }
    let ids: Vec<_> = game.get_arguments().map(|arg| arg.get_id().clone()).collect();
    let command = S::augment_args(engine.next_help_heading(HEADING));
    Ok(command.mut_args(|arg| if ids.contains(arg.get_id()) { valued(arg) } else { arg }))
}

/// What keeps an argument from being a setting beside those of the engine.
fn check(engine: &Command, arg: &Arg) -> Result<(), String> {
    let Some(long) = arg.get_long() else {
        return Err("it has no name as a flag; give it #[arg(long)]".to_owned());
    };
    if ["help", "version", "game"].contains(&long) {
        return Err(format!("--{long} is the server's own flag; rename the game's"));
    }
    let is_same = |other: &&Arg| other.get_long() == Some(long) || other.get_id() == arg.get_id();
    if let Some(other) = engine.get_arguments().find(is_same) {
        let help = |arg: &Arg| arg.get_help().map_or(String::new(), ToString::to_string);
        return Err(format!(
            "--{long} is both the game's (\"{}\") and the server's (\"{}\"); rename the game's",
            help(arg),
            help(other)
        ));
    }
    if arg.get_num_args().is_some_and(|count| count.max_values() > 1) {
        return Err("it takes several values at once; use value_delimiter = ','".to_owned());
    }
    Ok(())
}

/// A switch takes a value, too, as a variable and a key must: `--night` is `--night=true`.
fn valued(arg: Arg) -> Arg {
    match arg.get_action() {
        ArgAction::SetTrue => arg
            .action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .value_parser(value_parser!(bool))
            .default_value("false")
            .default_missing_value("true"),
        _ => arg,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::config::{Loaded, Source, load};
    use crate::page::Page;
    use crate::program::Program;

    /// Settings of a game
    #[derive(Args, Clone, Debug, PartialEq)]
    struct Settings {
        /// Coins in the field
        #[arg(long, value_name = "N", default_value_t = 24)]
        #[arg(value_parser = value_parser!(u16).range(1..=100))]
        coins: u16,
        /// Whether it is dark
        #[arg(long)]
        dark: bool,
        /// Names of the fields
        #[arg(long, value_delimiter = ',', help_heading = "Fields")]
        names: Vec<String>,
        /// Speed of it
        #[arg(long)]
        speed_of_it: Option<f32>,
    }

    fn load_from(flags: &str, env: &[(&str, &str)]) -> Result<Loaded<Settings>, ConfigError> {
        let program = Program::new("tag", Page::none()).about("Tag.");
        let args = ["tag"].into_iter().chain(flags.split_whitespace()).map(OsString::from);
        load(&program, args, env.iter().map(|(name, value)| (name.into(), value.into())), 0)
    }

    fn error(flags: &str, env: &[(&str, &str)]) -> String {
        load_from(flags, env).unwrap_err().to_string()
    }

    #[test]
    fn a_games_settings_are_flags_variables_and_keys() {
        let path = std::env::temp_dir().join(format!("drumbeat-game-{}.toml", std::process::id()));
        let text = "coins = 7\ndark = true\nnames = ['a', 'b']\nspeed-of-it = 2.5\ntick-hz = '20'";
        std::fs::write(&path, text).unwrap();
        let file = format!("--config {}", path.display());
        let loaded = load_from(&file, &[]).unwrap();
        let names = vec!["a".to_owned(), "b".to_owned()];
        let own = Settings { coins: 7, dark: true, names, speed_of_it: Some(2.5) };
        assert_eq!((&loaded.game, loaded.settings.tick_hz.value()), (&own, 20));
        // What is printed is a file with the same settings.
        std::fs::write(&path, loaded.to_toml()).unwrap();
        assert_eq!(load_from(&file, &[]).unwrap().game, own);
        let env = [("TAG_COINS", "9"), ("TAG_DARK", "false")];
        let loaded = load_from(&format!("{file} --coins 8"), &env).unwrap();
        assert_eq!((loaded.game.coins, loaded.game.dark), (8, false));
        let sources = ["coins", "dark", "names", "speed-of-it", "capacity"];
        assert_eq!(
            sources.map(|key| loaded.source(key)),
            [Source::Flag, Source::Environment, Source::File, Source::File, Source::File]
        );
        assert!(load_from("--dark", &[]).unwrap().game.dark);
        std::fs::write(&path, "\ncoin = 7").unwrap();
        let said = error(&file, &[]);
        assert!(said.contains("line 2") && said.contains("did you mean `coins`?"), "{said}");
        std::fs::write(&path, "coins = 101").unwrap();
        let said = error(&file, &[]);
        assert!(said.contains("line 1") && said.contains("101 is not in 1..=100"), "{said}");
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn what_nobody_sets_has_its_default() {
        let own = Settings { coins: 24, dark: false, names: Vec::new(), speed_of_it: None };
        let loaded = load_from("", &[]).unwrap();
        assert_eq!((&defaults::<Settings>(), &loaded.game), (&own, &own));
        let printed = loaded.to_toml();
        for line in ["coins = 24  # default\n", "dark = false  # default\n", "names = []"] {
            assert!(printed.contains(line), "{line} in {printed}");
        }
    }

    #[test]
    fn the_help_tells_of_them_among_the_others() {
        let help = error("--help", &[]);
        let (_, game) = help.split_once("\nGame:\n").unwrap();
        assert!(help.starts_with("Tag.\n") && game.contains("--coins <N>"), "{help}");
        assert!(help.contains("\nFields:\n"), "{help}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |said: String, part: &str| assert!(said.contains(part), "{part} in {said}");
        check(error("--coin 3", &[]), "--coins");
        check(error("--coins 0", &[]), "0 is not in 1..=100");
        check(error("", &[("TAG_COINS", "x")]), "environment variable TAG_COINS: invalid value");
        check(error("", &[("TAG_COIN", "3")]), "did you mean TAG_COINS?");
        check(error("--dark=perhaps", &[]), "[possible values: true, false]");
    }

    #[test]
    fn a_setting_that_cannot_be_is_refused_at_the_start() {
        fn refused<S: Args>() -> String {
            let program = Program::new("tag", Page::none());
            let loaded = load::<S>(&program, ["tag".into()], [], 0);
            loaded.err().map(|error| error.to_string()).expect("it is refused")
        }
        #[derive(Args)]
        struct Taken {
            /// Coins that fit into the purse
            #[arg(long, default_value_t = 1)]
            #[allow(dead_code)]
            capacity: u16,
        }
        let said = refused::<Taken>();
        for part in
            ["setting capacity", "Coins that fit into the purse", "Maximum players per room"]
        {
            assert!(said.contains(part), "{part} in {said}");
        }
        #[derive(Args)]
        struct Nameless {
            #[allow(dead_code)]
            coins: Option<u16>,
        }
        let said = refused::<Nameless>();
        assert!(said.contains("setting coins: ") && said.contains("#[arg(long)]"), "{said}");
        #[derive(Args)]
        struct Demanding {
            #[arg(long)]
            #[allow(dead_code)]
            coins: u16,
        }
        let said = refused::<Demanding>();
        assert!(said.contains("--coins <COINS>") && said.contains("required"), "{said}");
    }
}
