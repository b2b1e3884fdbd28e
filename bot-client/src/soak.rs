//! A soak: round after round of bots that come, play, misbehave, lose their connections and go, and
//! whether the server is afterwards as it was before.

use std::time::{Duration, Instant};

use drumbeat_shared::game::Game;
use serde::Serialize;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::brains::Brains;
use crate::holdings::Holdings;
use crate::metrics_source::MetricsSource;
use crate::options::Options;
use crate::progress::Progress;
use crate::report::Report;
use crate::swarm::{RunError, find, run};

/// Time between two looks at what the server holds.
const SAMPLE_PERIOD: Duration = Duration::from_secs(2);
/// How long the server may take to let go of a round; it keeps places for `--resume-s`, 20 s.
const REST_LIMIT: Duration = Duration::from_secs(90);
/// By how much memory may grow from the first third of the rounds to the last: the allocator's own
/// differences between two equal rounds are about half of this.
const MEMORY_GROWTH_MAX: f64 = 0.05;

/// What the server held at a moment.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sample {
    /// Since the soak began, seconds.
    pub at_s: f64,
    /// What it held.
    #[serde(flatten)]
    pub held: Holdings,
}

/// One round.
#[derive(Clone, Debug, Serialize)]
pub struct Round {
    /// When the server was at rest again, seconds since the soak began.
    pub at_s: f64,
    /// Bots that joined.
    pub joined: u64,
    /// Bots that had their own player back after the storm.
    pub resumed: u64,
    /// Checksums that the bots compared with their views.
    pub checksums: u64,
    /// What the server held once all bots had left; `None` if it held some of them.
    pub rest: Option<Holdings>,
    /// What went wrong.
    pub failures: Vec<String>,
}

/// The whole soak.
#[derive(Clone, Debug, Serialize)]
pub struct Soak {
    /// Its length, minutes.
    pub minutes: f64,
    /// What the server held before.
    pub before: Holdings,
    /// The rounds.
    pub rounds: Vec<Round>,
    /// What the server held, every two seconds.
    pub samples: Vec<Sample>,
    /// What grew from round to round.
    pub grown: Vec<String>,
    /// Whether it was ended early.
    pub interrupted: bool,
}

impl Soak {
    /// Whether there were rounds, all of them good, and nothing grew.
    #[must_use]
    pub fn is_success(&self) -> bool {
        let is_good = |round: &Round| round.failures.is_empty();
        !self.rounds.is_empty() && self.grown.is_empty() && self.rounds.iter().all(is_good)
    }
}

/// Why there is no soak.
#[derive(Debug, thiserror::Error)]
pub enum SoakError {
    /// A round was not possible.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The brain is not known.
    #[error("{0}")]
    Brain(String),
    /// What the server holds is not known.
    #[error(
        "the server's metrics can't be read, so nobody would see what grows; name its admin listener \
         with --admin (the server runs on Linux, and nobody else plays there)"
    )]
    NoMetrics,
}

/// What is to be seen while a soak goes on.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// How far the round has come.
    Progress(&'a Progress),
    /// The round has ended.
    Round(&'a Round),
}

/// Soaks a server that nobody else plays on for `length`, and then to the end of the round. When
/// `interrupt` resolves, the soak ends with the round before.
///
/// # Errors
/// When a round was not possible.
pub async fn soak<G: Game>(
    options: &Options,
    brains: &Brains<G>,
    length: Duration,
    mut watch: impl FnMut(Seen<'_>),
    interrupt: impl Future<Output = ()>,
) -> Result<Soak, SoakError> {
    options.check().map_err(RunError::Options)?;
    let (_, source) = find(options).await?;
    let source = source.ok_or(SoakError::NoMetrics)?;
    let before = Holdings::fetch(&source).await.ok_or(SoakError::NoMetrics)?;
    let began = Instant::now();
    let mut interrupt = std::pin::pin!(interrupt);
    let (mut rounds, mut samples, mut interrupted) = (Vec::new(), Vec::new(), false);
    while rounds.is_empty() || began.elapsed() < length {
        let seed = options.seed.wrapping_add(rounds.len() as u64);
        let options = Options { seed, ..options.clone() };
        let brain = brains.choose(&options).map_err(SoakError::Brain)?;
        let ended = {
            let mut round = std::pin::pin!(async {
                let show = |progress: &_| watch(Seen::Progress(progress));
                let report = run(&options, brain, show, std::future::pending()).await?;
                Ok::<_, RunError>((report, at_rest(&source, before).await))
            });
            let mut ticks = interval(SAMPLE_PERIOD);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                tokio::select! {
                    round = round.as_mut() => break Some(round?),
                    _ = ticks.tick() => samples.extend(sample(&source, began).await),
                    () = interrupt.as_mut() => break None,
                }
            }
        };
        let Some((report, rest)) = ended else {
            interrupted = true;
            break;
        };
        rounds.push(Round::new(&report, rest, began));
        watch(Seen::Round(&rounds[rounds.len() - 1]));
    }
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    let grown = grown(&rounds);
    Ok(Soak { minutes, before, rounds, samples, grown, interrupted })
}

impl Round {
    fn new(report: &Report, rest: Result<Holdings, String>, began: Instant) -> Self {
        let mut failures = report.failures.clone();
        let rest = rest.map_err(|failure| failures.push(failure)).ok();
        Self {
            at_s: began.elapsed().as_secs_f64(),
            joined: report.joined,
            resumed: report.storm.as_ref().map_or(0, |storm| storm.resumed),
            checksums: report.checksums_verified,
            rest,
            failures,
        }
    }
}

/// Waits until the server has let go of a round. Returns what it holds then, or what it still held.
async fn at_rest(source: &MetricsSource, before: Holdings) -> Result<Holdings, String> {
    let began = Instant::now();
    loop {
        let held = Holdings::fetch(source).await;
        match held {
            Some(held) if held.is_at_rest(before) => return Ok(held),
            Some(held) if began.elapsed() > REST_LIMIT => {
                return Err(format!(
                    "{} s after the bots had left, the server still held {} connections (before: \
                     {}) and {} seats ({})",
                    REST_LIMIT.as_secs(),
                    held.connections,
                    before.connections,
                    held.players,
                    before.players
                ));
            }
            None if began.elapsed() > REST_LIMIT => {
                return Err("the server's metrics can't be read any more".to_owned());
            }
            _ => sleep(Duration::from_millis(500)).await,
        }
    }
}

async fn sample(source: &MetricsSource, began: Instant) -> Option<Sample> {
    let held = Holdings::fetch(source).await?;
    Some(Sample { at_s: began.elapsed().as_secs_f64(), held })
}

/// What the server held more of at the end of each round of the last third than at the end of any of the
/// first. Fewer than three rounds say nothing, nor does one after which it was not at rest.
fn grown(rounds: &[Round]) -> Vec<String> {
    let rests: Vec<_> = rounds.iter().filter_map(|round| round.rest).collect();
    let third = rests.len() / 3;
    let of = |name: &str, allowed: f64, count: fn(&Holdings) -> u64| {
        let first = rests[..third].iter().map(count).max()?;
        let last = rests[rests.len() - third..].iter().map(count).min()?;
        let grown = last as f64 > first as f64 * (1.0 + allowed);
        grown.then(|| format!("{name} grew from at most {first} to at least {last}"))
    };
    let figures = [
        of("memory (bytes)", MEMORY_GROWTH_MAX, |held| held.memory_bytes),
        of("open files", 0.0, |held| held.open_files),
        of("tasks", 0.0, |held| held.tasks),
        of("rooms", 0.0, |held| held.rooms),
    ];
    figures.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(held: impl Fn(u64) -> Holdings) -> Vec<Round> {
        let round = |number| Round {
            at_s: number as f64,
            joined: 10,
            resumed: 10,
            checksums: 100,
            rest: Some(held(number)),
            failures: Vec::new(),
        };
        (0..9).map(round).collect()
    }

    #[test]
    fn what_grows_is_found_and_what_goes_up_and_down_is_not() {
        let leak = |number| Holdings {
            memory_bytes: 10_000_000 + number * 300_000,
            open_files: 20 + number,
            tasks: 3,
            ..Holdings::default()
        };
        let found = grown(&rounds(leak));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("memory") && found[1].contains("at most 22 to at least 26"));
        let sway = |number| Holdings {
            memory_bytes: 10_000_000 + number % 3 * 900_000,
            open_files: 20 + number % 2,
            ..Holdings::default()
        };
        assert_eq!(grown(&rounds(sway)), [""; 0]);
        assert_eq!(grown(&rounds(leak)[..2]), [""; 0], "too few to say");
        let mut restless = rounds(leak);
        restless[8].rest = None;
        assert_eq!(grown(&restless).len(), 2, "what was not at rest hides nothing");
    }
}
