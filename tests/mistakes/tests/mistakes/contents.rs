//! Commands and records whose limits are missing or don't fit.

use drumbeat_shared::typed::{Command, Content, Record};

#[derive(Command, Clone, Debug, PartialEq)]
enum NoLimit {
    Write { text: String },
}

#[derive(Record, Clone, Debug, PartialEq)]
struct NoLimitOfAList {
    points: Vec<(i8, i8)>,
}

#[derive(Record, Clone, Debug, PartialEq)]
struct TextsInAList {
    #[max(9)]
    lines: Vec<String>,
}

#[derive(Command, Clone, Debug, PartialEq)]
struct LimitOfANumber {
    #[max(9)]
    weapon: u8,
}

#[derive(Command, Clone, Debug, PartialEq)]
struct RangeOfAText {
    #[max(9)]
    #[range(0, 9)]
    text: String,
}

#[derive(Command, Clone, Debug, PartialEq)]
struct RangeBackwards {
    #[range(9, 0)]
    weapon: u8,
}

#[derive(Content, Clone, Debug, PartialEq)]
struct RangeBeyondTheType {
    #[range(0, 300)]
    weapon: u8,
}

fn main() {}
