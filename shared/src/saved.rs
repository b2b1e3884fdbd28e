//! What a checkpoint holds of a world, and what it does not: the map and the settings, which whoever
//! restores a world gives anew.

use std::any::{Any, type_name};
use std::cell::RefCell;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A world that a checkpoint holds: what is read back is what was written. `#[derive(Saved)]`
/// implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be saved in a checkpoint of the room",
    note = "write #[derive(Saved)] above the struct, which `drumbeat_shared::typed` exports",
    note = "a field with the map or the settings that `Game::new` was given is #[given], and one \
            whose content does not matter between two ticks is #[scratch]"
)]
pub trait Saved: Serialize + DeserializeOwned {}

type Anything = Arc<dyn Any + Send + Sync>;

thread_local! {
    /// What the world that is being read on this thread is given.
    static GIVEN: RefCell<Vec<Anything>> = const { RefCell::new(Vec::new()) };
}

/// Calls `read`, in which [`given`] finds these two.
pub(crate) fn giving<A, B, R>(one: &A, other: &B, read: impl FnOnce() -> R) -> R
where
    A: Clone + Send + Sync + 'static,
    B: Clone + Send + Sync + 'static,
{
    /// Takes them away again even if the reading panics.
    struct Taken(Vec<Anything>);
    impl Drop for Taken {
        fn drop(&mut self) {
            GIVEN.set(std::mem::take(&mut self.0));
        }
    }
    let all: Vec<Anything> = vec![Arc::new(one.clone()), Arc::new(other.clone())];
    let _before = Taken(GIVEN.replace(all));
    read()
}

/// What a `#[given]` field of a world that is being read is given.
///
/// # Panics
/// When the field is neither the map (`Arc<Map>`) nor the settings.
#[must_use]
pub fn given<T: Clone + 'static>() -> T {
    let found =
        GIVEN.with_borrow(|all| all.iter().find_map(|one| one.downcast_ref::<T>().cloned()));
    found.unwrap_or_else(|| {
        panic!(
            "a #[given] field is a {}, and a world is given its map in an `Arc` and its settings, \
             nothing else: leave the attribute out to have the field saved",
            type_name::<T>()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_is_given_its_map_and_its_settings_while_it_is_read() {
        let map = Arc::new(7_u8);
        let (same, settings) = giving(&map, &"settings", || {
            // A world inside of a world, in a test of a game.
            let inner = giving(&Arc::new(8_u8), &(), given::<Arc<u8>>);
            assert_eq!(*inner, 8);
            (given::<Arc<u8>>(), given::<&str>())
        });
        assert!(Arc::ptr_eq(&same, &map));
        assert_eq!(settings, "settings");
    }

    #[test]
    #[should_panic = "a #[given] field is a u16, and a world is given its map"]
    fn nothing_else_is_given() {
        giving(&Arc::new(7_u8), &(), given::<u16>);
    }
}
