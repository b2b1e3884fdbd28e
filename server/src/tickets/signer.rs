//! Makes pairs of keys, and tickets. The server itself does neither.

use ed25519_dalek as ed25519;
use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::KeypairBytes;
use getrandom::SysRng;
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa;
use p256::elliptic_curve::Generate as _;
use rsa::pkcs8::der::pem;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use serde_json::{Value, json};
use sha2::Sha256;

use super::algorithm::Algorithm;
use super::pem::BEGIN;
use super::secret::Secret;
use super::token::{sealed, to_sign};

/// Bits of a new RSA key: as strong as the keys of the other algorithms (NIST SP 800-57).
const RSA_BITS: usize = 3_072;

/// A private key, or a secret.
#[derive(Debug)]
pub struct Signer(Private);

#[derive(Debug)]
enum Private {
    EdDsa(ed25519::SigningKey),
    Es256(ecdsa::SigningKey),
    Rs256(Box<rsa::PrivateKey>),
    Hs256(Secret),
}

impl Signer {
    /// Makes a new key.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn generate(algorithm: Algorithm) -> Result<Self, String> {
        let no_randomness = |error| format!("the system gives no random numbers: {error}");
        let random = || {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).map_err(no_randomness)?;
            Ok::<_, String>(bytes)
        };
        Ok(Self(match algorithm {
            Algorithm::EdDsa => Private::EdDsa(ed25519::SigningKey::from_bytes(&random()?)),
            Algorithm::Es256 => Private::Es256(
                ecdsa::SigningKey::try_generate_from_rng(&mut SysRng).map_err(no_randomness)?,
            ),
            Algorithm::Rs256 => {
                let key = rsa::PrivateKey::new(&mut SysRng, RSA_BITS);
                Private::Rs256(Box::new(key.map_err(|error| format!("no RSA key: {error}"))?))
            }
            Algorithm::Hs256 => Private::Hs256(Secret::new(random()?.to_vec())?),
        }))
    }

    /// Reads a private key (PKCS#8 as PEM), or a secret as the server's own file has it.
    ///
    /// # Errors
    /// When it is neither. The text says what to do.
    pub fn read(text: &str) -> Result<Self, String> {
        if !text.contains(BEGIN) {
            return Ok(Self(Private::Hs256(Secret::read(text)?)));
        }
        let (label, der) = pem::decode_vec(text.trim().as_bytes())
            .map_err(|error| format!("this PEM is damaged ({error}): copy the file again"))?;
        match label {
            "PRIVATE KEY" => {}
            "PUBLIC KEY" => {
                return Err(
                    "this is a public key, which checks tickets: name the private one".into()
                );
            }
            label => {
                return Err(format!(
                    "this is a {label}: `openssl pkcs8 -topk8 -nocrypt -in FILE` prints it as a \
                     PRIVATE KEY"
                ));
            }
        }
        let ed_dsa = ed25519::SigningKey::from_pkcs8_der(&der).map(Private::EdDsa);
        let es256 = |_| ecdsa::SigningKey::from_pkcs8_der(&der).map(Private::Es256);
        let rs256 = |_| rsa::PrivateKey::from_pkcs8_der(&der).map(Box::new).map(Private::Rs256);
        ed_dsa.or_else(es256).or_else(rs256).map(Self).map_err(|error| {
            format!("this private key is not Ed25519, nor P-256, nor RSA ({error})")
        })
    }

    /// The algorithm of the key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            Private::EdDsa(_) => Algorithm::EdDsa,
            Private::Es256(_) => Algorithm::Es256,
            Private::Rs256(_) => Algorithm::Rs256,
            Private::Hs256(_) => Algorithm::Hs256,
        }
    }

    /// The text of a file with the private key.
    ///
    /// # Errors
    /// When the key cannot be written as PKCS#8.
    pub fn private_text(&self) -> Result<String, String> {
        let text = match &self.0 {
            // Without the public key beside it, which OpenSSL 3 does not read.
            Private::EdDsa(key) => {
                let secret_key = key.to_bytes();
                KeypairBytes { secret_key, public_key: None }.to_pkcs8_pem(LineEnding::LF)
            }
            Private::Es256(key) => key.to_pkcs8_pem(LineEnding::LF),
            Private::Rs256(key) => key.to_pkcs8_pem(LineEnding::LF),
            Private::Hs256(secret) => return Ok(secret.to_text()),
        };
        text.map(|text| (*text).clone()).map_err(|error| format!("the private key: {error}"))
    }

    /// The text of a file with the public key; `None` for a secret, which has no such part.
    ///
    /// # Errors
    /// When the key cannot be written as PEM.
    pub fn public_text(&self) -> Result<Option<String>, String> {
        let text = match &self.0 {
            Private::EdDsa(key) => key.verifying_key().to_public_key_pem(LineEnding::LF),
            Private::Es256(key) => key.verifying_key().to_public_key_pem(LineEnding::LF),
            Private::Rs256(key) => key.as_public_key().to_public_key_pem(LineEnding::LF),
            Private::Hs256(_) => return Ok(None),
        };
        text.map(Some).map_err(|error| format!("the public key: {error}"))
    }

    /// The ticket with these claims.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn ticket(&self, claims: &Value) -> Result<String, String> {
        let header = json!({"alg": self.algorithm().name(), "typ": "JWT"});
        self.sign(&header.to_string(), &claims.to_string())
    }

    /// The token with this header and payload, whatever they are.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign(&self, header: &str, payload: &str) -> Result<String, String> {
        let text = to_sign(header, payload);
        let message = text.as_bytes();
        let signature = match &self.0 {
            Private::EdDsa(key) => key.sign(message).to_vec(),
            Private::Es256(key) => {
                let signature: ecdsa::Signature = key.sign(message);
                signature.to_vec()
            }
            Private::Rs256(key) => key
                .pkcs1v15_sign_with_rng::<Sha256, _>(&mut SysRng, message)
                .map_err(|error| format!("this RSA key cannot sign: {error}"))?,
            Private::Hs256(secret) => {
                let mac = Hmac::<Sha256>::new_from_slice(secret.bytes());
                let mac = mac.map_err(|error| format!("this secret cannot sign: {error}"))?;
                mac.chain_update(message).finalize().into_bytes().to_vec()
            }
        };
        Ok(sealed(&text, &signature))
    }
}
