//! TLS to the server: whose certificate the bots believe.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_rustls::TlsConnector;

/// Whose certificates are believed.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// Those of the authorities that this system knows.
    System,
    /// Those of the authorities in this file, or the certificates in it.
    File(&'a Path),
    /// Anybody's.
    Anybody,
}

impl Trust<'_> {
    /// What makes TLS connections.
    ///
    /// # Errors
    /// When there are no authorities to believe; says what to do.
    pub fn connector(self) -> Result<TlsConnector, String> {
        let provider: Arc<CryptoProvider> = ring::default_provider().into();
        let algorithms = provider.signature_verification_algorithms;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("TLS could not be set up: {error}"))?;
        let config = match self {
            Self::System => builder.with_root_certificates(system()?),
            Self::File(path) => builder.with_root_certificates(file(path)?),
            Self::Anybody => {
                let believes = Arc::new(Believes(algorithms));
                builder.dangerous().with_custom_certificate_verifier(believes)
            }
        };
        Ok(Arc::new(config.with_no_client_auth()).into())
    }
}

fn system() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    // Some of a system's certificates are too old to be read.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(
            "this system has no certificates of authorities; install its ca-certificates, \
                    or name some with --ca"
                .to_owned(),
        );
    }
    Ok(roots)
}

fn file(path: &Path) -> Result<RootCertStore, String> {
    let named = |text: String| format!("--ca {}: {text}", path.display());
    let pem = std::fs::read(path).map_err(|error| named(format!("cannot read it: {error}")))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let added = certificate.map_err(|error| error.to_string());
        let added = added.and_then(|one| roots.add(one).map_err(|error| error.to_string()));
        added.map_err(|error| named(format!("a certificate in it cannot be read: {error}")))?;
    }
    if roots.is_empty() {
        return Err(named("no certificate in it; name a PEM file with some".to_owned()));
    }
    Ok(roots)
}

/// Believes every certificate, whoever issued it, for whatever name. That the server has its key is
/// still checked.
#[derive(Debug)]
struct Believes(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Believes {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
