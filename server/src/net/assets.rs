//! The page over HTTP: each file with its type, its headers, and in the smallest form that the
//! visitor takes.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use drumbeat_shared::fnv::Fnv;
use drumbeat_shared::game::Game;

use super::edge::Edge;
use crate::page::{File, Found, Page};

/// The file at `/`.
const INDEX: &str = "index.html";

/// Answers with a file, or with the reason why there is none.
pub(crate) async fn serve<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let text = format!("{method} is not answered here; use GET\n");
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")], text).into_response();
    }
    let path = match uri.path().strip_prefix('/') {
        None | Some("") => INDEX,
        Some(path) => path,
    };
    answer(&edge.config.page, path, &headers)
}

fn answer(page: &Page, path: &str, headers: &HeaderMap) -> Response {
    match page.find(path) {
        Some(Found::Embedded(file)) => respond(file, headers),
        Some(Found::Read(bytes)) => {
            let mut tag = Fnv::default();
            tag.write(&bytes);
            with_headers(path, tag.finish(), headers, (None, bytes.into()))
        }
        Some(Found::TooLarge) => {
            let text = format!("/{path} is larger than a file of a page may be\n");
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
        None => (StatusCode::NOT_FOUND, missing(page, path)).into_response(),
    }
}

/// Why there is no such file, and what to do.
fn missing(page: &Page, path: &str) -> String {
    match path {
        INDEX if page.is_none() => "this server has no page; --page FOLDER serves one, and \
            drumbeat_server::page!(\"FOLDER\") embeds one into the program\n"
            .to_owned(),
        INDEX => "the page has no index.html\n".to_owned(),
        _ => format!("there is no /{path} here; the game is at /\n"),
    }
}

/// The bytes are part of the program: however many visitors ask, no answer copies them.
fn respond(file: &'static File, headers: &HeaderMap) -> Response {
    let (encoding, bytes) = encoded(file, headers);
    with_headers(file.path, file.tag, headers, (encoding, Bytes::from_static(bytes)))
}

/// The answer with these contents, or that the visitor has them already: `tag` tells versions of a
/// file apart.
fn with_headers(
    path: &str,
    tag: u64,
    headers: &HeaderMap,
    (encoding, bytes): (Option<&'static str>, Bytes),
) -> Response {
    // Weak: one tag for all encodings of the same contents.
    let etag = format!("W/\"{tag:016x}\"");
    let known = listed(headers, IF_NONE_MATCH)
        .any(|known| known == "*" || known.trim_start_matches("W/") == &etag[2..]);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Body::from(bytes).into_response();
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
        (CONTENT_TYPE, content_type(path)),
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
    }

    #[test]
    fn a_page_of_any_game_finds_the_library_and_not_what_is_beside_it() {
        let answer = |page: &Page, path: &str| answer(page, path, &HeaderMap::new());
        for page in [Page::none(), Page::folder("src"), crate::page!("src", without = ["lib.rs"])] {
            let library = answer(&page, "js/net/index.js");
            assert_eq!(library.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
            assert!(library.headers().contains_key(ETAG));
            for path in ["js/net", "js/net/", "js/net/../main.js", "js/main.js", "net/index.js"] {
                assert_eq!(answer(&page, path).status(), StatusCode::NOT_FOUND, "{path}");
            }
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let check = |page: Page, path: &str, part: &str| {
            let text = missing(&page, path);
            assert!(text.contains(part), "{part} in {text}");
        };
        check(Page::none(), INDEX, "--page FOLDER");
        check(Page::folder("src"), INDEX, "no index.html");
        check(Page::none(), "a/b", "there is no /a/b here");
    }
}
