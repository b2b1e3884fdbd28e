//! The progress of a benchmark on standard error and, if asked for, on a page: a line for each
//! completed step, and on a terminal a changing line for the running step.

use std::io::{IsTerminal, Write, stderr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use drumbeat_bots::aside::Aside;
use drumbeat_bots::live::{Live, Outcome};
use drumbeat_bots::progress::{Phase, Progress};
use indicatif::{ProgressBar, ProgressStyle};

use crate::floor::{Floor, Work};
use crate::load::Load;
use crate::run::Run;

/// Shows progress. The benchmark never waits for it.
#[derive(Debug)]
pub(crate) struct Screen {
    lines: Aside<Lines>,
    started: Instant,
    page: Option<Rc<Live>>,
    /// Scenarios that are over, and all that run.
    scenarios: (usize, usize),
}

/// On a terminal, the last line changes.
#[derive(Debug)]
struct Lines(Option<ProgressBar>);

impl Screen {
    pub(crate) fn new(page: Option<Rc<Live>>) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg}").expect("the template is valid");
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner().with_style(style);
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let lines = Aside::new(Lines(bar));
        Self { lines, started: Instant::now(), page, scenarios: (0, 0) }
    }

    /// Notes how many scenarios are over, of how many, and shows what they found.
    pub(crate) fn found(&mut self, over: usize, of: usize, found: impl FnOnce() -> Outcome) {
        self.scenarios = (over, of);
        self.on_page(|page| page.so_far(&found()));
    }

    /// Shows that a run begins.
    pub(crate) fn begin_run(&self, name: &str, load: &Load) {
        self.on_page(|page| page.line(&format!("{name}: {} players come", load.bots)));
    }

    /// Shows the progress of a run.
    pub(crate) fn show_run(&self, name: &'static str, load: &Load, progress: &Progress) {
        let (over, of) = self.scenarios;
        let extent = (over as u64, of as u64, "scenarios");
        self.on_page(|page| page.sample(name, extent, progress));
        let phase = match progress.phase {
            Phase::Ramp => format!("joining {}/{}", progress.connected, load.bots),
            Phase::WarmUp => "warming up".to_owned(),
            Phase::Window { elapsed } => {
                format!("measuring {}/{} s", elapsed.as_secs(), load.seconds)
            }
            Phase::Storm { settled } => format!("storm, {settled}/{} are back", load.bots),
        };
        self.show(format!("{}: {} players, {phase}", name, load.bots));
    }

    /// Shows that a floor is being measured.
    pub(crate) fn show_floor(&self, work: &Work) {
        let seconds = work.ticks / u32::from(work.tick_hz);
        let text = format!("floor: {} connections, {seconds} s", work.clients);
        self.on_page(|page| page.line(&text));
        self.show(text);
    }

    /// Reports a completed run.
    pub(crate) fn finish_run(&self, name: &str, run: &Run) {
        let cost = run.cpu_us_per_client_tick;
        let cost = cost.map_or("-".to_owned(), |us| format!("{us:.2} us per client-tick"));
        let missed = run.report.server.missed_ticks.unwrap_or(0);
        let swarm = run.report.generator_busy * 100.0;
        let players = run.load.bots + run.load.slow;
        self.line(&format!(
            "{name:8} {players:6} players  {cost}, {missed} missed, swarm {swarm:.0} % busy"
        ));
    }

    /// Reports a completed floor.
    pub(crate) fn finish_floor(&self, name: &str, floor: &Floor) {
        let Floor { work, cpu_us_per_client_tick: cost, .. } = floor;
        self.line(&format!(
            "{:8} {:6} sockets  {cost:.2} us per client-tick: the floor",
            name, work.clients
        ));
    }

    /// Prints a line for a completed step.
    pub(crate) fn line(&self, text: &str) {
        self.on_page(|page| page.line(text));
        let seconds = self.started.elapsed().as_secs();
        let text = format!("{:3}:{:02}  {text}", seconds / 60, seconds % 60);
        self.lines.queue(move |Lines(bar)| match bar {
            Some(bar) => bar.println(text),
            // Progress is optional: a closed standard error must not end the run.
            None => drop(writeln!(stderr(), "{text}")),
        });
    }

    /// Clears the changing line to make room for the report.
    pub(crate) fn clear(&self) {
        self.lines.queue(|Lines(bar)| {
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        });
        self.lines.finish();
    }

    fn on_page(&self, show: impl FnOnce(&Live)) {
        if let Some(page) = &self.page {
            show(page);
        }
    }

    fn show(&self, text: String) {
        self.lines.queue(move |Lines(bar)| {
            if let Some(bar) = bar {
                bar.set_message(text);
            }
        });
    }
}
