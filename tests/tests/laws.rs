//! The laws of the contract, tried on the bundled game.

drumbeat_kit::laws!(
    drumbeat_arena::Arena,
    map = drumbeat_tests::maps::BELT,
    core = "../assets/core.wasm"
);
