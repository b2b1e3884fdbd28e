//! The consumption of server and swarm between the two edges of the window.

use std::time::{Duration, Instant};

use drumbeat_bots::progress::Phase;
use drumbeat_bots::report::Report;
use drumbeat_bots::server_metrics::{Scrape, Traffic};

use crate::load::Load;
use crate::process::{CpuMeter, machine_time, own_memory_bytes};
use crate::run::Run;

/// Pings per second of each client, as the client core sends them.
const PINGS_PER_S: f64 = 2.0;

/// Reads processor time and memory at the two edges of the window.
pub(crate) struct Edges {
    server: CpuMeter,
    swarm: CpuMeter,
    start: Option<Edge>,
    end: Option<Edge>,
    memory_bytes: Option<u64>,
}

/// Processor time consumed until one moment.
struct Edge {
    at: Instant,
    server: Duration,
    swarm: Duration,
    /// Consumed by all programs on all cores.
    machine: Option<Duration>,
}

impl Edges {
    pub(crate) fn new(server: u32) -> Self {
        Self {
            server: CpuMeter::new(server),
            swarm: CpuMeter::new(std::process::id()),
            start: None,
            end: None,
            memory_bytes: None,
        }
    }

    /// Takes a reading, if this is where the window starts or ends.
    pub(crate) fn note(&mut self, phase: Phase, server: u32) {
        match phase {
            Phase::Ramp | Phase::Storm { .. } => {}
            // The last reading of the warm-up counts: the window starts there.
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

    /// Combines the readings with the report.
    pub(crate) fn run(self, load: Load, report: Report, memory_before: Option<u64>) -> Run {
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
        // Slow players are clients, too.
        let clients = report.joined as f64 + f64::from(load.slow);
        let client_ticks =
            scrape.map(|scrape| clients * scrape.ticks as f64 / f64::from(load.rooms));
        let per_client_tick =
            |count: f64| client_ticks.filter(|all| *all > 0.0).map(|all| count / all);
        let messages = |direction: &dyn Fn(&Scrape) -> Traffic| {
            scrape.and_then(|scrape| per_client_tick(direction(scrape).messages as f64))
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
