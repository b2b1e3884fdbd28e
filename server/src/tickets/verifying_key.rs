//! One key that checks signatures. Its type is its algorithm, so that no ticket can choose another.

use ed25519_dalek as ed25519;
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa;
use p256::ecdsa::signature::Verifier as _;
use rsa::traits::PublicKeyParts as _;
use sha2::Sha256;

use super::algorithm::Algorithm;
use super::secret::Secret;

/// Fewest bits of an RSA key (NIST SP 800-131A, RFC 7518).
const RSA_BITS_MIN: u32 = 2_048;

/// A key of one algorithm.
#[derive(Debug)]
pub(super) enum VerifyingKey {
    EdDsa(ed25519::VerifyingKey),
    Es256(ecdsa::VerifyingKey),
    Rs256(Box<rsa::PublicKey>),
    Hs256(Secret),
}

impl VerifyingKey {
    pub(super) fn ed_dsa(key: ed25519::VerifyingKey) -> Result<Self, String> {
        if key.is_weak() {
            return Err(
                "this Ed25519 key is one for which anybody can sign: make a new pair".into()
            );
        }
        Ok(Self::EdDsa(key))
    }

    pub(super) fn rs256(key: rsa::PublicKey) -> Result<Self, String> {
        let bits = key.n().bit_width_vartime();
        if bits < RSA_BITS_MIN {
            return Err(format!(
                "this RSA key has {bits} bits and must have {RSA_BITS_MIN} or more: make a new \
                 pair, or one for eddsa, which is shorter and faster"
            ));
        }
        Ok(Self::Rs256(Box::new(key)))
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Es256(_) => Algorithm::Es256,
            Self::Rs256(_) => Algorithm::Rs256,
            Self::Hs256(_) => Algorithm::Hs256,
        }
    }

    /// Whether this key made the signature. The libraries compare secrets in constant time.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::EdDsa(key) => ed25519::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Self::Es256(key) => ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::Rs256(key) => key.pkcs1v15_verify::<Sha256>(message, signature).is_ok(),
            Self::Hs256(secret) => {
                let mac = Hmac::<Sha256>::new_from_slice(secret.bytes());
                mac.is_ok_and(|mac| mac.chain_update(message).verify_slice(signature).is_ok())
            }
        }
    }
}
