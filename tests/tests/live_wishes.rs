//! Bots that send commands and chat lines to a server, verify its documents and time all of it.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;
use drumbeat_bots::figures::Percentiles;
use drumbeat_bots::options::Options;
use drumbeat_bots::progress::{Phase, Progress};
use drumbeat_bots::report::Report;
use drumbeat_bots::swarm::run;
use drumbeat_bots::{Brain, Player, Stamp, Wishes};
use drumbeat_server::config::{Config, Settings};
use drumbeat_server::{net, page};
use drumbeat_shared::document::RecordId;
use drumbeat_tests::pad::{Line, Order, Pad};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A word in every line, and another of the same length.
const WORD: &str = "planted";
const OTHER: &str = "plucked";
/// Time between two wishes of a bot, microseconds.
const PAUSE_US: u64 = 50_000;
/// Wishes of the last bot in the window, after which the run ends.
const WISHES: u32 = 60;
/// Wishes between two of its lines.
const LINE_EVERY: u32 = 10;

/// What the bots of a run share.
#[derive(Default)]
struct Course {
    /// The number of the last bot.
    last: u32,
    measuring: AtomicBool,
    done: Notify,
}

/// Writes lines and goes on with the newest; the last bot talks, and ends the run.
struct Writer {
    wished: u32,
    measured: u32,
    next_us: u64,
    course: Arc<Course>,
}

impl Brain for Writer {
    type Game = Pad;

    fn wishes(&mut self, player: &Player<Pad>, wishes: &mut Wishes<Pad>) {
        let client = player.client().expect("light bots wish nothing");
        if wishes.now_us() < self.next_us {
            return wishes.again_at(self.next_us);
        }
        self.next_us = wishes.now_us() + PAUSE_US;
        wishes.again_at(self.next_us);
        let newest = client.records().last().map(|(id, _)| id);
        wishes.command(match (self.wished % 8, newest) {
            (7, _) => Order::Remove { line: RecordId(0) },
            (1.., Some(line)) => Order::Extend { line, text: wishes.stamp().sign("") },
            _ => Order::Write { text: wishes.stamp().sign(WORD) },
        });
        self.wished += 1;
        if wishes.bot() < self.course.last {
            return;
        }
        if self.wished.is_multiple_of(LINE_EVERY) {
            wishes.say("hello");
        }
        self.measured += u32::from(self.course.measuring.load(Ordering::Relaxed));
        if self.measured == WISHES {
            self.course.done.notify_one();
        }
    }

    fn stamps(&self, line: &Line) -> Vec<Stamp> {
        let signs = line.text.match_indices(" ~").map(|(at, _)| &line.text[at..]);
        signs.filter_map(|sign| Stamp::read(sign.get(..10)?)).collect()
    }

    fn needs_view(&self) -> bool {
        false
    }
}

async fn serve() -> SocketAddr {
    let mut config = Config::new(&Settings::default(), (), "");
    config.page = page!("../assets", without = ["web"]);
    config.room.chat_per_10s = 100;
    let listener = net::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async {
        let ended = drumbeat_server::run::<Pad>(config, listener, pending()).await;
        panic!("the server ended: {ended:?}");
    });
    address
}

/// Runs so many writers until the last one is done.
async fn swarm(address: SocketAddr, bots: u32, args: &str) -> Report {
    let args = format!(
        "drumbeat-bots --url ws://{address} --ramp-per-s 1000 --room main --seconds 600 \
         --bots {bots} {args}"
    );
    let options = Options::parse_from(args.split_whitespace());
    let course = Arc::new(Course { last: bots - 1, ..Course::default() });
    let shared = Arc::clone(&course);
    let brain = move |_| {
        let course = Arc::clone(&shared);
        Writer { wished: 0, measured: 0, next_us: 0, course }
    };
    let watch = |progress: &Progress| {
        let is_window = matches!(progress.phase, Phase::Window { .. });
        course.measuring.fetch_or(is_window, Ordering::Relaxed);
    };
    run(&options, brain, watch, course.done.notified()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_reach_the_others_and_are_timed_and_verified() {
    let report = swarm(serve().await, 4, "--witnesses 3").await;
    let text = report.to_string();
    assert_eq!(report.failures, [""; 0], "{text}");
    let documents = report.documents.expect("documents are reported");
    assert!(documents.commands_per_s > 0.0 && documents.chat_lines_per_s > 0.0, "{text}");
    assert!(documents.record_changes_per_witness_s > 0.0, "{text}");
    assert!(documents.checksums_verified > 0 && documents.mismatches == 0, "{text}");
    assert!(documents.record_delay_ms.is_some() && documents.chat_delay_ms.is_some(), "{text}");
    let refused: Vec<_> = documents.refused.iter().map(|(reason, _)| reason).collect();
    assert_eq!(refused, ["that line is gone"], "{text}");
    assert!(documents.command_bytes_mean.is_some_and(|bytes| bytes > 1.0), "{text}");
    assert!(documents.document_bytes_per_command.is_some_and(|bytes| bytes > 1.0), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_at_screens_wish_over_their_links() {
    let report = swarm(serve().await, 2, "--link 80ms").await;
    let text = report.to_string();
    assert_eq!(report.failures, [""; 0], "{text}");
    let documents = report.documents.expect("documents are reported");
    let least = |delay: Option<Percentiles>| delay.map_or(0.0, |delay| delay.p50);
    assert!(least(documents.record_delay_ms) >= 80.0, "both ends of the way: {text}");
    assert!(least(documents.chat_delay_ms) >= 80.0, "both ends of the way: {text}");
}

/// Passes everything on, but changes one word of what the server says.
async fn relay(mut client: TcpStream, address: SocketAddr) -> std::io::Result<()> {
    let mut server = TcpStream::connect(address).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = tokio::io::copy(&mut from_client, &mut to_server);
    let down = async {
        let mut bytes = vec![0; 1 << 16];
        loop {
            let length = from_server.read(&mut bytes).await?;
            if length == 0 {
                return Ok(());
            }
            while let Some(at) =
                bytes[..length].windows(WORD.len()).position(|word| word == WORD.as_bytes())
            {
                bytes[at..at + WORD.len()].copy_from_slice(OTHER.as_bytes());
            }
            to_client.write_all(&bytes[..length]).await?;
        }
    };
    tokio::select! { up = up => up.map(drop), down = down => down }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_not_the_servers_fails_the_run() {
    let address = serve().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let between = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(relay(client, address));
        }
    });
    let report = swarm(between, 2, "").await;
    assert_eq!(report.view_mismatches, 0);
    let documents = report.documents.as_ref().expect("documents are reported");
    assert!(documents.mismatches > 0, "{report}");
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert!(failure.ends_with("checksums of documents did not match"), "{failure}");
    assert!(!report.is_success());
}
