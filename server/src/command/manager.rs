//! What the server says to the service manager that has started it, by the protocol of systemd's
//! `sd_notify`: when it serves, when it ends, and that it is well. Without a manager it says nothing.
//!
//! Nothing here waits: a manager that does not listen stops no server.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

/// What the manager waits for beside the drain: `Server::run` takes ten seconds at most, and the rest is for a
/// busy machine.
const END: Duration = Duration::from_secs(15);

/// Says that the server is reached at its address.
pub(super) fn ready() {
    if let Err(error) = say("READY=1") {
        warn!(
            %error,
            "the service manager could not be told that the server serves; let it open Unix sockets \
             (systemd: RestrictAddressFamilies=AF_UNIX), or start it with Type=exec"
        );
    }
}

/// Says that the server ends after a drain of this length, so that it is not killed before.
pub(super) fn stopping(drain: Duration) {
    let within_us = (drain + END).as_micros();
    // Who was not told of the start has been warned then.
    let _ = say(&format!("STOPPING=1\nEXTEND_TIMEOUT_USEC={within_us}"));
}

/// Says again and again that the server is well while it is, where the manager asks for that (systemd:
/// `WatchdogSec`); it restarts a server that falls silent.
pub(super) async fn watch(is_well: impl Fn() -> bool) {
    let Some(limit) = watchdog() else { return };
    let mut due = interval(limit / 4);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        if is_well() {
            let _ = say("WATCHDOG=1");
        }
    }
}

/// For how long this process may be silent; `None` if nobody listens.
fn watchdog() -> Option<Duration> {
    let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
    let is_ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
    let limit_us = number("WATCHDOG_USEC").filter(|limit_us| is_ours && *limit_us > 0)?;
    Some(Duration::from_micros(limit_us).max(Duration::from_millis(4)))
}

#[cfg(unix)]
fn say(text: &str) -> std::io::Result<()> {
    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else { return Ok(()) };
    let socket = std::os::unix::net::UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    socket.send_to(text.as_bytes(), path).map(|_| ())
}

#[cfg(not(unix))]
fn say(_: &str) -> std::io::Result<()> {
    Ok(())
}
