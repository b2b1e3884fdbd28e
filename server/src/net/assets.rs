//! The page over HTTP: each file with its type, its headers, and in the smallest form that the
//! visitor takes.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use drumbeat_shared::fnv::Fnv;
use drumbeat_shared::game::Game;

use super::connection::Visitor;
use super::edge::Edge;
use super::previews;
use crate::page::{File, Found, Page};

/// The file at `/`.
const INDEX: &str = "index.html";

/// How a query begins that names the contents which the visitor wants, by their hash: `server/pack` writes
/// such addresses.
const CONTENT: &str = "content=";
/// Digits of the hash.
const HASH_DIGITS: usize = 16;
/// What has its hash in its address never changes.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// Answers with a file, or with the reason why there is none.
pub(crate) async fn serve<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    if method != Method::GET && method != Method::HEAD {
        let text = format!("{method} is not answered here; use GET\n");
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")], text).into_response();
    }
    let path = match uri.path().strip_prefix('/') {
        None | Some("") => INDEX,
        Some(path) => path,
    };
    let page = &edge.config.page;
    let previewed =
        (path == INDEX).then(|| previews::of((page, path), &visitor.connection, &request));
    match previewed.flatten() {
        Some(bytes) => {
            let version = Version { path, tag: tag_of(&bytes), is_final: false };
            with_headers(&version, headers, (None, bytes))
        }
        None => answer(page, (path, wanted(uri.query())), headers),
    }
}

/// Tells versions of a file apart.
fn tag_of(bytes: &[u8]) -> u64 {
    let mut tag = Fnv::default();
    tag.write(bytes);
    tag.finish()
}

/// The hash of the contents that a query asks for, if it does.
fn wanted(query: Option<&str>) -> Option<u64> {
    let digits = query?.strip_prefix(CONTENT).filter(|digits| digits.len() == HASH_DIGITS)?;
    u64::from_str_radix(digits, 16).ok()
}

fn answer(page: &Page, (path, wanted): (&str, Option<u64>), headers: &HeaderMap) -> Response {
    let found = page.find(path);
    let tag = match &found {
        Some(Found::Embedded(file)) => file.tag,
        Some(Found::Read(bytes)) => tag_of(bytes),
        _ => 0,
    };
    match found {
        // Of another version of the page: what a page has stored must not become a mixture.
        Some(Found::Embedded(_) | Found::Read(_)) if wanted.is_some_and(|wanted| wanted != tag) => {
            let text = format!("/{path} has other contents by now; load the page again\n");
            (StatusCode::NOT_FOUND, text).into_response()
        }
        Some(Found::Embedded(file)) => respond(file, wanted.is_some(), headers),
        Some(Found::Read(bytes)) => {
            let version = Version { path, tag, is_final: wanted.is_some() };
            with_headers(&version, headers, (None, bytes.into()))
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
fn respond(file: &'static File, is_final: bool, headers: &HeaderMap) -> Response {
    let (encoding, bytes) = encoded(file, headers);
    let version = Version { path: file.path, tag: file.tag, is_final };
    with_headers(&version, headers, (encoding, Bytes::from_static(bytes)))
}

/// Which contents an answer has.
pub(super) struct Version<'a> {
    pub(super) path: &'a str,
    /// Tells versions of a file apart.
    pub(super) tag: u64,
    /// Whether its address names these contents and no others.
    pub(super) is_final: bool,
}

/// The answer with these contents, or that the visitor has them already.
pub(super) fn with_headers(
    &Version { path, tag, is_final }: &Version<'_>,
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
    let how_long = if is_final { FOR_GOOD } else { "no-cache" };
    let vary = if path == INDEX { previews::VARY } else { "accept-encoding" };
    let common = [
        (CACHE_CONTROL, HeaderValue::from_static(how_long)),
        (CONTENT_TYPE, content_type(path)),
        (VARY, HeaderValue::from_static(vary)),
    ];
    response.headers_mut().extend(common);
    if let Ok(etag) = etag.try_into() {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

/// The form of a file that a client likes best; of those that it likes equally, the smallest.
fn encoded(file: &'static File, headers: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
    let plain = (None, file.plain);
    let brotli = file.brotli.map(|bytes| (Some("br"), bytes));
    let gzip = file.gzip.map(|bytes| (Some("gzip"), bytes));
    let weigh = |form: (Option<&'static str>, &'static [u8])| (weight(headers, form.0), form);
    let forms = [Some(plain), gzip, brotli].into_iter().flatten().map(weigh);
    let liked = forms.filter(|(weight, _)| *weight > 0.0);
    // The last of equals.
    let best = liked.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map_or(plain, |(_, form)| form)
}

/// How much a client likes an encoding (RFC 9110, section 12.5.3), 0 if it does not take it. Plain bytes
/// are taken unless refused, and liked least unless it says otherwise.
fn weight(headers: &HeaderMap, encoding: Option<&str>) -> f32 {
    let said = |name: &str| {
        listed(headers, ACCEPT_ENCODING).find_map(|taken| {
            let (found, weight) = taken.split_once(';').unwrap_or((taken, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok());
            found.trim().eq_ignore_ascii_case(name).then_some(weight.unwrap_or(0.0))
        })
    };
    match encoding {
        Some(encoding) => said(encoding).or_else(|| said("*")).unwrap_or(0.0),
        None => said("identity").unwrap_or(f32::MIN_POSITIVE),
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
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
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
        let first = respond(&FILE, false, &HeaderMap::new());
        let etag = first.headers()[ETAG].to_str().unwrap();
        assert_eq!(etag, "W/\"0000000000000007\"");
        let check = |known: &str, expected: StatusCode| {
            let response = respond(&FILE, false, &headers(IF_NONE_MATCH, known));
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
        check("gzip;q=0.5, BR;q=0.1", Some("gzip"));
        check("gzip;q=0.5, br;q=0.5", Some("br"));
        check("*", Some("br"));
        check("br;q=0, *;q=0.3", Some("gzip"));
        check("identity, br;q=0.5", None);
        check("identity;q=0.1, br;q=0.5", Some("br"));
        check("br;q=many, gzip; q=0.2", Some("gzip"));
        check("br;q=0, gzip", Some("gzip"));
        check("gzip;q=0", None);
        check("identity", None);
        check("brr", None);
        check("", None);
        let gzip = headers(ACCEPT_ENCODING, "gzip");
        assert_eq!(respond(&FILE, false, &gzip).headers()[CONTENT_ENCODING], "gzip");
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
    }

    #[test]
    fn what_has_its_hash_in_its_address_is_kept_for_good() {
        let page = crate::page!("src", without = ["lib.rs"]);
        let answer = |path: &str, query: Option<&str>| {
            answer(&page, (path, wanted(query)), &HeaderMap::new())
        };
        let cached = |response: &Response| response.headers()[CACHE_CONTROL].clone();
        let now = answer("page/mod.rs", None);
        assert_eq!(cached(&now), "no-cache");
        let tag = now.headers()[ETAG].to_str().unwrap()[3..19].to_owned();
        let same = answer("page/mod.rs", Some(&format!("content={tag}")));
        assert_eq!((same.status(), cached(&same).to_str().unwrap()), (StatusCode::OK, FOR_GOOD));
        let known = headers(IF_NONE_MATCH, now.headers()[ETAG].to_str().unwrap());
        let known =
            super::answer(&page, ("page/mod.rs", u64::from_str_radix(&tag, 16).ok()), &known);
        assert_eq!((known.status(), cached(&known)), (StatusCode::NOT_MODIFIED, cached(&same)));
        let other = answer("page/mod.rs", Some("content=0123456789abcdef"));
        assert_eq!(other.status(), StatusCode::NOT_FOUND);
        assert!(!other.headers().contains_key(CACHE_CONTROL));
        // An author's own query is none of this.
        for query in ["v=2", "content=2", "content=0123456789abcdeg", "content=0123456789abcdef0"] {
            assert_eq!(cached(&answer("page/mod.rs", Some(query))), "no-cache", "{query}");
        }
    }

    #[test]
    fn a_page_of_any_game_finds_the_library_and_not_what_is_beside_it() {
        let answer = |page: &Page, path: &str| answer(page, (path, None), &HeaderMap::new());
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
