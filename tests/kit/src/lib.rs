//! What the tests of a game use.
//!
//! - [`laws!`](crate::laws!) writes tests that try every law of the contract on a game;
//! - [`Room`] is a world for tests of rules: players join, hold controls, and it steps;
//! - [`sim`] runs a whole room with simulated clients, whose connections stall, skip and break;
//! - [`screens`] shows what players see over links of any quality.
//!
//! Nothing here sleeps or opens a socket: time is a number. What is random follows from a seed;
//! `DRUMBEAT_SEED` repeats one.

#[cfg(feature = "core")]
mod browser_core;
pub mod laws;
pub mod pipe;
pub mod room;
pub mod screens;
pub mod seeds;
pub mod sim;

pub use room::Room;

/// Writes tests that try every law of the contract on a game, with many seeds.
///
/// ```
/// # use drumbeat_shared::toy::Toy as MyGame;
/// drumbeat_kit::laws!(MyGame, map = "0");
/// # fn main() {}
/// ```
///
/// `map` is the text of a map, such as `include_str!("../maps/park.toml")`; without it, it is
/// empty. `core = "page/core.wasm"` names the game's compiled browser core, from the folder of the
/// package's manifest, to run it beside a native one.
#[macro_export]
macro_rules! laws {
    (@all $game:ty, $map:expr) => {
        #[test]
        fn every_value_stays_in_its_range() {
            $crate::laws::ranges::<$game>($map);
        }

        #[test]
        fn the_rules_are_a_pure_function_of_world_and_inputs() {
            $crate::laws::purity::<$game>($map);
        }

        #[test]
        fn a_world_restored_from_a_checkpoint_goes_on_as_the_one_that_was_saved() {
            $crate::laws::checkpoints::<$game>($map);
        }

        #[test]
        fn predictions_are_pure_and_keep_to_ranges_and_decisions() {
            $crate::laws::predictions::<$game>($map);
        }

        #[test]
        fn every_input_is_handled() {
            $crate::laws::inputs::<$game>($map);
        }

        #[test]
        fn every_command_has_an_answer() {
            $crate::laws::commands::<$game>($map);
        }

        #[test]
        fn whatever_is_asked_of_a_state_has_an_answer() {
            $crate::laws::answers::<$game>($map);
        }

        #[test]
        fn the_first_frame_shows_the_world_as_it_is() {
            $crate::laws::first_frame::<$game>($map);
        }

        #[test]
        fn every_client_sees_what_the_server_means_whatever_its_connection_does() {
            $crate::laws::views::<$game>($map);
        }
    };
    (@core $game:ty, $map:expr, $core:expr) => {
        #[test]
        fn the_browser_core_agrees_with_the_native_one() {
            let folder = ::std::path::Path::new(::core::env!("CARGO_MANIFEST_DIR"));
            $crate::laws::browser_core::<$game>($map, &folder.join($core));
        }
    };
    ($game:ty $(,)?) => {
        $crate::laws!(@all $game, "");
    };
    ($game:ty, map = $map:expr $(,)?) => {
        $crate::laws!(@all $game, $map);
    };
    ($game:ty, core = $core:expr $(,)?) => {
        $crate::laws!(@all $game, "");
        $crate::laws!(@core $game, "", $core);
    };
    ($game:ty, map = $map:expr, core = $core:expr $(,)?) => {
        $crate::laws!(@all $game, $map);
        $crate::laws!(@core $game, $map, $core);
    };
}
