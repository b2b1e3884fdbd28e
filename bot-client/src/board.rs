//! What bots do at the whiteboard.

use std::collections::VecDeque;

use drumbeat_board::objects::{Act, COLOURS, Mark, Object, Request, SIDE, WIDTHS};
use drumbeat_board::{Board, Own, Pointer};
use drumbeat_shared::rng::Rng;
use drumbeat_shared::typed::{IVec2, Private, Vec2};

use crate::bot::Brain;
use crate::brains::Brains;
use crate::clock::Stamp;
use crate::player::Player;
use crate::wishes::Wishes;

/// Time between two parts of a stroke, microseconds.
const PART_US: u64 = 50_000;
/// Points of one part: they hold a stamp.
const PART_POINTS: usize = 4;
/// Bytes of one part's points as pairs of 16-bit numbers, to compare with what is sent of it.
pub const PART_RAW_BYTES: usize = PART_POINTS * 4;
/// Objects of one bot on the board; the oldest is deleted.
const OBJECTS_MAX: usize = 12;
/// Longest step between two points on one axis, grid units, and room for the stamp.
const STEP_MAX: i32 = 96;

/// The brains of the board's swarm.
#[must_use]
pub fn brains() -> Brains<Board> {
    Brains::default().with(
        "draw",
        "draw strokes at 20 Hz, stick notes, undo, move and delete",
        draw,
    )
}

/// Makes a brain that draws; `seed` determines all it draws.
#[must_use]
pub fn draw(seed: u64) -> Drawer {
    let mut rng = Rng::new(seed);
    let (page, colour) = (rng.bits() as u32, rng.below(COLOURS.into()) as u8);
    let pen = IVec2::splat(SIDE / 2);
    Drawer {
        rng,
        page,
        number: 0,
        colour,
        pen,
        parts: 0,
        step: Vec2::ZERO,
        drawn: VecDeque::new(),
        can_undo: false,
        next_us: 0,
    }
}

/// Draws a stroke of 1 to 3 s, does something else now and then, and pauses.
#[derive(Debug)]
pub struct Drawer {
    rng: Rng,
    page: u32,
    /// The number of its last request.
    number: u32,
    colour: u8,
    /// Where the pen is, grid units.
    pen: IVec2,
    /// Parts of the stroke that are still to be drawn.
    parts: u32,
    /// From one point of the stroke to the next, grid units.
    step: Vec2,
    /// The requests that its objects came from, oldest first.
    drawn: VecDeque<u32>,
    /// Whether an undo now takes back the newest of them. Otherwise it might bring back what was
    /// deleted, whose old stamps would count as delays.
    can_undo: bool,
    /// When it acts next, microseconds since the start of the run.
    next_us: u64,
}

impl Brain for Drawer {
    type Game = Board;

    fn decide(&mut self, _player: &Player<Board>) -> Option<Pointer> {
        Some(Pointer { shown: true, colour: self.colour, place: self.pen })
    }

    fn wishes(&mut self, player: &Player<Board>, wishes: &mut Wishes<Board>) {
        if wishes.now_us() >= self.next_us {
            let hand = player.client().map_or(0, |client| Own::from_fields(client.private()).hand);
            let act = self.act(hand as u32, wishes.stamp());
            self.number += 1;
            wishes.command(Request { page: self.page, number: self.number, act });
            let pause_us = match self.parts {
                0 => u64::from(self.rng.below(2_000_000)) + PART_US,
                _ => PART_US,
            };
            // After a wait it goes on at its pace, and does not catch up.
            self.next_us = (self.next_us + pause_us).max(wishes.now_us() + PART_US / 2);
        }
        wishes.again_at(self.next_us);
    }

    fn stamps(&self, object: &Object) -> Vec<Stamp> {
        match object {
            Object::Line(line) => line.points.chunks_exact(PART_POINTS).map(read).collect(),
            Object::Note(note) => Stamp::read(&note.text).into_iter().collect(),
            Object::Vote(_) => Vec::new(),
        }
    }
}

impl Drawer {
    /// The next thing to do, as the hand with this number.
    fn act(&mut self, hand: u32, stamp: Stamp) -> Act {
        if self.parts > 0 {
            self.parts -= 1;
            return Act::Extend { points: self.part(stamp) };
        }
        let mark = |number| Mark { hand, number };
        if self.drawn.len() >= OBJECTS_MAX
            && let Some(oldest) = self.drawn.pop_front()
        {
            self.can_undo = false;
            return Act::Delete { marks: vec![mark(oldest)] };
        }
        let place = IVec2::new(self.near_the_middle(), self.near_the_middle());
        match (self.rng.below(8), self.drawn.back()) {
            (0, _) => {
                self.drawn.push_back(self.number + 1);
                self.can_undo = true;
                Act::Stick { colour: self.colour, place, text: stamp.sign("do not forget") }
            }
            (1, Some(_)) if self.can_undo => {
                self.drawn.pop_back();
                self.can_undo = false;
                Act::Undo
            }
            (2, Some(last)) => {
                let by = IVec2::new(self.rng.between(-500, 500), self.rng.between(-500, 500));
                self.can_undo = false;
                Act::Move { marks: vec![mark(*last)], by }
            }
            _ => {
                self.drawn.push_back(self.number + 1);
                self.can_undo = true;
                (self.pen, self.parts) = (place, self.rng.between(20, 60) as u32);
                let (colour, width) = (self.colour, self.rng.below(WIDTHS.into()) as u8);
                Act::Draw { colour, width, step_log2: 0, place, points: self.part(stamp) }
            }
        }
    }

    fn near_the_middle(&mut self) -> i32 {
        self.rng.between(SIDE * 3 / 8, SIDE * 5 / 8)
    }

    /// The next points of the stroke, a curve that wanders; see [`read`].
    fn part(&mut self, Stamp(stamp): Stamp) -> Vec<(i8, i8)> {
        let point = |at: usize| {
            let turn = Vec2::new(self.rng.unit() - 0.5, self.rng.unit() - 0.5);
            self.step = (self.step + turn * 24.0).clamp(Vec2::splat(-80.0), Vec2::splat(80.0));
            let digits = stamp >> (8 * at);
            let axis = |step: f32, digit: u32| {
                let step = (step as i32).clamp(-STEP_MAX, STEP_MAX);
                (step & !15) as i8 | (digit & 15) as i8
            };
            let (x, y) = (axis(self.step.x, digits), axis(self.step.y, digits >> 4));
            self.pen += IVec2::new(x.into(), y.into());
            (x, y)
        };
        (0..PART_POINTS).map(point).collect()
    }
}

/// The stamp in a part of a stroke: four bits of it in the last ones of each number, a sixteenth of a
/// pixel each.
fn read(points: &[(i8, i8)]) -> Stamp {
    let digits = points.iter().rev().flat_map(|(x, y)| [*y, *x]);
    Stamp(digits.fold(0, |stamp, digit| stamp << 4 | u32::from(digit as u8 & 15)))
}

#[cfg(test)]
mod tests {
    use drumbeat_shared::content::Content;

    use super::*;

    #[test]
    fn every_part_of_a_stroke_holds_its_stamp() {
        let mut drawer = draw(3);
        for stamp in [0, 1, 0x1234_5678, u32::MAX] {
            let points = drawer.part(Stamp(stamp));
            assert_eq!((points.len(), read(&points)), (PART_POINTS, Stamp(stamp)));
        }
    }

    #[test]
    fn a_bot_does_all_there_is_within_the_limits_of_its_commands() {
        let mut drawer = draw(5);
        let mut seen = [0; 6];
        let mut has_drawn = false;
        for _ in 0..5_000 {
            let act = drawer.act(1, Stamp(7));
            act.check().unwrap();
            assert!(has_drawn || act != Act::Undo, "it would bring back what was deleted");
            has_drawn = matches!(act, Act::Draw { .. } | Act::Extend { .. } | Act::Stick { .. });
            drawer.number += 1;
            let kind = match act {
                Act::Draw { .. } => 0,
                Act::Extend { .. } => 1,
                Act::Stick { .. } => 2,
                Act::Undo => 3,
                Act::Move { .. } => 4,
                Act::Delete { .. } => 5,
                other => panic!("{other:?}"),
            };
            seen[kind] += 1;
            assert!(drawer.drawn.len() <= OBJECTS_MAX);
            assert!(drumbeat_board::objects::is_on_board(drawer.pen));
        }
        assert!(seen.iter().all(|times| *times > 0), "{seen:?}");
    }
}
