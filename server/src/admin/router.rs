//! The paths of the admin listener.

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use drumbeat_shared::game::Game;

use super::answer::Problem;
use super::state::Admin;
use super::{acts, guard, looks, room_acts};

/// All paths. Whatever changes something is a POST with a body of JSON.
pub(super) fn router<G: Game>(admin: Arc<Admin<G>>) -> Router {
    Router::new()
        .route("/healthz", get(looks::healthz::<G>))
        .route("/metrics", get(looks::metrics::<G>))
        .route("/api/server", get(looks::server::<G>))
        .route("/api/rooms", get(looks::rooms::<G>))
        .route("/api/rooms/{room}", get(looks::room::<G>))
        .route("/api/rooms/{room}/kick", post(room_acts::kick::<G>))
        .route("/api/rooms/{room}/ban", post(room_acts::ban::<G>))
        .route("/api/rooms/{room}/mute", post(room_acts::mute::<G>))
        .route("/api/rooms/{room}/unmute", post(room_acts::unmute::<G>))
        .route("/api/rooms/{room}/say", post(room_acts::say::<G>))
        .route("/api/rooms/{room}/close", post(room_acts::close::<G>))
        .route("/api/rooms/{room}/lock", post(room_acts::lock::<G>))
        .route("/api/rooms/{room}/unlock", post(room_acts::unlock::<G>))
        .route("/api/say", post(acts::say::<G>))
        .route("/api/bans", get(looks::bans::<G>).post(acts::ban::<G>))
        .route("/api/bans/{id}/lift", post(acts::lift::<G>))
        .route("/api/drain", post(acts::drain::<G>))
        .route("/api/undrain", post(acts::undrain::<G>))
        .route("/api/log", post(acts::log::<G>))
        .method_not_allowed_fallback(wrong_method)
        .fallback(nothing)
        .layer(from_fn_with_state(Arc::clone(&admin), guard::require::<G>))
        .with_state(admin)
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    let text = format!(
        "{method} is not answered at {}: what reads is a GET, what changes something a POST",
        uri.path()
    );
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, text)
}

async fn nothing(uri: Uri) -> Problem {
    let text = format!("there is no {} here; docs/admin.md lists what there is", uri.path());
    Problem::new(StatusCode::NOT_FOUND, text)
}
