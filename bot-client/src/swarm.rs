//! A run from the first connection to the report: ramp, warm-up, measured window, storm, end.
//!
//! The coordinator only watches: it regularly takes the tallies from the threads and asks the
//! server for its metrics. The time at which it does so decides what a window covers.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use drumbeat_process::limits::{self, LittleMemory};
use drumbeat_shared::game::Game;
use tokio::time::{Instant, sleep_until};

use crate::bot::Brain;
use crate::connect::Target;
use crate::figures::{Tally, Timings, Waited};
use crate::found::{Found, Measured, StormMeasured, is_saturated};
use crate::launch::Fleet;
use crate::look::Look;
use crate::metrics_source::{MetricsSource, TokenError, read_token};
use crate::options::Options;
use crate::progress::{Phase, Progress};
use crate::report::Report;
use crate::server_metrics::Scrape;

/// Time between two looks at the swarm.
const WATCH_PERIOD: Duration = Duration::from_secs(1);
/// Time between the last join and the measured window.
const WARM_UP: Duration = Duration::from_millis(1_500);
/// The warm-up with link conditions, during which the clocks of players at screens adapt to the
/// link.
const LINK_WARM_UP: Duration = Duration::from_secs(8);
/// Files that a run opens besides its sockets: in all, and for each of its threads.
const OTHER_FILES: u64 = 16;
const THREAD_FILES: u64 = 4;

/// Time limit for all bots to reconnect after a storm or give up.
const STORM_TIMEOUT: Duration = Duration::from_secs(20);

/// Why there was no run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Contradictory arguments.
    #[error("{0}")]
    Options(String),
    /// No server listens.
    #[error(
        "no server answers at {url} ({reason}); start one with `cargo run --release`, or name \
         another with --url"
    )]
    NoServer {
        /// The URL.
        url: String,
        /// The system's error.
        reason: io::Error,
    },
    /// Another server listens, or the game is at another path.
    #[error(
        "{url} answers, but is no Drumbeat server ({answer}); name one with --url, such as \
         ws://127.0.0.1:7777"
    )]
    NoGame {
        /// The URL.
        url: String,
        /// The answer in place of a game.
        answer: String,
    },
    /// The system allows too few open files.
    #[error(
        "{needed} open files are needed and the limit is {limit}; raise it with `ulimit -n \
         {needed}`, or launch fewer bots"
    )]
    OpenFiles {
        /// Files that the run needs, sockets included.
        needed: u64,
        /// The system's limit for this process.
        limit: u64,
    },
    /// The system allows too few threads.
    #[error(
        "{needed} more threads are needed and the system allows {allowed}; raise its limit (ulimit \
         -u, or the container's of processes), or choose fewer --threads"
    )]
    Threads {
        /// Threads that the run needs besides those that run already.
        needed: usize,
        /// Threads that the system allows this process.
        allowed: usize,
    },
    /// There is no token for the server's metrics.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The system allows too little memory.
    #[error("{0}, or choose fewer --threads")]
    Memory(#[from] LittleMemory),
    /// The system failed to start a thread.
    #[error("a thread for the bots could not be started: {0}")]
    Thread(#[from] io::Error),
    /// A signal ended the run before there was anything to report.
    #[error("interrupted before the measured window began; nothing was measured")]
    Interrupted,
}

/// Runs a swarm of bots, each with a brain made from a seed. `watch` receives the progress about
/// once a second. When `interrupt` resolves, the run ends early.
///
/// # Errors
/// When no run was possible. [`Report::failures`] holds what failed during the run.
pub async fn run<B: Brain>(
    options: &Options,
    brain: impl Fn(u64) -> B + Send + Sync + 'static,
    mut watch: impl FnMut(&Progress),
    interrupt: impl Future<Output = ()>,
) -> Result<Report, RunError> {
    options.check().map_err(RunError::Options)?;
    check_threads(options)?;
    allow_open_files(options)?;
    let mut interrupt = std::pin::pin!(interrupt);
    let (target, metrics) = tokio::select! {
        found = find(options) => found?,
        () = interrupt.as_mut() => return Err(RunError::Interrupted),
    };
    let fleet = Fleet::launch(options, Arc::new(target), Arc::new(brain))?;
    let scrape = scrape(metrics.as_ref()).await;
    let mut swarm = Swarm {
        first_scrape: scrape.clone(),
        scrape,
        busy: vec![Duration::ZERO; fleet.workers.len()],
        looked_at: Instant::now(),
        missed_ticks: 0,
        interrupted: false,
        whole: Tally::default(),
        metrics,
        fleet,
    };
    let mut show = |swarm: &Swarm, look: &Look, phase| {
        watch(&Progress::new(options, phase, &swarm.whole, swarm.missed_ticks, look));
    };
    let warm_up = if options.link.is_some() { LINK_WARM_UP } else { WARM_UP };
    let gathered = swarm.gather(options.bots, warm_up, &mut show, interrupt.as_mut()).await;
    let length = Duration::from_secs(u64::from(options.seconds));
    let (mut measured, mut storm) = (None, None);
    if gathered {
        measured = Some(swarm.measure(length, &mut show, interrupt.as_mut()).await);
        if options.storm && !swarm.interrupted {
            storm = Some(swarm.storm(&mut show, interrupt).await);
        }
    }
    let (last, misbehaved) = swarm.fleet.end().await;
    swarm.whole.absorb(last.clone());
    if let Some(answer) = swarm.whole.no_game.take().filter(|_| swarm.whole.joined == 0) {
        return Err(RunError::NoGame { url: options.url.to_string(), answer });
    }
    let mut measured = measured.ok_or(RunError::Interrupted)?;
    // The end of their connections cuts off the waits that are open at the end of the window.
    measured.cut_off.absorb(storm.as_ref().map_or(&last.cut_off, |(_, cut_off)| cut_off));
    measured.storm = storm.map(|(storm, _)| storm);
    Ok(Report::new(&Found {
        options,
        whole: &swarm.whole,
        measured: &measured,
        misbehaving: misbehaved,
        steps_per_unit: <B::Game as Game>::SCHEMA.steps_per_unit(),
    }))
}

/// Finds the server, and its metrics if it is known where they are.
///
/// # Errors
/// When nobody listens, or an option about that is wrong.
pub(crate) async fn find(options: &Options) -> Result<(Target, Option<MetricsSource>), RunError> {
    let token = options.admin_token_file.as_deref().map(read_token).transpose()?;
    let tls = options.url.is_tls().then(|| options.trust().connector());
    let tls = tls.transpose().map_err(RunError::Options)?;
    let url = options.url.of_room(options.room.as_deref().unwrap_or_default());
    let target = Target::find(&url, tls).await;
    let target =
        target.map_err(|reason| RunError::NoServer { url: options.url.to_string(), reason })?;
    let metrics = MetricsSource::find(options.admin.as_ref(), target.address, token).await;
    Ok((target, metrics))
}

struct Swarm {
    /// Where the server's metrics are, if that is known.
    metrics: Option<MetricsSource>,
    fleet: Fleet,
    /// The counts of the whole run so far.
    whole: Tally,
    /// The server's first answer, and its last one.
    first_scrape: Option<Scrape>,
    scrape: Option<Scrape>,
    /// Ticks that the server missed during the run.
    missed_ticks: u64,
    /// Whether the window was ended early. The future that interrupts must not be polled again.
    interrupted: bool,
    looked_at: Instant,
    busy: Vec<Duration>,
}

impl Swarm {
    /// Ramp and warm-up. Returns false on an interrupt, or when there is nothing to join.
    async fn gather(
        &mut self,
        bots: u32,
        warm_up: Duration,
        show: &mut impl FnMut(&Self, &Look, Phase),
        mut interrupt: Pin<&mut impl Future<Output = ()>>,
    ) -> bool {
        let mut warm_at = None;
        while warm_at.is_none_or(|at| self.looked_at < at) {
            let wake = self.looked_at + WATCH_PERIOD;
            tokio::select! {
                () = sleep_until(warm_at.map_or(wake, |at| wake.min(at))) => {}
                () = interrupt.as_mut() => return false,
            }
            let look = self.look().await;
            if self.whole.joined == 0 && self.whole.no_game.is_some() {
                return false;
            }
            if self.whole.joined + self.whole.failed_joins.total() >= u64::from(bots) {
                warm_at.get_or_insert(self.looked_at + warm_up);
            }
            let phase = warm_at.map_or(Phase::Ramp, |_| Phase::WarmUp);
            show(self, &look, phase);
        }
        true
    }

    /// Measures the window. It ends early on an interrupt, or when no bot is left.
    async fn measure(
        &mut self,
        length: Duration,
        show: &mut impl FnMut(&Self, &Look, Phase),
        mut interrupt: Pin<&mut impl Future<Output = ()>>,
    ) -> Measured {
        let mut measured = Measured::default();
        // Counts from before are not part of the window.
        let first_scrape = self.look().await.scrape;
        let scrapes = first_scrape.as_ref().zip(self.first_scrape.as_ref());
        measured.joining = scrapes.map(|(window, run)| window.since(run));
        let start = self.looked_at;
        let end = start + length;
        let mut busy = vec![Duration::ZERO; self.fleet.workers.len()];
        while !self.interrupted && self.looked_at < end && self.whole.connected() > 0 {
            tokio::select! {
                () = sleep_until(end.min(self.looked_at + WATCH_PERIOD)) => {}
                () = interrupt.as_mut() => self.interrupted = true,
            }
            let look = self.look().await;
            let elapsed = self.looked_at - start;
            show(self, &look, Phase::Window { elapsed });
            for (sum, part) in busy.iter_mut().zip(look.busy) {
                *sum += part;
            }
            measured.cut_off.absorb(&look.tally.cut_off);
            measured.tally.absorb(look.tally);
            // Counts of a part of the window would pass for those of the whole, so a failed scrape
            // clears them.
            let scrapes = look.scrape.as_ref().zip(first_scrape.as_ref());
            measured.server = scrapes.map(|(last, first)| last.since(first));
        }
        measured.length = self.looked_at - start;
        measured.busiest = busy.into_iter().max().unwrap_or_default();
        measured
    }

    /// The storm: all bots drop their connections and reconnect. It ends when all have settled and
    /// the server's metrics cover it. Also returns the waits that the storm cut off.
    async fn storm(
        &mut self,
        show: &mut impl FnMut(&Self, &Look, Phase),
        mut interrupt: Pin<&mut impl Future<Output = ()>>,
    ) -> (StormMeasured, Waited) {
        let (bots, missed_before) = (self.whole.connected(), self.missed_ticks);
        let players_before = self.scrape.as_ref().map(|scrape| scrape.players);
        let mut cut_off = Waited::default();
        self.fleet.storm.set();
        let give_up_at = Instant::now() + STORM_TIMEOUT;
        let (mut missed_ticks, mut more_players, mut saturated) = (None, None, false);
        let (mut busy, mut lateness) = (vec![Duration::ZERO; self.busy.len()], Timings::default());
        let start = self.looked_at;
        while missed_ticks.is_none() && self.looked_at < give_up_at {
            let was_over = self.whole.settled() >= bots;
            tokio::select! {
                () = sleep_until(self.looked_at + WATCH_PERIOD) => {}
                () = interrupt.as_mut() => break,
            }
            let look = self.look().await;
            cut_off.absorb(&look.tally.cut_off);
            if !was_over {
                busy.iter_mut().zip(&look.busy).for_each(|(sum, part)| *sum += *part);
                lateness.absorb(&look.tally.lateness);
                let length = (self.looked_at - start).as_secs_f64();
                let busy = busy.iter().max().map_or(0.0, Duration::as_secs_f64) / length;
                saturated = is_saturated(busy, lateness.percentiles(), self.whole.tick_hz);
            }
            if was_over && look.server.is_some() {
                missed_ticks = Some(self.missed_ticks - missed_before);
                let players = look.scrape.as_ref().map(|scrape| scrape.players);
                let both = players.zip(players_before);
                more_players = both.map(|(now, before)| now.saturating_sub(before));
            }
            show(self, &look, Phase::Storm { settled: self.whole.settled() });
        }
        (StormMeasured { bots, missed_ticks, more_players, saturated }, cut_off)
    }

    /// Takes what the bots counted since the last look, and asks the server.
    async fn look(&mut self) -> Look {
        let mut tally = Tally::default();
        let mut busy = Vec::new();
        for (worker, before) in self.fleet.workers.iter().zip(&mut self.busy) {
            tally.absorb(worker.tally.take());
            let now = worker.busy();
            busy.push(now.saturating_sub(std::mem::replace(before, now)));
        }
        let now = Instant::now();
        let length = now - std::mem::replace(&mut self.looked_at, now);
        self.whole.absorb(tally.clone());
        let scrape = scrape(self.metrics.as_ref()).await;
        let both = scrape.as_ref().zip(self.scrape.as_ref());
        let server = both.map(|(now, before)| now.since(before));
        if scrape.is_some() {
            self.scrape.clone_from(&scrape);
        }
        self.missed_ticks += server.as_ref().map_or(0, |server| server.missed_ticks);
        Look { tally, length, busy, scrape, server }
    }
}

/// The server's metrics, as far as they can be read.
async fn scrape(source: Option<&MetricsSource>) -> Option<Scrape> {
    Scrape::fetch(source?).await
}

/// Raises the limit of open files if necessary, as far as the system allows.
fn allow_open_files(options: &Options) -> Result<(), RunError> {
    let threads = u64::from(options.thread_count()) * THREAD_FILES;
    let needed = u64::from(options.connections()) + limits::open_files() + OTHER_FILES + threads;
    let limit = limits::allow_files(needed);
    if limit < needed { Err(RunError::OpenFiles { needed, limit }) } else { Ok(()) }
}

/// Checks before the run: a missing thread would later cause a panic or an abort.
fn check_threads(options: &Options) -> Result<(), RunError> {
    // One for misbehaving bots, one that resolves the server's name, one that shows progress. That of
    // the page runs already.
    let needed = options.thread_count() as usize + 3;
    limits::memory_for_threads(needed)?;
    let allowed = limits::threads_allowed(needed);
    if allowed < needed { Err(RunError::Threads { needed, allowed }) } else { Ok(()) }
}
