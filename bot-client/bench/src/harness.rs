//! One measured run: a server of its own, a swarm against it, what both took, and the floor.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::floor::{self, Floor, Work};
use crate::load::Load;
use crate::options::Scenario;
use crate::pin::{Pins, pin};
use crate::process::{CpuMeter, machine_time, own_memory_bytes};
use crate::run::Run;
use crate::screen::Screen;
use crate::server_process::{ServerProcess, StartError};
use crate::visitors::Visitors;
use drumbeat_bots::brains::Pilot;
use drumbeat_bots::progress::{Phase, Progress};
use drumbeat_bots::report::Report;
use drumbeat_bots::server_metrics::{Scrape, Traffic};
use drumbeat_bots::swarm::{self, RunError};

/// Of each client, as the client core sends them.
const PINGS_PER_S: f64 = 2.0;

/// Why the benchmark could not go on.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// No server.
    #[error(transparent)]
    Start(#[from] StartError),
    /// No swarm.
    #[error(transparent)]
    Run(RunError),
    /// A file, or the floor's sockets.
    #[error("{what}: {reason}")]
    System {
        /// What was being done.
        what: &'static str,
        /// What the system said.
        reason: io::Error,
    },
    /// The system would not give so many sockets.
    #[error(
        "{scenario} opens {needed} files at once and the limit is {limit}; raise it with `ulimit -n \
         {needed}`, take --quick, or name other scenarios"
    )]
    OpenFiles {
        /// The scenario that opens the most.
        scenario: String,
        /// Sockets and other files.
        needed: u32,
        /// What the system lets a process have.
        limit: u64,
    },
    /// Ctrl-C.
    #[error("interrupted before there was a figure")]
    Interrupted,
}

/// What all runs of a benchmark share.
pub(crate) struct Harness {
    /// The server's program.
    pub(crate) program: PathBuf,
    pub(crate) pins: Pins,
    /// Ticks of a floor.
    pub(crate) floor_ticks: u32,
    /// For the files that servers need.
    pub(crate) folder: PathBuf,
    /// Turns true on Ctrl-C.
    pub(crate) interrupt: watch::Receiver<bool>,
    pub(crate) screen: Screen,
}

/// Looks at processor time and memory at the two ends of the window.
struct Edges {
    server: CpuMeter,
    swarm: CpuMeter,
    start: Option<Edge>,
    end: Option<Edge>,
    memory_bytes: Option<u64>,
}

/// What was taken until some time.
struct Edge {
    at: Instant,
    server: Duration,
    swarm: Duration,
    /// By all programs on all cores.
    machine: Option<Duration>,
}

impl Harness {
    /// Starts a server, loads it, ends it.
    pub(crate) async fn run(&mut self, name: Scenario, load: &Load) -> Result<Run, BenchError> {
        if *self.interrupt.borrow() {
            return Err(BenchError::Interrupted);
        }
        let arguments = load
            .server_arguments(&self.folder)
            .map_err(|reason| BenchError::System { what: "cannot write a map", reason })?;
        let (server_cores, swarm_cores) = match load.shards {
            Some(_) if self.pins.problem.is_none() => (&self.pins.all, &self.pins.all),
            _ => (&self.pins.server, &self.pins.swarm),
        };
        // The threads of the swarm have the cores of this one.
        pin(swarm_cores)
            .map_err(|reason| BenchError::System { what: "cannot choose cores", reason })?;
        let server = ServerProcess::start(&self.program, &arguments, server_cores)?;
        let url = format!("ws://{}", server.address).parse().expect("an address makes a URL");
        let threads = u32::try_from(swarm_cores.len()).ok().filter(|count| *count > 0);
        let options = load.options(url, threads);
        let visitors = load.visitors.then(|| Visitors::start(server.address)).transpose();
        let visitors = visitors
            .map_err(|reason| BenchError::System { what: "cannot send visitors", reason })?;
        let memory_before = own_memory_bytes(server.id());
        let mut edges = Edges::new(server.id());
        let kind = load.brain;
        let screen = &self.screen;
        let watch = |progress: &Progress| {
            edges.note(progress.phase, server.id());
            screen.show_run(name, load, progress);
        };
        let interrupt = interrupted(self.interrupt.clone());
        let report =
            swarm::run(&options, move |seed| Pilot::new(kind, seed), watch, interrupt).await;
        let visits = match visitors {
            Some(visitors) => Some(visitors.stop().await),
            None => None,
        };
        if *self.interrupt.borrow() {
            return Err(BenchError::Interrupted);
        }
        let report = report.map_err(BenchError::Run)?;
        let run = Run { visits, ..edges.run(load.clone(), report, memory_before) };
        self.screen.finish_run(name, &run);
        Ok(run)
    }

    /// The same, and then the floor with the frames and inputs that were seen.
    pub(crate) async fn run_and_floor(
        &mut self,
        name: Scenario,
        load: &Load,
    ) -> Result<Run, BenchError> {
        let mut run = self.run(name, load).await?;
        if let Some((frame_bytes, input_bytes)) = run.frame_bytes.zip(run.input_bytes) {
            let work = Work {
                clients: load.bots,
                frame_bytes: frame_bytes.round() as usize,
                input_bytes: input_bytes.round() as usize,
                tick_hz: load.tick_hz,
                ticks: self.floor_ticks,
            };
            match self.floor(work).await {
                Ok(floor) => {
                    self.screen.finish_floor(name, &floor);
                    run.floor = Some(floor);
                }
                // The run itself is whole. The next one is not begun.
                Err(BenchError::Interrupted) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(run)
    }

    async fn floor(&mut self, work: Work) -> Result<Floor, BenchError> {
        self.screen.show_floor(&work);
        let pins = self.pins.clone();
        let measuring = tokio::task::spawn_blocking(move || floor::measure(work, &pins));
        let measured = tokio::select! {
            measured = measuring => measured,
            () = interrupted(self.interrupt.clone()) => return Err(BenchError::Interrupted),
        };
        let failed =
            |reason| BenchError::System { what: "the floor could not be measured", reason };
        measured.map_err(|error| failed(io::Error::other(error)))?.map_err(failed)
    }
}

impl Edges {
    fn new(server: u32) -> Self {
        Self {
            server: CpuMeter::new(server),
            swarm: CpuMeter::new(std::process::id()),
            start: None,
            end: None,
            memory_bytes: None,
        }
    }

    fn note(&mut self, phase: Phase, server: u32) {
        match phase {
            Phase::Ramp | Phase::Storm { .. } => {}
            // The last one counts: the window begins there.
            Phase::WarmUp => self.start = self.look(),
            Phase::Window { .. } => {
                self.end = self.look();
                self.memory_bytes = own_memory_bytes(server);
            }
        }
    }

    fn look(&mut self) -> Option<Edge> {
        let (server, swarm) = (self.server.read()?, self.swarm.read()?);
        Some(Edge { at: Instant::now(), server, swarm, machine: machine_time() })
    }

    fn run(self, load: Load, report: Report, memory_before: Option<u64>) -> Run {
        let edges = self.start.zip(self.end);
        let share = |part: &dyn Fn(&Edge) -> Duration| {
            edges.as_ref().map(|(start, end)| {
                let time = part(end).saturating_sub(part(start));
                time.as_secs_f64() / (end.at - start.at).as_secs_f64()
            })
        };
        let busy = share(&|edge| edge.server);
        let ours = share(&|edge| edge.server + edge.swarm);
        let machine = share(&|edge| edge.machine.unwrap_or(edge.server + edge.swarm));
        let scrape = report.scrape.as_ref();
        // The slow ones are clients, too.
        let clients = report.joined as f64 + f64::from(load.slow);
        let client_ticks =
            scrape.map(|scrape| clients * scrape.ticks as f64 / f64::from(load.rooms));
        let per_client_tick =
            |count: f64| client_ticks.filter(|all| *all > 0.0).map(|all| count / all);
        let messages = |way: &dyn Fn(&Scrape) -> Traffic| {
            scrape.and_then(|scrape| per_client_tick(way(scrape).messages as f64))
        };
        Run {
            cpu_us_per_client_tick: busy
                .and_then(|busy| per_client_tick(busy * report.seconds * 1e6)),
            frames_per_client_tick: messages(&|scrape| scrape.sent),
            inputs_per_client_tick: messages(&|scrape| scrape.received)
                .map(|all| (all - PINGS_PER_S / f64::from(load.tick_hz)).max(0.0)),
            server_busy: busy,
            other_cores: machine.zip(ours).map(|(all, ours)| (all - ours).max(0.0)),
            frame_bytes: scrape.and_then(|scrape| scrape.sent.message_bytes()),
            input_bytes: scrape.and_then(|scrape| scrape.received.message_bytes()),
            memory_bytes: memory_before.zip(self.memory_bytes).map(<[u64; 2]>::from),
            load,
            report,
            visits: None,
            floor: None,
        }
    }
}

/// Resolves on Ctrl-C.
pub(crate) async fn interrupted(mut interrupt: watch::Receiver<bool>) {
    if interrupt.wait_for(|set| *set).await.is_err() {
        std::future::pending::<()>().await;
    }
}
