//! A certificate for the server of a run under TLS.

use std::io;
use std::path::Path;

use rcgen::{CertificateParams, KeyPair};

/// Writes a certificate that nobody has signed, and its key, into `folder`. Returns the arguments by
/// which the server uses them.
///
/// # Errors
/// When they can't be made or written.
pub(crate) fn write(folder: &Path) -> io::Result<[String; 2]> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let params = CertificateParams::new(["localhost".to_owned()]).map_err(io::Error::other)?;
    let certificate = params.self_signed(&key).map_err(io::Error::other)?;
    let (cert_path, key_path) = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&cert_path, certificate.pem())?;
    std::fs::write(&key_path, key.serialize_pem())?;
    Ok([format!("--tls-cert={}", cert_path.display()), format!("--tls-key={}", key_path.display())])
}
