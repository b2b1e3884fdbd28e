//! Programs that this one starts and ends.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often a program is looked at.
const GLANCE: Duration = Duration::from_millis(50);
/// Time within which a program that is asked to end must have ended; a server takes at most ten
/// seconds.
const END_LIMIT: Duration = Duration::from_secs(15);

/// A program that runs; it ends with this value.
#[derive(Debug)]
pub(crate) struct Running(Child);

impl Running {
    /// Starts it, with the same standard streams.
    pub(crate) fn start(command: &mut Command) -> Result<Self, String> {
        let shown = command.get_program().display().to_string();
        command.spawn().map(Self).map_err(|error| format!("cannot start {shown}: {error}"))
    }

    /// How it has ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// Waits until it has ended; `None` if that was asked for by `stop`.
    pub(crate) fn wait(mut self, stop: impl Fn() -> bool) -> Option<ExitStatus> {
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if stop() {
                return None;
            }
            sleep(GLANCE);
        }
    }
}

impl Drop for Running {
    /// Asks it to end, and ends it if it does not.
    fn drop(&mut self) {
        if self.ended().is_some() {
            return;
        }
        let asked = Instant::now();
        // An error means that it has ended by itself.
        let _ = ask_to_end(&mut self.0);
        while self.ended().is_none() {
            if asked.elapsed() > END_LIMIT {
                let _ = self.0.kill();
                let _ = self.0.wait();
                return;
            }
            sleep(GLANCE);
        }
    }
}

#[cfg(unix)]
fn ask_to_end(child: &mut Child) -> io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};
    kill_process(Pid::from_child(child), Signal::INT)?;
    Ok(())
}

#[cfg(not(unix))]
fn ask_to_end(child: &mut Child) -> io::Result<()> {
    child.kill()
}
