//! Packs the page: every file of `assets/` with its tag, plain and compressed, so that a running
//! server compresses nothing. Writes a table that `src/net/assets.rs` includes.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The source of the client core, and files that only tools outside a page read.
const LEFT_OUT: [&str; 3] = ["web", "js/package.json", "core.wasm.sources"];
/// The strongest quality: it runs only once.
const BROTLI_QUALITY: i32 = 11;
/// Base-two logarithm of brotli's window, which is larger than any file of a page.
const BROTLI_WINDOW_BITS: i32 = 22;
/// Bytes that a compressed form must save to be worth including.
const SAVING_BYTES_MIN: usize = 64;

fn main() -> io::Result<()> {
    let assets = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("../assets").canonicalize()?;
    let out = PathBuf::from(variable("OUT_DIR"));
    println!("cargo::rerun-if-changed={}", assets.display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Vec::new();
    list(&assets, "", &mut files)?;
    files.sort();
    let mut table = String::from("[\n");
    for (index, path) in files.iter().enumerate() {
        let source = assets.join(path);
        let plain = fs::read(&source)?;
        let gzip = packed(&out.join(format!("{index}.gz")), &plain, gzip(&plain)?)?;
        let brotli = packed(&out.join(format!("{index}.br")), &plain, brotli(&plain)?)?;
        let tag = fnv(&plain);
        writeln!(
            table,
            "File {{ path: {path:?}, tag: {tag:#018x}, plain: include_bytes!({source:?}), \
             gzip: {gzip}, brotli: {brotli} }},"
        )
        .map_err(io::Error::other)?;
    }
    table.push(']');
    fs::write(out.join("assets.rs"), table)
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name} for build scripts"))
}

/// Adds the files below `folder`, as paths from the top with `/` between.
fn list(top: &Path, folder: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(top.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| {
            io::Error::other(format!("assets/{folder}/{} is not Unicode", name.display()))
        })?;
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if LEFT_OUT.contains(&path.as_str()) {
            continue;
        } else if entry.file_type()?.is_dir() {
            list(top, &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

fn brotli(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: plain.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &parameters)?;
    Ok(packed)
}

/// Writes a compressed form if it is worth it; returns the expression that includes it.
fn packed(file: &Path, plain: &[u8], packed: Vec<u8>) -> io::Result<String> {
    if packed.len() + SAVING_BYTES_MIN > plain.len() {
        return Ok("None".to_owned());
    }
    fs::write(file, packed)?;
    Ok(format!("Some(include_bytes!({file:?}))"))
}

/// FNV-1a, which tells versions of a file apart.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
