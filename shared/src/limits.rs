//! Limits of the protocol, and limits that both ends or several files share.
//!
//! A limit of a single file stands at the top of that file, named `*_MAX`. Everything that grows in
//! Drumbeat has a limit.

/// Maximum number of fields of one entity, and of a player's private state.
pub const FIELDS_MAX: usize = 14;
/// Maximum number of kinds of entity in a game.
pub const KINDS_MAX: usize = 16;
/// Maximum number of entities alive in one world; the table returns `None` for a further one.
pub const ENTITIES_MAX: usize = 65_536;
/// Maximum number of players in one room, connected ones and the game's own together.
pub const PLAYERS_MAX: u16 = 20_000;
/// Maximum number of a game's own players in one room: so many ids a server leaves to them.
pub const GAMES_OWN_MAX: u16 = 1_000;
/// Maximum number of entities visible to one client; further ones enter when others leave.
pub const VISIBLE_MAX: usize = 4_096;
/// Base-2 logarithm of the side, in grid units, of the square cells in which the server searches
/// for entities that enter a view.
pub const VIEW_CELL_LOG2: u32 = 12;
/// Number of fresh entities, which every frame contains; in a larger view they are roughly the
/// nearest.
pub const FRESH_MAX: usize = 96;
/// Ticks in which each entity that is not fresh gets one turn.
pub const TURNS: usize = 16;

/// Last tick of a room, after which it closes: a tick, plus whatever a client adds to it, stays an
/// exact number for every reader, even in a field of 31 bits.
pub const TICK_MAX: u32 = i32::MAX as u32 - 65_536;
/// Slowest simulation, ticks per second.
pub const TICK_HZ_MIN: u16 = 1;
/// Fastest simulation, ticks per second.
pub const TICK_HZ_MAX: u16 = 128;
/// Ticks per second where neither the operator nor the game says otherwise.
pub const TICK_HZ_DEFAULT: u16 = 30;
/// Ticks of history that the server stores: a client whose last frame is older gets a keyframe.
pub const HISTORY_TICKS: usize = 32;
/// Longest rewind to what a player aimed at, milliseconds: a player with a slow link can hit no
/// target that left the line of fire longer ago.
pub const REWIND_MS_MAX: u32 = 250;
/// Ticks between two frames of a client that carry a checksum of its view.
pub const CHECKSUM_TICKS: u32 = 16;

/// Maximum length of one message from a client, bytes.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 2_560;
/// Maximum length of one message from the server, bytes; a client refuses a longer one.
pub const SERVER_MESSAGE_BYTES_MAX: usize = 1 << 20;
/// Maximum length of the notes (events, chat, pongs, names) in one frame, bytes; the rest waits.
pub const NOTE_BYTES_PER_FRAME_MAX: usize = 8_192;
/// Maximum length of one encoded note, bytes.
pub const NOTE_BYTES_MAX: usize = 1_024;
/// Maximum length of a static map on the wire, bytes.
pub const MAP_BYTES_MAX: usize = 512 << 10;
/// Largest text of a schema, bytes.
pub const SCHEMA_BYTES_MAX: usize = 256 << 10;

/// Maximum length of what a checkpoint holds, bytes.
pub const CHECKPOINT_BYTES_MAX: usize = 64 << 20;

/// Maximum length of a player's name (UTF-8), bytes.
pub const NAME_BYTES_MAX: usize = 24;
/// Maximum length of a room's name (ASCII letters, digits, `-` and `_`), bytes.
pub const ROOM_NAME_BYTES_MAX: usize = 32;
/// Maximum length of a ticket, bytes.
pub const TICKET_BYTES_MAX: usize = 2_048;
/// Maximum length of one chat line (UTF-8), bytes.
pub const CHAT_BYTES_MAX: usize = 200;
/// Maximum length of a chat line as a client sends it, bytes: the server cleans it before it cuts
/// it.
pub const CHAT_SENT_BYTES_MAX: usize = 1_000;
/// Maximum number of players whose names one message asks for.
pub const NAMES_PER_REQUEST_MAX: usize = 32;

/// Maximum number of messages waiting in one client's inbox; further ones are dropped and counted.
/// Each tick takes all of them.
pub const INBOX_MESSAGES_MAX: usize = 32;
/// How far ahead of the next tick an input may be, ticks; one further ahead is dropped and counted.
pub const INPUT_AHEAD_TICKS_MAX: u32 = 32;
/// Lateness beyond which an input counts as held up by a stall, microseconds. It says nothing about
/// the lead unless all inputs are that late.
pub const INPUT_STALL_US: u32 = 60_000;
/// Parts per tick in which a client reports how far its view time is behind.
pub const VIEW_TIME_STEPS: u16 = 16;
/// Maximum number of unacknowledged inputs that a client stores.
pub const PENDING_INPUTS_MAX: usize = 128;
/// Maximum number of predicted spawns of a client.
pub const SPAWNED_MAX: usize = 64;
/// Maximum number of messages in flight in one direction of an emulated link (`client::Lab`).
pub const LAB_MESSAGES_MAX: usize = 4_096;
/// Maximum length of all messages in flight in one direction of an emulated link (`client::Lab`),
/// bytes.
pub const LAB_BYTES_MAX: usize = 4 << 20;
/// Maximum number of events that a room stores for clients that missed frames.
pub const EVENT_LOG_MAX: usize = 512;

/// Maximum number of events for a single player that wait for its next frame.
pub const MAIL_MAX: usize = 64;

/// Maximum length of one encoded record of a document, bytes.
pub const RECORD_BYTES_MAX: usize = 1_000;
/// Maximum number of records in a document.
pub const RECORDS_MAX: usize = 65_536;
/// Maximum length of all records of a document, bytes.
pub const DOCUMENT_BYTES_MAX: usize = 8 << 20;
/// Maximum number of removed records that a document remembers: a client that has missed more of
/// them is sent the whole document again.
pub const REMOVED_RECORDS_MAX: usize = RECORDS_MAX;
/// Maximum number of departures that a room's list of players remembers: a client that has missed more of
/// them is sent the whole list again.
pub const REMOVED_PLAYERS_MAX: usize = 1_024;
/// Maximum length of the records and changes of records in one frame, bytes; the rest waits.
pub const RECORD_NOTES_BYTES_PER_FRAME_MAX: usize = 32 << 10;
/// Maximum length of one encoded command, bytes.
pub const COMMAND_BYTES_MAX: usize = 1_000;
/// Maximum number of a client's commands that the rules have not yet taken; a client that has sent
/// as many waits.
pub const COMMANDS_WAITING_MAX: usize = 16;
/// Maximum number of commands that a client stores until they may be sent.
pub const COMMANDS_STORED_MAX: usize = 256;
/// Maximum length of the reason why a command or a chat line was refused, bytes.
pub const REFUSAL_BYTES_MAX: usize = 200;
/// Maximum number of chat lines that a room stores for whoever joins.
pub const CHAT_LINES_MAX: usize = 200;

/// Longest time of unacknowledged frames before the server skips ticks for a client, seconds.
pub const UNACKNOWLEDGED_SECONDS_MAX: u32 = 2;

const _: () = {
    assert!(HISTORY_TICKS.is_power_of_two());
    // With powers of two no lane loses its turn even if a tick's number wraps around.
    assert!(TURNS.is_power_of_two() && TURNS < HISTORY_TICKS);
    assert!(NAME_BYTES_MAX + CHAT_BYTES_MAX + 32 <= NOTE_BYTES_MAX);
    assert!(NOTE_BYTES_MAX <= NOTE_BYTES_PER_FRAME_MAX);
    assert!(NAMES_PER_REQUEST_MAX * (NAME_BYTES_MAX + 4) + 8 <= NOTE_BYTES_MAX);
    assert!(CHAT_BYTES_MAX <= CHAT_SENT_BYTES_MAX);
    assert!(CHAT_SENT_BYTES_MAX + 8 <= CLIENT_MESSAGE_BYTES_MAX);
    assert!(
        TICKET_BYTES_MAX + ROOM_NAME_BYTES_MAX + NAME_BYTES_MAX + 64 <= CLIENT_MESSAGE_BYTES_MAX
    );
    assert!(MAP_BYTES_MAX < SERVER_MESSAGE_BYTES_MAX);
    assert!(COMMAND_BYTES_MAX + 16 <= CLIENT_MESSAGE_BYTES_MAX);
    assert!(COMMANDS_WAITING_MAX < INBOX_MESSAGES_MAX);
    assert!(RECORD_BYTES_MAX + 16 <= NOTE_BYTES_MAX && RECORD_BYTES_MAX <= u16::MAX as usize);
    assert!(REFUSAL_BYTES_MAX + 16 <= NOTE_BYTES_MAX);
    assert!(NAME_BYTES_MAX + CHAT_BYTES_MAX + 16 <= RECORD_BYTES_MAX);
    assert!(
        NOTE_BYTES_PER_FRAME_MAX + 3 * RECORD_NOTES_BYTES_PER_FRAME_MAX < SERVER_MESSAGE_BYTES_MAX
    );
};
