//! The benchmark against the real server with a handful of players, and its reports.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use clap::Parser;
use drumbeat_bots::live::Live;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::bench::Folder;
use crate::figure::Figure;
use crate::harness::{BenchError, Harness};
use crate::html;
use crate::load::Load;
use crate::machine::Conditions;
use crate::measure::measure;
use crate::options::BenchOptions;
use crate::outcome::Outcome;
use crate::page;
use crate::pin::Pins;
use crate::row::Verdict;
use crate::run::tests::run;
use crate::scenario::{Caps, Course, Form, Scenario};
use crate::scenarios::named;
use crate::screen::Screen;
use crate::server_process::{self, ServerProcess};
use crate::summary::Summary;

/// Builds the server's program in this test's profile, and as `tests/run` builds: after that nothing is
/// compiled once more.
fn server() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    let mut cargo = drumbeat_process::cargo();
    cargo.args(["build", "--quiet", "--workspace", "--all-features"]);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    cargo.arg("--target-dir").arg(folder.parent().unwrap());
    assert!(cargo.status().unwrap().success(), "the server could not be built");
    server_process::find(Some(&folder.join("drumbeat"))).unwrap()
}

/// A harness with its own folder, which is removed when the folder is dropped.
fn harness(program: &Path, name: &str, interrupt: watch::Receiver<bool>) -> (Harness, Folder) {
    let folder = format!("drumbeat-bench-test-{}-{name}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(folder));
    std::fs::create_dir_all(&folder.0).unwrap();
    let harness = Harness {
        program: program.to_owned(),
        pins: Pins::default(),
        floor_ticks: 10,
        folder: folder.0.clone(),
        interrupt,
        screen: Screen::new(None),
    };
    (harness, folder)
}

fn conditions(program: &Path) -> Conditions {
    Conditions::note(program, &Pins::default(), &BenchOptions::parse_from(["bench"]))
}

/// Loads that every machine can handle.
const TINY: Form = Form { quick: false, cores: 1, caps: Caps { players: 8, seconds: 1, times: 1 } };

fn scenario(name: &str) -> &'static Scenario {
    named(name).unwrap()
}

#[tokio::test]
async fn server_and_floor_are_measured_and_ended() {
    let (_stop, stopped) = watch::channel(false);
    let program = server();
    let (mut harness, _folder) = harness(&program, "measured", stopped);
    let live = Live::open(([127, 0, 0, 1], 0).into(), "bench", "A benchmark").unwrap();
    let live = Rc::new(live);
    harness.screen = Screen::new(Some(Rc::clone(&live)));
    let chosen = ["steady", "storm", "max", "rooms"].map(scenario);
    let mut outcomes = Vec::new();
    for scenario in chosen {
        harness.screen.found(outcomes.len(), 4, || page::so_far(&chosen, &outcomes));
        let outcome = measure(scenario, &TINY, &mut harness).await;
        assert_eq!(outcome.failures, [""; 0], "{scenario:?}");
        assert_eq!(outcome.problem, None, "{scenario:?}");
        outcomes.push(outcome);
    }
    follows(&said_on(&live).await);
    let steady = &outcomes[0].runs.0[0];
    assert_eq!((steady.report.joined, steady.report.view_mismatches), (8, 0));
    assert!(steady.ratio().unwrap() > 0.0 && steady.frame_bytes.unwrap() > 4.0, "{steady:?}");
    let floor = steady.floor.as_ref().unwrap();
    assert_eq!((floor.work.clients, floor.work.ticks), (8, 10));
    assert_eq!(outcomes[1].runs.0[0].report.storm.as_ref().unwrap().reconnected, 8);
    assert_eq!(outcomes[3].runs.0[0].report.joined, 64);
    let summary = Summary::new(conditions(&program), outcomes, false);
    let text = summary.to_string();
    for row in &summary.rows {
        assert!(text.contains(row.target.what), "{text}");
    }
    let json = serde_json::to_value(&summary).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), summary.rows.len());
    let page = html::page(&summary);
    assert!(page.contains("<svg") && !page.contains("NaN"), "{page}");
    let shown = serde_json::to_value(page::report(&summary)).unwrap();
    let titles = ["target", "scenario", "notes"];
    assert!(shown["tables"].as_array().unwrap().iter().map(|it| &it["title"]).eq(titles));
    assert_eq!(shown["tables"][0]["rows"][0][1], summary.rows[0].figure_text());
    assert_eq!(shown["report"]["rows"], json["rows"]);
}

/// What the page has said of its only job.
async fn said_on(live: &Live) -> Value {
    let url = live.url();
    let authority = url.trim_start_matches("http://").trim_end_matches('/');
    let ask = async |path: &str| {
        let mut socket = TcpStream::connect(authority).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        serde_json::from_str::<Value>(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    };
    let jobs = ask("/api/jobs").await;
    ask(&format!("/api/jobs/{}", jobs["jobs"][0]["id"].as_str().unwrap())).await
}

/// Whether the page says what is measured, and each figure once it is there.
fn follows(said: &Value) {
    assert_eq!((&said["kind"], &said["state"]), (&"bench".into(), &"running".into()));
    let entries = said["entries"].as_array().unwrap();
    let states: Vec<[&str; 3]> = entries
        .iter()
        .filter_map(|entry| {
            // The first row of `steady`, of `storm` and of `max`.
            let rows = entry["so_far"]["tables"][0]["rows"].as_array()?;
            let state =
                |what: &str| rows.iter().find(|row| row[0].as_str().unwrap().starts_with(what));
            Some(
                ["CPU per client-tick", "storm: all", "players in"]
                    .map(|what| state(what).unwrap()[4].as_str().unwrap()),
            )
        })
        .collect();
    let now = "is measured now";
    assert_eq!(states.len(), 4);
    assert_eq!((states[0], states[1][1], states[2][2]), ([now, "", ""], now, now));
    assert!(states[3].iter().all(|state| !state.is_empty() && *state != now), "{states:?}");
    let has = |found: &dyn Fn(&Value) -> bool| assert!(entries.iter().any(found), "{said}");
    has(&|entry| entry["line"] == "steady: 8 players come");
    has(&|entry| entry["line"].as_str().is_some_and(|line| line.contains("the floor")));
    for (over, name) in ["steady", "storm", "max", "rooms"].into_iter().enumerate() {
        let progress =
            serde_json::json!({ "stage": name, "done": over, "of": 4, "unit": "scenarios" });
        has(&|entry| entry["progress"] == progress && entry["sample"]["connected"].is_u64());
    }
}

#[tokio::test]
async fn an_interrupt_ends_the_server() {
    let (stop, stopped) = watch::channel(false);
    let (mut harness, _folder) = harness(&server(), "interrupt", stopped);
    let load = Load::drift(9, 3_600);
    let interrupting = async {
        let mut process = None;
        // Each player is a socket of the server.
        while process.as_deref().is_none_or(|process| sockets(process) < 9) {
            tokio::time::sleep(Duration::from_millis(10)).await;
            process = process.or_else(|| child("--capacity=9"));
        }
        stop.send_replace(true);
        process.unwrap()
    };
    let both = async { tokio::join!(harness.run("steady", &load), interrupting) };
    let (result, process) = tokio::time::timeout(Duration::from_secs(60), both).await.unwrap();
    assert!(matches!(result, Err(BenchError::Interrupted)), "{:?}", result.map(|run| run.load));
    assert!(!process.exists(), "{} is left", process.display());
    // Nothing starts after the interrupt.
    let outcome = measure(scenario("fight"), &TINY, &mut harness).await;
    assert_eq!((outcome.runs.0.len(), outcome.failures.len()), (0, 0));
    assert!(outcome.problem.unwrap().contains("interrupted"));
}

/// The `/proc` folder of the child process with this argument.
fn child(argument: &str) -> Option<PathBuf> {
    let parent = format!("PPid:\t{}\n", std::process::id());
    let is_it = |process: &PathBuf| {
        let read = |name| std::fs::read_to_string(process.join(name)).unwrap_or_default();
        read("cmdline").split('\0').any(|word| word == argument) && read("status").contains(&parent)
    };
    let mut processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    processes.find(is_it)
}

/// The number of open sockets of a process.
fn sockets(process: &Path) -> usize {
    let files = std::fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    let names = files.filter_map(|file| std::fs::read_link(file.path()).ok());
    names.filter(|name| name.to_string_lossy().starts_with("socket:")).count()
}

#[tokio::test]
async fn visitors_of_every_route_are_answered_beside_players_whose_views_hold() {
    let (_stop, stopped) = watch::channel(false);
    let (mut harness, _folder) = harness(&server(), "visitors", stopped);
    let outcome = measure(scenario("visitors"), &TINY, &mut harness).await;
    assert_eq!(outcome.problem, None);
    let (without, with) = (&outcome.runs.0[0], &outcome.runs.0[1]);
    let visits = with.visits.unwrap();
    assert_eq!((without.visits, visits.failed), (None, 0));
    assert!(visits.answered > 9, "each route: {visits:?}");
    for run in [without, with] {
        assert!(run.report.checksums_verified > 0, "nobody looked");
        assert_eq!((run.report.view_mismatches, &run.report.failures[..]), (0, &[][..]));
    }
}

#[tokio::test]
async fn boards_and_chats_are_measured() {
    let (_stop, stopped) = watch::channel(false);
    let (mut harness, _folder) = harness(&server(), "together", stopped);
    let chat = measure(scenario("chat"), &TINY, &mut harness).await;
    assert_eq!((chat.problem, &chat.failures[..]), (None, &[][..]));
    for (target, figure) in &chat.figures {
        assert!(figure.value.is_some(), "{}: {figure:?}", target.id);
    }
    // Without the links, which take their time to warm up.
    let Course::Turns { loads, .. } = (scenario("board").course)(&TINY) else { panic!("turns") };
    let mut outcome = Outcome::new(scenario("board"));
    outcome.add(harness.run("board", &loads[0]).await.unwrap());
    outcome.find_figures();
    for (target, figure) in &outcome.figures[..5] {
        assert!(figure.value.is_some(), "{}: {figure:?}", target.id);
    }
    assert_eq!(outcome.figures[0].1.value, Some(0.0));
    let summary = Summary::new(conditions(Path::new("none")), vec![outcome], false);
    for text in [summary.to_string(), html::page(&summary)] {
        assert!(text.contains("Drawing over") && text.contains("no link"), "{text}");
    }
}

#[tokio::test]
async fn a_scenario_that_fails_is_not_measured_and_says_why() {
    let (_stop, stopped) = watch::channel(false);
    let (mut harness, _folder) = harness(Path::new("/bin/sh"), "failing", stopped);
    let outcome = measure(scenario("fight"), &TINY, &mut harness).await;
    let steady = measure(scenario("steady"), &TINY, &mut harness).await;
    let summary = Summary::new(conditions(Path::new("none")), vec![steady, outcome], false);
    assert_eq!(verdict(&summary, "steady_cost"), Verdict::NotMeasured);
    assert!(!summary.is_complete() && summary.is_success());
    let text = summary.to_string();
    assert!(text.contains("not measured: the server did not come up"), "{text}");
    assert!(text.contains("fight was not measured: the server did not come up"), "{text}");
    // A scenario without rows also makes the summary incomplete.
    let outcome = measure(scenario("fight"), &TINY, &mut harness).await;
    let summary = Summary::new(conditions(Path::new("none")), vec![outcome], false);
    assert!(!summary.is_complete());
}

#[test]
fn runs_in_doubt_do_not_count() {
    let mut outcome = Outcome::new(scenario("steady"));
    for (cost, saturated) in [(10.0, false), (90.0, true), (12.0, false)] {
        let mut run = run(10);
        run.cpu_us_per_client_tick = Some(cost);
        run.report.generator_saturated = saturated;
        outcome.add(run);
    }
    let line = |outcome: &Outcome| {
        let summary = Summary::new(conditions(Path::new("none")), vec![outcome.clone()], false);
        assert_eq!(summary.to_string().contains("no run counts"), summary.lines[0].doubtful);
        (summary.lines[0].runs, summary.lines[0].cpu_us_per_client_tick, summary.lines[0].doubtful)
    };
    assert_eq!(line(&outcome), (2, Some(11.0), false));
    outcome.runs.0.iter_mut().for_each(|run| run.report.generator_saturated = true);
    assert_eq!(line(&outcome), (3, Some(12.0), true));
}

#[test]
fn a_server_ends_with_its_owner() {
    let arguments = Load::drift(5, 1).server_arguments(Path::new("")).unwrap();
    let server = ServerProcess::start(&server(), &arguments, &[]).unwrap();
    let process = PathBuf::from(format!("/proc/{}", server.id()));
    assert!(process.exists());
    assert!(std::net::TcpStream::connect(server.address).is_ok());
    drop(server);
    assert!(!process.exists());
}

/// A summary of one scenario that measured this figure.
fn summary_of(id: &str, figure: &Figure) -> Summary {
    let mut outcome = Outcome::new(scenario("steady"));
    let found = Figure { value: Some(0.4), ..Figure::default() };
    let of = |known: &str| if known == id { figure } else { &found };
    let targets = outcome.scenario.targets.iter();
    outcome.figures = targets.map(|target| (target, of(target.id).clone())).collect();
    Summary::new(conditions(Path::new("none")), vec![outcome], false)
}

fn verdict(summary: &Summary, id: &str) -> Verdict {
    summary.rows.iter().find(|row| row.target.id == id).unwrap().verdict
}

#[test]
fn what_was_not_asked_for_is_not_missed() {
    let value = Figure { value: Some(1.3), spread: Some([1.2, 1.4]), ..Figure::default() };
    let summary = summary_of("steady_cost", &value);
    assert_eq!(verdict(&summary, "steady_cost"), Verdict::Met);
    assert_eq!(verdict(&summary, "storm_time"), Verdict::NotMeasured);
    assert!(summary.is_complete() && summary.is_success());
    let text = summary.to_string();
    assert!(text.contains("1.30 x") && text.contains("met (1.20 to 1.40)"), "{text}");
    assert!(text.contains("`storm` was not asked for"), "{text}");
}

#[test]
fn a_row_in_doubt_says_why_and_is_not_met() {
    let doubt = Some("the <swarm> was the bottleneck".to_owned());
    let summary =
        summary_of("steady_cost", &Figure { value: Some(1.0), doubt, ..Figure::default() });
    assert_eq!(verdict(&summary, "steady_cost"), Verdict::NotMeasured);
    assert!(!summary.is_complete());
    assert!(summary.to_string().contains("not measured: the <swarm> was the bottleneck"));
    assert!(html::page(&summary).contains("the &lt;swarm&gt; was the bottleneck"));
}

#[test]
fn a_lesser_load_is_marked() {
    let figure = Figure { value: Some(1.0), reduced: true, ..Figure::default() };
    let summary = summary_of("steady_cost", &figure);
    for text in [summary.to_string(), html::page(&summary)] {
        assert!(text.contains("* measured with fewer players"), "{text}");
    }
    let json = serde_json::to_value(&summary).unwrap();
    assert_eq!(json["rows"][0]["verdict"], "aim_met");
    assert_eq!(json["rows"][0]["reduced"], true);
}
