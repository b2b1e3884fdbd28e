//! Inputs that lack one of the other derives.

use drumbeat_shared::typed::Input;

#[derive(Input, Clone, Debug, Default, PartialEq)]
struct NoCopy {
    runs: bool,
}

#[derive(Input, Clone, Copy, Debug, PartialEq)]
struct NoDefault {
    runs: bool,
}

#[derive(Input, Clone, Copy, Default, PartialEq)]
struct NoDebug {
    runs: bool,
}

#[derive(Input, Clone, Copy, Debug, Default)]
struct NoPartialEq {
    runs: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct NoInput {
    runs: bool,
}

fn takes<I: drumbeat_shared::input::Input>() {}

fn main() {
    takes::<NoInput>();
}
