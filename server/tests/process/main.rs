//! The `drumbeat` program as the system sees it: signals that end it, and limits that it meets.

#![cfg(unix)]

mod admin;
mod certificate;
mod drain;
mod endings;
mod harness;
#[cfg(target_os = "linux")]
mod limits;
mod manager;
