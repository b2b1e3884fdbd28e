use drumbeat_shared::ids::EntityId;
use drumbeat_shared::rng::Rng;

use super::*;

/// Where the entity of each slot is and whether it rests.
type World = Vec<Option<(IVec2, bool)>>;

/// Brings the grid up to date with a change of one slot.
fn put(grid: &mut Grid, world: &mut World, slot: u32, now: Option<(IVec2, bool)>) {
    let before = std::mem::replace(&mut world[slot as usize], now);
    let [before, position] = [before, now].map(|at| at.map_or(IVec2::ZERO, |(at, _)| at));
    let item = Item { id: EntityId { slot, generation: 0 }, position };
    grid.rest(before, item, now.is_some_and(|(_, rests)| rests));
}

fn sort(grid: &mut Grid, world: &World) {
    let moving = (0..).zip(world).filter_map(|(slot, at)| {
        let (position, _) = at.filter(|(_, rests)| !rests)?;
        Some(Item { id: EntityId { slot, generation: 0 }, position })
    });
    grid.sort_moving(moving);
}

/// Asserts that the grid finds what a scan of every slot finds; returns how many.
fn check(grid: &Grid, world: &World, rect: Rect) -> usize {
    let mut found: Vec<u32> = grid.within(rect).iter().map(|item| item.id.slot).collect();
    found.sort_unstable();
    let inside = |slot: &u32| world[*slot as usize].is_some_and(|(at, _)| rect.contains(at));
    let all: Vec<u32> = (0..world.len() as u32).filter(inside).collect();
    assert_eq!(found, all, "{rect:?}");
    found.len()
}

#[test]
fn the_grid_finds_what_is_inside() {
    let mut rng = Rng::new(1);
    let mut found = 0;
    // From a single cell up to a world whose outermost cells are shared, with few that move and
    // with few that rest.
    for (spread, moving) in [10, 5_000, 100_000, 5_000_000, i32::MAX]
        .into_iter()
        .flat_map(|spread| [(spread, 2), (spread, 10), (spread, 100)])
    {
        let at =
            |rng: &mut Rng| IVec2::new(rng.between(-spread, spread), rng.between(-spread, spread));
        let (mut grid, mut world) = (Grid::default(), vec![None; 1_000]);
        for _ in 0..30 {
            for _ in 0..200 {
                let now = (!rng.one_in(5)).then(|| (at(&mut rng), !rng.one_in(moving)));
                put(&mut grid, &mut world, rng.below(1_000), now);
            }
            sort(&mut grid, &world);
            let half = IVec2::new(rng.between(0, spread), rng.between(0, spread));
            found += check(&grid, &world, Rect::around(at(&mut rng), half));
            found += check(&grid, &world, Rect::around(at(&mut rng), half / 16));
        }
        found += check(&grid, &world, Rect::around(IVec2::ZERO, IVec2::MAX));
    }
    assert!(found > 10_000, "only {found} were found in all");
}

#[test]
fn the_ends_of_the_coordinates_are_in_reach() {
    let corners = [IVec2::MIN, IVec2::MAX, IVec2::ZERO];
    for rests in [false, true] {
        let (mut grid, mut world) = (Grid::default(), vec![None; corners.len()]);
        for (slot, corner) in (0..).zip(corners) {
            put(&mut grid, &mut world, slot, Some((corner, rests)));
        }
        sort(&mut grid, &world);
        for corner in corners {
            assert_eq!(check(&grid, &world, Rect::around(corner, IVec2::splat(10))), 1);
        }
        assert_eq!(check(&grid, &world, Rect { min: IVec2::MIN, max: IVec2::MAX }), 3);
    }
}

#[test]
fn what_moves_is_found_in_one_order_however_it_was_sorted() {
    let mut rng = Rng::new(2);
    // With so many cells per item a table of cells costs too much; more items make it worth it.
    let mut at = || IVec2::new(rng.between(0, 400_000), rng.between(0, 400_000));
    let few: World = (0..100).map(|_| Some((at(), false))).collect();
    let corner = few.iter().flatten().fold(few[0].unwrap().0, |min, (at, _)| min.min(*at));
    let crowd = (0..10_000).map(|_| Some((corner, false)));
    let many: World = few.iter().copied().chain(crowd).collect();
    let order = |world: &World| -> Vec<u32> {
        let mut grid = Grid::default();
        sort(&mut grid, world);
        let all = grid.within(Rect::around(IVec2::ZERO, IVec2::MAX));
        let all = all.iter().map(|item| item.id.slot);
        all.filter(|slot| *slot < 100).collect()
    };
    assert_eq!(order(&few), order(&many));
}
