//! The algorithms by which tickets are signed.

use clap::ValueEnum;

/// An algorithm. Every key has one, whatever a ticket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Algorithm {
    /// Ed25519: short keys, short tickets
    #[value(name = "eddsa")]
    EdDsa,
    /// ECDSA with P-256 and SHA-256
    Es256,
    /// RSA (PKCS#1 v1.5) with SHA-256
    Rs256,
    /// HMAC with SHA-256: whoever checks tickets can also make them
    Hs256,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::EdDsa, Self::Es256, Self::Rs256, Self::Hs256];

    /// The name that a ticket gives it (RFC 7518, RFC 8037).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Hs256 => "HS256",
        }
    }

    /// The algorithm that a ticket or a JWK means; Ed25519 has a second name (RFC 9864).
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = if name == "Ed25519" { Self::EdDsa.name() } else { name };
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}
