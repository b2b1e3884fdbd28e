//! How the game feels over links from good to bad: players at screens of 60 pictures a second, who
//! fight each other.

use crate::harness::{BenchError, Harness};
use crate::load::Load;
use crate::options::Scenario;
use crate::outcome::Outcome;
use crate::row::RowId;
use crate::run::Run;
use crate::sizes::Sizes;
use crate::summary::Summary;
use drumbeat_bots::options::BrainKind;
use drumbeat_bots::report::FeelReport;

/// Ticks a second: what the server does unless told otherwise.
const TICK_HZ: u16 = 30;
/// The link of the rows on latency and jitter.
const JITTER: &str = "100 ms \u{b1} 30";
/// The link of the rows on stalls.
const STALLS: &str = "1 % stalls";

/// The links, from good to bad: what they are called, and what is laid over the loopback.
const LINKS: [(&str, &str); 7] = [
    ("LAN", "0ms"),
    ("50 ms", "50ms"),
    (JITTER, "100ms,jitter=30ms"),
    ("200 ms \u{b1} 50", "200ms,jitter=50ms"),
    (STALLS, "50ms,stall=1%x250ms"),
    ("2 % stalls", "50ms,stall=2%x250ms"),
    ("3G", "300ms,jitter=80ms,stall=1%x300ms,kbps=750"),
];

/// The columns of the table: their heads, and what is said of them below it.
pub(crate) const HEADS: [&str; 13] = [
    "corrected",
    "p50",
    "p99",
    "touching",
    "starved",
    "over in",
    "jank",
    "jumps",
    "largest",
    "behind",
    "photon",
    "late",
    "shots",
];
pub(crate) const LEGEND: &str = "\
corrected: corrections of the own ship per second and their size in world units, while it touches \
no other; touching: the same while it does; starved: pictures without a frame new enough, over in: \
ticks from the first frame again until it is over, p99; jank: pictures in which a moving ship stood \
still; jumps: ways beyond twice the top speed, and the largest way in top speeds; behind: how far \
the others are drawn behind the frames that arrive, ms, p50; photon: from a change of the controls \
to a picture that shows it and a picture's time for the screen, ms, p50; late: inputs that came too late for their \
tick; shots: own shots shown before the server's word that it confirmed";

/// What players at screens met over one link.
pub(crate) struct FeelLine {
    /// What the link is called.
    pub(crate) link: &'static str,
    pub(crate) cells: [String; 13],
}

/// Runs them one after another.
pub(crate) async fn measure(
    outcome: &mut Outcome,
    sizes: &Sizes,
    harness: &mut Harness,
) -> Result<(), BenchError> {
    for (name, text) in LINKS.iter().filter(|(name, _)| sizes.feel_all || has_target(name)) {
        let link = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        let load = Load {
            brain: BrainKind::Fight,
            tick_hz: TICK_HZ,
            link: Some(link),
            ..Load::drift(sizes.feel, sizes.feel_s)
        };
        outcome.add(harness.run(Scenario::Feel, &load).await?);
    }
    let of = |link: &str, value: fn(&FeelReport) -> f64| {
        let text = LINKS.iter().find(|(name, _)| *name == link).map(|(_, text)| *text);
        let run = outcome.runs.iter().find(|run| is_over(run, text))?;
        run.report.feel.as_ref().map(value)
    };
    let figures = [
        (RowId::FeelCorrection, of(JITTER, |feel| feel.correction_p99)),
        (RowId::FeelStarved, of(JITTER, |feel| feel.starved_share * 100.0)),
        (RowId::FeelJank, of(JITTER, |feel| feel.jank_share * 100.0)),
        (RowId::FeelJumps, of(JITTER, |feel| feel.jumps as f64)),
        (RowId::FeelStallStarved, of(STALLS, |feel| feel.starved_share * 100.0)),
        (RowId::FeelRecovery, of(STALLS, |feel| feel.recovery_ticks_p99)),
    ];
    figures.into_iter().for_each(|(id, value)| outcome.figure_of_all(id, value));
    Ok(())
}

fn has_target(link: &str) -> bool {
    link == JITTER || link == STALLS
}

fn is_over(run: &Run, link: Option<&str>) -> bool {
    link.is_some_and(|link| Some(link.parse().ok()) == Some(run.load.link))
}

impl Summary {
    /// A line for each link that was played over.
    pub(crate) fn feel_lines(&self) -> impl Iterator<Item = FeelLine> {
        let runs = self.scenarios.iter().flat_map(|outcome| &outcome.runs);
        runs.filter_map(|run| {
            let (link, _) = LINKS.iter().find(|(_, text)| is_over(run, Some(text)))?;
            Some(FeelLine { link, cells: cells(run.report.feel.as_ref()?) })
        })
    }
}

fn cells(feel: &FeelReport) -> [String; 13] {
    let percent = |share: f64| format!("{:.2} %", share * 100.0);
    let shots = feel.shots_matched + feel.shots_withdrawn;
    let confirmed = feel.shots_matched as f64 / shots.max(1) as f64;
    [
        format!("{:.2}/s", feel.corrections_per_s),
        format!("{:.2}", feel.correction_p50),
        format!("{:.2}", feel.correction_p99),
        format!("{:.2}/s", feel.touching_per_s),
        percent(feel.starved_share),
        format!("{:.1}", feel.recovery_ticks_p99),
        percent(feel.jank_share),
        feel.jumps.to_string(),
        format!("{:.1}", feel.jump_max),
        format!("{:.0}", feel.behind_ms_p50),
        format!("{:.0}", feel.input_to_photon_ms_p50),
        percent(feel.late_input_share),
        if shots == 0 { "-".to_owned() } else { percent(confirmed) },
    ]
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
