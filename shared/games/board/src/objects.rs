//! What is on the board, and what a page asks for.

use drumbeat_shared::typed::{Command, Content, IVec2, PlayerId, Record, Tick};

/// Grid steps per unit of the board: one pixel where it is not zoomed.
pub const GRID: i32 = 16;
/// Side of the square board, grid units.
pub const SIDE: i32 = 16_384 * GRID;
/// Colours of the palette.
pub const COLOURS: u8 = 8;
/// Widths of the pen.
pub const WIDTHS: u8 = 4;
/// Points of one record of a line: together with its head they fit into a record.
pub const POINTS_MAX: usize = 450;
/// Points of one command.
pub const SENT_POINTS_MAX: usize = 400;
/// Records of one line.
pub const PARTS_MAX: usize = 16;
/// The coarsest step of a line's points, as a power of two of grid units.
pub const STEP_LOG2_MAX: u8 = 6;
/// Length of a note's text, bytes.
pub const NOTE_BYTES_MAX: usize = 400;
/// Objects of one command.
pub const MARKS_MAX: usize = 80;

/// What identifies an object, also after it was deleted and restored.
#[derive(Content, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The number of the hand that made it; see [`crate::Own::hand`].
    pub hand: u32,
    /// The number of the request that made it.
    pub number: u32,
}

/// A part of a line drawn by hand: a long line has several, each beginning where the one before
/// ends.
#[derive(Content, Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// The line.
    pub mark: Mark,
    /// In the palette.
    #[range(0, COLOURS - 1)]
    pub colour: u8,
    /// Among the widths.
    #[range(0, WIDTHS - 1)]
    pub width: u8,
    /// What a point's steps are multiplied by, as a power of two: 2 stands for 4 grid units.
    #[range(0, STEP_LOG2_MAX)]
    pub step_log2: u8,
    /// Where it begins, grid units.
    pub place: IVec2,
    /// The further points, each relative to the one before, in steps.
    #[max(POINTS_MAX)]
    pub points: Vec<(i8, i8)>,
}

impl Line {
    /// Where it ends, grid units.
    #[must_use]
    pub fn end(&self) -> IVec2 {
        self.points.iter().fold(self.place, |place, point| place + self.reach(*point))
    }

    /// The way to a point from the one before, grid units.
    #[must_use]
    pub fn reach(&self, (x, y): (i8, i8)) -> IVec2 {
        IVec2::new(i32::from(x), i32::from(y)) << i32::from(self.step_log2)
    }
}

/// A sticky note.
#[derive(Content, Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// The note.
    pub mark: Mark,
    /// In the palette.
    #[range(0, COLOURS - 1)]
    pub colour: u8,
    /// Its corner at the top left, grid units.
    pub place: IVec2,
    /// What it says.
    #[max(NOTE_BYTES_MAX)]
    pub text: String,
}

/// A vote on clearing the board.
#[derive(Content, Clone, Debug, PartialEq)]
pub struct Vote {
    /// Who began it.
    pub by: PlayerId,
    /// How many are for it.
    pub yes: u16,
    /// How many have to be.
    pub needed: u16,
    /// When it ends.
    pub until: Tick,
}

/// A record of the board's document.
#[derive(Record, Clone, Debug, PartialEq)]
pub enum Object {
    /// A part of a line.
    Line(Line),
    /// A note.
    Note(Note),
    /// The vote that is going on.
    Vote(Vote),
}

impl Object {
    /// Of which object it is a part; `None` for a vote.
    #[must_use]
    pub fn mark(&self) -> Option<Mark> {
        match self {
            Self::Line(line) => Some(line.mark),
            Self::Note(note) => Some(note.mark),
            Self::Vote(_) => None,
        }
    }

    /// Its place and its colour; `None` for a vote.
    pub(crate) fn looks(&mut self) -> Option<(&mut IVec2, &mut u8)> {
        match self {
            Self::Line(line) => Some((&mut line.place, &mut line.colour)),
            Self::Note(note) => Some((&mut note.place, &mut note.colour)),
            Self::Vote(_) => None,
        }
    }
}

/// Whether a place is on the board.
#[must_use]
pub fn is_on_board(place: IVec2) -> bool {
    place.clamp(IVec2::ZERO, IVec2::splat(SIDE)) == place
}

/// What a page asks for. A request that comes again, since its answer was lost with a connection,
/// does nothing.
#[derive(Command, Clone, Debug, PartialEq)]
pub struct Request {
    /// A random number of the page that nobody else knows.
    pub page: u32,
    /// Counts the page's requests up from 1; some may be left out.
    #[range(1, u32::MAX)]
    pub number: u32,
    /// What it is.
    pub act: Act,
}

/// What a page wants to be done.
#[derive(Content, Clone, Debug, PartialEq)]
pub enum Act {
    /// To go on as the page with this number, which was closed: what that could undo, this one can.
    Resume {
        /// The number.
        page: u32,
    },
    /// To begin a line.
    Draw {
        /// In the palette.
        #[range(0, COLOURS - 1)]
        colour: u8,
        /// Among the widths.
        #[range(0, WIDTHS - 1)]
        width: u8,
        /// See [`Line::step_log2`].
        #[range(0, STEP_LOG2_MAX)]
        step_log2: u8,
        /// Where it begins, grid units.
        place: IVec2,
        /// Its first points.
        #[max(SENT_POINTS_MAX)]
        points: Vec<(i8, i8)>,
    },
    /// To go on with the line that was begun last.
    Extend {
        /// Its next points.
        #[max(SENT_POINTS_MAX)]
        points: Vec<(i8, i8)>,
    },
    /// To stick a note.
    Stick {
        /// In the palette.
        #[range(0, COLOURS - 1)]
        colour: u8,
        /// Its corner at the top left, grid units.
        place: IVec2,
        /// What it says.
        #[max(NOTE_BYTES_MAX)]
        text: String,
    },
    /// To change what a note says.
    Write {
        /// The note.
        mark: Mark,
        /// What it is to say.
        #[max(NOTE_BYTES_MAX)]
        text: String,
    },
    /// To move objects, whoever made them.
    Move {
        /// The objects.
        #[max(MARKS_MAX)]
        marks: Vec<Mark>,
        /// How far, grid units.
        by: IVec2,
    },
    /// To give objects another colour, whoever made them.
    Colour {
        /// The objects.
        #[max(MARKS_MAX)]
        marks: Vec<Mark>,
        /// In the palette.
        #[range(0, COLOURS - 1)]
        colour: u8,
    },
    /// To delete objects, whoever made them.
    Delete {
        /// The objects.
        #[max(MARKS_MAX)]
        marks: Vec<Mark>,
    },
    /// To undo the own last action.
    Undo,
    /// To do again what was undone last.
    Redo,
    /// To vote on clearing the board; a vote for it begins one.
    Vote {
        /// Whether to clear it.
        clear: bool,
    },
}
