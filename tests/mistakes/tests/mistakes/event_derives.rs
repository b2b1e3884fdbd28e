//! Events that lack a derive, or have a part that lacks it.

use drumbeat_shared::typed::Event;

#[derive(Clone, Debug)]
struct Prize {
    points: u32,
}

#[derive(Event, Clone, Debug)]
enum PartThatIsNoEvent {
    Won(Prize),
}

#[derive(Event, Debug)]
struct NoClone {
    points: u32,
}

#[derive(Event, Clone)]
struct NoDebug {
    points: u32,
}

fn takes<E: drumbeat_shared::game::Event>() {}

fn main() {
    takes::<Prize>();
}
