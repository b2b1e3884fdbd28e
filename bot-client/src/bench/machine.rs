//! The conditions of a benchmark: machine, system, versions, command.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::Serialize;

use super::options::BenchOptions;
use super::pin::Pins;

/// What a figure is worth nothing without.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Conditions {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    /// UTC.
    pub(crate) date: String,
    pub(crate) command: String,
    pub(crate) pinned: String,
    pub(crate) server: String,
    pub(crate) swarm: String,
    /// Whether this is the short form.
    pub(crate) quick: bool,
}

impl Conditions {
    pub(crate) fn note(program: &Path, pins: &Pins, options: &BenchOptions) -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let version = Command::new(program).arg("--version").output();
        let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        Self {
            processor: processor(&cpuinfo).unwrap_or("unknown").to_owned(),
            cores: cpuinfo.lines().filter(|line| line.starts_with("processor")).count(),
            kernel: format!("Linux {}", kernel.trim()),
            date: date(since_1970.as_secs()),
            command: command(),
            pinned: pins.to_string(),
            server: version.unwrap_or_default().trim().to_owned(),
            swarm: format!("drumbeat-bots {}", env!("CARGO_PKG_VERSION")),
            quick: options.quick,
        }
    }
}

/// Lets this process open as many files as it may.
pub(crate) fn allow_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Where it is refused, the swarm says what it needs.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// The command without the folders that it was called from.
fn command() -> String {
    let mut words = std::env::args();
    let program = words.next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default().to_string_lossy();
    std::iter::once(program.into_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// The processor's name, of the text of `/proc/cpuinfo`.
fn processor(cpuinfo: &str) -> Option<&str> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

/// A time of day for people: UTC, to the minute. The days are counted as Howard Hinnant's
/// `civil_from_days` does.
fn date(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01 00:00 UTC");
        assert_eq!(date(951_782_399), "2000-02-28 23:59 UTC");
        assert_eq!(date(951_782_400), "2000-02-29 00:00 UTC");
        assert_eq!(date(4_102_444_800), "2100-01-01 00:00 UTC");
    }

    #[test]
    fn the_processor_is_named() {
        let text = "processor\t: 0\nmodel name\t: Some CPU 7\nprocessor\t: 1\n";
        assert_eq!(processor(text), Some("Some CPU 7"));
        assert_eq!(processor(""), None);
    }
}
