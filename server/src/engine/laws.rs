//! The laws of a game's contract that a room can check while it runs (`--check-rules`).
//!
//! The room then keeps a twin: a second world that goes through the same joins, leaves and
//! steps, and must stay equal. A second world instead of a clone of the first before each step:
//! games need no `Clone` for it, and it finds what a clone would share with its original, such as
//! the order of a `HashMap`, a counter of the whole process, or state outside the entities.
//!
//! A broken law is a text in the words of the game's author. The room panics with it, and so ends
//! as it does when the rules themselves panic.

mod compare;
mod twin;
mod world;

pub use compare::{Difference, compare};
pub(super) use twin::Twin;
pub use world::{check_entities, check_prediction};
