//! One ban.

use serde::{Deserialize, Serialize};

use super::target::Target;
use crate::stamp::Stamp;

/// One ban.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// Its number; none is given out twice.
    pub id: u64,
    /// Whom it keeps out.
    #[serde(flatten)]
    pub target: Target,
    /// What the banned are shown.
    pub reason: String,
    /// Who decided it.
    pub by: String,
    /// When.
    pub since: Stamp,
    /// When it ends; never without this.
    pub until: Option<Stamp>,
}

impl Ban {
    /// Whether it still holds.
    #[must_use]
    pub fn holds(&self, now: Stamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// What the banned are shown.
    #[must_use]
    pub fn text(&self) -> String {
        let until = self.until.map_or(String::new(), |until| format!(" until {until}"));
        let reason = &self.reason;
        let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        format!("you are banned{until}{why}")
    }
}
