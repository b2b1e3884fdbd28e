//! The server with a certificate: https and wss, and what happens to who speaks them badly.

mod client;
mod hostile;
mod misconfigured;
mod page;
mod play;
mod reload;
