//! FNV-1a with 64 bits (Fowler, Noll, Vo): a fingerprint that is the same everywhere.
//!
//! For schemas, seeds and tests; not for keys that an attacker may choose.

/// A running fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self::new()
    }
}

impl Fnv {
    /// The fingerprint of nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds bytes.
    pub const fn write(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() {
            self.0 = (self.0 ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            at += 1;
        }
    }

    /// The fingerprint of all bytes so far.
    #[must_use]
    pub const fn finish(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_come_out() {
        let check = |bytes: &[u8], expected: u64| {
            let mut fnv = Fnv::default();
            fnv.write(bytes);
            assert_eq!(fnv.finish(), expected, "{bytes:?}");
        };
        check(b"", 0xcbf2_9ce4_8422_2325);
        check(b"a", 0xaf63_dc4c_8601_ec8c);
        check(b"foobar", 0x8594_4171_f739_67e8);
    }
}
