//! The signals that end a swarm, and the files that it leaves.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rustix::process::Signal;

use super::process::Process;

/// Builds a server as `tests/run` does, starts it and returns its address.
fn server(game: &str) -> (Process, String) {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    let profile = if folder.ends_with("release") { "release" } else { "dev" };
    let mut cargo = drumbeat_process::cargo();
    cargo.args(["build", "--quiet", "--workspace", "--all-features", "--profile", profile]);
    cargo.arg("--target-dir").arg(folder.parent().unwrap());
    assert!(cargo.status().unwrap().success(), "the server could not be built");
    let mut server = Command::new(folder.join("drumbeat"));
    server.args(["--listen", "127.0.0.1:0", "--game", game]).env_clear();
    server.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Process(server.spawn().unwrap());
    let mut said = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let address = said.find_map(|line| {
        let line = line.unwrap();
        Some(line.split_once("http://")?.1.trim().to_owned())
    });
    (server, address.unwrap())
}

fn swarm(address: &str, json: &Path) -> Command {
    let mut swarm = Command::new(env!("CARGO_BIN_EXE_drumbeat-bots"));
    swarm.args(["--bots", "2", "--seconds", "3600", "--url", &format!("ws://{address}")]);
    swarm.arg("--json").arg(json).env_clear();
    swarm.stdout(Stdio::piped()).stderr(Stdio::piped());
    swarm
}

/// A folder that is removed with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("drumbeat-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Waits until the window is measured, according to the progress lines.
fn wait_for_window(swarm: &mut Process) {
    let said = BufReader::new(swarm.0.stderr.take().unwrap()).lines();
    let mut said = said.map_while(Result::ok);
    assert!(said.any(|line| line.contains("measuring")), "no window began");
    // Something must read the rest of its output.
    std::thread::spawn(move || said.count());
}

/// The signals that ask the program to end. HUP does not do so under `nohup`.
fn ending() -> Vec<Signal> {
    // Only Linux reports the ignored signals.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
    let all = [Signal::INT, Signal::TERM, Signal::QUIT, Signal::HUP];
    all.into_iter().filter(|signal| *signal != Signal::HUP || ignored & 1 == 0).collect()
}

#[test]
fn signals_within_the_window_bring_a_report() {
    let (_server, address) = server("arena");
    let folder = Folder::new("signals");
    for signal in ending() {
        let json = folder.0.join(format!("{signal:?}.json"));
        let mut swarm = Process(swarm(&address, &json).spawn().unwrap());
        wait_for_window(&mut swarm);
        // A terminal and a runner that passes the signal on send it twice.
        swarm.signal(signal);
        swarm.signal(signal);
        let (table, code) = swarm.end();
        assert_eq!(code, Some(0), "{signal:?}: {table}");
        assert!(table.contains("bots joined"), "{signal:?}: {table}");
        let report = fs::read_to_string(&json).unwrap();
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!((&report["joined"], &report["failures"]), (&2.into(), &serde_json::json!([])));
    }
}

#[test]
fn without_a_new_report_the_old_one_stays() {
    let folder = Folder::new("old-report");
    let json = folder.0.join("r.json");
    fs::write(&json, "the one before").unwrap();
    let stays = || {
        assert_eq!(fs::read_to_string(&json).unwrap(), "the one before");
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "nothing else is left");
    };
    // Nobody listens at port 9, once that of the discard service.
    let Output { status, stderr, .. } = swarm("127.0.0.1:9", &json).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: no server answers"), "{said}");
    stays();
    // A server that accepts but never answers: the run waits until a signal.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let mut waiting = Process(swarm(&address, &json).spawn().unwrap());
    let _connection = silent.accept().unwrap();
    waiting.signal(Signal::TERM);
    assert_eq!(waiting.end(), (String::new(), Some(130)));
    stays();
}

#[test]
fn bots_play_the_game_that_is_chosen_and_say_so_at_the_server_of_another() {
    let (_server, address) = server("tag");
    let folder = Folder::new("tag");
    let json = folder.0.join("r.json");
    let run = |args: &[&str]| {
        let mut swarm = Command::new(env!("CARGO_BIN_EXE_drumbeat-bots"));
        swarm.args(["--url", &format!("ws://{address}"), "--json"]).arg(&json).args(args);
        let output = swarm.env_clear().output().unwrap();
        let table = String::from_utf8(output.stdout).unwrap();
        let report: serde_json::Value = match fs::read_to_string(&json) {
            Ok(report) => serde_json::from_str(&report).unwrap(),
            Err(_) => serde_json::Value::Null,
        };
        (output.status.code(), table, report)
    };
    let (code, table, report) = run(&["--game", "tag", "--bots", "20", "--seconds", "3"]);
    assert_eq!(code, Some(0), "{table}");
    assert_eq!((&report["joined"], &report["failures"]), (&20.into(), &serde_json::json!([])));
    let (code, table, _) = run(&["--bots", "2", "--seconds", "1"]);
    assert_eq!(code, Some(1), "{table}");
    let table = table.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(table.contains("these bots play arena") && table.contains("--game"), "{table}");
    let (code, _, _) = run(&["--game", "chess"]);
    assert_eq!(code, Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_system_that_allows_little_is_said() {
    let check = |limit: &str, parts: &[&str]| {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("ulimit {limit}; exec \"$0\" --url ws://127.0.0.1:9")]);
        let output = shell.arg(env!("CARGO_BIN_EXE_drumbeat-bots")).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        for part in parts.iter().chain(&["error: "]) {
            assert!(said.contains(part), "{part} in {said}");
        }
    };
    check("-n 64", &["open files are needed", "ulimit -n"]);
    check("-v 200000", &["MiB of address space", "ulimit -v"]);
}
