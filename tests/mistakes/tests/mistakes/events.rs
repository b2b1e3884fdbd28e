//! Events that can't be sent.

use drumbeat_shared::typed::Event;

#[derive(Event, Clone, Debug)]
struct Parameters<T> {
    what: T,
}

#[derive(Event, Clone, Copy)]
union Bits {
    a: u8,
}

fn main() {}
