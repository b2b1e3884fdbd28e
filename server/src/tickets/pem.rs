//! Public keys as PEM, as OpenSSL and `drumbeat token keys` write them.

use ed25519_dalek as ed25519;
use p256::ecdsa;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::pkcs8::der::pem;

use super::verifying_key::VerifyingKey;

pub(super) const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Every key of a text. What stands between the blocks is left out, as OpenSSL does.
pub(super) fn read(text: &str) -> Result<Vec<VerifyingKey>, String> {
    blocks(text)?.into_iter().map(public_key).collect()
}

/// A block of PEM: what it says to be, and the bytes.
pub(super) type Block = (String, Vec<u8>);

pub(super) fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        let (block, after) = rest[at..]
            .find(END)
            .map(|end| at + end + END.len())
            .and_then(|label| Some(label + rest[label..].find(DASHES)? + DASHES.len()))
            .map(|end| (&rest[at..end], &rest[end..]))
            .ok_or("a block of PEM has no end: copy the file again, whole")?;
        let (label, der) = pem::decode_vec(block.as_bytes())
            .map_err(|error| format!("a block of PEM is damaged ({error}): copy the file again"))?;
        found.push((label.to_owned(), der));
        rest = after;
    }
    Ok(found)
}

fn public_key((label, der): Block) -> Result<VerifyingKey, String> {
    match label.as_str() {
        "PUBLIC KEY" => of_any_kind(&der),
        "RSA PUBLIC KEY" => {
            let key = rsa::PublicKey::from_pkcs1_der(&der);
            VerifyingKey::rs256(key.map_err(|error| not_rsa(&error))?)
        }
        "CERTIFICATE" => {
            Err("this is a certificate: `openssl x509 -pubkey -noout -in FILE` prints \
                              its public key"
                .into())
        }
        label if label.ends_with("PRIVATE KEY") => Err(
            "this is a private key, which belongs where tickets are made: the server needs the \
                 public one alone; `openssl pkey -pubout -in FILE` prints it"
                .into(),
        ),
        label => Err(format!("a block of PEM is a {label} and must be a PUBLIC KEY")),
    }
}

/// Each kind of key is known by a number in it, so that no key is taken for one of another kind.
fn of_any_kind(der: &[u8]) -> Result<VerifyingKey, String> {
    if let Ok(key) = ed25519::VerifyingKey::from_public_key_der(der) {
        return VerifyingKey::ed_dsa(key);
    }
    if let Ok(key) = ecdsa::VerifyingKey::from_public_key_der(der) {
        return Ok(VerifyingKey::Es256(key));
    }
    let key = rsa::PublicKey::from_public_key_der(der);
    VerifyingKey::rs256(key.map_err(|error| not_rsa(&error))?)
}

fn not_rsa(error: &dyn std::fmt::Display) -> String {
    format!(
        "this public key is not Ed25519, nor P-256, nor RSA with 2048 to 8192 bits ({error}): make \
         a pair with `drumbeat token keys`"
    )
}
