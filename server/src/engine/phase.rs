//! The parts of a tick, as far as they are timed.

use crate::labels::labels;

labels! {
    /// A part of a tick; they come in this order.
    pub enum Phase {
        /// Draining the inboxes.
        Input = "input",
        /// The rules.
        Step = "step",
        /// The snapshot, and the changes since the last.
        Encode = "encode",
        /// The frames.
        FanOut = "fanout",
    }
}
