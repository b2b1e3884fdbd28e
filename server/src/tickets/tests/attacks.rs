//! Forged tickets. Each case is one attack; what is refused is refused with the same text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use drumbeat_shared::limits::TICKET_BYTES_MAX;
use p256::ecdsa;
use rsa::pkcs8::der::pem;

use super::*;

const INVALID: &str = "the ticket is not valid";

/// That this attack is refused, and that nobody learns why.
fn refuses(tickets: &Tickets, attack: &str, ticket: &str) {
    let refused = check(tickets, ticket).expect_err(attack);
    assert_eq!(refused.text(), INVALID, "{attack}");
}

fn part(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The header, payload and signature of a ticket.
fn parts(ticket: &str) -> [&str; 3] {
    <[&str; 3]>::try_from(ticket.split('.').collect::<Vec<_>>()).unwrap()
}

fn honest_payload() -> String {
    claims_with(json!({})).to_string()
}

/// All algorithms with what checks their tickets.
fn each() -> impl Iterator<Item = (Algorithm, Tickets)> {
    Algorithm::ALL.into_iter().map(|algorithm| (algorithm, requiring(&key_text(signer(algorithm)))))
}

#[test]
fn none_is_no_algorithm() {
    for (algorithm, tickets) in each() {
        let good = ticket_with(algorithm, json!({}));
        let [_, payload, signature] = parts(&good);
        for name in ["none", "None", "NONE", "nOnE", "", " none", "null", "HS512", "RS512", "ES384"]
        {
            let header = part(&json!({"alg": name, "typ": "JWT"}).to_string());
            refuses(&tickets, name, &format!("{header}.{payload}."));
            refuses(&tickets, name, &format!("{header}.{payload}"));
            refuses(&tickets, name, &format!("{header}.{payload}.{signature}"));
        }
        for header in [
            "{}",
            r#"{"alg":null}"#,
            r#"{"alg":["EdDSA"]}"#,
            r#"{"alg":0}"#,
            r#"{"ALG":"none"}"#,
            r#"{"alg":"none","alg":"EdDSA"}"#,
            r#"{"alg":"HS256","alg":"none"}"#,
        ] {
            refuses(&tickets, header, &format!("{}.{payload}.{signature}", part(header)));
            refuses(&tickets, header, &format!("{}.{payload}.", part(header)));
            // Even a signed header must name its algorithm once.
            let signed = signer(algorithm).sign(header, &honest_payload()).unwrap();
            refuses(&tickets, header, &signed);
        }
    }
}

#[test]
fn a_public_key_is_no_secret() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256] {
        let text = key_text(signer(algorithm));
        let tickets = requiring(&text);
        let der = pem::decode_vec(text.as_bytes()).unwrap().1;
        let secrets = [
            text.as_bytes().to_vec(),
            text.trim_end().as_bytes().to_vec(),
            text.replace('\n', "\r\n").into_bytes(),
            text.lines().filter(|line| !line.starts_with('-')).collect::<String>().into_bytes(),
            der[der.len() - 32..].to_vec(),
            der,
        ];
        for secret in secrets {
            let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
            let forger = Signer::read(&format!("hex:{hex}")).unwrap();
            for name in ["HS256", algorithm.name()] {
                let header = json!({"alg": name}).to_string();
                let forged = forger.sign(&header, &honest_payload()).unwrap();
                refuses(&tickets, name, &forged);
            }
        }
    }
}

#[test]
fn the_key_says_the_algorithm() {
    // All keys in one file would take a good ticket of each.
    for (algorithm, tickets) in each() {
        for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
            let attack = format!("{} for {}", other.name(), algorithm.name());
            let good = ticket_with(algorithm, json!({}));
            let [_, payload, signature] = parts(&good);
            let header = part(&json!({"alg": other.name(), "typ": "JWT"}).to_string());
            refuses(&tickets, &attack, &format!("{header}.{payload}.{signature}"));
            // Signed as it says, by the right key with the wrong name, by a wrong key with the right
            // name.
            refuses(&tickets, &attack, &ticket_with(other, json!({})));
            let header = |name| json!({"alg": name}).to_string();
            let text = honest_payload();
            let signed = signer(algorithm).sign(&header(other.name()), &text).unwrap();
            refuses(&tickets, &attack, &signed);
            let signed = signer(other).sign(&header(algorithm.name()), &text).unwrap();
            refuses(&tickets, &attack, &signed);
        }
    }
}

#[test]
fn another_key_of_the_same_algorithm_is_another_key() {
    for (algorithm, tickets) in each() {
        let forger = Signer::generate(algorithm).unwrap();
        refuses(&tickets, algorithm.name(), &forger.ticket(&claims_with(json!({}))).unwrap());
    }
}

#[test]
fn the_name_of_a_key_is_only_compared() {
    let known = signer(Algorithm::EdDsa);
    let stranger = Signer::generate(Algorithm::EdDsa).unwrap();
    let tickets = requiring(&key_text(known));
    for id in ["../../dev/null", "/dev/null", "' OR '1'='1", "key; rm -rf", "%2e%2e", "", "\u{0}"] {
        let header = json!({"alg": "EdDSA", "kid": id}).to_string();
        refuses(&tickets, id, &stranger.sign(&header, &honest_payload()).unwrap());
        // A key without an id takes any name.
        assert!(check(&tickets, &known.sign(&header, &honest_payload()).unwrap()).is_ok(), "{id}");
    }
    for id in ["null", "7", "[]", r#"["a"]"#, "{}"] {
        let header = format!(r#"{{"alg":"EdDSA","kid":{id}}}"#);
        refuses(&tickets, id, &known.sign(&header, &honest_payload()).unwrap());
    }
}

#[test]
fn keys_that_a_ticket_brings_along_mean_nothing() {
    let known = signer(Algorithm::EdDsa);
    let tickets = requiring(&key_text(known));
    let forger = Signer::generate(Algorithm::EdDsa).unwrap();
    let text = forger.public_text().unwrap().unwrap();
    let der = pem::decode_vec(text.as_bytes()).unwrap().1;
    let x = URL_SAFE_NO_PAD.encode(&der[der.len() - 32..]);
    for (name, value) in [
        ("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": x})),
        ("jku", json!("https://example.com/keys.json")),
        ("x5u", json!("https://example.com/key.pem")),
        ("x5c", json!([text])),
        ("x5t", json!(x)),
    ] {
        let header = json!({"alg": "EdDSA", name: value}).to_string();
        refuses(&tickets, name, &forger.sign(&header, &honest_payload()).unwrap());
        assert!(
            check(&tickets, &known.sign(&header, &honest_payload()).unwrap()).is_ok(),
            "{name}"
        );
    }
}

#[test]
fn extensions_that_a_ticket_insists_on_are_refused() {
    let tickets = requiring(&key_text(signer(Algorithm::EdDsa)));
    for header in [
        r#"{"alg":"EdDSA","crit":["b64"],"b64":false}"#,
        r#"{"alg":"EdDSA","crit":["exp"],"exp":1}"#,
        r#"{"alg":"EdDSA","crit":[]}"#,
        r#"{"alg":"EdDSA","crit":null}"#,
    ] {
        refuses(
            &tickets,
            header,
            &signer(Algorithm::EdDsa).sign(header, &honest_payload()).unwrap(),
        );
    }
}

#[test]
fn what_is_no_token_is_refused() {
    for (algorithm, tickets) in each() {
        let good = ticket_with(algorithm, json!({}));
        let [header, payload, signature] = parts(&good);
        for cut in 0..good.len() {
            refuses(&tickets, "truncated", &good[..cut]);
        }
        let long = ticket_with(algorithm, json!({"fill": "x".repeat(TICKET_BYTES_MAX)}));
        for (attack, ticket) in [
            ("extra dots", format!("{good}.")),
            ("extra dots", format!(".{good}")),
            ("extra dots", format!("{header}..{payload}.{signature}")),
            ("five parts", format!("{good}.{payload}.{signature}")),
            ("no signature", format!("{header}.{payload}.")),
            ("no payload", format!("{header}..{signature}")),
            ("no header", format!(".{payload}.{signature}")),
            ("padding", format!("{good}=")),
            ("white space", format!("{good} ")),
            ("white space", format!("\n{good}")),
            ("white space", format!("{header}. {payload}.{signature}")),
            ("not base64url", format!("{header}.{payload}.{signature}+")),
            ("not base64url", format!("{header}.{payload}!.{signature}")),
            ("not ASCII", format!("{header}.{payload}.{signature}é")),
            ("a nul", format!("{good}\0")),
            ("with its scheme", format!("Bearer {good}")),
            ("as JSON", json!({"payload": payload, "signature": signature}).to_string()),
            ("only dots", "..".into()),
            ("oversized", long),
            ("oversized", format!("{good}{}", "A".repeat(TICKET_BYTES_MAX))),
            ("deep", format!("{}.{payload}.{signature}", part(&"[".repeat(1_000)))),
        ] {
            refuses(&tickets, attack, &ticket);
        }
    }
}

/// Also the unused bits of the last character count: there is one text for one ticket.
#[test]
fn every_changed_character_is_seen() {
    for (algorithm, tickets) in each() {
        let good = ticket_with(algorithm, json!({}));
        for at in 0..good.len() {
            for other in ["A", "_", "8"] {
                let changed = format!("{}{other}{}", &good[..at], &good[at + 1..]);
                if changed != good {
                    refuses(&tickets, &format!("{} at {at}", algorithm.name()), &changed);
                }
            }
        }
    }
}

#[test]
fn signatures_of_nothing_are_refused() {
    for (algorithm, tickets) in each() {
        let good = ticket_with(algorithm, json!({}));
        let [header, payload, signature] = parts(&good);
        let length = URL_SAFE_NO_PAD.decode(signature).unwrap().len();
        for length in [0, 1, 31, 32, 63, 64, 65, length, length + 1] {
            for byte in [0, 1, 0xff] {
                let forged = URL_SAFE_NO_PAD.encode(vec![byte; length]);
                refuses(&tickets, "no signature", &format!("{header}.{payload}.{forged}"));
            }
        }
        let twice = URL_SAFE_NO_PAD.encode(URL_SAFE_NO_PAD.decode(signature).unwrap().repeat(2));
        refuses(&tickets, "twice", &format!("{header}.{payload}.{twice}"));
    }
    // In the encoding of certificates the same numbers are another text.
    let tickets = requiring(&key_text(signer(Algorithm::Es256)));
    let good = ticket_with(Algorithm::Es256, json!({}));
    let [header, payload, signature] = parts(&good);
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let der = ecdsa::Signature::from_slice(&bytes).unwrap().to_der();
    let forged = URL_SAFE_NO_PAD.encode(der.as_bytes());
    refuses(&tickets, "DER", &format!("{header}.{payload}.{forged}"));
}
