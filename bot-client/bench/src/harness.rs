//! One measured run: its own server, a swarm against it, the consumption of both, and the floor.

use std::io;
use std::path::PathBuf;

use drumbeat_bots::options::Options;
use drumbeat_bots::progress::Progress;
use drumbeat_bots::swarm::RunError;
use tokio::sync::watch;

use crate::edges::Edges;
use crate::floor::{self, Floor, Work};
use crate::load::Load;
use crate::pin::{Pins, pin};
use crate::process::own_memory_bytes;
use crate::run::Run;
use crate::screen::Screen;
use crate::server_process::{ServerProcess, StartError};
use crate::visitors::Visitors;

/// Why the benchmark can't go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// The server did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The swarm did not run.
    #[error(transparent)]
    Run(RunError),
    /// A file or the floor's sockets failed.
    #[error("{what}: {reason}")]
    System {
        /// The failed operation.
        what: &'static str,
        /// The system's error.
        reason: io::Error,
    },
    /// The system allows too few open files.
    #[error(
        "{scenario} opens {needed} files at once and the limit is {limit}; raise it with `ulimit -n \
         {needed}`, take --quick, or name other scenarios"
    )]
    OpenFiles {
        /// The scenario that opens the most files.
        scenario: &'static str,
        /// Files that it opens, sockets included.
        needed: u32,
        /// The system's limit for a process.
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
    /// Measured ticks of a floor.
    pub(crate) floor_ticks: u32,
    /// The folder of the servers' files.
    pub(crate) folder: PathBuf,
    /// Turns true on Ctrl-C.
    pub(crate) interrupt: watch::Receiver<bool>,
    pub(crate) screen: Screen,
}

impl Harness {
    /// Starts a server, loads it and ends it.
    pub(crate) async fn run(&mut self, name: &'static str, load: &Load) -> Result<Run, BenchError> {
        if *self.interrupt.borrow() {
            return Err(BenchError::Interrupted);
        }
        let arguments = load.server_arguments(&self.folder).map_err(|reason| {
            BenchError::System { what: "cannot write a map or a certificate", reason }
        })?;
        let (server_cores, swarm_cores) = match load.shards {
            Some(_) if self.pins.problem.is_none() => (&self.pins.all, &self.pins.all),
            _ => (&self.pins.server, &self.pins.swarm),
        };
        // The threads of the swarm inherit the cores of this one.
        pin(swarm_cores)
            .map_err(|reason| BenchError::System { what: "cannot choose cores", reason })?;
        let server = ServerProcess::start(&self.program, &arguments, server_cores)?;
        let scheme = if load.tls { "wss" } else { "ws" };
        let url = format!("{scheme}://{}", server.address).parse().expect("an address makes a URL");
        let threads = u32::try_from(swarm_cores.len()).ok().filter(|count| *count > 0);
        let admin = format!("http://{}", server.admin).parse().expect("an address makes a URL");
        let options = Options { admin: Some(admin), ..load.options(url, threads) };
        let visitors = load.visitors.then(|| Visitors::start(server.address)).transpose();
        let visitors = visitors
            .map_err(|reason| BenchError::System { what: "cannot send visitors", reason })?;
        let memory_before = own_memory_bytes(server.id());
        let mut edges = Edges::new(server.id());
        let screen = &self.screen;
        screen.begin_run(name, load);
        let watch = |progress: &Progress| {
            edges.note(progress.phase, server.id());
            screen.show_run(name, load, progress);
        };
        let interrupt = interrupted(self.interrupt.clone());
        let report = load.play.run(&options, watch, interrupt).await;
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

    /// Does a run, then measures the floor with the observed frame and input sizes.
    pub(crate) async fn run_and_floor(
        &mut self,
        name: &'static str,
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
                // The run itself is complete. The next one does not start.
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

/// Resolves on Ctrl-C.
pub(crate) async fn interrupted(mut interrupt: watch::Receiver<bool>) {
    if interrupt.wait_for(|set| *set).await.is_err() {
        std::future::pending::<()>().await;
    }
}
