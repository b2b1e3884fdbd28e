//! The server's metrics of its ticks, read from `/metrics`.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::figures::Percentiles;
use crate::metrics_source::MetricsSource;

/// Time limit of an answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// A cumulative histogram: ascending upper bounds in seconds, each with the number of values up to
/// it. The last bound is infinite.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Buckets(Vec<(f64, u64)>);

/// The content of `/metrics` at one time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scrape {
    /// Duration of ticks.
    pub tick: Buckets,
    /// How late ticks started.
    pub lateness: Buckets,
    /// Ticks done.
    pub ticks: u64,
    /// Ticks missed.
    pub missed_ticks: u64,
    /// Players, with those whose place is kept.
    pub players: u64,
    /// Duration of each part of a tick, by name.
    pub phases: BTreeMap<String, Buckets>,
    /// Frames sent to players, and their bytes, WebSocket framing included.
    pub sent: Traffic,
    /// Messages received from players, and their bytes, WebSocket framing included.
    pub received: Traffic,
}

/// The traffic in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// WebSocket messages.
    pub messages: u64,
    /// Their bytes, framing included.
    pub bytes: u64,
}

impl Traffic {
    /// Mean bytes per message; `None` when there was none.
    #[must_use]
    pub fn message_bytes(&self) -> Option<f64> {
        (self.messages > 0).then(|| self.bytes as f64 / self.messages as f64)
    }

    fn since(self, earlier: Self) -> Self {
        Self {
            messages: self.messages.saturating_sub(earlier.messages),
            bytes: self.bytes.saturating_sub(earlier.bytes),
        }
    }
}

/// The server's metrics as text. `None` when it does not answer in time or has no such page.
pub(crate) async fn answer(source: &MetricsSource) -> Option<String> {
    let answer = tokio::time::timeout(TIMEOUT, source.request()).await.ok()?.ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split_whitespace().nth(1)?;
    (status == "200").then(|| body.to_owned())
}

impl Scrape {
    /// Requests `/metrics`. `None` when the server does not answer in time or has no such page.
    pub async fn fetch(source: &MetricsSource) -> Option<Self> {
        Self::parse(&answer(source).await?)
    }

    /// Parses the Prometheus text format; `None` when it lacks the server's ticks. Series of one
    /// name are added up, whatever their other labels.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut scrape = Self::default();
        let mut found = false;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((series, value)) = line.trim().rsplit_once(' ') else {
                continue;
            };
            let Ok(value) = value.parse::<f64>() else {
                continue;
            };
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            match name.trim() {
                "drumbeat_tick_seconds_bucket" => scrape.tick.add(labels, value),
                "drumbeat_tick_lateness_seconds_bucket" => scrape.lateness.add(labels, value),
                "drumbeat_ticks_total" => {
                    scrape.ticks += value as u64;
                    found = true;
                }
                "drumbeat_players" => scrape.players += value as u64,
                "drumbeat_missed_ticks_total" => scrape.missed_ticks += value as u64,
                "drumbeat_tick_phase_seconds_bucket" => {
                    if let Some(phase) = label(labels, "phase") {
                        scrape.phases.entry(phase.to_owned()).or_default().add(labels, value);
                    }
                }
                "drumbeat_frames_out_total" => scrape.sent.messages += value as u64,
                "drumbeat_bytes_out_total" => scrape.sent.bytes += value as u64,
                "drumbeat_frames_in_total" => scrape.received.messages += value as u64,
                "drumbeat_bytes_in_total" => scrape.received.bytes += value as u64,
                _ => {}
            }
        }
        found.then_some(scrape)
    }

    /// The difference between `earlier` and this; the players are those of now.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let nothing = Buckets::default();
        let phase = |(name, buckets): (&String, &Buckets)| {
            let before = earlier.phases.get(name).unwrap_or(&nothing);
            (name.clone(), buckets.since(before))
        };
        Self {
            phases: self.phases.iter().map(phase).collect(),
            sent: self.sent.since(earlier.sent),
            received: self.received.since(earlier.received),
            tick: self.tick.since(&earlier.tick),
            lateness: self.lateness.since(&earlier.lateness),
            ticks: self.ticks.saturating_sub(earlier.ticks),
            players: self.players,
            missed_ticks: self.missed_ticks.saturating_sub(earlier.missed_ticks),
        }
    }
}

impl Buckets {
    fn add(&mut self, labels: &str, value: f64) {
        let Some(bound) = bound(labels) else { return };
        match self.0.binary_search_by(|(known, _)| known.total_cmp(&bound)) {
            Ok(at) => self.0[at].1 += value as u64,
            Err(at) => self.0.insert(at, (bound, value as u64)),
        }
    }

    fn since(&self, earlier: &Self) -> Self {
        let before = |bound: f64| {
            let found = earlier.0.binary_search_by(|(known, _)| known.total_cmp(&bound));
            found.map_or(0, |at| earlier.0[at].1)
        };
        let later = self.0.iter();
        Self(later.map(|&(bound, count)| (bound, count.saturating_sub(before(bound)))).collect())
    }

    /// Adds the values of `other`, which must have the same bounds.
    pub fn absorb(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        let counts = other.0.iter().map(|(_, count)| count);
        self.0.iter_mut().zip(counts).for_each(|((_, sum), count)| *sum += count);
    }

    /// The number of values in each bucket, with its lower and upper bound in milliseconds. Values
    /// beyond the last finite bound count in the bucket before it.
    #[must_use]
    pub fn bins(&self) -> Vec<(f64, f64, u64)> {
        let (mut low, mut below) = (0.0, 0);
        let mut bins: Vec<(f64, f64, u64)> = Vec::new();
        for &(bound, count) in &self.0 {
            let inside = count.saturating_sub(std::mem::replace(&mut below, count));
            if bound.is_finite() {
                bins.push((low, bound * 1e3, inside));
                low = bound * 1e3;
            } else if let Some(last) = bins.last_mut() {
                last.2 += inside;
            }
        }
        bins
    }

    /// The number of values that may be larger than this, in milliseconds: all but those in the buckets
    /// that end below.
    #[must_use]
    pub fn above(&self, ms: f64) -> u64 {
        let total = self.0.last().map_or(0, |(_, count)| *count);
        let below = self.0.iter().rfind(|(bound, _)| bound * 1e3 <= ms);
        total - below.map_or(0, |(_, count)| *count)
    }

    /// The value in milliseconds that is the quantile for `share` (0 to 1); `None` when there are
    /// no values.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let total = self.0.last().map_or(0, |(_, count)| *count);
        (total > 0).then(|| self.quantile_ms(total as f64 * share))
    }

    /// Percentiles in milliseconds, interpolated linearly within a bucket; `max` is the upper bound
    /// of the last bucket that holds a value. `None` when there are no values.
    #[must_use]
    pub fn percentiles(&self) -> Option<Percentiles> {
        let total = self.0.last().map_or(0, |(_, count)| *count);
        (total > 0).then(|| Percentiles {
            p50: self.quantile_ms(total as f64 * 0.5),
            p90: self.quantile_ms(total as f64 * 0.9),
            p99: self.quantile_ms(total as f64 * 0.99),
            p999: self.quantile_ms(total as f64 * 0.999),
            max: self.bound_ms(self.0.iter().position(|(_, count)| *count == total).unwrap_or(0)),
        })
    }

    /// The value in milliseconds at `rank`, interpolated within its bucket.
    fn quantile_ms(&self, rank: f64) -> f64 {
        let at = self.0.iter().position(|(_, count)| *count as f64 >= rank).unwrap_or(0);
        let (low, below) = match at.checked_sub(1) {
            Some(before) => (self.bound_ms(before), self.0[before].1 as f64),
            None => (0.0, 0.0),
        };
        let inside = self.0[at].1 as f64 - below;
        let share = if inside > 0.0 { (rank - below) / inside } else { 0.0 };
        low + (self.bound_ms(at) - low) * share
    }

    /// The upper bound of a bucket; for the infinite bucket, the largest finite bound.
    fn bound_ms(&self, at: usize) -> f64 {
        let finite = self.0[..=at].iter().rev().map(|(bound, _)| *bound);
        finite.filter(|bound| bound.is_finite()).map(|bound| bound * 1e3).next().unwrap_or(0.0)
    }
}

/// The upper bound in a bucket's labels.
fn bound(labels: &str) -> Option<f64> {
    // Rust also parses "+Inf".
    label(labels, "le")?.parse().ok()
}

/// The value of a label.
fn label<'a>(labels: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = labels.trim_end_matches('}').split(',').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(found, _)| found.trim() == name)?;
    Some(value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
# HELP drumbeat_ticks_total ticks
# TYPE drumbeat_ticks_total counter
drumbeat_ticks_total 100
drumbeat_missed_ticks_total 2
drumbeat_players 12
drumbeat_tick_seconds_bucket{le="0.001"} 50
drumbeat_tick_seconds_bucket{le="0.002"} 90
drumbeat_tick_seconds_bucket{le="0.004"} 100
drumbeat_tick_seconds_bucket{le="+Inf"} 100
drumbeat_tick_seconds_sum 0.12
drumbeat_tick_lateness_seconds_bucket{le="0.001"} 0
drumbeat_tick_lateness_seconds_bucket{le="+Inf"} 0
nonsense
"#;

    fn buckets(counts: &[(f64, u64)]) -> Buckets {
        Buckets(counts.to_vec())
    }

    #[test]
    fn the_text_format_is_read() {
        let scrape = Scrape::parse(TEXT).unwrap();
        assert_eq!((scrape.ticks, scrape.missed_ticks, scrape.players), (100, 2, 12));
        let expected = [(0.001, 50), (0.002, 90), (0.004, 100), (f64::INFINITY, 100)];
        assert_eq!(scrape.tick, buckets(&expected));
        assert_eq!(scrape.lateness.percentiles(), None);
        assert_eq!(Scrape::parse("<html>not metrics</html>"), None);
        assert_eq!(Scrape::parse(""), None);
    }

    #[test]
    fn series_with_other_labels_add_up() {
        let text = "drumbeat_ticks_total{a=\"1\"} 3\ndrumbeat_ticks_total{a=\"2\"} 4\n\
                    drumbeat_tick_seconds_bucket{a=\"1\",le=\"+Inf\"} 3\n\
                    drumbeat_tick_seconds_bucket{le=\"+Inf\",a=\"2\"} 4\n";
        let scrape = Scrape::parse(text).unwrap();
        assert_eq!(scrape.ticks, 7);
        assert_eq!(scrape.tick, buckets(&[(f64::INFINITY, 7)]));
    }

    #[test]
    fn percentiles_interpolate_within_a_bucket() {
        let check = |counts: &[(f64, u64)], p50: f64, p99: f64, max: f64| {
            let found = buckets(counts).percentiles().unwrap();
            let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
            let right = near(found.p50, p50) && near(found.p99, p99) && near(found.max, max);
            assert!(right, "{counts:?}: {found:?}");
        };
        let inf = f64::INFINITY;
        check(&[(0.001, 100), (inf, 100)], 0.5, 0.99, 1.0);
        check(&[(0.001, 50), (0.002, 100), (inf, 100)], 1.0, 1.98, 2.0);
        check(&[(0.001, 0), (0.002, 0), (0.004, 100), (0.008, 100), (inf, 100)], 3.0, 3.98, 4.0);
        // Values beyond the last finite bound count as that bound.
        check(&[(0.001, 0), (inf, 100)], 1.0, 1.0, 1.0);
    }

    #[test]
    fn what_may_be_above_a_value_is_counted() {
        let some = buckets(&[(0.001, 50), (0.002, 90), (0.004, 99), (f64::INFINITY, 100)]);
        let above = [0.5, 1.0, 1.5, 2.0, 4.0, 9.0].map(|ms| some.above(ms));
        assert_eq!(above, [100, 50, 50, 10, 1, 1]);
        assert_eq!(Buckets::default().above(1.0), 0);
    }

    #[test]
    fn parts_of_a_tick_and_traffic_are_read() {
        let text = "drumbeat_ticks_total 1\n\
                    drumbeat_tick_phase_seconds_bucket{phase=\"step\",le=\"0.001\"} 3\n\
                    drumbeat_tick_phase_seconds_bucket{phase=\"step\",le=\"+Inf\"} 4\n\
                    drumbeat_frames_out_total 10\ndrumbeat_bytes_out_total 4000\n";
        let scrape = Scrape::parse(text).unwrap();
        assert_eq!(scrape.phases["step"], buckets(&[(0.001, 3), (f64::INFINITY, 4)]));
        assert_eq!(scrape.phases["step"].bins(), [(0.0, 1.0, 4)]);
        assert_eq!(scrape.sent.message_bytes(), Some(400.0));
        assert_eq!(scrape.received.message_bytes(), None);
        assert_eq!(scrape.since(&scrape).sent, Traffic::default());
    }

    #[test]
    fn only_what_is_new_counts() {
        let before = Scrape::parse(TEXT).unwrap();
        let later = TEXT
            .replace("_total 100", "_total 150")
            .replace("\"0.004\"} 100", "\"0.004\"} 150")
            .replace("\"+Inf\"} 100", "\"+Inf\"} 150");
        let new = Scrape::parse(&later).unwrap().since(&before);
        assert_eq!((new.ticks, new.missed_ticks), (50, 0));
        let percentiles = new.tick.percentiles().unwrap();
        assert!((percentiles.p50 - 3.0).abs() < 1e-9, "{percentiles:?}");
    }
}
