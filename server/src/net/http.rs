//! Everything that strangers see and is not the game: the page, health, and which rooms there are.

use std::sync::Arc;

use axum::extract::{MatchedPath, Path, Query, Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use drumbeat_shared::game::Game;
use drumbeat_shared::protocol::names::is_room_name;
use serde::Deserialize;

use super::connection::{Connection, Visitor};
use super::edge::Edge;
use super::refusal::{Refusal, shown};
use super::{assets, badge, cors, feed, host, origin, upgrade};
use crate::rooms::{Draining, Still};
use crate::telemetry::requests::Route;

type Shared<G> = State<Arc<Edge<G>>>;

/// The paths of health checks, which are answered even when all connections are taken.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// All routes.
pub(crate) fn router<G: Game>(edge: Arc<Edge<G>>) -> Router {
    let readable = Router::new()
        .route("/readyz", get(readyz::<G>))
        .route("/api/rooms", get(rooms::<G>))
        .route("/api/rooms/{room}/feed", get(feed::feed::<G>))
        .route("/api/schema", get(schema::<G>))
        // Inside the CORS layer, so that the layer answers a browser's preflight request first.
        .method_not_allowed_fallback(wrong_method)
        .layer(cors::layer(&edge.config.allowed_origins));
    let router = Router::new();
    #[cfg(all(feature = "echo", debug_assertions))]
    let router = router.route("/echo", get(super::echo::upgrade::<G>));
    router
        .route("/ws", get(upgrade::upgrade::<G>))
        .route("/ws/{room}", get(upgrade::upgrade::<G>))
        .route("/healthz", get(healthz::<G>))
        .route("/badge/{file}", get(badge::badge::<G>))
        .route("/watch/{room}", get(watch))
        .route("/metrics", any(elsewhere))
        .route("/api/{*path}", any(elsewhere))
        .merge(readable)
        .method_not_allowed_fallback(wrong_method)
        .fallback(assets::serve::<G>)
        .layer(from_fn_with_state(Arc::clone(&edge), host::require::<G>))
        .layer(from_fn_with_state(Arc::clone(&edge), around::<G>))
        .with_state(edge)
}

/// What all requests have in common: where they come from, caps, the counter, and headers on how to
/// use the answers.
async fn around<G: Game>(
    State(edge): Shared<G>,
    Extension(connection): Extension<Arc<Connection>>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_probe = PROBES.contains(&request.uri().path());
    let route = match request.extensions().get::<MatchedPath>() {
        Some(route) => Route::of(route.as_str()),
        None => Route::Page,
    };
    let client = edge.proxies.client(connection.source, request.headers());
    let refusal = connection.permit.as_ref().err().or(client.as_ref().err());
    let address = *client.as_ref().unwrap_or(&connection.source.address);
    let mut response = match refusal {
        Some(refusal) if !(is_probe && refusal.spares_probes()) => edge.answer(address, refusal),
        _ => {
            let visitor = Visitor { address, connection: Arc::clone(&connection) };
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
    };
    if connection.permit.is_err() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    edge.metrics.edge.requests.count(route, response.status());
    edge.page_headers.add_to(&mut response, connection.is_tls);
    response
}

/// Whether the rooms' loops advance: an orchestrator restarts the process if they do not.
async fn healthz<G: Game>(State(edge): Shared<G>) -> Response {
    match edge.lobby.health() {
        Ok(()) => "ok\n".into_response(),
        Err(Still { seconds, .. }) => {
            let text = format!("a room has not ticked for {seconds} s\n");
            (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
        }
    }
}

/// The schema, for clients that have not been built with the game.
async fn schema<G: Game>(State(edge): Shared<G>, headers: HeaderMap) -> Response {
    let (text, tag) = edge.schema.text();
    let version = assets::Version { path: "schema.json", tag, is_final: false };
    assets::with_headers(&version, &headers, (None, Bytes::copy_from_slice(text.as_bytes())))
}

/// The query of a page that asks whether its players may play here.
#[derive(Deserialize)]
struct Asking {
    /// The page's origin: a browser does not say why it was refused a WebSocket.
    page: Option<String>,
}

/// Whether to send new players here, in particular those of the page that asks if it names itself.
async fn readyz<G: Game>(
    State(edge): Shared<G>,
    Query(asking): Query<Asking>,
    request: Request,
) -> Response {
    let not = |reason| (StatusCode::SERVICE_UNAVAILABLE, reason).into_response();
    let allowed = &edge.config.allowed_origins;
    let draining = edge.lobby.draining();
    if draining == Draining::Ending {
        not("shutting down: nobody new is let in\n")
    } else if draining == Draining::OnDemand {
        not("draining: nobody new is let in for now\n")
    } else if edge.admission.is_full() {
        not("all connections are taken\n")
    } else if let Some(refusal) = asking.page.as_ref().and_then(|_| ban(&edge, &request)) {
        ([(ACCESS_CONTROL_ALLOW_ORIGIN, "*")], &refusal).into_response()
    } else if let Err(refusal) = origin::check(asking.page.as_deref(), host::of(&request), allowed)
    {
        // Readable even by the refused page; it contains only what that page sent.
        ([(ACCESS_CONTROL_ALLOW_ORIGIN, "*")], &refusal).into_response()
    } else {
        "ok\n".into_response()
    }
}

/// Why the person at the page that asks is kept out, if it is banned.
fn ban<G: Game>(edge: &Edge<G>, request: &Request) -> Option<Refusal> {
    let visitor = request.extensions().get::<Visitor>()?;
    edge.ban_of(visitor.address.ip, None).as_ref().map(Refusal::banned)
}

/// Leads to the page, which then shows this room and nothing around it: for frames in other pages.
async fn watch(Path(room): Path<String>) -> Response {
    if is_room_name(&room) {
        // Relative, since the page may be under any path.
        return Redirect::temporary(&format!("../?watch&room={room}")).into_response();
    }
    let text = "no room has this name; ask for /watch/ROOM, such as /watch/main\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

async fn rooms<G: Game>(State(edge): Shared<G>) -> Response {
    if edge.config.room_list {
        return Json(edge.lobby.counts()).into_response();
    }
    let text = "the list of rooms is turned off here; the admin listener (--admin) has it\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

/// Whatever strangers are not to learn.
async fn elsewhere(uri: Uri) -> Response {
    let text = format!(
        "{} is not here: the admin listener (--admin) answers it, to those who run the server\n",
        shown(uri.path())
    );
    (StatusCode::NOT_FOUND, text).into_response()
}

async fn wrong_method(method: Method, uri: Uri) -> Response {
    let text = format!("{method} is not answered at {}; use GET\n", uri.path());
    (StatusCode::METHOD_NOT_ALLOWED, text).into_response()
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::toy::Toy;
    use tokio::sync::watch;

    use super::super::admission::Use;
    use super::super::edge::{Guards, Stage};
    use super::*;
    use crate::bans::Bans;
    use crate::config::{Config, Settings};
    use crate::stamp::Stamp;
    use crate::telemetry::metrics::Metrics;
    use crate::tickets::Tickets;

    #[tokio::test]
    async fn a_server_is_ready_while_it_takes_players() {
        let (_stage, follow_stage) = watch::channel(Stage::Open);
        let config = Config::new(&Settings::default(), (), "1");
        let bans = Bans::load(None, Stamp::now()).unwrap();
        let config = Config { connections_max: 1, shards: 1, ..config };
        let metrics = Metrics::new().unwrap();
        let guards = Guards { tickets: Tickets::default(), bans, tls: None };
        let edge = Edge::<Toy>::new(config, metrics, follow_stage, guards).unwrap();
        let status = async || {
            let asking = Query(Asking { page: None });
            let answer = readyz(State(Arc::clone(&edge)), asking, Request::default()).await;
            answer.status().as_u16()
        };
        assert_eq!(status().await, 200);
        let permit = edge.admission.admit([127, 0, 0, 1].into(), Use::Game);
        assert_eq!(status().await, 503);
        drop(permit);
        assert_eq!(status().await, 200);
        edge.lobby.set_draining(true).unwrap();
        assert_eq!(status().await, 503);
        edge.lobby.set_draining(false).unwrap();
        assert_eq!(status().await, 200);
        edge.lobby.end_soon();
        assert_eq!(status().await, 503);
        edge.lobby.set_draining(false).unwrap_err();
        assert_eq!(status().await, 503);
    }
}
