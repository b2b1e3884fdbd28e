//! What happened in a room, for the metrics and the log.

use std::fmt::Debug;

use drumbeat_shared::protocol::close::CloseCode;

use super::incident::{Incident, What, close_kind};
use super::pace::Skip;
use crate::labels::labels;
use crate::tickets::Refused;

/// Limit of characters of an event that a log line repeats.
const EVENT_CHARS_MAX: usize = 80;

labels! {
    /// Why a client got a keyframe.
    pub enum Keyframe {
        /// It joined.
        Join = "join",
        /// Its view did not match.
        Resync = "resync",
        /// The last frame sent to it is older than the history.
        TooOld = "too_old",
    }
}

labels! {
    /// Why a connection or its room drops a client's message.
    pub enum Rejection {
        /// More messages arrived than one tick takes.
        InboxFull = "inbox_full",
        /// It does not decode, or no player can send it.
        Invalid = "invalid",
        /// Too many chat lines.
        ChatRate = "chat_rate",
        /// A chat line that is empty after cleaning.
        ChatEmpty = "chat_empty",
        /// A spectator's chat line.
        ChatSpectator = "chat_spectator",
        /// An input for a tick that is not after that of the last applied one.
        Stale = "stale",
        /// An input for a tick too far ahead.
        Early = "early",
        /// An input that a newer one replaces.
        PassedOver = "passed_over",
        /// A command or a chat line that the rules refuse.
        Rules = "rules",
        /// A chat line of a player who is muted.
        Muted = "muted",
        /// A request for a keyframe too soon after another.
        ResyncRate = "resync_rate",
    }
}

/// Counters since they were last taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// State frames sent.
    pub frames_out: u64,
    /// Bytes that links took: frames, welcomes and answers, headers included. Close frames are not
    /// counted.
    pub bytes_out: u64,
    /// Skipped frames, by [`Skip::ALL`].
    pub skips: [u64; Skip::ALL.len()],
    /// Keyframes, by [`Keyframe::ALL`].
    pub keyframes: [u64; Keyframe::ALL.len()],
    /// Checksums that did not match at a client.
    pub mismatches: u64,
    /// Reported mismatches that cannot be true.
    pub false_mismatches: u64,
    /// Inputs for a tick that is not after that of the last applied one.
    pub stale_inputs: u64,
    /// Inputs for a tick too far ahead.
    pub early_inputs: u64,
    /// Inputs that ticks took.
    pub inputs: u64,
    /// Inputs that arrived after their tick had started.
    pub late_inputs: u64,
    /// Inputs that claimed an older picture than their client can have had.
    pub cut_rewinds: u64,
    /// The timing of some of the inputs.
    pub samples: Vec<Sample>,
    /// Requests for a keyframe too soon after another.
    pub refused_resyncs: u64,
    /// Inputs passed over because newer ones were waiting.
    pub passed_over_inputs: u64,
    /// Entities that a client did not get because its view was full, counted once per frame.
    pub culled_entities: u64,
    /// Entities in view that a frame left out because they waited for their turn, counted once per
    /// frame.
    pub waiting_entities: u64,
    /// Entities that the rules could not add because the world was full.
    pub refused_entities: u64,
    /// Events that were dropped before a client could get them.
    pub missed_events: u64,
    /// Events longer than a note may be.
    pub oversized_events: u64,
    /// The first of them, as far as it fits a line, and its length in bytes.
    pub oversized_event: Option<(String, usize)>,
    /// Events of single ticks beyond those that the room stores, or beyond those that wait for one
    /// player: nobody gets them.
    pub excess_events: u64,
    /// Players whose first frame was sent without a place to look from.
    pub blind_players: u64,
    /// Commands that the rules took.
    pub commands: u64,
    /// Chat lines to the room that were said, those of the game included.
    pub chat_lines: u64,
    /// Whispers that were said.
    pub whispers: u64,
    /// Chat lines that were reported.
    pub reports: u64,
    /// Commands and chat lines that were refused, by the rules or because what they are about is
    /// gone.
    pub refused_wishes: u64,
    /// Chat lines, and reports of them, that came too soon after others.
    pub hasty_lines: u64,
    /// Items of the feed that found no space, or are none.
    pub lost_news: u64,
    /// Chat lines of players who are muted.
    pub muted_lines: u64,
    /// Players who were resumed.
    pub resumes: u64,
    /// Tickets, and their lack, of connections that came to resume a player and found none.
    pub refused_tickets: Vec<Refused>,
    /// What to log about single clients.
    pub incidents: Vec<Incident>,
}

/// The timing of one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// From reading the input to the start of the tick that took it, microseconds.
    pub wait_us: u32,
    /// Age of the newest state that its sender had seen, microseconds.
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
            cut_rewinds,
            samples,
            refused_resyncs,
            passed_over_inputs,
            culled_entities,
            waiting_entities,
            refused_entities,
            missed_events,
            oversized_events,
            oversized_event,
            excess_events,
            blind_players,
            commands,
            chat_lines,
            whispers,
            reports,
            refused_wishes,
            hasty_lines,
            lost_news,
            muted_lines,
            resumes,
            refused_tickets,
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
        self.cut_rewinds += cut_rewinds;
        self.samples.extend(samples);
        self.refused_resyncs += refused_resyncs;
        self.passed_over_inputs += passed_over_inputs;
        self.culled_entities += culled_entities;
        self.waiting_entities += waiting_entities;
        self.refused_entities += refused_entities;
        self.missed_events += missed_events;
        self.oversized_events += oversized_events;
        self.oversized_event = self.oversized_event.take().or(oversized_event);
        self.excess_events += excess_events;
        self.blind_players += blind_players;
        self.commands += commands;
        self.chat_lines += chat_lines;
        self.whispers += whispers;
        self.reports += reports;
        self.refused_wishes += refused_wishes;
        self.hasty_lines += hasty_lines;
        self.lost_news += lost_news;
        self.muted_lines += muted_lines;
        self.resumes += resumes;
        self.refused_tickets.extend(refused_tickets);
        self.incidents.extend(incidents);
    }

    /// How connections ended.
    pub fn closes(&self) -> impl Iterator<Item = CloseCode> {
        self.incidents.iter().filter_map(|incident| match &incident.what {
            What::Left(reason) | What::Lost(reason) => Some(close_kind(reason.as_ref())),
            What::Resumed { away_ticks: None } => Some(CloseCode::TakenOver),
            _ => None,
        })
    }

    /// Counts an input that a tick takes, and its timing if it is a sample.
    pub fn input(&mut self, sample: Option<Sample>) {
        self.inputs += 1;
        self.samples.extend(sample);
    }

    /// Players who did not come back in time.
    #[must_use]
    pub fn expired(&self) -> u64 {
        let expired = |incident: &&Incident| incident.what == What::Expired;
        self.incidents.iter().filter(expired).count() as u64
    }

    /// Counts an event that is longer than a note may be.
    pub fn oversized_event(&mut self, event: &impl Debug, bytes: usize) {
        self.oversized_events += 1;
        self.oversized_event.get_or_insert_with(|| {
            (format!("{event:?}").chars().take(EVENT_CHARS_MAX).collect(), bytes)
        });
    }

    /// Counts a skipped frame.
    pub fn skip(&mut self, skip: Skip) {
        self.skips[skip as usize] += 1;
    }

    /// Counts a keyframe.
    pub fn keyframe(&mut self, reason: Keyframe) {
        self.keyframes[reason as usize] += 1;
    }
}
