//! What of the netcode is on.

/// Parts of the netcode that can be turned off, to see what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches {
    /// The own avatar is drawn ahead of the server.
    pub prediction: bool,
    /// The prediction is corrected by what the server says.
    pub reconciliation: bool,
    /// The others are drawn between two frames instead of as of the newest.
    pub interpolation: bool,
    /// The server judges aims by what was on the screen.
    pub lag_compensation: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { prediction: true, reconciliation: true, interpolation: true, lag_compensation: true }
    }
}
