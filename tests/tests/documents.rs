//! Documents, commands and chat with simulated clients: everybody holds what the server means them
//! to hold after every frame, whatever happens to the connections.

use drumbeat_kit::seeds::{setup, with_seeds};
use drumbeat_kit::sim::Sim;
use drumbeat_kit::sim::chaos::chaos;
use drumbeat_server::engine::chat_rate::ReadTime;
use drumbeat_server::engine::incident::What;
use drumbeat_server::engine::message::Message;
use drumbeat_server::engine::room_setup::RoomSetup;
use drumbeat_server::engine::shards::Shards;
use drumbeat_shared::document::RecordId;
use drumbeat_shared::game::Game;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::limits::{
    CHAT_LINES_MAX, COMMANDS_STORED_MAX, RECORD_NOTES_BYTES_PER_FRAME_MAX,
};
use drumbeat_shared::protocol::close::CloseCode;
use drumbeat_shared::rng::Rng;
use drumbeat_tests::pad::{Answer, FORBIDDEN, Order, Pad};

/// A client that reads everything.
const WIDE: usize = 1 << 20;

fn any_order(rng: &mut Rng, last: u32) -> Order {
    let mut text = |max: u32| "x".repeat(rng.below(max) as usize);
    let (long, short) = (text(300), text(40));
    let line = RecordId(last.saturating_sub(rng.below(30)));
    match rng.below(20) {
        0..=5 => Order::Write { text: long },
        6..=8 => Order::WriteHere { text: long },
        9..=14 => Order::Extend { line, text: short },
        15..=17 => Order::Remove { line },
        18 => Order::Join { group: rng.below(4) as u16 },
        _ if rng.one_in(10) => Order::Clear,
        _ => Order::Write { text: short },
    }
}

fn pad(seed: u64) -> Sim<Pad> {
    Sim::new("", setup(seed))
}

fn ticks(sim: &mut Sim<Pad>, count: usize) {
    for _ in 0..count {
        sim.tick(|_| ());
    }
}

/// Asserts that the client at `index` holds the whole document.
fn assert_whole(sim: &Sim<Pad>, index: usize) {
    let core = &sim.clients[index].core;
    let player = core.welcome().and_then(|welcome| welcome.player).unwrap();
    let group = Game::group(sim.engine.game(), player);
    let document = Game::document(sim.engine.game()).unwrap().records();
    assert!(core.records().map(|(id, record)| (id.0, record)).eq(document.of_group(group)));
}

#[test]
fn documents_are_equal_on_every_client_after_every_frame() {
    with_seeds(6, |seed| {
        let mut sim = pad(seed);
        for round in 0..600 {
            chaos(&mut sim, 1, |_| ());
            let last = Game::document(sim.engine.game()).unwrap().iter().next_back();
            let last = last.map_or(0, |(id, _)| id.0);
            for index in 0..sim.clients.len() {
                if sim.rng.one_in(3) {
                    let order = any_order(&mut sim.rng, last);
                    let core = &mut sim.clients[index].core;
                    if core.welcome().is_some_and(|welcome| welcome.player.is_some()) {
                        // A client that can't send stores only so many.
                        let stored = core.pending_commands().count();
                        assert_eq!(core.command(order).is_ok(), stored < COMMANDS_STORED_MAX);
                    }
                }
            }
            if round == 300
                && let Some(index) = sim.join(WIDE)
            {
                ticks(&mut sim, 200);
                if sim.clients[index].closed.is_none() {
                    assert_whole(&sim, index);
                }
            }
        }
        let stats = sim.clients.iter().map(|client| client.core.stats());
        let compared: u64 = stats.clone().map(|stats| stats.document_checksums).sum();
        assert!(compared > 20, "only {compared} checksums of documents were compared");
        assert_eq!(stats.map(|stats| stats.document_mismatches).sum::<u64>(), 0);
        assert!(sim.engine.game().taken.len() > 500, "{} commands", sim.engine.game().taken.len());
    });
}

#[test]
fn commands_come_once_in_order_and_are_answered() {
    let mut sim = pad(1);
    let [a, b] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 2);
    let texts: Vec<String> = (0..100).map(|number| format!("line {number}")).collect();
    for text in &texts {
        let number = sim.clients[a].core.command(Order::Write { text: text.clone() }).unwrap();
        assert_eq!(texts[number as usize - 1], *text);
    }
    ticks(&mut sim, 10);
    assert!(sim.clients[a].core.pending_commands().count() > 30, "the rate is limited");
    sim.clients[a].reads_per_tick = 0;
    ticks(&mut sim, 20);
    sim.clients[a].reads_per_tick = usize::MAX;
    ticks(&mut sim, 100);
    let lines = Game::document(sim.engine.game()).unwrap();
    assert!(lines.iter().map(|(_, line)| &line.text).eq(&texts));
    assert_eq!(sim.clients[a].core.pending_commands().count(), 0);
    assert_eq!(sim.clients[a].taken, 100);
    let answers = (1..=100).map(Answer::Written).collect::<Vec<_>>();
    assert_eq!(sim.clients[a].events, answers);
    assert_eq!(sim.clients[b].events, []);
    assert_whole(&sim, b);
}

#[test]
fn a_refused_command_says_why() {
    let mut sim = pad(2);
    let index = sim.join(WIDE).unwrap();
    ticks(&mut sim, 2);
    let core = &mut sim.clients[index].core;
    core.command(Order::Write { text: "a".into() }).unwrap();
    let number = core.command(Order::Remove { line: RecordId(9) }).unwrap();
    let too_long = core.command(Order::Write { text: "x".repeat(301) }).unwrap_err();
    assert_eq!(too_long.to_string(), "Order::Write.text has a length of 301, more than 300");
    let outside = core.command(Order::Join { group: 4 }).unwrap_err();
    assert_eq!(outside.to_string(), "Order::Join.group = 4, outside 0..=3");
    ticks(&mut sim, 8);
    let client = &sim.clients[index];
    assert_eq!(client.refused, [(Some(number), "that line is gone".to_owned())]);
    assert_eq!(client.taken, 2);
}

#[test]
fn a_group_sees_its_own_records_and_those_for_all() {
    let mut sim = pad(3);
    let [a, b] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 2);
    let seen = |sim: &Sim<Pad>, index: usize| {
        let core = &sim.clients[index].core;
        let lines = core.records().map(|(id, _)| core.record(id).unwrap().text);
        lines.collect::<Vec<_>>()
    };
    for order in [
        Order::Write { text: "all".into() },
        Order::Join { group: 1 },
        Order::WriteHere { text: "one".into() },
    ] {
        sim.clients[a].core.command(order).unwrap();
    }
    ticks(&mut sim, 10);
    assert_eq!(seen(&sim, a), ["all", "one"]);
    assert_eq!(seen(&sim, b), ["all"]);
    sim.clients[b].core.command(Order::Join { group: 1 }).unwrap();
    ticks(&mut sim, 10);
    assert_eq!(seen(&sim, b), ["all", "one"]);
    sim.clients[b].core.command(Order::Join { group: 0 }).unwrap();
    ticks(&mut sim, 10);
    assert_eq!(seen(&sim, b), ["all"]);
}

#[test]
fn a_long_document_comes_in_parts_and_its_end_is_known() {
    let mut sim = pad(4);
    let writer = sim.join(WIDE).unwrap();
    ticks(&mut sim, 2);
    let lines = 4 * RECORD_NOTES_BYTES_PER_FRAME_MAX / 300;
    let mut written = 0;
    while Game::document(sim.engine.game()).unwrap().len() < lines {
        while written < lines
            && sim.clients[writer].core.command(Order::Write { text: "x".repeat(300) }).is_ok()
        {
            written += 1;
        }
        ticks(&mut sim, 1);
    }
    let late = sim.join(WIDE).unwrap();
    let mut frames = 0;
    while !sim.clients[late].core.has_document() {
        sim.clients[writer]
            .core
            .command(Order::Extend { line: RecordId(1), text: "y".into() })
            .unwrap();
        ticks(&mut sim, 1);
        frames += 1;
    }
    assert!((4..=6).contains(&frames), "{frames} frames");
    ticks(&mut sim, 20);
    assert_whole(&sim, late);
}

#[test]
fn a_document_that_does_not_match_is_sent_again() {
    let mut sim = pad(6);
    let index = sim.join(WIDE).unwrap();
    ticks(&mut sim, 2);
    sim.clients[index].core.command(Order::Write { text: "hello".into() }).unwrap();
    ticks(&mut sim, 40);
    let sent = sim.clients[index].core.document_checksums()[1];
    let claim = |expected, actual| {
        Message::Reread(drumbeat_server::engine::checks::DocumentClaim {
            document: 1,
            expected,
            actual,
        })
    };
    sim.push(index, claim(sent, sent ^ 1)).unwrap();
    ticks(&mut sim, 3);
    let counts = &sim.counts;
    assert_eq!((counts.mismatches, counts.false_mismatches), (1, 0));
    let is_mismatch = |what: &What| matches!(what, What::DocumentMismatch(_));
    assert!(counts.incidents.iter().any(|incident| is_mismatch(&incident.what)));
    assert_whole(&sim, index);
    ticks(&mut sim, 40);
    sim.push(index, claim(sent ^ 7, 0)).unwrap();
    ticks(&mut sim, 3);
    assert_eq!((sim.counts.mismatches, sim.counts.false_mismatches), (1, 1));
    assert_whole(&sim, index);
}

fn say(sim: &mut Sim<Pad>, index: usize, text: &str, to: Option<PlayerId>) {
    sim.say(index, text, to).unwrap();
    ticks(sim, 1);
}

#[test]
fn the_rules_judge_what_is_said() {
    let mut sim = pad(7);
    let [a, b] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 2);
    for text in ["hi", FORBIDDEN, "/shout", "bye", "/withdraw 3"] {
        say(&mut sim, a, text, None);
    }
    ticks(&mut sim, 3);
    for index in [a, b] {
        assert_eq!(sim.clients[index].chats, ["good day", "player 0 shouts", "bye"]);
        assert_eq!(sim.clients[index].withdrawn, [RecordId(3)]);
    }
    assert_eq!(sim.clients[a].refused, [(None, "not here".to_owned())]);
    assert_eq!(sim.clients[b].refused, []);
    let late = sim.join(WIDE).unwrap();
    ticks(&mut sim, 3);
    assert_eq!(sim.clients[late].chats, ["good day", "player 0 shouts"]);
    assert_eq!(sim.clients[late].earlier, 2);
    say(&mut sim, b, "welcome", None);
    ticks(&mut sim, 2);
    for index in [a, b, late] {
        assert_eq!(sim.clients[index].chats.last().unwrap(), "welcome");
    }
    let earlier = [a, b, late].map(|index| sim.clients[index].earlier);
    assert_eq!(earlier, [0, 0, 2], "the first line in an empty chat is new, too");
}

#[test]
fn a_whisper_is_for_two_and_not_for_who_comes() {
    let mut sim = pad(8);
    let [a, b, c] = [0; 3].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 2);
    say(&mut sim, a, "psst", Some(PlayerId(1)));
    say(&mut sim, a, "to me", Some(PlayerId(0)));
    say(&mut sim, a, "to nobody", Some(PlayerId(30)));
    say(&mut sim, b, FORBIDDEN, Some(PlayerId(0)));
    let late = sim.join(WIDE).unwrap();
    ticks(&mut sim, 3);
    assert_eq!(sim.clients[a].whispers, ["psst", "to me"]);
    assert_eq!(sim.clients[b].whispers, ["psst"]);
    assert!(sim.clients[c].whispers.is_empty() && sim.clients[late].chats.is_empty());
    assert_eq!(sim.clients[a].refused.len(), 1, "{:?}", sim.clients[a].refused);
    assert_eq!(sim.clients[b].refused, [(None, "not here".to_owned())]);
}

#[test]
fn a_report_is_logged_with_the_line() {
    let mut sim = pad(9);
    let [a, b] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 2);
    say(&mut sim, a, "rude", None);
    for line in [1, 77] {
        sim.push(b, Message::Report { line: RecordId(line), read: ReadTime::default() }).unwrap();
    }
    ticks(&mut sim, 2);
    let reports = sim.counts.incidents.iter().filter_map(|incident| match &incident.what {
        What::Reported { line, said_by, text } => Some((*line, said_by.as_str(), text.as_str())),
        _ => None,
    });
    assert_eq!(reports.collect::<Vec<_>>(), [(1, "p1", "rude")]);
}

#[test]
fn who_falls_behind_the_chat_knows_how_many_lines_are_lost() {
    let mut sim = pad(10);
    let [a, slow] = [0; 2].map(|_| sim.join(1 << 8).unwrap());
    ticks(&mut sim, 2);
    let lines = CHAT_LINES_MAX as u32 + 50;
    sim.clients[slow].reads_per_tick = 0;
    for line in 0..lines {
        sim.say(a, &format!("line {line}"), None).unwrap();
        if line % 10 == 9 {
            ticks(&mut sim, 1);
        }
    }
    sim.clients[slow].reads_per_tick = usize::MAX;
    ticks(&mut sim, 80);
    let client = &sim.clients[slow];
    assert!(client.missed > 0, "nothing was lost");
    assert_eq!(client.missed + client.chats.len() as u64, u64::from(lines));
    assert_eq!(client.chats.last().unwrap(), &format!("line {}", lines - 1));
    assert_eq!(sim.clients[a].missed, 0);
    assert_eq!(sim.clients[a].chats.len(), lines as usize);
}

/// The names on a client's list of players, if it has changed.
fn listed(sim: &mut Sim<Pad>, index: usize) -> Option<Vec<String>> {
    let players = sim.clients[index].core.players()?;
    Some(players.map(|(player, name)| format!("{player} {name}")).collect())
}

#[test]
fn who_asks_for_the_list_of_players_sees_who_comes_and_goes() {
    let room = RoomSetup { resume_s: 1, spectators_max: 1, ..RoomSetup::new("", setup(4)) };
    let mut sim = Sim::<Pad>::of(&room, Shards::default());
    let [a, b] = [0; 2].map(|_| sim.join(WIDE).unwrap());
    ticks(&mut sim, 5);
    assert_eq!(listed(&mut sim, a), None, "it has not asked");
    sim.clients[a].core.read_players();
    ticks(&mut sim, 5);
    assert_eq!(listed(&mut sim, a), Some(vec!["0 p1".into(), "1 p2".into()]));
    ticks(&mut sim, 20);
    assert_eq!(listed(&mut sim, a), None, "nothing has changed");
    let c = sim.join(WIDE).unwrap();
    let d = sim.spectate(WIDE).unwrap();
    sim.clients[d].core.read_players();
    ticks(&mut sim, 5);
    let three = Some(vec!["0 p1".into(), "1 p2".into(), "2 p3".into()]);
    assert_eq!([a, d].map(|index| listed(&mut sim, index)), [three.clone(), three]);
    // A place that is kept, and taken up again, changes nothing.
    sim.leave(b, None);
    ticks(&mut sim, 5);
    let b = sim.resume(b, WIDE).unwrap();
    ticks(&mut sim, 40);
    assert_eq!([a, b, d].map(|index| listed(&mut sim, index)), [None, None, None]);
    sim.leave(b, Some(CloseCode::Flooding.into()));
    ticks(&mut sim, 5);
    let two = Some(vec!["0 p1".into(), "2 p3".into()]);
    assert_eq!([a, d].map(|index| listed(&mut sim, index)), [two.clone(), two]);
    let e = sim.join(WIDE).unwrap();
    ticks(&mut sim, 5);
    let again = Some(vec!["0 p1".into(), "1 p6".into(), "2 p3".into()]);
    assert_eq!([a, d].map(|index| listed(&mut sim, index)), [again.clone(), again]);
    for index in [c, e] {
        assert_eq!(sim.clients[index].core.document_checksums()[2], 0, "it has not asked");
    }
}

#[test]
fn strangers_read_what_the_rules_make_public() {
    let mut sim = pad(1);
    let a = sim.join(WIDE).unwrap();
    ticks(&mut sim, 2);
    let write = Order::Write { text: "for those inside".into() };
    let commands = [write, Order::Clear];
    for command in commands {
        sim.clients[a].core.command(command).unwrap();
    }
    say(&mut sim, a, "hi", None);
    say(&mut sim, a, FORBIDDEN, None);
    say(&mut sim, a, "to myself", Some(PlayerId(0)));
    ticks(&mut sim, 10);
    say(&mut sim, a, "/withdraw 1", None);
    say(&mut sim, a, "/shout", None);
    ticks(&mut sim, 10);
    let news: Vec<String> = sim
        .engine
        .take_news()
        .into_iter()
        .map(|item| {
            let json = String::from_utf8(item.json).unwrap();
            let (_, what) = json.split_once(r#""kind":"#).unwrap();
            format!("{} {what}", item.number)
        })
        .collect();
    let expected = [
        r#"1 "join","player":0,"name":"p1"}"#,
        r#"2 "chat","line":1,"name":"p1","text":"good day"}"#,
        r#"3 "cleared","by":0}"#,
        r#"4 "withdrawn","line":1}"#,
        r#"5 "chat","line":2,"name":"","text":"player 0 shouts"}"#,
    ];
    assert_eq!(news, expected);
}
