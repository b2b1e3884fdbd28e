//! Pace against a modelled connection: a transport that buffers and moves a limited number of
//! bytes, and a client that acknowledges now and then what it has seen.

use std::collections::VecDeque;

use super::*;

/// A pace, and the tick of the last frame sent.
struct Paced {
    pace: Pace,
    handed: Option<Tick>,
}

impl Paced {
    fn new(tick_hz: u16, now_us: u64) -> Self {
        Self { pace: Pace::new(tick_hz, now_us), handed: None }
    }

    fn saw(&mut self, tick: Tick, now_us: u64) {
        self.pace.saw(tick, self.handed, now_us);
    }

    fn verdict(&mut self, tick: Tick, taken: bool, now_us: u64) -> Verdict {
        self.pace.verdict(tick, self.handed, taken, now_us)
    }

    fn sent(&mut self, tick: Tick, now_us: u64) {
        self.pace.sent(self.handed.replace(tick), now_us);
    }
}

/// A connection, and the frames that its client gets.
#[derive(Clone, Copy)]
struct Transport {
    tick_hz: u32,
    /// Bytes a second that the client reads.
    bytes_per_s: usize,
    /// Bytes that the transport holds.
    held_bytes_max: usize,
    frame_bytes: usize,
    /// Ticks between two acknowledgements.
    says_ticks: u32,
    /// Ticks that an acknowledgement is in flight.
    delay_ticks: u32,
}

impl Transport {
    /// A transport that carries everything, to a client that only pings.
    fn good(tick_hz: u32) -> Self {
        Self {
            tick_hz,
            bytes_per_s: 1 << 20,
            held_bytes_max: 1 << 20,
            frame_bytes: 400,
            says_ticks: (tick_hz / 2).max(1),
            delay_ticks: tick_hz / 5,
        }
    }
}

struct Model {
    transport: Transport,
    pace: Paced,
    tick: u32,
    /// Bytes sent, taken by the transport, and read by the client, since the start.
    handed: usize,
    taken: usize,
    read: usize,
    /// Remainder of the read rate that was not enough for a whole byte yet, in `1 / tick_hz` bytes.
    allowance: usize,
    /// Frames in flight: tick and last byte.
    frames: VecDeque<(u32, usize)>,
    /// Acknowledgements in flight: when they arrive, and the tick seen.
    words: VecDeque<(u32, u32)>,
    /// The tick of the last frame the client has read.
    seen: Option<u32>,
}

impl Model {
    fn new(transport: Transport) -> Self {
        Self {
            transport,
            pace: Paced::new(transport.tick_hz as u16, 0),
            tick: 0,
            handed: 0,
            taken: 0,
            read: 0,
            allowance: 0,
            frames: VecDeque::new(),
            words: VecDeque::new(),
            seen: None,
        }
    }

    fn now_us(&self) -> u64 {
        u64::from(self.tick) * 1_000_000 / u64::from(self.transport.tick_hz)
    }

    fn fill(&mut self) -> usize {
        let free = self.transport.held_bytes_max - (self.taken - self.read);
        let count = free.min(self.handed - self.taken);
        self.taken += count;
        count
    }

    /// One tick of the server, then one of the client.
    fn tick(&mut self, reads: bool) -> Verdict {
        self.tick += 1;
        let now_us = self.now_us();
        while let Some(&(_, seen)) = self.words.front().filter(|(at, _)| *at <= self.tick) {
            self.words.pop_front();
            self.pace.saw(Tick(seen), now_us);
        }
        if self.fill() > 0 {
            self.pace.pace.took(now_us);
        }
        let verdict = self.pace.verdict(Tick(self.tick), self.handed == self.taken, now_us);
        if verdict == Verdict::Send {
            self.handed += self.transport.frame_bytes;
            self.frames.push_back((self.tick, self.handed));
            self.fill();
            self.pace.sent(Tick(self.tick), now_us);
        }
        if reads {
            self.read_some();
        }
        verdict
    }

    fn read_some(&mut self) {
        self.allowance += self.transport.bytes_per_s;
        let count = (self.allowance / self.transport.tick_hz as usize).min(self.taken - self.read);
        self.allowance %= self.transport.tick_hz as usize;
        self.read += count;
        while let Some(&(tick, _)) = self.frames.front().filter(|(_, end)| *end <= self.read) {
            self.frames.pop_front();
            self.seen = Some(tick);
        }
        if let Some(seen) =
            self.seen.filter(|_| self.tick.is_multiple_of(self.transport.says_ticks))
        {
            self.words.push_back((self.tick + self.transport.delay_ticks, seen));
        }
    }

    /// How far the client's picture is behind, ticks.
    fn staleness(&self) -> u32 {
        self.tick - self.seen.unwrap_or(0)
    }

    fn run(&mut self, seconds: u32, reads: bool) -> Vec<Verdict> {
        (0..seconds * self.transport.tick_hz).map(|_| self.tick(reads)).collect()
    }
}

/// The tick rates from the slowest to the fastest.
const RATES_HZ: [u32; 6] = [1, 2, 10, 20, 60, 128];

#[test]
fn a_client_that_keeps_up_gets_every_tick() {
    for tick_hz in RATES_HZ {
        let mut model = Model::new(Transport::good(tick_hz));
        assert!(model.run(300, true).iter().all(|verdict| *verdict == Verdict::Send), "{tick_hz}");
    }
}

#[test]
fn a_client_that_stalled_once_gets_every_tick_again_after_stop_and_wait() {
    for tick_hz in RATES_HZ {
        let mut model = Model::new(Transport::good(tick_hz));
        model.run(20, true);
        let stall = model.run(3, false);
        let skipped =
            stall.iter().filter(|verdict| **verdict == Verdict::Skip(Skip::Unacknowledged));
        assert!(skipped.count() > 0, "{tick_hz} Hz: it was never skipped");
        // It got a strike, and another one if its first acknowledgement arrived only after the 2 s
        // of stop-and-wait.
        let waiting = model.run(6, true);
        assert!(
            waiting.contains(&Verdict::Skip(Skip::Unacknowledged)),
            "{tick_hz} Hz: no frame waited"
        );
        assert!(
            model.pace.pace.stop_and_wait_until <= Tick(model.tick),
            "{tick_hz} Hz: it still waits"
        );
        let after = model.run(120, true);
        let sent = after.iter().filter(|verdict| **verdict == Verdict::Send).count();
        assert_eq!(sent, after.len(), "{tick_hz} Hz");
    }
}

#[test]
fn a_client_that_reads_too_slowly_gets_the_present_by_stop_and_wait() {
    for held_bytes_max in [4_096, 16_384, 1 << 20] {
        let transport = Transport { bytes_per_s: 1_000, held_bytes_max, ..Transport::good(20) };
        let mut model = Model::new(transport);
        model.run(60, true);
        // From now on it is nearly always in stop-and-wait: a strike takes 2 s, stop-and-wait lasts
        // 64 s.
        let (mut stale, mut sent, mut waiting) = (Vec::new(), 0, 0);
        for _ in 0..600 * 20 {
            let verdict = model.tick(true);
            assert_ne!(verdict, Verdict::Close);
            sent += usize::from(verdict == Verdict::Send);
            waiting += u32::from(model.tick < model.pace.pace.stop_and_wait_until.0);
            stale.push(model.staleness());
        }
        let ticks = stale.len() as u32;
        assert!(
            waiting > ticks / 10 * 9,
            "{held_bytes_max} B: it waits in {waiting} of {ticks} ticks"
        );
        // Reading a frame takes 8 ticks, its acknowledgement up to 10 + 4 to be sent and to arrive,
        // and reading the next frame 8 more.
        stale.sort_unstable();
        let (median, worst) = (stale[stale.len() / 2], stale[stale.len() - 1]);
        assert!(median <= 30, "{held_bytes_max} B: half of the time over {median} ticks behind");
        // What was sent at the full rate before a strike (2 s and the 14 ticks of the
        // acknowledgement, 400 bytes each) has to be read first.
        let backlog_bytes = ((40 + 14) * 400).min(held_bytes_max + 400) as u32;
        let bound = backlog_bytes / 50 + 40 + 14 + 30;
        assert!(worst <= bound, "{held_bytes_max} B: {worst} ticks behind, more than {bound}");
        assert!(sent > 300, "{held_bytes_max} B: only {sent} frames in ten minutes");
    }
}

#[test]
fn every_strike_doubles_the_wait_and_a_long_time_without_forgives() {
    let mut pace = Paced::new(20, 0);
    let mut tick = 1;
    let mut strike = |pace: &mut Paced, quiet_ticks: u32| {
        // It takes everything for a while, then acknowledges nothing until frames are skipped.
        for _ in 0..quiet_ticks {
            pace.sent(Tick(tick), 0);
            pace.saw(Tick(tick), 0);
            tick += 1;
            assert_eq!(pace.verdict(Tick(tick), true, 0), Verdict::Send, "at tick {tick}");
        }
        pace.sent(Tick(tick), 0);
        while pace.verdict(Tick(tick), true, 0) == Verdict::Send {
            pace.sent(Tick(tick), 0);
            tick += 1;
        }
        let wait_ticks = pace.pace.stop_and_wait_until.0 - tick;
        // It acknowledges, and waits until stop-and-wait ends.
        pace.saw(Tick(tick), 0);
        tick = pace.pace.stop_and_wait_until.0;
        pace.sent(Tick(tick), 0);
        pace.saw(Tick(tick), 0);
        wait_ticks
    };
    for wait_ticks in [40, 80, 160, 320, 640, 1_280, 1_280] {
        assert_eq!(strike(&mut pace, 10), wait_ticks);
    }
    let forgiving_ticks = FORGIVING * 40;
    assert_eq!(strike(&mut pace, forgiving_ticks - 60), 1_280, "not yet forgiven");
    assert_eq!(strike(&mut pace, forgiving_ticks), 40, "forgiven");
}

#[test]
fn a_client_that_takes_nothing_is_closed_after_ten_seconds() {
    for (held_bytes_max, skip) in [(1_000, Skip::Backpressure), (1 << 20, Skip::Unacknowledged)] {
        let mut model = Model::new(Transport { held_bytes_max, ..Transport::good(20) });
        model.run(10, true);
        let stall = model.run(9, false);
        assert!(!stall.contains(&Verdict::Close), "{held_bytes_max} B: closed too early");
        assert_eq!(stall.last(), Some(&Verdict::Skip(skip)));
        // Its last acknowledgement was in flight for a while.
        assert_eq!(model.run(3, false).last(), Some(&Verdict::Close), "{held_bytes_max} B");
    }
    // A client that never acknowledged or took anything: the welcome fills the transport.
    let mut model = Model::new(Transport { held_bytes_max: 1_000, ..Transport::good(20) });
    model.handed = 5_000;
    model.fill();
    assert!(!model.run(10, false).contains(&Verdict::Close));
    assert_eq!(model.tick(false), Verdict::Close);
}

#[test]
fn a_client_that_takes_slowly_but_steadily_is_not_closed() {
    // Reading what the transport holds takes 5 s: the server can see that some of it is taken.
    let transport = Transport {
        bytes_per_s: 100,
        held_bytes_max: 500,
        frame_bytes: 300,
        ..Transport::good(20)
    };
    let mut model = Model::new(transport);
    // A welcome that takes over eight minutes to read, then frames of 3 s each.
    model.handed = 50_000;
    model.fill();
    let verdicts = model.run(600, true);
    assert!(!verdicts.contains(&Verdict::Close));
    assert!(model.seen.is_some(), "it never got a frame");
}

#[test]
fn nobody_has_seen_more_than_it_was_handed() {
    let mut pace = Paced::new(20, 0);
    pace.saw(Tick(7), 0);
    assert_eq!(pace.verdict(Tick(1), true, 0), Verdict::Send, "the first frame");
    pace.sent(Tick(1), 0);
    pace.saw(Tick(u32::MAX), 0);
    for tick in 2..=41 {
        assert_eq!(pace.verdict(Tick(tick), true, 0), Verdict::Send, "at tick {tick}");
        pace.sent(Tick(tick), 0);
    }
    assert_eq!(pace.verdict(Tick(42), true, 0), Verdict::Skip(Skip::Unacknowledged));
}
