//! What a Drumbeat program asks of the system that runs it, the same for server and swarm.
//!
//! * [`Endings`]: the signals that ask a program to end;
//! * [`limits`]: how many files, threads and bytes of memory the system allows.
//!
//! Not here: what a program does about either.

mod endings;
pub mod limits;

pub use endings::{AT_ONCE, Endings};
