//! The connections of the admin listener.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use drumbeat_shared::game::Game;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tracing::{debug, warn};

use super::guard::Peer;
use super::router;
use super::state::Admin;
use crate::net::{Stage, accept_each};
use crate::telemetry::notices::Notices;

/// Limit of open connections.
const CONNECTIONS_MAX: usize = 8;
/// Limit of bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// How long a head may take to arrive, and a connection may wait for its next request.
const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// How long a connection's last answer may take once the server closes.
const GRACE: Duration = Duration::from_secs(1);

/// Serves those who run the server until it closes.
pub(crate) async fn serve<G: Game>(admin: Arc<Admin<G>>, listener: TcpListener) {
    let turns = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (stage, notices) = (admin.edge.stage.clone(), Notices::new(1));
    let router = router::router(admin);
    accept_each(stage.clone(), listener, |stream, peer| {
        let Ok(turn) = Arc::clone(&turns).try_acquire_owned() else {
            if notices.note("admin_full").is_some() {
                warn!(%peer, "the admin listener has {CONNECTIONS_MAX} connections, and takes no more");
            }
            return;
        };
        let (router, stage) = (router.clone(), stage.clone());
        tokio::spawn(async move {
            converse(router, stream, peer, stage).await;
            drop(turn);
        });
    })
    .await;
    // The last answers.
    let _ = timeout(2 * GRACE, turns.acquire_many(CONNECTIONS_MAX as u32)).await;
}

/// Answers the requests of one connection.
async fn converse(
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
    mut stage: watch::Receiver<Stage>,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let answering = hyper::service::Service::call(&router, request);
        async move { Ok::<_, Infallible>(answering.await.unwrap_or_else(|never| match never {})) }
    });
    let mut serving = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_LIMIT)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service)
    );
    let served = tokio::select! {
        served = serving.as_mut() => Some(served),
        _ = stage.wait_for(|stage| *stage == Stage::Closed) => None,
    };
    let Some(served) = served else {
        serving.as_mut().graceful_shutdown();
        let _ = timeout(GRACE, serving).await;
        return;
    };
    if let Err(error) = served {
        debug!(%peer, %error, "a connection of the admin listener ended");
    }
}
