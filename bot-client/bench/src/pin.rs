//! The choice of cores for the server and for the swarm.

use std::fmt;
use std::fs;
use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The cores of a run; empty for a side that is not pinned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pins {
    /// The core of the server and of the floor.
    pub(crate) server: Vec<usize>,
    /// The cores of the swarm.
    pub(crate) swarm: Vec<usize>,
    /// All cores that this process may use.
    pub(crate) all: Vec<usize>,
    /// Why nothing is pinned.
    pub(crate) problem: Option<String>,
}

impl Pins {
    /// Chooses among the cores that this process may use: one for the server, and for the swarm
    /// those that share no hardware with it.
    pub(crate) fn choose() -> Self {
        let allowed = match sched_getaffinity(None) {
            Ok(set) => (0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core)).collect::<Vec<_>>(),
            Err(error) => {
                return Self::none(Vec::new(), format!("the system does not say: {error}"));
            }
        };
        let Some((&server, others)) = allowed.split_first().filter(|(_, rest)| !rest.is_empty())
        else {
            return Self::none(allowed, "there is only one core".to_owned());
        };
        let pins = Self {
            server: vec![server],
            swarm: apart(server, others),
            all: allowed.clone(),
            problem: None,
        };
        // Tried immediately: a container may forbid it.
        match pin(&pins.server).and_then(|()| pin(&pins.swarm)) {
            Ok(()) => pins,
            Err(error) => {
                // One of the two may have succeeded. If the system refuses this as well, neither
                // has.
                let _ = pin(&allowed);
                Self::none(allowed, format!("the system refused: {error}"))
            }
        }
    }

    fn none(all: Vec<usize>, problem: String) -> Self {
        Self { all, problem: Some(problem), ..Self::default() }
    }
}

impl fmt::Display for Pins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Some(problem) => write!(f, "not pinned: {problem}"),
            None => {
                write!(f, "server on core {}, swarm on {}", list(&self.server), list(&self.swarm))
            }
        }
    }
}

/// Confines this thread, and those it starts later, to some cores; an empty list changes nothing.
pub(crate) fn pin(cores: &[usize]) -> io::Result<()> {
    if cores.is_empty() {
        return Ok(());
    }
    let mut set = CpuSet::new();
    cores.iter().for_each(|core| set.set(*core));
    Ok(sched_setaffinity(None, &set)?)
}

/// The cores of `others` that share no hardware with `core`; all of them if every one does.
fn apart(core: usize, others: &[usize]) -> Vec<usize> {
    let path = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
    let siblings = parse_list(&fs::read_to_string(path).unwrap_or_default());
    let apart: Vec<_> = others.iter().copied().filter(|core| !siblings.contains(core)).collect();
    if apart.is_empty() { others.to_vec() } else { apart }
}

/// Parses the system's list format for cores, such as `0-2,5`.
fn parse_list(text: &str) -> Vec<usize> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    };
    text.split(',').filter_map(range).flatten().collect()
}

fn list(cores: &[usize]) -> String {
    cores.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_cores_are_read() {
        assert_eq!(parse_list("0-2,5\n"), [0, 1, 2, 5]);
        assert_eq!(parse_list("3"), [3]);
        assert_eq!(parse_list(""), [0; 0]);
    }

    #[test]
    fn the_conditions_say_what_is_pinned() {
        let pins = Pins { server: vec![0], swarm: vec![1, 2], ..Pins::default() };
        assert_eq!(pins.to_string(), "server on core 0, swarm on 1,2");
        let pins = Pins::none(vec![0], "there is only one core".to_owned());
        assert_eq!(pins.to_string(), "not pinned: there is only one core");
        assert_eq!(pins.all, [0]);
    }
}
