//! The text of the bundled maps. The server holds them among its assets; the rules read no files.

/// The default map.
pub const BELT: &str = include_str!("../../assets/maps/belt.toml");
/// The other bundled map.
pub const VOID: &str = include_str!("../../assets/maps/void.toml");

#[cfg(test)]
mod tests {
    use drumbeat_arena::{Arena, Map, Settings, Sketch};
    use drumbeat_shared::game::{Game, Setup};

    use super::*;

    #[test]
    fn the_bundled_maps_are_read_and_belt_is_the_default() {
        let setup = Setup {
            seed: 9,
            capacity: 100,
            tick_hz: 20,
            settings: Settings { house_bots: 0, ..Settings::default() },
        };
        let standard = Map::new(&Sketch::default(), &setup).unwrap();
        assert_eq!(Arena::map(BELT, &setup).unwrap(), standard);
        assert_eq!(Arena::map("", &setup).unwrap(), standard);
        let void = Arena::map(VOID, &setup).unwrap();
        assert_eq!(void.name, "Void");
        assert!((void.rules.speed - 400.0).abs() < f32::EPSILON);
        assert_ne!(void.rocks, standard.rocks);
    }
}
