//! What pages of other origins may read (the fetch standard's CORS protocol).

use axum::http::{HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::Origin;

/// Lets pages of these origins read the routes under this layer, without credentials.
pub(crate) fn layer(allowed: &[Origin]) -> CorsLayer {
    let allowed = allowed.to_vec();
    let may_read = move |origin: &HeaderValue, _: &_| {
        let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Origin>().ok());
        origin.is_some_and(|origin| allowed.contains(&origin))
    };
    CorsLayer::new()
        .allow_methods([Method::GET, Method::HEAD])
        .allow_origin(AllowOrigin::predicate(may_read))
}
