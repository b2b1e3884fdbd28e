//! Tickets in place of tokens at the admin listener.

use std::fs;

use drumbeat_server::clock::unix_s;
use drumbeat_server::tickets::{Algorithm, Mode, Signer};
use serde_json::{Value, json};

use super::admin::TempFile;
use super::harness::status;
use super::tickets::Club;

/// The status of what the admin listener answers to an act with this ticket.
async fn act(club: &Club, ticket: &str, headers: &str) -> String {
    let request = format!(
        "POST /api/drain HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n\
         Authorization: Bearer {ticket}\r\n{headers}\r\n{{}}"
    );
    status(&club.server.exchange_admin(&request).await).to_owned()
}

const DONE: &str = "HTTP/1.1 200 OK";
const UNKNOWN: &str = "HTTP/1.1 401 Unauthorized";

#[tokio::test]
async fn an_admins_ticket_opens_the_admin_listener_and_no_other_does() {
    let tokens = TempFile::new("ada 0123456789abcdef0123456789abcdef\n");
    let account = TempFile::new("");
    let club = Club::open_with(Mode::Optional, |config| {
        config.admin_token_file = Some(tokens.0.clone());
        config.audit_log = Some(account.0.clone());
    })
    .await;
    let ticket = |subject, others: &Value| club.ticket(subject, 60, others).unwrap();
    let admin = ticket("grace", &json!({"role": "admin"}));
    assert_eq!(act(&club, &admin, "").await, DONE);
    assert_eq!(act(&club, &admin, "").await, DONE, "it is good for as long as it lasts");
    let line = fs::read_to_string(&account.0).unwrap();
    let line: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!((&line["who"], &line["done"]), (&json!("ticket grace"), &json!(true)));

    let once = ticket("grace", &json!({"role": "admin", "jti": "1"}));
    let ended = json!({"role": "admin", "exp": unix_s() - 60});
    let forged = Signer::generate(Algorithm::Es256).unwrap();
    let forged = forged.ticket(&json!({"sub": "grace", "exp": unix_s() + 60, "role": "admin"}));
    assert_eq!(act(&club, &once, "").await, DONE);
    for (what, ticket) in [
        ("a player's", ticket("eve", &json!({}))),
        ("a spectator's", ticket("eve", &json!({"role": "spectator"}))),
        ("for a room", ticket("eve", &json!({"role": "admin", "room": "main"}))),
        ("for others", ticket("eve", &json!({"role": "admin", "aud": "elsewhere"}))),
        ("used", once),
        ("ended", ticket("grace", &ended)),
        ("forged", forged.unwrap()),
        ("none", "a.b.c".to_owned()),
    ] {
        assert_eq!(act(&club, &ticket, "").await, UNKNOWN, "{what}");
    }
    let page = act(&club, &admin, "Origin: http://localhost\r\n").await;
    assert_eq!(page, "HTTP/1.1 403 Forbidden");
    let ban = r#"{"kind": "subject", "value": "grace"}"#;
    let length = ban.len();
    let ban = format!(
        "POST /api/bans HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\
         Authorization: Bearer {admin}\r\n\r\n{ban}"
    );
    assert_eq!(status(&club.server.exchange_admin(&ban).await), DONE);
    assert_eq!(act(&club, &admin, "").await, UNKNOWN, "who is banned gets in by no ticket");
}

#[tokio::test]
async fn no_ticket_opens_the_admin_listener_of_a_server_that_looks_at_none() {
    let tokens = TempFile::new("ada 0123456789abcdef0123456789abcdef\n");
    let token_file = Some(tokens.0.clone());
    let club = Club::open_with(Mode::Off, |config| config.admin_token_file = token_file).await;
    let admin = club.ticket("grace", 60, &json!({"role": "admin"})).unwrap();
    assert_eq!(act(&club, &admin, "").await, UNKNOWN);
}
