//! Link conditions as people write them: `100ms,jitter=30ms,stall=1%x250ms,kbps=500`.

use std::fmt;
use std::str::FromStr;

/// Longest latency, jitter and stall, milliseconds.
const MS_MAX: f64 = 5_000.0;
/// Narrowest and widest bandwidth, kilobits per second.
const KBPS: std::ops::RangeInclusive<f64> = 8.0..=1_000_000.0;

/// Conditions that a client lays over its connection. The default adds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Conditions {
    /// Round trip time, microseconds, half of it in each direction.
    pub latency_us: u64,
    /// By how much the round trip is longer or shorter, evenly spread, microseconds: up to half of
    /// it in each direction. Messages stay in order.
    pub jitter_us: u64,
    /// Share of the messages, 0 to 1, that start a stall, in each direction.
    pub stall_share: f64,
    /// Length of a stall, microseconds: nothing gets through, as after a packet that TCP has lost.
    pub stall_us: u64,
    /// Bandwidth in each direction, kilobits per second; 0 for no limit.
    pub kbps: f64,
}

/// What is wrong with a text for [`Conditions`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0}; a link is like 100ms,jitter=30ms,stall=1%x250ms,kbps=500 (each part may be left out, \
     times up to 5000ms, jitter up to the latency, kbps from 8)"
)]
pub struct ConditionsError(String);

impl Conditions {
    /// The share of the messages that start a stall, percent, as people write it.
    #[must_use]
    pub fn stall_percent(&self) -> f64 {
        // Floating point does not hold a share such as 7 % exactly.
        (self.stall_share * 1e8).round() / 1e6
    }
}

impl FromStr for Conditions {
    type Err = ConditionsError;

    fn from_str(text: &str) -> Result<Self, ConditionsError> {
        let mut conditions = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = |what| ConditionsError(format!("`{part}` is not a valid {what}"));
            match part.split_once('=') {
                None => conditions.latency_us = micros(part).ok_or_else(|| wrong("latency"))?,
                Some(("jitter", value)) => {
                    conditions.jitter_us = micros(value).ok_or_else(|| wrong("jitter"))?;
                }
                Some(("stall", value)) => {
                    let (share, length) = value.split_once('x').ok_or_else(|| wrong("stall"))?;
                    conditions.stall_share = percent(share).ok_or_else(|| wrong("stall"))?;
                    conditions.stall_us = micros(length).ok_or_else(|| wrong("stall"))?;
                }
                Some(("kbps", value)) => {
                    let kbps = value.parse().ok().filter(|kbps| KBPS.contains(kbps));
                    conditions.kbps = kbps.ok_or_else(|| wrong("bandwidth"))?;
                }
                Some(_) => return Err(wrong("condition of a link")),
            }
        }
        if conditions.jitter_us > conditions.latency_us {
            return Err(ConditionsError("the jitter is more than the latency".into()));
        }
        Ok(conditions)
    }
}

impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |us: u64| us as f64 / 1e3;
        write!(f, "{}ms", ms(self.latency_us))?;
        if self.jitter_us > 0 {
            write!(f, ",jitter={}ms", ms(self.jitter_us))?;
        }
        if self.stall_share > 0.0 {
            write!(f, ",stall={}%x{}ms", self.stall_percent(), ms(self.stall_us))?;
        }
        if self.kbps > 0.0 {
            write!(f, ",kbps={}", self.kbps)?;
        }
        Ok(())
    }
}

fn micros(text: &str) -> Option<u64> {
    let ms: f64 = text.strip_suffix("ms")?.parse().ok()?;
    (0.0..=MS_MAX).contains(&ms).then_some((ms * 1e3).round() as u64)
}

fn percent(text: &str) -> Option<f64> {
    let percent: f64 = text.strip_suffix('%')?.parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_reads_as_it_is_written() {
        let all = "100ms,jitter=30ms,stall=1%x250ms,kbps=500";
        let conditions: Conditions = all.parse().unwrap();
        let expected = Conditions {
            latency_us: 100_000,
            jitter_us: 30_000,
            stall_share: 0.01,
            stall_us: 250_000,
            kbps: 500.0,
        };
        assert_eq!(conditions, expected);
        assert_eq!(conditions.to_string(), all);
        assert_eq!("".parse(), Ok(Conditions::default()));
        let seven: Conditions = "0ms,stall=7%x250ms".parse().unwrap();
        assert_eq!(seven.to_string(), "0ms,stall=7%x250ms");
        assert_eq!("kbps=64".parse(), Ok(Conditions { kbps: 64.0, ..Conditions::default() }));
    }

    #[test]
    fn what_is_no_link_is_named() {
        let check = |text: &str, named: &str| {
            let error = text.parse::<Conditions>().unwrap_err().to_string();
            assert!(error.starts_with(named), "{text}: {error}");
        };
        check("100", "`100` is not a valid latency");
        check("-1ms", "`-1ms` is not a valid latency");
        check("NaNms", "`NaNms` is not a valid latency");
        check("9999ms", "`9999ms` is not a valid latency");
        check("100ms,jitter=x", "`jitter=x` is not a valid jitter");
        check("100ms,stall=1%", "`stall=1%` is not a valid stall");
        check("100ms,stall=101%x5ms", "`stall=101%x5ms` is not a valid stall");
        check("kbps=0", "`kbps=0` is not a valid bandwidth");
        check("loss=3%", "`loss=3%` is not a valid condition of a link");
        check("jitter=30ms", "the jitter is more than the latency");
    }
}
