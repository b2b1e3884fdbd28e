//! TLS of the public port: the certificate, which may change while the server runs.
//!
//! One [`ServerConfig`] lives as long as the server, and with it the key by which clients resume their
//! sessions, also across a change of the certificate. Connections that are open keep what they began
//! with.

mod certificate;
mod files;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{Error, ServerConfig};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

pub use self::files::TlsFiles;

use self::certificate::{Certificate, read};
use crate::clock::now_us;
use crate::telemetry::metrics::TlsMetrics;
use crate::telemetry::notices::Budget;

/// Time between two looks at the files.
const LOOK_AFTER: Duration = Duration::from_secs(1);
/// Time left to a certificate below which the log warns.
const EXPIRES_SOON: Duration = Duration::from_secs(14 * SECONDS_PER_DAY);
/// Time between two such warnings.
const WARN_AGAIN_AFTER: Duration = Duration::from_secs(SECONDS_PER_DAY);
const SECONDS_PER_DAY: u64 = 86_400;

/// The TLS of a server.
#[derive(Debug)]
pub(crate) struct Tls {
    files: TlsFiles,
    config: Arc<ServerConfig>,
    current: Arc<Current>,
    pub(crate) metrics: TlsMetrics,
    watched: Mutex<Watched>,
}

/// What is known of the files.
#[derive(Debug)]
struct Watched {
    /// What they were when they were last read.
    read: u64,
    /// What they were at the last look.
    seen: u64,
    expires: SystemTime,
    warnings: Budget,
}

/// The certificate that new connections get.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Tls {
    /// Reads the certificate.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub(crate) fn open(files: TlsFiles, metrics: TlsMetrics) -> Result<Self, String> {
        let revision = files.revision();
        let certificate = read(&files, &ring::default_provider())?;
        let current = Arc::new(Current(RwLock::new(certificate.key.clone())));
        let config = config(Arc::clone(&current))
            .map_err(|error| format!("TLS could not be set up: {error}"))?;
        let watched = Watched {
            read: revision,
            seen: revision,
            expires: certificate.not_after,
            warnings: Budget::new(1, WARN_AGAIN_AFTER),
        };
        let tls =
            Self { files, config: Arc::new(config), current, metrics, watched: watched.into() };
        tls.note(&certificate);
        Ok(tls)
    }

    /// What a handshake needs.
    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    /// Follows the files: reads them anew when they have changed, or when `reloads` changes.
    pub(crate) async fn follow(&self, mut reloads: watch::Receiver<u64>) {
        let mut due = interval(LOOK_AFTER);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = due.tick() => self.refresh(),
                Ok(()) = reloads.changed() => self.reload(),
            }
        }
    }

    /// Reads the files if they have changed, and warns of the certificate's end.
    fn refresh(&self) {
        let revision = self.files.revision();
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        // Files that are still changing are left for the next look: there are two of them, and who
        // renews a certificate writes one after the other.
        let is_new = revision != watched.read && revision == watched.seen;
        watched.seen = revision;
        drop(watched);
        if is_new {
            self.reload();
        }
        self.warn_of_end();
    }

    /// Reads the files. What is wrong with them leaves the certificate as it is.
    fn reload(&self) {
        let revision = self.files.revision();
        let file = self.files.cert.display();
        match read(&self.files, &ring::default_provider()) {
            Ok(certificate) => {
                info!(%file, "the TLS certificate was read anew: new connections get it");
                let mut current = self.current.0.write().unwrap_or_else(PoisonError::into_inner);
                *current = certificate.key.clone();
                drop(current);
                self.note(&certificate);
                self.metrics.reloads.increment(1);
            }
            Err(text) => {
                warn!(
                    text,
                    "the TLS certificate cannot be read anew, the one before stays: mend the files, \
                     they are then read by themselves"
                );
                self.metrics.failed_reloads.increment(1);
            }
        }
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        (watched.read, watched.seen) = (revision, revision);
    }

    /// Notes when a certificate ends, and says what is wrong with its dates.
    fn note(&self, certificate: &Certificate) {
        let since_1970 = certificate.not_after.duration_since(SystemTime::UNIX_EPOCH);
        self.metrics.certificate_expiry.set(since_1970.map_or(0.0, |time| time.as_secs_f64()));
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.expires = certificate.not_after;
        watched.warnings = Budget::new(1, WARN_AGAIN_AFTER);
        drop(watched);
        if certificate.not_before > SystemTime::now() {
            let file = self.files.cert.display();
            warn!(
                %file,
                "the TLS certificate is not valid yet, so clients refuse it: check this machine's \
                 clock, or use the certificate before"
            );
        }
        self.warn_of_end();
    }

    /// Warns once a day of a certificate that has ended or will soon.
    fn warn_of_end(&self) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let left = watched.expires.duration_since(SystemTime::now()).unwrap_or_default();
        if left >= EXPIRES_SOON || watched.warnings.note(1, now_us()).is_none() {
            return;
        }
        drop(watched);
        let (file, days) = (self.files.cert.display(), left.as_secs() / SECONDS_PER_DAY);
        if left.is_zero() {
            warn!(
                %file,
                "the TLS certificate has expired, so clients refuse it: renew it, the new one is then \
                 read by itself"
            );
        } else {
            warn!(
                %file, days,
                "the TLS certificate expires in less than 14 days: renew it, the new one is then read \
                 by itself"
            );
        }
    }
}

fn config(current: Arc<Current>) -> Result<ServerConfig, Error> {
    let provider: Arc<CryptoProvider> = ring::default_provider().into();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(current);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Clients hold their sessions themselves, encrypted: the server holds nothing for any of them.
    config.ticketer = ring::Ticketer::new()?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}
