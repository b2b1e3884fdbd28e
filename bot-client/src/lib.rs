//! A swarm of headless players that loads a Drumbeat server and measures what it delivers.
//!
//! A bot is a complete client: the client core that people play with, including its prediction and
//! the check of every checksum. In a large swarm only a part of the bots, the witnesses, need do
//! that; the others only act at the pace of the frames. The files in dependency order; each uses
//! only those named before it:
//!
//! * `flag`, [`aside`], [`report_file`], [`program`]: the base of the swarm and of the benchmark;
//! * [`url`], `arrival`, `throttle`, [`connect`]: the server's address, one WebSocket, how a
//!   connection ends;
//! * [`figures`], `waits`: counts and times; [`server_metrics`]: the server's own metrics;
//! * [`player`], [`bot`]: a bot's end of the game, with or without a view;
//! * `frame_driver`, `screen_driver`, `driver`: what makes a bot act: the frames it receives, or
//!   the clock of a screen, over simulated link conditions;
//! * [`faults`], [`options`], [`arena`]: what a run can ask of bots, and what they do;
//! * [`found`], [`figure`], [`report`], [`definitions`], `table`: the results, as JSON and for
//!   people;
//! * `look`, [`progress`]: the progress of a run;
//! * `worker`, `misbehave`, `life`, `launch`, [`swarm`]: threads, their bots, ramp, warm-up,
//!   measured window, storm, end.
//!
//! Nothing of the protocol is here; `drumbeat_shared::client` implements it.

pub mod arena;
mod arrival;
pub mod aside;
pub mod bot;
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
