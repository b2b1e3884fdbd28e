//! The timed parts of a tick.

use crate::labels::labels;

labels! {
    /// A part of a tick, in order.
    pub enum Phase {
        /// Draining the inboxes.
        Input = "input",
        /// The rules.
        Step = "step",
        /// The snapshot, and the changes since the last one.
        Encode = "encode",
        /// The frames.
        FanOut = "fanout",
    }
}
