//! Many draw in one room over links that stall: whoever comes, whenever, has the same board.

use drumbeat_board::objects::{Act, COLOURS, Mark, Request, SIDE, WIDTHS};
use drumbeat_board::{Board, Pointer};
use drumbeat_kit::seeds::{setup, with_seeds};
use drumbeat_kit::sim::Sim;
use drumbeat_shared::rng::Rng;
use drumbeat_shared::typed::{IVec2, RecordId};

const PLAYERS: u32 = 6;
const TICKS: u32 = 600;
/// Ticks in which everything that is on its way arrives.
const SETTLE_TICKS: u32 = 200;

fn somewhere(rng: &mut Rng) -> IVec2 {
    IVec2::new(rng.between(0, SIDE), rng.between(0, SIDE))
}

fn points(rng: &mut Rng) -> Vec<(i8, i8)> {
    (0..rng.below(60)).map(|_| (rng.between(-9, 10) as i8, rng.between(-9, 10) as i8)).collect()
}

/// What somebody might ask for, of objects that may not exist.
fn any_act(rng: &mut Rng) -> Act {
    let mark = |rng: &mut Rng| Mark { hand: 1 + rng.below(PLAYERS), number: 1 + rng.below(TICKS) };
    let (colour, width) = (rng.below(u32::from(COLOURS)) as u8, rng.below(u32::from(WIDTHS)) as u8);
    let marks = (0..20).map(|_| mark(rng)).collect();
    match rng.below(16) {
        0..4 => {
            Act::Draw { colour, width, step_log2: 3, place: somewhere(rng), points: points(rng) }
        }
        4..9 => Act::Extend { points: points(rng) },
        9 => Act::Stick { colour, place: somewhere(rng), text: format!("note {colour}") },
        10 => Act::Write { mark: mark(rng), text: "other\nwords".into() },
        11 => Act::Move { marks, by: IVec2::new(rng.between(-99, 99), rng.between(-99, 99)) },
        12 => Act::Colour { marks, colour },
        13 => Act::Delete { marks },
        14 => Act::Undo,
        _ => Act::Redo,
    }
}

fn board(sim: &Sim<Board>, index: usize) -> Vec<(RecordId, Vec<u8>)> {
    let records = sim.clients[index].core.records();
    records.map(|(id, record)| (id, record.to_vec())).collect()
}

#[test]
fn a_late_joiner_has_the_board_of_the_first_one() {
    with_seeds(4, |seed| {
        let mut sim = Sim::<Board>::new("", setup(seed));
        let mut rng = Rng::new(seed);
        for _ in 0..PLAYERS {
            sim.join(1 << 16).unwrap();
        }
        let steer = |rng: &mut Rng| Pointer { shown: true, colour: 1, place: somewhere(rng) };
        for number in 1..=TICKS {
            for (page, client) in (1..).zip(&mut sim.clients) {
                client.reads_per_tick = if rng.one_in(3) { 0 } else { usize::MAX };
                if rng.one_in(2) {
                    let request = Request { page, number, act: any_act(&mut rng) };
                    client.core.command(request).unwrap();
                }
            }
            sim.tick(steer);
        }
        sim.clients.iter_mut().for_each(|client| client.reads_per_tick = usize::MAX);
        let late = sim.join(1 << 16).unwrap();
        for _ in 0..SETTLE_TICKS {
            sim.tick(steer);
        }
        let first = board(&sim, 0);
        assert!(first.len() > 100, "{} records", first.len());
        for index in 1..=late {
            assert_eq!(board(&sim, index), first, "the board of client {index}");
        }
    });
}
