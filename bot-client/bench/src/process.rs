//! What the system reports of a process: its processor time and its memory.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// Measures the processor time of all threads of a process, user and system together.
#[derive(Debug)]
pub(crate) struct CpuMeter {
    folder: PathBuf,
    /// Nanoseconds of each thread ever seen. A thread that has ended keeps its entry.
    threads: HashMap<String, u64>,
}

impl CpuMeter {
    /// Creates a meter for the process with this id.
    pub(crate) fn new(process: u32) -> Self {
        Self { folder: PathBuf::from(format!("/proc/{process}")), threads: HashMap::new() }
    }

    /// The processor time so far; `None` when the process has ended.
    pub(crate) fn read(&mut self) -> Option<Duration> {
        for entry in fs::read_dir(self.folder.join("task")).ok()?.flatten() {
            // A thread may end between listing and reading.
            if let Ok(text) = fs::read_to_string(entry.path().join("schedstat"))
                && let Some(ns) = run_ns(&text)
            {
                self.threads.insert(entry.file_name().to_string_lossy().into_owned(), ns);
            }
        }
        if !self.threads.is_empty() {
            return Some(Duration::from_nanos(self.threads.values().sum()));
        }
        // The kernel has no scheduler statistics; hundredths of a second must do.
        stat_ticks(&fs::read_to_string(self.folder.join("stat")).ok()?).map(duration)
    }
}

/// The busy time of all cores since the machine started, for all programs.
pub(crate) fn machine_time() -> Option<Duration> {
    busy_ticks(&fs::read_to_string("/proc/stat").ok()?).map(duration)
}

/// Converts clock ticks.
fn duration(ticks: u64) -> Duration {
    let per_s = rustix::param::clock_ticks_per_second();
    Duration::from_secs_f64(ticks as f64 / per_s as f64)
}

/// Memory private to this process, bytes: the pages it wrote, without code and files.
pub(crate) fn own_memory_bytes(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1_024)
}

/// Time on a processor, from the text of `schedstat`.
fn run_ns(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

/// User and system time in clock ticks, from the text of `stat`. The program's name is in brackets
/// and may contain anything.
fn stat_ticks(text: &str) -> Option<u64> {
    let (_, fields) = text.rsplit_once(") ")?;
    let mut times = fields.split_whitespace().skip(11);
    let user: u64 = times.next()?.parse().ok()?;
    let system: u64 = times.next()?.parse().ok()?;
    Some(user + system)
}

/// Clock ticks except idle and iowait, from the text of `/proc/stat`. The fields are user, nice,
/// system, idle, iowait, irq, softirq and steal; the rest repeats parts of user.
fn busy_ticks(text: &str) -> Option<u64> {
    let fields = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks: Vec<u64> =
        fields.split_whitespace().take(8).map_while(|field| field.parse().ok()).collect();
    let idle = ticks.get(3)? + ticks.get(4)?;
    Some(ticks.iter().sum::<u64>() - idle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_texts_are_read() {
        assert_eq!(run_ns("44291645 16745714 188\n"), Some(44_291_645));
        assert_eq!(run_ns(""), None);
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 1200 34 0 0 20";
        assert_eq!(stat_ticks(stat), Some(1_234));
        assert_eq!(stat_ticks("7 (cut"), None);
        assert_eq!(busy_ticks("cpu  10 1 20 500 30 2 3 4 9 9\ncpu0 1\n"), Some(40));
        assert_eq!(busy_ticks("intr 1"), None);
    }

    #[test]
    fn the_own_process_takes_time_and_memory() {
        let mut meter = CpuMeter::new(std::process::id());
        let before = meter.read().unwrap();
        let work: u64 = (0..20_000_000_u64).map(std::hint::black_box).sum();
        assert!(work > 0);
        let mut after = meter.read().unwrap();
        // The kernel updates its accounting when it next interrupts the thread.
        while after == before {
            after = meter.read().unwrap();
        }
        assert!(after > before);
        assert!(own_memory_bytes(std::process::id()).unwrap() > 100_000);
        assert_eq!(CpuMeter::new(u32::MAX).read(), None);
    }
}
