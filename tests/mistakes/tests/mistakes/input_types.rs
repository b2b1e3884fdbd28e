//! Inputs with types, ranges or attributes that don't fit.

use drumbeat_shared::typed::Input;

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct Fraction {
    speed: f32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Weapon {
    #[default]
    Sword,
    Bow,
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct EnumThatIsNoValue {
    weapon: Weapon,
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct TooWide {
    #[range(0, 300)]
    weapon: u8,
}

fn main() {
    let _ = (Weapon::Sword, Weapon::Bow);
}
