//! A game of one's own: its server as a program, with its name, its variables and its page.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const DOTS: &str = env!("CARGO_BIN_EXE_dots");
const BARE: &str = env!("CARGO_BIN_EXE_bare");
/// How long an answer may take before the test fails: this does not measure speed.
const LIMIT: Duration = Duration::from_secs(30);

/// A program without settings from the test's environment.
fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).env_clear();
    command
}

/// A running server, killed at the end of the test.
struct Server {
    child: Child,
    /// What it has said up to the address, and that address.
    said: String,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it, and waits until it says where it listens.
    fn start(mut command: Command) -> Self {
        let child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut server = Self { child, said: String::new(), address: String::new() };
        for line in BufReader::new(server.child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            server.said.push_str(&line);
            server.said.push('\n');
            if let Some((_, address)) = line.split_once("http://") {
                let end = address.find(|c: char| c != '.' && c != ':' && !c.is_ascii_digit());
                server.address = address[..end.unwrap_or(address.len())].to_owned();
                return server;
            }
        }
        panic!("it did not say where it listens: {}", server.said);
    }

    /// The status, the head and the body of the answer to a GET.
    fn get(&self, path: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_owned(), body.to_owned())
    }
}

/// A folder that is removed at the end of the test.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("drumbeat-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text_of(output: Output) -> String {
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

#[test]
fn names_are_those_of_the_game() {
    let run = |args: &[&str], env: &[(&str, &str)]| {
        let output = command(DOTS, args).envs(env.iter().copied()).output().unwrap();
        (output.status.code(), text_of(output))
    };
    let (code, help) = run(&["--help"], &[]);
    assert_eq!(code, Some(0));
    for part in
        ["dots, a multiplayer game", "  dots --listen", "DOTS_TICK_HZ=20", "plain, built in"]
    {
        assert!(help.contains(part), "{part} in {help}");
    }
    for part in ["Drumbeat", "DRUMBEAT", "belt"] {
        assert!(!help.contains(part), "{part} in {help}");
    }
    let (_, version) = run(&["--version"], &[]);
    assert_eq!(version, concat!("dots ", env!("CARGO_PKG_VERSION"), "\n"));
    let (code, error) = run(&[], &[("DOTS_PORT", "8080")]);
    assert_eq!(code, Some(2), "{error}");
    assert!(error.contains("did you mean DOTS_LISTEN=ADDRESS:PORT?"), "{error}");
    let (code, printed) = run(&["--print-config"], &[("DOTS_CAPACITY", "9")]);
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("capacity = 9  # environment\n"), "{printed}");
    assert!(printed.contains("default: plain, built in"), "{printed}");
}

#[test]
fn settings_of_its_own_are_like_the_servers() {
    let run = |args: &[&str], env: &[(&str, &str)]| {
        let output = command(DOTS, args).envs(env.iter().copied()).output().unwrap();
        (output.status.code(), text_of(output))
    };
    let (_, help) = run(&["--help"], &[]);
    let (_, game) = help.split_once("\nGame:\n").unwrap();
    assert!(
        game.contains("--loose-dots <N>") && game.contains("Dots that nobody steers"),
        "{help}"
    );
    assert!(!help.contains("house-bots"), "{help}");

    let folder = TempFolder::new("settings");
    let path = folder.write("dots.toml", "loose-dots = 5\n");
    let printed = |args: &[&str], env: &[(&str, &str)], line: &str| {
        let (code, printed) = run(&[args, &["--print-config"]].concat(), env);
        assert_eq!(code, Some(0), "{printed}");
        assert!(printed.contains(line), "{line} in {printed}");
    };
    let (file, env) = (["--config", &path], [("DOTS_LOOSE_DOTS", "6")]);
    printed(&[], &[], "loose-dots = 3  # default\n");
    printed(&file, &[], "loose-dots = 5  # file\n");
    printed(&file, &env, "loose-dots = 6  # environment\n");
    printed(&[&file[..], &["--loose-dots=7"]].concat(), &env, "loose-dots = 7  # flag\n");

    let wrong = |args: &[&str], env: &[(&str, &str)], parts: &[&str]| {
        let (code, said) = run(args, env);
        assert_eq!(code, Some(2), "{said}");
        parts.iter().for_each(|part| assert!(said.contains(part), "{part} in {said}"));
    };
    wrong(&["--loose-dots", "60001"], &[], &["--loose-dots", "60001 is not in 0..=60000"]);
    wrong(&["--lose-dots", "1"], &[], &["--loose-dots"]);
    wrong(&[], &[("DOTS_LOOSE_DOTS", "x")], &["DOTS_LOOSE_DOTS", "invalid digit"]);
    wrong(&[], &[("DOTS_LOOSE_DOT", "1")], &["did you mean DOTS_LOOSE_DOTS?"]);
    let path = folder.write("wrong.toml", "\nloose-dots = -1\n");
    wrong(&["--config", &path], &[], &["wrong.toml", "line 2", "-1 is not in 0..=60000"]);
    let path = folder.write("wrong.toml", "loose_dots = 1\n");
    wrong(&["--config", &path], &[], &["line 1", "did you mean `loose-dots`?"]);
}

#[test]
fn the_page_is_that_of_the_game_and_has_the_library_beside_it() {
    let mut server = command(DOTS, &[]);
    server.env("DOTS_LISTEN", "127.0.0.1:0");
    let server = Server::start(server);
    let title = concat!("  dots ", env!("CARGO_PKG_VERSION"), " on Drumbeat ");
    assert!(server.said.contains(title), "{}", server.said);

    let (status, head, body) = server.get("/");
    assert_eq!((status, body.as_str()), (200, include_str!("../../server/tests/page/index.html")));
    for header in ["content-type: text/html; charset=utf-8", "etag: ", "'wasm-unsafe-eval'"] {
        assert!(head.contains(header), "{header} in {head}");
    }
    assert_eq!(server.get("/dots.js").0, 200);
    let (status, _, body) = server.get("/js/net/index.js");
    assert_eq!((status, body.as_str()), (200, include_str!("../../assets/js/net/index.js")));
    // Nothing of the bundled game.
    for path in
        ["/live/reload.js", "/js/main.js", "/js/arena/page.js", "/core.wasm", "/maps/belt.toml"]
    {
        assert_eq!(server.get(path).0, 404, "{path}");
    }
}

#[test]
fn a_folder_is_served_as_it_is_now() {
    let folder = TempFolder::new("live");
    folder.write("index.html", "first");
    let path = folder.0.to_str().unwrap();
    let server = Server::start(command(DOTS, &["--listen", "127.0.0.1:0", "--page", path]));
    let (status, head, body) = server.get("/");
    let script = "<script type=\"module\" src=\"live/reload.js?";
    assert!(status == 200 && body.starts_with(&format!("first{script}")), "{body}");
    assert!(head.contains("cache-control: no-cache"), "{head}");
    // The page brings its revision along, and reloads once that is another.
    let revision = || server.get("/live/revision.txt").2;
    let first = revision();
    assert!(body.contains(&format!("?{first}\"")), "{first} in {body}");
    assert_eq!(server.get("/live/reload.js").0, 200);
    assert_eq!(
        server.get("/dots.js").0,
        404,
        "the folder goes in the place of the game's own page"
    );
    assert_eq!(server.get("/js/net/index.js").0, 200);
    folder.write("index.html", "second");
    folder.write("new.js", "new");
    assert!(server.get("/").2.starts_with("second<script"));
    assert_ne!(revision(), first);
    let (status, head, body) = server.get("/new.js");
    assert_eq!((status, body.as_str()), (200, "new"));
    assert!(head.contains("content-type: text/javascript"), "{head}");
    assert_eq!(server.get("/../secret").0, 404);

    let output =
        command(DOTS, &["--listen", "127.0.0.1:0", "--page", "/nowhere"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = text_of(output);
    assert!(said.contains("cannot read the page's folder /nowhere: "), "{said}");
}

#[test]
fn a_server_without_a_page_says_how_to_pass_one() {
    let folder = TempFolder::new("bare");
    let map = folder.write("map", "1");
    let server = Server::start(command(BARE, &["--listen", "127.0.0.1:0", "--map", &map]));
    assert!(server.said.contains("  toy on Drumbeat "), "{}", server.said);
    let (status, _, body) = server.get("/");
    assert_eq!(status, 404);
    assert!(body.contains("--page FOLDER") && body.contains("page!"), "{body}");
    assert_eq!(server.get("/healthz").0, 200);
    assert_eq!(server.get("/api/rooms").2, "[]");

    let output = command(BARE, &["--listen", "127.0.0.1:0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = text_of(output);
    assert!(said.contains("no map: ") && said.contains("--map"), "{said}");
}
