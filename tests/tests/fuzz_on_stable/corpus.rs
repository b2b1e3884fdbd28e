//! What the fuzz targets begin with: honest inputs, and what they have found. All of it goes once through
//! the bodies here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use drumbeat_shared::ids::Tick;
use drumbeat_tests::fuzz::decoders::{self, keyframe, map, quiet_delta, welcome_message};
use drumbeat_tests::fuzz::requests::NEXT;
use drumbeat_tests::fuzz::{map_files, requests, sessions, settings, tickets};

use super::decoders::{honest_client_messages, honest_notes, honest_text_messages, with_lengths};
use super::live::{honest_requests, honest_room_requests, honest_steps};
use super::texts::{honest_maps, honest_settings};
use super::tickets::honest_claims;

/// Begins the names of the honest inputs.
const HONEST: &str = "honest-";

/// A fuzz target.
struct Target {
    body: fn(&[u8]),
    honest: Vec<Vec<u8>>,
}

/// All of them. `proxied` is the only one whose body is not in this crate; the server's own tests run it.
fn targets() -> BTreeMap<&'static str, Target> {
    let target = |body: fn(&[u8]), honest| Target { body, honest };
    let requests = [honest_requests(), honest_room_requests()].concat();
    let joined = requests.join(&NEXT);
    BTreeMap::from([
        ("bit_stream", target(decoders::bit_stream, vec![(0..=255).collect()])),
        ("client_message", target(decoders::client_message, honest_client_messages())),
        ("frames", target(|bytes| _ = decoders::frames(bytes), honest_frames())),
        ("map_file", target(|bytes| _ = map_files::map_file(bytes), honest_maps())),
        ("notes", target(|bytes| _ = decoders::notes(bytes), vec![with_lengths(&honest_notes())])),
        ("proxied", target(|_| (), honest_headers())),
        (
            "requests",
            target(|bytes| _ = requests::requests(bytes), [requests, vec![joined]].concat()),
        ),
        ("sessions", target(|bytes| _ = sessions::sessions(bytes), vec![honest_steps()])),
        ("settings", target(|bytes| _ = settings::settings(bytes), honest_settings())),
        ("text_message", target(decoders::text_message, honest_text_messages())),
        ("tickets", target(|bytes| _ = tickets::tickets(bytes), honest_claims())),
        (
            "welcome",
            target(
                |bytes| _ = decoders::welcome(bytes),
                vec![welcome_message(map())[1..].to_vec()],
            ),
        ),
    ])
}

fn honest_frames() -> Vec<Vec<u8>> {
    let all = [quiet_delta(), keyframe(Tick(1_002)), quiet_delta()];
    [&all[..1], &all[1..2], &all].map(with_lengths).to_vec()
}

fn honest_headers() -> Vec<Vec<u8>> {
    let mut binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c".to_vec();
    binary.extend([192, 0, 2, 1, 192, 0, 2, 2, 0xc0, 0, 0x1e, 0x61]);
    let texts = [
        "PROXY TCP4 192.0.2.1 192.0.2.2 49152 7777\r\n",
        "PROXY UNKNOWN\r\n",
        "192.0.2.1, 10.0.0.1\nfor=192.0.2.1;proto=https, for=\"[2001:db8::1]:49152\"",
    ];
    let texts = texts.iter().map(|text| text.as_bytes().to_vec());
    texts.chain([binary]).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{error}: {folder:?}"));
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

/// The folder of the fuzz targets.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Compares the honest inputs with the files. `DRUMBEAT_UPDATE_VECTORS=1` writes them instead.
#[test]
fn each_target_begins_with_honest_input() {
    let targets = targets();
    let files = targets.keys().map(|name| format!("{name}.rs")).collect::<Vec<_>>();
    assert_eq!(names(&folder().join("targets")), files, "each target has its body here");
    for (name, Target { honest, .. }) in targets {
        let inputs = folder().join("corpus").join(name);
        if std::env::var_os("DRUMBEAT_UPDATE_VECTORS").is_some() {
            std::fs::create_dir_all(&inputs).unwrap();
            for old in names(&inputs).iter().filter(|file| file.starts_with(HONEST)) {
                std::fs::remove_file(inputs.join(old)).unwrap();
            }
            for (number, input) in honest.iter().enumerate() {
                std::fs::write(inputs.join(format!("{HONEST}{number:02}")), input).unwrap();
            }
        }
        let mut files = names(&inputs);
        files.retain(|file| file.starts_with(HONEST));
        let found: Vec<_> =
            files.iter().map(|file| std::fs::read(inputs.join(file)).unwrap()).collect();
        assert!(
            found == honest,
            "{}: run with DRUMBEAT_UPDATE_VECTORS=1 to write what is honest now",
            inputs.display()
        );
    }
}

#[test]
fn what_was_found_stays_mended() {
    for (name, Target { body, honest }) in targets() {
        let inputs = folder().join("corpus").join(name);
        honest.iter().for_each(|input| body(input));
        for input in names(&inputs).iter().filter(|file| !file.starts_with(HONEST)) {
            body(&std::fs::read(inputs.join(input)).unwrap());
        }
    }
}
