//! One bot: a whole client on one connection, driven by the frames that it receives.
//!
//! An input is made when a frame arrives: once a tick, evenly paced by the server, without a timer
//! to wake for. Only when frames stay away does a timer wake the bot, for its pings: inputs that
//! outnumber the ticks would only wait in the server.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use drumbeat_shared::client::{Client, Received, Stats};
use drumbeat_shared::game::Game;
use drumbeat_shared::limits::PENDING_INPUTS_MAX;
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::connect::{Ending, Socket, Target, binary};
use crate::figures::SharedTally;

/// How long a bot waits for a frame before it speaks without one.
const SILENCE: Duration = Duration::from_millis(250);
/// How long connecting and joining may take, up to the first frame.
const JOIN_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a leaving bot waits for the server to close too.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(1);

/// What decides a bot's controls.
pub trait Brain: Send + 'static {
    /// The game that it plays.
    type Game: Game;

    /// The controls for the next tick. The client has received a frame.
    fn decide(&mut self, client: &Client<Self::Game>) -> <Self::Game as Game>::Input;
}

/// Makes a brain from a seed.
pub(crate) type MakeBrain<B> = Arc<dyn Fn(u64) -> B + Send + Sync>;

/// Tells every bot that the run is over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// One player.
pub(crate) struct Bot<B: Brain> {
    client: Client<B::Game>,
    brain: B,
    epoch: Instant,
    tally: SharedTally,
    /// The client's counters as far as they are in the tally.
    counted: Stats,
    /// Inputs that no frame has acknowledged: number and time, microseconds.
    made: VecDeque<(u32, u64)>,
    last_frame_us: Option<u64>,
}

impl<B: Brain> Bot<B> {
    /// A bot that counts into `tally`. All bots of a run share one `epoch`, their clocks' zero.
    pub(crate) fn new(
        name: &str,
        room: &str,
        brain: B,
        epoch: Instant,
        tally: SharedTally,
    ) -> Self {
        Self {
            client: Client::new(name, room),
            brain,
            epoch,
            tally,
            counted: Stats::default(),
            made: VecDeque::new(),
            last_frame_us: None,
        }
    }

    /// The client core.
    pub(crate) fn client(&self) -> &Client<B::Game> {
        &self.client
    }

    /// Connects, says hello and waits for the first frame.
    pub(crate) async fn join(
        &mut self,
        target: &Target,
        receive_buffer_bytes: Option<u32>,
    ) -> Result<Socket, Ending> {
        let joining = async {
            let mut socket = target.connect(receive_buffer_bytes).await?;
            let hello = self.client.hello();
            socket.send(Message::Binary(hello.into())).await?;
            while self.counted.frames == 0 {
                if let Some(bytes) = binary(socket.next().await)? {
                    self.receive(&bytes, Instant::now())?;
                }
            }
            self.send_input(&mut socket, Instant::now()).await?;
            self.transmit(&mut socket, Instant::now()).await?;
            Ok(socket)
        };
        let late = || Ending::Broken(format!("no frame within {} s", JOIN_TIMEOUT.as_secs()));
        timeout(JOIN_TIMEOUT, joining).await.unwrap_or_else(|_| Err(late()))
    }

    /// Plays until told to stop.
    ///
    /// # Errors
    /// When the connection ended before that.
    pub(crate) async fn play(&mut self, socket: &mut Socket, stop: &Stop) -> Result<(), Ending> {
        let mut silence = pin!(sleep(SILENCE));
        while !stop.is_set() {
            let message = tokio::select! {
                biased;
                message = socket.next() => binary(message)?,
                () = silence.as_mut() => None,
            };
            let now = Instant::now();
            silence.as_mut().reset(now + SILENCE);
            if let Some(bytes) = message {
                self.receive(&bytes, now)?;
                self.send_input(socket, now).await?;
            }
            self.transmit(socket, now).await?;
        }
        Ok(())
    }

    /// Takes a message: the view moves on, and what it tells is counted.
    fn receive(&mut self, bytes: &[u8], now: Instant) -> Result<(), Ending> {
        let now_us = self.clock_us(now);
        let received = self.client.receive(bytes, now_us);
        let stats = *self.client.stats();
        let mut tally = self.tally.lock();
        tally.count(&stats, &self.counted);
        if stats.rtt_us != self.counted.rtt_us {
            tally.rtt.record_us(u64::from(stats.rtt_us));
        }
        self.counted = stats;
        match received {
            Ok(Received::Frame) => {}
            Ok(Received::Welcome) => {
                let welcome = self.client.welcome();
                tally.tick_hz = welcome.map_or(0, |welcome| welcome.tick_hz);
                return Ok(());
            }
            Err(error) => return Err(Ending::Broken(format!("invalid message: {error}"))),
        }
        if let Some(last_us) = self.last_frame_us.replace(now_us) {
            tally.frame_spacing.record_us(now_us - last_us);
        }
        let ack = self.client.ack();
        while let Some(&(seq, made_us)) = self.made.front()
            && seq <= ack
        {
            tally.input_to_state.record_us(now_us - made_us);
            self.made.pop_front();
        }
        drop(tally);
        while self.client.notice().is_some() {}
        Ok(())
    }

    /// Queues the next controls.
    async fn send_input(&mut self, socket: &mut Socket, now: Instant) -> Result<(), Ending> {
        let now_us = self.clock_us(now);
        let input = self.brain.decide(&self.client);
        let Some(message) = self.client.input(input, now_us) else {
            return Ok(());
        };
        self.tally.lock().inputs += 1;
        if self.made.len() == PENDING_INPUTS_MAX {
            self.made.pop_front();
        }
        self.made.push_back((self.client.seq(), now_us));
        Ok(socket.feed(Message::Binary(message.into())).await?)
    }

    /// Sends what is queued and what the client core has to say.
    async fn transmit(&mut self, socket: &mut Socket, now: Instant) -> Result<(), Ending> {
        while let Some(message) = self.client.transmit(self.clock_us(now)) {
            socket.feed(Message::Binary(message.into())).await?;
        }
        Ok(socket.flush().await?)
    }

    fn clock_us(&self, now: Instant) -> u64 {
        (now - self.epoch).as_micros() as u64
    }
}

/// Leaves: closes the connection as the protocol wants it.
pub(crate) async fn leave(mut socket: Socket) {
    let goodbye = async {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        if socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    // Whether the server answers is not the bot's concern any more.
    let _ = timeout(LEAVE_TIMEOUT, goodbye).await;
}
