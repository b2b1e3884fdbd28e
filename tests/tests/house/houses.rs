//! The rooms of each crate, from the lowest to the highest.

use std::collections::BTreeMap;

use crate::{assert_none, root, text, tracked};

/// A folder with so many files has its rooms listed.
const FILES_LISTED: usize = 5;

/// A crate or a folder of one, and its rooms: the files and folders in it, from the lowest to the
/// highest. A room may import those before it. What stands in one line stands side by side.
pub(crate) struct House {
    pub(crate) src: &'static str,
    /// The folder whose rooms are listed, below `src`; empty for `src` itself.
    pub(crate) folder: &'static str,
    pub(crate) rooms: &'static [&'static [&'static str]],
}

mod others;
mod server;

/// All houses.
pub(crate) fn all() -> impl Iterator<Item = &'static House> {
    others::HOUSES.iter().chain(server::HOUSES)
}

impl House {
    /// The path of a room without its ending: `mod` and `lib` are what the folder itself holds.
    fn place(&self, room: &str) -> String {
        let House { src, folder, .. } = self;
        let folder = if folder.is_empty() { src.to_string() } else { format!("{src}{folder}/") };
        format!("{folder}{room}")
    }

    /// Rooms that are listed but are neither a file nor a folder.
    fn missing(&self) -> Vec<String> {
        let rooms = self.rooms.iter().copied().flatten();
        let places = rooms.map(|room| match (*room, self.folder) {
            // A folder may have its file beside it instead of in it.
            ("mod", folder) if root().join(format!("{}{folder}.rs", self.src)).is_file() => {
                format!("{}{folder}", self.src)
            }
            (room, _) => self.place(room),
        });
        let is_there = |place: &String| {
            root().join(format!("{place}.rs")).is_file() || root().join(place).is_dir()
        };
        places.filter(|place| !is_there(place)).collect()
    }
}

/// The folders of the workspace's packages, as its manifest lists them.
fn members() -> Vec<String> {
    let manifest = text("Cargo.toml").expect("a manifest is text");
    let list = manifest.split("members = [").nth(1).and_then(|rest| rest.split(']').next());
    let list = list.expect("the workspace lists its members");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_room_that_is_listed_exists() {
    let missing: Vec<_> = all().flat_map(House::missing).collect();
    assert_none(&missing, "tests/tests/house/houses lists a room that is not there");
}

#[test]
fn a_room_that_does_not_exist_is_found() {
    let rooms: &[&[&str]] = &[&["mod", "membership", "gone"]];
    let house = House { src: "server/src/", folder: "engine/tick", rooms };
    assert_eq!(house.missing(), ["server/src/engine/tick/gone"]);
}

#[test]
fn every_crate_and_every_large_folder_has_its_rooms_listed() {
    let is_listed =
        |src: &str, folder: &str| all().any(|house| (house.src, house.folder) == (src, folder));
    let mut missing = Vec::new();
    for member in members() {
        let src = format!("{member}/src/");
        let mut files: BTreeMap<String, usize> = BTreeMap::new();
        for name in tracked() {
            let Some(name) = name.strip_prefix(&src).filter(|name| name.ends_with(".rs")) else {
                continue;
            };
            // A crate is listed with its first file; one of tests alone has none here.
            files.entry(String::new()).or_insert(FILES_LISTED);
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            if file != "tests.rs" && !folder.split('/').any(|folder| folder == "tests") {
                *files.entry(folder.to_owned()).or_default() += 1;
            }
        }
        let large = files.iter().filter(|(_, count)| **count >= FILES_LISTED);
        let unlisted = large.filter(|(folder, _)| !is_listed(&src, folder));
        missing.extend(unlisted.map(|(folder, _)| format!("{src}{folder}")));
    }
    assert_none(&missing, "list its rooms in tests/tests/house/houses, from the lowest up");
}
