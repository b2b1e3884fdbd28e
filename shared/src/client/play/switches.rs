//! Which parts of the netcode are on.

/// Parts of the netcode that can be turned off, to see what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches {
    /// The own avatar is drawn ahead of the server.
    pub prediction: bool,
    /// Frames correct the prediction.
    pub reconciliation: bool,
    /// The others are drawn between two frames instead of at the newest.
    pub interpolation: bool,
    /// The server judges aims by what was on the screen.
    pub lag_compensation: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { prediction: true, reconciliation: true, interpolation: true, lag_compensation: true }
    }
}
