//! A WebSocket that sends back what it gets, for tests of the protocol below the game: it is accepted,
//! read and written as a game connection is until a room has taken the player.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use drumbeat_shared::game::Game;
use socket2::SockRef;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::connection::Visitor;
use super::edge::Edge;
use super::frames::{Accepted, Incoming};
use super::session::{Early, Upgraded, open, reject};
use super::socket::{Allowance, Ended, Socket};
use super::upgrade::accept;
use crate::bucket::Bucket;

/// Limit of a message, bytes: that of the largest ones in the Autobahn test suite.
const MESSAGE_BYTES_MAX: usize = 16 << 20;

/// Bytes of the kernel's send buffer.
const SEND_BUFFER_BYTES: usize = 1 << 20;

/// Answers `/echo`.
pub(crate) async fn upgrade<G: Game>(
    State(edge): State<Arc<Edge<G>>>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    accept(edge, visitor, (request, String::new()), None, echo).await
}

/// Sends back what arrives, until the client closes or breaks the protocol.
async fn echo<G: Game>(edge: Arc<Edge<G>>, upgraded: Upgraded) {
    let Upgraded { stream, already_read, peer, permit: _permit, .. } = upgraded;
    let allowed = Allowance {
        accepted: Accepted { text: true, bytes_max: MESSAGE_BYTES_MAX },
        bytes: Bucket::new(u32::MAX, 1, u32::MAX),
        messages_per_s_max: u32::MAX,
    };
    // With the small one of players, a large message waits for the client's delayed acknowledgements.
    if SockRef::from(&stream.0).set_send_buffer_size(SEND_BUFFER_BYTES).is_err() {
        return;
    }
    let bytes_in = edge.metrics.edge.bytes_in.clone();
    let Some((mut socket, mut early)) = open(bytes_in, (stream, already_read), peer, allowed)
    else {
        return;
    };
    let ended = loop {
        if let Err(ended) = answer::<G>(&mut socket, &mut early).await {
            break ended;
        }
    };
    let (read, _) = socket.into_parts();
    reject(&edge, ended, read, early).await;
}

/// Answers one frame or message.
async fn answer<G: Game>(
    socket: &mut Socket<G::Input, G::Command>,
    early: &mut Early<G::Input, G::Command>,
) -> Result<(), Ended> {
    let (data, payload) = match socket.incoming().await? {
        Incoming::Text(payload) => (Data::Text, payload),
        Incoming::Binary(payload) => (Data::Binary, payload),
        _ => return early.answer().await.map_err(|_| Ended::Gone),
    };
    let head = FrameHeader { opcode: OpCode::Data(data), ..FrameHeader::default() };
    let mut frame = Vec::with_capacity(payload.len() + 10);
    // A vector takes everything.
    let _ = head.format(payload.len() as u64, &mut frame);
    frame.extend_from_slice(&payload);
    early.send(&frame).await.map_err(|_| Ended::Gone)
}
