//! The conditions of a benchmark: machine, system, versions, command.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use serde::Serialize;

use crate::options::BenchOptions;
use crate::pin::Pins;

/// The conditions without which a figure is worth nothing.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Conditions {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
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
        let version = Command::new(program).arg("--version").output();
        let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        Self {
            processor: processor(&cpuinfo).unwrap_or("unknown").to_owned(),
            cores: cpuinfo.lines().filter(|line| line.starts_with("processor")).count(),
            kernel: format!("Linux {}", kernel.trim()),
            date: httpdate::fmt_http_date(SystemTime::now()),
            command: command(),
            pinned: pins.to_string(),
            server: version.unwrap_or_default().trim().to_owned(),
            swarm: format!("drumbeat-bots {}", env!("CARGO_PKG_VERSION")),
            quick: options.quick,
        }
    }
}

impl Conditions {
    /// The conditions for people, one line per subject.
    pub(crate) fn lines(&self) -> [String; 4] {
        [
            format!("{}, {} cores, {}", self.processor, self.cores, self.kernel),
            format!("{}, {}", self.server, self.swarm),
            self.pinned.clone(),
            self.date.clone(),
        ]
    }
}

/// The command line without the folder of the program.
pub(crate) fn command() -> String {
    let mut words = std::env::args();
    let program = words.next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default().to_string_lossy();
    std::iter::once(program.into_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// The processor's name in the text of `/proc/cpuinfo`.
fn processor(cpuinfo: &str) -> Option<&str> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_named() {
        let text = "processor\t: 0\nmodel name\t: Some CPU 7\nprocessor\t: 1\n";
        assert_eq!(processor(text), Some("Some CPU 7"));
        assert_eq!(processor(""), None);
    }
}
