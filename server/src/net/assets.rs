//! The bundled page: every file of `assets/`, built into the program with its compressed forms
//! (`build.rs`). A development build reads a file that has changed since the build from the folder,
//! so that a reload shows it.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

/// One file of the page.
#[derive(Debug)]
struct File {
    /// From the top of the page, with `/` between.
    path: &'static str,
    /// Differs for different contents.
    tag: u64,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
    brotli: Option<&'static [u8]>,
}

/// Sorted by path.
static FILES: &[File] = &include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Allows everything from the page's own origin, WebAssembly included, and almost nothing else.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'self'";

/// The text of a file; `None` if there is no file of that name or it is not text.
#[must_use]
pub fn bundled_text(path: &str) -> Option<String> {
    String::from_utf8(find(path)?.plain.to_vec()).ok()
}

fn find(path: &str) -> Option<&'static File> {
    FILES.binary_search_by_key(&path, |file| file.path).ok().map(|index| &FILES[index])
}

/// Answers with a file, or with 404 if there is none.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let text = format!("{method} is not answered here; use GET\n");
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")], text).into_response();
    }
    let path = match uri.path().strip_prefix('/') {
        None | Some("") => "index.html",
        Some(path) => path,
    };
    match find(path) {
        Some(file) => respond(file, &headers),
        None => {
            let text = format!("there is no /{path} here; the game is at /\n");
            (StatusCode::NOT_FOUND, text).into_response()
        }
    }
}

/// The bytes are part of the program: however many visitors ask, no answer copies them.
fn respond(file: &'static File, headers: &HeaderMap) -> Response {
    if let Some(newer) = changed_since(file) {
        let no_cache = (CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        return ([no_cache, (CONTENT_TYPE, content_type(file.path))], newer).into_response();
    }
    // Weak: one tag for all encodings of the same contents.
    let etag = format!("W/\"{:016x}\"", file.tag);
    let known = listed(headers, IF_NONE_MATCH)
        .any(|known| known == "*" || known.trim_start_matches("W/") == &etag[2..]);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (encoding, bytes) = encoded(file, headers);
        let mut response = Body::from(Bytes::from_static(bytes)).into_response();
        if let Some(encoding) = encoding {
            let encoding = HeaderValue::from_static(encoding);
            response.headers_mut().insert(CONTENT_ENCODING, encoding);
        }
        response
    };
    // `no-cache` lets a browser store the file but makes it ask first, so that page, scripts and
    // client core are always of the same version.
    let common = [
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (CONTENT_TYPE, content_type(file.path)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    response.headers_mut().extend(common);
    if let Ok(etag) = etag.try_into() {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

/// The smallest form of a file that a client accepts.
fn encoded(file: &'static File, headers: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
    let takes = |coding: &str| {
        listed(headers, ACCEPT_ENCODING).any(|taken| {
            let (name, weight) = taken.split_once(';').unwrap_or((taken, "q=1"));
            let weight = weight.trim().trim_start_matches("q=").parse::<f32>();
            name.trim().eq_ignore_ascii_case(coding) && weight.is_ok_and(|weight| weight > 0.0)
        })
    };
    match (file.brotli, file.gzip) {
        (Some(brotli), _) if takes("br") => (Some("br"), brotli),
        (_, Some(gzip)) if takes("gzip") => (Some("gzip"), gzip),
        _ => (None, file.plain),
    }
}

/// The members of a header that is a list.
fn listed(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|list| list.split(',')).map(str::trim)
}

/// In a development build, the folder's version of a file if it differs from the program's.
fn changed_since(file: &File) -> Option<Vec<u8>> {
    if !cfg!(debug_assertions) {
        return None;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/");
    let found = std::fs::read(format!("{folder}{}", file.path)).ok()?;
    (found != file.plain).then_some(found)
}

fn content_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "ogg" => "audio/ogg",
        "toml" | "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    static FILE: File = File {
        path: "a.js",
        tag: 7,
        plain: b"plain",
        gzip: Some(b"zipped"),
        brotli: Some(b"breaded"),
    };

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        [(name, value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let first = respond(&FILE, &HeaderMap::new());
        let etag = first.headers()[ETAG].to_str().unwrap();
        assert_eq!(etag, "W/\"0000000000000007\"");
        let check = |known: &str, expected: StatusCode| {
            let response = respond(&FILE, &headers(IF_NONE_MATCH, known));
            assert_eq!(response.status(), expected, "{known}");
            assert_eq!(response.headers()[ETAG], etag);
            assert_eq!(response.headers()[VARY], "accept-encoding");
        };
        check("\"0\"", StatusCode::OK);
        check(etag, StatusCode::NOT_MODIFIED);
        check("\"0\", \"0000000000000007\"", StatusCode::NOT_MODIFIED);
        check("*", StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn a_client_gets_the_smallest_form_that_it_takes() {
        let check = |taken: &str, expected: Option<&str>| {
            let (encoding, _) = encoded(&FILE, &headers(ACCEPT_ENCODING, taken));
            assert_eq!(encoding, expected, "{taken}");
        };
        check("gzip, deflate, br, zstd", Some("br"));
        check("gzip;q=0.5, BR;q=0.1", Some("br"));
        check("br;q=0, gzip", Some("gzip"));
        check("gzip;q=0", None);
        check("identity", None);
        check("brr", None);
        check("", None);
        let gzip = headers(ACCEPT_ENCODING, "gzip");
        assert_eq!(respond(&FILE, &gzip).headers()[CONTENT_ENCODING], "gzip");
        let plain = File { path: "b.js", tag: 7, plain: b"p", gzip: None, brotli: None };
        assert_eq!(encoded(Box::leak(Box::new(plain)), &gzip), (None, &b"p"[..]));
    }

    #[test]
    fn files_bear_their_types() {
        let check = |path: &str, expected: &str| assert_eq!(content_type(path), expected, "{path}");
        check("index.html", "text/html; charset=utf-8");
        check("js/main.js", "text/javascript; charset=utf-8");
        check("core.wasm", "application/wasm");
        check("some.thing", "application/octet-stream");
        check("nothing", "application/octet-stream");
        let response = respond(&FILE, &HeaderMap::new());
        assert_eq!(response.headers()[CACHE_CONTROL], "no-cache");
        assert_eq!(response.headers()[CONTENT_SECURITY_POLICY], POLICY);
    }

    #[test]
    fn the_page_is_there_compressed_and_the_source_of_the_core_is_not() {
        let core = find("core.wasm").unwrap();
        for packed in [core.gzip.unwrap(), core.brotli.unwrap()] {
            assert!(packed.len() < core.plain.len() / 2, "{}", packed.len());
        }
        assert!(find("index.html").is_some() && find("maps/belt.toml").is_some());
        for path in ["web/Cargo.toml", "web/src/lib.rs", "../Cargo.toml", "js/package.json", ""] {
            assert!(find(path).is_none(), "{path}");
        }
    }
}
