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
    fields: Vec<String>,
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
    let text = "coins = 7\ndark = true\nfields = ['a', 'b']\nspeed-of-it = 2.5\ntick-hz = '20'";
    std::fs::write(&path, text).unwrap();
    let file = format!("--config {}", path.display());
    let loaded = load_from(&file, &[]).unwrap();
    let fields = vec!["a".to_owned(), "b".to_owned()];
    let own = Settings { coins: 7, dark: true, fields, speed_of_it: Some(2.5) };
    assert_eq!((&loaded.game, loaded.settings.tick_hz.value()), (&own, 20));
    // What is printed is a file with the same settings.
    std::fs::write(&path, loaded.to_toml()).unwrap();
    assert_eq!(load_from(&file, &[]).unwrap().game, own);
    let env = [("TAG_COINS", "9"), ("TAG_DARK", "false")];
    let loaded = load_from(&format!("{file} --coins 8"), &env).unwrap();
    assert_eq!((loaded.game.coins, loaded.game.dark), (8, false));
    let sources = ["coins", "dark", "fields", "speed-of-it", "capacity"];
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
    let own = Settings { coins: 24, dark: false, fields: Vec::new(), speed_of_it: None };
    let loaded = load_from("", &[]).unwrap();
    assert_eq!((&defaults::<Settings>(), &loaded.game), (&own, &own));
    let printed = loaded.to_toml();
    for line in ["coins = 24  # default\n", "dark = false  # default\n", "fields = []"] {
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

/// Settings that demand or exclude each other
#[derive(Args, Clone, Debug, PartialEq)]
struct Bound {
    #[arg(long, requires = "key")]
    door: Option<u8>,
    #[arg(long)]
    key: Option<u8>,
    #[arg(long, required_unless_present = "door", conflicts_with = "key")]
    window: Option<u8>,
}

#[test]
fn what_settings_demand_of_each_other_may_be_in_any_layer() {
    let path = std::env::temp_dir().join(format!("drumbeat-bound-{}.toml", std::process::id()));
    let file = format!("--config={}", path.display());
    let load = |text: &str, flags: &[&str], env: &[(&str, &str)]| {
        std::fs::write(&path, text).unwrap();
        let program = Program::new("tag", Page::none());
        let args = ["tag", &file].into_iter().chain(flags.iter().copied());
        let env = env.iter().map(|(name, value)| (name.into(), value.into()));
        load::<Bound>(&program, args.map(OsString::from), env, 0)
    };
    let found = |text: &str, flags: &[&str], env: &[(&str, &str)]| {
        let Bound { door, key, window } = load(text, flags, env).unwrap().game;
        (door, key, window)
    };
    let both = (Some(1), Some(2), None);
    assert_eq!(found("door = 1\nkey = 2", &[], &[]), both);
    assert_eq!(found("key = 2", &["--door=1"], &[]), both);
    assert_eq!(found("key = 2", &[], &[("TAG_DOOR", "1")]), both);
    assert_eq!(found("", &[], &[("TAG_DOOR", "1"), ("TAG_KEY", "2")]), both);
    assert_eq!(found("", &["--door=1", "--key=2"], &[]), both);
    assert_eq!(found("window = 3", &[], &[]), (None, None, Some(3)));
    let refused = |text: &str, flags: &[&str], part: &str| {
        let said = load(text, flags, &[]).unwrap_err().to_string();
        assert!(said.contains(part), "{part} in {said}");
    };
    refused("", &[], "--window <WINDOW>");
    refused("door = 1", &[], "--key <KEY>");
    refused("", &["--door=1"], "--key <KEY>");
    refused("key = 2", &["--window=3"], "cannot be used with");
    refused("door = 1\nkey = 256", &[], "line 2");
    std::fs::remove_file(&path).unwrap();
}

#[test]
#[should_panic(expected = "give --coins and --speed a default or make it an Option")]
fn settings_without_defaults_are_named() {
    #[derive(Args)]
    struct Demanding {
        #[arg(long)]
        #[allow(dead_code)]
        coins: u16,
        #[arg(long)]
        #[allow(dead_code)]
        speed: u16,
        #[arg(long)]
        #[allow(dead_code)]
        rate: Option<u16>,
    }
    let _ = defaults::<Demanding>();
}

#[test]
fn a_setting_that_cannot_be_is_refused_at_the_start() {
    /// A setting whose attribute says this.
    macro_rules! refused {
        ($name:ident: $type:ty, $said:expr $(, $($arg:tt)+)?) => {{
            #[derive(Args)]
            struct One {
                /// Coins that fit into the purse
                #[arg($($($arg)+)?)]
                #[allow(dead_code)]
                $name: $type,
            }
            let program = Program::new("tag", Page::none());
            let loaded = load::<One>(&program, ["tag".into()], [], 0);
            let said = loaded.err().map(|error| error.to_string()).expect("it is refused");
            assert!(said.contains($said), "{} in {said}", $said);
        }};
    }
    let both = "the game's own setting capacity: --capacity is both the game's (\"Coins that \
                fit into the purse\") and the server's (\"Maximum players per room\")";
    refused!(capacity: Option<u16>, both, long);
    refused!(coins: Option<u16>, "--capacity is both", long, alias = "capacity");
    refused!(capacity: Option<u16>, "--capacity is both", long = "seats");
    refused!(coins: Option<u16>, "setting coins: it has no name as a flag; give it #[arg(long)]");
    refused!(coins: u16, "--coins <COINS>", long);
    refused!(coins: Option<u16>, "--help is the server's own flag", long = "help");
    refused!(coins: Option<u16>, "--version is the server's own", long, alias = "version");
    refused!(height: Option<u16>, "-h is the server's own flag", long, short);
    refused!(coins: Option<u16>, "-V is the server's own", long, visible_short_alias = 'V');
    refused!(game: Option<u16>, "game is the server's own name; rename the field", long = "mode");
    refused!(help: Option<u16>, "help is the server's own name", long = "assist");
    refused!(coins: u8, "make it a number", long, action = ArgAction::Count);
    refused!(dark: bool, "make it a bool that is true then", long, action = ArgAction::SetFalse);
    refused!(coins: Option<u8>, "use value_delimiter", long, num_args = 0..=2);
}
