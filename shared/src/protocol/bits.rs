//! A bit stream: least significant bit first, in little-endian order.
//!
//! It carries two codes: plain fields of a fixed width, and exponential Golomb codes, which give
//! small numbers few bits (Teuhola 1978; order 0 spends 1 bit on 0, 3 bits on 1 and 2).

/// The stream ended too early, or holds a number that no writer produces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bit stream is malformed or ends too early")]
pub struct BitError;

/// Writes bits to a growing buffer.
#[derive(Clone, Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    /// The bits that do not fill a word yet; those above `used` are 0.
    word: u64,
    used: u32,
}

impl BitWriter {
    /// Starts over after `prefix_bytes` bytes that the caller fills in later. Reuses the memory.
    pub fn restart(&mut self, prefix_bytes: usize) {
        self.bytes.clear();
        self.bytes.resize(prefix_bytes, 0);
        (self.word, self.used) = (0, 0);
    }

    /// Writes the low `bits` bits of `value` (0 to 64); the others must be 0.
    #[inline]
    pub fn put(&mut self, value: u64, bits: u32) {
        debug_assert!(bits <= 64 && (bits == 64 || value >> bits == 0));
        self.word |= value.checked_shl(self.used).unwrap_or(0);
        let total = self.used + bits;
        if total < 64 {
            self.used = total;
            return;
        }
        self.bytes.extend_from_slice(&self.word.to_le_bytes());
        self.word = value.checked_shr(64 - self.used).unwrap_or(0);
        self.used = total - 64;
    }

    /// Writes one bit.
    #[inline]
    pub fn put_bool(&mut self, value: bool) {
        self.put(u64::from(value), 1);
    }

    /// Writes any `u32` as an exponential Golomb code of the given order (0 to 16).
    #[inline]
    pub fn put_golomb(&mut self, value: u32, order: u32) {
        let shifted = u64::from(value) + (1 << order);
        let log = shifted.ilog2();
        // Zeros, a one, and the bits below the leading one: in one call if they fit a word.
        let zeros = log - order;
        let below = shifted & ((1 << log) - 1);
        if zeros + 1 + log <= 64 {
            self.put(below << (zeros + 1) | 1 << zeros, zeros + 1 + log);
        } else {
            self.put(1 << zeros, zeros + 1);
            self.put(below, log);
        }
    }

    /// Writes any `i32`: zigzag, then exponential Golomb.
    #[inline]
    pub fn put_signed(&mut self, value: i32, order: u32) {
        self.put_golomb(((value << 1) ^ (value >> 31)) as u32, order);
    }

    /// Fills the last byte with zeros and appends whole bytes.
    pub fn put_bytes(&mut self, bytes: &[u8]) {
        self.align();
        self.bytes.extend_from_slice(bytes);
    }

    /// Fills the last byte with zeros.
    pub fn align(&mut self) {
        let whole = self.used.div_ceil(8) as usize;
        self.bytes.extend_from_slice(&self.word.to_le_bytes()[..whole]);
        (self.word, self.used) = (0, 0);
    }

    /// Bits written since the last [`BitWriter::restart`], the prefix included.
    #[must_use]
    pub fn len_bits(&self) -> usize {
        self.bytes.len() * 8 + self.used as usize
    }

    /// Fills the last byte with zeros and returns the buffer, the prefix included.
    pub fn finish(&mut self) -> &mut Vec<u8> {
        self.align();
        &mut self.bytes
    }
}

/// Reads what a [`BitWriter`] wrote.
#[derive(Clone, Debug)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    /// Position in bits.
    at: usize,
}

impl<'a> BitReader<'a> {
    /// Reads from the first bit of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Reads a field of `bits` bits, 0 to 56.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn take(&mut self, bits: u32) -> Result<u64, BitError> {
        debug_assert!(bits <= 56);
        if self.at + bits as usize > self.bytes.len() * 8 {
            return Err(BitError);
        }
        let word = self.peek_word();
        self.at += bits as usize;
        Ok(word & ((1 << bits) - 1))
    }

    /// Reads one bit.
    ///
    /// # Errors
    /// When none is left.
    #[inline]
    pub fn take_bool(&mut self) -> Result<bool, BitError> {
        Ok(self.take(1)? == 1)
    }

    /// Reads an exponential Golomb code.
    ///
    /// # Errors
    /// When the stream ends, or the number does not fit 32 bits.
    #[inline]
    pub fn take_golomb(&mut self, order: u32) -> Result<u32, BitError> {
        let zeros = self.peek_word().trailing_zeros();
        if zeros + order > 32 {
            return Err(BitError);
        }
        self.take(zeros + 1)?;
        let log = zeros + order;
        let shifted = (1 << log) | self.take(log)?;
        u32::try_from(shifted - (1 << order)).map_err(|_| BitError)
    }

    /// Reads a signed number.
    ///
    /// # Errors
    /// As [`BitReader::take_golomb`].
    #[inline]
    pub fn take_signed(&mut self, order: u32) -> Result<i32, BitError> {
        let zigzag = self.take_golomb(order)?;
        Ok((zigzag >> 1) as i32 ^ -((zigzag & 1) as i32))
    }

    /// Skips to the next whole byte and returns all that follows.
    #[must_use]
    pub fn rest(self) -> &'a [u8] {
        self.bytes.get(self.at.div_ceil(8)..).unwrap_or(&[])
    }

    /// Bits not read yet.
    #[cfg(test)]
    pub(crate) fn left_bits(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    /// At least the next 57 bits, with zeros past the end.
    #[inline]
    fn peek_word(&self) -> u64 {
        let start = self.at / 8;
        let word = match self.bytes.get(start..start + 8) {
            Some(bytes) => u64::from_le_bytes(bytes.try_into().expect("eight bytes")),
            None => {
                let mut last = [0; 8];
                let tail = self.bytes.get(start..).unwrap_or(&[]);
                last[..tail.len()].copy_from_slice(tail);
                u64::from_le_bytes(last)
            }
        };
        word >> (self.at % 8)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Item {
        Field(u64, u32),
        Golomb(u32, u32),
        Signed(i32, u32),
    }

    fn item() -> impl Strategy<Value = Item> {
        prop_oneof![
            (any::<u64>(), 0..=56u32)
                .prop_map(|(value, bits)| Item::Field(value & ((1u64 << bits) - 1), bits)),
            (prop_oneof![0..100u32, any::<u32>()], 0..=16u32)
                .prop_map(|(value, order)| Item::Golomb(value, order)),
            (prop_oneof![-100..100i32, any::<i32>()], 0..=16u32)
                .prop_map(|(value, order)| Item::Signed(value, order)),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(items in prop::collection::vec(item(), 0..60), tail: Vec<u8>) {
            let mut writer = BitWriter::default();
            writer.restart(3);
            for item in &items {
                match *item {
                    Item::Field(value, bits) => writer.put(value, bits),
                    Item::Golomb(value, order) => writer.put_golomb(value, order),
                    Item::Signed(value, order) => writer.put_signed(value, order),
                }
            }
            writer.put_bytes(&tail);
            let bytes = writer.finish().clone();
            let mut reader = BitReader::new(&bytes[3..]);
            for item in &items {
                match *item {
                    Item::Field(value, bits) => prop_assert_eq!(reader.take(bits), Ok(value)),
                    Item::Golomb(value, order) => {
                        prop_assert_eq!(reader.take_golomb(order), Ok(value));
                    }
                    Item::Signed(value, order) => {
                        prop_assert_eq!(reader.take_signed(order), Ok(value));
                    }
                }
            }
            prop_assert_eq!(reader.rest(), tail.as_slice());
        }

        #[test]
        fn any_bytes_end_in_a_value_or_an_error(bytes: Vec<u8>, order in 0..=16u32) {
            let mut reader = BitReader::new(&bytes);
            while reader.take_golomb(order).is_ok() && reader.take_signed(order).is_ok() {}
            prop_assert!(reader.left_bits() <= bytes.len() * 8);
        }
    }

    #[test]
    fn small_numbers_cost_few_bits() {
        let check = |value: u32, order: u32, bits: usize| {
            let mut writer = BitWriter::default();
            writer.put_golomb(value, order);
            assert_eq!(writer.len_bits(), bits, "{value} of order {order}");
        };
        check(0, 0, 1);
        check(1, 0, 3);
        check(2, 0, 3);
        check(3, 0, 5);
        check(0, 2, 3);
        check(3, 2, 3);
        check(4, 2, 5);
        check(u32::MAX, 0, 65);
    }
}
