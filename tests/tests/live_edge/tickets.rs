//! Who comes in by a ticket, and for how long, over real sockets.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use drumbeat_server::clock::unix_s;
use drumbeat_server::config::Config;
use drumbeat_server::tickets::{Algorithm, Mode, Signer};
use drumbeat_shared::client::{Client, Notice};
use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::protocol::messages::{ClientMessage, Hello, ResumeRequest, ResumeToken};
use drumbeat_shared::toy::Toy;
use serde_json::{Value, json};

use super::harness::{End, Player, Server, eventually, hello, known, message, within};
use super::moderation::{done, refused};

/// Seconds by which the clocks of server and web site may differ.
const LEEWAY_S: u64 = 5;

/// A server for two that looks at tickets, and what signs them.
pub(crate) struct Club {
    pub(crate) server: Server,
    pub(crate) signer: Signer,
    keys: PathBuf,
}

impl Drop for Club {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.keys);
    }
}

impl Club {
    async fn open(mode: Mode) -> Self {
        Self::open_with(mode, |_| {}).await
    }

    /// The same with this change to its configuration.
    pub(crate) async fn open_with(mode: Mode, change: impl FnOnce(&mut Config)) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let file = format!("drumbeat-club-{}-{number}", std::process::id());
        let keys = std::env::temp_dir().join(file);
        let signer = Signer::generate(Algorithm::Es256).unwrap();
        std::fs::write(&keys, signer.public_text().unwrap().unwrap()).unwrap();
        let server = Server::start(|config| {
            config.room.game.capacity = 2;
            (config.tickets.mode, config.tickets.keys) = (mode, Some(keys.clone()));
            change(config);
        })
        .await;
        Self { server, signer, keys }
    }

    /// A ticket of this subject that the server takes for so many seconds, with further claims.
    pub(crate) fn ticket(&self, subject: &str, for_s: u64, others: &Value) -> Option<String> {
        let mut claims = json!({"sub": subject, "exp": unix_s() + for_s - LEEWAY_S});
        claims.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
        Some(self.signer.ticket(&claims).unwrap())
    }

    /// How a connection with this hello ends.
    async fn refused(&self, hello: Hello) -> (u16, String) {
        let mut player = Player::connect(&self.server).await;
        player.send(message(&ClientMessage::Hello(hello))).await;
        match player.end().await {
            End::Closed(code, text) => (code, text),
            End::Cut => panic!("it was cut"),
        }
    }

    async fn join(&self, ticket: Option<String>) -> Player {
        Player::join_as(&self.server, client(ticket)).await
    }
}

/// A client that calls itself somebody.
fn client(ticket: Option<String>) -> Client<Toy> {
    Client::new("somebody", "main").with_ticket(ticket)
}

fn name(player: &Player) -> &str {
    &player.client.welcome().unwrap().name
}

fn id(player: &Player) -> Option<u16> {
    player.client.welcome().unwrap().player.map(|player| player.0)
}

/// What a client is answered that brings a ticket of somebody else.
const OTHER_HOLDER: &str = "the ticket is not for who plays here; join again with it";

/// What the player is sent next about tickets: when its own ends, or why another is refused.
async fn next_about_tickets(player: &mut Player) -> Result<u16, String> {
    within("a notice about tickets", async {
        loop {
            match player.client.notice() {
                Some(Notice::TicketEnds { in_s }) => return Ok(in_s),
                Some(Notice::Refused { number: None, reason }) => return Err(reason),
                _ => player.step().await.unwrap(),
            }
        }
    })
    .await
}

#[tokio::test]
async fn nobody_comes_in_without_a_ticket_where_one_is_required() {
    let club = Club::open(Mode::Required).await;
    let needed = (4010, CloseCode::NeedsTicket.text().to_owned());
    assert_eq!(club.refused(hello("main")).await, needed);
    let with = |ticket| Hello { ticket, ..hello("main") };
    let invalid = (4012, "the ticket is not valid".to_owned());
    let forged = Signer::generate(Algorithm::Es256).unwrap();
    let forged = forged.ticket(&json!({"sub": "ada", "exp": unix_s() + 60})).unwrap();
    for ticket in ["", "a.b.c", &forged, &"x".repeat(2_048)] {
        assert_eq!(club.refused(with(Some(ticket.to_owned()))).await, invalid);
    }
    let refused = async |others: Value| club.refused(with(club.ticket("ada", 60, &others))).await;
    let (code, text) = refused(json!({"exp": unix_s() - LEEWAY_S - 1})).await;
    assert_eq!((code, text.as_str()), (4011, "the ticket has expired; get a new one"));
    let (code, text) = refused(json!({"room": "attic"})).await;
    assert_eq!((code, text.as_str()), (4012, "the ticket is for another room"));
    let (code, text) = refused(json!({"role": "spectator"})).await;
    let watch = "the ticket lets you watch, not play; join as a spectator";
    assert_eq!((code, text.as_str()), (4012, watch));

    let signed = club.join(club.ticket("ada", 60, &json!({"name": "Ada  L."}))).await;
    assert_eq!(name(&signed), "Ada L.", "the name that was signed, cleaned");
    let chosen = club.join(club.ticket("eve", 60, &json!({"role": "admin"}))).await;
    assert_eq!(name(&chosen), "somebody");
    let spectator = Client::spectator("main");
    let watching = club.ticket("max", 60, &json!({"role": "spectator"}));
    let watching = Player::join_as(&club.server, spectator.with_ticket(watching)).await;
    assert_eq!(id(&watching), None);
    for (reason, count) in [("missing", 1.0), ("expired", 1.0), ("room", 1.0), ("role", 1.0)] {
        let line = format!("drumbeat_refused_tickets_total{{reason=\"ticket_{reason}\"}} ");
        assert_eq!(club.server.metric(&line).await, count, "{reason}");
    }
}

#[tokio::test]
async fn a_ticket_without_a_room_leads_to_its_first() {
    let club = Club::open(Mode::Optional).await;
    let ticket = club.ticket("ada", 60, &json!({"rooms": ["attic", "main"]}));
    let player = Player::join_as(&club.server, Client::new("", "").with_ticket(ticket)).await;
    assert_eq!(player.client.welcome().unwrap().room, "attic");
    let guest = club.join(None).await;
    assert_eq!(name(&guest), "somebody", "guests come in too");
}

#[tokio::test]
async fn a_ticket_for_one_use_has_one_and_its_holder_comes_back() {
    let club = Club::open(Mode::Required).await;
    let once = |id: &str| club.ticket(id, 60, &json!({"jti": id}));
    let [ada, bob, eve] = ["ada", "bob", "eve"].map(once);
    let player = known(club.join(ada.clone()).await).await;
    let hello = |ticket: &Option<String>| Hello { ticket: ticket.clone(), ..hello("main") };
    let (code, text) = club.refused(hello(&ada)).await;
    assert_eq!((code, text.as_str()), (4011, "the ticket has been used; get a new one"));
    let _bob = club.join(bob.clone()).await;
    let (code, _) = club.refused(hello(&eve)).await;
    assert_eq!(code, 1013, "the room is full");

    let seat = id(&player);
    // Its client brings the ticket again, which has been used.
    let back = Player::join_as(&club.server, player.client.reconnect()).await;
    assert_eq!(id(&back), seat);
    let bare = Player::join_as(&club.server, back.client.reconnect().with_ticket(None)).await;
    assert_eq!(id(&bare), seat, "who comes back needs none");
    // Another's ticket does not lead there, though it has been used: that only means less.
    let mut other = Player::connect(&club.server).await;
    other.client = bare.client.reconnect().with_ticket(bob.clone());
    let greeting = other.client.hello();
    other.send(greeting).await;
    assert!(matches!(other.end().await, End::Closed(4011, _)));
    let used = "drumbeat_refused_tickets_total{reason=\"ticket_used\"} ";
    eventually("the room counts it, too", async || club.server.metric(used).await == 2.0).await;
    // With another's ticket it is not that player.
    let thief = bare.client.reconnect().with_ticket(club.ticket("max", 60, &json!({})));
    let mut thief_player = Player::connect(&club.server).await;
    thief_player.client = thief;
    let greeting = thief_player.client.hello();
    thief_player.send(greeting).await;
    assert!(matches!(thief_player.end().await, End::Closed(1013, _)), "and finds no seat");

    let mut left = bare;
    left.leave().await;
    eventually("a free seat", async || club.server.metric("drumbeat_players ").await == 1.0).await;
    let eve = club.join(eve).await;
    assert_eq!(name(&eve), "somebody", "what found no seat was not used");
}

#[tokio::test]
async fn who_does_not_come_in_has_used_no_ticket() {
    let club = Club::open(Mode::Required).await;
    let once = club.ticket("ada", 60, &json!({"jti": "1", "role": "spectator"}));
    let playing = Hello { ticket: once.clone(), ..hello("main") };
    assert_eq!(club.refused(playing).await.0, 4012, "it only lets one watch");
    let spectator = Client::spectator("main").with_ticket(once.clone());
    let mut watching = Player::join_as(&club.server, spectator).await;
    let again = Hello { spectate: true, ticket: once, ..hello("main") };
    assert_eq!(club.refused(again).await.0, 4011);
    // A renewal for somebody else is none.
    let other = club.ticket("eve", 60, &json!({"jti": "2"}));
    let message = watching.client.renew(other.as_deref().unwrap());
    watching.send(message).await;
    assert_eq!(next_about_tickets(&mut watching).await.unwrap_err(), OTHER_HOLDER);
    club.join(other).await;
}

#[tokio::test]
async fn strangers_open_no_rooms_where_a_ticket_is_required() {
    let club = Club::open(Mode::Required).await;
    let guess = ResumeRequest { token: ResumeToken([7; 16]), seen: Tick(0) };
    let guessing = |room| Hello { resume: Some(guess), ..hello(room) };
    for room in ["", "attic", "cellar"] {
        assert_eq!(club.refused(guessing(room)).await.0, 4010);
    }
    assert_eq!(club.server.json("/api/rooms").await, json!([]));
    let _ada = club.join(club.ticket("ada", 60, &json!({}))).await;
    assert_eq!(club.refused(guessing("main")).await.0, 4010, "nor do they get seats");
    let missing = "drumbeat_refused_tickets_total{reason=\"ticket_missing\"} ";
    eventually("each is counted", async || club.server.metric(missing).await == 4.0).await;
}

#[tokio::test]
async fn a_token_alone_does_not_replace_a_ticket() {
    let club = Club::open(Mode::Required).await;
    let mut player = club.join(club.ticket("ada", 60, &json!({}))).await;
    let token = player.client.reconnect().with_ticket(None);
    player.leave().await;
    eventually("nobody", async || club.server.metric("drumbeat_players ").await == 0.0).await;
    let mut again = Player::connect(&club.server).await;
    again.client = token;
    let greeting = again.client.hello();
    again.send(greeting).await;
    assert!(matches!(again.end().await, End::Closed(4010, _)), "its place is gone");
}

#[tokio::test]
async fn a_session_ends_with_its_ticket_unless_another_comes() {
    let club = Club::open(Mode::Required).await;
    let short = || club.ticket("ada", 10, &json!({}));
    let mut player = club.join(short()).await;
    let next = next_about_tickets;
    assert!(next(&mut player).await.unwrap() <= 5, "it is warned when half of the time is over");
    let bring = async |player: &mut Player, ticket: Option<String>| {
        let message = player.client.renew(&ticket.unwrap());
        player.send(message).await;
    };
    bring(&mut player, club.ticket("eve", 60, &json!({}))).await;
    assert_eq!(next(&mut player).await.unwrap_err(), OTHER_HOLDER);
    bring(&mut player, Some("a.b.c".to_owned())).await;
    assert_eq!(next(&mut player).await.unwrap_err(), "the ticket is not valid");
    bring(&mut player, club.ticket("ada", 20, &json!({}))).await;
    bring(&mut player, club.ticket("ada", 20, &json!({}))).await;
    assert_eq!(next(&mut player).await.unwrap_err(), "wait some seconds between tickets");
    let in_s = next(&mut player).await.unwrap();
    assert!((6..=10).contains(&in_s), "the new one counts: {in_s}");
    player.leave().await;

    let mut player = known(club.join(short()).await).await;
    let End::Closed(code, text) = player.end().await else { panic!("it was cut") };
    assert_eq!((code, text.as_str()), (4011, CloseCode::TicketEnded.text()));
    let seat_then = id(&player);
    // The place is still there, but the old ticket does not lead to it.
    let mut late = Player::connect(&club.server).await;
    late.client = player.client.reconnect().with_ticket(None);
    let greeting = late.client.hello();
    late.send(greeting).await;
    assert!(matches!(late.end().await, End::Closed(4010, _)));
    let fresh = player.client.reconnect().with_ticket(club.ticket("ada", 60, &json!({})));
    let back = Player::join_as(&club.server, fresh).await;
    assert_eq!(id(&back), seat_then);
}

#[tokio::test]
async fn a_banned_subject_is_sent_away_and_stays_out_from_wherever_it_comes() {
    let club = Club::open(Mode::Optional).await;
    let ticket = |subject| club.ticket(subject, 60, &json!({}));
    let mut ada = known(club.join(ticket("ada")).await).await;
    let mut guest = Player::join(&club.server, "Bob", "main").await;
    let room = club.server.json("/api/rooms/main").await;
    assert_eq!(
        (&room["roster"][0]["subject"], &room["roster"][1]["subject"]),
        (&json!("ada"), &Value::Null)
    );

    let ban = json!({"player": id(&ada), "reason": "cheating"});
    let said = done(&club.server, "/api/rooms/main/ban", ban).await;
    assert_eq!((&said["ban"]["kind"], &said["ban"]["value"]), (&json!("subject"), &json!("ada")));
    assert_eq!(said["sent_away"][0]["subject"], "ada");
    let End::Closed(4021, text) = ada.end().await else { panic!("no reason") };
    assert!(text.contains("cheating"), "{text}");
    // Neither by her ticket nor by her token alone; who else comes from there plays on.
    for ticket in [ticket("ada"), None] {
        let mut back = Player::connect(&club.server).await;
        let has_ticket = ticket.is_some();
        back.client = ada.client.reconnect().with_ticket(ticket);
        let greeting = back.client.hello();
        back.send(greeting).await;
        if has_ticket {
            assert!(matches!(back.end().await, End::Closed(4021, _)));
        } else {
            back.until("a place of her own", |client| client.welcome().is_some()).await;
            assert_eq!(back.client.welcome().unwrap().resumed, None, "a guest like any other");
            back.leave().await;
        }
    }
    eventually("a free seat", async || club.server.metric("drumbeat_players ").await == 1.0).await;
    guest.until("the game goes on", |client| client.tick() > Some(Tick(10))).await;

    // A guest has no subject; where somebody comes from can be banned all the same.
    let id_of_guest = id(&guest);
    let ban = json!({"player": id_of_guest, "kind": "subject"});
    refused(&club.server, "/api/rooms/main/ban", ban, 400, "no ticket").await;

    // Who is away when banned has no place to come back to, and others with tickets come in.
    let eve = known(club.join(ticket("eve")).await).await;
    let away = eve.client.reconnect();
    drop(eve);
    let at = "/api/bans";
    done(&club.server, at, json!({"kind": "subject", "value": "eve"})).await;
    let mut back = Player::connect(&club.server).await;
    back.client = away.with_ticket(ticket("eve"));
    let greeting = back.client.hello();
    back.send(greeting).await;
    assert!(matches!(back.end().await, End::Closed(4021, _)));
    let id = said["ban"]["id"].as_u64().unwrap();
    done(&club.server, &format!("/api/bans/{id}/lift"), json!({})).await;
    let ada = club.join(ticket("ada")).await;
    assert_eq!(name(&ada), "somebody");
}

#[tokio::test]
async fn tickets_are_nothing_to_a_server_that_looks_at_none() {
    let club = Club::open(Mode::Off).await;
    let mut player = club.join(Some("a.b.c".to_owned())).await;
    let message = player.client.renew("a.b.c");
    player.send(message).await;
    let End::Closed(code, text) = player.end().await else { panic!("it was cut") };
    assert_eq!((code, text.as_str()), (1008, "out of place: this server looks at no tickets"));
}
