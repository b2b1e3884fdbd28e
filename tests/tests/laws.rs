//! The laws of the contract, tried on the bundled game.

use std::path::Path;

use drumbeat_arena::Arena;
use drumbeat_shared::toy::Toy;
use drumbeat_tests::maps::BELT;

/// From the folder of this package.
const CORE: &str = "../assets/core.wasm";

drumbeat_kit::laws!(Arena, map = BELT, core = CORE);

#[test]
#[should_panic(expected = "another schema than these rules: build it anew")]
fn a_browser_core_of_another_game_is_found() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(CORE);
    drumbeat_kit::laws::browser_core::<Toy>("0", &path);
}
