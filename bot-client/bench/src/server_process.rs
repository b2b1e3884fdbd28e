//! The server under test: a process that ends with its owner.

use std::io::{self, BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::pin::pin;

/// How long the server may take to listen.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// Limit of the stored bytes of the server's error output.
const COMPLAINT_BYTES_MAX: usize = 2_000;
/// Name of the server's program, in the same folder as this one.
const PROGRAM: &str = "drumbeat";

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The program does not exist.
    #[error(
        "there is no server program at {0}; build it with `cargo build --release`, or name it with \
         --server"
    )]
    NoProgram(PathBuf),
    /// The program could not be started.
    #[error("the server {path} could not be started: {reason}")]
    Refused {
        /// The program.
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// The server ended or did not report that it listens.
    #[error("the server did not come up: {0}")]
    NotListening(String),
}

/// A running server. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    /// The address where it listens.
    pub(crate) address: SocketAddr,
    /// The address of its admin listener.
    pub(crate) admin: SocketAddr,
}

impl ServerProcess {
    /// Starts the program with these arguments on these cores, on a port that the system chooses.
    /// Blocks until the server listens.
    pub(crate) fn start(
        program: &Path,
        arguments: &[String],
        cores: &[usize],
    ) -> Result<Self, StartError> {
        let mut command = Command::new(program);
        command
            .args(["--listen", "127.0.0.1:0", "--log-format", "json", "--log"])
            .arg("drumbeat=info,drumbeat_server=warn")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let refused = |reason| StartError::Refused { path: program.to_owned(), reason };
        let mut child = spawn_on(command, cores).map_err(refused)?;
        let stderr = child.stderr.take().expect("it is piped");
        let (sender, receiver) = sync_channel(1);
        thread::spawn(move || {
            let mut log = BufReader::new(stderr);
            let found = listening(&mut log);
            let listens = found.is_ok();
            // This fails only if the owner has given up.
            let _ = sender.send(found);
            if listens {
                // A full pipe would stop the server. The figures cover what the log says.
                let _ = io::copy(&mut log, &mut io::sink());
            }
        });
        let answer = receiver.recv_timeout(START_TIMEOUT);
        let addresses = match answer {
            Ok(Ok(addresses)) => Ok(addresses),
            Ok(Err(log)) => Err(format!("it said: {}", log.trim())),
            Err(RecvTimeoutError::Timeout) => Err("it never said where it listens".to_owned()),
            Err(RecvTimeoutError::Disconnected) => Err("its log could not be read".to_owned()),
        };
        // Owned from here on, so that it is killed if there is no address.
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { child, address: nowhere, admin: nowhere };
        (server.address, server.admin) = addresses.map_err(StartError::NotListening)?;
        Ok(server)
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Both fail only if the process has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server's program: the named one, or the one in the folder of this program.
///
/// # Errors
/// When there is none.
pub(crate) fn find(named: Option<&Path>) -> Result<PathBuf, StartError> {
    let beside = || {
        let own = std::env::current_exe().unwrap_or_default();
        own.with_file_name(PROGRAM).with_extension(std::env::consts::EXE_EXTENSION)
    };
    let path = named.map_or_else(beside, Path::to_owned);
    if path.is_file() { Ok(path) } else { Err(StartError::NoProgram(path)) }
}

/// A child inherits the cores of the thread that starts it, so a separate thread does that.
fn spawn_on(mut command: Command, cores: &[usize]) -> io::Result<Child> {
    let cores = cores.to_vec();
    let spawn = move || {
        pin(&cores)?;
        command.spawn()
    };
    thread::spawn(spawn).join().map_err(|_| io::Error::other("a thread failed"))?
}

/// Reads the log up to the line with the addresses. Otherwise returns what the log said.
fn listening(log: &mut impl BufRead) -> Result<(SocketAddr, SocketAddr), String> {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        let limit = COMPLAINT_BYTES_MAX as u64;
        match log.by_ref().take(limit).read_line(&mut line) {
            Ok(1..) => {}
            Ok(0) | Err(_) => return Err(said),
        }
        if let Some(addresses) = addresses(&line) {
            return Ok(addresses);
        }
        if said.len() < COMPLAINT_BYTES_MAX {
            said += &line;
        }
    }
}

/// The addresses of players and admin, if this is the log line that reports them.
fn addresses(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let entry: serde_json::Value = serde_json::from_str(line).ok()?;
    let address = |key: &str| entry[key].as_str()?.parse().ok();
    (entry["message"] == "listening").then(|| address("address").zip(address("admin")))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_is_named() {
        let error = find(Some(Path::new("no/such/server"))).unwrap_err().to_string();
        assert!(error.contains("no/such/server") && error.contains("--server"), "{error}");
    }

    #[test]
    fn a_program_that_ends_at_once_is_quoted() {
        let shell = Path::new("/bin/sh");
        let error = ServerProcess::start(shell, &[], &[]).unwrap_err().to_string();
        assert!(error.starts_with("the server did not come up: it said:"), "{error}");
    }

    #[test]
    fn the_log_names_the_addresses() {
        let line = r#"{"message":"listening","address":"127.0.0.1:5","admin":"127.0.0.1:6"}"#;
        let both = [5, 6].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        assert_eq!(addresses(line), Some((both[0], both[1])));
        assert_eq!(addresses(&line.replace("listening", "ready")), None);
        assert_eq!(addresses(&line.replace("admin", "other")), None);
        assert_eq!(addresses("error: no such map"), None);
        let mut log = io::Cursor::new(format!("a warning\n{line}\nmore\n"));
        assert!(listening(&mut log).is_ok());
        assert_eq!(listening(&mut io::Cursor::new("no\n")), Err("no\n".to_owned()));
    }
}
