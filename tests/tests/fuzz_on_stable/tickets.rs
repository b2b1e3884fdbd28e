//! Tickets.

use drumbeat_tests::fuzz::tickets::{NOW_S, signed, ticket, tickets};
use proptest::prelude::*;

use super::{any_bytes, spoilt};

/// Headers and claims of tickets, with a line break between.
pub(super) fn honest_claims() -> Vec<Vec<u8>> {
    let header = r#"{"alg":"HS256","typ":"JWT","kid":"a"}"#;
    let exp = NOW_S + 60;
    let claims = [
        format!(r#"{{"sub":"ada","exp":{exp}}}"#),
        format!(
            r#"{{"sub":"ada","exp":{exp}.5,"iat":{NOW_S},"nbf":1e9,"jti":"7","iss":"me","role":"admin"}}"#
        ),
        format!(
            r#"{{"sub":"ada","exp":{exp},"name":"Ada","rooms":["a","b"],"level":[1,{{"x":2}}]}}"#
        ),
    ];
    claims.map(|claims| format!("{header}\n{claims}").into_bytes()).to_vec()
}

fn honest_tickets() -> Vec<Vec<u8>> {
    let parts = honest_claims().into_iter().map(|bytes| String::from_utf8(bytes).unwrap());
    let sign = |text: String| {
        let (header, claims) = text.split_once('\n').unwrap();
        signed(header, claims).into_bytes()
    };
    parts.map(sign).collect()
}

#[test]
fn honest_tickets_are_taken() {
    assert_eq!(honest_claims().iter().map(|bytes| tickets(bytes)).sum::<usize>(), 3);
    assert!(honest_tickets().iter().all(|bytes| ticket(str::from_utf8(bytes).unwrap()).is_some()));
}

proptest! {
    #[test]
    fn any_ticket_is_taken_or_refused(bytes in any_bytes(200)) {
        tickets(&bytes);
    }

    #[test]
    fn spoilt_claims_are_taken_or_refused(bytes in spoilt(honest_claims())) {
        tickets(&bytes);
    }

    #[test]
    fn a_spoilt_ticket_is_refused(bytes in spoilt(honest_tickets())) {
        let is_honest = honest_tickets().contains(&bytes);
        prop_assert_eq!(ticket(&String::from_utf8_lossy(&bytes)).is_some(), is_honest);
    }
}
