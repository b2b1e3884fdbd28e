//! Finds the files of a page, and compresses each once, so that a running server compresses
//! nothing.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Brotli's strongest quality, for a program that many visitors ask.
pub(crate) const QUALITY_BEST: i32 = 11;
/// One that takes no noticeable time, for a build that is tried out and thrown away.
pub(crate) const QUALITY_QUICK: i32 = 5;
/// Base-two logarithm of brotli's window, which is larger than any file of a page.
const BROTLI_WINDOW_BITS: i32 = 22;
/// Bytes that a compressed form must save to be worth including.
const SAVING_BYTES_MIN: usize = 64;

/// One file of a page.
pub(crate) struct File {
    /// From the top of the page, with `/` between.
    pub(crate) path: String,
    /// Where it stands.
    pub(crate) source: PathBuf,
    /// Differs for different contents.
    pub(crate) tag: u64,
    /// Empty if it would not be smaller.
    pub(crate) gzip: Vec<u8>,
    /// Empty if it would not be smaller.
    pub(crate) brotli: Vec<u8>,
}

/// The files below `top` without those in `left_out`, sorted by path, compressed with this quality
/// of brotli's.
///
/// # Errors
/// When a folder or a file cannot be read, or has a name that no address has.
pub(crate) fn pack(top: &Path, left_out: &[String], quality: i32) -> io::Result<Vec<File>> {
    let mut paths = Vec::new();
    list(top, "", left_out, &mut paths)?;
    paths.sort();
    paths.into_iter().map(|path| pack_one(top.join(&path), path, quality)).collect()
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

fn pack_one(source: PathBuf, path: String, quality: i32) -> io::Result<File> {
    let plain = named(fs::read(&source), &path)?;
    let worth = |packed: Vec<u8>| {
        let saves = packed.len() + SAVING_BYTES_MIN <= plain.len();
        if saves { packed } else { Vec::new() }
    };
    let (gzip, brotli) = (worth(gzip(&plain)?), worth(brotli(&plain, quality)?));
    Ok(File { path, source, tag: fnv(&plain), gzip, brotli })
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

    #[test]
    fn files_come_sorted_without_what_is_left_out() {
        let left_out = ["arena".into(), "net/core.js".into()];
        let files = pack(&assets().join("js"), &left_out, QUALITY_QUICK).unwrap();
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert!(paths.is_sorted() && paths.contains(&"net/index.js"), "{paths:?}");
        for path in paths {
            assert!(!path.starts_with("arena") && path != "net/core.js", "{path}");
        }
    }

    #[test]
    fn a_file_is_compressed_where_that_saves_something() {
        let pack = |quality| pack_one(assets().join("core.wasm"), "core.wasm".into(), quality);
        let [quick, best] = [QUALITY_QUICK, QUALITY_BEST].map(|quality| pack(quality).unwrap());
        let plain = fs::read(&best.source).unwrap();
        for packed in [&quick.gzip, &quick.brotli] {
            assert!(!packed.is_empty() && packed.len() < plain.len() / 2, "{}", packed.len());
        }
        assert!(best.brotli.len() < quick.brotli.len() && best.gzip == quick.gzip);
        let small = std::env::temp_dir().join(format!("drumbeat-pack-{}", std::process::id()));
        fs::write(&small, "small").unwrap();
        let packed = pack_one(small.clone(), "small".into(), QUALITY_BEST).unwrap();
        fs::remove_file(&small).unwrap();
        assert!(packed.gzip.is_empty() && packed.brotli.is_empty());
    }

    #[test]
    fn what_cannot_be_packed_is_named() {
        let pack = |folder: &Path, left_out: &[String]| pack(folder, left_out, QUALITY_QUICK);
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
