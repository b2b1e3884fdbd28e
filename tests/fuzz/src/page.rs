//! The page that the servers of the targets show.

use drumbeat_server::Page;

/// None: the targets are about the server.
#[must_use]
pub fn page() -> Page {
    Page::none()
}
