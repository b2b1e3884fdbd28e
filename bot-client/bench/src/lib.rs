//! The benchmark: one command that starts the server, loads it, measures it against its targets and
//! against the floor of the machine, and ends it.
//!
//! The files in dependency order; each uses only those named before it:
//!
//! * `pin`, `process`, `server_process`, `maps`, `certificate`: cores, processor time, the server, its
//!   maps, its certificate;
//! * `visitors`, `play`, `load`, `floor`: the parts of a run;
//! * `run`, `edges`, `figure`, `runs`, `row`: measurements, figures, comparison with a target;
//! * `screen`, `harness`: the progress of a benchmark, one run;
//! * `scenario`, `outcome`: a scenario and its outcome;
//! * `climb`, `measure`: run a scenario;
//! * `links`, `feel`, `together`, `finders`, `scenarios`: the table of what each scenario runs, and
//!   its targets;
//! * `options`, `machine`: the command line, the conditions;
//! * `summary`, `link_table`, `table`, `plot`, `html`, `page`: the results, for people;
//! * `bench`, [`command`]: the program.
//!
//! Only for Linux: it uses epoll and `/proc`.

#![cfg(target_os = "linux")]

mod bench;
mod certificate;
mod climb;
pub mod command;
mod edges;
mod feel;
mod figure;
mod finders;
mod floor;
mod harness;
mod html;
mod link_table;
mod links;
mod load;
mod machine;
mod maps;
mod measure;
mod options;
mod outcome;
mod page;
mod pin;
mod play;
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
mod together;
mod visitors;
