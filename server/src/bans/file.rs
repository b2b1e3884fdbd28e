//! The file of bans: JSON, replaced whole, so that it is never half written.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ban::Ban;

/// The version of the file's form.
const VERSION: u32 = 1;
/// Limit of a file's bytes.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// Why the bans could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum BansError {
    /// The file cannot be read.
    #[error("cannot read the file of bans {}: {error}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is not one of bans, or only a part of one.
    #[error(
        "the file of bans {} is damaged: {reason}; mend it, put a copy in its place, or remove it to \
         start without bans", path.display()
    )]
    Damaged {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file could not be written where it will have to be.
    #[error(
        "cannot write the file of bans {}: {error}; name another with --bans, or let the server \
         write to its folder", path.display()
    )]
    Unwritable {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content<B> {
    version: u32,
    bans: B,
}

/// Reads a file; one that does not exist holds no bans.
pub(super) fn read(path: &Path) -> Result<Vec<Ban>, BansError> {
    let damaged = |reason: String| BansError::Damaged { path: path.to_owned(), reason };
    let unreadable = |error| BansError::Unreadable { path: path.to_owned(), error };
    let bytes = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Ok(about) if about.len() > FILE_BYTES_MAX => {
            return Err(damaged(format!("it has more than {FILE_BYTES_MAX} bytes")));
        }
        _ => fs::read(path).map_err(unreadable)?,
    };
    let content: Content<Vec<Ban>> =
        serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    if content.version != VERSION {
        let version = content.version;
        return Err(damaged(format!("it is of version {version}, and {VERSION} is known")));
    }
    Ok(content.bans)
}

/// Replaces a file: at any moment, there is the one before or the new one, complete.
pub(super) fn write(path: &Path, bans: &[Ban]) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(&Content { version: VERSION, bans })?;
    let beside = beside(path);
    let mut file = File::create(&beside)?;
    file.write_all(&text)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(path)
}

/// Makes the new name as durable as the file.
fn sync_folder(path: &Path) -> io::Result<()> {
    // Windows opens no folders.
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// Where the new file is written before it takes its name.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}
