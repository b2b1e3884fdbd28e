//! A page for development reloads by itself: its HTML files bring a script along that asks for the
//! revision of the page.

use std::path::PathBuf;
use std::time::SystemTime;

use drumbeat_process::files;

const SCRIPT: &str = "live/reload.js";
const REVISION: &str = "live/revision.txt";

/// A folder whose page reloads when a file changes, or when another server serves it.
#[derive(Clone, Debug)]
pub(super) struct Live {
    top: PathBuf,
    /// Tells servers apart.
    since: SystemTime,
}

impl Live {
    pub(super) fn new(top: PathBuf) -> Self {
        Self { top, since: SystemTime::now() }
    }

    /// A file that this adds to the page.
    pub(super) fn find(&self, path: &str) -> Option<Vec<u8>> {
        match path {
            SCRIPT => Some(include_bytes!("reload.js").to_vec()),
            REVISION => Some(self.revision().into_bytes()),
            _ => None,
        }
    }

    /// The file at `path` with the script, if it is HTML.
    pub(super) fn with_script(&self, path: &str, mut bytes: Vec<u8>) -> Vec<u8> {
        if path.ends_with(".html") {
            let up = "../".repeat(path.matches('/').count());
            let revision = self.revision();
            let tag =
                format!("<script type=\"module\" src=\"{up}{SCRIPT}?{revision}\"></script>\n");
            bytes.extend(tag.into_bytes());
        }
        bytes
    }

    fn revision(&self) -> String {
        let since = self.since.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        format!("{:x}-{:x}", since.as_nanos(), files::revision([&self.top]))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn html_asks_for_the_revision_that_it_was_served_with() {
        let top = std::env::temp_dir().join(format!("drumbeat-live-{}", std::process::id()));
        fs::create_dir_all(&top).unwrap();
        let live = Live::new(top.clone());
        let revision = || String::from_utf8(live.find(REVISION).unwrap()).unwrap();
        let first = revision();
        let page = |path: &str| String::from_utf8(live.with_script(path, b"<p>".to_vec())).unwrap();
        let tag = |up: &str| {
            format!("<p><script type=\"module\" src=\"{up}live/reload.js?{first}\"></script>\n")
        };
        assert_eq!(page("index.html"), tag(""));
        assert_eq!(page("a/b/index.html"), tag("../../"));
        assert_eq!(page("page.js"), "<p>");
        assert_eq!(revision(), first);
        fs::write(top.join("page.js"), "new").unwrap();
        let second = revision();
        fs::remove_dir_all(&top).unwrap();
        assert_ne!(second, first);
        assert_ne!(
            Live { since: SystemTime::UNIX_EPOCH, ..live.clone() }.revision(),
            live.revision()
        );
        assert!(live.find(SCRIPT).is_some() && live.find("live").is_none());
    }
}
