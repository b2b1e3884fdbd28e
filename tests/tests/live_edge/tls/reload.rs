//! Another certificate while the server runs.

use std::fs;

use drumbeat_tests::identity::Identity;
use rcgen::date_time_ymd;
use rustls::HandshakeKind;

use super::client::{Encrypted, ask, connect, get, serve};
use crate::harness::eventually;

const RELOADS: &str = "drumbeat_tls_reloads_total ";
const FAILED: &str = "drumbeat_tls_failed_reloads_total ";
const EXPIRY: &str = "drumbeat_tls_certificate_expiry_seconds ";

#[tokio::test]
async fn a_new_certificate_is_for_new_connections_and_drops_nobody() {
    let mut identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let old = identity.client();
    let mut player = Encrypted::join(&server, &old).await;
    ask(connect(&server, &old).await, "/healthz").await;
    identity.renew(|params| params.not_after = date_time_ymd(2100, 1, 1));
    eventually("the new certificate", async || server.metric(RELOADS).await == 1.0).await;
    player.frames(3).await;
    let line = connect(&server, &identity.client()).await;
    assert_eq!(line.get_ref().1.peer_certificates().unwrap()[0], identity.certificate);
    assert_eq!(line.get_ref().1.handshake_kind(), Some(HandshakeKind::Full));
    let line = connect(&server, &old).await;
    assert_eq!(line.get_ref().1.handshake_kind(), Some(HandshakeKind::Resumed));
    assert_eq!(server.metric(EXPIRY).await, 4_102_444_800.0);
    assert_eq!(server.metric(FAILED).await, 0.0);
}

#[tokio::test]
async fn a_bad_file_leaves_the_certificate_and_a_good_one_is_read_by_itself() {
    let mut identity = Identity::new();
    let server = serve(&identity, |_| {}).await;
    let good = fs::read(identity.files().key).unwrap();
    fs::write(identity.files().key, "nothing").unwrap();
    eventually("the failure", async || server.metric(FAILED).await == 1.0).await;
    // It is shown to who resumes nothing, too.
    assert!(get(&server, &identity.client(), "/healthz").await.contains("ok"));
    fs::write(identity.files().key, good).unwrap();
    eventually("the repair", async || server.metric(RELOADS).await == 1.0).await;
    identity.renew(|_| {});
    let later = async || server.metric(RELOADS).await == 2.0;
    eventually("another certificate", later).await;
    assert!(get(&server, &identity.client(), "/healthz").await.contains("ok"));
}
