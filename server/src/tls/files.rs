//! The two files of a certificate.

use std::path::PathBuf;

use drumbeat_process::files::revision;

/// Where the certificate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain of certificates as PEM, the server's own first.
    pub cert: PathBuf,
    /// Its private key as PEM: PKCS#8, SEC1 or PKCS#1.
    pub key: PathBuf,
}

impl TlsFiles {
    /// A number that differs once one of them has changed.
    pub(super) fn revision(&self) -> u64 {
        revision([&self.cert, &self.key])
    }
}
