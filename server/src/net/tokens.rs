//! Tokens that resume players: 128 bits that nobody can guess, known to the client alone.

use drumbeat_shared::ids::Tick;
use drumbeat_shared::protocol::messages::{ResumeRequest, ResumeToken};
use sha2::{Digest, Sha256};

use crate::engine::resume::{Resume, ResumeKey};

/// What a hello with this request brings for resuming, with a new token for its welcome.
pub(crate) fn resume(request: Option<ResumeRequest>) -> Resume {
    Resume {
        claim: request.map(|request| key(&request.token)),
        seen: request.map_or(Tick(0), |request| request.seen),
        next: fresh().map(|token| (token, key(&token))),
        else_refused: None,
    }
}

/// A new token; `None` if the system has no randomness, so that the player can't be resumed.
fn fresh() -> Option<ResumeToken> {
    let mut token = ResumeToken([0; 16]);
    match getrandom::fill(&mut token.0) {
        Ok(()) => Some(token),
        Err(error) => {
            tracing::error!(%error, "no randomness: a player can't resume");
            None
        }
    }
}

fn key(token: &ResumeToken) -> ResumeKey {
    Sha256::digest(token.0).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_is_another_and_is_held_as_its_hash() {
        let [first, second] = [(), ()].map(|()| resume(None).next.unwrap());
        assert_ne!(first.0, second.0);
        assert_eq!(
            resume(Some(ResumeRequest { token: first.0, seen: Tick(0) })).claim,
            Some(first.1)
        );
        assert!(!first.1.starts_with(&first.0.0) && resume(None).claim.is_none());
    }
}
