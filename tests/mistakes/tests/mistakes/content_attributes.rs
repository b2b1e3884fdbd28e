//! Attributes of commands and records that don't fit.

use drumbeat_shared::typed::{Command, Record};

#[derive(Command, Clone, Debug, PartialEq)]
struct Twice {
    #[max(9)]
    #[max(99)]
    text: String,
}

#[derive(Record, Clone, Debug, PartialEq)]
struct OneEnd {
    #[range(0..=9)]
    weapon: u8,
}

#[derive(Record, Clone, Debug, PartialEq)]
struct NoNumber {
    #[max]
    text: String,
}

#[derive(Command, Clone, Debug, PartialEq)]
struct Parameters<T> {
    weapon: T,
}

fn main() {}
