//! When the clients of a server that ends come back: not all at once.

use drumbeat_shared::rng::Rng;

/// Milliseconds over which clients come back: for each of them, and at least.
const SPREAD_MS_PER_CLIENT: u64 = 2;
const SPREAD_MS_MIN: u64 = 1_000;
/// Limit of the milliseconds over which clients come back, however many they are.
const SPREAD_MS_MAX: u64 = 30_000;

/// When clients come back that all end at once, each after a time of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComeBack {
    seed: u64,
    from_ms: u32,
    spread_ms: u32,
}

impl ComeBack {
    /// So many clients come back, the first after `from_ms` milliseconds. The seed decides which of
    /// them comes when.
    #[must_use]
    pub fn new(seed: u64, from_ms: u32, clients: usize) -> Self {
        let spread_ms = (clients as u64).saturating_mul(SPREAD_MS_PER_CLIENT);
        let spread_ms = spread_ms.clamp(SPREAD_MS_MIN, SPREAD_MS_MAX) as u32;
        Self { seed, from_ms, spread_ms }
    }

    /// How long this connection's client waits, milliseconds.
    #[must_use]
    pub fn wait_ms(self, connection: u64) -> u32 {
        let seed = Rng::new(self.seed).bits() ^ connection;
        self.from_ms.saturating_add(Rng::new(seed).below(self.spread_ms + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_clients_come_back_over_a_longer_time_and_evenly() {
        let check = |clients: u64, spread_ms: u32| {
            let come_back = ComeBack::new(7, 2_000, clients as usize);
            let mut tenths = [0; 10];
            for connection in 0..clients {
                let after_ms = come_back.wait_ms(connection).checked_sub(2_000).unwrap();
                assert!(after_ms <= spread_ms, "{clients}: {after_ms}");
                tenths[(after_ms * 10 / (spread_ms + 1)) as usize] += 1;
            }
            let even = clients / 10;
            assert!(
                tenths.iter().all(|tenth| even / 2 < *tenth && *tenth < even * 2),
                "{tenths:?}"
            );
        };
        check(300, 1_000);
        check(2_000, 4_000);
        check(20_000, 30_000);
    }

    #[test]
    fn the_seed_decides_who_comes_when() {
        let waits =
            |seed| (0..50).map(|at| ComeBack::new(seed, 0, 50).wait_ms(at)).collect::<Vec<_>>();
        assert_eq!(waits(1), waits(1));
        assert_ne!(waits(1), waits(2));
    }
}
