//! What the TLS of the public port counts.

use metrics::{Counter, Gauge};

use super::handles::{new_counter, new_gauge};

/// What TLS counts.
#[derive(Clone, Debug)]
pub struct TlsMetrics {
    /// Handshakes that were completed.
    pub handshakes: Counter,
    /// Those of them that resumed an earlier session.
    pub resumptions: Counter,
    /// How often the certificate was read anew.
    pub reloads: Counter,
    /// How often it could not be, and the one before stayed.
    pub failed_reloads: Counter,
    /// When the certificate expires, seconds since 1970; 0 without TLS.
    pub certificate_expiry: Gauge,
}

impl TlsMetrics {
    /// Handles into the current registry; without one they record nothing, which suits tests.
    pub(crate) fn new() -> Self {
        Self {
            handshakes: new_counter(
                "drumbeat_tls_handshakes_total",
                "TLS handshakes that were completed",
            ),
            resumptions: new_counter(
                "drumbeat_tls_resumptions_total",
                "TLS handshakes that resumed an earlier session",
            ),
            reloads: new_counter(
                "drumbeat_tls_reloads_total",
                "How often the TLS certificate was read anew",
            ),
            failed_reloads: new_counter(
                "drumbeat_tls_failed_reloads_total",
                "How often the TLS certificate could not be read anew, so that the one before stayed",
            ),
            certificate_expiry: new_gauge(
                "drumbeat_tls_certificate_expiry_seconds",
                "When the TLS certificate expires, seconds since 1970; 0 without TLS",
            ),
        }
    }
}
