//! Who draws: pages, over any number of connections, and what each of them can undo.

use std::collections::{BTreeMap, VecDeque};

use drumbeat_shared::typed::{PlayerId, Refused, Saved};

use crate::objects::Mark;
use crate::sheet::{Change, Sheet};

/// Actions that a hand can undo; the oldest make room.
const UNDO_MAX: usize = 50;
/// Hands without a connection that are remembered; those that left first make room.
const ABSENT_MAX: usize = 1_024;

/// One page that draws.
#[derive(Saved, Debug, Default)]
pub(crate) struct Hand {
    /// Its number, which everybody may know.
    pub(crate) number: u32,
    /// The number of its last request.
    last: u32,
    /// The line that it is drawing.
    pub(crate) line: Option<Mark>,
    undo: VecDeque<Change>,
    redo: Vec<Change>,
    /// Whose it is, while connected.
    player: Option<PlayerId>,
}

impl Hand {
    /// Notes the number of a request. Returns whether the request is new.
    pub(crate) fn is_new(&mut self, number: u32) -> bool {
        let is_new = number > self.last;
        self.last = self.last.max(number);
        is_new
    }

    /// Makes a change that can be undone.
    pub(crate) fn act(&mut self, sheet: &mut Sheet, change: Change) -> Result<(), Refused> {
        if let Some(undo) = sheet.change(change)? {
            self.did(undo);
        }
        Ok(())
    }

    /// Notes what undoes an action that was just done.
    pub(crate) fn did(&mut self, undo: Change) {
        self.redo.clear();
        self.remember(undo);
    }

    fn remember(&mut self, undo: Change) {
        self.undo.push_back(undo);
        if self.undo.len() > UNDO_MAX {
            self.undo.pop_front();
        }
    }

    /// Undoes the last action of which something is left.
    pub(crate) fn undo(&mut self, sheet: &mut Sheet) -> Result<(), Refused> {
        self.line = None;
        while let Some(change) = self.undo.back().cloned() {
            // What the board refuses now it may take later: it stays.
            let redo = sheet.change(change)?;
            self.undo.pop_back();
            if let Some(redo) = redo {
                self.redo.push(redo);
                return Ok(());
            }
        }
        Err(Refused("nothing of yours is left to undo".into()))
    }

    /// Does again what was undone last.
    pub(crate) fn redo(&mut self, sheet: &mut Sheet) -> Result<(), Refused> {
        self.line = None;
        while let Some(change) = self.redo.last().cloned() {
            let undo = sheet.change(change)?;
            self.redo.pop();
            if let Some(undo) = undo {
                self.remember(undo);
                return Ok(());
            }
        }
        Err(Refused("nothing is left to do again".into()))
    }

    /// How many actions it can undo, and do again.
    pub(crate) fn steps(&self) -> (u8, u8) {
        (self.undo.len() as u8, self.redo.len() as u8)
    }
}

/// All pages that have drawn, by the number that only each of them knows.
#[derive(Saved, Debug, Default)]
pub(crate) struct Hands {
    all: BTreeMap<u32, Hand>,
    /// The number of the newest hand.
    newest: u32,
    /// The pages without a connection; the one that left first comes first.
    absent: VecDeque<u32>,
}

impl Hands {
    /// The hand of a page, which is this player's from now on.
    pub(crate) fn take(&mut self, page: u32, player: PlayerId) -> &mut Hand {
        let newest = &mut self.newest;
        let hand = self.all.entry(page).or_insert_with(|| {
            *newest += 1;
            Hand { number: *newest, ..Hand::default() }
        });
        if hand.player.replace(player).is_none() {
            self.absent.retain(|absent| *absent != page);
        }
        hand
    }

    pub(crate) fn get(&self, page: u32) -> Option<&Hand> {
        self.all.get(&page)
    }

    /// Lets a page take over what another could undo, which ends the other's history.
    pub(crate) fn inherit(&mut self, page: u32, from: u32) {
        if page == from {
            return;
        }
        let Some(before) = self.all.get_mut(&from) else { return };
        let (undo, redo) = (std::mem::take(&mut before.undo), std::mem::take(&mut before.redo));
        if let Some(hand) = self.all.get_mut(&page) {
            (hand.undo, hand.redo) = (undo, redo);
        }
    }

    /// A player with this page has left. Another connection of the same page may have come before.
    pub(crate) fn leave(&mut self, page: u32, player: PlayerId) {
        let Some(hand) = self.all.get_mut(&page) else { return };
        if hand.player != Some(player) {
            return;
        }
        hand.player = None;
        self.absent.push_back(page);
        if self.absent.len() > ABSENT_MAX {
            self.absent.pop_front().map(|page| self.all.remove(&page));
        }
    }
}
