//! What a run can be asked for, and the definitions of the figures that it reports.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use drumbeat_shared::client::Conditions;
use drumbeat_shared::limits::PLAYERS_MAX;
use drumbeat_shared::protocol::names::is_room_name;

use crate::faults::Misbehaviour;
use crate::url::ServerUrl;

/// Printed by `--help`.
const DEFINITIONS: &str = "\
A run ramps up, waits 1.5 s after the last bot has joined (8 s with --link, so that the clients know
their link), measures for --seconds, and leaves.
SIGINT (Ctrl-C), SIGTERM, SIGQUIT or SIGHUP ends the window early: all bots leave, and there is a
report; --storm is then left out. A further one ends the swarm at once if it comes a second or more
after the first. The file of --json is replaced only when there is a new report. No variable of the
environment is read.

What the JSON file holds (times in milliseconds; null where nothing was measured):
  bots, seconds           as asked for, as measured
  joined, failed_joins    bots that received a first frame, bots that did not (whole run)
  witnesses               those of the joined that keep the whole view and verify it; the others
                          read of a frame its head alone (see --witnesses)
  disconnects             connections that the bots did not end themselves, by reason (whole run)
  view_mismatches         checksums that did not match the view of a witness (whole run)
  checksums_verified      checksums that the witnesses compared (whole run)
The following cover the window alone. Percentiles are p50, p90, p99, p999 (99.9 %) and max:
  frames_per_bot_s, inputs_per_bot_s, payload_bytes_per_bot_s
                          WebSocket payload received, all messages counted
  bytes_per_visible_moving_entity_tick
                          payload received / sum over frames of visible entities that moved; of
                          the witnesses
  visible_entities_mean   entities in view, mean over the frames of the witnesses
  waiting_entities_mean   of them those that the frame did not tell of, since they waited for their
                          turn in a crowd
  oldest_entity_ticks     the most ticks that what a witness knew of an entity in view was behind
                          its frame
  input_to_state_ms       from making an input to receiving the first frame that acknowledges it
  frame_spacing_ms        between two frames that a bot received; here and in input_to_state_ms a
                          frame comes, on Linux, when the kernel has received it, however busy the
                          swarm is (with --link: when the link lets it through), and a wait of
                          250 ms or more that a bot's end finds open counts with its length so far
  frame_off_beat_ms       how far the spacing of two frames is from the time between their ticks:
                          |spacing - ticks * period|; 0 for a server that sends on the beat
  rtt_ms                  of the pings of the witnesses, less what the server says it held the
                          answer
  corrections_per_bot_s   own predictions that a frame proved wrong, of the witnesses
  feel                    with --link, of the witnesses, at 60 pictures a second (lengths in world
                          units, shares from 0 to 1): corrections_per_s, correction_p50 and _p99:
                          how often a frame moved a bot's own ship from where it was predicted, and
                          how far, while it touched no other; touching_per_s: those while it did;
                          snaps: too far to be eased; starved_share: pictures without a frame new
                          enough to draw the others from; recovery_ticks_p99: from the first frame
                          after that until a picture drawn from frames again; jank_share: pictures
                          in which a ship that moves stood still; jumps and jump_max: ways of a ship
                          from one picture to the next beyond twice its top speed, and the longest
                          in shares of that of its top speed; behind_ms_p50 and _p99: how far the
                          others were drawn behind the frames that arrive on the fastest way;
                          input_to_photon_ms_p50: from a change of the controls to a picture that
                          shows what it does, one picture's time for the screen included;
                          late_input_share: inputs that came after the tick that they were meant for
                          had begun, or were dropped as far too early; shots_matched, shots_withdrawn: own shots shown
                          before the server's word that it confirmed, and that it did not
  generator_busy          share of the time in which the busiest thread of bots had work, 0 to 1;
                          its waits for a core on waking up are not in it
  generator_saturated     generator_busy is above 0.9, or frames waited in the sockets for a whole
                          tick (99th percentile of how late a due task runs in those threads, waits
                          for a core included): the figures are then those of the swarm and not of
                          the server
  server                  from /metrics: time a tick took, how late it started, ticks, missed ticks
                          (late by a whole tick, or left out); percentiles are
                          interpolated within buckets, max is the upper bound of its bucket
  storm                   with --storm, after the window: bots that reconnected, that failed to;
                          told_to_wait: tries that the server closed with 1013 since it held the
                          seats of before, each made again 0.1 s later, for 10 s; full_view_s: from
                          dropping the connection to the first frame of the new one, which shows the
                          whole view, applied; missed_ticks: of the server until all were back;
                          generator_saturated: as above, from the start of the storm until all were
                          back. With --room all come back to one room
  misbehaving             per kind: bots, connections, how many ended as documented or were still
                          open, how they ended
  failures                why the exit code is 1, in words

Exit codes: 0 all well; 1 a view mismatch, an unexpected disconnect, a failed join or reconnect, or
an answer that is not the documented one; 2 the run could not be done (arguments, limits, no
server); 130 a signal before the window began, or a second one.";

/// Launches a swarm of bots against a Drumbeat server and reports what they measured.
#[derive(Clone, Debug, Parser)]
#[command(name = "drumbeat-bots", version, after_long_help = DEFINITIONS)]
pub struct Options {
    /// The server.
    #[arg(long, default_value = "ws://127.0.0.1:7777")]
    pub url: ServerUrl,

    /// Bots to launch.
    #[arg(long, value_name = "N", default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(PLAYERS_MAX)))]
    pub bots: u32,

    /// Length of the measured window, seconds.
    #[arg(long, value_name = "N", default_value_t = 30,
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub seconds: u32,

    /// What the bots do.
    #[arg(long, value_enum, default_value_t = BrainKind::Fight)]
    pub brain: BrainKind,

    /// Bots that keep the whole view and verify it, spread evenly over all [default: every bot].
    ///
    /// The others read of a frame its head alone, acknowledge it and steer without looking, at about
    /// half of the cost. Figures that need a view come from the witnesses.
    #[arg(long, value_name = "N")]
    pub witnesses: Option<u32>,

    /// A link that is worse than the one there is, laid over the connections of the witnesses, such
    /// as 100ms,jitter=30ms,stall=1%x250ms,kbps=500.
    ///
    /// Latency and jitter are of the round trip: half of each is on either way. A stall begins with
    /// so many of the messages and holds all that come behind it, as a packet does that TCP has
    /// lost. Those who play over a link play at a screen of 60 pictures a second, and the report says
    /// how the game felt to them; `0ms` adds nothing but the screen.
    #[arg(long, value_name = "LINK")]
    pub link: Option<Conditions>,

    /// Bots that start to join each second.
    #[arg(long, value_name = "N", default_value_t = 200,
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub ramp_per_s: u32,

    /// Where to write the report as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// The room to play in [default: the server chooses].
    #[arg(long, value_name = "NAME", value_parser = room_name)]
    pub room: Option<String>,

    /// Seed of everything random that the bots do.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Threads that the bots share [default: half of the cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub threads: Option<u32>,

    /// After the window every bot drops its connection with its next frame and reconnects at once;
    /// how long each is without its full view is reported.
    #[arg(long)]
    pub storm: bool,

    /// Adds bots that misbehave and expect the documented answer; several kinds with commas.
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',', requires = "misbehaving")]
    pub misbehave: Vec<Misbehaviour>,

    /// Bots of each kind of misbehaviour, beside the good ones.
    #[arg(long, value_name = "N", requires = "misbehave",
          value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub misbehaving: Option<u32>,
}

/// What a bot does with its ship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BrainKind {
    /// Thrusts always, takes a new heading twice a second on average, never fires.
    Drift,
    /// Plays to win.
    Fight,
    /// Takes a new heading every tick.
    Frantic,
    /// Sends no input, ever: only says what it has received. A server lets it go after a minute
    /// unless it was started with --afk-timeout-s 0.
    Listen,
}

impl Options {
    /// The threads that the good bots share.
    #[must_use]
    pub fn thread_count(&self) -> u32 {
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as u32;
        self.threads.unwrap_or(cores / 2).clamp(1, self.bots)
    }

    /// The bots that keep a view.
    #[must_use]
    pub fn witness_count(&self) -> u32 {
        self.witnesses.unwrap_or(self.bots)
    }

    /// Checks what one argument asks of another.
    ///
    /// # Errors
    /// What is wrong, and what to do.
    pub fn check(&self) -> Result<(), String> {
        let (witnesses, bots) = (self.witness_count(), self.bots);
        if witnesses > bots {
            return Err(format!("--witnesses {witnesses} is more than --bots {bots}"));
        }
        if self.link.is_some() && witnesses == 0 {
            return Err("--link is for witnesses, and there is none; raise --witnesses".to_owned());
        }
        if self.brain == BrainKind::Fight && witnesses < bots {
            return Err(
                "--brain fight must see, and only witnesses do; leave --witnesses out, or \
                        take --brain drift, frantic or listen"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Bots of all kinds.
    #[must_use]
    pub fn connections(&self) -> u32 {
        self.bots + self.misbehaving.unwrap_or(0) * self.misbehave.len() as u32
    }
}

fn room_name(text: &str) -> Result<String, String> {
    if is_room_name(text) {
        Ok(text.to_owned())
    } else {
        Err("a room's name is up to 32 letters, digits, - and _".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &str) -> Result<Options, String> {
        Options::try_parse_from(args.split_whitespace()).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_need_no_arguments() {
        let options = parse("drumbeat-bots").unwrap();
        assert_eq!(options.url.to_string(), "ws://127.0.0.1:7777/ws");
        assert_eq!((options.bots, options.connections()), (100, 100));
    }

    #[test]
    fn wrong_arguments_are_named() {
        let check = |args: &str, part: &str| {
            let error = parse(&format!("drumbeat-bots {args}")).expect_err(args);
            assert!(error.contains(part), "{args}: {error}");
        };
        check("--bots 0", "--bots");
        check("--bots many", "--bots");
        check("--seconds 0", "--seconds");
        check("--brain clever", "drift, fight, frantic, listen");
        check("--witnesses few", "--witnesses");
        check("--link 100", "`100` is no latency; a link is like 100ms");
        check("--room not/one", "letters, digits");
        check("--url http://localhost", "ws://");
        check("--misbehave slow", "--misbehaving");
        check("--misbehaving 3", "--misbehave");
        check("--misbehave rude --misbehaving 3", "slow, flood, garbage, churn, silent");
        check("--nonsense", "--nonsense");
    }

    #[test]
    fn arguments_that_do_not_go_together_are_explained() {
        let check = |args: &str| parse(&format!("drumbeat-bots {args}")).unwrap().check();
        let told = |args: &str, part: &str| {
            let error = check(args).expect_err(args);
            assert!(error.contains(part), "{args}: {error}");
        };
        told("--bots 10 --witnesses 11 --brain drift", "more than --bots 10");
        told("--bots 10 --witnesses 9", "only witnesses do");
        told("--bots 10 --witnesses 0 --brain fight", "only witnesses do");
        told("--bots 10 --witnesses 0 --brain drift --link 0ms", "raise --witnesses");
        assert_eq!(check("--bots 10"), Ok(()));
        assert_eq!(check("--bots 10 --witnesses 10"), Ok(()));
        assert_eq!(check("--bots 10 --witnesses 0 --brain listen"), Ok(()));
    }

    #[test]
    fn each_kind_of_misbehaviour_gets_its_bots() {
        let options = parse("drumbeat-bots --bots 300 --misbehave slow,flood --misbehaving 10");
        assert_eq!(options.unwrap().connections(), 320);
    }

    #[test]
    fn threads_never_outnumber_bots() {
        let options = parse("drumbeat-bots --bots 2 --threads 8").unwrap();
        assert_eq!(options.thread_count(), 2);
    }
}
