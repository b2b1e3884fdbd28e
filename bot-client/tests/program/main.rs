//! The `drumbeat-bots` program, run as users run it.

#![cfg(unix)]

mod page;
mod process;
mod runs;
