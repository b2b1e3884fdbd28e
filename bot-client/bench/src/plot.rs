//! The layout of plots. `report.html` draws them; colours are classes of the page, so that they
//! follow its light and dark theme.

use serde::Serialize;

/// Size of a plot and the margins around its content, in the plot's units.
const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 38.0;

/// The scale of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    Linear,
    /// Base 10; for values above 0.
    Log,
}

/// The range of an axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) scale: Scale,
}

/// A line through points.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    /// CSS class that colours the line.
    pub(crate) class: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Axis {
    /// The position of a value, 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let along = match self.scale {
            Scale::Linear => (value - self.from) / (self.to - self.from),
            Scale::Log => (value / self.from).ln() / (self.to / self.from).ln(),
        };
        along.clamp(0.0, 1.0)
    }

    /// Round values for the axis labels.
    fn ticks(&self) -> Vec<f64> {
        let mut ticks = Vec::new();
        match self.scale {
            Scale::Linear => {
                let step = round_step((self.to - self.from) / 5.0);
                let mut at = (self.from / step).ceil() * step;
                while at <= self.to + step * 1e-6 {
                    ticks.push(at);
                    at += step;
                }
            }
            Scale::Log => {
                let mut at = 10_f64.powf(self.from.log10().ceil());
                while at <= self.to * 1.000_001 {
                    ticks.push(at);
                    at *= 10.0;
                }
            }
        }
        ticks
    }
}

/// A plot, in its own units.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Plot {
    frame: Frame,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    x_name: &'static str,
    y_name: &'static str,
    bars: Vec<Bar>,
    marks: Vec<Mark>,
    series: Vec<Curve>,
}

/// The size of a plot and the edges of its content.
#[derive(Clone, Copy, Debug, Serialize)]
struct Frame {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

const FRAME: Frame = Frame {
    width: WIDTH,
    height: HEIGHT,
    left: LEFT,
    right: WIDTH - RIGHT,
    top: TOP,
    bottom: HEIGHT - BOTTOM,
};

/// A value beside an axis.
#[derive(Clone, Debug, Serialize)]
struct Tick {
    at: f64,
    label: String,
}

#[derive(Clone, Debug, Serialize)]
struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    title: String,
}

/// A marked value.
#[derive(Clone, Debug, Serialize)]
struct Mark {
    at: f64,
    text: String,
    text_x: f64,
    text_y: f64,
    anchor: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Curve {
    name: &'static str,
    class: &'static str,
    points: Vec<Point>,
}

#[derive(Clone, Debug, Serialize)]
struct Point {
    x: f64,
    y: f64,
    title: String,
}

/// A histogram: the share of values in each bin (low, high, count), and marked values.
pub(crate) fn histogram(
    x: Axis,
    bins: &[(f64, f64, u64)],
    marks: &[(&str, f64)],
    x_name: &'static str,
) -> Plot {
    let total: u64 = bins.iter().map(|bin| bin.2).sum();
    let share = |count: u64| count as f64 / total.max(1) as f64 * 100.0;
    let most = bins.iter().map(|bin| share(bin.2)).fold(0.0, f64::max);
    let y = Axis { from: 0.0, to: (most * 1.1).max(1e-3), scale: Scale::Linear };
    let bars = bins.iter().filter(|bin| bin.2 > 0).map(|(low, high, count)| {
        let (left, right) = (to_x(x, *low), to_x(x, *high));
        let top = to_y(y, share(*count));
        Bar {
            x: left,
            y: top,
            width: tenths((right - left - 0.5).max(0.8)),
            height: tenths((FRAME.bottom - top).max(0.5)),
            title: format!("{low:.2} to {high:.2}: {:.2} %", share(*count)),
        }
    });
    // The first label is to the left of its line, the others to the right, so that they don't
    // overlap.
    let marks = marks.iter().enumerate().map(|(number, (name, value))| {
        let at = to_x(x, *value);
        let left = at > WIDTH * 0.8 || (number == 0 && at > WIDTH * 0.3);
        let (anchor, text_x) = if left { ("end", at - 4.0) } else { ("start", at + 4.0) };
        let text_y = TOP + 9.0 + 14.0 * number as f64;
        Mark { at, text: format!("{name} {value:.2}"), text_x, text_y, anchor }
    });
    Plot { bars: bars.collect(), marks: marks.collect(), ..axes(x, y, x_name, "% of values") }
}

/// Lines with their points; y starts at 0.
pub(crate) fn lines(series: &[Series], x_name: &'static str, y_name: &'static str) -> Plot {
    let points = || series.iter().flat_map(|series| &series.points);
    let most = |value: fn(&(f64, f64)) -> f64| points().map(value).fold(0.0, f64::max);
    let axis = |most: f64| Axis { from: 0.0, to: (most * 1.15).max(1e-3), scale: Scale::Linear };
    let (x, y) = (axis(most(|point| point.0)), axis(most(|point| point.1)));
    let point = |(px, py): &(f64, f64)| Point {
        x: to_x(x, *px),
        y: to_y(y, *py),
        title: format!("{py:.2} at {px}"),
    };
    let curve = |series: &Series| Curve {
        name: series.name,
        class: series.class,
        points: series.points.iter().map(point).collect(),
    };
    Plot { series: series.iter().map(curve).collect(), ..axes(x, y, x_name, y_name) }
}

/// An empty plot: both axes, with ticks and names.
fn axes(x: Axis, y: Axis, x_name: &'static str, y_name: &'static str) -> Plot {
    let tick = |at, value| Tick { at, label: label(value) };
    Plot {
        frame: FRAME,
        x_ticks: x.ticks().into_iter().map(|value| tick(to_x(x, value), value)).collect(),
        y_ticks: y.ticks().into_iter().map(|value| tick(to_y(y, value), value)).collect(),
        x_name,
        y_name,
        bars: Vec::new(),
        marks: Vec::new(),
        series: Vec::new(),
    }
}

fn to_x(axis: Axis, value: f64) -> f64 {
    tenths(LEFT + axis.place(value) * (FRAME.right - LEFT))
}

fn to_y(axis: Axis, value: f64) -> f64 {
    tenths(FRAME.bottom - axis.place(value) * (FRAME.bottom - TOP))
}

/// Rounds to tenths, the visible precision.
fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The smallest 1, 2 or 5 times a power of ten that is not below `step`.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let times = [1.0, 2.0, 5.0].into_iter().find(|times| times * power >= step * 0.999_999);
    times.unwrap_or(10.0) * power
}

/// The shortest form of a value, with a thousands separator.
fn label(value: f64) -> String {
    if value >= 1_000.0 {
        let whole = value.round() as u64;
        return format!("{},{:03}", whole / 1_000, whole % 1_000);
    }
    format!("{}", (value * 1e4).round() / 1e4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_values() {
        let linear = Axis { from: 45.0, to: 55.0, scale: Scale::Linear };
        assert_eq!(linear.ticks(), [46.0, 48.0, 50.0, 52.0, 54.0]);
        let log = Axis { from: 0.02, to: 1_000.0, scale: Scale::Log };
        let labels: Vec<_> = log.ticks().into_iter().map(label).collect();
        assert_eq!(labels, ["0.1", "1", "10", "100", "1,000"]);
    }

    #[test]
    fn values_lie_along_the_axis() {
        let log = Axis { from: 0.1, to: 10.0, scale: Scale::Log };
        assert!((log.place(1.0) - 0.5).abs() < 1e-9);
        assert_eq!((log.place(0.0), log.place(100.0)), (0.0, 1.0));
    }

    #[test]
    fn a_plot_has_a_bar_for_each_bin_that_holds_something() {
        let x = Axis { from: 0.0, to: 3.0, scale: Scale::Linear };
        let bins = [(0.0, 1.0, 1), (1.0, 2.0, 0), (2.0, 3.0, 3)];
        let plot = histogram(x, &bins, &[("p50", 2.5)], "ms");
        assert!(
            plot.bars
                .iter()
                .map(|bar| &bar.title[..])
                .eq(["0.00 to 1.00: 25.00 %", "2.00 to 3.00: 75.00 %"])
        );
        assert_eq!(plot.marks[0].text, "p50 2.50");
        assert!(histogram(x, &[], &[], "ms").bars.is_empty());
    }

    #[test]
    fn a_line_has_its_points() {
        let points = vec![(500.0, 12.0), (1_000.0, 11.0)];
        let series = [Series { name: "server", class: "server", points }];
        let plot = lines(&series, "players", "us");
        assert_eq!(plot.series[0].points.len(), 2);
        for plot in [plot, lines(&[], "players", "us")] {
            let ticks = plot.x_ticks.iter().chain(&plot.y_ticks).map(|tick| tick.at);
            let points = plot.series.iter().flat_map(|curve| &curve.points);
            assert!(ticks.chain(points.flat_map(|point| [point.x, point.y])).all(f64::is_finite));
        }
    }
}
