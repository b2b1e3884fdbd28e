//! The derives in a crate whose author's names are those of the prelude, or keywords.

use super::super::*;
use crate::input::Input as _;

/// The prelude's names stand for something else here, `type Result<T>` as in many crates.
#[allow(dead_code)]
mod taken {
    use crate::typed::{
        Angle, Entity, Event, IVec2, Input, PlayerId, Private, Tick, Value, entities,
    };

    type Result<T> = core::result::Result<T, ()>;
    type Option = u8;
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    trait From {}
    trait Into {}
    trait FnOnce {}
    trait Clone {}
    trait Copy {}

    #[derive(Value, Clone, Copy, Debug, Default, PartialEq)]
    pub(super) enum Gait {
        #[default]
        Walk,
        Run,
    }

    #[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
    pub(super) struct Keys {
        heading: Angle,
        gait: Gait,
        #[range(0, 9)]
        aim: IVec2,
        whom: core::option::Option<PlayerId>,
    }

    #[derive(Entity, Clone, Copy, Debug, PartialEq)]
    pub(super) struct Runner {
        #[decision]
        gait: Gait,
        #[position(max = 99)]
        #[code(delayed_bits = same)]
        place: IVec2,
        #[owner]
        player: PlayerId,
        #[range(0, 9)]
        #[code(delayed_bits = 3)]
        energy: i32,
        #[typical(core::option::Option::None)]
        rival: core::option::Option<PlayerId>,
    }

    #[derive(Entity, Clone, Copy, Debug, PartialEq)]
    pub(super) struct Stone {
        #[position(min = 1, max = 99)]
        pub(super) place: IVec2,
    }

    entities! {
        #[derive(Debug, PartialEq)]
        pub(super) enum Thing {
            Runner,
            Stone,
        }
    }

    #[derive(Private, Clone, Copy, Debug, PartialEq)]
    struct Purse {
        since: Tick,
    }

    #[derive(Event, Clone, Debug, PartialEq)]
    enum Met {
        Nobody,
        Somebody { whom: core::option::Option<PlayerId>, gait: Gait },
    }
}

#[test]
fn an_authors_names_may_be_those_of_the_prelude() {
    let stone = taken::Stone { place: IVec2::new(7, 8) };
    let thing = taken::Thing::from(stone);
    assert_eq!(taken::Thing::read(&thing.write()), thing);
    assert_eq!(taken::Keys::from_fields(&[0; 14]), taken::Keys::default());
}

#[derive(Value, Clone, Copy, Debug, Default, PartialEq)]
#[allow(non_camel_case_types)]
enum Move {
    #[default]
    r#continue,
    r#break,
}

#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
struct Wish {
    r#type: u8,
    r#move: Move,
    #[range(0, 9)]
    r#in: IVec2,
    #[names(r#as)]
    other: bool,
}

#[derive(Entity, Clone, Copy, Debug, PartialEq)]
#[allow(non_camel_case_types)]
#[common([r#type, x])]
struct r#box {
    r#type: u8,
    #[position(max = 9)]
    r#where: IVec2,
}

#[test]
fn a_field_that_is_called_like_a_keyword_has_its_plain_name() {
    let names: Vec<&str> = Wish::CONTROLS.iter().map(|control| control.name).collect();
    assert_eq!(names, ["type", "move", "in_x", "in_y", "as"]);
    assert_eq!(Wish::CONTROLS[1].values, ["continue", "break"]);
    assert_eq!((r#box::KIND.name, r#box::KIND.fields[0].name), ("box", "type"));
    assert_eq!(r#box::KIND.common_sets, [0b11]);
}
