//! The schema as JSON, made once for all clients that have not been built with the game.

use std::sync::Arc;

use drumbeat_shared::descriptor::describe_whole;
use drumbeat_shared::fnv::Fnv;
use drumbeat_shared::game::Game;
use drumbeat_shared::limits::SCHEMA_BYTES_MAX;

/// The text.
pub(super) struct SchemaText {
    text: Arc<str>,
    tag: u64,
}

impl SchemaText {
    /// The schema of this game.
    pub(super) fn new<G: Game>() -> Self {
        let text = serde_json::to_string(&describe_whole::<G>()).unwrap_or_default();
        let mut tag = Fnv::default();
        tag.write(text.as_bytes());
        Self { text: text.into(), tag: tag.finish() }
    }

    /// The text, and what tells it from others.
    pub(super) fn text(&self) -> (&str, u64) {
        (&self.text, self.tag)
    }

    /// The text, if it is short enough for a welcome.
    pub(super) fn for_welcome(&self) -> Option<Arc<str>> {
        (self.text.len() <= SCHEMA_BYTES_MAX).then(|| Arc::clone(&self.text))
    }
}
