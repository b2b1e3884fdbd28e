use std::fs;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use super::*;

/// A path of its own in the folder for temporary files, removed at the end.
struct TempFile(PathBuf);

impl TempFile {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Relaxed);
        let name = format!("drumbeat-bans-{}-{number}.json", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn load(&self, now: Stamp) -> Result<Bans, BansError> {
        Bans::load(Some(&self.0), now)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn noon() -> Stamp {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

fn later(minutes: u64) -> Stamp {
    noon().after(Duration::from_secs(60 * minutes))
}

fn new(value: &str, minutes: Option<u64>) -> NewBan {
    let target = Target::parse(Kind::Address, value).unwrap();
    NewBan { target, reason: "spam".into(), by: "ada".into(), until: minutes.map(later) }
}

fn visitor(address: &str) -> Visitor<'static> {
    Visitor { address: address.parse().unwrap(), subject: None }
}

#[test]
fn a_ban_holds_until_its_end_or_until_it_is_lifted() {
    let bans = Bans::load(None, noon()).unwrap();
    let changed = bans.add(new("192.0.2.7", Some(10)), noon()).unwrap();
    assert!(!changed.stored.unwrap(), "there is no file");
    let text = changed.ban.text();
    assert_eq!(text, "you are banned until 2026-11-26T12:10:00Z: spam");
    assert!(bans.find(visitor("192.0.2.7"), later(9)).is_some());
    assert_eq!(bans.find(visitor("192.0.2.7"), later(10)), None);
    assert_eq!(bans.find(visitor("192.0.2.8"), noon()), None);
    let forever = bans.add(new("192.0.2.8", None), later(10)).unwrap().ban;
    assert_eq!(forever.text(), "you are banned: spam");
    assert_eq!(bans.list(later(10)), std::slice::from_ref(&forever), "what has ended is gone");
    assert_eq!(bans.lift(forever.id, later(10)).unwrap().ban, forever);
    assert!(bans.lift(forever.id, later(10)).is_none());
    assert!(bans.list(noon()).is_empty());
}

#[test]
fn a_second_ban_of_the_same_takes_the_place_of_the_first() {
    let bans = Bans::load(None, noon()).unwrap();
    bans.add(new("192.0.2.7", Some(10)), noon()).unwrap();
    let second = bans.add(new("192.0.2.7", None), noon()).unwrap().ban;
    assert_eq!(bans.list(noon()), [second]);
}

#[test]
fn bans_are_bounded() {
    let bans = Bans::load(None, noon()).unwrap();
    let all: Vec<Ban> = (0..BANS_MAX as u32)
        .map(|number| Ban {
            id: u64::from(number) + 1,
            target: Target::of(std::net::Ipv4Addr::from(number).into()),
            reason: String::new(),
            by: String::new(),
            since: noon(),
            until: Some(later(1)),
        })
        .collect();
    bans.replace(&all).unwrap();
    let refused = bans.add(new("192.0.2.7", None), noon()).unwrap_err();
    assert!(refused.to_string().contains("lift some"), "{refused}");
    bans.add(new("192.0.2.7", None), later(1)).expect("those that have ended make room");
}

#[test]
fn the_file_brings_them_back_and_numbers_go_on() {
    let file = TempFile::new();
    let bans = file.load(noon()).unwrap();
    assert!(file.0.is_file(), "it can be written, which is known from the start");
    let first = bans.add(new("192.0.2.7", Some(10)), noon()).unwrap();
    assert!(first.stored.unwrap());
    let second = bans.add(new("2001:db8::7", None), noon()).unwrap().ban;
    let again = file.load(noon()).unwrap();
    assert_eq!(again.list(noon()), [first.ban, second.clone()]);
    let again = file.load(later(10)).unwrap();
    assert_eq!(again.list(later(10)), std::slice::from_ref(&second));
    assert_eq!(again.add(new("192.0.2.9", None), later(10)).unwrap().ban.id, second.id + 1);
    again.lift(second.id, later(10)).unwrap().stored.unwrap();
    assert_eq!(file.load(noon()).unwrap().list(noon()).len(), 1);
}

#[test]
fn a_torn_or_strange_file_is_refused_and_left_alone() {
    let file = TempFile::new();
    file.load(noon()).unwrap().add(new("192.0.2.7", None), noon()).unwrap();
    let whole = fs::read(&file.0).unwrap();
    let refused = |content: &[u8]| {
        fs::write(&file.0, content).unwrap();
        let text = file.load(noon()).unwrap_err().to_string();
        assert!(text.contains("is damaged") && text.contains("put a copy in its place"), "{text}");
        assert!(text.contains(&file.0.display().to_string()), "{text}");
        assert_eq!(fs::read(&file.0).unwrap(), content);
    };
    let whole_but_end = whole.trim_ascii_end();
    for bytes in 0..whole_but_end.len() {
        refused(&whole[..bytes]);
    }
    let text = String::from_utf8(whole.clone()).unwrap();
    refused(text.replace("\"version\": 1", "\"version\": 2").as_bytes());
    refused(text.replace("address", "name").as_bytes());
    refused(text.replace("192.0.2.7", "192.0.2.700").as_bytes());
    fs::write(&file.0, &whole).unwrap();
    assert_eq!(file.load(noon()).unwrap().list(noon()).len(), 1);
}

#[test]
fn what_cannot_be_stored_still_holds() {
    let file = TempFile::new();
    let bans = file.load(noon()).unwrap();
    // Whoever runs the tests may write everywhere, but nobody replaces a folder with a file.
    fs::remove_file(&file.0).unwrap();
    fs::create_dir_all(file.0.join("in the way")).unwrap();
    let changed = bans.add(new("192.0.2.7", None), noon()).unwrap();
    changed.stored.unwrap_err();
    assert!(bans.find(visitor("192.0.2.7"), noon()).is_some());
    let text = file.load(noon()).unwrap_err().to_string();
    assert!(text.contains("cannot read the file of bans"), "{text}");
    fs::remove_dir_all(&file.0).unwrap();
    let _ = fs::remove_file(format!("{}.new", file.0.display()));
    let nowhere = Bans::load(Some(Path::new("/nowhere/bans.json")), noon()).unwrap_err();
    assert!(nowhere.to_string().contains("name another with --bans"), "{nowhere}");
}
