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

pub(crate) const HOUSES: &[House] = &[
    House {
        src: "shared/src/",
        folder: "",
        rooms: &[
            &["bit_set", "fnv", "ids", "limits", "rng", "lib"],
            &["input", "schema"],
            &["entities", "protocol"],
            &["game"],
            &["typed"],
            &["guess"],
            &["random_command", "random_input", "replication", "toy"],
            &["client"],
        ],
    },
    House {
        src: "shared/games/board/src/",
        folder: "",
        rooms: &[&["objects", "ballot", "sheet", "hands", "lib"]],
    },
    House {
        src: "shared/games/chat/src/",
        folder: "",
        rooms: &[&["people", "settings", "slash"], &["lib"]],
    },
    House { src: "shared/games/tag/src/", folder: "", rooms: &[&["lib"]] },
    House {
        src: "server/src/",
        folder: "",
        rooms: &[
            &["bucket", "busy", "clock", "labels", "page"],
            &["engine", "program"],
            &["telemetry"],
            &["config", "rooms"],
            &["machine", "net"],
            &["server"],
            &["command"],
            &["lib"],
        ],
    },
    House {
        src: "bot-client/src/",
        folder: "",
        rooms: &[
            &[
                "flag",
                "aside",
                "report_file",
                "url",
                "arrival",
                "throttle",
                "clock",
                "figures",
                "player",
            ],
            &["program", "connect", "waits", "figure", "worker", "wishes", "echoes"],
            &["server_metrics", "bot", "faults"],
            &["frame_driver", "screen_driver", "options", "look"],
            &["driver", "random", "talk", "found", "misbehave"],
            &["brains"],
            &["report", "life", "progress"],
            &["definitions", "table", "launch", "arena", "board", "chat", "tag"],
            &["swarm"],
            &["command"],
            &["games"],
            &["lib"],
        ],
    },
    House {
        src: "bot-client/bench/src/",
        folder: "",
        rooms: &[
            &["pin", "process", "maps", "visitors", "figure", "plot"],
            &["server_process", "load", "floor"],
            &["run"],
            &["edges", "runs", "screen"],
            &["finders", "row", "harness"],
            &["scenario"],
            &["feel", "outcome"],
            &["climb"],
            &["measure", "scenarios"],
            &["options"],
            &["machine"],
            &["summary"],
            &["feel_table"],
            &["table"],
            &["html"],
            &["bench"],
            &["command"],
            &["lib"],
        ],
    },
    House {
        src: "shared/src/",
        folder: "protocol",
        rooms: &[&["mod", "bits", "close", "codec", "names"], &["frame", "messages"]],
    },
    House {
        src: "shared/src/",
        folder: "replication",
        rooms: &[&["mod", "checksum", "fingerprint", "positions"], &["change", "lanes", "whole"]],
    },
    House {
        src: "shared/src/",
        folder: "client",
        rooms: &[
            &["lab", "pings", "receive"],
            &["play"],
            &["measure"],
            &["light_client", "session"],
            &["picture"],
            &["core"],
            &["mod"],
        ],
    },
    House {
        src: "shared/src/",
        folder: "typed",
        rooms: &[
            &["entity", "grid", "id", "value"],
            &["angle", "column", "serial", "world"],
            &["nothing"],
            &["game"],
            &["mod"],
        ],
    },
    House {
        src: "shared/src/",
        folder: "client/receive",
        rooms: &[&["incoming", "maps", "newest", "notes"], &["replica"], &["mod"]],
    },
    House {
        src: "shared/src/",
        folder: "client/play",
        rooms: &[
            &["arrivals", "drawing", "stalls", "switches"],
            &["clock", "timeline"],
            &["spawned"],
            &["prediction"],
            &["mod"],
        ],
    },
    House {
        src: "shared/src/",
        folder: "client/measure",
        rooms: &[&["histogram", "stats"], &["feel"], &["measured", "pictures"], &["mod"]],
    },
    House {
        src: "shared/games/arena/src/",
        folder: "",
        rooms: &[
            &["schema", "settings"],
            &["grid", "messages", "rules"],
            &["map"],
            &["map_file", "motion", "sight", "weapons"],
            &["brain", "player"],
            &["world"],
            &["flight", "leaders"],
            &["past", "pickups", "spawn"],
            &["house", "rail"],
            &["combat"],
            &["game"],
            &["lib"],
        ],
    },
    House {
        src: "server/src/",
        folder: "engine",
        rooms: &[
            &[
                "mod",
                "changes",
                "checks",
                "grid",
                "history",
                "link",
                "pace",
                "phase",
                "presence",
                "room_clock",
                "room_setup",
                "shards",
                "viewer",
            ],
            &["close", "event_log", "laws", "outbox", "snapshot"],
            &["idle", "incident", "view"],
            &["counts"],
            &["baseline", "input_queue"],
            &["message"],
            &["inbox"],
            &["client"],
            &["roster", "scene"],
            &["fan_out"],
            &["tick"],
        ],
    },
    House { src: "server/src/", folder: "engine/tick", rooms: &[&["mod"], &["membership"]] },
    House {
        src: "server/src/",
        folder: "config",
        rooms: &[
            &["error", "values"],
            &["origin"],
            &["game"],
            &["settings"],
            &["flags"],
            &["environment", "file"],
            &["choice", "load"],
            &["mod"],
        ],
    },
    House { src: "server/src/", folder: "page", rooms: &[&["folder", "live"], &["mod"]] },
    House {
        src: "server/dev/src/",
        folder: "",
        rooms: &[&["console", "name", "project", "running", "template"], &["dev", "new"], &["lib"]],
    },
    House {
        src: "server/src/",
        folder: "command",
        rooms: &[&["announce", "failure"], &["start"], &["games"], &["mod"]],
    },
    House {
        src: "server/src/",
        folder: "rooms",
        rooms: &[
            &["advice", "asks", "beat", "cpu_use", "incidents", "phase_times", "progress", "seats"],
            &["recent", "watch"],
            &["late_inputs", "status", "watchdog"],
            &["directory", "room"],
            &["lobby"],
            &["mod"],
        ],
    },
    House {
        src: "server/src/",
        folder: "net",
        rooms: &[
            &["cors", "frames", "patience", "refusal", "text"],
            &["admission", "fault", "origin", "socket"],
            &["connection", "edge", "http_stream"],
            &["assets", "host", "reader"],
            &["session"],
            &["upgrade"],
            &["http"],
            &["accept"],
            &["mod"],
        ],
    },
    House {
        src: "server/src/",
        folder: "telemetry",
        rooms: &[
            &[
                "mod",
                "family",
                "notices",
                "process",
                "read_lateness",
                "reasons",
                "requests",
                "sink",
            ],
            &["logging"],
            &["metrics"],
        ],
    },
    House {
        src: "shared/macros/src/",
        folder: "",
        rooms: &[
            &["attributes", "entities", "twin"],
            &["columns"],
            &["event", "input", "private", "sets", "value"],
            &["entity"],
            &["lib"],
        ],
    },
    House { src: "server/pack/src/", folder: "", rooms: &[&["files"], &["lib"]] },
    House {
        src: "shared/process/src/",
        folder: "",
        rooms: &[&["arguments", "endings", "files", "limits"], &["lib"]],
    },
    House {
        src: "assets/web/src/",
        folder: "",
        rooms: &[&["json", "lib"], &["descriptor"], &["core"], &["export"]],
    },
    House { src: "assets/web/arena/src/", folder: "", rooms: &[&["lib"], &["verify"]] },
    House { src: "tests/web/src/", folder: "", rooms: &[&["lib"]] },
    House {
        src: "tests/kit/src/",
        folder: "",
        rooms: &[
            &["pipe", "room", "seeds"],
            &["screens"],
            &["sim"],
            &["browser_core"],
            &["laws"],
            &["lib"],
        ],
    },
    House {
        src: "tests/src/",
        folder: "",
        rooms: &[
            &["lib", "maps", "puppet", "steer", "stones"],
            &["fuzz_bodies", "duel", "hot_paths"],
        ],
    },
];

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
    let missing: Vec<_> = HOUSES.iter().flat_map(House::missing).collect();
    assert_none(&missing, "tests/tests/house/houses.rs lists a room that is not there");
}

#[test]
fn a_room_that_does_not_exist_is_found() {
    let rooms: &[&[&str]] = &[&["mod", "membership", "gone"]];
    let house = House { src: "server/src/", folder: "engine/tick", rooms };
    assert_eq!(house.missing(), ["server/src/engine/tick/gone"]);
}

#[test]
fn every_crate_and_every_large_folder_has_its_rooms_listed() {
    let is_listed = |src: &str, folder: &str| {
        HOUSES.iter().any(|house| (house.src, house.folder) == (src, folder))
    };
    let mut missing = Vec::new();
    for member in members() {
        let src = format!("{member}/src/");
        let mut files: BTreeMap<String, usize> = BTreeMap::from([(String::new(), FILES_LISTED)]);
        for name in tracked() {
            let Some(name) = name.strip_prefix(&src).filter(|name| name.ends_with(".rs")) else {
                continue;
            };
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            if file != "tests.rs" && !folder.split('/').any(|folder| folder == "tests") {
                *files.entry(folder.to_owned()).or_default() += 1;
            }
        }
        let large = files.iter().filter(|(_, count)| **count >= FILES_LISTED);
        let unlisted = large.filter(|(folder, _)| !is_listed(&src, folder));
        missing.extend(unlisted.map(|(folder, _)| format!("{src}{folder}")));
    }
    assert_none(&missing, "list its rooms in tests/tests/house/houses.rs, from the lowest up");
}
