//! The memory that the system gives this process, by its control groups: those of a container or a service.

use std::fs;
use std::path::Path;

/// What version 1 shows where there is no limit is beyond this, bytes.
const UNLIMITED_BYTES: u64 = 1 << 62;

/// The memory beyond which the system ends this process, bytes. `None` if there is no limit but the
/// machine's, or the system does not say.
#[must_use]
pub fn memory_limit() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    lowest_limit(&groups, |file| fs::read_to_string(file).ok())
}

/// The lowest limit of these groups, which `/proc/self/cgroup` lists, and of those above them. In a
/// container, only the topmost may be there: it is the container's own.
fn lowest_limit(groups: &str, read: impl Fn(&Path) -> Option<String>) -> Option<u64> {
    let limits = groups.lines().filter_map(|line| {
        let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
        let (top, file) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => return None,
        };
        let own = Path::new(path.trim_start_matches('/'));
        let limit =
            |group: &Path| read(&Path::new(top).join(group).join(file))?.trim().parse().ok();
        own.ancestors().filter_map(limit).min()
    });
    limits.min().filter(|bytes| *bytes < UNLIMITED_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_limit_of_all_groups_above_counts() {
        let check = |groups: &str, files: &[(&str, &str)], expected: Option<u64>| {
            let read = |file: &Path| {
                let found = files.iter().find(|(name, _)| Path::new(name) == file);
                found.map(|(_, text)| format!("{text}\n"))
            };
            assert_eq!(lowest_limit(groups, read), expected, "{groups} {files:?}");
        };
        let service = "0::/system.slice/drumbeat.service\n";
        let own = "/sys/fs/cgroup/system.slice/drumbeat.service/memory.max";
        let above = "/sys/fs/cgroup/system.slice/memory.max";
        check(service, &[], None);
        check(service, &[(own, "max"), (above, "max")], None);
        check(service, &[(own, "1000"), (above, "max")], Some(1_000));
        check(service, &[(own, "1000"), (above, "500")], Some(500));
        check("0::/\n", &[("/sys/fs/cgroup/memory.max", "700")], Some(700));
        let both = "9:cpu,memory:/docker/abc\n1:pids:/x\n0::/\n";
        let topmost = "/sys/fs/cgroup/memory/memory.limit_in_bytes";
        check(both, &[(topmost, "9223372036854771712")], None);
        check(both, &[(topmost, "800")], Some(800));
        let own = "/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes";
        check(both, &[(topmost, "9223372036854771712"), (own, "900")], Some(900));
        check("", &[], None);
    }
}
