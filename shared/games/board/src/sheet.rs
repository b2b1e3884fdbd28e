//! The objects on the board, and every change of them together with what undoes it.

use std::collections::{BTreeMap, VecDeque};

use drumbeat_shared::limits::{DOCUMENT_BYTES_MAX, RECORDS_MAX};
use drumbeat_shared::typed::{Document, IVec2, RecordId, Refused, Saved};

use crate::objects::{Line, Mark, Object, PARTS_MAX, POINTS_MAX, is_on_board};

/// Records that the objects may take; a vote has space beyond.
const OBJECT_RECORDS_MAX: usize = RECORDS_MAX - 1;
/// Bytes that the objects may take.
const OBJECT_BYTES_MAX: usize = DOCUMENT_BYTES_MAX - 4_096;
/// Records of deleted objects that can be restored; the oldest make room.
const DELETED_RECORDS_MAX: usize = 8_192;

const FULL: &str = "the board is full: delete something, or vote to clear it";

/// A change of objects. Objects that are gone are left out.
#[derive(Saved, Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Delete(Vec<Mark>),
    Restore(Vec<Mark>),
    Move(Vec<Mark>, IVec2),
    Colour(Vec<(Mark, u8)>),
    Write(Mark, String),
}

/// The objects.
#[derive(Saved, Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) document: Document<Object>,
    /// The records of each object, in order.
    parts: BTreeMap<Mark, Vec<RecordId>>,
    /// What was deleted, oldest first.
    deleted: VecDeque<(Mark, Vec<Object>)>,
}

impl Sheet {
    /// Puts a further record of an object on the board.
    pub(crate) fn add(&mut self, mark: Mark, object: Object) -> Result<(), Refused> {
        let full = Refused(FULL.into());
        let records = self.document.records();
        if records.len() >= OBJECT_RECORDS_MAX || records.bytes() >= OBJECT_BYTES_MAX {
            return Err(full);
        }
        let id = self.document.append(object).ok_or(full)?;
        self.parts.entry(mark).or_default().push(id);
        Ok(())
    }

    /// Goes on with a line.
    pub(crate) fn extend(&mut self, mark: Mark, points: &[(i8, i8)]) -> Result<(), Refused> {
        let last = self.parts.get(&mark).and_then(|parts| parts.last()).copied();
        let found = last.and_then(|id| Some((id, self.document.get(id)?)));
        let Some((id, Object::Line(line))) = found else {
            return Err(Refused("the line was deleted while you drew it".into()));
        };
        check_points(line, line.end(), points)?;
        let (here, beyond) = points.split_at(points.len().min(POINTS_MAX - line.points.len()));
        let mut grown = line.clone();
        grown.points.extend(here);
        let next = Line { place: grown.end(), points: beyond.to_vec(), ..grown.clone() };
        let is_grown = self.document.edit(id, |object| *object = Object::Line(grown)).is_some();
        if !is_grown {
            return Err(Refused(FULL.into()));
        }
        if beyond.is_empty() {
            return Ok(());
        }
        if self.parts[&mark].len() == PARTS_MAX {
            return Err(Refused("the line is too long: begin another".into()));
        }
        self.add(mark, Object::Line(next))
    }

    /// Makes a change. Returns what undoes it; `None` if all of its objects are gone.
    pub(crate) fn change(&mut self, change: Change) -> Result<Option<Change>, Refused> {
        Ok(match change {
            Change::Delete(marks) => {
                let gone = marks.into_iter().filter(|mark| self.delete(*mark)).collect();
                some_of(gone, Change::Restore)
            }
            Change::Restore(marks) => some_of(self.restore_all(marks)?, Change::Delete),
            Change::Move(marks, by) => some_of(self.shift(marks, by)?, |it| Change::Move(it, -by)),
            Change::Colour(colours) => {
                let paint = |(mark, colour)| Some((mark, self.paint(mark, colour)?));
                some_of(colours.into_iter().filter_map(paint).collect(), Change::Colour)
            }
            Change::Write(mark, text) => self.write(mark, text).map(|old| Change::Write(mark, old)),
        })
    }

    /// Deletes everything for good.
    pub(crate) fn clear(&mut self) {
        self.document.retain(|_, object| object.mark().is_none());
        self.parts.clear();
        self.deleted.clear();
    }

    fn delete(&mut self, mark: Mark) -> bool {
        let Some(parts) = self.parts.remove(&mark) else { return false };
        let objects = parts.into_iter().filter_map(|id| self.document.remove(id)).collect();
        self.deleted.push_back((mark, objects));
        let mut held: usize = self.deleted.iter().map(|(_, objects)| objects.len()).sum();
        while held > DELETED_RECORDS_MAX {
            held -= self.deleted.pop_front().map_or(held, |(_, objects)| objects.len());
        }
        true
    }

    /// Restores those of some deleted objects that are still stored; none if the board has no space
    /// for all of them.
    fn restore_all(&mut self, mut marks: Vec<Mark>) -> Result<Vec<Mark>, Refused> {
        marks.retain(|mark| self.deleted.iter().any(|(deleted, _)| deleted == mark));
        let fit = marks.iter().take_while(|mark| self.restore(**mark)).count();
        if fit < marks.len() {
            for mark in &marks[..fit] {
                self.delete(*mark);
            }
            return Err(Refused(FULL.into()));
        }
        Ok(marks)
    }

    /// Restores a deleted object, if it is still stored and the board has space for all of it.
    fn restore(&mut self, mark: Mark) -> bool {
        let found = self.deleted.iter().position(|(deleted, _)| *deleted == mark);
        let Some((_, objects)) = found.and_then(|at| self.deleted.remove(at)) else { return false };
        let fits = objects.iter().all(|object| self.add(mark, object.clone()).is_ok());
        if !fits {
            let parts = self.parts.remove(&mark).unwrap_or_default();
            parts.into_iter().for_each(|id| drop(self.document.remove(id)));
            self.deleted.push_back((mark, objects));
        }
        fits
    }

    /// Moves what is there of some objects; none if one of them would leave the board.
    fn shift(&mut self, mut marks: Vec<Mark>, by: IVec2) -> Result<Vec<Mark>, Refused> {
        marks.retain(|mark| self.parts.contains_key(mark));
        let parts = marks.iter().flat_map(|mark| &self.parts[mark]).copied();
        let parts: Vec<RecordId> = parts.collect();
        for id in &parts {
            let mut object = self.document.get(*id).cloned();
            let place = object.as_mut().and_then(Object::looks).map(|(place, _)| *place);
            if !place.is_some_and(|place| is_on_board(place.saturating_add(by))) {
                return Err(Refused("the board ends there".into()));
            }
        }
        for id in parts {
            self.document.edit(id, |object| object.looks().map(|(place, _)| *place += by));
        }
        Ok(marks)
    }

    /// Gives an object a colour. Returns the one before.
    fn paint(&mut self, mark: Mark, colour: u8) -> Option<u8> {
        let parts = self.parts.get(&mark)?;
        let paint = |object: &mut Object| Some(std::mem::replace(object.looks()?.1, colour));
        parts.iter().filter_map(|id| self.document.edit(*id, paint)?).last()
    }

    /// Changes what a note says. Returns what it said before; `None` if it is no note.
    fn write(&mut self, mark: Mark, text: String) -> Option<String> {
        let id = *self.parts.get(&mark)?.first()?;
        self.document.edit(id, |object| match object {
            Object::Note(note) => Some(std::mem::replace(&mut note.text, text)),
            _ => None,
        })?
    }
}

/// Checks that no point of a line is beside the board.
pub(crate) fn check_points(line: &Line, from: IVec2, points: &[(i8, i8)]) -> Result<(), Refused> {
    let paths = points.iter().scan(from, |place, point| {
        *place += line.reach(*point);
        Some(*place)
    });
    let mut places = std::iter::once(from).chain(paths);
    if places.all(is_on_board) { Ok(()) } else { Err(Refused("the board ends there".into())) }
}

fn some_of<T>(done: Vec<T>, undo: impl FnOnce(Vec<T>) -> Change) -> Option<Change> {
    (!done.is_empty()).then(|| undo(done))
}
