//! Shared parts of the tests of the whole system.

pub mod duel;
pub mod fuzz;
pub mod hot_paths;
pub mod identity;
mod left_out;
pub mod live;
pub mod maps;
pub mod pad;
pub mod page;
pub mod puppet;
pub mod resting_room;
pub mod steer;
pub mod stones;
pub mod temp_file;

pub use left_out::left_out;
