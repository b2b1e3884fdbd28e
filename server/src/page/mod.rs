//! What visitors are shown: a page is a value, which a program hands to its server.

mod folder;
mod live;

use std::fmt;
use std::path::PathBuf;

use folder::{Folder, TooLarge};
use live::Live;

#[doc(hidden)]
pub use drumbeat_pack::pack;

/// What any page may import, whatever its game.
static LIBRARY: &[File] = pack!([crate] best {} "../assets/js/net");
/// Where a page finds it, unless it has its own.
const LIBRARY_FOLDER: &str = "js/net/";

/// Embeds a folder into the program, as a [`Page`](crate::page::Page) of the files below it, each
/// plain and compressed.
///
/// The folder is relative to the `Cargo.toml` of the crate that calls this. Names of files and
/// folders consist of ASCII letters, digits, `-`, `_` and `.`; one that begins with a dot is left
/// out. So is what `without` lists, by its path from the top of the page:
///
/// ```
/// let page = drumbeat_server::page!("tests/page", without = ["drafts", "notes.md"]);
/// ```
///
/// In an HTML file, the addresses of scripts, style sheets and icons, and those of links that have
/// `data-hashed`, get the hash of what they lead to. Browsers keep such a file for good.
///
/// Where `<meta property="og:image" content="…">` names a picture by its path, those who are no browser
/// get its whole address, as crawlers want it.
///
/// `bundle` names a folder in the page's with files that a bundler has made of others: they replace those
/// that its file `sources` lists, unless one of these has changed since. Its first line is the SHA-256 of
/// each listed path, a line feed, and the file's contents.
///
/// A build with debug assertions takes no bundle, compresses less, and its server reads what has changed
/// since from the folder, so that a reload shows it.
///
/// Cargo builds the program anew when an embedded file changes, but does not see a new one. It does
/// if a `build.rs` prints `cargo::rerun-if-changed=` and the folder.
#[macro_export]
macro_rules! page {
    ($folder:literal $(, without = [$($left_out:literal),* $(,)?])? $(, bundle = $bundle:literal)? $(,)?) => {{
        #[cfg(debug_assertions)]
        let page = $crate::page::Page::embedded(
            $crate::page::pack!([$crate] quick {$($bundle)?} $folder $($($left_out)*)?),
            ::core::env!("CARGO_PKG_VERSION"),
            ::core::option::Option::Some((
                ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", $folder),
                &[$($($left_out,)*)? $($bundle)?],
            )),
        );
        #[cfg(not(debug_assertions))]
        let page = $crate::page::Page::embedded(
            $crate::page::pack!([$crate] best {$($bundle)?} $folder $($($left_out)*)?),
            ::core::env!("CARGO_PKG_VERSION"),
            ::core::option::Option::None,
        );
        page
    }};
}

/// One file of an embedded page.
#[doc(hidden)]
pub struct File {
    /// From the top of the page, with `/` between.
    pub(crate) path: &'static str,
    /// The FNV-1a hash of its contents.
    pub(crate) tag: u64,
    pub(crate) plain: &'static [u8],
    pub(crate) gzip: Option<&'static [u8]>,
    pub(crate) brotli: Option<&'static [u8]>,
}

impl File {
    /// What [`pack!`] writes; a compressed form is empty if it is not worth it.
    #[must_use]
    pub const fn new(
        path: &'static str,
        tag: u64,
        plain: &'static [u8],
        gzip: &'static [u8],
        brotli: &'static [u8],
    ) -> Self {
        const fn filled(bytes: &'static [u8]) -> Option<&'static [u8]> {
            if bytes.is_empty() { None } else { Some(bytes) }
        }
        Self { path, tag, plain, gzip: filled(gzip), brotli: filled(brotli) }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}

/// A file as a visitor gets it.
#[derive(Debug)]
pub(crate) enum Found {
    /// Part of the program.
    Embedded(&'static File),
    /// Read from a folder.
    Read(Vec<u8>),
    /// In a folder, and larger than a file may be.
    TooLarge,
}

/// The page of a game: what a server shows to visitors. With any page, `/js/net/…` is the library
/// that joins a server, `assets/js/net` of Drumbeat, unless the page has such files itself.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Sorted by path.
    files: &'static [File],
    /// Goes before those files.
    folder: Option<Folder>,
    /// Makes the page reload by itself.
    live: Option<Live>,
    /// That of the program which embeds the files.
    pub(crate) version: Option<&'static str>,
}

impl Page {
    /// No page: visitors read how to pass one.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The files below `folder`, read anew for each visitor: for development. Links are followed
    /// only within the folder. Its HTML files reload by themselves when a file changes, or when the
    /// server is started again.
    #[must_use]
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        let top = folder.into();
        let live = Some(Live::new(top.clone()));
        Self { folder: Some(Folder::new(top, &[])), live, ..Self::none() }
    }

    /// What [`page!`](crate::page!) writes. `live` is the folder that the files come from, and what
    /// of it is left out.
    #[doc(hidden)]
    #[must_use]
    pub fn embedded(
        files: &'static [File],
        version: &'static str,
        live: Option<(&str, &'static [&'static str])>,
    ) -> Self {
        let folder = live.map(|(path, left_out)| Folder::new(path.into(), left_out));
        Self { files, folder, live: None, version: Some(version) }
    }

    /// Whether there is no page.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.files.is_empty() && self.folder.is_none()
    }

    /// The file at a path from the top of the page, with `/` between.
    pub(crate) fn find(&self, path: &str) -> Option<Found> {
        let Some(live) = &self.live else { return self.find_file(path) };
        match self.find_file(path) {
            Some(Found::Read(bytes)) => Some(Found::Read(live.with_script(path, bytes))),
            Some(found) => Some(found),
            None => live.find(path).map(Found::Read),
        }
    }

    /// The file itself, as it is.
    fn find_file(&self, path: &str) -> Option<Found> {
        let embedded = embedded(self.files, path)
            .or_else(|| embedded(LIBRARY, path.strip_prefix(LIBRARY_FOLDER)?));
        match (self.folder.as_ref().and_then(|folder| folder.find(path)), embedded) {
            // The same, and compressed.
            (Some(Ok(bytes)), Some(file)) if file.plain == bytes => Some(Found::Embedded(file)),
            (Some(Ok(bytes)), _) => Some(Found::Read(bytes)),
            (Some(Err(TooLarge)), _) => Some(Found::TooLarge),
            (None, embedded) => embedded.map(Found::Embedded),
        }
    }
}

fn embedded(files: &'static [File], path: &str) -> Option<&'static File> {
    files.binary_search_by_key(&path, |file| file.path).ok().map(|index| &files[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contents of a file, and whether they are the program's own.
    fn contents(page: &Page, path: &str) -> Option<(Vec<u8>, bool)> {
        match page.find(path)? {
            Found::Embedded(file) => Some((file.plain.to_vec(), true)),
            Found::Read(bytes) => Some((bytes, false)),
            Found::TooLarge => panic!("{path} is too large"),
        }
    }

    #[test]
    fn an_embedded_page_has_the_files_of_its_folder_but_those_left_out() {
        let page = crate::page!("src", without = ["net", "lib.rs"]);
        let own = (include_bytes!("mod.rs").to_vec(), true);
        assert_eq!(contents(&page, "page/mod.rs"), Some(own));
        for path in ["net/mod.rs", "net", "lib.rs", "page", "page/", "", "../Cargo.toml", "gone.js"]
        {
            assert_eq!(contents(&page, path), None, "{path}");
        }
        let without_folder = Page { folder: None, ..page.clone() };
        assert!(contents(&without_folder, "page/mod.rs").is_some());
        assert_eq!(page.version, Some(env!("CARGO_PKG_VERSION")));
        assert!(!page.is_none() && Page::none().is_none());
    }

    #[test]
    fn html_names_its_scripts_by_their_contents() {
        static FILES: &[File] = pack!([crate] best {"gone"} "tests/page");
        let [script, index] = ["dots.js", "index.html"].map(|path| embedded(FILES, path).unwrap());
        let html = str::from_utf8(index.plain).unwrap();
        let address = format!("src=\"dots.js?content={:016x}\"", script.tag);
        assert!(html.contains(&address), "{address} in {html}");
    }

    #[test]
    fn what_has_changed_in_the_folder_goes_before_what_was_embedded() {
        static FILES: &[File] = &[File::new("a.js", 7, b"old", b"", b"")];
        let top = std::env::temp_dir().join(format!("drumbeat-page-{}", std::process::id()));
        std::fs::create_dir_all(top.join("js/net")).unwrap();
        let page = Page::embedded(FILES, "1.0.0", Some((top.to_str().unwrap(), &[])));
        let embedded = contents(&page, "a.js");
        std::fs::write(top.join("a.js"), "new").unwrap();
        std::fs::write(top.join("js/net/index.js"), "own").unwrap();
        let changed = ["a.js", "js/net/index.js"].map(|path| contents(&page, path));
        std::fs::write(top.join("a.js"), "old").unwrap();
        let same = contents(&page, "a.js");
        std::fs::remove_dir_all(&top).unwrap();
        assert_eq!(embedded, Some((b"old".to_vec(), true)));
        assert_eq!(changed, ["new", "own"].map(|text| Some((text.into(), false))));
        assert_eq!(same, embedded);
        assert!(contents(&page, "js/net/index.js").is_some_and(|(_, is_embedded)| is_embedded));
    }
}
