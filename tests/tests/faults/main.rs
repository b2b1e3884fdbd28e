//! Faults of the machine, of its limits and of its peers, on a server process that bots play on. In each,
//! ticks go on or the gap is said, nobody's view is wrong, nobody who could stay is lost, and what the
//! players took is given back.

#![cfg(target_os = "linux")]

mod clock;
mod harness;
mod limits;
mod logs;
mod machine;
mod memory;
mod ticks;
