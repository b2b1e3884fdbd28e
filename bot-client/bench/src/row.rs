//! A row of the target table: the target, the figure and the verdict.

use serde::Serialize;

use crate::figure::Figure;
use crate::runs::Runs;

/// Which direction is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    AtMost,
    AtLeast,
}

/// The target of a figure.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Target {
    pub(crate) id: &'static str,
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    #[serde(skip)]
    pub(crate) decimals: usize,
    pub(crate) bound: Bound,
    pub(crate) must: f64,
    pub(crate) aim: f64,
    /// Whether the figure needs a server on its own core.
    #[serde(skip)]
    pub(crate) one_core: bool,
    /// Computes the figure from the runs of its scenario.
    #[serde(skip)]
    pub(crate) find: fn(&Runs) -> Figure,
}

/// A template: a count that is best at 0.
pub(crate) const AT_MOST: Target = Target {
    id: "",
    what: "",
    unit: "",
    decimals: 0,
    bound: Bound::AtMost,
    must: 0.0,
    aim: 0.0,
    one_core: false,
    find: |_| Figure { value: None, spread: None, reduced: false, doubt: None },
};

/// A target and its figure.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) target: Target,
    /// The name of the scenario that measures it.
    pub(crate) scenario: &'static str,
    #[serde(flatten)]
    pub(crate) figure: Figure,
    /// Whether other programs used the machine meanwhile.
    pub(crate) disturbed: bool,
    pub(crate) verdict: Verdict,
}

/// The comparison of a figure with its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    AimMet,
    Met,
    Short,
    NotMeasured,
}

impl Verdict {
    /// The verdict in words.
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
    /// Compares a figure with this target.
    pub(crate) fn judge(&self, figure: &Figure) -> Verdict {
        let Some(value) = figure.value.filter(|_| figure.doubt.is_none()) else {
            return Verdict::NotMeasured;
        };
        // Rounded as it is shown: a value that reads as the target meets it.
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

    /// Formats a value with the row's unit.
    pub(crate) fn show(&self, value: f64) -> String {
        let number = format!("{value:.*}", self.decimals);
        if self.unit.is_empty() { number } else { format!("{number} {}", self.unit) }
    }

    /// Formats a target in its shortest form.
    pub(crate) fn show_bound(&self, bound: f64) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        format!("{bound}{unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: Target = Target { decimals: 2, must: 1.35, aim: 1.2, ..AT_MOST };
    const PLAYERS: Target =
        Target { bound: Bound::AtLeast, must: 4_000.0, aim: 5_000.0, ..AT_MOST };

    fn verdict(target: Target, value: f64) -> Verdict {
        target.judge(&Figure { value: Some(value), ..Figure::default() })
    }

    #[test]
    fn verdicts_follow_the_targets() {
        for target in [COST, PLAYERS] {
            let Target { must, aim, bound, .. } = target;
            let worse = if bound == Bound::AtMost { 1.0 } else { -1.0 };
            assert_eq!(verdict(target, aim - worse), Verdict::AimMet);
            assert_eq!(verdict(target, aim), Verdict::AimMet);
            assert_eq!(verdict(target, f64::midpoint(aim, must)), Verdict::Met);
            assert_eq!(verdict(target, must), Verdict::Met);
            assert_eq!(verdict(target, must + worse), Verdict::Short);
        }
        assert_eq!(verdict(AT_MOST, 0.0), Verdict::AimMet);
        assert_eq!(verdict(AT_MOST, 1.0), Verdict::Short);
    }

    #[test]
    fn what_is_in_doubt_is_not_met() {
        let figure =
            Figure { value: Some(0.0), doubt: Some("the swarm".into()), ..Figure::default() };
        assert_eq!(COST.judge(&figure), Verdict::NotMeasured);
        assert_eq!(COST.judge(&Figure::default()), Verdict::NotMeasured);
    }
}
