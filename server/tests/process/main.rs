//! The `drumbeat` program as the system sees it: signals that end it, limits that it runs into.

#![cfg(unix)]

mod endings;
mod harness;
#[cfg(target_os = "linux")]
mod limits;
