//! `drumbeat token` as a process: keys are made, tickets made with them and explained.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ALGORITHMS: [&str; 4] = ["eddsa", "es256", "rs256", "hs256"];

/// Runs it; returns the exit code and what it said to its two streams.
fn token(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_drumbeat"))
        .arg("token")
        .args(args)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
    (output.status.code(), out, err)
}

fn good(args: &[&str]) -> String {
    let (code, out, err) = token(args);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{args:?}");
    out
}

fn bad(args: &[&str], code: i32, part: &str) {
    let (found, out, err) = token(args);
    assert_eq!((found, out.as_str()), (Some(code), ""), "{args:?}: {err}");
    assert!(err.starts_with("error: ") && err.contains(part), "{part:?} in {err:?} of {args:?}");
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("drumbeat-token-{name}-{}", std::process::id())))
    }

    fn path(&self, file: &str) -> String {
        self.0.join(file).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Makes keys; returns the files that make and that check tickets.
fn keys(folder: &Folder, algorithm: &str) -> [String; 2] {
    let said = good(&["keys", "--out", &folder.path(algorithm), "--algorithm", algorithm]);
    let names = match algorithm {
        "hs256" => ["secret.txt", "secret.txt"],
        _ => ["private.pem", "public.pem"],
    };
    names.map(|name| {
        let path = folder.path(&format!("{algorithm}/{name}"));
        assert!(said.contains(&path), "{said}");
        path
    })
}

#[cfg(unix)]
fn mode(path: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_ticket_of_each_algorithm_is_made_and_explained() {
    let folder = Folder::new("each");
    let files = ALGORITHMS.map(|algorithm| keys(&folder, algorithm));
    for (at, [private, public]) in files.iter().enumerate() {
        #[cfg(unix)]
        assert_eq!(mode(private), 0o600);
        let ticket = good(&["make", "--key", private, "--subject", "ada"]);
        let ticket = ticket.trim();
        let said = good(&["show", ticket, "--keys", public]);
        for part in ["\"sub\": \"ada\"", "expires  in ", "valid    yes"] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert!(good(&["show", ticket]).contains("--keys FILE checks the signature"));
        for [_, other] in files.iter().skip(at + 1) {
            bad(&["show", ticket, "--keys", other], 1, "no key made its signature");
        }
    }
    let again = folder.path("eddsa");
    bad(&["keys", "--out", &again], 1, "private.pem is there already, and may be in use");
}

#[test]
fn a_ticket_says_what_it_was_asked_to() {
    let folder = Folder::new("claims");
    let [private, public] = keys(&folder, "eddsa");
    let make = ["make", "--key", &private, "--subject", "ada"];
    let made = |args: &[&str]| good(&[&make[..], args].concat()).trim().to_owned();
    let ticket = made(&[
        "--name=Ada",
        "--room=red,blue",
        "--role=admin",
        "--minutes=90",
        "--once",
        "--audience=race",
        "--issuer=https://example.org",
        "--claims={\"guild\":\"owls\"}",
    ]);
    let show = ["show", &ticket, "--keys", &public, "--audience=race"];
    let said = good(&[&show[..], &["--room=blue"]].concat());
    for part in [
        "\"name\": \"Ada\"",
        "\"red\",",
        "\"role\": \"admin\"",
        "\"jti\": \"",
        "\"aud\": \"race\"",
        "\"iss\": \"https://example.org\"",
        "\"guild\": \"owls\"",
        // A second may have passed.
        "expires  in 1 h ",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    bad(&[&show[..], &["--room=green"]].concat(), 1, "is for another room");
    bad(&[&show[..], &["--issuer=me"]].concat(), 1, "`iss` is \"https://example.org\"");
    bad(&["show", &ticket], 1, "name it with --ticket-audience");
    let long = "x".repeat(129);
    for (args, part) in [
        (["--role=root"].as_slice(), "`role` must be"),
        (&["--room=a/b"], "is not a room's name"),
        (&["--name="], "`name` must be a text"),
        (&["--claims=[]"], "--claims must be a JSON object"),
        (&["--claims={\"exp\":1}"], "--claims has `exp`"),
        (&["--audience", &long], "`aud` must be a text of 1 to 128 bytes"),
    ] {
        bad(&[&make[..], args].concat(), 1, part);
    }
}

#[test]
fn errors_say_what_to_do() {
    let folder = Folder::new("errors");
    let [private, public] = keys(&folder, "es256");
    let ticket = good(&["make", "--key", &private, "--subject", "ada"]);
    bad(&["make", "--key", &public, "--subject", "ada"], 1, "name the private one");
    bad(
        &["make", "--key", "/nowhere.pem", "--subject", "a"],
        1,
        "cannot read the key /nowhere.pem",
    );
    bad(&["make", "--key", &private], 2, "--subject <TEXT>");
    bad(&["make", "--key", &private, "--subject", "a", "--minutes", "0"], 2, "from 1 to 527000");
    bad(&["show", "ada"], 1, "not three parts");
    bad(&["show", ticket.trim(), "--keys", &private], 1, "this is a private key");
    bad(&["show", ticket.trim(), "--keys", "/nowhere.pem"], 1, "/nowhere.pem");
    bad(
        &["keys", "--out", &folder.path("x"), "--algorithm", "none"],
        2,
        "eddsa, es256, rs256, hs256",
    );
    bad(&["keys", "--out", &private], 1, "cannot make the folder");
    let (code, help, _) = token(&["make", "--help"]);
    assert_eq!(code, Some(0));
    assert!(help.contains("drumbeat token make") && help.contains("--once"), "{help}");
}

/// The program that docs/tickets.md gives for this language.
fn listing(language: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let guide = std::fs::read_to_string(top.join("docs/tickets.md")).unwrap();
    let (_, after) = guide.split_once(&format!("```{language}\n")).unwrap();
    after.split_once("```").unwrap().0.to_owned()
}

/// Runs a listing beside its keys and has its ticket explained. A machine without the language has
/// nothing to run it with.
fn try_listing(language: &str, program: &str, flag: &str, algorithm: &str) {
    let folder = Folder::new(language);
    let [_, public] = keys(&folder, algorithm);
    let output = Command::new(program)
        .args([flag, &listing(language)])
        .current_dir(folder.path(algorithm))
        .output();
    let Ok(output) = output else { return };
    let [out, err] = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
    assert!(output.status.success(), "{err}");
    let said = good(&["show", out.trim(), "--keys", &public, "--audience=race"]);
    assert!(said.contains("valid    yes") && said.contains("\"jti\""), "{said}");
}

#[test]
fn the_listing_for_node_makes_a_valid_ticket() {
    try_listing("js", "node", "--eval", "eddsa");
}

#[test]
fn the_listing_for_python_makes_a_valid_ticket() {
    try_listing("python", "python3", "-c", "hs256");
}
