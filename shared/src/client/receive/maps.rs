//! The static world, decoded once for all clients of a process.
//!
//! Prediction looks things up in the map for every entity in view. Hundreds of clients with their
//! own copies would push each other's copies out of the processor's caches.

use std::sync::{Arc, Mutex, PoisonError};

use crate::game::Game;
use crate::protocol::codec::{DecodeError, decode_server};

/// The map that was opened last, shared between clients.
#[derive(Debug)]
pub struct Maps<G: Game>(Arc<Mutex<Option<Opened<G>>>>);

#[derive(Debug)]
struct Opened<G: Game> {
    bytes: Vec<u8>,
    map: Arc<G::Map>,
}

impl<G: Game> Default for Maps<G> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<G: Game> Clone for Maps<G> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<G: Game> Maps<G> {
    /// The map in these bytes.
    pub(crate) fn open(&self, bytes: Vec<u8>) -> Result<Arc<G::Map>, DecodeError> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = last.as_ref().filter(|opened| opened.bytes == bytes) {
            return Ok(Arc::clone(&opened.map));
        }
        let map: Arc<G::Map> = Arc::new(decode_server(&bytes)?);
        *last = Some(Opened { bytes, map: Arc::clone(&map) });
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::codec::encode;
    use crate::toy::Toy;

    #[test]
    fn the_same_map_is_opened_once_and_another_is_another() {
        let maps = Maps::<Toy>::default();
        let open = |bytes: &[u8]| maps.clone().open(bytes.to_vec());
        let bytes = |map: i32| encode(&map);
        let first = open(&bytes(500)).unwrap();
        assert!(Arc::ptr_eq(&first, &open(&bytes(500)).unwrap()));
        assert_eq!(*open(&bytes(600)).unwrap(), 600);
        assert_eq!(*open(&bytes(500)).unwrap(), *first);
        assert!(open(&[]).is_err());
    }
}
