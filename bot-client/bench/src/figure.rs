//! A measured figure, and how several values make one.

use serde::Serialize;

/// The measured value for a target.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Figure {
    /// `None` when nothing was measured.
    pub(crate) value: Option<f64>,
    /// The smallest and the largest value, where there are several.
    pub(crate) spread: Option<[f64; 2]>,
    /// Whether the load was smaller or shorter than the target's.
    pub(crate) reduced: bool,
    /// Why the value may not be attributed to the server.
    pub(crate) doubt: Option<String>,
}

impl Figure {
    /// The median and the spread of some values.
    pub(crate) fn of(values: &[f64], doubt: Option<String>) -> Self {
        let spread = spread(values).filter(|_| values.len() > 1);
        Self { value: median(values), spread, doubt, reduced: false }
    }
}

/// The median of the values; `None` when there are none.
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

    #[test]
    fn medians_and_spreads() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some([1.0, 3.0]));
        assert_eq!(spread(&[]), None);
    }
}
