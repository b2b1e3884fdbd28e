//! Reads a certificate and its key, and says what is wrong with them.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use x509_cert::der::Decode as _;

use super::files::TlsFiles;

/// Limit of each file, bytes: chains have a few thousand.
const FILE_BYTES_MAX: u64 = 256 << 10;

/// A certificate with its key.
#[derive(Debug)]
pub(super) struct Certificate {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) not_before: SystemTime,
    pub(super) not_after: SystemTime,
}

/// Reads both files.
///
/// # Errors
/// Which of them is wrong, why, and what to do.
pub(super) fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<Certificate, String> {
    let (cert, key) = (files.cert.display(), files.key.display());
    let of_cert = |text: String| format!("--tls-cert {cert}: {text}");
    let of_key = |text: String| format!("--tls-key {key}: {text}");
    let chain = content(&files.cert).and_then(|pem| chain(&pem)).map_err(of_cert)?;
    let private = content(&files.key).and_then(|pem| private_key(&pem)).map_err(of_key)?;
    let own = x509_cert::Certificate::from_der(&chain[0]).map_err(|error| {
        of_cert(format!("its first certificate cannot be read ({error}); have it issued again"))
    })?;
    let validity = own.tbs_certificate().validity();
    let private = provider.key_provider.load_private_key(private).map_err(|error| {
        of_key(format!(
            "the key cannot be used ({error}); use RSA of 2048 to 8192 bits, ECDSA on P-256 or \
             P-384, or Ed25519"
        ))
    })?;
    let certified = CertifiedKey::new(chain, private);
    match certified.keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
        Err(Error::InconsistentKeys(_)) => {
            return Err(format!(
                "--tls-key {key} does not belong to the first certificate in --tls-cert {cert}: name \
                 the key that it was issued for, and put the server's own certificate before those \
                 of its authorities"
            ));
        }
        Err(error) => {
            return Err(of_cert(format!(
                "its first certificate cannot be used ({error}); have it issued again"
            )));
        }
    }
    Ok(Certificate {
        key: Arc::new(certified),
        not_before: validity.not_before.to_system_time(),
        not_after: validity.not_after.to_system_time(),
    })
}

fn content(path: &Path) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    let file = File::open(path);
    file.and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut content)).map_err(
        |error| match error.kind() {
            ErrorKind::PermissionDenied => format!(
                "cannot read the file: {error}; let the server's user read it, as deploy/README.md \
                 shows"
            ),
            _ => format!("cannot read the file: {error}; name a PEM file"),
        },
    )?;
    if content.len() as u64 > FILE_BYTES_MAX {
        return Err(format!(
            "the file has more than {} KiB; name a PEM file",
            FILE_BYTES_MAX >> 10
        ));
    }
    Ok(content)
}

/// The certificates of a PEM file, at least one.
fn chain(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| damaged(&error))?;
    if chain.is_empty() {
        return Err(match labels(pem).first() {
            Some(label) => format!(
                "it holds a {label} and no CERTIFICATE; name the file with the certificate and those \
                 of its authorities (certbot: fullchain.pem)"
            ),
            None => not_pem("CERTIFICATE", "x509"),
        });
    }
    Ok(chain)
}

/// The private key of a PEM file.
fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    let labels = labels(pem);
    let is_encrypted = labels.iter().any(|label| label == "ENCRYPTED PRIVATE KEY");
    if is_encrypted || String::from_utf8_lossy(pem).contains("Proc-Type: 4,ENCRYPTED") {
        return Err(
            "the key is encrypted with a passphrase, for which nobody can be asked; write \
                    one without: openssl pkey -in OLD -out NEW"
                .to_owned(),
        );
    }
    let key = PrivateKeyDer::pem_slice_iter(pem).next();
    match (key, labels.first()) {
        (Some(key), _) => key.map_err(|error| damaged(&error)),
        (None, Some(label)) => Err(format!(
            "it holds a {label} and no PRIVATE KEY; name the file with the private key (certbot: \
             privkey.pem)"
        )),
        (None, None) => Err(not_pem("PRIVATE KEY", "pkey")),
    }
}

/// What the sections of a PEM file are.
fn labels(pem: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(pem);
    let label = |line: &str| {
        let label = line.trim().strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
        Some(label.chars().take(40).collect())
    };
    text.lines().filter_map(label).collect()
}

fn damaged(error: &rustls::pki_types::pem::Error) -> String {
    format!("the PEM is damaged ({error}); copy the file again")
}

fn not_pem(label: &str, command: &str) -> String {
    format!(
        "no PEM in it, which has a line -----BEGIN {label}-----; convert a DER file: openssl {command} \
         -inform der -in OLD -out NEW"
    )
}
