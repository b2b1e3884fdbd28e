//! A swarm of headless players that loads a Drumbeat server and measures what it delivers.
//!
//! The swarm of a game is a program of a few lines. Without a brain of the game's own its bots hold
//! random controls ([`random()`]):
//!
//! ```no_run
//! # use drumbeat_shared::toy::Toy as MyGame;
//! use std::process::ExitCode;
//!
//! fn main() -> ExitCode {
//!     drumbeat_bots::main::<MyGame>(drumbeat_bots::random)
//! }
//! ```
//!
//! With one, it plays by what its client sees; `--brain random` is still there:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use drumbeat_bots::{Brain, Player};
//! use drumbeat_shared::toy::{Steer, Toy};
//!
//! /// Steers to the left while its dot is in the right half of the world, and back.
//! struct Shuttle;
//!
//! impl Brain for Shuttle {
//!     type Game = Toy;
//!
//!     fn decide(&mut self, player: &Player<Toy>) -> Option<Steer> {
//!         let dot = player.client()?.own()?;
//!         Some(Steer(if dot.fields[2] > 2_000 { -9 } else { 9 }, 0))
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     drumbeat_bots::main::<Toy>(|_seed| Shuttle)
//! }
//! ```
//!
//! Besides controls a brain may wish for commands and chat lines ([`Brain::wishes`]). A game that
//! offers several brains names them: [`Brains::with`]. A program with several games: [`Games`].
//!
//! A bot is a complete client: the client core that people play with, including its prediction and
//! the check of every checksum. In a large swarm only a part of the bots, the witnesses, need do
//! that; the others only act at the pace of the frames. The files in dependency order; each uses
//! only those named before it:
//!
//! * `flag`, [`aside`], [`report_file`], [`program`]: the base of the swarm and of the benchmark;
//! * [`url`], [`trust`], `arrival`, `throttle`, `wire`, [`connect`]: the server's address, whose
//!   certificates are believed, one WebSocket, how a connection ends; [`clock`]: the clock of a run;
//! * [`figures`], `waits`: counts and times; [`metrics_source`], [`server_metrics`]: the
//!   server's own metrics;
//! * [`player`], [`wishes`], `ticket_file`, [`bot`], `echoes`: a bot's end of the game, with or without a view; what
//!   it asks for and says, and how long that takes to the others;
//! * `frame_driver`, `screen_driver`, `driver`: what makes a bot act: the frames it receives, or
//!   the clock of a screen, over simulated link conditions;
//! * [`faults`], [`options`]: what a run can ask of bots;
//! * [`random()`], [`talk()`], [`brains`], [`arena`], [`tag`], [`board`], [`chat`]: what they do: in
//!   any game, by name, in the bundled games;
//! * [`found`], [`figure`], [`report`], [`definitions`], `table`: the results, as JSON and for
//!   people;
//! * `look`, [`progress`], [`live`]: the progress of a run, on standard error and on a page;
//! * `worker`, `misbehave`, `life`, `launch`, [`swarm`]: threads, their bots, ramp, warm-up,
//!   measured window, storm, end;
//! * [`holdings`], [`soak`], `soak_plot`, `soak_command`: round after round, and whether the server is as
//!   it was before;
//! * [`command`], `games`: the program of a game, of several.
//!
//! Nothing of the protocol is here; `drumbeat_shared::client` implements it.

#[cfg(feature = "bundled")]
pub mod arena;
mod arrival;
pub mod aside;
#[cfg(feature = "bundled")]
pub mod board;
pub mod bot;
pub mod brains;
#[cfg(feature = "bundled")]
pub mod chat;
pub mod clock;
pub mod command;
pub mod connect;
pub mod definitions;
mod driver;
mod echoes;
pub mod faults;
pub mod figure;
pub mod figures;
mod flag;
pub mod found;
mod frame_driver;
mod games;
pub mod holdings;
mod launch;
mod life;
pub mod live;
mod look;
pub mod metrics_source;
mod misbehave;
pub mod options;
pub mod player;
pub mod program;
pub mod progress;
mod random;
pub mod report;
pub mod report_file;
mod screen_driver;
pub mod server_metrics;
pub mod soak;
mod soak_command;
mod soak_plot;
pub mod swarm;
mod table;
#[cfg(feature = "bundled")]
pub mod tag;
mod talk;
mod throttle;
mod ticket_file;
pub mod trust;
pub mod url;
mod waits;
mod wire;
pub mod wishes;
mod worker;

pub use bot::Brain;
pub use brains::Brains;
pub use clock::Stamp;
pub use command::main;
pub use games::Games;
pub use player::Player;
pub use random::{Random, random};
pub use talk::{Talker, talk};
pub use wishes::Wishes;
