//! What a token claims (RFC 7519), once its signature is known to be good.

use drumbeat_shared::protocol::names::is_room_name;
use serde_json::{Map, Value};

use super::json;
use super::ticket::Role;

/// Limit of a subject, of a token's id, and of an audience or issuer, bytes.
pub const SUBJECT_BYTES_MAX: usize = 128;
/// Limit of a name as it is signed, bytes; cleaning cuts it further.
const SIGNED_NAME_BYTES_MAX: usize = 256;
/// Limit of the rooms of one ticket.
const TICKET_ROOMS_MAX: usize = 32;
/// Limit of the claims that the rules are given, bytes as JSON.
const CLAIMS_BYTES_MAX: usize = 1_024;

/// The claims of a token, each in range. Whether they let somebody in is another question.
#[derive(Debug)]
pub(super) struct Claims {
    pub(super) subject: String,
    pub(super) name: Option<String>,
    pub(super) rooms: Vec<String>,
    pub(super) role: Role,
    /// Seconds since 1970, as are the next two.
    pub(super) expires_s: u64,
    pub(super) not_before_s: Option<u64>,
    pub(super) issued_s: Option<u64>,
    pub(super) audiences: Vec<String>,
    pub(super) issuer: Option<String>,
    pub(super) id: Option<String>,
    /// All others, as a JSON object.
    pub(super) others: String,
}

impl Claims {
    pub(super) fn read(payload: &[u8]) -> Result<Self, String> {
        let mut claims = json::object(payload)?;
        let claims = &mut claims;
        let subject = take_text(claims, "sub", SUBJECT_BYTES_MAX)?
            .ok_or("`sub`, who it is for, is missing")?;
        let role = match take_text(claims, "role", SUBJECT_BYTES_MAX)? {
            None => Role::Player,
            Some(name) => {
                Role::named(&name).ok_or("`role` must be \"player\", \"spectator\" or \"admin\"")?
            }
        };
        let read = Self {
            subject,
            name: take_text(claims, "name", SIGNED_NAME_BYTES_MAX)?,
            rooms: take_rooms(claims)?,
            role,
            expires_s: take_time(claims, "exp")?.ok_or("`exp`, when it expires, is missing")?,
            not_before_s: take_time(claims, "nbf")?,
            issued_s: take_time(claims, "iat")?,
            audiences: take_list(claims, "aud", SUBJECT_BYTES_MAX)?.unwrap_or_default(),
            issuer: take_text(claims, "iss", SUBJECT_BYTES_MAX)?,
            id: take_text(claims, "jti", SUBJECT_BYTES_MAX)?,
            others: Value::Object(std::mem::take(claims)).to_string(),
        };
        if read.others.len() > CLAIMS_BYTES_MAX {
            let length = read.others.len();
            return Err(format!(
                "the other claims have {length} bytes as JSON and may have {CLAIMS_BYTES_MAX}"
            ));
        }
        Ok(read)
    }
}

/// A text that is not empty and has no control characters.
fn take_text(
    claims: &mut Map<String, Value>,
    name: &str,
    bytes_max: usize,
) -> Result<Option<String>, String> {
    claims.remove(name).map(|value| bounded(value, name, bytes_max)).transpose()
}

fn bounded(value: Value, name: &str, bytes_max: usize) -> Result<String, String> {
    match value {
        Value::String(text)
            if (1..=bytes_max).contains(&text.len()) && !text.contains(char::is_control) =>
        {
            Ok(text)
        }
        _ => Err(format!(
            "`{name}` must be a text of 1 to {bytes_max} bytes without control characters"
        )),
    }
}

/// Texts: one, or a list of them.
fn take_list(
    claims: &mut Map<String, Value>,
    name: &str,
    bytes_max: usize,
) -> Result<Option<Vec<String>>, String> {
    let texts = match claims.remove(name) {
        None => return Ok(None),
        Some(Value::Array(texts)) => texts,
        Some(text) => vec![text],
    };
    texts.into_iter().map(|text| bounded(text, name, bytes_max)).collect::<Result<_, _>>().map(Some)
}

/// The rooms of `room` or `rooms`; none if it is for all.
fn take_rooms(claims: &mut Map<String, Value>) -> Result<Vec<String>, String> {
    let [one, several] = ["room", "rooms"].map(|name| take_list(claims, name, SUBJECT_BYTES_MAX));
    let rooms = match (one?, several?) {
        (Some(_), Some(_)) => return Err("`room` and `rooms` are both there: leave one out".into()),
        (None, None) => return Ok(Vec::new()),
        (Some(rooms), None) | (None, Some(rooms)) => rooms,
    };
    // An empty list must not mean all of them.
    if !(1..=TICKET_ROOMS_MAX).contains(&rooms.len()) {
        return Err(format!("`rooms` must name 1 to {TICKET_ROOMS_MAX} rooms, or be left out"));
    }
    match rooms.iter().find(|room| !is_room_name(room)) {
        Some(room) => Err(format!(
            "{room:?} is not a room's name: those have 1 to 32 letters, digits, `-` and `_`"
        )),
        None => Ok(rooms),
    }
}

/// A time in seconds since 1970. It may have a fraction, which is cut off.
fn take_time(claims: &mut Map<String, Value>, name: &str) -> Result<Option<u64>, String> {
    let Some(value) = claims.remove(name) else { return Ok(None) };
    let whole = value.as_u64();
    // As a float of any size: conversions of floats stop at the ends of the range.
    let time = whole.or_else(|| value.as_f64().filter(|time| *time >= 0.0).map(|time| time as u64));
    time.map(Some).ok_or_else(|| format!("`{name}` must be a number of seconds since 1970"))
}
