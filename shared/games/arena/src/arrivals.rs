//! Who has just come, and is sent at once what the others get when it changes.

use drumbeat_shared::game::Audience;
use drumbeat_shared::ids::PlayerId;
use drumbeat_shared::typed::Saved;

/// Those who have come since the last step.
#[derive(Saved, Debug, Default)]
pub(super) struct Arrivals {
    players: Vec<PlayerId>,
    /// Whether a spectator is among them: only the whole room can be sent anything.
    spectators: bool,
    /// The tick from which on it may be sent again for spectators.
    next: u32,
}

impl Arrivals {
    /// A player has come, or has come back.
    pub(super) fn player(&mut self, player: PlayerId) {
        self.players.push(player);
    }

    /// A spectator has come.
    pub(super) fn spectator(&mut self) {
        self.spectators = true;
    }

    /// Who is sent everything in this tick: each player alone, and the room for spectators, no more than once a
    /// second.
    pub(super) fn take(&mut self, tick: u32, tick_hz: u16) -> Vec<Audience> {
        let mut audiences: Vec<_> = self.players.drain(..).map(Audience::Player).collect();
        if self.spectators && tick >= self.next {
            self.spectators = false;
            self.next = tick + u32::from(tick_hz);
            audiences.push(Audience::Room);
        }
        audiences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_player_is_an_audience_and_spectators_are_the_room_once_a_second() {
        let mut arrivals = Arrivals::default();
        let [ada, bob] = [3, 5].map(PlayerId);
        assert_eq!(arrivals.take(1, 20), []);
        [ada, bob].into_iter().for_each(|player| arrivals.player(player));
        arrivals.spectator();
        let all = [Audience::Player(ada), Audience::Player(bob), Audience::Room];
        assert_eq!(arrivals.take(2, 20), all);
        arrivals.spectator();
        assert_eq!(arrivals.take(3, 20), []);
        arrivals.player(ada);
        assert_eq!(arrivals.take(21, 20), all[..1]);
        assert_eq!(arrivals.take(22, 20), all[2..]);
        assert_eq!(arrivals.take(60, 20), []);
    }
}
