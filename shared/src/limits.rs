//! The caps of the protocol, and those that both ends or several files must know.
//!
//! A cap of one file stands at its top, named `*_MAX`. Nothing in Drumbeat grows without a cap.

/// Fields of one entity, and of a player's private state, at most.
pub const FIELDS_MAX: usize = 14;
/// Kinds of entity a game may have, at most.
pub const KINDS_MAX: usize = 16;
/// Entities alive in one world, at most. A game that wants more gets `None` from the table.
pub const ENTITIES_MAX: usize = 65_536;
/// Players in one room, at most: connected ones and the game's own together.
pub const PLAYERS_MAX: u16 = 20_000;
/// Entities visible to one client, at most. Further ones enter when others leave.
pub const VISIBLE_MAX: usize = 4_096;
/// Side of a square in which the server looks for who enters a view, grid units, as a power of two.
pub const VIEW_CELL_LOG2: u32 = 12;
/// Entities of a view that every frame tells of; of a larger view those are the nearest, about.
pub const FRESH_MAX: usize = 96;
/// Ticks in which each of the others is told of once.
pub const TURNS: usize = 16;

/// The last tick of a room, after which it is closed: a tick, and what a client adds to it, is a
/// number that every reader holds exactly, in a field of 31 bits as well.
pub const TICK_MAX: u32 = i32::MAX as u32 - 65_536;
/// Slowest and fastest simulation, ticks per second.
pub const TICK_HZ_MIN: u16 = 10;
/// See [`TICK_HZ_MIN`].
pub const TICK_HZ_MAX: u16 = 128;
/// Ticks of history the server keeps: a client whose last frame is older gets a keyframe.
pub const HISTORY_TICKS: usize = 32;
/// How far back in time rules look at most for what a player aimed at, milliseconds: who is hit by
/// a slower link's aim has been out of the way for no longer than this.
pub const REWIND_MS_MAX: u32 = 250;
/// Every how many ticks a client's frame carries a checksum of its view.
pub const CHECKSUM_TICKS: u32 = 16;

/// Bytes of one message from a client, at most.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 1_024;
/// Bytes of one message from the server, at most; a client refuses a longer one.
pub const SERVER_MESSAGE_BYTES_MAX: usize = 1 << 20;
/// Bytes of the notes (events, chat, pongs, names) in one frame, at most; the rest waits.
pub const NOTE_BYTES_PER_FRAME_MAX: usize = 8_192;
/// Bytes of one encoded note, at most.
pub const NOTE_BYTES_MAX: usize = 1_024;
/// Bytes of a static map on the wire, at most.
pub const MAP_BYTES_MAX: usize = 512 << 10;

/// Bytes of a player's name (UTF-8), at most.
pub const NAME_BYTES_MAX: usize = 24;
/// Bytes of a room's name (ASCII letters, digits, `-` and `_`), at most.
pub const ROOM_NAME_BYTES_MAX: usize = 32;
/// Bytes of one chat line (UTF-8), at most.
pub const CHAT_BYTES_MAX: usize = 200;
/// Bytes of a chat line as a client sends it, at most: the server cleans it before it cuts it.
pub const CHAT_SENT_BYTES_MAX: usize = 1_000;
/// Players whose names one message may ask for, at most.
pub const NAMES_PER_REQUEST_MAX: usize = 32;

/// Messages waiting in one client's inbox, at most; further ones are dropped and counted. A tick
/// takes them all.
pub const INBOX_MESSAGES_MAX: usize = 32;
/// How far ahead of the next tick an input may be, ticks; one further ahead is dropped and counted.
pub const INPUT_AHEAD_TICKS_MAX: u32 = 32;
/// An input that is later than this has met a stall and tells nothing of the lead, unless all of
/// them do, microseconds.
pub const INPUT_STALL_US: u32 = 60_000;
/// Parts of a tick in which a client says how far its picture was behind.
pub const VIEW_TIME_STEPS: u16 = 16;
/// Inputs a client keeps that the server has not acknowledged, at most.
pub const PENDING_INPUTS_MAX: usize = 128;
/// What a client shows before the server does, at most.
pub const SPAWNED_MAX: usize = 64;
/// Messages on one way of an emulated link (`client::Lab`), at most, and their bytes.
pub const LAB_MESSAGES_MAX: usize = 4_096;
/// See [`LAB_MESSAGES_MAX`].
pub const LAB_BYTES_MAX: usize = 4 << 20;
/// Events a room remembers for clients that missed frames.
pub const EVENT_LOG_MAX: usize = 512;

/// Events for one player alone that wait for its next frame, at most.
pub const MAIL_MAX: usize = 64;

/// Frames a client may be behind in what it says to have seen before ticks are skipped for it,
/// in seconds.
pub const UNACKNOWLEDGED_SECONDS_MAX: u32 = 2;

const _: () = {
    assert!(HISTORY_TICKS.is_power_of_two());
    // The number of a tick may wrap around without a lane losing its turn.
    assert!(TURNS.is_power_of_two() && TURNS < HISTORY_TICKS);
    assert!(NAME_BYTES_MAX + CHAT_BYTES_MAX + 32 <= NOTE_BYTES_MAX);
    assert!(NOTE_BYTES_MAX <= NOTE_BYTES_PER_FRAME_MAX);
    assert!(NAMES_PER_REQUEST_MAX * (NAME_BYTES_MAX + 4) + 8 <= NOTE_BYTES_MAX);
    assert!(CHAT_BYTES_MAX <= CHAT_SENT_BYTES_MAX);
    assert!(CHAT_SENT_BYTES_MAX + 8 <= CLIENT_MESSAGE_BYTES_MAX);
    assert!(ROOM_NAME_BYTES_MAX + NAME_BYTES_MAX + 64 <= CLIENT_MESSAGE_BYTES_MAX);
    assert!(MAP_BYTES_MAX < SERVER_MESSAGE_BYTES_MAX);
};
