use drumbeat_kit::Room;
use drumbeat_shared::game::Events;
use drumbeat_shared::typed::Context;

use super::*;
use crate::objects::{MARKS_MAX, NOTE_BYTES_MAX, PARTS_MAX, POINTS_MAX, SENT_POINTS_MAX};

/// A page that draws in a room.
struct Page {
    page: u32,
    number: u32,
    player: PlayerId,
}

impl Page {
    fn join(room: &mut Room<Board>, page: u32) -> Self {
        let player = room.join("somebody");
        Self { page, number: 0, player }
    }

    fn request(&mut self, act: Act) -> Request {
        self.number += 1;
        Request { page: self.page, number: self.number, act }
    }

    /// Asks for something. Returns the mark that an object made by it has.
    fn ask(&mut self, room: &mut Room<Board>, act: Act) -> Result<Mark, Refused> {
        let request = self.request(act);
        send(room, self.player, &request)?;
        let hand = Game::private(room.game(), self.player).hand as u32;
        Ok(Mark { hand, number: self.number })
    }

    fn stick(&mut self, room: &mut Room<Board>, x: i32) -> Mark {
        let text = format!("note {x}");
        self.ask(room, Act::Stick { colour: 1, place: IVec2::new(x, 0), text }).unwrap()
    }

    fn draw(&mut self, room: &mut Room<Board>) -> Mark {
        self.ask(room, draw(vec![(1, 2)])).unwrap()
    }
}

fn draw(points: Vec<(i8, i8)>) -> Act {
    Act::Draw { colour: 2, width: 1, step_log2: 3, place: IVec2::splat(1_000), points }
}

fn send(room: &mut Room<Board>, player: PlayerId, request: &Request) -> Result<(), Refused> {
    let context = Context { map: &(), tick_hz: Board::TICK_HZ, tick: room.context().tick };
    let game: &mut Board = room.game_mut();
    drumbeat_shared::game::Game::command(game, context, player, request, &mut Events::default())
}

/// The board, oldest first.
fn objects(room: &Room<Board>) -> Vec<Object> {
    room.game().sheet.document.iter().map(|(_, object)| object.clone()).collect()
}

fn marks(room: &Room<Board>) -> Vec<Mark> {
    objects(room).iter().filter_map(Object::mark).collect()
}

fn places(room: &Room<Board>) -> Vec<i32> {
    objects(room).iter_mut().filter_map(|object| Some(object.looks()?.0.x)).collect()
}

fn reason(result: Result<Mark, Refused>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_line_grows_and_goes_on_in_further_records() {
    let mut room = Room::<Board>::new();
    let mut ann = Page::join(&mut room, 7);
    let mark = ann.ask(&mut room, draw(vec![(1, -2)])).unwrap();
    let sent = vec![(2, 1); SENT_POINTS_MAX];
    for _ in 0..2 {
        ann.ask(&mut room, Act::Extend { points: sent.clone() }).unwrap();
    }
    let objects = objects(&room);
    let [Object::Line(first), Object::Line(second)] = &objects[..] else { panic!("{objects:?}") };
    assert_eq!([first.mark, second.mark], [mark, mark]);
    assert_eq!([first.points.len(), second.points.len()], [POINTS_MAX, 801 - POINTS_MAX]);
    assert_eq!(second.place, first.end());
    assert_eq!(second.end(), IVec2::splat(1_000) + IVec2::new(1 + 1_600, -2 + 800) * 8);
    for _ in 0..PARTS_MAX * POINTS_MAX / SENT_POINTS_MAX {
        let turn = room.game().sheet.document.len().is_multiple_of(2);
        let points = vec![if turn { (1, 0) } else { (-1, 0) }; SENT_POINTS_MAX];
        if let Err(refused) = ann.ask(&mut room, Act::Extend { points }) {
            assert_eq!(refused.to_string(), "the line is too long: begin another");
            assert_eq!(room.game().sheet.document.len(), PARTS_MAX);
            return;
        }
    }
    panic!("a line without an end");
}

#[test]
fn a_request_that_comes_again_does_nothing() {
    let mut room = Room::<Board>::new();
    let mut ann = Page::join(&mut room, 7);
    let (begin, extend) =
        (ann.request(draw(vec![(1, 1)])), ann.request(Act::Extend { points: vec![(5, 5)] }));
    send(&mut room, ann.player, &begin).unwrap();
    send(&mut room, ann.player, &extend).unwrap();
    let before = objects(&room);
    // The connection was lost, and the page does not know what the rules have taken.
    room.leave(ann.player);
    ann.player = room.join("Ann");
    send(&mut room, ann.player, &begin).unwrap();
    send(&mut room, ann.player, &extend).unwrap();
    assert_eq!(objects(&room), before);
    ann.ask(&mut room, Act::Extend { points: vec![(1, 0)] }).unwrap();
    let [Object::Line(line)] = &objects(&room)[..] else { panic!("one line") };
    assert_eq!(line.points, [(1, 1), (5, 5), (1, 0)], "and the line goes on");
}

#[test]
fn a_connection_draws_for_one_page() {
    let mut room = Room::<Board>::new();
    let mut ann = Page::join(&mut room, 7);
    ann.draw(&mut room);
    let foreign = Request { page: 8, number: 1, act: Act::Undo };
    let refused = send(&mut room, ann.player, &foreign).unwrap_err();
    assert_eq!(refused.to_string(), "a connection draws for one page");
    let again = Request { page: 9, ..foreign.clone() };
    Game::back(room.game_mut(), ann.player);
    send(&mut room, ann.player, &Request { act: Act::Resume { page: 7 }, ..again.clone() })
        .unwrap();
    assert_eq!(Game::private(room.game(), ann.player).undo, 1, "the page was loaded again");
    send(&mut room, ann.player, &Request { number: 2, ..again }).unwrap();
    assert_eq!(objects(&room), []);
    assert!(send(&mut room, ann.player, &foreign).is_err(), "nor for a third");
    room.leave(ann.player);
    let mut other = Page::join(&mut room, 7);
    other.draw(&mut room);
}

#[test]
fn everybody_undoes_actions_of_their_own_only() {
    let mut room = Room::<Board>::new();
    let (mut ann, mut bob) = (Page::join(&mut room, 7), Page::join(&mut room, 8));
    let first = ann.draw(&mut room);
    let second = bob.draw(&mut room);
    let third = ann.stick(&mut room, 500);
    bob.ask(&mut room, Act::Move { marks: vec![third], by: IVec2::new(40, 0) }).unwrap();
    ann.ask(&mut room, Act::Undo).unwrap();
    assert_eq!(marks(&room), [first, second], "Ann's note is gone, though Bob has moved it");
    ann.ask(&mut room, Act::Undo).unwrap();
    assert_eq!(marks(&room), [second]);
    assert_eq!(reason(ann.ask(&mut room, Act::Undo)), "nothing of yours is left to undo");
    ann.ask(&mut room, Act::Redo).unwrap();
    ann.ask(&mut room, Act::Redo).unwrap();
    assert_eq!(marks(&room), [second, first, third]);
    assert_eq!(places(&room)[2], 540);
    bob.ask(&mut room, Act::Undo).unwrap();
    assert_eq!(places(&room)[2], 500, "Bob moved it");
    bob.ask(&mut room, Act::Undo).unwrap();
    assert_eq!(marks(&room), [first, third]);
    bob.draw(&mut room);
    assert_eq!(reason(bob.ask(&mut room, Act::Redo)), "nothing is left to do again");
}

#[test]
fn everything_that_changes_objects_can_be_undone_and_done_again() {
    let mut room = Room::<Board>::new();
    let mut ann = Page::join(&mut room, 7);
    let (line, note) = (ann.draw(&mut room), ann.stick(&mut room, 500));
    let both = vec![note, line, note];
    let mut states = vec![objects(&room)];
    for act in [
        Act::Write { mark: note, text: "milk\neggs".into() },
        Act::Colour { marks: both.clone(), colour: 7 },
        Act::Move { marks: both.clone(), by: IVec2::new(-300, 8) },
        Act::Delete { marks: both },
    ] {
        ann.ask(&mut room, act).unwrap();
        assert_ne!(Some(&objects(&room)), states.last());
        states.push(objects(&room));
    }
    for before in states.iter().rev().skip(1) {
        ann.ask(&mut room, Act::Undo).unwrap();
        let mut now = objects(&room);
        now.sort_by_key(Object::mark);
        assert_eq!(&now, before);
    }
    for _ in 1..states.len() {
        ann.ask(&mut room, Act::Redo).unwrap();
    }
    assert_eq!(objects(&room), []);
}

#[test]
fn a_page_that_was_loaded_again_can_undo_what_it_did_before() {
    let mut room = Room::<Board>::new();
    let mut ann = Page::join(&mut room, 7);
    let mark = ann.draw(&mut room);
    room.leave(ann.player);
    let mut again = Page::join(&mut room, 9);
    again.ask(&mut room, Act::Resume { page: 7 }).unwrap();
    assert_eq!(Game::private(room.game(), again.player).undo, 1);
    let next = again.draw(&mut room);
    assert_ne!(next.hand, mark.hand, "marks stay different");
    again.ask(&mut room, Act::Undo).unwrap();
    again.ask(&mut room, Act::Undo).unwrap();
    assert_eq!(objects(&room), []);
}

#[test]
fn what_a_full_board_cannot_restore_is_undone_once_there_is_space_for_all_of_it() {
    let mut room = Room::<Board>::new();
    let mut ann = Page::join(&mut room, 7);
    let long = || vec![(1, 2); SENT_POINTS_MAX];
    let both: Vec<Mark> = (0..2).map(|_| ann.ask(&mut room, draw(long())).unwrap()).collect();
    ann.ask(&mut room, Act::Delete { marks: both.clone() }).unwrap();
    let other = |number| Mark { hand: 99, number };
    let line = Line { step_log2: 3, place: IVec2::splat(1_000), points: long(), ..Line::default() };
    let mut add = |number| {
        let line = Line { mark: other(number), ..line.clone() };
        room.game_mut().sheet.add(other(number), Object::Line(line))
    };
    let full = (1..).find_map(|number| add(number).err()).unwrap();
    let mut undo = |room: &mut Room<Board>| ann.ask(room, Act::Undo);
    let delete = |room: &mut Room<Board>, number| {
        room.game_mut().sheet.change(Change::Delete(vec![other(number)])).unwrap().unwrap();
    };
    assert_eq!(reason(undo(&mut room)), full.to_string());
    delete(&mut room, 1);
    let before = marks(&room);
    assert_eq!(reason(undo(&mut room)), full.to_string(), "there is space for one of the two");
    assert_eq!(marks(&room), before);
    delete(&mut room, 2);
    undo(&mut room).unwrap();
    assert_eq!(marks(&room)[before.len() - 1..], both);
}

#[test]
fn nothing_gets_beside_the_board() {
    let mut room = Room::<Board>::new();
    let mut ann = Page::join(&mut room, 7);
    let note = ann.stick(&mut room, 500);
    let mut refused = |act| reason(ann.ask(&mut room, act));
    let stick = |x, y| Act::Stick { colour: 0, place: IVec2::new(x, y), text: String::new() };
    for act in [
        stick(-1, 0),
        stick(0, SIDE + 1),
        stick(i32::MAX, i32::MIN),
        Act::Move { marks: vec![note], by: IVec2::new(i32::MIN, 0) },
        Act::Move { marks: vec![note], by: IVec2::new(SIDE, 0) },
        draw(vec![(-128, 0)]),
        Act::Draw { colour: 0, width: 0, step_log2: 0, place: IVec2::MAX, points: vec![(1, 1)] },
    ] {
        assert_eq!(refused(act), "the board ends there");
    }
    assert_eq!(places(&room), [500]);
    ann.draw(&mut room);
    assert_eq!(
        reason(ann.ask(&mut room, Act::Extend { points: vec![(-128, 0)] })),
        "the board ends there"
    );
}

#[test]
fn who_draws_a_line_that_was_deleted_is_told_so() {
    let mut room = Room::<Board>::new();
    let (mut ann, mut bob) = (Page::join(&mut room, 7), Page::join(&mut room, 8));
    let mark = ann.draw(&mut room);
    bob.ask(&mut room, Act::Delete { marks: vec![mark] }).unwrap();
    let extend = ann.ask(&mut room, Act::Extend { points: vec![(1, 1)] });
    assert_eq!(reason(extend), "the line was deleted while you drew it");
    bob.ask(&mut room, Act::Undo).unwrap();
    assert_eq!(marks(&room), [mark]);
}

#[test]
fn the_largest_requests_fit_into_a_command() {
    let mark = Mark { hand: u32::MAX, number: u32::MAX };
    let marks = vec![mark; MARKS_MAX];
    let largest = [
        Act::Draw {
            colour: 7,
            width: 3,
            step_log2: 6,
            place: IVec2::splat(SIDE),
            points: vec![(-128, -128); SENT_POINTS_MAX],
        },
        Act::Move { marks: marks.clone(), by: IVec2::MIN },
        Act::Colour { marks, colour: 7 },
        Act::Write { mark, text: "x".repeat(NOTE_BYTES_MAX) },
    ];
    for act in largest {
        let request = Request { page: u32::MAX, number: u32::MAX, act };
        let bytes = drumbeat_shared::protocol::codec::encode(&request).len();
        assert!(bytes <= drumbeat_shared::limits::COMMAND_BYTES_MAX, "{bytes} bytes: {request:?}");
    }
}

#[test]
fn the_board_is_cleared_if_more_than_half_of_those_present_want_it() {
    let mut room = Room::<Board>::new();
    let mut pages: Vec<Page> = (1..=4).map(|page| Page::join(&mut room, page)).collect();
    pages[3].draw(&mut room);
    let vote = |room: &mut Room<Board>, page: &mut Page, clear| page.ask(room, Act::Vote { clear });
    assert_eq!(reason(vote(&mut room, &mut pages[0], false)), "no vote is going on");
    vote(&mut room, &mut pages[0], true).unwrap();
    vote(&mut room, &mut pages[0], true).unwrap();
    vote(&mut room, &mut pages[1], true).unwrap();
    room.step();
    let shown = objects(&room).iter().find_map(|object| match object {
        Object::Vote(vote) => Some((vote.by, vote.yes, vote.needed)),
        _ => None,
    });
    assert_eq!(shown, Some((pages[0].player, 2, 3)), "two of four are not more than half");
    room.leave(pages[2].player);
    room.step();
    assert_eq!(objects(&room), [], "two of three are");
    assert_eq!(reason(pages[3].ask(&mut room, Act::Undo)), "nothing of yours is left to undo");
}

#[test]
fn a_vote_ends_when_it_is_lost_or_over_and_another_waits() {
    let mut room = Room::<Board>::new();
    let mut pages: Vec<Page> = (1..=3).map(|page| Page::join(&mut room, page)).collect();
    let mark = pages[0].draw(&mut room);
    let mut vote =
        |room: &mut Room<Board>, page: usize, clear| pages[page].ask(room, Act::Vote { clear });
    vote(&mut room, 0, true).unwrap();
    vote(&mut room, 1, false).unwrap();
    room.step();
    assert_eq!(objects(&room).len(), 2);
    vote(&mut room, 2, false).unwrap();
    room.step();
    assert_eq!(marks(&room), [mark], "two of three are against it");
    assert_eq!(objects(&room).len(), 1);
    let again = vote(&mut room, 0, true);
    assert_eq!(reason(again), "the others have just voted: try again in a moment");
    room.steps(10 * 20);
    vote(&mut room, 0, true).unwrap();
    room.steps(20 * 20 - 1);
    assert_eq!(objects(&room).len(), 2);
    room.steps(2);
    assert_eq!(marks(&room), [mark], "nobody else voted");
    assert_eq!(objects(&room).len(), 1);
}

#[test]
fn only_so_much_is_remembered() {
    let mut room = Room::<Board>::new().capacity(1);
    for page in 1..2_000 {
        let mut ann = Page::join(&mut room, page);
        ann.stick(&mut room, 1);
        room.leave(ann.player);
    }
    let mut last = Page::join(&mut room, 2_001);
    last.ask(&mut room, Act::Resume { page: 1_999 }).unwrap();
    assert_eq!(Game::private(room.game(), last.player).undo, 1);
    last.ask(&mut room, Act::Resume { page: 1 }).unwrap();
    assert_eq!(Game::private(room.game(), last.player).undo, 1, "the first is forgotten");
    for _ in 0..300 {
        last.stick(&mut room, 2);
    }
    assert_eq!(Game::private(room.game(), last.player).undo, 50);
}
