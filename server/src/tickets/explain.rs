//! What a ticket says, and why it lets somebody in or not, in words for whoever makes tickets.

use serde_json::Value;

use super::claims::Claims;
use super::keys::Keys;
use super::policy::{LIFETIME_S_MAX, Policy};
use super::refused::Refused;
use super::token::Token;

/// A ticket in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Its header, as JSON.
    pub header: String,
    /// Its claims, as JSON with a line for each.
    pub claims: String,
    /// From when it is no longer valid, without leeway, in seconds since 1970.
    pub expires_s: Option<u64>,
    /// Why it lets nobody in, and what to do.
    pub fault: Option<String>,
}

/// Explains a ticket to somebody who may know all: never send this to a client. Without `keys` the
/// signature is not checked. The room is empty for any; `now_s` are the seconds since 1970.
///
/// # Errors
/// When it cannot be taken apart.
pub fn explain(
    ticket: &str,
    keys: Option<&Keys>,
    policy: &Policy,
    room: &str,
    now_s: u64,
) -> Result<Explained, String> {
    let token = Token::read(ticket)?;
    let is_signed = keys.is_none_or(|keys| keys.verify(&token));
    let claims = Claims::read(&token.payload);
    let expires_s = claims.as_ref().ok().map(|claims| claims.expires_s);
    let fault = match (keys, claims) {
        (Some(keys), _) if !is_signed => Some(unverified(&token, keys)),
        (_, Err(error)) => Some(error),
        (_, Ok(claims)) => {
            let given = [claims.audiences.join(", "), claims.issuer.clone().unwrap_or_default()];
            let refused = policy.admit(claims, room, now_s).err();
            refused.map(|refused| in_words(refused, policy, given))
        }
    };
    let payload: Value = serde_json::from_slice(&token.payload).unwrap_or_default();
    let header = Value::Object(token.header).to_string();
    Ok(Explained { header, claims: format!("{payload:#}"), expires_s, fault })
}

fn unverified(token: &Token<'_>, keys: &Keys) -> String {
    let shown = |id: Option<&str>| id.map_or(String::new(), |id| format!(" {id:?}"));
    let listed: Vec<_> =
        keys.list().map(|(id, algorithm)| format!("{}{}", algorithm.name(), shown(id))).collect();
    let listed = listed.join(", ");
    let Some(algorithm) = token.algorithm else {
        return format!(
            "it is signed with an algorithm that is not taken: sign it with {listed}, for which \
             there is a key"
        );
    };
    let name = algorithm.name();
    let key = shown(token.key_id.as_deref());
    format!(
        "no key made its signature: it says {name}{key}, the keys are {listed}. Is it signed with \
         the private key that belongs to one of them, and whole?"
    )
}

fn in_words(refused: Refused, policy: &Policy, [audiences, issuer]: [String; 2]) -> String {
    match refused {
        Refused::Audience => match &policy.audience {
            Some(audience) => format!("`aud` is {audiences:?} and must name {audience:?}"),
            None => format!(
                "it is for {audiences:?} (`aud`), and the server is told of no audience: name it \
                 with --ticket-audience, or leave `aud` out"
            ),
        },
        Refused::Issuer => {
            let wanted = policy.issuer.as_deref().unwrap_or_default();
            format!("`iss` is {issuer:?} and must be {wanted:?}")
        }
        Refused::Early => "it is not valid yet (`nbf` or `iat`): compare the clocks".into(),
        Refused::Expired => "it has expired (`exp`): make a new one".into(),
        Refused::Claims => {
            let days = LIFETIME_S_MAX / (24 * 60 * 60);
            format!("`exp` is more than {days} days ahead: is it in milliseconds?")
        }
        refused => refused.text().into(),
    }
}
