//! Arena maps for loads. No other file of the benchmark knows which game is played.

use drumbeat_arena::{SHIPS_PER_VIEW, WORLD_MIN};

/// A world no larger than a view.
pub(crate) fn crowd_map() -> &'static str {
    include_str!("crowd.toml")
}

/// A map with the world size that the server makes for this number of players.
pub(crate) fn sized_map(players: u32) -> String {
    let views = players as f32 / SHIPS_PER_VIEW;
    let [width, height] = [1_600.0, 900.0].map(|side| side * views.sqrt());
    format!(
        "[world]\nwidth = {:.1}\nheight = {:.1}\n",
        width.max(WORLD_MIN.x as f32),
        height.max(WORLD_MIN.y as f32)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_of_its_own_is_as_large_as_the_servers() {
        assert_eq!(sized_map(1_250), "[world]\nwidth = 8000.0\nheight = 4500.0\n");
        assert_eq!(sized_map(1), "[world]\nwidth = 2200.0\nheight = 1400.0\n");
    }
}
