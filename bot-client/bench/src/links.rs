//! The links that scenarios play over, from good to bad, and the figures of a run over one of them.

use drumbeat_shared::client::Conditions;

use crate::figure::Figure;
use crate::run::Run;
use crate::runs::Runs;

/// The link of the rows for latency and jitter.
pub(crate) const JITTER: &str = "100 ms \u{b1} 30";
/// The link of the rows for stalls.
pub(crate) const STALLS: &str = "1 % stalls";

/// The links: their names, and the link conditions on top of the loopback.
const LINKS: [(&str, &str); 7] = [
    ("LAN", "0ms"),
    ("50 ms", "50ms"),
    (JITTER, "100ms,jitter=30ms"),
    ("200 ms \u{b1} 50", "200ms,jitter=50ms"),
    (STALLS, "50ms,stall=1%x250ms"),
    ("2 % stalls", "50ms,stall=2%x250ms"),
    ("3G", "300ms,jitter=80ms,stall=1%x300ms,kbps=750"),
];

/// All links; for the short form those that rows are about.
pub(crate) fn links(quick: bool) -> impl Iterator<Item = Conditions> {
    let links = LINKS.iter().filter(move |(name, _)| !quick || has_target(name));
    links.map(|(name, text)| text.parse().unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The name of a run's link.
pub(crate) fn link_name(run: &Run) -> Option<&'static str> {
    let link = run.load.link?.to_string();
    LINKS.iter().find(|(_, text)| *text == link).map(|(name, _)| *name)
}

/// A figure of the run over the link of this name; `None` for the run without one.
pub(crate) fn over(
    runs: &Runs,
    link: Option<&str>,
    value: impl FnOnce(&Run) -> Option<f64>,
) -> Figure {
    let run = runs.0.iter().find(|run| link_name(run) == link);
    let doubt = run.and_then(Run::doubt);
    Figure { value: run.and_then(value), doubt, ..Figure::default() }
}

fn has_target(link: &str) -> bool {
    link == JITTER || link == STALLS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_is_one() {
        for (name, text) in LINKS {
            let link: Conditions = text.parse().unwrap();
            assert_eq!(link.to_string(), text, "{name}");
        }
        assert_eq!((links(false).count(), links(true).count()), (LINKS.len(), 2));
    }
}
