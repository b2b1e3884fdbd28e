//! A token as it is sent (RFC 7515, compact): header, payload and signature in base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use drumbeat_shared::limits::TICKET_BYTES_MAX;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::json;

/// A token whose signature nobody has checked yet.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// `None` for one that no key here has.
    pub(super) algorithm: Option<Algorithm>,
    /// The key that it names.
    pub(super) key_id: Option<String>,
    pub(super) header: Map<String, Value>,
    pub(super) payload: Vec<u8>,
    /// What is signed.
    pub(super) signed: &'a [u8],
    pub(super) signature: Vec<u8>,
}

impl<'a> Token<'a> {
    /// Takes a text apart. Keys that it brings along or points to (`jwk`, `jku`, `x5c`, `x5u`) mean
    /// nothing here.
    pub(super) fn read(text: &'a str) -> Result<Self, String> {
        if text.len() > TICKET_BYTES_MAX {
            let length = text.len();
            return Err(format!("it has {length} bytes and may have {TICKET_BYTES_MAX}"));
        }
        let [header, payload, signature] = *text.split('.').collect::<Vec<_>>() else {
            return Err("it is not three parts with dots between them".into());
        };
        let signed = &text.as_bytes()[..header.len() + 1 + payload.len()];
        let decode = |what: &str, part: &str| {
            let wrong = |error| format!("its {what} is not base64url without padding: {error}");
            URL_SAFE_NO_PAD.decode(part).map_err(wrong)
        };
        let header = json::object(&decode("header", header)?)
            .map_err(|error| format!("its header is not proper JSON: {error}"))?;
        let Some(Value::String(algorithm)) = header.get("alg") else {
            return Err("its header names no algorithm (`alg`)".into());
        };
        let algorithm = Algorithm::named(algorithm);
        if header.contains_key("crit") {
            return Err("its header asks for extensions (`crit`), and there are none here".into());
        }
        let key_id = match header.get("kid") {
            None => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err("its header has a `kid` that is no text".into()),
        };
        let payload = decode("payload", payload)?;
        let signature = decode("signature", signature)?;
        Ok(Self { algorithm, key_id, header, payload, signed, signature })
    }
}

/// The two parts that are signed, with a dot between.
pub(super) fn to_sign(header: &str, payload: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

/// The whole token.
pub(super) fn sealed(signed: &str, signature: &[u8]) -> String {
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
