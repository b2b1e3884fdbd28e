//! What the server says to the service manager that has started it, by the protocol of systemd's
//! `sd_notify`: when it serves, when it ends, and that it is well. Without a manager it says nothing.
//!
//! The manager's socket holds a few words only, so each waits for a place in it, but never for long: a manager
//! that does not listen stops no server.

use std::ffi::OsString;
use std::io;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

/// What the manager waits for beside the drain: `Server::run` takes ten seconds at most, and the rest is for a
/// busy machine.
const END: Duration = Duration::from_secs(15);
/// How long a word waits for a place.
const PATIENCE: Duration = Duration::from_secs(3);

/// The service manager that has started this process, if one has.
#[derive(Clone, Debug)]
pub(super) struct Manager {
    /// Where it listens: a path, or `@` and the name of an abstract socket.
    socket: Option<OsString>,
    /// How long this process may be silent (systemd: `WatchdogSec`), if it may not be for ever.
    watchdog: Option<Duration>,
}

impl Manager {
    pub(super) fn of_environment() -> Self {
        let number = |name| std::env::var(name).ok()?.parse::<u64>().ok();
        let is_ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let limit_us = number("WATCHDOG_USEC").filter(|limit_us| is_ours && *limit_us > 0);
        let watchdog = limit_us.map(|us| Duration::from_micros(us).max(Duration::from_millis(4)));
        Self { socket: std::env::var_os("NOTIFY_SOCKET"), watchdog }
    }

    /// Says that the server is reached at its address.
    pub(super) async fn ready(&self) {
        if let Err(error) = self.say("READY=1", PATIENCE).await {
            warn!(
                %error,
                "the service manager could not be told that the server serves; let it open Unix sockets \
                 (systemd: RestrictAddressFamilies=AF_UNIX), or start it with Type=exec"
            );
        }
    }

    /// Says that the server ends after a drain of this length, so that it is not killed before.
    pub(super) async fn stopping(&self, drain: Duration) {
        let within_us = (drain + END).as_micros();
        // Who was not told of the start has been warned then.
        let text = format!("STOPPING=1\nEXTEND_TIMEOUT_USEC={within_us}");
        let _ = self.say(&text, PATIENCE).await;
    }

    /// Says again and again that the server is well while it is, where the manager asks for that; it restarts
    /// a server that falls silent.
    pub(super) async fn watch(&self, is_well: impl Fn() -> bool) {
        let Some(limit) = self.watchdog else { return };
        let mut due = interval(limit / 4);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            due.tick().await;
            if is_well() {
                let _ = self.say("WATCHDOG=1", limit / 4).await;
            }
        }
    }

    /// Says this once there is a place for it, within this time.
    #[cfg(unix)]
    async fn say(&self, text: &str, within: Duration) -> io::Result<()> {
        let Some(name) = self.socket.as_ref().filter(|name| !name.is_empty()) else {
            return Ok(());
        };
        // Only a socket that is connected notices a place that gets free.
        let socket = std::os::unix::net::UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        socket.connect_addr(&address(name)?)?;
        let socket = tokio::net::UnixDatagram::from_std(socket)?;
        tokio::time::timeout(within, socket.send(text.as_bytes())).await?.map(|_| ())
    }

    #[cfg(not(unix))]
    async fn say(&self, _: &str, _: Duration) -> io::Result<()> {
        Ok(())
    }
}

/// The address of a socket of this name.
#[cfg(unix)]
fn address(name: &std::ffi::OsStr) -> io::Result<std::os::unix::net::SocketAddr> {
    use std::os::unix::net::SocketAddr;

    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt as _;
        use std::os::unix::ffi::OsStrExt as _;

        if let Some(name) = name.as_bytes().strip_prefix(b"@") {
            return SocketAddr::from_abstract_name(name);
        }
    }
    SocketAddr::from_pathname(name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::ErrorKind::WouldBlock;
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    use tokio::time::{Instant, sleep};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(4);

    /// A manager, and the socket at which it listens.
    fn manager(what: &str) -> (Manager, UnixDatagram) {
        let name = format!("drumbeat-{what}-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        socket.set_nonblocking(true).unwrap();
        (Manager { socket: Some(format!("@{name}").into()), watchdog: Some(LIMIT) }, socket)
    }

    /// All that has arrived.
    fn heard(socket: &UnixDatagram) -> Vec<String> {
        let mut bytes = [0; 256];
        let next = || match socket.recv(&mut bytes) {
            Ok(length) => Some(String::from_utf8(bytes[..length].to_vec()).unwrap()),
            Err(error) if error.kind() == WouldBlock => None,
            Err(error) => panic!("{error}"),
        };
        std::iter::from_fn(next).collect()
    }

    /// Says something until there is no place for more.
    fn fill(manager: &Manager) {
        let other = UnixDatagram::unbound().unwrap();
        other.set_nonblocking(true).unwrap();
        let address = address(manager.socket.as_ref().unwrap()).unwrap();
        while other.send_to_addr(b"X", &address).is_ok() {}
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_not_well_falls_silent() {
        let (one, well) = manager("well");
        let (other, ill) = manager("ill");
        tokio::select! {
            () = one.watch(|| true) => {}
            () = other.watch(|| false) => {}
            () = sleep(4 * LIMIT) => {}
        }
        let said = heard(&well);
        assert!(said.len() >= 8 && said.iter().all(|said| said == "WATCHDOG=1"), "{said:?}");
        assert_eq!(heard(&ill), [""; 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_start_and_the_end_wait_for_a_place() {
        let (manager, socket) = manager("late");
        let listens = async || {
            // By then there has been no place.
            sleep(PATIENCE / 2).await;
            let said = heard(&socket);
            assert!(!said.is_empty() && said.iter().all(|said| said == "X"), "{said:?}");
        };
        fill(&manager);
        tokio::join!(manager.ready(), listens());
        assert_eq!(heard(&socket), ["READY=1"]);
        fill(&manager);
        tokio::join!(manager.stopping(Duration::from_secs(1)), listens());
        assert_eq!(heard(&socket), ["STOPPING=1\nEXTEND_TIMEOUT_USEC=16000000"]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_word_waits_for_long() {
        let (manager, _socket) = manager("deaf");
        fill(&manager);
        let began = Instant::now();
        manager.ready().await;
        manager.stopping(Duration::ZERO).await;
        let waited = began.elapsed();
        assert!(PATIENCE <= waited && waited <= 3 * PATIENCE, "{waited:?}");
    }

    #[tokio::test]
    async fn an_empty_name_is_nobodys() {
        let manager = Manager { socket: Some(OsString::new()), watchdog: None };
        manager.say("READY=1", PATIENCE).await.unwrap();
        let manager = Manager { socket: Some("/nowhere/at/all".into()), watchdog: None };
        manager.say("READY=1", PATIENCE).await.unwrap_err();
    }
}
