//! Tickets in place of tokens at the admin listener.

use std::fs;

use drumbeat_server::clock::unix_s;
use drumbeat_server::tickets::{Algorithm, Mode, Signer};
use drumbeat_shared::client::Client;
use serde_json::{Value, json};

use super::admin::TempFile;
use super::harness::{Player, status};
use super::tickets::Club;

/// The status of what the admin listener answers to an act with this ticket.
async fn act(club: &Club, ticket: &str, headers: &str) -> String {
    post(club, "/api/drain", "{}", &format!("{BEARER}{ticket}\r\n{headers}")).await
}

async fn post(club: &Club, path: &str, body: &str, headers: &str) -> String {
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nConnection: close\r\nHost: localhost\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    status(&club.server.exchange_admin(&request).await).to_owned()
}

const BEARER: &str = "Authorization: Bearer ";
const DONE: &str = "HTTP/1.1 200 OK";
const UNKNOWN: &str = "HTTP/1.1 401 Unauthorized";

#[tokio::test]
async fn an_admins_ticket_opens_the_admin_listener_and_no_other_does() {
    let tokens = TempFile::new("ada 0123456789abcdef0123456789abcdef\n");
    let account = TempFile::new("");
    let club = Club::open_with(Mode::Optional, |config| {
        config.tickets.open_admin = true;
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
    // A ticket says who somebody is, not from where.
    for (ban, expected) in [
        (r#"{"kind": "address", "value": "127.0.0.1"}"#, DONE),
        (r#"{"kind": "subject", "value": "grace"}"#, UNKNOWN),
    ] {
        assert_eq!(post(&club, "/api/bans", ban, &format!("{BEARER}{admin}\r\n")).await, DONE);
        assert_eq!(act(&club, &admin, "").await, expected, "after {ban}");
    }
}

#[tokio::test]
async fn no_ticket_opens_the_admin_listener_unless_the_server_is_told_so() {
    for (mode, open_admin) in [(Mode::Required, false), (Mode::Off, true)] {
        let tokens = TempFile::new("ada 0123456789abcdef0123456789abcdef\n");
        let token_file = Some(tokens.0.clone());
        let club = Club::open_with(mode, |config| {
            config.tickets.open_admin = open_admin;
            config.admin_token_file = token_file;
        })
        .await;
        let admin = club.ticket("grace", 60, &json!({"role": "admin"})).unwrap();
        assert_eq!(act(&club, &admin, "").await, UNKNOWN, "{mode:?}");
    }
}

#[tokio::test]
async fn a_ticket_that_nobody_asks_for_says_who_acts_and_is_not_used_up() {
    let account = TempFile::new("");
    let club = Club::open_with(Mode::Required, |config| {
        config.tickets.open_admin = true;
        config.audit_log = Some(account.0.clone());
    })
    .await;
    let once = club.ticket("grace", 60, &json!({"role": "admin", "jti": "1"}));
    assert_eq!(act(&club, once.as_deref().unwrap(), "").await, DONE);
    let line = fs::read_to_string(&account.0).unwrap();
    let line: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(line["who"], "ticket grace");
    assert_eq!(post(&club, "/api/undrain", "{}", "").await, DONE);
    Player::join_as(&club.server, Client::new("Grace", "main").with_ticket(once)).await;
}
