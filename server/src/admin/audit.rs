//! The account of what those who run a server did.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use metrics::Counter;
use serde::Serialize;
use serde_json::Value;
use tracing::{error, info};

use crate::stamp::Stamp;

/// One act.
#[derive(Debug, Serialize)]
pub(super) struct Entry<'a> {
    /// When.
    pub(super) time: Stamp,
    /// The name of a token, or where the request came from.
    pub(super) who: &'a str,
    /// What was to be done.
    pub(super) act: &'static str,
    /// To whom or what.
    pub(super) target: &'a str,
    /// What was asked for.
    pub(super) request: &'a Value,
    /// Whether it was done.
    pub(super) done: bool,
    /// What was answered.
    pub(super) answer: &'a Value,
}

/// Where acts are written.
#[derive(Debug)]
pub(super) struct Audit {
    file: Option<Mutex<File>>,
    lines_lost: Counter,
}

impl Audit {
    /// Opens the file, if one is named, behind what it holds.
    pub(super) fn open(path: Option<&Path>, lines_lost: Counter) -> io::Result<Self> {
        let open = |path| OpenOptions::new().append(true).create(true).open(path);
        let file = path.map(open).transpose()?.map(Mutex::new);
        Ok(Self { file, lines_lost })
    }

    /// Writes an act to the file and the log.
    pub(super) fn write(&self, entry: &Entry<'_>) {
        let Entry { who, act, target, request, done, answer, .. } = entry;
        info!(target: "audit", who, act, on = target, %request, done, %answer, "an act of those who run the server");
        let Some(file) = &self.file else { return };
        let written = serde_json::to_vec(entry).map_err(io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            // In one piece, so that lines of several servers do not mix.
            file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)
        });
        if let Err(error) = written {
            self.lines_lost.increment(1);
            error!(%error, act, "the audit log could not be written");
        }
    }
}
