//! Who asks for a seat, and how much of a server one address may have.
//!
//! Seats count, not connections: the place of a player who has lost its connection is a seat like any
//! other.

use drumbeat_shared::protocol::close::CloseCode;

use super::seats::Seats;
use crate::address::Household;
use crate::engine::close::CloseReason;
use crate::engine::viewer::Role;

/// What one address may have. The default is without limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerAddress {
    /// Limit of seats, in all rooms together.
    pub seats_max: usize,
    /// Limit of rooms in which it has any.
    pub rooms_max: usize,
}

impl Default for PerAddress {
    fn default() -> Self {
        Self { seats_max: usize::MAX, rooms_max: usize::MAX }
    }
}

/// What a connection asks for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The room's name, empty for any.
    pub room: &'a str,
    /// As what it joins.
    pub role: Role,
    /// Whose limits it counts against; `None` for one that none holds for.
    pub household: Option<Household>,
    /// Whether it may resume a player in the room, and then needs no seat of its own.
    pub resumes: bool,
}

/// A connection that asks, and what is left for its address.
pub(super) struct Asker<'a> {
    pub(super) request: Request<'a>,
    has_seat_left: bool,
    has_room_left: bool,
}

impl<'a> Asker<'a> {
    /// Looks at what the address has in these rooms.
    pub(super) fn new<'s>(
        request: Request<'a>,
        limits: PerAddress,
        rooms: impl Iterator<Item = &'s Seats>,
    ) -> Self {
        let (mut seats, mut in_rooms) = (0, 0);
        if let Some(household) = request.household {
            for room in rooms {
                let there = room.of_household(household);
                seats += there;
                in_rooms += usize::from(there > 0);
            }
        }
        let has_seat_left = seats < limits.seats_max;
        Self { request, has_seat_left, has_room_left: in_rooms < limits.rooms_max }
    }

    /// Whether its address may be in this room.
    pub(super) fn may_enter(&self, room: &Seats) -> bool {
        let is_there = || self.request.household.is_none_or(|own| room.of_household(own) > 0);
        self.has_room_left || is_there()
    }

    /// Why it gets no seat in this room, if its address has as much as it may have; `None` stands for
    /// a room that would have to be opened.
    pub(super) fn refusal(&self, room: Option<&Seats>) -> Option<CloseReason> {
        if !self.has_seat_left {
            return Some(CloseCode::AddressSeats.into());
        }
        let may_enter = room.map_or(self.has_room_left, |room| self.may_enter(room));
        (!may_enter).then(|| CloseCode::AddressRooms.into())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use drumbeat_shared::game::Setup;

    use super::*;
    use crate::engine::room_setup::RoomSetup;

    #[test]
    fn an_address_has_so_many_seats_in_so_many_rooms() {
        let game = Setup { seed: 1, capacity: 8, tick_hz: 30, settings: () };
        let setup = RoomSetup::new("", game);
        let rooms: [Arc<Seats>; 3] = [0; 3].map(|_| Seats::new(&setup, 0));
        let here = Some(Household::of([192, 0, 2, 1].into()));
        let limits = PerAddress { seats_max: 4, rooms_max: 2 };
        let asks = |household| {
            let request = Request { room: "", role: Role::Player, household, resumes: false };
            Asker::new(request, limits, rooms.iter().map(AsRef::as_ref))
        };
        let kinds = |household| {
            let asker = asks(household);
            let kind = |room| asker.refusal(room).map(|reason: CloseReason| reason.kind());
            [kind(Some(&*rooms[0])), kind(Some(&*rooms[2])), kind(None)]
        };
        let take = |room: usize| rooms[room].reserve(Role::Player, here).unwrap();
        let mut seats = vec![take(0)];
        assert_eq!(kinds(here), [None; 3]);
        seats.push(take(1));
        let full = Some(CloseCode::AddressRooms);
        assert_eq!(kinds(here), [None, full, full], "it may only come where it is");
        seats.extend([take(0), take(1)]);
        assert_eq!(kinds(here), [Some(CloseCode::AddressSeats); 3]);
        let elsewhere = Some(Household::of([192, 0, 2, 2].into()));
        assert_eq!((kinds(elsewhere), kinds(None)), ([None; 3], [None; 3]));
        seats.clear();
        assert_eq!(kinds(here), [None; 3]);
    }
}
