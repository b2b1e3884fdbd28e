//! Signed claims: which are taken, and what is made of them.

use super::*;

/// What becomes of signed claims, given as JSON text.
fn result(payload: &str) -> Result<Ticket, Refused> {
    let signer = signer(Algorithm::EdDsa);
    let tickets = requiring(&key_text(signer));
    let header = r#"{"alg":"EdDSA"}"#;
    check(&tickets, &signer.sign(header, payload).unwrap())
}

fn result_with(changed: Value) -> Result<Ticket, Refused> {
    result(&claims_with(changed).to_string())
}

#[test]
fn the_expiry_is_a_time_that_is_not_far_off() {
    let expiry = |exp: &str| {
        let taken = result(&format!(r#"{{"sub":"ada","exp":{exp}}}"#));
        taken.map(|ticket| ticket.expires_s - NOW_S)
    };
    for (exp, expected) in [
        ("1800000060", Ok(65)),
        ("1800000060.9", Ok(65)),
        ("1.80000006e9", Ok(65)),
        // Within the leeway.
        ("1799999996", Ok(1)),
        ("1799999995", Err(Refused::Expired)),
        ("0", Err(Refused::Expired)),
        ("0.1", Err(Refused::Expired)),
        ("-0", Err(Refused::Expired)),
        ("-1", Err(Refused::Claims)),
        ("-1e300", Err(Refused::Claims)),
        ("\"1800000060\"", Err(Refused::Claims)),
        ("\"\"", Err(Refused::Claims)),
        ("null", Err(Refused::Claims)),
        ("true", Err(Refused::Claims)),
        ("[1800000060]", Err(Refused::Claims)),
        ("{}", Err(Refused::Claims)),
        // Milliseconds, the largest numbers, and more than there are.
        ("1800000060000", Err(Refused::Claims)),
        ("9223372036854775807", Err(Refused::Claims)),
        ("18446744073709551615", Err(Refused::Claims)),
        ("18446744073709551616", Err(Refused::Claims)),
        ("1e300", Err(Refused::Claims)),
        ("1e999", Err(Refused::Claims)),
        ("NaN", Err(Refused::Claims)),
        ("Infinity", Err(Refused::Claims)),
        ("0x6B49D23C", Err(Refused::Claims)),
    ] {
        assert_eq!(expiry(exp), expected, "{exp}");
    }
    assert_eq!(result_with(json!({"exp": null})), Err(Refused::Claims));
}

#[test]
fn a_ticket_is_not_valid_before_its_time() {
    for name in ["nbf", "iat"] {
        for (time, expected) in [
            (json!(0), Ok(())),
            (json!(NOW_S), Ok(())),
            (json!(NOW_S + 5), Ok(())),
            (json!(NOW_S + 6), Err(Refused::Early)),
            (json!(u64::MAX), Err(Refused::Early)),
            (json!(1e300), Err(Refused::Early)),
            (json!(-1), Err(Refused::Claims)),
            (json!("0"), Err(Refused::Claims)),
            (json!([0]), Err(Refused::Claims)),
        ] {
            let taken = result_with(json!({name: time})).map(drop);
            assert_eq!(taken, expected, "{name} {time}");
        }
    }
}

#[test]
fn a_claim_stands_there_once() {
    let expiry = NOW_S + 60;
    for payload in [
        format!(r#"{{"sub":"ada","sub":"bob","exp":{expiry}}}"#),
        format!(r#"{{"sub":"ada","\u0073ub":"bob","exp":{expiry}}}"#),
        format!(r#"{{"sub":"ada","exp":1,"exp":{expiry}}}"#),
        format!(r#"{{"sub":"ada","exp":{expiry},"x":1,"x":1}}"#),
        format!(r#"{{"sub":"ada","exp":{expiry},"x":[{{"y":1,"y":2}}]}}"#),
        format!(r#"{{"sub":"ada","exp":{expiry},"role":"player","role":"admin"}}"#),
    ] {
        assert_eq!(result(&payload), Err(Refused::Claims), "{payload}");
    }
}

#[test]
fn claims_are_an_object() {
    for payload in ["", "null", "[]", "\"ada\"", "7", "{", "{}", "{}{}", "\u{feff}{}", "{}\0"] {
        assert_eq!(result(payload), Err(Refused::Claims), "{payload:?}");
    }
    let deep = format!(
        r#"{{"sub":"ada","exp":{},"x":{}{}}}"#,
        NOW_S + 60,
        "[".repeat(200),
        "]".repeat(200)
    );
    assert_eq!(result(&deep), Err(Refused::Claims));
}

#[test]
fn a_subject_is_a_short_text() {
    for (subject, is_taken) in [
        (json!("ada"), true),
        (json!("x".repeat(128)), true),
        (json!("Ada Lovelace <ada@example.org>"), true),
        (json!("x".repeat(129)), false),
        (json!(""), false),
        (json!("a\nb"), false),
        (json!("a\u{1b}[31m"), false),
        (json!("a\u{0}"), false),
        (json!(null), false),
        (json!(7), false),
        (json!(["ada"]), false),
        (json!({"is": "ada"}), false),
    ] {
        let taken = result_with(json!({"sub": subject}));
        assert_eq!(taken.is_ok(), is_taken, "{subject}");
        assert!(taken.err().is_none_or(|refused| refused == Refused::Claims));
    }
}

#[test]
fn names_and_roles_are_as_signed() {
    let named = |name: Value| result_with(json!({"name": name})).map(|ticket| ticket.name);
    assert_eq!(named(json!("Ada")), Ok(Some("Ada".into())));
    assert_eq!(named(json!("x".repeat(257))), Err(Refused::Claims));
    assert_eq!(named(json!(["Ada"])), Err(Refused::Claims));
    let role = |role: Value| result_with(json!({"role": role})).map(|ticket| ticket.role);
    for known in Role::ALL {
        assert_eq!(role(json!(known.name())), Ok(known));
    }
    for unknown in [json!("Admin"), json!("root"), json!(""), json!(["admin"]), json!(true)] {
        assert_eq!(role(unknown.clone()), Err(Refused::Claims), "{unknown}");
    }
}

#[test]
fn a_ticket_leads_to_its_rooms() {
    let tickets = requiring(&key_text(signer(Algorithm::EdDsa)));
    let led = |changed: &Value, asked: &str| {
        let ticket = ticket_with(Algorithm::EdDsa, changed.clone());
        let ticket = come_in(&tickets, Some(&ticket), asked, NOW_S)?.unwrap();
        Ok(ticket.room(asked).unwrap().to_owned())
    };
    let (any, one) = (json!({}), json!({"room": "red"}));
    let two = json!({"rooms": ["red", "blue"]});
    for (claims, asked, expected) in [
        (&any, "", Ok("")),
        (&any, "blue", Ok("blue")),
        (&one, "", Ok("red")),
        (&one, "red", Ok("red")),
        (&one, "blue", Err(Refused::Room)),
        (&one, "Red", Err(Refused::Room)),
        (&one, "red ", Err(Refused::Room)),
        (&two, "", Ok("red")),
        (&two, "blue", Ok("blue")),
        (&two, "green", Err(Refused::Room)),
    ] {
        assert_eq!(led(claims, asked), expected.map(str::to_owned), "{claims} {asked}");
    }
    for wrong in [
        json!({"rooms": []}),
        json!({"room": "red", "rooms": ["blue"]}),
        json!({"room": ""}),
        json!({"room": "*"}),
        json!({"rooms": ["red", "../blue"]}),
        json!({"rooms": [["red"]]}),
        json!({"rooms": {"red": true}}),
        json!({"rooms": vec!["red"; 33]}),
        json!({"room": 7}),
    ] {
        assert_eq!(led(&wrong, ""), Err(Refused::Claims), "{wrong}");
    }
}

#[test]
fn audience_and_issuer_are_those_of_the_policy() {
    let file = TestFile::new(&key_text(signer(Algorithm::EdDsa)));
    let result = |audience: Option<&str>, issuer: Option<&str>, claims: Value| {
        let [audience, issuer] = [audience, issuer].map(|name| name.map(str::to_owned));
        let tickets = Tickets::open(Policy { audience, issuer, ..policy(&file) }).unwrap();
        check(&tickets, &ticket_with(Algorithm::EdDsa, claims)).map(drop)
    };
    let (ours, mine) = (Some("race"), Some("https://example.org"));
    for (claims, expected) in [
        (json!({"aud": "race"}), Ok(())),
        (json!({"aud": ["shop", "race"]}), Ok(())),
        (json!({}), Err(Refused::Audience)),
        (json!({"aud": []}), Err(Refused::Audience)),
        (json!({"aud": "shop"}), Err(Refused::Audience)),
        (json!({"aud": "RACE"}), Err(Refused::Audience)),
        (json!({"aud": "race,shop"}), Err(Refused::Audience)),
        (json!({"aud": ["race", 7]}), Err(Refused::Claims)),
        (json!({"aud": {"race": 1}}), Err(Refused::Claims)),
    ] {
        assert_eq!(result(ours, None, claims.clone()), expected, "{claims}");
    }
    // A ticket for somebody else is none for whoever has no name.
    assert_eq!(result(None, None, json!({"aud": "shop"})), Err(Refused::Audience));
    for (claims, expected) in [
        (json!({"iss": "https://example.org"}), Ok(())),
        (json!({}), Err(Refused::Issuer)),
        (json!({"iss": "https://example.org/"}), Err(Refused::Issuer)),
        (json!({"iss": ["https://example.org"]}), Err(Refused::Claims)),
    ] {
        assert_eq!(result(None, mine, claims.clone()), expected, "{claims}");
    }
    assert_eq!(result(None, None, json!({"iss": "anybody"})), Ok(()));
}

#[test]
fn the_rules_are_given_the_other_claims() {
    let others = |changed: Value| result_with(changed).map(|ticket| ticket.claims);
    let given =
        json!({"guild": "red", "level": 7, "items": [{"id": 1}], "name": "Ada", "jti": "1"});
    let expected = json!({"guild": "red", "level": 7, "items": [{"id": 1}]});
    assert_eq!(others(given), Ok(expected.to_string()));
    let filled = |length: usize| others(json!({"x": "x".repeat(length - r#"{"x":""}"#.len())}));
    assert_eq!(filled(1_024).map(|claims| claims.len()), Ok(1_024));
    assert_eq!(filled(1_025), Err(Refused::Claims));
}
