//! A certificate, its files, and clients that believe it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use drumbeat_server::config::TlsFiles;
use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use tokio_rustls::TlsConnector;

/// The begin of a client's handshake: a record of 3,000 bytes is announced, with a hello that fills it.
pub const HALF_HANDSHAKE: [u8; 9] = [0x16, 3, 1, 0x0b, 0xb8, 1, 0, 0x0b, 0xb4];

/// A folder with a certificate for `localhost` and its key, which ends with it.
#[derive(Debug)]
pub struct Identity {
    folder: PathBuf,
    /// The present certificate.
    pub certificate: CertificateDer<'static>,
}

impl Drop for Identity {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Identity {
    /// Makes a certificate of its own.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes files")]
    pub fn new() -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = FOLDERS.fetch_add(1, Relaxed);
        let folder = format!("drumbeat-tls-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).unwrap();
        let mut identity = Self { folder, certificate: Vec::new().into() };
        identity.renew(|_| {});
        identity
    }

    /// Where certificate and key are.
    #[must_use]
    pub fn files(&self) -> TlsFiles {
        TlsFiles { cert: self.folder.join("cert.pem"), key: self.folder.join("key.pem") }
    }

    /// Puts another certificate and key in the place of those before.
    pub fn renew(&mut self, change: impl FnOnce(&mut CertificateParams)) {
        let names = ["localhost", "127.0.0.1"].map(str::to_owned);
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let files = self.files();
        fs::write(files.cert, certificate.pem()).unwrap();
        fs::write(files.key, key.serialize_pem()).unwrap();
        self.certificate = certificate.der().clone();
    }

    /// A client that believes this certificate, and holds its sessions.
    #[must_use]
    pub fn client(&self) -> TlsConnector {
        self.client_of(&version::TLS13)
    }

    /// The same, of a version of TLS.
    #[must_use]
    pub fn client_of(&self, version: &'static SupportedProtocolVersion) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}
