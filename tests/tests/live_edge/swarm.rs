//! The swarm against the server: witnesses, light bots, bots that only listen, and the storm.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use drumbeat_bots::options::Options;
use drumbeat_bots::progress::{Phase, Progress};
use drumbeat_bots::report::Report;
use drumbeat_bots::soak::{Seen, soak};
use drumbeat_bots::swarm::run;
use drumbeat_bots::{Brain, Brains, Player};
use drumbeat_server::tickets::Mode;
use drumbeat_shared::toy::{Steer, Toy};
use serde_json::json;
use tokio::sync::Notify;

use crate::admin::TempFile;
use crate::harness::{Server, eventually, within};
use crate::tickets::Club;

/// Always sends neutral controls, or never sends any.
struct Pilot {
    speaks: bool,
}

impl Brain for Pilot {
    type Game = Toy;

    fn decide(&mut self, player: &Player<Toy>) -> Option<Steer> {
        assert!(player.tick().is_some());
        self.speaks.then(Steer::default)
    }
}

fn options(server: &Server, args: &str) -> Options {
    options_of(6, server, args)
}

/// The same for this many bots.
fn options_of(bots: u32, server: &Server, args: &str) -> Options {
    let args = format!(
        "drumbeat-bots --url ws://{} --admin http://{} --bots {bots} --ramp-per-s 1000 --room main {args}",
        server.address, server.admin
    );
    Options::parse_from(args.split_whitespace())
}

async fn swarm(server: &Server, args: &str, speaks: bool) -> Report {
    report(&options(server, args), speaks).await
}

async fn report(options: &Options, speaks: bool) -> Report {
    let run = run(options, move |_| Pilot { speaks }, |_| {}, pending());
    within("the run", run).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_verify_light_bots_follow_and_all_survive_a_storm_of_a_full_room() {
    let server = Server::start(|config| config.room.game.capacity = 6).await;
    let report = swarm(&server, "--seconds 1 --witnesses 2 --storm", true).await;
    assert_eq!(report.failures, [""; 0]);
    assert_eq!((report.joined, report.witnesses), (6, 2));
    assert!(report.checksums_verified > 0);
    assert!(report.inputs_per_bot_s > 0.0 && report.frames_per_bot_s > 0.0);
    assert!(report.frame_off_beat_ms.is_some() && report.rtt_ms.is_some());
    assert!(report.visible_entities_mean.is_some());
    let storm = report.storm.unwrap();
    assert_eq!((storm.reconnected, storm.failed), (6, 0));
    assert!(storm.full_view_s.is_some() && storm.missed_ticks.is_some());
    assert_eq!((storm.resumed, storm.duplicates), (6, Some(0)));
    assert!(storm.resume_to_view_ms.is_some() && storm.join_to_view_ms.is_some());
    server.stop().await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_game_without_a_brain_is_loaded_with_random_controls() {
    let server = Server::start(|_| {}).await;
    let options = options(&server, "--seconds 1 --plain");
    let brains = Brains::<Toy>::from(drumbeat_bots::random);
    let run = run(&options, brains.choose(&options).unwrap(), |_| {}, pending());
    let report = within("the run", run).await.unwrap();
    // None of the inputs is refused: that would end a connection.
    assert_eq!(report.failures, [""; 0]);
    assert_eq!((report.joined, report.witnesses), (6, 6));
    assert!(report.checksums_verified > 0 && report.inputs_per_bot_s > 0.0);
    assert_eq!(report.view_mismatches, 0);
    // Dots that nobody steers stay where they are until they jump.
    assert!(report.bytes_per_visible_moving_entity_tick.is_some());
    server.stop().await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_is_ended_early_is_reported_without_a_storm() {
    let server = Server::start(|_| {}).await;
    let measuring = Arc::new(Notify::new());
    let started = Arc::clone(&measuring);
    let watch = move |progress: &Progress| {
        if matches!(progress.phase, Phase::Window { .. }) {
            started.notify_one();
        }
    };
    let options = options(&server, "--seconds 600 --storm");
    let run = run(&options, |_| Pilot { speaks: true }, watch, measuring.notified());
    let report = within("the run", run).await.unwrap();
    assert_eq!(report.failures, [""; 0]);
    assert!(report.seconds < 600.0 && report.storm.is_none());
    server.stop().await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_listens_stays_and_has_no_view_to_tell_of() {
    let server = Server::start(|_| {}).await;
    let report = swarm(&server, "--seconds 1 --witnesses 0", false).await;
    assert_eq!(report.failures, [""; 0]);
    assert_eq!((report.joined, report.witnesses, report.checksums_verified), (6, 0, 0));
    assert_eq!(report.inputs_per_bot_s, 0.0);
    assert!(report.frames_per_bot_s > 0.0 && report.frame_spacing_ms.is_some());
    assert!(report.input_to_state_ms.is_none() && report.rtt_ms.is_none());
    assert!(report.visible_entities_mean.is_none() && report.storm.is_none());
    server.stop().await.unwrap().unwrap();
}

/// A light bot reads no warning: it comes back with the other ticket.
#[tokio::test(flavor = "multi_thread")]
async fn bots_bring_another_ticket_when_theirs_ends() {
    for for_s in [6, 24] {
        if let Some(report) = bring_another_ticket(for_s).await {
            assert_eq!(report.failures, [""; 0]);
            assert_eq!(report.restarts.unwrap().returned, 1, "those who were warned stayed");
            return;
        }
    }
    panic!("the machine is too slow");
}

/// What came of bots whose first ticket lasts for so many seconds; nothing, if it ended before all of them had
/// another to bring.
async fn bring_another_ticket(for_s: u64) -> Option<Report> {
    let signed = Instant::now();
    let club = Club::open_with(Mode::Required, |config| config.room.game.capacity = 6).await;
    let ticket = |for_s| club.ticket("swarm", for_s, &json!({})).unwrap();
    let file = TempFile::new(&ticket(for_s));
    let args = format!("--witnesses 5 --seconds 600 --ticket {}", file.0.display());
    let options = options(&club.server, &args);
    let (measuring, path) = (Arc::new(Notify::new()), file.0.clone());
    let (started, later) = (Arc::clone(&measuring), ticket(600));
    let mut is_early = false;
    let watch = |progress: &Progress| {
        if matches!(progress.phase, Phase::Window { .. }) {
            std::fs::write(&path, &later).unwrap();
            // Whole seconds count.
            is_early |= signed.elapsed().as_secs() + 1 < for_s;
            started.notify_one();
        }
    };
    let all_have_another = async {
        measuring.notified().await;
        let resumed = async || club.server.metric("drumbeat_resumes_total ").await == 1.0;
        eventually("the light bot is back", resumed).await;
    };
    let run = run(&options, |_| Pilot { speaks: true }, watch, all_have_another);
    let report = within("the run", run).await.unwrap();
    is_early.then_some(report)
}

/// Bots that do nothing wrong, among those that do.
const HONEST: u32 = 100;

/// All kinds of misbehaving bots at once beside honest ones: nothing is wrong, and nothing is left.
#[tokio::test(flavor = "multi_thread")]
async fn honest_bots_play_on_among_all_that_misbehave_and_nothing_is_left_of_those() {
    let server = Server::start(|config| {
        config.room.game.capacity = 200;
        config.room.resume_s = 2;
    })
    .await;
    let kinds = "slow,flood,garbage,churn,silent,cheat";
    // Longer than the server waits for a hello: the silent are answered, too.
    let args = format!("--misbehave {kinds} --misbehaving 3 --seconds 6");
    let report = report(&options_of(HONEST, &server, &args), true).await;
    assert_eq!(report.failures, [""; 0]);
    assert_eq!((report.joined, report.view_mismatches), (HONEST.into(), 0));
    assert!(report.checksums_verified > 0);
    for kind in &report.misbehaving {
        assert!(kind.connections > 0 && kind.connections == kind.as_documented, "{kind:?}");
    }
    eventually("nobody is left", async || {
        server.metric("drumbeat_connections ").await == 0.0
            && server.metric("drumbeat_players ").await == 0.0
    })
    .await;
    assert_eq!(server.metric("drumbeat_view_mismatches_total ").await, 0.0);
    server.stop().await.unwrap().unwrap();
}

/// As long as the first round; that hours of it show what grows is shown with made-up rounds, beside the
/// code.
#[tokio::test(flavor = "multi_thread")]
async fn a_soak_ends_with_a_server_at_rest() {
    let server = Server::start(|config| config.room.resume_s = 1).await;
    let options = options(&server, "--seconds 1 --storm --misbehave churn,slow --misbehaving 1");
    let mut seen = (0, 0);
    let watch = |what: Seen<'_>| match what {
        Seen::Progress(_) => seen.0 += 1,
        Seen::Round(round) => {
            assert_eq!((round.joined, round.resumed, &round.failures[..]), (6, 6, &[][..]));
            seen.1 += 1;
        }
    };
    let brains = Brains::<Toy>::default();
    let soaking = soak(&options, &brains, Duration::ZERO, watch, pending());
    let soaked = within("the soak", soaking).await.unwrap();
    assert!(seen.0 > 0 && seen.1 == 1, "{seen:?}");
    assert!(soaked.is_success() && soaked.rounds.len() == 1, "{soaked:?}");
    let rest = soaked.rounds[0].rest.unwrap();
    assert_eq!((rest.connections, rest.players), (0, 0));
    assert!(soaked.samples.iter().any(|sample| sample.held.connections > 0), "{soaked:?}");

    // With nobody to ask there is no soak.
    let options = Options { admin: Some("http://127.0.0.1:1".parse().unwrap()), ..options };
    let refused = soak(&options, &brains, Duration::ZERO, |_| {}, pending()).await.unwrap_err();
    assert!(refused.to_string().contains("--admin"), "{refused}");
}
