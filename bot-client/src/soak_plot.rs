//! What the server held during a soak, as a picture (SVG).

use std::fmt::{self, Write as _};

use crate::holdings::Holdings;
use crate::soak::Soak;

const WIDTH: f64 = 900.0;
/// Height of one panel, and of the gap above it, which holds its title.
const PANEL: f64 = 150.0;
const GAP: f64 = 46.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;

/// One panel: its title, and what it shows of a moment.
type Figure = (&'static str, fn(&Holdings) -> f64);

const FIGURES: [Figure; 4] = [
    ("Resident memory, MB", |held| held.memory_bytes as f64 / 1e6),
    ("Open files", |held| held.open_files as f64),
    ("Tasks of game connections", |held| held.tasks as f64),
    ("Game connections", |held| held.connections as f64),
];

/// Draws a soak. A dot is the server at rest after a round.
#[must_use]
pub(crate) fn svg(soak: &Soak) -> String {
    let mut out = String::new();
    // A string takes everything.
    let _ = write_svg(soak, &mut out);
    out
}

fn write_svg(soak: &Soak, out: &mut String) -> fmt::Result {
    let height = FIGURES.len() as f64 * (PANEL + GAP) + GAP;
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
    )?;
    for (number, figure) in FIGURES.iter().enumerate() {
        write_panel(soak, figure, GAP + number as f64 * (PANEL + GAP), out)?;
    }
    writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"{}\" fill=\"#444\">{:.1} minutes, {} rounds; a dot is the server at rest \
         after a round</text>\n</svg>",
        height - 14.0,
        soak.minutes,
        soak.rounds.len()
    )
}

fn write_panel(soak: &Soak, (title, value): &Figure, top: f64, out: &mut String) -> fmt::Result {
    let length_s = (soak.minutes * 60.0).max(1.0);
    let rest = soak.rounds.iter().filter_map(|round| Some((round.at_s, value(&round.rest?))));
    let samples = soak.samples.iter().map(|sample| (sample.at_s, value(&sample.held)));
    let largest = rest.clone().chain(samples.clone()).map(|(_, value)| value).fold(1.0, f64::max);
    let bottom = top + PANEL;
    let place = |(at_s, value): (f64, f64)| {
        let x = LEFT + (WIDTH - LEFT - RIGHT) * (at_s / length_s).min(1.0);
        (x, bottom - PANEL * value / (largest * 1.05))
    };
    writeln!(out, "<text x=\"{LEFT}\" y=\"{}\" font-weight=\"bold\">{title}</text>", top - 10.0)?;
    for share in [0.0, 0.5, 1.0] {
        let (_, y) = place((0.0, largest * share));
        writeln!(
            out,
            "<path d=\"M{LEFT} {y:.1}H{:.1}\" stroke=\"#ddd\"/><text x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\" fill=\"#444\">{:.*}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            y + 4.0,
            usize::from(largest < 10.0),
            largest * share
        )?;
    }
    write!(out, "<polyline fill=\"none\" stroke=\"#2563c9\" stroke-width=\"1.5\" points=\"")?;
    for (x, y) in samples.map(place) {
        write!(out, "{x:.1},{y:.1} ")?;
    }
    writeln!(out, "\"/>")?;
    for (x, y) in rest.map(place) {
        writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"#c2410c\"/>")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::{Round, Sample};

    #[test]
    fn every_sample_and_round_is_inside_its_panel() {
        let held = |memory_mb: u64, open_files| Holdings {
            memory_bytes: memory_mb * 1_000_000,
            open_files,
            ..Holdings::default()
        };
        let rest = Some(held(12, 20));
        let round =
            Round { at_s: 60.0, joined: 1, resumed: 1, checksums: 1, rest, failures: vec![] };
        let samples = vec![
            Sample { at_s: 0.0, held: held(10, 20) },
            Sample { at_s: 30.0, held: held(40, 120) },
        ];
        let soak = Soak {
            minutes: 1.0,
            before: held(10, 20),
            rounds: vec![round],
            samples,
            grown: vec![],
            interrupted: false,
        };
        let picture = svg(&soak);
        assert!(picture.contains("points=\"70.0,") && picture.contains("1.0 minutes, 1 rounds"));
        assert_eq!(picture.matches("<circle cx=\"880.0\"").count(), FIGURES.len());
        let ys = picture.split("cy=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        for (number, y) in ys.enumerate() {
            let (y, top) = (y.parse::<f64>().unwrap(), GAP + number as f64 * (PANEL + GAP));
            assert!(y >= top && y <= top + PANEL, "panel {number}: {y}");
        }
    }
}
