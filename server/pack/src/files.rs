//! Finds the files of a page, and compresses each once, so that a running server compresses
//! nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::bundle::{Bundle, SOURCES};
use crate::hashed::with_hashes;

/// Brotli's strongest quality, for a program that many visitors ask.
pub(crate) const QUALITY_BEST: i32 = 11;
/// One that takes no noticeable time, for a build that is tried out and thrown away.
pub(crate) const QUALITY_QUICK: i32 = 5;
/// Base-two logarithm of brotli's window, which is larger than any file of a page.
const BROTLI_WINDOW_BITS: i32 = 22;
/// Bytes that a compressed form must save to be worth including.
const SAVING_BYTES_MIN: usize = 64;

/// One file of a page.
#[derive(Debug)]
pub(crate) struct File {
    /// From the top of the page, with `/` between.
    pub(crate) path: String,
    /// Where it stands.
    pub(crate) source: PathBuf,
    /// Its contents if they are not those that stand there.
    pub(crate) changed: Option<Vec<u8>>,
    /// Differs for different contents.
    pub(crate) tag: u64,
    /// Empty if it would not be smaller.
    pub(crate) gzip: Vec<u8>,
    /// Empty if it would not be smaller.
    pub(crate) brotli: Vec<u8>,
}

impl File {
    /// Where it stands, if its contents are not those that stand there.
    pub(crate) fn changed_source(&self) -> Option<&PathBuf> {
        self.changed.as_ref().map(|_| &self.source)
    }
}

/// What is to be packed, and how.
#[derive(Debug)]
pub(crate) struct Order<'a> {
    /// The page's folder.
    pub(crate) top: &'a Path,
    /// Files and folders that are not part of the page.
    pub(crate) left_out: &'a [String],
    /// The folder in it whose files replace those that they were made of.
    pub(crate) bundle: Option<&'a str>,
    /// Brotli's quality.
    pub(crate) quality: i32,
    /// Whether addresses in HTML files get the hashes of what they lead to.
    pub(crate) hashes: bool,
}

/// The files of a page.
#[derive(Debug)]
pub(crate) struct Packed {
    /// Sorted by path.
    pub(crate) files: Vec<File>,
    /// What else it was made of, so that a change of it packs the page anew.
    pub(crate) made_of: Vec<PathBuf>,
}

/// The files of a page, each compressed.
///
/// # Errors
/// When a folder or a file cannot be read, or has a name that no address has.
pub(crate) fn pack(order: &Order<'_>) -> io::Result<Packed> {
    let Order { top, left_out, bundle: name, quality, hashes } = *order;
    let bundle = name.map_or(Ok(None), |name| Bundle::find(top, name))?;
    let mut left_out = left_out.to_vec();
    left_out.extend(name.map(str::to_owned));
    let mut made_of = Vec::new();
    if let Some(bundle) = &bundle {
        left_out.extend(bundle.sources.iter().cloned());
        made_of.extend(bundle.sources.iter().map(|path| top.join(path)));
        made_of.push(bundle.folder.join(SOURCES));
    }
    let mut paths = Vec::new();
    list(top, "", &left_out, &mut paths)?;
    let mut sources: BTreeMap<_, _> =
        paths.into_iter().map(|path| (path.clone(), top.join(path))).collect();
    if let Some(Bundle { folder, .. }) = &bundle {
        let mut paths = Vec::new();
        list(folder, "", &[SOURCES.to_owned()], &mut paths)?;
        sources.extend(paths.into_iter().map(|path| (path.clone(), folder.join(path))));
    }
    let mut files = Vec::new();
    for (path, source) in sources {
        let plain = named(fs::read(&source), &path)?;
        files.push((path, source, plain));
    }
    let tags: BTreeMap<_, _> =
        files.iter().map(|(path, _, plain)| (path.clone(), fnv(plain))).collect();
    let files = files.into_iter().map(|(path, source, plain)| {
        let html = str::from_utf8(&plain).ok().filter(|_| hashes && path.ends_with(".html"));
        let hashed = html.map(|html| with_hashes(html, &path, |path| tags.get(path).copied()));
        let changed = hashed.map(String::into_bytes).filter(|hashed| *hashed != plain);
        pack_one(path, source, &plain, changed, quality)
    });
    Ok(Packed { files: files.collect::<io::Result<_>>()?, made_of })
}

/// Adds the files below `folder`, as paths from the top.
fn list(top: &Path, folder: &str, left_out: &[String], paths: &mut Vec<String>) -> io::Result<()> {
    for entry in named(fs::read_dir(top.join(folder)), folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if name.starts_with('.') || left_out.contains(&path) {
            continue;
        }
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            let advice = "a name may have letters of ASCII, digits, '-', '_' and '.'; rename it";
            return Err(io::Error::other(format!("{path}: {advice}, or leave it out")));
        }
        if entry.path().is_dir() {
            list(top, &path, left_out, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

fn pack_one(
    path: String,
    source: PathBuf,
    plain: &[u8],
    changed: Option<Vec<u8>>,
    quality: i32,
) -> io::Result<File> {
    let plain = changed.as_deref().unwrap_or(plain);
    let worth = |packed: Vec<u8>| {
        let saves = packed.len() + SAVING_BYTES_MIN <= plain.len();
        if saves { packed } else { Vec::new() }
    };
    let (gzip, brotli) = (worth(gzip(plain)?), worth(brotli(plain, quality)?));
    Ok(File { path, source, tag: fnv(plain), changed, gzip, brotli })
}

/// The same, with the path in the error.
fn named<T>(result: io::Result<T>, path: &str) -> io::Result<T> {
    result.map_err(|error| io::Error::other(format!("/{path}: {error}")))
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

fn brotli(plain: &[u8], quality: i32) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: plain.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &parameters)?;
    Ok(packed)
}

/// FNV-1a, which tells versions of a file apart.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets")
    }

    fn order<'a>(top: &'a Path, left_out: &'a [String]) -> Order<'a> {
        Order { top, left_out, bundle: None, quality: QUALITY_QUICK, hashes: false }
    }

    fn pack(top: &Path, left_out: &[String]) -> io::Result<Vec<File>> {
        Ok(super::pack(&order(top, left_out))?.files)
    }

    fn pack_one(source: &Path, quality: i32) -> File {
        let plain = fs::read(source).unwrap();
        super::pack_one("file".into(), source.into(), &plain, None, quality).unwrap()
    }

    #[test]
    fn files_come_sorted_without_what_is_left_out() {
        let left_out = ["arena".into(), "net/core.js".into()];
        let files = pack(&assets().join("js"), &left_out).unwrap();
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert!(paths.is_sorted() && paths.contains(&"net/index.js"), "{paths:?}");
        for path in paths {
            assert!(!path.starts_with("arena") && path != "net/core.js", "{path}");
        }
    }

    #[test]
    fn a_file_is_compressed_where_that_saves_something() {
        let core = assets().join("core.wasm");
        let [quick, best] = [QUALITY_QUICK, QUALITY_BEST].map(|quality| pack_one(&core, quality));
        let plain = fs::read(&best.source).unwrap();
        for packed in [&quick.gzip, &quick.brotli] {
            assert!(!packed.is_empty() && packed.len() < plain.len() / 2, "{}", packed.len());
        }
        assert!(best.brotli.len() < quick.brotli.len() && best.gzip == quick.gzip);
        let small = std::env::temp_dir().join(format!("drumbeat-pack-{}", std::process::id()));
        fs::write(&small, "small").unwrap();
        let packed = pack_one(&small, QUALITY_BEST);
        fs::remove_file(&small).unwrap();
        assert!(packed.gzip.is_empty() && packed.brotli.is_empty());
    }

    #[test]
    fn a_bundle_replaces_what_it_was_made_of() {
        let top = std::env::temp_dir().join(format!("drumbeat-pack-{}.b", std::process::id()));
        fs::create_dir_all(top.join("built/js")).unwrap();
        let write = |path: &str, text: &str| fs::write(top.join(path), text).unwrap();
        let unbundled = "<script src=\"a.js\"></script>";
        for (path, text) in [("index.html", unbundled), ("a.js", "a"), ("icon.svg", "i")] {
            write(path, text);
        }
        write("built/index.html", "<script src=\"js/a.js\"></script>");
        write("built/js/a.js", "A");
        // printf 'a.js\naindex.html\n%s' '<script src="a.js"></script>' | sha256sum
        let hash = "1155080ac2cbdaf468ff0f7e3819a29744a0774c92b838ab24e63b1251333d64";
        write("built/sources", &format!("{hash}\na.js\nindex.html\n"));
        let pack = || {
            let bundle = Some("built");
            let packed = super::pack(&Order { bundle, hashes: true, ..order(&top, &[]) }).unwrap();
            let paths = packed.files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
            let index = packed.files.into_iter().find(|file| file.path == "index.html").unwrap();
            let text = String::from_utf8(index.changed.unwrap()).unwrap();
            (paths.join(" "), text, packed.made_of.len())
        };
        let hashed = |path: &str, text: &str| {
            format!("<script src=\"{path}?content={:016x}\"></script>", fnv(text.as_bytes()))
        };
        let bundled = pack();
        write("a.js", "b");
        let stale = pack();
        fs::remove_dir_all(&top).unwrap();
        assert_eq!(bundled, ("icon.svg index.html js/a.js".into(), hashed("js/a.js", "A"), 3));
        assert_eq!(stale, ("a.js icon.svg index.html".into(), hashed("a.js", "b"), 0));
    }

    #[test]
    fn what_cannot_be_packed_is_named() {
        let folder = std::env::temp_dir().join(format!("drumbeat-pack-{}.d", std::process::id()));
        fs::create_dir_all(folder.join("pictures")).unwrap();
        fs::write(folder.join(".hidden file"), "").unwrap();
        assert!(pack(&folder, &[]).unwrap().is_empty());
        fs::write(folder.join("pictures/my file.png"), "").unwrap();
        let error = pack(&folder, &[]).err().unwrap().to_string();
        let without = pack(&folder, &["pictures".into()]);
        fs::remove_dir_all(&folder).unwrap();
        assert!(error.starts_with("pictures/my file.png: a name may have"), "{error}");
        assert!(without.unwrap().is_empty());
        assert!(pack(&folder, &[]).is_err());
    }
}
