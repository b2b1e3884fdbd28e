//! The bundled page: every file of `assets/`, embedded in the program (in a development build
//! read from the folder, so that a reload shows a change).

use axum::body::Body;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY,
};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

/// The files; `web/` is the source of one of them, and `package.json` is for tests outside a page.
#[derive(Embed)]
#[folder = "../assets/"]
#[exclude = "web/**"]
#[exclude = "js/package.json"]
struct Assets;

/// Everything from the page's own origin, WebAssembly included, and nothing else.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'self'";

/// The text of an embedded file; `None` if there is none of that name or it is no text.
#[must_use]
pub fn bundled_text(path: &str) -> Option<String> {
    String::from_utf8(Assets::get(path)?.data.into_owned()).ok()
}

/// Answers with a file, or says that there is none.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let text = format!("{method} is not answered here; use GET\n");
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")], text).into_response();
    }
    let path = match uri.path().strip_prefix('/') {
        None | Some("") => "index.html",
        Some(path) => path,
    };
    match Assets::get(path).filter(|_| is_plain(path)) {
        Some(file) => respond(path, file, &headers),
        None => {
            let text = format!("there is no /{path} here; the game is at /\n");
            (StatusCode::NOT_FOUND, text).into_response()
        }
    }
}

/// Whether a path names its file straight. Where files are read from the folder, `maps/../web`
/// would lead to files that are left out.
fn is_plain(path: &str) -> bool {
    !path.contains('\\') && path.split('/').all(|segment| !["", ".", ".."].contains(&segment))
}

fn respond(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let tag = u64::from_le_bytes(hash[..8].try_into().expect("a hash has 32 bytes"));
    let etag = format!("\"{tag:016x}\"");
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|known| [etag.as_str(), "*"].contains(&known.trim().trim_start_matches("W/")));
    // `no-cache` lets a browser keep the file but makes it ask first: page, scripts and client
    // core of one version always go together.
    let common = [
        (ETAG, etag.as_str()),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_TYPE, content_type(path)),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
    ];
    if known {
        (StatusCode::NOT_MODIFIED, common).into_response()
    } else {
        (common, Body::from(file.data.into_owned())).into_response()
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
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
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn file(text: &'static str) -> EmbeddedFile {
        let hash = std::array::from_fn(|index| text.as_bytes()[index % text.len()]);
        EmbeddedFile {
            data: Cow::Borrowed(text.as_bytes()),
            metadata: rust_embed::Metadata::__rust_embed_new(hash, None, None),
        }
    }

    fn status(known: Option<&str>) -> StatusCode {
        let mut headers = HeaderMap::new();
        if let Some(known) = known {
            headers.insert(IF_NONE_MATCH, known.parse().unwrap());
        }
        respond("a.js", file("text"), &headers).status()
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let first = respond("a.js", file("text"), &HeaderMap::new());
        let etag = first.headers()[ETAG].to_str().unwrap();
        let other = respond("a.js", file("next"), &HeaderMap::new());
        assert_ne!(other.headers()[ETAG], etag);
        assert_eq!(status(None), StatusCode::OK);
        assert_eq!(status(Some("\"0\"")), StatusCode::OK);
        assert_eq!(status(Some(etag)), StatusCode::NOT_MODIFIED);
        assert_eq!(status(Some(&format!("\"0\", W/{etag}"))), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn files_bear_their_types() {
        let check = |path: &str, expected: &str| {
            let response = respond(path, file("text"), &HeaderMap::new());
            assert_eq!(response.headers()[CONTENT_TYPE], expected, "{path}");
            assert_eq!(response.headers()[CACHE_CONTROL], "no-cache");
            assert_eq!(response.headers()[CONTENT_SECURITY_POLICY], POLICY);
        };
        check("index.html", "text/html; charset=utf-8");
        check("js/main.js", "text/javascript; charset=utf-8");
        check("core.wasm", "application/wasm");
        check("some.thing", "application/octet-stream");
        check("nothing", "application/octet-stream");
    }

    #[test]
    fn only_straight_paths_are_plain() {
        for path in ["index.html", "maps/belt.toml", "js/..a/b..js"] {
            assert!(is_plain(path), "{path}");
        }
        for path in ["maps/../web/Cargo.toml", "..", "./index.html", "js//main.js", "js\\..\\a", ""]
        {
            assert!(!is_plain(path), "{path}");
        }
    }

    #[test]
    fn sources_of_the_client_core_are_not_served() {
        assert!(Assets::iter().all(|path| !path.starts_with("web/")));
        for path in ["web/Cargo.toml", "web/src/lib.rs", "../Cargo.toml"] {
            assert!(Assets::get(path).is_none(), "{path}");
        }
    }
}
