//! Keys as JSON (RFC 7517, RFC 7518, RFC 8037): a JWKS, as identity providers publish, or one JWK.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek as ed25519;
use p256::ecdsa;
use rsa::BoxedUint;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::json;
use super::secret::Secret;
use super::verifying_key::VerifyingKey;

/// Limit of a key's id, bytes.
const KEY_ID_BYTES_MAX: usize = 128;

type Members = Map<String, Value>;

/// Every key that can check tickets, with its id. Keys for something else are left out.
pub(super) fn read(text: &str) -> Result<Vec<(Option<String>, VerifyingKey)>, String> {
    let top = json::object(text.as_bytes())
        .map_err(|error| format!("this JSON is damaged: {error}; copy the file again"))?;
    let listed = match top.get("keys") {
        Some(Value::Array(keys)) => keys.iter().map(Value::as_object).collect(),
        Some(_) => None,
        None => Some(vec![&top]),
    };
    let listed = listed.ok_or("`keys` must be a list of keys, each an object")?;
    let keys = listed.into_iter().filter_map(|key| public_key(key).transpose());
    let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(
            "no key in this JSON can check tickets: one must be Ed25519 (OKP), P-256 (EC), \
                    RSA for RS256, or a secret (oct) for HS256"
                .into(),
        );
    }
    Ok(keys)
}

/// `None` if it is for something else than signatures, or for another algorithm.
fn public_key(members: &Members) -> Result<Option<(Option<String>, VerifyingKey)>, String> {
    let id = text(members, "kid")?.map(str::to_owned);
    if id.as_ref().is_some_and(|id| id.len() > KEY_ID_BYTES_MAX) {
        return Err(format!("the id of a key (`kid`) has more than {KEY_ID_BYTES_MAX} bytes"));
    }
    let algorithm = match (text(members, "kty")?, text(members, "crv")?) {
        (Some("OKP"), Some("Ed25519")) => Algorithm::EdDsa,
        (Some("EC"), Some("P-256")) => Algorithm::Es256,
        (Some("RSA"), _) => Algorithm::Rs256,
        (Some("oct"), _) => Algorithm::Hs256,
        (Some(_), _) => return Ok(None),
        (None, _) => return Err("a key lacks `kty`, its kind".into()),
    };
    let is_for_another = text(members, "use")?.is_some_and(|usage| usage != "sig")
        || text(members, "alg")?.is_some_and(|name| Algorithm::named(name) != Some(algorithm))
        || members.get("key_ops").is_some_and(|usages| !allows_verifying(usages));
    if is_for_another {
        return Ok(None);
    }
    if members.contains_key("d") {
        return Err(
            "a key is a private one (it has a `d`), which belongs where tickets are made: \
                    leave its members `d`, `p`, `q`, `dp`, `dq`, `qi` out"
                .into(),
        );
    }
    let named = |error: String| match &id {
        Some(id) => format!("key {id:?}: {error}"),
        None => error,
    };
    let key = of_kind(algorithm, members).map_err(named)?;
    Ok(Some((id, key)))
}

fn of_kind(algorithm: Algorithm, members: &Members) -> Result<VerifyingKey, String> {
    let invalid = |error: &dyn std::fmt::Display| {
        format!("this {} key is invalid ({error}): export it again", algorithm.name())
    };
    match algorithm {
        Algorithm::EdDsa => {
            let x = fixed(members, "x")?;
            let key = ed25519::VerifyingKey::from_bytes(&x).map_err(|error| invalid(&error))?;
            VerifyingKey::ed_dsa(key)
        }
        Algorithm::Es256 => {
            let (x, y): ([u8; 32], [u8; 32]) = (fixed(members, "x")?, fixed(members, "y")?);
            // The mark of an uncompressed point (SEC 1, 2.3.3).
            let point = [&[4][..], &x, &y].concat();
            let key = ecdsa::VerifyingKey::from_sec1_bytes(&point);
            key.map(VerifyingKey::Es256).map_err(|error| invalid(&error))
        }
        Algorithm::Rs256 => {
            let number =
                |name| Ok::<_, String>(BoxedUint::from_be_slice_vartime(&bytes(members, name)?));
            let key = rsa::PublicKey::new(number("n")?, number("e")?);
            VerifyingKey::rs256(key.map_err(|error| invalid(&error))?)
        }
        Algorithm::Hs256 => Secret::new(bytes(members, "k")?).map(VerifyingKey::Hs256),
    }
}

fn allows_verifying(usages: &Value) -> bool {
    usages.as_array().is_some_and(|usages| usages.iter().any(|usage| usage == "verify"))
}

fn text<'a>(members: &'a Members, name: &str) -> Result<Option<&'a str>, String> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{name}` of a key must be a text")),
    }
}

fn bytes(members: &Members, name: &str) -> Result<Vec<u8>, String> {
    let text = text(members, name)?.ok_or_else(|| format!("a key lacks `{name}`"))?;
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|error| format!("`{name}` of a key is not base64url without padding: {error}"))
}

fn fixed<const N: usize>(members: &Members, name: &str) -> Result<[u8; N], String> {
    let bytes = bytes(members, name)?;
    let length = bytes.len();
    bytes.try_into().map_err(|_| format!("`{name}` of a key has {length} bytes and must have {N}"))
}
