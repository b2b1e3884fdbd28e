//! The benchmark: one command that starts the server, loads it, measures it against its targets
//! and against the floor of the machine, and ends it.
//!
//! The files from the ground up; each uses only those that are named before it:
//!
//! * `pin`, `process`, `server_process`, `maps`: cores, processor time, the server, its maps;
//! * `visitors`, `load`, `floor`: what a run is made of;
//! * `run`, `edges`, `figure`, `runs`, `row`: what was measured, what follows, how it stands to its
//!   target;
//! * `screen`, `harness`: how a benchmark goes, one run;
//! * `scenario`, `outcome`: what a scenario is, what came of one;
//! * `climb`, `measure`: run one;
//! * `feel`, `finders`, `scenarios`: the table of what each runs and what is asked of it;
//! * `options`, `machine`: what can be asked for, the conditions;
//! * `summary`, `feel_table`, `table`, `plot`, `html`: all that was found, for people;
//! * `bench`, [`command`]: the program.
//!
//! Only on Linux: it counts with epoll and what `/proc` says.

#![cfg(target_os = "linux")]

mod bench;
mod climb;
pub mod command;
mod edges;
mod feel;
mod feel_table;
mod figure;
mod finders;
mod floor;
mod harness;
mod html;
mod load;
mod machine;
mod maps;
mod measure;
mod options;
mod outcome;
mod pin;
mod plot;
mod process;
mod row;
mod run;
mod runs;
mod scenario;
mod scenarios;
mod screen;
mod server_process;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod visitors;
