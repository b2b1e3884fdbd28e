use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::*;
use crate::program::Program;

/// A file that is removed after the test.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("drumbeat-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn drumbeat() -> Program {
    Program::new("drumbeat", Page::none()).map("belt", "")
}

fn load_from(
    flags: &[&str],
    env: &[(&str, &str)],
    file: Option<&Path>,
) -> Result<Loaded, ConfigError> {
    let mut args: Vec<OsString> = vec!["drumbeat".into()];
    args.extend(flags.iter().map(OsString::from));
    if let Some(path) = file {
        args.extend(["--config".into(), path.into()]);
    }
    load(&drumbeat(), args, env.iter().map(|(name, value)| (name.into(), value.into())), 4711)
}

#[test]
fn flags_go_before_environment_before_file_before_defaults() {
    let file = TempFile::new("precedence.toml", "tick-hz = 20\n");
    let check = |flags: &[&str], env: &[(&str, &str)], file, hz: u64, source| {
        let loaded = load_from(flags, env, file).unwrap();
        assert_eq!(loaded.settings.tick_hz.value(), hz, "{flags:?} {env:?}");
        assert_eq!(loaded.source("tick-hz"), source);
    };
    let (flag, env, file): (&[_], &[_], _) =
        (&["--tick-hz", "60"], &[("DRUMBEAT_TICK_HZ", "40")], Some(file.0.as_path()));
    check(&[], &[], None, 30, Source::Default);
    check(&[], &[], file, 20, Source::File);
    check(&[], env, file, 40, Source::Environment);
    check(&[], env, None, 40, Source::Environment);
    check(flag, env, file, 60, Source::Flag);
    check(flag, &[], file, 60, Source::Flag);
    // A flag that repeats the default still overrides the others.
    check(&["--tick-hz=30"], env, file, 30, Source::Flag);
    check(&[], &[("DRUMBEAT_TICK_HZ", "")], file, 20, Source::File);
}

#[test]
fn a_switch_needs_no_value_and_takes_one_everywhere() {
    let check = |args: &[&str], env: &[(&str, &str)], expected: bool| {
        let loaded = load_from(args, env, None).unwrap();
        assert_eq!(loaded.settings.check_rules, expected, "{args:?} {env:?}");
    };
    check(&[], &[], false);
    check(&["--check-rules"], &[], true);
    check(&["--check-rules", "--tick-hz", "20"], &[], true);
    check(&[], &[("DRUMBEAT_CHECK_RULES", "true")], true);
    check(&["--check-rules=false"], &[("DRUMBEAT_CHECK_RULES", "true")], false);
}

#[test]
fn an_address_is_in_a_quarter_of_the_rooms_or_in_some_if_they_are_few() {
    for (rooms, own, expected) in [
        ("1", None, 1),
        ("3", None, 3),
        ("4", None, 4),
        ("5", None, 4),
        ("16", None, 4),
        ("18", None, 5),
        ("16", Some("1"), 1),
    ] {
        let flags = ["--rooms-max", rooms].into_iter();
        let own = own.map(|own| ["--rooms-per-address-max", own]);
        let flags: Vec<_> = flags.chain(own.into_iter().flatten()).collect();
        let loaded = load_from(&flags, &[], None).unwrap();
        assert_eq!(loaded.settings.rooms_per_address_max(), expected, "{flags:?}");
    }
}

#[test]
fn tickets_open_the_admin_listener_only_if_a_setting_says_so() {
    let policy = |flags: &[&str]| {
        load_from(flags, &[], None).map(|loaded| loaded.settings.ticket_policy().open_admin)
    };
    let tickets = ["--tickets", "required", "--ticket-keys", "keys.pem"];
    assert!(!policy(&tickets).unwrap());
    assert!(policy(&[&tickets[..], &["--admin-tickets"]].concat()).unwrap());
    assert!(policy(&["--admin-tickets"]).is_err(), "no key checks them");
}

#[test]
fn the_file_can_be_named_by_the_environment() {
    let file = TempFile::new("named.toml", "capacity = 7\n");
    let path = file.0.to_str().unwrap();
    let loaded = load_from(&[], &[("DRUMBEAT_CONFIG", path)], None).unwrap();
    assert_eq!(loaded.settings.capacity.value(), 7);
}

#[test]
fn what_is_wrong_is_named() {
    let flag = |flags: &[&str], parts: &[&str]| {
        let error = load_from(flags, &[], None).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "{part} in {error}");
        }
    };
    flag(&["--tick-hz", "500"], &["--tick-hz", "500", "from 1 to 128"]);
    flag(&["--capacity", "0"], &["--capacity", "from 1 to 19000"]);
    for listen in [":7777", "0.0.0.0", "localhost", "localhost:70000", "70000", "-1", "::1:7777"] {
        flag(&[&format!("--listen={listen}")], &["--listen", listen, "must be ADDRESS:PORT"]);
    }
    flag(&["--allow-origin", "example.org/x"], &["--allow-origin", "https://"]);
    flag(&["--log", "loud=loud=loud"], &["--log", "must be a level"]);
    flag(&["--log", "inof"], &["--log", "must be a level", "\"inof\" is neither"]);
    flag(
        &["--log", "info,drumbeat_server"],
        &["must be a level", "\"drumbeat_server\" is neither"],
    );
    flag(&["--log", ","], &["--log", "must be a level"]);
    flag(&["--log-format", "xml"], &["--log-format", "text", "json"]);
    flag(&["--tik-hz", "30"], &["--tik-hz", "--tick-hz"]);

    let env = |name: &str, value: &str, parts: &[&str]| {
        let error = load_from(&[], &[(name, value)], None).unwrap_err().to_string();
        for part in [name].iter().chain(parts) {
            assert!(error.contains(part), "{part} in {error}");
        }
    };
    env("DRUMBEAT_TICK_HZ", "fast", &["fast", "from 1 to 128"]);
    env("DRUMBEAT_LOG_FORMAT", "xml", &["text", "json"]);
    for value in [" ", "30 ", "30\n", "\"30\"", "30.0", "0x1e"] {
        env("DRUMBEAT_TICK_HZ", value, &["from 1 to 128"]);
    }

    let env = [("DRUMBEAT_CONFIG", "/nowhere/drumbeat.toml")];
    let error = load_from(&[], &env, None).unwrap_err().to_string();
    assert!(error.contains("/nowhere/drumbeat.toml"), "{error}");
}

#[test]
fn proxies_and_hosts_are_checked() {
    let flag = |flags: &[&str], part: &str| {
        let error = load_from(flags, &[], None).unwrap_err().to_string();
        assert!(error.contains(part), "{part} in {error}");
    };
    flag(&["--hosts", "a.example,http://b"], "must be a host name, such as play.example.org");
    flag(&["--trusted-proxies", "10.0.0.0/8,proxy"], "in CIDR notation");
    flag(&["--trusted-proxies", "0.0.0.0/0"], "names every address");
    flag(&["--frame-ancestors", "itch.io"], "must be self, none, or a scheme");
    flag(&["--connect-src", "*"], "must be self, none, or a scheme");
    flag(&["--proxy-protocol"], "--trusted-proxies");
    flag(&["--tls-cert", "cert.pem"], "--tls-key <FILE>");
    flag(&["--tls-key", "key.pem"], "--tls-cert <FILE>");
    flag(&["--hsts-s", "forever"], "--hsts-s");
    let proxied = load_from(
        &["--proxy-protocol"],
        &[("DRUMBEAT_TRUSTED_PROXIES", "10.0.0.0/8,fd00::1")],
        None,
    );
    assert_eq!(proxied.unwrap().settings.trusted_proxies.len(), 2);
    load_from(&["--proxy-protocol=false"], &[], None).unwrap();
}

#[test]
fn loopback_is_exempt_only_where_no_proxy_is_trusted_unless_set() {
    let check = |flags: &[&str], expected: bool| {
        let loaded = load_from(flags, &[], None).unwrap();
        let config = Config::new(&loaded.settings, (), "");
        assert_eq!(config.exempt_loopback, expected, "{flags:?}");
    };
    let trust = "--trusted-proxies=127.0.0.1";
    check(&[], true);
    check(&[trust], false);
    check(&[trust, "--exempt-loopback"], true);
    check(&["--exempt-loopback=false"], false);
}

#[test]
fn what_is_wrong_in_a_file_is_named_with_its_line() {
    let check = |text: &str, parts: &[&str]| {
        let file = TempFile::new("wrong.toml", text);
        let error = load_from(&[], &[], Some(&file.0)).unwrap_err().to_string();
        for part in parts.iter().chain(&[file.0.to_str().unwrap()]) {
            assert!(error.contains(part), "{part} in {error}");
        }
    };
    check("\ntick-hz = 500", &["line 2", "tick-hz", "from 1 to 128"]);
    check("capacity = \"many\"", &["line 1", "capacity", "many", "a whole number from 1 to 19000"]);
    check("capacity = 1.5", &["line 1", "capacity", "a whole number from 1 to 19000"]);
    check("capacity = -1", &["line 1", "capacity", "a whole number from 1 to 19000"]);
    check("capacity = 5\ncapacity = 5", &["line 2", "capacity", "duplicate"]);
    check("tick-hz = { x = 30 }", &["line 1", "tick-hz", "not a table"]);
    for list in ["[20, 30]", "[20]", "[]"] {
        check(&format!("tick-hz = {list}"), &["line 1", "`tick-hz` is one value, not a list"]);
    }
    check("log = 'info'\ntick_hz = 30", &["line 2", "tick_hz", "did you mean `tick-hz`?"]);
    check("print-config = true", &["line 1", "`print-config` is not a setting"]);
    check("brush = 1", &["line 1", "`brush` is not a setting; drumbeat --help lists them"]);
    check("allow-origin = ['http://a', 'b']", &["line 1", "allow-origin", "must be a scheme"]);
    check("tick-hz = ", &["line 1"]);
    check("[server]\ntick-hz = 30", &["line 1", "server"]);
}

#[test]
fn an_unknown_variable_is_an_error_unless_it_tells_of_a_service() {
    let check = |name: &str, value: &str, expected: Result<(), &str>| {
        let found = load_from(&[], &[(name, value)], None);
        match (found, expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => {
                let error = error.to_string();
                assert!(error.contains(&format!("{name}: not a setting; {part}")), "{error}");
            }
            (found, _) => panic!("{name}={value}: {:?}", found.map(|_| ())),
        }
    };
    let link = "tcp://10.0.0.7:7777";
    for name in ["HOME", "DRUMBEAT_CHROMIUM", "DRUMBEAT_UPDATE_VECTORS"] {
        check(name, "1", Ok(()));
    }
    for name in ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "EU_SERVICE_PORT"] {
        check(&format!("DRUMBEAT_{name}"), "7777", Ok(()));
    }
    for name in ["PORT", "EU_PORT", "PORT_7777_TCP", "PORT_7777_TCP_ADDR", "EU_PORT_7777_UDP"] {
        check(&format!("DRUMBEAT_{name}"), link, Ok(()));
    }
    for name in ["PORT", "HOST", "BIND"] {
        let meant = "did you mean DRUMBEAT_LISTEN=ADDRESS:PORT?";
        check(&format!("DRUMBEAT_{name}"), "8080", Err(meant));
        check(&format!("DRUMBEAT_{name}"), "", Err(meant));
    }
    check("DRUMBEAT_TIK_HZ", "30", Err("did you mean DRUMBEAT_TICK_HZ?"));
    check("DRUMBEAT_tick_hz", "30", Err(""));
    check("DRUMBEAT_CONNECTION_MAX", "5", Err("did you mean DRUMBEAT_CONNECTIONS_MAX?"));
    for name in ["HELP", "PRINT_CONFIG", "", "PORTS", "PORT_X_TCP", "EU_PORT"] {
        check(&format!("DRUMBEAT_{name}"), "1", Err(""));
    }
}

#[test]
fn a_variable_that_is_set_twice_is_named() {
    let load = |values: [&str; 2]| load_from(&[], &values.map(|v| ("DRUMBEAT_CAPACITY", v)), None);
    let error = load(["5", "6"]).unwrap_err().to_string();
    assert!(error.contains("DRUMBEAT_CAPACITY: set twice"), "{error}");
    assert_eq!(load(["5", "5"]).unwrap().settings.capacity.value(), 5);
}

#[test]
fn a_port_alone_is_for_this_machine() {
    let listen = |text: &str| {
        load_from(&["--listen", text], &[], None).unwrap().settings.listen.0.to_string()
    };
    assert_eq!(listen("7777"), "127.0.0.1:7777");
    assert_eq!(listen("localhost:18430"), "127.0.0.1:18430");
    assert_eq!(listen("0.0.0.0:1"), "0.0.0.0:1");
    assert_eq!(listen("[::]:7777"), "[::]:7777");
}

#[cfg(unix)]
#[test]
fn what_is_no_text_is_named() {
    use std::os::unix::ffi::OsStringExt;
    let bytes = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let check = |args: &[OsString], env: &[(OsString, OsString)], part: &str| {
        let args = std::iter::once("drumbeat".into()).chain(args.iter().cloned());
        let loaded = load::<()>(&drumbeat(), args, env.iter().cloned(), 0);
        let error = loaded.unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("not UTF-8"), "{part} in {error}");
    };
    check(&["--map".into(), bytes(b"\xff.toml")], &[], r#"argument "\xFF.toml""#);
    check(&[], &[("DRUMBEAT_LISTEN".into(), bytes(b"\xff"))], r#"DRUMBEAT_LISTEN="\xFF""#);
    check(&[], &[(bytes(b"DRUMBEAT_\xff"), "1".into())], r#""DRUMBEAT_\xFF""#);
    load::<()>(&drumbeat(), ["drumbeat".into()], [(bytes(b"\xff"), bytes(b"\xff"))], 0).unwrap();
}

#[test]
fn what_is_printed_is_a_file_with_the_same_settings() {
    let flags = [
        "--seed=7",
        "--allow-origin=https://A.example:8443,http://b.example",
        "--hosts=A.example,::1",
        "--trusted-proxies=10.0.0.0/8,fd00::1",
        "--proxy-protocol",
        "--frame-ancestors=none",
        "--connect-src=wss://*.example",
    ];
    let env = [("DRUMBEAT_MAP", "maps/my \"own\".toml")];
    let printed = load_from(&flags, &env, None).unwrap();
    let text = printed.to_toml();
    assert!(text.contains("seed = 7  # flag\n"), "{text}");
    assert!(text.contains("tick-hz = 30  # default\n"), "{text}");
    assert!(text.contains("# environment\n"), "{text}");
    let file = TempFile::new("printed.toml", &text);
    let loaded = load_from(&[], &[], Some(&file.0)).unwrap();
    assert_eq!(loaded.settings, printed.settings);
}

#[test]
fn a_seed_is_always_there() {
    let seed = |flags: &[&str]| load_from(flags, &[], None).unwrap().settings.seed.unwrap();
    assert_eq!(seed(&[]).value(), 4711);
    assert_eq!(seed(&["--seed", "0"]).value(), 0);
}

#[test]
fn help_lists_every_setting_in_a_group() {
    let help = load_from(&["--help"], &[], None).unwrap_err().to_string();
    let drumbeat = drumbeat();
    let flags = flags::Flags::of::<()>(&drumbeat).unwrap();
    assert!(flags.settings().count() > 10);
    for (key, _) in flags.settings() {
        let begins = [" <", "[=<"].map(|value| format!("\n      --{key}{value}"));
        let found = begins.iter().find_map(|begin| help.split_once(begin));
        let (before, _) = found.unwrap_or_else(|| panic!("--{key} in {help}"));
        let groups = ["Network:", "Game:", "Rooms:", "Limits:", "Development:", "Logging:"];
        assert!(groups.iter().any(|group| before.contains(group)), "--{key} in {help}");
    }
}

#[test]
fn names_in_texts_are_those_of_the_program() {
    let program = Program::new("tag-eu", Page::none()).about("Tag, for two.").more("Have fun.");
    let load = |args: &[&str], env: &[(&str, &str)]| {
        let args = ["a-copy"].iter().chain(args).map(OsString::from);
        let env = env.iter().map(|(name, value)| (name.into(), value.into()));
        load::<()>(&program, args, env, 0)
    };
    let help = load(&["--help"], &[]).unwrap_err().to_string();
    for part in ["Tag, for two.\n", "  tag-eu --listen", "TAG_EU_TICK_HZ=20", "Have fun.\n"] {
        assert!(help.contains(part), "{part} in {help}");
    }
    for part in ["rumbeat", "DRUMBEAT", "belt"] {
        assert!(!help.contains(part), "{part} in {help}");
    }
    let env = |name| load(&[], &[(name, "20")]).map(|loaded| loaded.settings.tick_hz.value());
    assert_eq!(env("TAG_EU_TICK_HZ").unwrap(), 20);
    assert_eq!(env("DRUMBEAT_TIK_HZ").unwrap(), 30);
    let error = env("TAG_EU_TIK_HZ").unwrap_err().to_string();
    assert!(
        error.contains("TAG_EU_TIK_HZ: not a setting; did you mean TAG_EU_TICK_HZ?"),
        "{error}"
    );
    let error = env("TAG_EU_BRUSH_TEETH").unwrap_err().to_string();
    assert!(error.contains("tag-eu --help lists them"), "{error}");
    let version = load(&["--version"], &[]).unwrap_err().to_string();
    assert!(version.starts_with("tag-eu "), "{version}");
}
