//! What a Drumbeat program asks of its system, the same for server and swarm.
//!
//! * [`cargo`]: Cargo, for what Cargo runs;
//! * [`Endings`]: the signals that ask a program to end;
//! * [`flag_value`]: what the command line says of one flag;
//! * [`files`]: whether some have changed;
//! * [`limits`]: how many files, threads and bytes of address space the system allows;
//! * [`memory_limit`]: how many bytes of memory it has for the process;
//! * [`admin_port`]: where a program finds the metrics of another.
//!
//! What a program does about any of it is not here.

mod arguments;
mod cargo;
mod endings;
pub mod files;
pub mod limits;
mod memory;
mod ports;

pub use arguments::flag_value;
pub use cargo::cargo;
pub use endings::{AT_ONCE, Asker, Endings};
pub use memory::memory_limit;
pub use ports::admin_port;
