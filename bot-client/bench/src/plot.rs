//! Plots as inline SVG. Colours are classes of the page, so that they follow light and dark.

use std::fmt::Write;

/// Size of a plot, and the margins around what it shows, in its own units.
const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 38.0;

/// How values lie along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    Linear,
    /// Of ten; for values above 0.
    Log,
}

/// From where to where an axis goes.
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
    /// Class of the page that colours it.
    pub(crate) class: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Axis {
    /// Where a value lies, 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let along = match self.scale {
            Scale::Linear => (value - self.from) / (self.to - self.from),
            Scale::Log => (value / self.from).ln() / (self.to / self.from).ln(),
        };
        along.clamp(0.0, 1.0)
    }

    /// Round values to be written beside it.
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

/// A histogram: the share of values in each bin (low, high, count), and marked values.
pub(crate) fn histogram(
    x: Axis,
    bins: &[(f64, f64, u64)],
    marks: &[(&str, f64)],
    x_name: &str,
) -> String {
    let total: u64 = bins.iter().map(|bin| bin.2).sum();
    let share = |count: u64| count as f64 / total.max(1) as f64 * 100.0;
    let most = bins.iter().map(|bin| share(bin.2)).fold(0.0, f64::max);
    let y = Axis { from: 0.0, to: (most * 1.1).max(1e-3), scale: Scale::Linear };
    let mut svg = frame(x, y, x_name, "% of values");
    for (low, high, count) in bins.iter().filter(|bin| bin.2 > 0) {
        let (left, right) = (to_x(x, *low), to_x(x, *high));
        let top = to_y(y, share(*count));
        let _ = write!(
            svg,
            "<rect class='bar' x='{left:.1}' y='{top:.1}' width='{:.1}' height='{:.1}'>\
             <title>{low:.2} to {high:.2}: {:.2} %</title></rect>",
            (right - left - 0.5).max(0.8),
            (HEIGHT - BOTTOM - top).max(0.5),
            share(*count)
        );
    }
    for (_, value) in marks {
        let at = to_x(x, *value);
        let _ = write!(
            svg,
            "<line class='mark' x1='{at:.1}' x2='{at:.1}' y1='{TOP}' y2='{:.1}'/>",
            HEIGHT - BOTTOM
        );
    }
    // Above all lines; the first to the left of its own, the others to the right, to keep apart.
    for (number, (name, value)) in marks.iter().enumerate() {
        let at = to_x(x, *value);
        let left = at > WIDTH * 0.8 || (number == 0 && at > WIDTH * 0.3);
        let (anchor, text_x) = if left { ("end", at - 4.0) } else { ("start", at + 4.0) };
        let text_y = TOP + 9.0 + 14.0 * number as f64;
        let _ = write!(
            svg,
            "<text class='mark-text' x='{text_x:.1}' y='{text_y:.1}' text-anchor='{anchor}'>\
             {name} {value:.2}</text>"
        );
    }
    svg + "</svg>"
}

/// Lines with their points, y from 0.
pub(crate) fn lines(series: &[Series], x_name: &str, y_name: &str) -> String {
    let points = || series.iter().flat_map(|series| &series.points);
    let most = |value: fn(&(f64, f64)) -> f64| points().map(value).fold(0.0, f64::max);
    let axis = |most: f64| Axis { from: 0.0, to: (most * 1.15).max(1e-3), scale: Scale::Linear };
    let (x, y) = (axis(most(|point| point.0)), axis(most(|point| point.1)));
    let mut svg = frame(x, y, x_name, y_name);
    for Series { name, class, points } in series {
        let place = |(px, py): &(f64, f64)| format!("{:.1},{:.1}", to_x(x, *px), to_y(y, *py));
        let path: Vec<_> = points.iter().map(place).collect();
        let _ = write!(svg, "<polyline class='{class}' points='{}'/>", path.join(" "));
        for (px, py) in points {
            let _ = write!(
                svg,
                "<circle class='{class}' cx='{:.1}' cy='{:.1}' r='3.5'><title>{name}: {py:.2} at \
                 {px}</title></circle>",
                to_x(x, *px),
                to_y(y, *py)
            );
        }
        if let Some((px, py)) = points.last() {
            let _ = write!(
                svg,
                "<text class='{class}-text' x='{:.1}' y='{:.1}' text-anchor='end'>{name}</text>",
                to_x(x, *px),
                to_y(y, *py) - 8.0
            );
        }
    }
    svg + "</svg>"
}

/// The opening tag, both axes, their ticks and names.
fn frame(x: Axis, y: Axis, x_name: &str, y_name: &str) -> String {
    let mut svg = format!("<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img'>");
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    for tick in y.ticks() {
        let at = to_y(y, tick);
        let _ = write!(
            svg,
            "<line class='grid' x1='{LEFT}' x2='{right}' y1='{at:.1}' y2='{at:.1}'/>\
             <text x='{:.1}' y='{:.1}' text-anchor='end'>{}</text>",
            LEFT - 6.0,
            at + 4.0,
            label(tick)
        );
    }
    for tick in x.ticks() {
        let at = to_x(x, tick);
        let _ = write!(
            svg,
            "<line class='axis' x1='{at:.1}' x2='{at:.1}' y1='{bottom}' y2='{:.1}'/>\
             <text x='{at:.1}' y='{:.1}' text-anchor='middle'>{}</text>",
            bottom + 4.0,
            bottom + 16.0,
            label(tick)
        );
    }
    let _ = write!(
        svg,
        "<line class='axis' x1='{LEFT}' x2='{right}' y1='{bottom}' y2='{bottom}'/>\
         <text class='name' x='{right}' y='{:.1}' text-anchor='end'>{x_name}</text>\
         <text class='name' x='4' y='11'>{y_name}</text>",
        HEIGHT - 6.0
    );
    svg
}

fn to_x(axis: Axis, value: f64) -> f64 {
    LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT)
}

fn to_y(axis: Axis, value: f64) -> f64 {
    HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM)
}

/// 1, 2 or 5 times a power of ten, at least as large.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let times = [1.0, 2.0, 5.0].into_iter().find(|times| times * power >= step * 0.999_999);
    times.unwrap_or(10.0) * power
}

/// As short as it can be, with thousands set apart.
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
        let svg = histogram(x, &bins, &[("p50", 2.5)], "ms");
        assert_eq!(svg.matches("class='bar'").count(), 2);
        assert!(svg.contains("75.00 %") && svg.contains("p50 2.50") && svg.ends_with("</svg>"));
        assert!(!histogram(x, &[], &[], "ms").contains("class='bar'"));
    }

    #[test]
    fn a_line_has_its_points() {
        let points = vec![(500.0, 12.0), (1_000.0, 11.0)];
        let svg = lines(&[Series { name: "server", class: "server", points }], "players", "us");
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(!svg.contains("NaN"), "{svg}");
        assert!(!lines(&[], "players", "us").contains("NaN"));
    }
}
