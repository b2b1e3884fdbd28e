//! What a Drumbeat program asks of its system, the same for server and swarm.
//!
//! * [`Endings`]: the signals that ask a program to end;
//! * [`limits`]: how many files, threads and bytes of memory the system allows.
//!
//! What a program does about either is not here.

mod endings;
pub mod limits;

pub use endings::{AT_ONCE, Endings};
