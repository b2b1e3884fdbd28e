//! The `drumbeat` command as a process: what it prints, and how it ends.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drumbeat"));
    // No variable of the test's environment becomes a setting of the server.
    command.args(args).env_clear();
    command
}

fn run(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

/// A server that is killed if the test fails before the server has ended.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_says_where_to_play_and_ends_in_order_on_a_signal() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut server = command(&["--listen", "127.0.0.1:0", "--seed", "7", "--drain-s", "0"]);
        let mut server = Server(server.stdout(Stdio::piped()).spawn().unwrap());
        let mut said = BufReader::new(server.0.stdout.take().unwrap()).lines();
        let url = said.find_map(|line| {
            let line = line.unwrap();
            Some(line.split_once("http://")?.1.to_owned())
        });
        let rooms = said.next().unwrap().unwrap();
        assert!(rooms.contains("seed 7"), "{rooms}");

        let mut stream = TcpStream::connect(url.unwrap()).unwrap();
        let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        stream.write_all(request).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");

        kill_process(Pid::from_child(&server.0), signal).unwrap();
        assert_eq!(server.0.wait().unwrap().code(), Some(0), "{signal:?}");
    }
}

#[test]
fn wrong_settings_are_said_before_anything_is_served() {
    let check = |args: &[&str], code: i32, part: &str| {
        let output = run(args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(part), "{part} in {said}");
        assert!(output.stdout.is_empty());
    };
    check(&["--tick-hz", "0"], 2, "--tick-hz");
    check(&["--config", "/nowhere.toml"], 2, "/nowhere.toml");
    check(&["--map", "/nowhere.toml"], 2, "cannot read the map /nowhere.toml");
    check(&["--map", "Cargo.toml"], 2, "map Cargo.toml: ");
    check(&["--tickets", "always"], 2, "--tickets <off|optional|required>");
    check(&["--tickets", "required"], 2, "name its file with --ticket-keys");
    let keyed = |keys| ["--tickets", "optional", "--ticket-keys", keys];
    check(&keyed("/nowhere.pem"), 2, "/nowhere.pem: cannot open the file");
    check(&keyed("Cargo.toml"), 2, "Cargo.toml: this is neither PEM");
    check(&["--listen", "192.0.2.1:1"], 1, "cannot listen on 192.0.2.1:1");
}

#[test]
fn the_settings_in_effect_are_printed() {
    let output = run(&["--print-config", "--capacity", "9"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("capacity = 9  # flag\n"), "{text}");
    assert!(text.contains("tick-hz = 30  # default\n"), "{text}");
}

#[test]
fn the_game_is_chosen_by_flag_variable_or_file() {
    let said = |args: &[&str], env: &[(&str, &str)]| {
        let output = command(args).envs(env.iter().copied()).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let file = std::env::temp_dir().join(format!("drumbeat-choice-{}.toml", std::process::id()));
    std::fs::write(&file, "game = 'tag'").unwrap();
    let file = file.to_str().unwrap();
    let check = |args: &[&str], env: &[(&str, &str)], line: &str, has_house_bots: bool| {
        let (code, printed) = said(&[args, &["--print-config"]].concat(), env);
        assert_eq!(code, Some(0), "{printed}");
        assert!(printed.contains(line), "{line} in {printed}");
        assert_eq!(printed.contains("house-bots = "), has_house_bots, "{printed}");
    };
    check(&[], &[], "game = \"arena\"  # default\n", true);
    check(&["--game", "tag"], &[], "game = \"tag\"  # flag\n", false);
    check(&[], &[("DRUMBEAT_GAME", "tag")], "game = \"tag\"  # environment\n", false);
    check(&["--config", file], &[], "game = \"tag\"  # file\n", false);
    check(&[], &[("DRUMBEAT_CONFIG", file)], "game = \"tag\"  # file\n", false);
    check(&["--config", file, "--game=arena"], &[], "game = \"arena\"  # flag\n", true);
    check(&[], &[], "aim-assistance = \"on\"  # default\n", true);
    let off = [("DRUMBEAT_AIM_ASSISTANCE", "off")];
    check(&[], &off, "aim-assistance = \"off\"  # environment\n", true);

    let (_, help) = said(&["--help"], &[]);
    assert!(
        help.contains("--house-bots") && help.contains("possible values: arena, tag, board, chat"),
        "{help}"
    );
    let (_, help) = said(&["--game", "tag", "--help"], &[]);
    assert!(help.starts_with("Tag with coins") && !help.contains("house-bots"), "{help}");

    let wrong = |args: &[&str], env: &[(&str, &str)], parts: &[&str]| {
        let (code, said) = said(args, env);
        assert_eq!(code, Some(2), "{said}");
        parts.iter().for_each(|part| assert!(said.contains(part), "{part} in {said}"));
    };
    wrong(&["--game", "chess"], &[], &["'chess'", "--game", "arena, tag, board, chat"]);
    wrong(&[], &[("DRUMBEAT_GAME", "chess")], &["DRUMBEAT_GAME", "arena, tag, board, chat"]);
    let advice = "drumbeat --game tag --help lists";
    wrong(&["--game", "tag", "--house-bots", "1"], &[], &["'--house-bots'", advice]);
    let (tag, bots) = (("DRUMBEAT_GAME", "tag"), ("DRUMBEAT_HOUSE_BOTS", "8"));
    wrong(&[], &[tag, bots], &["DRUMBEAT_HOUSE_BOTS: not a setting of tag; ", advice]);
    std::fs::write(file, "game = 'tag'\nhouse-bots = 8").unwrap();
    wrong(&["--config", file], &[], &["line 2", "`house-bots` is not a setting of tag; ", advice]);
    wrong(&[], &[("DRUMBEAT_BRUSH", "1")], &["not a setting of arena; drumbeat --game arena"]);
    wrong(&["--aim-assistance", "0"], &[], &["--aim-assistance", "must be on or off"]);
    std::fs::write(file, "game = ['tag']").unwrap();
    wrong(&["--config", file], &[], &["line 1", "`game` is one value, not a list"]);
    std::fs::remove_file(file).unwrap();
}

#[test]
fn each_game_has_its_page_and_its_title() {
    for (game, title) in
        [("arena", "<title>Drumbeat"), ("tag", "<title>Tag"), ("board", "<title>Board")]
    {
        let server =
            command(&["--listen", "127.0.0.1:0", "--game", game]).stdout(Stdio::piped()).spawn();
        let mut server = Server(server.unwrap());
        let lines = BufReader::new(server.0.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut heading = String::new();
        let address = lines.into_iter().find_map(|line| {
            heading += &line;
            Some(line.split_once("http://")?.1.to_owned())
        });
        assert!(heading.contains(&format!(": {game}")), "{heading}");
        let mut stream = TcpStream::connect(address.unwrap()).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(title), "{title} in {answer}");
    }
}
