//! How the game feels over links from good to bad: players who fight each other at screens of 60
//! pictures per second.

use drumbeat_bots::arena::BrainKind;
use drumbeat_bots::report::FeelReport;

use crate::figure::Figure;
use crate::links::{JITTER, STALLS, links, over};
use crate::load::Load;
use crate::play::Play;
use crate::runs::Runs;
use crate::scenario::Form;

/// Tick rate in Hz: the server's default.
const TICK_HZ: u16 = 30;

/// One load per measured link.
pub(crate) fn loads(form: &Form) -> Vec<Load> {
    let load = |link| Load {
        tick_hz: TICK_HZ,
        link: Some(link),
        ..Load::new(Play::Arena(BrainKind::Fight), form.players(24, 24), form.seconds(20, 5))
    };
    links(form.quick).map(load).collect()
}

/// A figure of the run over the link with latency and jitter.
pub(crate) fn with_jitter(runs: &Runs, value: fn(&FeelReport) -> f64) -> Figure {
    over(runs, Some(JITTER), |run| run.report.feel.as_ref().map(value))
}

/// A figure of the run over the link with stalls.
pub(crate) fn with_stalls(runs: &Runs, value: fn(&FeelReport) -> f64) -> Figure {
    over(runs, Some(STALLS), |run| run.report.feel.as_ref().map(value))
}
