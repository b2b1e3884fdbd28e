//! The keys of a file.

use super::algorithm::Algorithm;
use super::secret::Secret;
use super::token::Token;
use super::verifying_key::VerifyingKey;
use super::{jwk, pem};

/// Limit of keys in a file: every ticket is tried with each.
const KEYS_MAX: usize = 16;
/// Limit of a file with keys, bytes.
pub(super) const KEY_FILE_BYTES_MAX: usize = 64 << 10;

/// Keys that check tickets.
#[derive(Debug)]
pub struct Keys(Vec<(Option<String>, VerifyingKey)>);

impl Keys {
    /// Reads the bytes of a file: public keys as PEM, a JWKS or a JWK as JSON, or the secret of
    /// HS256 after `hex:`, `base64:` or `text:`.
    ///
    /// # Errors
    /// When there is no key, too many, one too weak or one that should be elsewhere. The text says
    /// what to do.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > KEY_FILE_BYTES_MAX {
            return Err(format!(
                "keys have at most {KEY_FILE_BYTES_MAX} bytes: is it another file?"
            ));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| {
            "this is not a text: keys are PEM, JSON, or a secret as text; `openssl pkey -pubin \
             -inform DER -in FILE` prints a public key as PEM"
        })?;
        let keys = if text.contains(pem::BEGIN) {
            pem::read(text)?.into_iter().map(|key| (None, key)).collect()
        } else if text.trim_start().starts_with('{') {
            jwk::read(text)?
        } else {
            vec![(None, VerifyingKey::Hs256(Secret::read(text)?))]
        };
        if keys.len() > KEYS_MAX {
            return Err(format!(
                "there are {} keys and at most {KEYS_MAX}: remove old ones",
                keys.len()
            ));
        }
        Ok(Self(keys))
    }

    /// Whether one of the keys made the token's signature by the key's own algorithm. A key with an
    /// id checks only tokens that name it or none. How long this takes shows which keys a token may be
    /// meant for, and those are public, but for the one secret.
    pub(super) fn verify(&self, token: &Token<'_>) -> bool {
        self.0.iter().any(|(id, key)| {
            let is_meant = token.algorithm == Some(key.algorithm())
                && (id.is_none() || token.key_id.is_none() || *id == token.key_id);
            is_meant && key.verifies(token.signed, &token.signature)
        })
    }

    /// The id of each key, if it has one, and its algorithm.
    pub fn list(&self) -> impl Iterator<Item = (Option<&str>, Algorithm)> {
        self.0.iter().map(|(id, key)| (id.as_deref(), key.algorithm()))
    }
}
