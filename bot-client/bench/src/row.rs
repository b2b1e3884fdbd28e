//! The rows of the target table: what is asked for, what was found, and the verdict.

use serde::Serialize;

use crate::options::Scenario;

/// A figure that has a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowId {
    SteadyCost,
    FewCost,
    DriftBytes,
    FranticBytes,
    PlayersMax,
    ScaleGrowth,
    CrowdMissed,
    CrowdCost,
    CrowdBytes,
    ConnectionMemory,
    LatenessP99,
    LatenessP999,
    SpacingP99,
    SlowChange,
    VisitorsChange,
    StormTime,
    StormMissed,
    FeelCorrection,
    FeelStarved,
    FeelJank,
    FeelJumps,
    FeelStallStarved,
    FeelRecovery,
}

impl RowId {
    /// Whether the server has to have a core of its own.
    pub(crate) fn is_of_one_core(self) -> bool {
        matches!(
            self,
            Self::PlayersMax
                | Self::SteadyCost
                | Self::FewCost
                | Self::CrowdMissed
                | Self::CrowdCost
        )
    }
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    AtMost,
    AtLeast,
}

/// What a row asks for.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Target {
    pub(crate) id: RowId,
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    #[serde(skip)]
    pub(crate) decimals: usize,
    pub(crate) bound: Bound,
    pub(crate) must: f64,
    pub(crate) aim: f64,
    pub(crate) scenario: Scenario,
}

/// All rows, in the order in which they are shown.
pub(crate) const TARGETS: [Target; 23] = {
    use Bound::{AtLeast, AtMost};
    use RowId as R;
    use Scenario as S;
    #[rustfmt::skip]
    let rows = [
        row(R::SteadyCost, S::Steady, "CPU per client-tick / the floor", "x", 2, AtMost, [1.35, 1.2]),
        row(R::FewCost, S::Scale, "the same, 500 players", "x", 2, AtMost, [1.45, 1.25]),
        row(R::DriftBytes, S::Steady, "bytes per visible moving entity-tick, 2 turns/s", "", 2, AtMost, [0.5, 0.35]),
        row(R::FranticBytes, S::Frantic, "the same, a new heading every tick", "", 2, AtMost, [1.6, 1.3]),
        row(R::PlayersMax, S::Max, "players in one world on one core, no missed tick", "", 0, AtLeast, [4_000.0, 5_000.0]),
        row(R::ScaleGrowth, S::Scale, "cost per client from 500 to 3,000 players", "%", 0, AtMost, [0.0, -10.0]),
        row(R::CrowdMissed, S::Crowd, "crowd of 1,000 in one view: missed ticks", "", 0, AtMost, [0.0, 0.0]),
        row(R::CrowdCost, S::Crowd, "crowd: CPU per client-tick / the floor", "x", 2, AtMost, [1.6, 1.3]),
        row(R::CrowdBytes, S::Crowd, "crowd: received by each player", "kB/s", 1, AtMost, [12.0, 8.0]),
        row(R::ConnectionMemory, S::Idle, "memory per connected player", "KiB", 1, AtMost, [11.0, 7.0]),
        row(R::LatenessP99, S::Steady, "tick-start lateness under load, p99", "ms", 2, AtMost, [0.5, 0.2]),
        row(R::LatenessP999, S::Steady, "tick-start lateness under load, p99.9", "ms", 2, AtMost, [2.0, 1.0]),
        row(R::SpacingP99, S::Steady, "spacing of received frames off the beat, p99", "ms", 2, AtMost, [5.0, 2.0]),
        row(R::SlowChange, S::Slow, "10 % slow: change of others' frame spacing p99", "%", 1, AtMost, [3.0, 1.0]),
        row(R::VisitorsChange, S::Visitors, "visitors on every route: change of input to state p99", "%", 1, AtMost, [10.0, 3.0]),
        row(R::StormTime, S::Storm, "storm: all reconnect, until the last full view", "s", 2, AtMost, [2.0, 0.7]),
        row(R::StormMissed, S::Storm, "storm: missed ticks", "", 0, AtMost, [0.0, 0.0]),
        row(R::FeelCorrection, S::Feel, "100 ms +- 30: own corrections, p99, not touching", "units", 2, AtMost, [1.0, 0.5]),
        row(R::FeelStarved, S::Feel, "100 ms +- 30: pictures without frames", "%", 2, AtMost, [0.5, 0.1]),
        row(R::FeelJank, S::Feel, "100 ms +- 30: pictures with jank", "%", 2, AtMost, [0.5, 0.1]),
        row(R::FeelJumps, S::Feel, "100 ms +- 30: jumps over twice the top speed", "", 0, AtMost, [0.0, 0.0]),
        row(R::FeelStallStarved, S::Feel, "1 % stalls of 250 ms: pictures without frames", "%", 2, AtMost, [3.0, 1.0]),
        row(R::FeelRecovery, S::Feel, "1 % stalls of 250 ms: recovery, p99", "ticks", 1, AtMost, [2.0, 1.0]),
    ];
    rows
};

const fn row(
    id: RowId,
    scenario: Scenario,
    what: &'static str,
    unit: &'static str,
    decimals: usize,
    bound: Bound,
    [must, aim]: [f64; 2],
) -> Target {
    Target { id, what, unit, decimals, bound, must, aim, scenario }
}

/// What was found for a row.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Figure {
    /// `None` when nothing was measured.
    pub(crate) value: Option<f64>,
    /// The smallest and the largest, where there are several.
    pub(crate) spread: Option<[f64; 2]>,
    /// Whether the load was smaller or shorter than the target's.
    pub(crate) reduced: bool,
    /// Why the value is not to be called the server's.
    pub(crate) doubt: Option<String>,
}

/// Target and figure side by side.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) target: Target,
    #[serde(flatten)]
    pub(crate) figure: Figure,
    /// Whether others took part of the machine meanwhile.
    pub(crate) disturbed: bool,
    pub(crate) verdict: Verdict,
}

/// How a figure stands to its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    AimMet,
    Met,
    Short,
    NotMeasured,
}

impl Verdict {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::AimMet => "aim met",
            Self::Met => "met",
            Self::Short => "short",
            Self::NotMeasured => "not measured",
        }
    }
}

impl Target {
    /// A figure with what was found, judged.
    pub(crate) fn row(self, figure: Figure) -> Row {
        let verdict = self.judge(&figure);
        Row { target: self, figure, disturbed: false, verdict }
    }

    fn judge(&self, figure: &Figure) -> Verdict {
        let Some(value) = figure.value.filter(|_| figure.doubt.is_none()) else {
            return Verdict::NotMeasured;
        };
        // As precise as it is shown: what reads as the target is the target.
        let scale = 10_f64.powi(self.decimals as i32);
        let value = (value * scale).round() / scale;
        let reaches = |bound: f64| match self.bound {
            Bound::AtMost => value <= bound,
            Bound::AtLeast => value >= bound,
        };
        match (reaches(self.must), reaches(self.aim)) {
            (_, true) => Verdict::AimMet,
            (true, false) => Verdict::Met,
            (false, false) => Verdict::Short,
        }
    }

    /// A value with the row's unit.
    pub(crate) fn show(&self, value: f64) -> String {
        let number = format!("{value:.*}", self.decimals);
        if self.unit.is_empty() { number } else { format!("{number} {}", self.unit) }
    }

    /// A target as short as it can be.
    pub(crate) fn show_bound(&self, bound: f64) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        format!("{bound}{unit}")
    }
}

/// The middle of the values; `None` when there is none.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// The smallest and the largest value; `None` when there are none.
pub(crate) fn spread(values: &[f64]) -> Option<[f64; 2]> {
    let low = values.iter().copied().min_by(f64::total_cmp)?;
    let high = values.iter().copied().max_by(f64::total_cmp)?;
    Some([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(id: RowId) -> Target {
        *TARGETS.iter().find(|target| target.id == id).unwrap()
    }

    fn verdict(id: RowId, value: f64) -> Verdict {
        target(id).row(Figure { value: Some(value), ..Figure::default() }).verdict
    }

    #[test]
    fn verdicts_follow_the_targets() {
        for id in [RowId::SteadyCost, RowId::PlayersMax, RowId::ScaleGrowth] {
            let Target { must, aim, bound, .. } = target(id);
            let worse = if bound == Bound::AtMost { 1.0 } else { -1.0 };
            assert_eq!(verdict(id, aim - worse), Verdict::AimMet);
            assert_eq!(verdict(id, aim), Verdict::AimMet);
            assert_eq!(verdict(id, f64::midpoint(aim, must)), Verdict::Met);
            assert_eq!(verdict(id, must), Verdict::Met);
            assert_eq!(verdict(id, must + worse), Verdict::Short);
        }
        assert_eq!(verdict(RowId::CrowdMissed, 0.0), Verdict::AimMet);
        assert_eq!(verdict(RowId::CrowdMissed, 1.0), Verdict::Short);
    }

    #[test]
    fn what_is_in_doubt_is_not_met() {
        let figure =
            Figure { value: Some(0.0), doubt: Some("the swarm".into()), ..Figure::default() };
        assert_eq!(target(RowId::SteadyCost).row(figure).verdict, Verdict::NotMeasured);
        assert_eq!(target(RowId::SteadyCost).row(Figure::default()).verdict, Verdict::NotMeasured);
    }

    #[test]
    fn every_row_aims_beyond_what_it_must() {
        for target in TARGETS {
            let strict = match target.bound {
                Bound::AtMost => target.aim <= target.must,
                Bound::AtLeast => target.aim >= target.must,
            };
            assert!(strict, "{}", target.what);
        }
    }

    #[test]
    fn medians_and_spreads() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some([1.0, 3.0]));
        assert_eq!(spread(&[]), None);
    }
}
