//! The floor: the cost of the system calls that no server can do without.
//!
//! One thread plays the server: each tick it writes one frame to every client, and it reads every
//! input as it comes. It uses plain non-blocking sockets and epoll, without WebSocket, game or
//! encoding. Another thread plays the clients and answers each frame with an input.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};
use rustix::io::{Errno, write};
use rustix::net::{RecvFlags, SendFlags, recv, send, sockopt};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

use crate::pin::{Pins, pin};

/// Unmeasured ticks at the start.
const WARM_UP_TICKS: u32 = 10;
/// Minimum reads per client-tick of a floor that has done its work.
const READS_MIN: f64 = 0.95;
/// Limit of events per wait.
const EVENTS: usize = 1_024;
/// Limit of the bytes of a read.
const READ_BYTES: usize = 64 << 10;
/// Send buffer of a client's connection, bytes; it is larger for larger frames.
const SEND_BUFFER_BYTES: usize = 16 << 10;

/// The work of a floor, which is the work observed from a server.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Work {
    /// Connections.
    pub(crate) clients: u32,
    /// Bytes of a frame, WebSocket header included.
    pub(crate) frame_bytes: usize,
    /// Bytes of an input, WebSocket header included.
    pub(crate) input_bytes: usize,
    /// Frames to each client per second.
    pub(crate) tick_hz: u16,
    /// Measured ticks.
    pub(crate) ticks: u32,
}

/// The cost of the work.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Floor {
    /// The work done.
    pub(crate) work: Work,
    /// Processor time of the thread that plays the server, user and system together.
    pub(crate) cpu_us_per_client_tick: f64,
    /// Calls that received something: one per frame, unless inputs came late and together.
    pub(crate) reads_per_client_tick: f64,
    /// Ticks that started more than a period late.
    pub(crate) missed_ticks: u32,
}

impl Floor {
    /// Whether it did all of its work: it missed no tick, and hardly any input came late.
    pub(crate) fn is_whole(&self) -> bool {
        self.missed_ticks == 0 && self.reads_per_client_tick > READS_MIN
    }
}

/// Measures the floor. Blocks for the duration of the ticks.
pub(crate) fn measure(work: Work, pins: &Pins) -> io::Result<Floor> {
    let (served, clients) = connect(&work)?;
    let (server_cores, swarm_cores) = (pins.server.clone(), pins.swarm.clone());
    let answering = thread::Builder::new().name("floor-clients".into()).spawn(move || {
        pin(&swarm_cores)?;
        answer(&clients, &work)
    })?;
    let serving = thread::Builder::new().name("floor".into()).spawn(move || {
        pin(&server_cores)?;
        serve(&served, work)
        // The sockets close here, which ends the clients.
    })?;
    let floor = serving.join().map_err(|_| io::Error::other("the floor's thread failed"))?;
    let answered = answering.join().map_err(|_| io::Error::other("the floor's clients failed"))?;
    let floor = floor?;
    answered?;
    Ok(floor)
}

/// Connects. Returns the server's ends and the clients' ends.
fn connect(work: &Work) -> io::Result<(Vec<TcpStream>, Vec<TcpStream>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let pair = |_| {
        let client = TcpStream::connect(address)?;
        let (served, _) = listener.accept()?;
        for end in [&client, &served] {
            end.set_nodelay(true)?;
            end.set_nonblocking(true)?;
        }
        let bytes = SEND_BUFFER_BYTES.max(work.frame_bytes * 2);
        sockopt::set_socket_send_buffer_size(&served, bytes)?;
        Ok((served, client))
    };
    let pairs: io::Result<Vec<_>> = (0..work.clients).map(pair).collect();
    Ok(pairs?.into_iter().unzip())
}

/// Plays the server.
fn serve(clients: &[TcpStream], work: Work) -> io::Result<Floor> {
    let poll = watch(clients)?;
    let frame = vec![7; work.frame_bytes];
    let mut buffer = vec![0; READ_BYTES];
    let mut events = Vec::with_capacity(EVENTS);
    let period = Duration::from_secs(1) / u32::from(work.tick_hz);
    let mut due = Instant::now() + period;
    let (mut cpu_before, mut reads, mut missed_ticks) = (Duration::ZERO, 0_u64, 0);
    for tick in 0..WARM_UP_TICKS + work.ticks {
        if tick == WARM_UP_TICKS {
            (cpu_before, reads, missed_ticks) = (thread_cpu(), 0, 0);
        }
        loop {
            let left = due.saturating_duration_since(Instant::now());
            wait(&poll, &mut events, Some(left))?;
            for event in events.drain(..) {
                let client = &clients[event.data.u64() as usize];
                match recv(client, &mut buffer[..], RecvFlags::empty()) {
                    Ok((0, _)) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    Ok(_) => reads += 1,
                    Err(Errno::AGAIN) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            if Instant::now() >= due {
                break;
            }
        }
        missed_ticks += u32::from(Instant::now() > due + period);
        for client in clients {
            match write(client, &frame) {
                // The client is late, so the floor skips its frame, as a server would.
                Ok(_) | Err(Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            }
        }
        due += period;
    }
    let cpu = thread_cpu().saturating_sub(cpu_before);
    let client_ticks = f64::from(work.clients) * f64::from(work.ticks);
    Ok(Floor {
        work,
        cpu_us_per_client_tick: cpu.as_secs_f64() * 1e6 / client_ticks,
        reads_per_client_tick: reads as f64 / client_ticks,
        missed_ticks,
    })
}

/// Plays the clients: an input for each complete frame. Ends with the first connection that ends.
fn answer(clients: &[TcpStream], work: &Work) -> io::Result<()> {
    let poll = watch(clients)?;
    let input = vec![7; work.input_bytes];
    let mut buffer = vec![0; READ_BYTES];
    let mut events = Vec::with_capacity(EVENTS);
    let mut received = vec![0; clients.len()];
    loop {
        wait(&poll, &mut events, None)?;
        for event in events.drain(..) {
            let index = event.data.u64() as usize;
            match recv(&clients[index], &mut buffer[..], RecvFlags::empty()) {
                Ok((0, _)) | Err(Errno::CONNRESET) => return Ok(()),
                Ok((bytes, _)) => received[index] += bytes,
                Err(Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            }
            while received[index] >= work.frame_bytes {
                received[index] -= work.frame_bytes;
                match send(&clients[index], &input, SendFlags::NOSIGNAL) {
                    Ok(_) | Err(Errno::AGAIN) => {}
                    Err(Errno::PIPE | Errno::CONNRESET) => return Ok(()),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}

/// An epoll of sockets, each registered under its index.
fn watch(sockets: &[TcpStream]) -> io::Result<OwnedFd> {
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    for (number, socket) in (0..).zip(sockets) {
        epoll::add(&poll, socket, epoll::EventData::new_u64(number), epoll::EventFlags::IN)?;
    }
    Ok(poll)
}

/// Waits for events, forever if `limit` is `None`.
fn wait(poll: &OwnedFd, events: &mut Vec<epoll::Event>, limit: Option<Duration>) -> io::Result<()> {
    let limit = limit.map(|left| Timespec {
        tv_sec: left.as_secs().cast_signed(),
        tv_nsec: left.subsec_nanos().into(),
    });
    match epoll::wait(poll, rustix::buffer::spare_capacity(events), limit.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Processor time of this thread, user and system together.
fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_is_answered_with_an_input() {
        let check = |frame_bytes| {
            let work = Work { clients: 8, frame_bytes, input_bytes: 14, tick_hz: 100, ticks: 30 };
            let floor = measure(work, &Pins::default()).unwrap();
            assert!(floor.cpu_us_per_client_tick > 0.0, "{floor:?}");
            assert!(floor.reads_per_client_tick > 0.0, "{floor:?}");
        };
        check(40);
        // A frame that takes more than one read.
        check(3 * READ_BYTES);
    }
}
