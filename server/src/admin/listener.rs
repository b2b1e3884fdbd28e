//! The connections of the admin listener.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use drumbeat_shared::game::Game;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::{debug, warn};

use super::guard::Peer;
use super::router;
use super::state::Admin;
use crate::net::{self, Refusal, Stream, Waits, accept_each};
use crate::telemetry::notices::Notices;
use crate::telemetry::reasons::RefusalReason;

/// Limit of open connections.
const CONNECTIONS_MAX: usize = 8;
/// Short, since there are few of them.
const WAITS: Waits = Waits { head: Duration::from_secs(10), idle: Duration::from_secs(10) };
/// How long a connection's last answer may take once the server closes.
const GRACE: Duration = Duration::from_secs(1);

/// What is answered to bytes that are no request.
const UNREADABLE: &str = "the admin listener cannot read this: it takes short requests of HTTP/1.1, without \
     TLS and without the PROXY protocol; docs/admin.md shows some";

/// Serves those who run the server until it closes.
pub(crate) async fn serve<G: Game>(admin: Arc<Admin<G>>, listener: TcpListener) {
    let turns = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (stage, notices) = (admin.edge.stage.clone(), Notices::new(1));
    let router = router::router(Arc::clone(&admin));
    accept_each(stage, listener, |stream, peer| {
        let Ok(turn) = Arc::clone(&turns).try_acquire_owned() else {
            if notices.note("admin_full").is_some() {
                warn!(%peer, "the admin listener has {CONNECTIONS_MAX} connections, and takes no more");
            }
            return;
        };
        let (admin, router) = (Arc::clone(&admin), router.clone());
        tokio::spawn(async move {
            converse(admin, router, stream, peer).await;
            drop(turn);
        });
    })
    .await;
    // The last answers.
    let _ = timeout(2 * GRACE, turns.acquire_many(CONNECTIONS_MAX as u32)).await;
}

/// Answers the requests of one connection.
async fn converse<G: Game>(
    admin: Arc<Admin<G>>,
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let arrived = (Stream::Plain(stream), Bytes::new(), WAITS);
    let answer = net::answering(router, Peer(peer));
    let stage = admin.edge.stage.clone();
    let Some((stream, refusal)) = net::converse(arrived, answer, stage, GRACE).await else {
        return;
    };
    let refusal = in_words(refusal);
    debug!(%peer, text = %refusal.text, "a request to the admin listener could not be read");
    let answer = refusal.to_http(&admin.edge.page_headers.lines(false));
    let _ = timeout(GRACE, net::send_refusal(stream, &refusal, &answer)).await;
}

/// What is wrong with a request, for somebody who runs the server.
fn in_words(refusal: Refusal) -> Refusal {
    match refusal.reason {
        RefusalReason::SlowRequest | RefusalReason::SlowReader => refusal,
        _ => Refusal { text: UNREADABLE.into(), ..refusal },
    }
}
