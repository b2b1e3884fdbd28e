//! A swarm of headless players that loads a Drumbeat server and measures what it delivers.
//!
//! A bot is a whole client: the client core that people play with, own prediction and a check of
//! every checksum. Of a large swarm a part may do, the witnesses; the others only follow the beat.
//! The files from the ground up; each uses only those that are named before it:
//!
//! * `flag`, [`aside`], [`report_file`], [`program`]: what all of it needs, and the benchmark, too;
//! * [`url`], `arrival`, `throttle`, [`connect`]: the server's address, one WebSocket, how a
//!   connection ended;
//! * [`figures`], `waits`: what is counted and timed; [`server_metrics`]: the server's own account;
//! * [`player`], [`bot`]: a bot's end of the game, with or without a view;
//! * `frame_driver`, `screen_driver`, `driver`: what makes a bot act: the frames that it receives, or
//!   the clock of a screen, over a link of its own;
//! * [`faults`], [`options`], [`brains`]: what bots can be asked for, and what they do;
//! * [`found`], [`figure`], [`report`], [`definitions`], `table`: what follows from what was counted,
//!   as JSON and for people;
//! * `look`, [`progress`]: how a run goes;
//! * `worker`, `misbehave`, `life`, `launch`, [`swarm`]: threads, bots in them, ramp, warm-up,
//!   measured window, storm, end.
//!
//! Not here: anything of the protocol. It is in `drumbeat_shared::client`.

mod arrival;
pub mod aside;
pub mod bot;
pub mod brains;
pub mod connect;
pub mod definitions;
mod driver;
pub mod faults;
pub mod figure;
pub mod figures;
mod flag;
pub mod found;
mod frame_driver;
mod launch;
mod life;
mod look;
mod misbehave;
pub mod options;
pub mod player;
pub mod program;
pub mod progress;
pub mod report;
pub mod report_file;
mod screen_driver;
pub mod server_metrics;
pub mod swarm;
mod table;
mod throttle;
pub mod url;
mod waits;
mod worker;
