//! The CPU time that a thread got from the machine.
//!
//! A slow tick has one of three causes: its own work, a machine that gave the thread no CPU, or a
//! thread that wanted none, such as one of a stopped process. Linux tells them apart
//! (`/proc/thread-self/schedstat`: nanoseconds on a CPU, and nanoseconds on a run queue); on other
//! systems nothing is known.

use std::fs::File;

/// Times of a thread, microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CpuTimes {
    /// On a CPU.
    pub(super) used_us: u64,
    /// Ready to run, without a CPU.
    pub(super) waited_us: u64,
}

impl CpuTimes {
    /// The times since `earlier`.
    pub(super) fn since(self, earlier: Self) -> Self {
        Self {
            used_us: self.used_us.saturating_sub(earlier.used_us),
            waited_us: self.waited_us.saturating_sub(earlier.waited_us),
        }
    }
}

/// The CPU times of the thread that opened it. The default has none, like a system that reports
/// none.
#[derive(Debug, Default)]
#[cfg_attr(not(unix), allow(dead_code, reason = "read where there are such files"))]
pub(super) struct CpuUse(Option<File>);

impl CpuUse {
    /// Opens the times of the calling thread.
    pub(super) fn of_this_thread() -> Self {
        Self(File::open("/proc/thread-self/schedstat").ok())
    }

    /// The times so far; `None` where the system does not report them.
    #[cfg(unix)]
    pub(super) fn times(&self) -> Option<CpuTimes> {
        use std::os::unix::fs::FileExt;
        let mut bytes = [0; 96];
        let length = self.0.as_ref()?.read_at(&mut bytes, 0).ok()?;
        times(std::str::from_utf8(&bytes[..length]).ok()?)
    }

    /// The times so far; `None` where the system does not report them.
    #[cfg(not(unix))]
    pub(super) fn times(&self) -> Option<CpuTimes> {
        None
    }
}

#[cfg_attr(not(unix), allow(dead_code, reason = "read where there are such files"))]
fn times(schedstat: &str) -> Option<CpuTimes> {
    let mut numbers = schedstat.split_whitespace().map(|number| number.parse::<u64>().ok());
    let (used_ns, waited_ns) = (numbers.next()??, numbers.next()??);
    Some(CpuTimes { used_us: used_ns / 1_000, waited_us: waited_ns / 1_000 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_numbers_are_read() {
        let expected = CpuTimes { used_us: 1_250, waited_us: 48 };
        assert_eq!(times("1250000 48000 12\n"), Some(expected));
        assert_eq!(times("1250000"), None);
        assert_eq!(times(""), None);
    }
}
