//! Fields that don't fit.

use drumbeat_shared::typed::{Entity, IVec2, PlayerId, Private};

#[derive(Entity, Clone, Copy)]
struct NoRange {
    #[position(max = 99)]
    place: IVec2,
    score: i32,
}

#[derive(Entity, Clone, Copy)]
struct NoRangeOfAVector {
    #[position(max = 99)]
    place: IVec2,
    velocity: IVec2,
}

#[derive(Entity, Clone, Copy)]
struct TwoPositions {
    #[position(max = 99)]
    place: IVec2,
    #[position(max = 99)]
    spot: IVec2,
}

#[derive(Entity, Clone, Copy)]
struct PositionAndGroup {
    #[position(max = 99)]
    place: IVec2,
    #[group]
    page: u8,
}

#[derive(Entity, Clone, Copy)]
struct GroupOfTwo {
    #[group]
    #[range(0, 9)]
    page: IVec2,
}

#[derive(Entity, Clone, Copy)]
struct PositionWithoutASize {
    #[position]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
struct PositionOfOneNumber {
    #[position(max = 99)]
    place: u16,
}

#[derive(Entity, Clone, Copy)]
struct TwoRanges {
    #[position(max = 99)]
    #[range(0, 9)]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
struct OwnerThatIsNoPlayer {
    #[position(max = 99)]
    place: IVec2,
    #[owner]
    player: u16,
}

#[derive(Entity, Clone, Copy)]
struct TwoOwners {
    #[position(max = 99)]
    place: IVec2,
    #[owner]
    player: PlayerId,
    #[owner]
    pilot: PlayerId,
}

#[derive(Entity, Clone, Copy)]
struct TooManyFields {
    #[position(max = 99)]
    place: IVec2,
    #[range(0, 9)]
    a: IVec2,
    #[range(0, 9)]
    b: IVec2,
    #[range(0, 9)]
    c: IVec2,
    #[range(0, 9)]
    d: IVec2,
    #[range(0, 9)]
    e: IVec2,
    #[range(0, 9)]
    f: IVec2,
    straw: bool,
}

#[derive(Entity, Clone, Copy)]
struct TwoOfOneName {
    #[position(max = 99)]
    place: IVec2,
    x: u8,
}

#[derive(Entity, Clone, Copy)]
struct TooManyNames {
    #[position(max = 99)]
    place: IVec2,
    #[names(a, b, c)]
    hp: u8,
}

#[derive(Private, Clone, Copy)]
struct Purse {
    coins: i32,
}

fn main() {}
