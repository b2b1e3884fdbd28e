//! The whole server over real sockets: each test starts its own server, in this process, on a port
//! that the system chooses.

mod admin;
mod admin_tickets;
mod autobahn;
mod caps;
mod conformance;
mod cors;
mod drain;
mod feed;
mod floods;
mod handshake;
mod headers;
mod hostile;
mod http;
mod moderation;
mod plain;
mod play;
mod proxied;
mod raw;
mod resume;
mod slow;
mod smuggling;
mod spectate;
mod swarm;
mod terminal;
mod tickets;
mod tls;
mod trickle;

#[cfg(target_os = "linux")]
mod vanished;

use drumbeat_tests::live as harness;
