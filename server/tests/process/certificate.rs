//! A server with a certificate, as a process.

use std::fs;
use std::path::PathBuf;

use rcgen::{CertificateParams, KeyPair};
use rustix::process::Signal;

use super::endings::ending;
use super::harness::{Server, drumbeat};

/// A folder with a certificate and its key.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("drumbeat-{name}-{}", std::process::id());
        let folder = Self(std::env::temp_dir().join(folder));
        fs::create_dir_all(&folder.0).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        fs::write(folder.path("cert.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(folder.path("key.pem"), key.serialize_pem()).unwrap();
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn start(&self) -> Server {
        let (cert, key) = (self.path("cert.pem"), self.path("key.pem"));
        Server::start(drumbeat(&["--tls-cert", &cert, "--tls-key", &key]))
    }
}

#[test]
fn a_hangup_reads_the_certificate_anew_and_other_signals_end_it() {
    if !ending().contains(&Signal::HUP) {
        // The tests run under nohup.
        return;
    }
    let folder = Folder::new("hangup");
    let mut server = folder.start();
    server.signal(Signal::HUP);
    server.says("the TLS certificate was read anew: new connections get it");
    fs::write(folder.path("key.pem"), "nothing").unwrap();
    server.signal(Signal::HUP);
    server.says("the TLS certificate cannot be read anew, the one before stays: mend the files");
    let (code, text) = server.get("/healthz");
    assert_eq!(code, 400);
    assert!(text.starts_with("this port speaks TLS: use https:// or wss://"), "{text}");
    server.says("this port speaks TLS: use https:// or wss://");
    server.signal(Signal::TERM);
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
}

#[test]
fn a_certificate_that_cannot_be_used_is_a_wrong_setting() {
    let folder = Folder::new("unusable");
    let (cert, key) = (folder.path("cert.pem"), folder.path("key.pem"));
    let mut server = Server::spawn(drumbeat(&["--tls-cert", &key, "--tls-key", &key]));
    assert_eq!(server.ended().code(), Some(2), "{}", server.log());
    server.says(&format!("error: --tls-cert {key}: it holds a PRIVATE KEY and no CERTIFICATE"));
    let mut server = Server::spawn(drumbeat(&["--tls-cert", &cert]));
    assert_eq!(server.ended().code(), Some(2), "{}", server.log());
    server.says("--tls-key <FILE>");
}
