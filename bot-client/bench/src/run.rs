//! The measurements of one run, and why its figures may not be the server's.

use drumbeat_bots::found::BUSY_MAX;
use drumbeat_bots::report::Report;
use serde::Serialize;

use crate::floor::Floor;
use crate::load::Load;
use crate::visitors::{self, Visits};

/// Limit of the cores that other programs may use on an otherwise idle machine.
pub(crate) const OTHER_CORES_MAX: f64 = 0.1;
/// Minimum frames per client-tick; with fewer the server did less work, since a client that is
/// behind gets no frame.
const FRAMES_MIN: f64 = 0.98;
/// Minimum inputs per client-tick; with fewer the swarm gave the server less work.
const INPUTS_MIN: f64 = 0.9;
/// Minimum answered share of visits; below it the visitors gave the server less work.
const VISITS_MIN: f64 = 0.9;

/// The measurements of one run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) load: Load,
    /// Processor time of the whole server process, user and system together.
    pub(crate) cpu_us_per_client_tick: Option<f64>,
    /// Processor time of the server in cores; 1 is a whole core.
    pub(crate) server_busy: Option<f64>,
    /// Processor time of other programs meanwhile, in cores.
    pub(crate) other_cores: Option<f64>,
    /// Mean bytes of a sent frame, WebSocket header included.
    pub(crate) frame_bytes: Option<f64>,
    /// Mean bytes of a received message, WebSocket header included.
    pub(crate) input_bytes: Option<f64>,
    /// Frames sent, by the server's own count; 1 when it skipped none.
    pub(crate) frames_per_client_tick: Option<f64>,
    /// Messages received, by the server's own count, without the pings.
    pub(crate) inputs_per_client_tick: Option<f64>,
    /// Private memory of the server in bytes, before the first player and at the end.
    pub(crate) memory_bytes: Option<[u64; 2]>,
    pub(crate) report: Report,
    /// The answers to visitors of the page, if there were any.
    pub(crate) visits: Option<Visits>,
    /// The floor, measured directly after the run with the same work.
    pub(crate) floor: Option<Floor>,
}

impl Run {
    /// The server's cost as a multiple of the floor.
    pub(crate) fn ratio(&self) -> Option<f64> {
        Some(self.cpu_us_per_client_tick? / self.floor.as_ref()?.cpu_us_per_client_tick)
    }

    /// How far the frames of a client came off the beat, 99th percentile, milliseconds.
    pub(crate) fn off_beat_ms(&self) -> Option<f64> {
        self.report.frame_off_beat_ms.map(|off| off.p99)
    }

    /// Why the figures can't be judged.
    pub(crate) fn doubt(&self) -> Option<String> {
        self.fault().or_else(|| self.saturation()).or_else(|| self.shortfall())
    }

    /// The failure that made this a different load from the intended one.
    pub(crate) fn fault(&self) -> Option<String> {
        let (joined, asked) = (self.report.joined, self.load.bots);
        let few = joined < u64::from(asked);
        let too_few = || few.then(|| format!("{joined} of {asked} players joined"));
        let failure = self.report.failures.first().cloned();
        failure.or_else(too_few).or_else(|| self.visitors_fault())
    }

    /// The failure of the visitors of the page.
    fn visitors_fault(&self) -> Option<String> {
        let Visits { answered, failed, .. } = self.visits?;
        if failed > 0 {
            return Some(format!("{failed} requests of visitors failed"));
        }
        let part = answered as f64 / visitors::expected(self.report.seconds);
        let few = part < VISITS_MIN;
        few.then(|| format!("visitors got only {:.0} % of their answers", part * 100.0))
    }

    /// Why the swarm also influenced the figures.
    pub(crate) fn saturation(&self) -> Option<String> {
        if let Some(storm) = &self.report.storm {
            // The storm counts, and it comes after the window.
            return storm
                .generator_saturated
                .then(|| "the swarm was the bottleneck of the storm".to_owned());
        }
        if !self.report.generator_saturated {
            return None;
        }
        let busy = self.report.generator_busy;
        let why = match busy > BUSY_MAX {
            true => "the swarm was the bottleneck",
            false => "frames waited for the swarm, which was not given its core",
        };
        let others = self.other_cores.filter(|cores| *cores > OTHER_CORES_MAX);
        let others = others
            .map_or(String::new(), |cores| format!("; others, or the host, took {cores:.1} cores"));
        Some(format!("{why} ({:.0} % busy{others})", busy * 100.0))
    }

    /// The part of the work that was not done. Slow and listening players need not do all of it,
    /// nor those of a game in which a frame comes when something changes.
    fn shortfall(&self) -> Option<String> {
        if self.load.slow > 0 || !self.load.play.is_steady() {
            return None;
        }
        let short = |value: Option<f64>, least: f64| value.filter(|value| *value < least);
        let frames = short(self.frames_per_client_tick, FRAMES_MIN);
        let inputs = short(self.inputs_per_client_tick, INPUTS_MIN);
        let frames = frames.map(|frames| {
            let part = (1.0 - frames) * 100.0;
            format!("clients got no frame in {part:.1} % of their ticks")
        });
        frames.or_else(|| {
            let part = inputs? * 100.0;
            Some(format!("inputs came in only {part:.0} % of the client-ticks"))
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::play::Play;
    use drumbeat_bots::arena::BrainKind;
    use drumbeat_bots::figures::Tally;
    use drumbeat_bots::found::{Found, Measured};
    use drumbeat_bots::report::StormFigures;

    /// A run in which all is well.
    pub(crate) fn run(bots: u32) -> Run {
        let load = Load::drift(bots, 10);
        let options = load.options("ws://127.0.0.1:1".parse().unwrap(), None);
        let whole = Tally { joined: bots.into(), tick_hz: 20, ..Tally::default() };
        let measured = Measured::default();
        let (options, whole, measured) = (&options, &whole, &measured);
        let report = Report::new(&Found {
            options,
            whole,
            measured,
            misbehaving: Vec::new(),
            steps_per_unit: 1,
        });
        Run {
            load,
            cpu_us_per_client_tick: Some(10.0),
            server_busy: Some(0.5),
            other_cores: Some(0.0),
            frame_bytes: Some(300.0),
            input_bytes: Some(15.0),
            frames_per_client_tick: Some(1.0),
            inputs_per_client_tick: Some(1.0),
            memory_bytes: None,
            report,
            visits: None,
            floor: None,
        }
    }

    #[test]
    fn a_run_that_went_well_is_not_doubted() {
        assert_eq!(run(10).doubt(), None);
    }

    #[test]
    fn work_that_was_not_done_is_doubted() {
        let mut frames = run(10);
        frames.frames_per_client_tick = Some(0.97);
        assert_eq!(frames.doubt().unwrap(), "clients got no frame in 3.0 % of their ticks");
        let mut inputs = run(10);
        inputs.inputs_per_client_tick = Some(0.5);
        assert_eq!(inputs.doubt().unwrap(), "inputs came in only 50 % of the client-ticks");
        // Neither is required of these loads.
        inputs.load.slow = 1;
        frames.load.play = Play::Arena(BrainKind::Listen);
        assert_eq!((inputs.doubt(), frames.doubt()), (None, None));
    }

    #[test]
    fn of_a_storm_the_storm_itself_counts() {
        let mut run = run(10);
        run.report.generator_saturated = true;
        let mut storm = StormFigures {
            reconnected: 10,
            resumed: 10,
            failed: 0,
            asked_to_wait: 0,
            full_view_s: None,
            resume_to_view_ms: None,
            resume_to_view_ticks: None,
            join_to_view_ms: None,
            duplicates: None,
            missed_ticks: Some(0),
            generator_saturated: false,
        };
        run.report.storm = Some(storm.clone());
        assert_eq!(run.doubt(), None);
        storm.generator_saturated = true;
        run.report.storm = Some(storm);
        assert_eq!(run.doubt().unwrap(), "the swarm was the bottleneck of the storm");
    }

    #[test]
    fn visitors_who_do_not_get_their_answers_are_doubted() {
        let mut run = run(10);
        run.report.seconds = 10.0;
        let mut doubt = |answered, failed| {
            run.visits = Some(Visits { answered, bytes: 1, failed });
            run.doubt()
        };
        assert_eq!(doubt(6_400, 0), None);
        assert_eq!(doubt(6_400, 1).unwrap(), "1 requests of visitors failed");
        assert_eq!(doubt(3_200, 0).unwrap(), "visitors got only 50 % of their answers");
    }

    #[test]
    fn what_failed_comes_first() {
        let mut run = run(10);
        run.report.generator_saturated = true;
        assert!(run.doubt().unwrap().contains("swarm"), "{:?}", run.doubt());
        run.report.joined = 8;
        assert_eq!(run.doubt().unwrap(), "8 of 10 players joined");
        run.report.failures = vec!["2 bots could not join: 1013 full".to_owned()];
        assert_eq!(run.doubt().unwrap(), "2 bots could not join: 1013 full");
        assert_eq!(run.fault(), run.doubt());
    }
}
