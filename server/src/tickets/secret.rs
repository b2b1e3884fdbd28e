//! The secret of HS256.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Fewest bytes of a secret: as many as the hash has (RFC 7518, 3.2).
const SECRET_BYTES_MIN: usize = 32;

/// How a file begins whose secret follows as base64.
const BASE64: &str = "base64:";
const HEX: &str = "hex:";
const TEXT: &str = "text:";

/// A secret; never shown.
#[derive(Clone)]
pub(super) struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    pub(super) fn new(bytes: Vec<u8>) -> Result<Self, String> {
        if bytes.len() < SECRET_BYTES_MIN {
            return Err(format!(
                "this secret has {} bytes and must have {SECRET_BYTES_MIN} or more: make one with \
                 `openssl rand -hex 32`",
                bytes.len()
            ));
        }
        Ok(Self(bytes))
    }

    /// Reads `hex:`, `base64:` or `text:` and the secret. Without such a word any file would be a
    /// secret, also a public key that everybody knows.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let text = text.trim_end_matches(['\r', '\n']);
        if let Some(digits) = text.strip_prefix(HEX) {
            let bytes = from_hex(digits.trim()).ok_or("what follows `hex:` is no hexadecimal")?;
            return Self::new(bytes);
        }
        if let Some(text) = text.strip_prefix(BASE64) {
            let wrong = |error| format!("what follows `base64:` is no base64: {error}");
            return Self::new(STANDARD.decode(text.trim()).map_err(wrong)?);
        }
        if let Some(text) = text.strip_prefix(TEXT) {
            return Self::new(text.as_bytes().to_vec());
        }
        Err("this is neither PEM (public keys), nor JSON (a JWKS), nor a secret: for a secret \
             write `text:`, `hex:` or `base64:` before it"
            .into())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text of a file with it.
    pub(super) fn to_text(&self) -> String {
        format!("{BASE64}{}\n", STANDARD.encode(&self.0))
    }
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).ok()).collect()
}
