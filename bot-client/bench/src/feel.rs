//! How the game feels over links from good to bad: players who fight each other at screens of 60
//! pictures per second.

use drumbeat_bots::arena::BrainKind;
use drumbeat_bots::report::FeelReport;

use crate::figure::Figure;
use crate::load::Load;
use crate::run::Run;
use crate::runs::Runs;
use crate::scenario::Form;

/// Tick rate in Hz: the server's default.
const TICK_HZ: u16 = 30;
/// The link of the rows for latency and jitter.
const JITTER: &str = "100 ms \u{b1} 30";
/// The link of the rows for stalls.
const STALLS: &str = "1 % stalls";

/// The links, from good to bad: their names, and the link conditions on top of the loopback.
const LINKS: [(&str, &str); 7] = [
    ("LAN", "0ms"),
    ("50 ms", "50ms"),
    (JITTER, "100ms,jitter=30ms"),
    ("200 ms \u{b1} 50", "200ms,jitter=50ms"),
    (STALLS, "50ms,stall=1%x250ms"),
    ("2 % stalls", "50ms,stall=2%x250ms"),
    ("3G", "300ms,jitter=80ms,stall=1%x300ms,kbps=750"),
];

/// One load per measured link.
pub(crate) fn loads(form: &Form) -> Vec<Load> {
    let links = LINKS.iter().filter(|(name, _)| !form.quick || has_target(name));
    let load = |(name, text): &(&str, &str)| Load {
        brain: BrainKind::Fight,
        tick_hz: TICK_HZ,
        link: Some(text.parse().unwrap_or_else(|error| panic!("{name}: {error}"))),
        ..Load::drift(form.players(24, 24), form.seconds(20, 5))
    };
    links.map(load).collect()
}

/// A figure of the run over the link with latency and jitter.
pub(crate) fn with_jitter(runs: &Runs, value: fn(&FeelReport) -> f64) -> Figure {
    over(runs, JITTER, value)
}

/// A figure of the run over the link with stalls.
pub(crate) fn with_stalls(runs: &Runs, value: fn(&FeelReport) -> f64) -> Figure {
    over(runs, STALLS, value)
}

fn over(runs: &Runs, link: &str, value: fn(&FeelReport) -> f64) -> Figure {
    let run = runs.0.iter().find(|run| link_name(run) == Some(link));
    runs.of_all(run.and_then(|run| run.report.feel.as_ref()).map(value))
}

/// The name of a run's link.
pub(crate) fn link_name(run: &Run) -> Option<&'static str> {
    let link = run.load.link?.to_string();
    LINKS.iter().find(|(_, text)| *text == link).map(|(name, _)| *name)
}

fn has_target(link: &str) -> bool {
    link == JITTER || link == STALLS
}

#[cfg(test)]
mod tests {
    use super::*;
    use drumbeat_shared::client::Conditions;

    #[test]
    fn every_link_is_one() {
        for (name, text) in LINKS {
            let link: Conditions = text.parse().unwrap();
            assert_eq!(link.to_string(), text, "{name}");
        }
        assert_eq!(LINKS.iter().filter(|(name, _)| has_target(name)).count(), 2);
    }
}
