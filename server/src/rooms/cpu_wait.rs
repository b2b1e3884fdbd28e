//! How long the system kept a thread waiting for a processor.
//!
//! A slow tick has one of two causes: its own work, or a machine that gave the thread no
//! processor. Linux tells them apart (`/proc/thread-self/schedstat`, second number: nanoseconds
//! on a run queue); elsewhere nothing is known.

use std::fs::File;

/// The waiting time of the thread that opened it.
#[derive(Debug)]
pub(super) struct CpuWait(Option<File>);

impl CpuWait {
    /// Of the calling thread.
    pub(super) fn of_this_thread() -> Self {
        Self(File::open("/proc/thread-self/schedstat").ok())
    }

    /// Microseconds waited so far; `None` where the system does not say.
    #[cfg(unix)]
    pub(super) fn waited_us(&self) -> Option<u64> {
        use std::os::unix::fs::FileExt;
        let mut bytes = [0; 96];
        let length = self.0.as_ref()?.read_at(&mut bytes, 0).ok()?;
        waited_us(std::str::from_utf8(&bytes[..length]).ok()?)
    }

    /// Microseconds waited so far; `None` where the system does not say.
    #[cfg(not(unix))]
    pub(super) fn waited_us(&self) -> Option<u64> {
        None
    }
}

fn waited_us(schedstat: &str) -> Option<u64> {
    let waited_ns: u64 = schedstat.split_whitespace().nth(1)?.parse().ok()?;
    Some(waited_ns / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_number_is_read() {
        assert_eq!(waited_us("1250000 48000 12\n"), Some(48));
        assert_eq!(waited_us("1250000"), None);
        assert_eq!(waited_us(""), None);
    }
}
