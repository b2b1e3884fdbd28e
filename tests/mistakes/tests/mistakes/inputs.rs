//! Inputs that the engine can't take.

use drumbeat_shared::typed::{IVec2, Input};

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct RangeOfABool {
    #[range(0, 1)]
    runs: bool,
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct NoRange {
    speed: i32,
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct NoRangeOfAPlace {
    aim: IVec2,
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct Tuple(u8, bool);

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct Parameters<T> {
    weapon: T,
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
enum Keys {
    #[default]
    Rest,
    Run,
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct TwoOfOneName {
    #[names(x, y)]
    #[range(0, 9)]
    aim: IVec2,
    x: u8,
}

fn main() {}
