//! What the admin listener counts.

use metrics::{Counter, Gauge, counter, describe_counter};

use super::family::Family;
use super::handles::{new_counter, new_gauge};
use crate::labels::{Label, labels};

labels! {
    /// What those who run the server do.
    pub enum ActKind {
        /// Send a client away.
        Kick = "kick",
        /// Ban somebody.
        Ban = "ban",
        /// Lift a ban.
        Lift = "lift",
        /// Mute a player.
        Mute = "mute",
        /// End that.
        Unmute = "unmute",
        /// Say a line to a room or to all.
        Say = "say",
        /// Close a room.
        Close = "close",
        /// Lock a room.
        Lock = "lock",
        /// End that.
        Unlock = "unlock",
        /// Let nobody new in.
        Drain = "drain",
        /// End that.
        Undrain = "undrain",
        /// Change what is logged.
        Log = "log",
    }
}

labels! {
    /// Why a request to the admin listener is refused.
    pub enum AdminRefusal {
        /// It brings no token, or a wrong one.
        Token = "token",
        /// It is for a host that is not this machine.
        Host = "host",
        /// It comes from a web page.
        Page = "web_page",
    }
}

/// What the admin listener counts.
#[derive(Clone, Debug)]
pub struct AdminMetrics {
    acts: Vec<Counter>,
    /// Requests that were refused.
    pub refused: Family<AdminRefusal>,
    /// Bans that hold.
    pub bans: Gauge,
    /// 1 while nobody new is let in, on demand or before the end.
    pub draining: Gauge,
    /// Acts that the audit log does not hold, because it could not be written.
    pub audit_lines_lost: Counter,
}

impl AdminMetrics {
    /// Handles into the current registry.
    pub(super) fn new() -> Self {
        let name = "drumbeat_admin_acts_total";
        describe_counter!(name, "What those who run the server did, by act");
        Self {
            acts: ActKind::all().map(|act| counter!(name, "act" => act.label())).collect(),
            refused: Family::new(
                "drumbeat_admin_refused_total",
                "Requests to the admin listener that were refused, by reason",
            ),
            bans: new_gauge("drumbeat_bans", "Bans that hold"),
            draining: new_gauge("drumbeat_draining", "1 while nobody new is let in on demand"),
            audit_lines_lost: new_counter(
                "drumbeat_audit_lines_lost_total",
                "Acts that the audit log does not hold, because it could not be written",
            ),
        }
    }

    /// Counts an act that was done.
    pub fn count(&self, act: ActKind) {
        self.acts[act as usize].increment(1);
    }
}
