//! What happened in a room, for the metrics and the log.

use drumbeat_shared::protocol::close::CloseCode;

use super::incident::{Incident, What, close_kind};
use super::pace::Skip;
use crate::labels::labels;

labels! {
    /// Why a client got a keyframe.
    pub enum Keyframe {
        /// It joined.
        Join = "join",
        /// Its view did not match.
        Resync = "resync",
        /// The last frame it was handed is older than the history.
        TooOld = "too_old",
    }
}

labels! {
    /// Why a message of a client is dropped: by its connection, or by its room.
    pub enum Rejection {
        /// More came than one tick takes.
        InboxFull = "inbox_full",
        /// It does not decode, or no player can send it.
        Invalid = "invalid",
        /// Too many chat lines.
        ChatRate = "chat_rate",
        /// Nothing is left of a chat line that was cleaned.
        ChatEmpty = "chat_empty",
        /// A chat line of a spectator.
        ChatSpectator = "chat_spectator",
        /// An input for a tick that is not after that of the last one.
        Stale = "stale",
        /// An input for a tick too far ahead.
        Early = "early",
        /// An input that newer ones made needless.
        PassedOver = "passed_over",
        /// A request for a keyframe that came too soon after another.
        ResyncRate = "resync_rate",
    }
}

/// Counters since the room was last asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// State frames handed to links.
    pub frames_out: u64,
    /// Bytes handed to links: frames, welcomes, answers and farewells, headers included.
    pub bytes_out: u64,
    /// Frames left out, by [`Skip::ALL`].
    pub skips: [u64; Skip::ALL.len()],
    /// Keyframes, by [`Keyframe::ALL`].
    pub keyframes: [u64; Keyframe::ALL.len()],
    /// Checksums that did not match at a client.
    pub mismatches: u64,
    /// Claims of that which cannot be true.
    pub false_mismatches: u64,
    /// Inputs for a tick that is not after that of the last one.
    pub stale_inputs: u64,
    /// Inputs for a tick too far ahead.
    pub early_inputs: u64,
    /// Inputs that ticks took.
    pub inputs: u64,
    /// Inputs that came after their tick had begun.
    pub late_inputs: u64,
    /// How inputs came, of some of them.
    pub samples: Vec<Sample>,
    /// Requests for a keyframe that came too soon after another.
    pub refused_resyncs: u64,
    /// Inputs passed over since newer ones were waiting.
    pub passed_over_inputs: u64,
    /// Entities that a client did not get since its view was full, one for each frame.
    pub culled_entities: u64,
    /// Entities in view that a frame did not tell of since they waited for their turn, one for each
    /// frame.
    pub waiting_entities: u64,
    /// Entities that the rules could not add since the world was full.
    pub refused_entities: u64,
    /// Events that clients were too late for.
    pub missed_events: u64,
    /// Events longer than a note may be.
    pub oversized_events: u64,
    /// What the log is to tell of single clients.
    pub incidents: Vec<Incident>,
}

/// How one input came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// From its reading to the start of the tick that took it, microseconds.
    pub wait_us: u32,
    /// How old the newest state was that its sender had seen, microseconds.
    pub seen_age_us: u32,
}

impl Counts {
    /// Adds all of `other`.
    pub fn absorb(&mut self, other: Self) {
        let Self {
            frames_out,
            bytes_out,
            skips,
            keyframes,
            mismatches,
            false_mismatches,
            stale_inputs,
            early_inputs,
            inputs,
            late_inputs,
            samples,
            refused_resyncs,
            passed_over_inputs,
            culled_entities,
            waiting_entities,
            refused_entities,
            missed_events,
            oversized_events,
            incidents,
        } = other;
        self.frames_out += frames_out;
        self.bytes_out += bytes_out;
        self.skips.iter_mut().zip(skips).for_each(|(sum, skips)| *sum += skips);
        self.keyframes.iter_mut().zip(keyframes).for_each(|(sum, frames)| *sum += frames);
        self.mismatches += mismatches;
        self.false_mismatches += false_mismatches;
        self.stale_inputs += stale_inputs;
        self.early_inputs += early_inputs;
        self.inputs += inputs;
        self.late_inputs += late_inputs;
        self.samples.extend(samples);
        self.refused_resyncs += refused_resyncs;
        self.passed_over_inputs += passed_over_inputs;
        self.culled_entities += culled_entities;
        self.waiting_entities += waiting_entities;
        self.refused_entities += refused_entities;
        self.missed_events += missed_events;
        self.oversized_events += oversized_events;
        self.incidents.extend(incidents);
    }

    /// How connections ended.
    pub fn closes(&self) -> impl Iterator<Item = CloseCode> {
        self.incidents.iter().filter_map(|incident| match &incident.what {
            What::Left(reason) => Some(close_kind(reason.as_ref())),
            _ => None,
        })
    }

    /// Counts a frame left out.
    pub fn skip(&mut self, skip: Skip) {
        self.skips[skip as usize] += 1;
    }

    /// Counts a keyframe.
    pub fn keyframe(&mut self, reason: Keyframe) {
        self.keyframes[reason as usize] += 1;
    }
}
