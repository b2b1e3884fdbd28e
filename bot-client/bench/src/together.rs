//! The figures of what people do together: draw on a board, talk in a room.

use drumbeat_bots::board::PART_RAW_BYTES;
use drumbeat_bots::figures::Percentiles;
use drumbeat_bots::report::DocumentFigures;

use crate::figure::Figure;
use crate::links::{links, over};
use crate::load::Load;
use crate::play::Play;
use crate::run::Run;
use crate::runs::Runs;
use crate::scenario::Form;

/// Tick rate of a chat in Hz: the game's default.
const CHAT_TICK_HZ: u16 = 10;

/// People who draw on one board, without link conditions and over each link.
pub(crate) fn boards(form: &Form) -> Vec<Load> {
    let load = Load::new(Play::Board, form.players(100, 100), form.seconds(5, 3));
    let over_links = links(form.quick).map(|link| Load { link: Some(link), ..load.clone() });
    std::iter::once(load.clone()).chain(over_links).collect()
}

/// A room full of people, of whom some talk.
pub(crate) fn chats(form: &Form) -> Vec<Load> {
    let load = Load::new(Play::Chat, form.players(5_000, 1_000), form.short_s());
    vec![Load { tick_hz: CHAT_TICK_HZ, ..load }]
}

/// Checksums of views and documents that did not match, over all runs.
pub(crate) fn mismatches(runs: &Runs) -> Figure {
    let of = |run: &Run| run.report.view_mismatches + documents(run).map_or(0, |it| it.mismatches);
    runs.of_all(Some(runs.0.iter().map(of).sum::<u64>() as f64))
}

/// From the pen to the others' screens over the link of this name, milliseconds.
pub(crate) fn pen_delay(runs: &Runs, link: Option<&str>, of: fn(Percentiles) -> f64) -> Figure {
    over(runs, link, |run| documents(run)?.record_delay_ms.map(of))
}

/// Bytes that each viewer is sent for a part of a stroke, as a multiple of its raw points.
pub(crate) fn stroke_bytes(runs: &Runs) -> Figure {
    over(runs, None, |run| {
        Some(documents(run)?.document_bytes_per_command? / PART_RAW_BYTES as f64)
    })
}

/// From saying a line to the others, milliseconds.
pub(crate) fn line_delay(run: &Run, of: fn(Percentiles) -> f64) -> Option<f64> {
    documents(run)?.chat_delay_ms.map(of)
}

/// Ticks that took longer than a period, at most.
pub(crate) fn long_ticks(run: &Run) -> Option<f64> {
    let period_ms = 1e3 / f64::from(run.load.tick_hz);
    Some(run.report.scrape.as_ref()?.tick.above(period_ms) as f64)
}

/// The longest tick while the players joined, milliseconds.
pub(crate) fn joining_tick_ms(run: &Run) -> Option<f64> {
    Some(run.report.joining.as_ref()?.tick.percentiles()?.max)
}

fn documents(run: &Run) -> Option<&DocumentFigures> {
    run.report.documents.as_ref()
}
