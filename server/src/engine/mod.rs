//! The synchronous engine of one room: from its clients' inboxes to the frames sent to them.
//!
//! ```text
//! inbox -> tick (rules) -> snapshot -> fan_out (view + splice per client) -> outbox -> link
//! ```
//! Nothing here awaits, reads a clock or names a socket: time, bytes and links are arguments. The
//! thread that drives it is in [`crate::rooms`].

pub mod baseline;
pub mod changes;
pub mod chat;
pub mod chat_rate;
pub mod checks;
pub mod client;
pub mod close;
pub mod come_back;
pub mod command_queue;
pub mod conduct;
pub mod counts;
pub mod event_log;
pub mod fan_out;
pub mod grid;
pub mod hand_over;
pub mod history;
pub mod holder;
pub mod idle;
pub mod inbox;
pub mod incident;
pub mod input_queue;
pub mod join;
pub mod laws;
pub mod leaving;
pub mod link;
pub mod message;
pub mod moderation;
pub mod news;
pub mod outbox;
pub mod pace;
pub mod phase;
pub mod picture_age;
pub mod players;
pub mod presence;
pub mod readings;
pub mod resume;
mod room_clock;
pub mod room_setup;
pub mod roster;
mod rules;
pub mod scene;
pub mod shards;
pub mod snapshot;
pub mod tick;
pub mod unacknowledged;
pub mod view;
pub mod viewer;
pub mod wish;
