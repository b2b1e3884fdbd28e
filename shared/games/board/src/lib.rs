//! Board: a whiteboard that many people draw on at the same time.
//!
//! Everybody has a cursor, which is an entity. Lines and notes are records of the room's document:
//! whoever comes later is sent all of them. Everybody may move, recolour and delete everything, as on
//! a board on a wall, but undoes only actions of one's own.

mod ballot;
mod hands;
pub mod objects;
mod sheet;

use std::collections::BTreeMap;
use std::sync::Arc;

use drumbeat_shared::typed::{
    Document, Entity, Frames, Game, IVec2, Id, Identity, Input, PlayerId, Private, Refused, Saved,
    Setup, Step, World, entities,
};

use crate::ballot::Ballot;
use crate::hands::{Hand, Hands};
use crate::objects::{Act, COLOURS, GRID, Line, Mark, Note, Object, Request, SIDE, is_on_board};
use crate::sheet::{Change, Sheet, check_points};

/// A player's cursor.
#[derive(Entity, Clone, Copy, Debug, Default, PartialEq)]
pub struct Cursor {
    /// Whether it is on the board.
    #[decision]
    pub shown: bool,
    /// The colour of its pen, in the palette.
    #[decision]
    #[range(0, COLOURS - 1)]
    pub colour: u8,
    /// Grid units.
    #[decision]
    #[position(max = SIDE)]
    #[unit(GRID)]
    pub place: IVec2,
    /// Whose cursor it is.
    #[owner]
    pub player: PlayerId,
}

entities! {
    /// The cursors.
    pub enum Thing {
        Cursor,
    }
}

/// What only its player is sent.
#[derive(Private, Clone, Copy, Debug, Default, PartialEq)]
pub struct Own {
    /// The number of its page's hand, which the marks of its objects have; 0 before its first
    /// request.
    #[range(0, 1 << 30)]
    pub hand: i32,
    /// How many actions it can undo.
    pub undo: u8,
    /// How many of those that it undid it can do again.
    pub redo: u8,
}

/// Where a player points.
#[derive(Input, Clone, Copy, Debug, Default, PartialEq)]
pub struct Pointer {
    /// Whether at the board.
    pub shown: bool,
    /// The colour of the pen, in the palette.
    #[range(0, COLOURS - 1)]
    pub colour: u8,
    /// Grid units.
    #[range(0, SIDE)]
    #[unit(GRID)]
    #[names(x, y)]
    pub place: IVec2,
}

/// Who is here.
#[derive(Saved, Debug)]
struct Seat {
    cursor: Id<Cursor>,
    /// The page that this connection draws for, once it has drawn.
    page: Option<u32>,
    /// Whether the player has come back since its page last changed: that may have been loaded again,
    /// and is another then, once.
    is_back: bool,
}

/// A whiteboard.
#[derive(Saved, Debug, Default)]
pub struct Board {
    world: World<Thing>,
    seats: BTreeMap<PlayerId, Seat>,
    hands: Hands,
    sheet: Sheet,
    ballot: Ballot,
}

impl Game for Board {
    type Map = ();
    type Thing = Thing;
    type Avatar = Cursor;
    type Private = Own;
    type Input = Pointer;
    type Event = ();
    type Command = Request;
    type Record = Object;
    type Settings = ();

    const NAME: &'static str = "board";
    const TICK_HZ: u16 = 20;
    const FRAMES: Frames = Frames::OnChange;
    /// Twice what a page sends while somebody draws: what was drawn without a connection catches up.
    const COMMANDS_PER_S: u16 = 40;

    fn new(_map: Arc<()>, _setup: &Setup) -> Self {
        Self::default()
    }

    fn join(&mut self, player: PlayerId, _who: Identity<'_>) -> Result<(), Refused> {
        let cursor = self.world.insert(Cursor { player, ..Cursor::default() });
        let cursor = cursor.ok_or(Refused("too many people are at this board".into()))?;
        self.seats.insert(player, Seat { cursor, page: None, is_back: false });
        Ok(())
    }

    fn leave(&mut self, player: PlayerId) {
        let Some(seat) = self.seats.remove(&player) else { return };
        self.world.remove(seat.cursor);
        self.ballot.leave(player);
        if let Some(page) = seat.page {
            self.hands.leave(page, player);
        }
    }

    fn back(&mut self, player: PlayerId) {
        if let Some(seat) = self.seats.get_mut(&player) {
            seat.is_back = true;
        }
    }

    fn rests(_cursor: &Thing) -> bool {
        true
    }

    fn control(cursor: &mut Cursor, pointer: &Pointer) {
        (cursor.shown, cursor.colour, cursor.place) =
            (pointer.shown, pointer.colour, pointer.place);
    }

    fn command(
        &mut self,
        player: PlayerId,
        request: &Request,
        step: &mut Step<'_, Self>,
    ) -> Result<(), Refused> {
        let Some(seat) = self.seats.get_mut(&player) else { return Ok(()) };
        if let Some(before) = seat.page.replace(request.page).filter(|page| *page != request.page) {
            if !std::mem::take(&mut seat.is_back) {
                seat.page = Some(before);
                return Err(Refused("a connection draws for one page".into()));
            }
            self.hands.leave(before, player);
        }
        let hand = self.hands.take(request.page, player);
        if !hand.is_new(request.number) {
            return Ok(());
        }
        match &request.act {
            Act::Resume { page } => self.hands.inherit(request.page, *page),
            Act::Vote { clear } => {
                let now = (step.context.tick, step.context.tick_hz);
                self.ballot.vote(player, *clear, now, &mut self.sheet.document)?;
            }
            act => draw(&mut self.sheet, hand, request.number, act)?,
        }
        Ok(())
    }

    fn step(&mut self, step: &mut Step<'_, Self>) {
        let now = (step.context.tick, step.context.tick_hz);
        match self.ballot.count(self.seats.len(), now, &mut self.sheet.document) {
            Some(true) => {
                self.sheet.clear();
                step.announce("The board was cleared.");
            }
            Some(false) => step.announce("The board stays: too few wanted to clear it."),
            None => (),
        }
    }

    fn document(&self) -> Option<&Document<Object>> {
        Some(&self.sheet.document)
    }

    fn world(&self) -> &World<Thing> {
        &self.world
    }

    fn world_mut(&mut self) -> &mut World<Thing> {
        &mut self.world
    }

    fn avatar(&self, player: PlayerId) -> Option<Id<Cursor>> {
        self.seats.get(&player).map(|seat| seat.cursor)
    }

    fn private(&self, player: PlayerId) -> Own {
        let page = self.seats.get(&player).and_then(|seat| seat.page);
        let Some(hand) = page.and_then(|page| self.hands.get(page)) else { return Own::default() };
        let (undo, redo) = hand.steps();
        Own { hand: hand.number as i32, undo, redo }
    }
}

/// Does what a hand wants with the objects.
fn draw(sheet: &mut Sheet, hand: &mut Hand, number: u32, act: &Act) -> Result<(), Refused> {
    let mark = Mark { hand: hand.number, number };
    match act.clone() {
        Act::Draw { colour, width, step_log2, place, points } => {
            hand.line = None;
            let line = Line { mark, colour, width, step_log2, place, points };
            let empty = Line { points: Vec::new(), ..line };
            check_points(&empty, place, &line.points)?;
            sheet.add(mark, Object::Line(line))?;
            hand.line = Some(mark);
            hand.did(Change::Delete(vec![mark]));
        }
        Act::Extend { points } => {
            let gone = Refused("the line was deleted while you drew it".into());
            sheet.extend(hand.line.ok_or(gone)?, &points)?;
        }
        Act::Stick { colour, place, text } => {
            if !is_on_board(place) {
                return Err(Refused("the board ends there".into()));
            }
            sheet.add(mark, Object::Note(Note { mark, colour, place, text }))?;
            hand.did(Change::Delete(vec![mark]));
        }
        Act::Write { mark, text } => hand.act(sheet, Change::Write(mark, text))?,
        Act::Move { marks, by } => hand.act(sheet, Change::Move(each_once(marks), by))?,
        Act::Colour { marks, colour } => {
            let colours = each_once(marks).into_iter().map(|mark| (mark, colour)).collect();
            hand.act(sheet, Change::Colour(colours))?;
        }
        Act::Delete { marks } => hand.act(sheet, Change::Delete(each_once(marks)))?,
        Act::Undo => hand.undo(sheet)?,
        Act::Redo => hand.redo(sheet)?,
        Act::Resume { .. } | Act::Vote { .. } => (),
    }
    Ok(())
}

fn each_once(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// The core of the page.
#[cfg(target_family = "wasm")]
mod web {
    drumbeat_web::export!(crate::Board);
}

#[cfg(test)]
mod tests;
