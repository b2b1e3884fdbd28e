//! The page that the servers of tests show.

use drumbeat_server::{Page, page};

/// That of the bundled game.
#[must_use]
pub fn page() -> Page {
    page!("../assets", without = ["web"], bundle = "built")
}
