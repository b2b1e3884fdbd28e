//! How a benchmark goes, on standard error: a line for each step that is done, and on a terminal
//! one that changes for the step that runs.

use std::io::{IsTerminal, Write};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use super::floor::{Floor, Work};
use super::load::Load;
use super::options::Scenario;
use super::run::Run;
use crate::progress::{Phase, Progress};

/// Where progress is shown.
#[derive(Debug)]
pub(crate) struct Screen {
    bar: Option<ProgressBar>,
    started: Instant,
}

impl Default for Screen {
    fn default() -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg}").expect("the template is valid");
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner().with_style(style);
            bar.enable_steady_tick(std::time::Duration::from_millis(200));
            bar
        });
        Self { bar, started: Instant::now() }
    }
}

impl Screen {
    /// A run goes on.
    pub(crate) fn show_run(&mut self, name: Scenario, load: &Load, progress: &Progress) {
        let phase = match progress.phase {
            Phase::Ramp => format!("joining {}/{}", progress.connected, load.bots),
            Phase::WarmUp => "warming up".to_owned(),
            Phase::Window { elapsed } => {
                format!("measuring {}/{} s", elapsed.as_secs(), load.seconds)
            }
            Phase::Storm { settled } => format!("storm, {settled}/{} are back", load.bots),
        };
        self.show(&format!("{}: {} players, {phase}", name.name(), load.bots));
    }

    /// A floor is measured.
    pub(crate) fn show_floor(&mut self, work: &Work) {
        let seconds = work.ticks / u32::from(work.tick_hz);
        self.show(&format!("floor: {} connections, {seconds} s", work.clients));
    }

    /// A run is done.
    pub(crate) fn finish_run(&mut self, name: Scenario, run: &Run) {
        let cost = run.cpu_us_per_client_tick;
        let cost = cost.map_or("-".to_owned(), |us| format!("{us:.2} us per client-tick"));
        let missed = run.report.server.missed_ticks.unwrap_or(0);
        let swarm = run.report.generator_busy * 100.0;
        let players = run.load.bots + run.load.slow;
        self.line(&format!(
            "{:8} {players:6} players  {cost}, {missed} missed, swarm {swarm:.0} % busy",
            name.name()
        ));
    }

    /// A floor is done.
    pub(crate) fn finish_floor(&mut self, name: Scenario, floor: &Floor) {
        let Floor { work, cpu_us_per_client_tick: cost, .. } = floor;
        self.line(&format!(
            "{:8} {:6} sockets  {cost:.2} us per client-tick: the floor",
            name.name(),
            work.clients
        ));
    }

    /// A step is done.
    pub(crate) fn line(&mut self, text: &str) {
        let seconds = self.started.elapsed().as_secs();
        let text = format!("{:3}:{:02}  {text}", seconds / 60, seconds % 60);
        match &self.bar {
            Some(bar) => bar.println(text),
            // Progress is a courtesy: a closed standard error must not end the run.
            None => drop(writeln!(std::io::stderr().lock(), "{text}")),
        }
    }

    /// Makes room for the report.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn show(&self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(text.to_owned());
        }
    }
}
