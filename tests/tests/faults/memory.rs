//! A limit of memory as containers and services have it: a control group (cgroup), version 1 or 2.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use drumbeat_tests::left_out;
use rustix::process::Signal;

use super::harness::{CHECKED_TICKS, Server, Swarm, bots, eventually, program};

/// Memory that the group has beyond what it uses under the bots. A server needs some of it while it starts.
const MORE_BYTES: u64 = 32 << 20;
/// Bytes that are written to a file in the group: pages of files count, until others need the memory.
const WRITTEN_MIB: u64 = 64;

/// Bytes that memory and swap together have beyond memory: it must run short before both do, to be counted.
const MORE_THAN_MEMORY_BYTES: u64 = 1 << 20;

/// The files of a group.
struct Version {
    top: &'static str,
    limit: &'static str,
    /// The limit of swap, where the system has that, and whether memory counts in it.
    swap: (&'static str, bool),
    used: &'static str,
    /// How often memory was short, and how many processes were killed: a file, and the key in it.
    short: (&'static str, &'static str),
    killed: (&'static str, &'static str),
}

const VERSIONS: [(&str, Version); 2] = [
    (
        "memory",
        Version {
            top: "/sys/fs/cgroup/memory",
            limit: "memory.limit_in_bytes",
            swap: ("memory.memsw.limit_in_bytes", true),
            used: "memory.usage_in_bytes",
            short: ("memory.failcnt", ""),
            killed: ("memory.oom_control", "oom_kill "),
        },
    ),
    (
        "",
        Version {
            top: "/sys/fs/cgroup",
            limit: "memory.max",
            swap: ("memory.swap.max", false),
            used: "memory.current",
            short: ("memory.events", "max "),
            killed: ("memory.events", "oom_kill "),
        },
    ),
];

/// A group of processes whose memory is limited, which ends with the test.
struct Group {
    folder: PathBuf,
    version: Version,
}

impl Drop for Group {
    fn drop(&mut self) {
        // Its last process may not have ended quite.
        for _ in 0..100 {
            if fs::remove_dir(&self.folder).is_ok() {
                return;
            }
            sleep(Duration::from_millis(20));
        }
    }
}

impl Group {
    /// Below the group of this process, or beside it. `None` where neither can be made.
    fn new() -> Option<Self> {
        let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
        for (controller, version) in VERSIONS {
            let own = groups.lines().find_map(|line| {
                let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
                controllers.split(',').any(|name| name == controller).then_some(path)
            });
            let Some(own) = own else { continue };
            for parent in Path::new(own).ancestors().take(2) {
                let parent = Path::new(version.top).join(parent.strip_prefix("/").ok()?);
                let folder = parent.join(format!("drumbeat-fault-{}", std::process::id()));
                if fs::create_dir(&folder).is_err() {
                    continue;
                }
                if folder.join(version.limit).exists() && folder.join(version.killed.0).exists() {
                    return Some(Self { folder, version });
                }
                let _ = fs::remove_dir(folder);
            }
        }
        None
    }

    /// What runs a program in the group.
    fn run(&self, program: &Command) -> Command {
        let procs = self.folder.join("cgroup.procs");
        let mut command = Command::new("/bin/sh");
        command.env_clear().args(["-c", r#"echo $$ > "$0" && exec "$@""#]).arg(procs);
        command.arg(program.get_program()).args(program.get_args());
        command
    }

    /// Limits its memory, and gives it next to no swap instead.
    fn limit(&self, bytes: u64) {
        let set = |file, bytes: u64| fs::write(self.folder.join(file), bytes.to_string()).unwrap();
        set(self.version.limit, bytes);
        let (swap, has_memory) = self.version.swap;
        if self.folder.join(swap).exists() {
            set(swap, if has_memory { bytes + MORE_THAN_MEMORY_BYTES } else { 0 });
        }
    }

    /// A figure of one of its files: of the line with this key.
    fn figure(&self, (file, key): (&str, &str)) -> u64 {
        let text = fs::read_to_string(self.folder.join(file)).unwrap();
        let found = text.lines().find_map(|line| line.strip_prefix(key)?.trim().parse().ok());
        found.unwrap_or_else(|| panic!("no {key}in {file}: {text}"))
    }

    /// Fills the memory that is left with pages of a file.
    fn fill_with_file(&self) {
        // Not in a folder that may itself be in memory.
        let file = format!("{}/pages-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
        let mut write = Command::new("/bin/dd");
        write.args(["if=/dev/zero", &format!("of={file}"), "bs=1M", "status=none"]);
        write.arg(format!("count={WRITTEN_MIB}"));
        let written = self.run(&write).status().unwrap();
        fs::remove_file(file).unwrap();
        assert!(written.success(), "{written}");
    }
}

/// Within its memory, however little is free, ticks go on. Beyond it the system kills the server, and a new
/// one in its place takes everybody in.
#[test]
fn within_the_memory_of_a_container_ticks_go_on_and_beyond_it_a_new_server_takes_all_in() {
    let Some(group) = Group::new() else {
        return left_out("no control group for memory can be made here (root can, in most places)");
    };
    let start = |group: &Group| Server::spawn(group.run(&program()), &["--rooms-max", "256"], None);
    let mut server = start(&group);
    let swarm = Swarm::start(&server);
    let began = server.begin_to_count();
    let limit = group.figure((group.version.used, "")) + MORE_BYTES;
    group.limit(limit);
    group.fill_with_file();
    assert!(group.figure(group.version.short) > 0, "memory was short");
    server.ticks(CHECKED_TICKS);
    server.has_run_or_said_each_tick_since(&began);
    assert_eq!(server.metric("drumbeat_players "), f64::from(bots()));
    assert_eq!(group.figure(group.version.killed), 0);

    let mut rooms = Vec::new();
    while let Ok(room) = server.join(&format!("room-{}", rooms.len())) {
        rooms.push(room);
        assert!(rooms.len() < 255, "it takes no more memory");
    }
    assert_eq!(server.process.killed(), Some(Signal::KILL.as_raw()));
    eventually("the group says so", || (group.figure(group.version.killed) > 0).then_some(()));
    drop((server, swarm, rooms));

    // As a container that starts again: in a group of its own.
    drop(group);
    let group = Group::new().expect("there was one before");
    group.limit(limit);
    let server = start(&group);
    server.process.says(&format!("memory_mib={}", limit >> 20));
    Swarm::start(&server).all_was_well();
    server.ends_without_remains();
}
