//! What the system allows this process: open files, threads, memory.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

/// Number of open files that is assumed where the system does not list them.
const OPEN_FILES_ASSUMED: u64 = 32;
/// Address space of a program with mimalloc, including what it needs for a moment, and of each of
/// its threads: its stack, and what two allocators reserve for it. Measured on Linux, and rounded
/// up.
const MEMORY_BYTES: u64 = 256 << 20;
const THREAD_MEMORY_BYTES: u64 = 112 << 20;

/// Asks the system for `wanted` open files at the same time. Returns how many it allows, which may
/// be fewer or more.
#[must_use]
pub fn allow_files(wanted: u64) -> u64 {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let allowed = || getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        if allowed() < wanted {
            let maximum = getrlimit(Resource::Nofile).maximum;
            let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
            // If the system refuses, the limit stays as it was.
            let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum });
        }
        allowed()
    }
    #[cfg(not(unix))]
    {
        let _ = wanted;
        u64::MAX
    }
}

/// The number of files that are open now, including sockets and the like.
#[must_use]
pub fn open_files() -> u64 {
    std::fs::read_dir("/dev/fd").map_or(OPEN_FILES_ASSUMED, |files| files.count() as u64)
}

/// How many threads fit into the system's limit on address space; `None` if there is no limit.
///
/// This is not the memory limit of a container: a process that exceeds that is not refused but
/// killed.
///
/// # Errors
/// When not even `least` threads fit. A program that started them nevertheless would be aborted.
pub fn memory_for_threads(least: usize) -> Result<Option<usize>, LittleMemory> {
    share_memory(*SHARED_OUT.get_or_init(allowed_memory), least)
}

/// Whether a further thread fits into what is left of the address space, if its limit is another than
/// [`memory_for_threads`] has shared out. A thread that is started nevertheless may abort the process
/// with its first allocation.
#[must_use]
pub fn has_memory_for_thread() -> bool {
    let allowed = allowed_memory();
    match allowed {
        Some(bytes) if SHARED_OUT.get() != Some(&allowed) => {
            // Only Linux says how much is used.
            let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
            address_space(&status).saturating_add(THREAD_MEMORY_BYTES) <= bytes
        }
        _ => true,
    }
}

/// The limit on address space that was shared out to threads when the process started.
static SHARED_OUT: OnceLock<Option<u64>> = OnceLock::new();

/// The system's limit on address space now, bytes; `None` if there is none.
fn allowed_memory() -> Option<u64> {
    #[cfg(unix)]
    return rustix::process::getrlimit(rustix::process::Resource::As).current;
    #[cfg(not(unix))]
    None
}

/// Bytes of address space that a process uses, by the text of its `/proc/PID/status`; 0 if that does
/// not say so.
fn address_space(status: &str) -> u64 {
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kib = size.and_then(|size| size.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}

fn share_memory(allowed: Option<u64>, least: usize) -> Result<Option<usize>, LittleMemory> {
    let Some(allowed) = allowed else {
        return Ok(None);
    };
    let threads = (allowed.saturating_sub(MEMORY_BYTES) / THREAD_MEMORY_BYTES) as usize;
    if threads < least {
        return Err(LittleMemory { allowed, threads: least });
    }
    Ok(Some(threads))
}

/// The system allows less memory than a program needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LittleMemory {
    allowed: u64,
    threads: usize,
}

impl fmt::Display for LittleMemory {
    /// Allocates no memory.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needed = MEMORY_BYTES + self.threads as u64 * THREAD_MEMORY_BYTES;
        write!(
            f,
            "the system allows {} MiB of address space, and {} are needed for {} threads; raise the \
             limit (ulimit -v)",
            self.allowed >> 20,
            needed >> 20,
            self.threads
        )
    }
}

impl std::error::Error for LittleMemory {}

/// How many of `wanted` further threads the system would let this process have at once. Starts
/// them, and ends them again.
#[must_use]
pub fn threads_allowed(wanted: usize) -> usize {
    let gate = Mutex::new(());
    thread::scope(|scope| {
        let closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = || drop(gate.lock().unwrap_or_else(PoisonError::into_inner));
        let start = |_: &usize| thread::Builder::new().spawn_scoped(scope, wait).is_ok();
        let allowed = (0..wanted).take_while(start).count();
        drop(closed);
        allowed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_counted() {
        assert_eq!(threads_allowed(0), 0);
        assert_eq!(threads_allowed(20), 20);
    }

    #[test]
    fn used_address_space_is_read_off_the_status() {
        assert_eq!(address_space("Name:\tx\nVmPeak:\t 9 kB\nVmSize:\t  1234 kB\n"), 1_234 << 10);
        assert_eq!(address_space(""), 0);
        assert!(has_memory_for_thread());
    }

    #[test]
    fn memory_is_shared_out_to_threads() {
        let share = |mib: u64, least| share_memory(Some(mib << 20), least);
        assert_eq!(share(1_151, 7), Ok(Some(7)));
        assert_eq!(share_memory(None, 7), Ok(None));
        let error = share(1_151, 8).unwrap_err().to_string();
        assert!(error.contains("allows 1151 MiB") && error.contains("1152 are needed"), "{error}");
        assert!(share(0, 1).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn files_are_counted_and_asked_for() {
        let before = open_files();
        assert!(before >= 3, "{before}");
        let files: Vec<_> = (0..50).map(|_| std::fs::File::open("/dev/null").unwrap()).collect();
        // Other tests of this process may open and close some.
        assert!(open_files() >= before + 40, "{} files more", files.len());
        let allowed = allow_files(1);
        assert_eq!(allow_files(allowed), allowed);
        assert!(allow_files(u64::MAX) >= allowed, "it is never lowered");
    }
}
