//! Attributes that don't fit.

use drumbeat_shared::typed::{Entity, IVec2};

#[derive(Entity, Clone, Copy)]
struct OneEnd {
    #[position(max = 99)]
    place: IVec2,
    #[range(0..=9)]
    hp: u8,
}

#[derive(Entity, Clone, Copy)]
struct Twice {
    #[position(max = 99)]
    place: IVec2,
    #[range(0, 9)]
    #[range(0, 9)]
    hp: u8,
}

#[derive(Entity, Clone, Copy)]
struct UnknownBlend {
    #[position(max = 99)]
    #[draw(smooth)]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
struct UnknownCode {
    #[position(max = 99)]
    #[code(bits = 3)]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
struct UnknownEntry {
    #[position(max = 99)]
    #[code(entry = tiny(3))]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
struct NearANumber {
    #[position(max = 99)]
    place: IVec2,
    #[code(entry = near(3))]
    hp: u8,
}

#[derive(Entity, Clone, Copy)]
#[common([x, z])]
struct UnknownNameInASet {
    #[position(max = 99)]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
#[delayed([y], [x, y, x])]
struct TwiceInASet {
    #[position(max = 99)]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
#[common([x, y], [y, x])]
struct TwoSetsAlike {
    #[position(max = 99)]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
#[common([x])]
#[common([y])]
struct TwoLists {
    #[position(max = 99)]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
#[common(x, y)]
struct NoBrackets {
    #[position(max = 99)]
    place: IVec2,
}

#[derive(Entity, Clone, Copy)]
#[entity(title = "ship")]
struct UnknownTitle {
    #[position(max = 99)]
    place: IVec2,
}

fn main() {}
