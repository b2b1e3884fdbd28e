//! The TLS handshake of an accepted connection: bounded in time and bytes.

use std::io::{self, ErrorKind};
use std::time::Duration;

use axum::http::StatusCode;
use bytes::Bytes;
use rustls::{AlertDescription, Error, HandshakeKind};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::patience::within;
use super::refusal::Refusal;
use super::stream::Stream;
use super::wire::Wire;
use crate::telemetry::reasons::RefusalReason;
use crate::tls::Tls;

/// Limit of what a client sends for a handshake, bytes: a browser sends some 2,000.
const HANDSHAKE_BYTES_MAX: usize = 16 << 10;
/// Limit of the bytes behind a handshake that are read with its end: a record of a request (RFC 8446,
/// section 5.2), and what else the same read brings.
const BEHIND_BYTES_MAX: usize = 24 << 10;
/// Limit of the bytes of an answer that wait, encrypted, for the kernel to take them.
const UNSENT_BYTES_MAX: usize = 16 << 10;
/// Begins the first record of a client that speaks TLS.
const HANDSHAKE_RECORD: u8 = 0x16;

/// The handshake did not end in time.
const SLOW: Refusal = Refusal::new(
    StatusCode::REQUEST_TIMEOUT,
    RefusalReason::TlsSlow,
    "the TLS handshake took too long; if the links of your clients are slow, raise \
     --handshake-timeout-s",
);
/// The handshake has too many bytes.
const TOO_LONG: Refusal = Refusal::new(
    StatusCode::BAD_REQUEST,
    RefusalReason::TlsFailed,
    "the TLS handshake has more bytes than any browser sends; check what this client is",
);

/// Why there is no encrypted connection.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The client does not speak TLS. These bytes of it have been read.
    Plain(TcpStream, Bytes),
    /// What went wrong.
    Refused(Refusal),
    /// The client has left, or sent nothing within the limit.
    Gone,
}

/// Does the handshake with a client of whom `already_read` has been read.
///
/// # Errors
/// When there is no encrypted connection.
pub(crate) async fn encrypt(
    tls: &Tls,
    tcp: TcpStream,
    already_read: Bytes,
    limit: Duration,
) -> Result<Stream, Failed> {
    let mut has_started = false;
    let handshake = async {
        let first = match already_read.first() {
            Some(first) => *first,
            None => peek(&tcp).await.ok_or(Failed::Gone)?,
        };
        has_started = true;
        if first != HANDSHAKE_RECORD {
            return Err(Failed::Plain(tcp, already_read));
        }
        let wire = Wire::new(tcp, already_read, HANDSHAKE_BYTES_MAX + BEHIND_BYTES_MAX);
        let acceptor = TlsAcceptor::from(tls.config());
        let limited = |state: &mut rustls::ServerConnection| {
            state.set_buffer_limit(Some(UNSENT_BYTES_MAX));
        };
        let mut stream =
            acceptor.accept_with(wire, limited).await.map_err(|error| fault(&error))?;
        stream.get_mut().0.lift_limit();
        tls.metrics.handshakes.increment(1);
        if stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed) {
            tls.metrics.resumptions.increment(1);
        }
        Ok(Stream::Tls(Box::new(stream)))
    };
    let done = within(limit, handshake).await;
    let late = if has_started { Failed::Refused(SLOW) } else { Failed::Gone };
    done.unwrap_or(Err(late))
}

/// The first byte that a client sends; it stays unread.
async fn peek(tcp: &TcpStream) -> Option<u8> {
    // The answer of the handshake is not held back to fill a packet.
    tcp.set_nodelay(true).ok()?;
    let mut first = [0];
    let count = tcp.peek(&mut first).await.ok()?;
    (count > 0).then_some(first[0])
}

/// What ended a handshake.
fn fault(error: &io::Error) -> Failed {
    if error.kind() == ErrorKind::QuotaExceeded {
        return Failed::Refused(TOO_LONG);
    }
    let Some(error) = error.get_ref().and_then(|error| error.downcast_ref::<Error>()) else {
        return Failed::Gone;
    };
    use AlertDescription as Alert;
    let cure = match error {
        Error::AlertReceived(
            Alert::UnknownCA | Alert::BadCertificate | Alert::CertificateUnknown,
        ) => {
            "the client does not trust the certificate; serve one of an authority that it knows, \
             with the whole chain (certbot: fullchain.pem), or have the client trust this one"
        }
        Error::AlertReceived(Alert::CertificateExpired) => {
            "the certificate has expired, or the client's clock is wrong; renew the certificate"
        }
        Error::PeerIncompatible(_) => {
            "the client speaks neither TLS 1.2 nor 1.3 as this server does; update the client"
        }
        Error::NoApplicationProtocol => {
            "the client offers only protocols other than HTTP/1.1; have it or the proxy use \
             http/1.1 (ALPN)"
        }
        _ => "check what this client is",
    };
    let text = format!("the TLS handshake failed: {error}: {cure}");
    let (status, reason) = (StatusCode::BAD_REQUEST, RefusalReason::TlsFailed);
    Failed::Refused(Refusal { status, reason, text: text.into() })
}
