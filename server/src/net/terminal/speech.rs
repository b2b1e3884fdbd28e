//! What is said to a text client beside the world.

use bytes::BytesMut;
use drumbeat_shared::game::Game;
use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::request::{Wrong, example};

/// The close code of who means to leave.
pub(super) const LEFT: u16 = 1000;

/// What is wrong with a message that is not text.
pub(super) fn binary<G: Game>() -> Wrong {
    let error = "this connection speaks JSON text; for binary messages connect with the subprotocol \
                 drumbeat.v1";
    Wrong { error: error.to_owned(), send: example::<G>("join") }
}

/// What is sent about something wrong.
pub(super) fn complaint(Wrong { error, send }: &Wrong) -> String {
    json!({ "error": error, "send": send }).to_string()
}

/// A text as a whole frame.
pub(super) fn text(text: &str) -> BytesMut {
    let head = FrameHeader { opcode: OpCode::Data(Data::Text), ..FrameHeader::default() };
    let mut frame = Vec::with_capacity(text.len() + 10);
    // A vector takes everything.
    let _ = head.format(text.len() as u64, &mut frame);
    frame.extend_from_slice(text.as_bytes());
    BytesMut::from(&frame[..])
}
