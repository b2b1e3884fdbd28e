//! The asynchronous edge: from an accepted socket to a player that a room has taken.
//!
//! ```text
//! accept (caps) -> handshake (TLS, if there is any) -> http (page, health, api) -> upgrade (WebSocket rules) -> session (hello, seat)
//!        -> reader (decode, validate, inbox)
//! ```
//! Nothing here simulates. After a room has taken a player, nothing here writes either: the room
//! owns the writing half.

mod accept;
mod acceptor;
mod admission;
mod assets;
mod badge;
mod connection;
mod cors;
#[cfg(all(feature = "echo", debug_assertions))]
mod echo;
mod edge;
mod exchange;
mod fault;
mod feed;
mod forwarded;
mod frames;
mod gate;
mod halves;
mod handshake;
mod host;
mod http;
mod http_stream;
mod origin;
mod page_headers;
mod patience;
mod previews;
mod proxies;
mod proxy_header;
mod reader;
mod refusal;
mod schema_text;
mod serve;
mod session;
mod socket;
mod stream;
pub mod terminal;
mod text;
mod tokens;
mod upgrade;
mod wire;

pub use accept::listen;

pub(crate) use accept::{accept, accept_each};
pub(crate) use edge::{Edge, Guards, Stage};
pub(crate) use host::of as host_of;
pub(crate) use http_stream::Waits;
pub(crate) use refusal::Refusal;
pub(crate) use serve::{answering, converse, send_refusal};
pub(crate) use stream::Stream;
pub(crate) use text::clean_line;
