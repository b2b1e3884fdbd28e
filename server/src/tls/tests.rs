use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rcgen::{CertificateParams, KeyPair};

use super::*;

/// A folder with a certificate and its key.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new() -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = FOLDERS.fetch_add(1, Relaxed);
        let folder = format!("drumbeat-certificate-{}-{number}", std::process::id());
        let folder = Self(std::env::temp_dir().join(folder));
        fs::create_dir_all(&folder.0).unwrap();
        let (certificate, key) = pair();
        folder.write("cert.pem", certificate);
        folder.write("key.pem", key);
        folder
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), content).unwrap();
    }

    fn files(&self) -> TlsFiles {
        TlsFiles { cert: self.0.join("cert.pem"), key: self.0.join("key.pem") }
    }

    fn read(&self) -> Result<Certificate, String> {
        read(&self.files(), &ring::default_provider())
    }
}

/// A certificate and its key as PEM.
fn pair() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

/// What is said of this content of one of the files, without the place of the file.
fn said(name: &str, content: impl AsRef<[u8]>) -> String {
    let folder = Folder::new();
    folder.write(name, content);
    let text = folder.read().unwrap_err();
    text.replace(&format!("{}/", folder.0.display()), "")
}

#[test]
fn keys_of_every_kind_are_read() {
    // SEC1, as openssl ecparam writes it, behind the parameters that it writes too.
    const SEC1: &str =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    let folder = Folder::new();
    assert_eq!(folder.read().unwrap().key.cert.len(), 1);
    let (authority, _) = pair();
    let own = fs::read_to_string(folder.files().cert).unwrap();
    folder.write("cert.pem", own + &authority);
    assert_eq!(folder.read().unwrap().key.cert.len(), 2);
    let key = fs::read_to_string(folder.files().key).unwrap();
    folder.write("key.pem", format!("{SEC1}{key}"));
    folder.read().unwrap();
}

#[test]
fn the_dates_are_those_of_the_certificate() {
    let folder = Folder::new();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    folder.write("cert.pem", params.self_signed(&key).unwrap().pem());
    folder.write("key.pem", key.serialize_pem());
    let Certificate { not_before, not_after, .. } = folder.read().unwrap();
    let since_1970 = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(since_1970(not_before).as_secs(), 1_577_836_800);
    assert_eq!(since_1970(not_after).as_secs(), 1_609_459_200);
    // It is served nevertheless: the warning is in the log.
    Tls::open(folder.files(), TlsMetrics::new()).unwrap();
}

#[test]
fn what_is_wrong_with_the_certificate_is_said() {
    let (certificate, key) = pair();
    assert_eq!(
        said("cert.pem", ""),
        "--tls-cert cert.pem: no PEM in it, which has a line -----BEGIN CERTIFICATE-----; convert a \
         DER file: openssl x509 -inform der -in OLD -out NEW"
    );
    assert_eq!(
        said("cert.pem", &key),
        "--tls-cert cert.pem: it holds a PRIVATE KEY and no CERTIFICATE; name the file with the \
         certificate and those of its authorities (certbot: fullchain.pem)"
    );
    let damaged = said("cert.pem", certificate.replacen("MII", "M*I", 1));
    assert!(damaged.starts_with("--tls-cert cert.pem: the PEM is damaged ("), "{damaged}");
    assert!(damaged.ends_with("); copy the file again"), "{damaged}");
    let cut = said("cert.pem", &certificate[..certificate.len() / 2]);
    assert!(cut.contains("the PEM is damaged ("), "{cut}");
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let nonsense = said("cert.pem", nonsense);
    let begin = "--tls-cert cert.pem: its first certificate cannot be read (";
    assert!(nonsense.starts_with(begin), "{nonsense}");
    assert!(nonsense.ends_with("); have it issued again"), "{nonsense}");
    assert_eq!(
        said("cert.pem", " ".repeat((256 << 10) + 1)),
        "--tls-cert cert.pem: the file has more than 256 KiB; name a PEM file"
    );
}

#[test]
fn what_is_wrong_with_the_key_is_said() {
    let (certificate, other) = pair();
    assert_eq!(
        said("key.pem", &certificate),
        "--tls-key key.pem: it holds a CERTIFICATE and no PRIVATE KEY; name the file with the private \
         key (certbot: privkey.pem)"
    );
    assert_eq!(
        said("key.pem", "key"),
        "--tls-key key.pem: no PEM in it, which has a line -----BEGIN PRIVATE KEY-----; convert a DER \
         file: openssl pkey -inform der -in OLD -out NEW"
    );
    let encrypted = "--tls-key key.pem: the key is encrypted with a passphrase, for which nobody can \
                     be asked; write one without: openssl pkey -in OLD -out NEW";
    assert_eq!(said("key.pem", other.replace("PRIVATE", "ENCRYPTED PRIVATE")), encrypted);
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n\
               -----END RSA PRIVATE KEY-----\n";
    assert_eq!(said("key.pem", old), encrypted);
    let unfit = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let unfit = said("key.pem", unfit);
    assert!(unfit.starts_with("--tls-key key.pem: the key cannot be used ("), "{unfit}");
    let kinds = "; use RSA of 2048 to 8192 bits, ECDSA on P-256 or P-384, or Ed25519";
    assert!(unfit.ends_with(kinds), "{unfit}");
    assert_eq!(
        said("key.pem", &other),
        "--tls-key key.pem does not belong to the first certificate in --tls-cert cert.pem: name the \
         key that it was issued for, and put the server's own certificate before those of its \
         authorities"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = Folder::new();
    fs::remove_file(folder.files().key).unwrap();
    let missing = folder.read().unwrap_err();
    let begin = format!("--tls-key {}: cannot read the file: ", folder.files().key.display());
    assert!(missing.starts_with(&begin) && missing.ends_with("; name a PEM file"), "{missing}");
    fs::create_dir(folder.files().key).unwrap();
    assert!(folder.read().unwrap_err().starts_with(&begin));
}

#[test]
fn what_is_still_changing_is_left_for_the_next_look() {
    let folder = Folder::new();
    let tls = Tls::open(folder.files(), TlsMetrics::new()).unwrap();
    let shown = || tls.current.0.read().unwrap().cert[0].clone();
    let first = shown();
    let (certificate, key) = pair();
    folder.write("cert.pem", certificate);
    tls.refresh();
    assert_eq!(shown(), first);
    folder.write("key.pem", key);
    tls.refresh();
    assert_eq!(shown(), first, "the files differ from the look before");
    tls.refresh();
    let second = shown();
    assert_ne!(second, first);
    // What is wrong changes nothing, and what a signal asks for is done at once.
    folder.write("key.pem", "");
    tls.reload();
    assert_eq!(shown(), second);
    let (certificate, key) = pair();
    folder.write("cert.pem", certificate);
    folder.write("key.pem", key);
    tls.reload();
    assert_ne!(shown(), second);
}
