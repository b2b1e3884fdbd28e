//! The summary as one self-contained HTML file with plots.

use std::fmt::Write;

use crate::feel::{HEADS, LEGEND};
use crate::options::Scenario;
use crate::plot::{self, Axis, Scale, Series};
use crate::row::{Row, Verdict};
use crate::run::Run;
use crate::summary::{Line, Summary};
use drumbeat_bots::figures::{Percentiles, Waited};
use drumbeat_bots::server_metrics::{Buckets, Scrape};

const STYLE: &str = include_str!("page.css");
/// Times of a part of a tick that are shown, milliseconds.
const PHASE_AXIS: Axis = Axis { from: 0.02, to: 100.0, scale: Scale::Log };
/// The parts of a tick in their order, and what they do.
const PHASES: [(&str, &str); 4] = [
    ("input", "Input: taking what players sent"),
    ("step", "Step: the rules of the game"),
    ("encode", "Encode: each change once"),
    ("fanout", "Fan-out: a frame for each player, written"),
];
/// Bins of a histogram of what clients waited for.
const BINS: usize = 80;

/// The page.
pub(crate) fn page(summary: &Summary) -> String {
    let conditions = &summary.conditions;
    let mut page = format!(
        "<!doctype html>\n<html lang='en'>\n<meta charset='utf-8'>\n\
         <meta name='viewport' content='width=device-width, initial-scale=1'>\n\
         <title>Drumbeat benchmark</title>\n<style>\n{STYLE}</style>\n\
         <h1>Drumbeat benchmark</h1>\n<ul class='conditions'>\n<li><code>{}</code>\n",
        escape(&conditions.command)
    );
    for line in conditions.lines() {
        let _ = writeln!(page, "<li>{}", escape(&line));
    }
    page += "</ul>\n";
    list(&mut page, "Failed", "notes failed", &summary.failures);
    targets(&mut page, summary);
    list(&mut page, "Notes", "notes", &summary.notes);
    costs(&mut page, summary);
    waits(&mut page, summary);
    phases(&mut page, summary);
    loads(&mut page, summary);
    feel(&mut page, summary);
    page + "</html>\n"
}

fn list(page: &mut String, title: &str, class: &str, texts: &[String]) {
    if texts.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2>{title}</h2>\n<ul class='{class}'>");
    for text in texts {
        let _ = writeln!(page, "<li>{}", escape(text));
    }
    *page += "</ul>\n";
}

fn targets(page: &mut String, summary: &Summary) {
    *page += "<h2>Targets</h2>\n<div class='scroll'><table>\n<thead><tr><th class='text'>what\
              <th>figure<th>must<th>aim<th class='text'>verdict</tr></thead>\n<tbody>\n";
    summary.rows.iter().for_each(|row| target(page, row));
    *page += "</tbody></table></div>\n";
    for text in summary.footnotes() {
        let _ = writeln!(page, "<p class='soft'>{text}</p>");
    }
    *page += "<p class='soft'>A client-tick is one connected client during one tick. The floor is \
              what bare system calls cost on this machine for as many connections, frames and \
              inputs of the same size: one thread, plain sockets and epoll, no WebSocket, no \
              game. In brackets: the smallest and the largest of several runs.</p>\n";
}

fn target(page: &mut String, row: &Row) {
    let class = match row.verdict {
        Verdict::AimMet => "aim-met",
        Verdict::Met => "met",
        Verdict::Short => "short",
        Verdict::NotMeasured => "not-measured",
    };
    let _ = writeln!(
        page,
        "<tr><td class='text'>{}<td class='figure'>{}<td>{}<td>{}<td class='text'>\
         <span class='verdict {class}'>{}</span><span class='soft'>{}</span></tr>",
        escape(row.target.what),
        row.figure_text(),
        row.target.show_bound(row.target.must),
        row.target.show_bound(row.target.aim),
        row.verdict.words(),
        escape(&row.remark())
    );
}

/// Cost per client over the number of clients, the floor beside it.
fn costs(page: &mut String, summary: &Summary) {
    let of = |value: fn(&Line) -> Option<f64>| {
        let lines = summary.lines.iter().filter(|line| line.scenario == Scenario::Scale);
        lines.filter_map(|line| Some((f64::from(line.load.bots), value(line)?))).collect::<Vec<_>>()
    };
    let server = of(|line| line.cpu_us_per_client_tick);
    if server.len() < 2 {
        return;
    }
    let series = [
        Series { name: "server", class: "server", points: server },
        Series { name: "floor", class: "floor", points: of(|line| line.floor_us_per_client_tick) },
    ];
    *page += "<h2>Cost over the number of players</h2>\n<div class='plots'>\n";
    let plot = plot::lines(&series, "players in one world", "CPU per client-tick, \u{b5}s");
    figure(page, "Server and floor", &plot, "One world at constant density, drifting players.");
    let ticks = of(|line| line.tick_ms_p99);
    let series = [Series { name: "tick, p99", class: "server", points: ticks }];
    let plot = plot::lines(&series, "players in one world", "ms");
    figure(page, "Time of a tick", &plot, "The server's own account, of the same runs.");
    *page += "</div>\n";
}

/// What clients waited for, of the scenario that is in turn with the floor.
fn waits(page: &mut String, summary: &Summary) {
    let Some((name, runs)) = subject(summary) else { return };
    let mut waited = Waited::default();
    runs.iter().for_each(|run| waited.absorb(&run.report.waited));
    let period_ms = 1e3 / f64::from(runs[0].load.tick_hz);
    let plots = [
        (
            "Time between two frames of a client",
            &waited.frame_spacing,
            [period_ms - 10.0, period_ms + 10.0],
            "What lies beyond is in the first and the last bar.",
        ),
        (
            "From an input to the frame that acknowledges it",
            &waited.input_to_state,
            [0.0, period_ms * 2.0],
            "A bot sends its input when it has a frame, so a whole tick is the least.",
        ),
    ];
    let _ = writeln!(page, "<h2>What clients wait for</h2>\n<div class='plots'>");
    for (title, timings, [from, to], caption) in plots {
        let x = Axis { from, to, scale: Scale::Linear };
        let marks = timings.percentiles().map(marks);
        let marks = marks.as_ref().map_or(&[][..], |marks| &marks[..]);
        let plot = plot::histogram(x, &timings.bins(from, to, BINS), marks, "ms");
        figure(page, title, &plot, &format!("{caption} Scenario {name}."));
    }
    *page += "</div>\n";
}

/// The parts of a tick, by the server's own account.
fn phases(page: &mut String, summary: &Summary) {
    let Some((name, runs)) = subject(summary) else { return };
    let scrapes = || runs.iter().filter_map(|run| run.report.scrape.as_ref());
    let Some(first) = scrapes().next() else { return };
    let pooled = |part: &dyn Fn(&Scrape) -> Option<Buckets>| {
        let mut sum = Buckets::default();
        scrapes().filter_map(part).for_each(|buckets| sum.absorb(&buckets));
        sum
    };
    let _ = writeln!(page, "<h2>Parts of a tick</h2>\n<div class='plots'>");
    let mut show = |title: &str, buckets: &Buckets| {
        let marks = buckets.percentiles().map(marks);
        let marks = marks.as_ref().map_or(&[][..], |marks| &marks[..]);
        let plot = plot::histogram(PHASE_AXIS, &buckets.bins(), marks, "ms, logarithmic");
        figure(page, title, &plot, &format!("The server's own account. Scenario {name}."));
    };
    show("The whole tick", &pooled(&|scrape| Some(scrape.tick.clone())));
    for (phase, title) in PHASES.into_iter().filter(|(phase, _)| first.phases.contains_key(*phase))
    {
        show(title, &pooled(&|scrape| scrape.phases.get(phase).cloned()));
    }
    show("How late a tick starts", &pooled(&|scrape| Some(scrape.lateness.clone())));
    *page += "</div>\n";
}

fn loads(page: &mut String, summary: &Summary) {
    *page += "<h2>All loads</h2>\n<div class='scroll'><table>\n<thead><tr><th class='text'>scenario\
              <th>players<th>in view<th>CPU, \u{b5}s<th>floor, \u{b5}s<th>ratio<th>kB/s each\
              <th>tick p99, ms<th>late p99, ms<th>off beat p99, ms<th>missed<th>verified<th>swarm\
              busy</tr></thead>\n<tbody>\n";
    for line in &summary.lines {
        let _ = writeln!(page, "<tr><td class='text'>{}", line.name());
        line.cells().iter().for_each(|cell| page.push_str(&format!("<td>{cell}")));
        *page += "</tr>\n";
    }
    *page += "</tbody></table></div>\n<p class='soft'>Medians where a load ran several times. \
              Verified: checksums of views that the bots compared.</p>\n";
}

/// How the game feels over each link.
fn feel(page: &mut String, summary: &Summary) {
    let mut lines = summary.feel_lines().peekable();
    if lines.peek().is_none() {
        return;
    }
    *page += "<h2>How it feels</h2>\n<div class='scroll'><table>\n<thead><tr><th class='text'>link";
    HEADS.iter().for_each(|head| page.push_str(&format!("<th>{head}")));
    *page += "</tr></thead>\n<tbody>\n";
    for line in lines {
        let _ = write!(page, "<tr><td class='text'>{}", escape(line.link));
        line.cells.iter().for_each(|cell| page.push_str(&format!("<td>{cell}")));
        *page += "</tr>\n";
    }
    let _ = writeln!(page, "</tbody></table></div>\n<p class='soft'>{}</p>", escape(LEGEND));
}

/// The runs whose times are plotted: those that count of `steady`, or of the first scenario.
fn subject(summary: &Summary) -> Option<(String, Vec<&Run>)> {
    let steady = summary.scenarios.iter().find(|outcome| outcome.scenario == Scenario::Steady);
    let outcome = steady.or(summary.scenarios.first())?;
    let (runs, _) = outcome.counting();
    (!runs.is_empty()).then(|| (outcome.scenario.name(), runs))
}

fn marks(percentiles: Percentiles) -> [(&'static str, f64); 2] {
    [("p50", percentiles.p50), ("p99", percentiles.p99)]
}

fn figure(page: &mut String, title: &str, plot: &str, caption: &str) {
    let _ = writeln!(
        page,
        "<figure><h3>{}</h3>{plot}<figcaption>{}</figcaption></figure>",
        escape(title),
        escape(caption)
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;")
}
