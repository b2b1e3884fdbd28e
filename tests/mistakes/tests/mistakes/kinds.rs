//! Items on which a derive can't go, and lists of kinds.

use drumbeat_shared::typed::{Entity, IVec2, Value, entities};

#[derive(Entity, Clone, Copy)]
struct NoNames(IVec2);

#[derive(Entity, Clone, Copy)]
enum NoStruct {
    A,
}

#[derive(Entity, Clone, Copy)]
struct Parameters<T> {
    #[position(max = 99)]
    place: IVec2,
    rest: T,
}

#[derive(Value, Clone, Copy)]
enum Data {
    Calm,
    Angry(u8),
}

#[derive(Value, Clone, Copy)]
enum OwnNumbers {
    Calm = 1,
    Angry = 2,
}

#[derive(Value, Clone, Copy)]
struct NoEnum(u8);

entities! {
    enum WithPayload {
        Ship(Ship),
    }
}

entities! {
    enum Nothing {}
}

fn main() {}
