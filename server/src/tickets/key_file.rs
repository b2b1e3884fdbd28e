//! The file with the keys, followed while the server runs.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tracing::{info, warn};

use super::keys::{KEY_FILE_BYTES_MAX, Keys};

/// A file with keys, and those that it held when it last could be read.
#[derive(Debug)]
pub(super) struct KeyFile {
    path: PathBuf,
    loaded: RwLock<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    keys: Arc<Keys>,
    /// What the file held when it was last looked at, or why it could not be read.
    seen: Result<Vec<u8>, String>,
}

impl KeyFile {
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let named = |error| format!("the keys of tickets in {}: {error}", path.display());
        let bytes = read(path).map_err(named)?;
        let keys = Arc::new(Keys::read(&bytes).map_err(named)?);
        let loaded = RwLock::new(Loaded { keys, seen: Ok(bytes) });
        Ok(Self { path: path.to_owned(), loaded })
    }

    /// The keys in force.
    pub(super) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner).keys)
    }

    /// Looks at the file again. If it has changed, its keys are in force from now on; if they cannot
    /// be read, those before stay, and the log says so once.
    ///
    /// Keys are short: that a file changed is seen by its bytes, which no clock can hide.
    pub(super) fn refresh(&self) {
        let seen = read(&self.path);
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        if seen == loaded.seen {
            return;
        }
        let file = self.path.display();
        match seen.as_deref().map_err(Clone::clone).and_then(Keys::read) {
            Ok(keys) => {
                info!(%file, keys = keys.list().count(), "the keys of tickets were read anew");
                loaded.keys = Arc::new(keys);
            }
            Err(text) => warn!(
                %file, text,
                "the keys of tickets cannot be read, those before stay in force: mend the file, it \
                 is then read by itself"
            ),
        }
        loaded.seen = seen;
    }
}

/// The file's bytes; one too many of a file that is too long.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| format!("cannot open the file: {error}"))?;
    file.take(KEY_FILE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read the file: {error}"))?;
    Ok(bytes)
}
