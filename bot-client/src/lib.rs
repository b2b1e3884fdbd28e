//! A swarm of headless players that loads a Drumbeat server and measures what it delivers.
//!
//! A bot is a whole client: the client core that people play with, own prediction and a check of
//! every checksum. Of a large swarm a part may do, the witnesses; the others only follow the beat.
//! The parts, in the order in which a run meets them:
//!
//! * [`options`]: what can be asked for, and what the figures mean;
//! * [`url`] and [`connect`]: the server's address, one WebSocket, how a connection ended;
//! * [`player`]: a bot's end of the game, with or without a view;
//! * `driver`: what makes a bot act: the frames that it receives, or the clock of a screen, over a
//!   link of its own;
//! * [`brains`]: what a bot does with its ship;
//! * [`swarm`]: ramp, warm-up, measured window, storm, end;
//! * [`faults`]: bots that misbehave, and the answers that they expect;
//! * [`server_metrics`]: the server's own account of its ticks;
//! * [`figures`], [`found`]: what was counted, and what follows from it; [`figure`]: what a figure is;
//! * [`progress`] and [`report`]: what a person sees during and after the run; [`report_file`]: what
//!   stays of it; [`aside`]: what keeps a run from waiting until it is seen; [`program`]: what this
//!   program and the benchmark's have in common.
//!
//! Not here: anything of the protocol. It is in `drumbeat_shared::client`.

mod arrival;
pub mod aside;
pub mod bot;
pub mod brains;
pub mod connect;
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
