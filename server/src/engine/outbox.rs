//! The one owner of what is written to a client. It holds one frame, or the part of it that the
//! transport has not taken yet.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::link::{Link, PassedOn};

/// Bytes reserved in front of a payload for the header that [`Outbox::send`] writes there.
pub const HEADER_BYTES_MAX: usize = 10;

/// Memory that stays allocated for what the transport does not take at once, bytes.
const PENDING_BYTES_RETAINED: usize = 1_024;

/// A client's link, with the bytes that it has not taken yet, encrypted if the link is.
pub struct Outbox {
    link: Box<dyn Link>,
    pending: Vec<u8>,
    /// Bytes at the end of `pending` that belong to no frame.
    answers: usize,
    /// Whether the link has taken part of a pending frame since the last `take_frame_progress`.
    frame_progress: bool,
    /// Bytes that the client's transport has taken since the last `take_handed`.
    handed: u64,
    /// What the transport takes, if that is not what the link does.
    passed_on: Option<Arc<PassedOn>>,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("pending_bytes", &self.pending.len()).finish_non_exhaustive()
    }
}

impl Outbox {
    /// An outbox that writes to `link`.
    #[must_use]
    pub fn new(link: Box<dyn Link>) -> Self {
        let passed_on = link.passed_on();
        Self { link, pending: Vec::new(), answers: 0, frame_progress: false, handed: 0, passed_on }
    }

    /// Writes what is pending. Returns `true` when nothing is left.
    ///
    /// # Errors
    /// When the client is gone.
    pub fn flush(&mut self) -> io::Result<bool> {
        if let Some(passed_on) = &self.passed_on {
            let bytes = passed_on.take();
            self.handed += bytes;
            self.frame_progress |= bytes > 0;
        }
        if !self.pending.is_empty() {
            let taken = write(self.link.as_mut(), &self.pending)?;
            self.note_taken(taken);
            self.frame_progress |= taken > 0 && self.pending.len() > self.answers;
            self.drop_pending(taken);
            self.answers = self.answers.min(self.pending.len());
        }
        Ok(self.pending.is_empty())
    }

    /// Queues whole WebSocket frames that are not state frames behind what is pending.
    pub fn push(&mut self, frames: &[u8]) {
        if frames.is_empty() {
            return;
        }
        let before = self.pending.len();
        // A link that fails here fails again at the next frame, which removes the client.
        let _ = self.queue(frames);
        self.answers += self.pending.len() - before;
    }

    /// Sends a payload as one binary message. `message` starts with [`HEADER_BYTES_MAX`] bytes of
    /// any content.
    ///
    /// # Errors
    /// When the client is gone.
    pub fn send(&mut self, message: &mut [u8]) -> io::Result<()> {
        let frame = put_header(message);
        if !self.flush()? {
            self.answers = 0;
            return self.queue(frame);
        }
        let is_sealed = self.link.seal(frame, &mut self.pending)?;
        let bytes = if is_sealed { &self.pending } else { frame };
        let taken = write(self.link.as_mut(), bytes)?;
        self.note_taken(taken);
        if is_sealed {
            self.drop_pending(taken);
        } else {
            self.pending.extend_from_slice(&frame[taken..]);
        }
        Ok(())
    }

    /// Counts bytes that the link has taken.
    fn note_taken(&mut self, taken: usize) {
        if self.passed_on.is_none() {
            self.handed += taken as u64;
        }
    }

    /// Puts bytes behind what is pending.
    fn queue(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.link.seal(bytes, &mut self.pending)? {
            self.pending.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// Forgets pending bytes that the link has taken.
    fn drop_pending(&mut self, taken: usize) {
        self.pending.drain(..taken);
        if self.pending.is_empty() {
            self.pending.shrink_to(PENDING_BYTES_RETAINED);
        }
    }

    /// The link, and the bytes that it has not taken yet, encrypted if it is.
    #[must_use]
    pub fn into_parts(self) -> (Box<dyn Link>, Vec<u8>) {
        (self.link, self.pending)
    }

    /// Bytes that the transport has taken since the last call.
    pub fn take_handed(&mut self) -> u64 {
        std::mem::take(&mut self.handed)
    }

    /// Whether the transport has taken part of a pending frame since the last call.
    pub fn take_frame_progress(&mut self) -> bool {
        std::mem::take(&mut self.frame_progress)
    }

    /// Bytes that the transport has not taken yet.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.pending.len()
    }
}

fn write(link: &mut dyn Link, bytes: &[u8]) -> io::Result<usize> {
    match link.try_write(bytes) {
        Ok(taken) => Ok(taken),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            Ok(0)
        }
        Err(error) => Err(error),
    }
}

/// Writes the header of an unmasked, final, binary frame right before the payload (RFC 6455,
/// section 5.2), and returns header and payload.
fn put_header(message: &mut [u8]) -> &[u8] {
    const FINAL_BINARY: u8 = 0x82;
    let payload_bytes = message.len() - HEADER_BYTES_MAX;
    let (start, length) = match payload_bytes {
        0..=125 => (8, payload_bytes as u8),
        126..=0xffff => {
            message[8..10].copy_from_slice(&(payload_bytes as u16).to_be_bytes());
            (6, 126)
        }
        _ => {
            message[2..10].copy_from_slice(&(payload_bytes as u64).to_be_bytes());
            (0, 127)
        }
    };
    message[start] = FINAL_BINARY;
    message[start + 1] = length;
    &message[start..]
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Takes as many bytes as it is allowed to; fails once that is `None`.
    #[derive(Clone, Default)]
    struct Tap(Arc<Mutex<(Vec<u8>, Option<usize>)>>);

    impl Tap {
        fn allow(&self, bytes: Option<usize>) {
            self.0.lock().unwrap().1 = bytes;
        }

        fn taken(&self) -> Vec<u8> {
            self.0.lock().unwrap().0.clone()
        }
    }

    impl Link for Tap {
        fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (taken, allowed) = &mut *self.0.lock().unwrap();
            let allowed = allowed.as_mut().ok_or(ErrorKind::BrokenPipe)?;
            let count = bytes.len().min(*allowed);
            if count == 0 {
                return Err(ErrorKind::WouldBlock.into());
            }
            *allowed -= count;
            taken.extend_from_slice(&bytes[..count]);
            Ok(count)
        }
    }

    fn message(payload_bytes: usize) -> Vec<u8> {
        let mut message = vec![0xee; HEADER_BYTES_MAX];
        message.extend((0..payload_bytes).map(|index| index as u8));
        message
    }

    #[test]
    fn headers_are_those_of_the_websocket_protocol() {
        let check = |payload_bytes: usize, header: &[u8]| {
            let mut message = message(payload_bytes);
            let payload = message[HEADER_BYTES_MAX..].to_vec();
            assert_eq!(put_header(&mut message), [header, &payload].concat());
        };
        check(0, &[0x82, 0]);
        check(125, &[0x82, 125]);
        check(126, &[0x82, 126, 0, 126]);
        check(65_535, &[0x82, 126, 0xff, 0xff]);
        check(65_536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn bytes_leave_once_and_in_order_however_few_the_link_takes() {
        let tap = Tap::default();
        tap.allow(Some(3));
        let mut outbox = Outbox::new(Box::new(tap.clone()));
        let mut expected = Vec::new();
        for payload_bytes in [5, 300, 0, 1] {
            let mut message = message(payload_bytes);
            expected.extend_from_slice(put_header(&mut message.clone()));
            outbox.send(&mut message).unwrap();
        }
        outbox.push(b"end");
        expected.extend_from_slice(b"end");
        assert_eq!(tap.taken().len(), 3);
        let mut handed = outbox.take_handed();
        while !outbox.flush().unwrap() {
            assert_eq!(tap.taken().len() + outbox.pending_bytes(), expected.len());
            tap.allow(Some(7));
            handed += outbox.take_handed();
        }
        handed += outbox.take_handed();
        assert_eq!(tap.taken(), expected);
        assert_eq!(handed, expected.len() as u64, "every byte is counted once");
    }

    /// A link that encrypts, after a fashion: what travels is longer and not the same.
    struct Sealing(Tap);

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        [&[bytes.len() as u8; 5][..], &bytes.iter().map(|byte| !byte).collect::<Vec<_>>()].concat()
    }

    impl Link for Sealing {
        fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.try_write(bytes)
        }

        fn seal(&mut self, bytes: &[u8], wire: &mut Vec<u8>) -> io::Result<bool> {
            wire.extend(sealed(bytes));
            Ok(true)
        }
    }

    /// The pace of a client follows from what its outbox says, so that must not depend on whether
    /// its link encrypts.
    #[test]
    fn an_encrypted_link_waits_and_is_counted_as_a_plain_one() {
        let (plain_tap, sealing_tap) = (Tap::default(), Tap::default());
        let mut plain = Outbox::new(Box::new(plain_tap.clone()));
        let mut sealing = Outbox::new(Box::new(Sealing(sealing_tap.clone())));
        let mut expected = Vec::new();
        // Bytes that are taken in each round, at most: none, one, all.
        const ALL: usize = usize::MAX;
        for (round, taken) in [0, ALL, 1, 0, 1, 1, ALL, ALL, 1, 0, ALL].into_iter().enumerate() {
            let mut observed = Vec::new();
            for (outbox, tap) in [(&mut plain, &plain_tap), (&mut sealing, &sealing_tap)] {
                tap.allow(Some(taken));
                let is_clear = outbox.flush().unwrap();
                let (progress, handed) = (outbox.take_frame_progress(), outbox.take_handed());
                if round % 3 == 0 {
                    outbox.push(b"pong");
                }
                if is_clear {
                    outbox.send(&mut message(40 + round)).unwrap();
                }
                observed.push((is_clear, progress, handed > 0, outbox.pending_bytes() > 0));
            }
            assert_eq!(observed[0], observed[1], "round {round}");
            if round % 3 == 0 {
                expected.extend(sealed(b"pong"));
            }
            if observed[0].0 {
                expected.extend(sealed(put_header(&mut message(40 + round))));
            }
        }
        sealing_tap.allow(Some(usize::MAX));
        assert!(sealing.flush().unwrap());
        assert_eq!(sealing_tap.taken(), expected, "every byte left once, in order");
    }

    #[test]
    fn only_frames_count_as_frames_taken() {
        let tap = Tap::default();
        let mut outbox = Outbox::new(Box::new(tap.clone()));
        let taken = |outbox: &mut Outbox, bytes| {
            tap.allow(Some(bytes));
            outbox.flush().unwrap();
            outbox.take_frame_progress()
        };
        outbox.push(b"pong");
        assert!(!taken(&mut outbox, 2) && !taken(&mut outbox, 2), "an answer");
        outbox.send(&mut message(9)).unwrap();
        outbox.push(b"pong");
        assert!(!taken(&mut outbox, 0), "nothing");
        // A header of two bytes, nine of the frame, then the answer.
        assert!(taken(&mut outbox, 10) && taken(&mut outbox, 3), "the frame");
        assert!(!taken(&mut outbox, 9), "what was behind it");
    }

    /// A link that passes on what it takes in another form.
    struct Translating(Arc<PassedOn>);

    impl Link for Translating {
        fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn passed_on(&self) -> Option<Arc<PassedOn>> {
            Some(Arc::clone(&self.0))
        }
    }

    #[test]
    fn what_is_passed_on_counts_instead_of_what_is_written() {
        let passed_on = Arc::<PassedOn>::default();
        let mut outbox = Outbox::new(Box::new(Translating(Arc::clone(&passed_on))));
        outbox.send(&mut message(300)).unwrap();
        assert!(outbox.flush().unwrap());
        assert_eq!((outbox.take_handed(), outbox.take_frame_progress()), (0, false));
        passed_on.note(7);
        passed_on.note(5);
        assert!(outbox.flush().unwrap());
        assert_eq!((outbox.take_handed(), outbox.take_frame_progress()), (12, true));
        assert!(outbox.flush().unwrap());
        assert_eq!((outbox.take_handed(), outbox.take_frame_progress()), (0, false));
    }

    #[test]
    fn a_broken_link_is_an_error_once_there_is_something_to_write() {
        let tap = Tap::default();
        tap.allow(Some(0));
        let mut outbox = Outbox::new(Box::new(tap.clone()));
        outbox.send(&mut message(9)).unwrap();
        assert!(!outbox.flush().unwrap());
        tap.allow(None);
        assert!(outbox.flush().is_err());
        assert!(outbox.send(&mut message(9)).is_err());
    }
}
