//! Files with keys: what is read, what is refused and with which advice, and signatures that others
//! made.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use getrandom::SysRng;
use p256::ecdsa;
use rsa::pkcs8::der::pem;
use rsa::pkcs8::{DecodePublicKey as _, EncodePublicKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;

use super::*;

fn refused(text: &str) -> String {
    Keys::read(text.as_bytes()).expect_err(text)
}

fn algorithms(text: &str) -> Vec<Algorithm> {
    Keys::read(text.as_bytes()).expect(text).list().map(|(_, algorithm)| algorithm).collect()
}

/// The public key, or the secret, as a JWK with this id.
fn jwk(algorithm: Algorithm, id: &str) -> Value {
    let text = key_text(signer(algorithm));
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match algorithm {
        Algorithm::EdDsa => {
            let der = pem::decode_vec(text.as_bytes()).unwrap().1;
            let x = encode(&der[der.len() - 32..]);
            json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": id})
        }
        Algorithm::Es256 => {
            let key = ecdsa::VerifyingKey::from_public_key_pem(&text).unwrap();
            let point = key.to_sec1_point(false);
            let [x, y] = [&point.as_bytes()[1..33], &point.as_bytes()[33..]].map(encode);
            json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": id})
        }
        Algorithm::Rs256 => {
            let key = rsa::PublicKey::from_public_key_pem(&text).unwrap();
            let n = encode(&key.n().to_be_bytes_trimmed_vartime());
            json!({"kty": "RSA", "n": n, "e": "AQAB", "kid": id})
        }
        Algorithm::Hs256 => {
            let secret = text.trim().strip_prefix("base64:").unwrap();
            json!({"kty": "oct", "k": encode(&STANDARD.decode(secret).unwrap()), "kid": id})
        }
    }
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

fn jwks(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// A ticket that names its key.
fn naming(algorithm: Algorithm, id: &str) -> String {
    let header = json!({"alg": algorithm.name(), "kid": id}).to_string();
    signer(algorithm).sign(&header, &claims_with(json!({})).to_string()).unwrap()
}

#[test]
fn several_keys_stand_in_a_file() {
    let three = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];
    let pem = three.map(|algorithm| key_text(signer(algorithm))).join("a remark between them\n");
    assert_eq!(algorithms(&pem), three);
    let all = Algorithm::ALL.map(|algorithm| jwk(algorithm, algorithm.name()));
    assert_eq!(algorithms(&jwks(&all)), Algorithm::ALL);
    assert_eq!(algorithms(&all[0].to_string()), [Algorithm::EdDsa], "one JWK is a file too");
    for keys in [pem, jwks(&all)] {
        let tickets = requiring(&keys);
        for algorithm in three {
            let ticket = ticket_with(algorithm, json!({}));
            assert!(check(&tickets, &ticket).is_ok(), "each key is tried: {algorithm:?}");
        }
    }
    let windows = key_text(signer(Algorithm::EdDsa)).replace('\n', "\r\n");
    assert_eq!(algorithms(&windows), [Algorithm::EdDsa]);
}

#[test]
fn a_ticket_may_name_its_key() {
    let algorithm = Algorithm::EdDsa;
    let stranger = Signer::generate(algorithm).unwrap();
    let text = stranger.public_text().unwrap().unwrap();
    let der = pem::decode_vec(text.as_bytes()).unwrap().1;
    let x = URL_SAFE_NO_PAD.encode(&der[der.len() - 32..]);
    let other = with(jwk(algorithm, "other"), "x", json!(x));
    let tickets = requiring(&jwks(&[jwk(algorithm, "ours"), other]));
    assert!(check(&tickets, &naming(algorithm, "ours")).is_ok());
    for id in ["other", "Ours", "ours ", "", "../ours"] {
        assert_eq!(check(&tickets, &naming(algorithm, id)), Err(Refused::Unverified), "{id}");
    }
    assert!(check(&tickets, &ticket_with(algorithm, json!({}))).is_ok(), "it names none");
    // Two keys of one name, while one replaces the other.
    let same = with(jwk(algorithm, "ours"), "x", json!(x));
    let tickets = requiring(&jwks(&[same, jwk(algorithm, "ours")]));
    assert!(check(&tickets, &naming(algorithm, "ours")).is_ok());
}

#[test]
fn keys_for_something_else_are_left_out() {
    let ours = jwk(Algorithm::EdDsa, "ours");
    let rsa = jwk(Algorithm::Rs256, "rsa");
    let others = [
        with(rsa.clone(), "use", json!("enc")),
        with(rsa.clone(), "alg", json!("RS512")),
        with(rsa.clone(), "alg", json!("HS256")),
        with(rsa.clone(), "alg", json!("none")),
        with(rsa.clone(), "key_ops", json!(["encrypt"])),
        json!({"kty": "OKP", "crv": "X25519", "x": "AA"}),
        json!({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}),
        json!({"kty": "AKP"}),
    ];
    let keys = jwks(&[&others[..], std::slice::from_ref(&ours)].concat());
    assert_eq!(algorithms(&keys), [Algorithm::EdDsa]);
    assert!(refused(&jwks(&others)).contains("no key in this JSON can check tickets"));
    let signs = with(with(rsa, "use", json!("sig")), "alg", json!("RS256"));
    let verifies = with(ours, "key_ops", json!(["verify"]));
    assert_eq!(algorithms(&jwks(&[signs, verifies])), [Algorithm::Rs256, Algorithm::EdDsa]);
}

#[test]
fn weak_keys_are_refused() {
    for (secret, is_taken) in [
        (format!("hex:{}", "ab".repeat(32)), true),
        (format!("hex:{}", "ab".repeat(31)), false),
        (format!("text:{}\n", "x".repeat(32)), true),
        (format!("text:{}\r\n", "x".repeat(31)), false),
        (format!("base64:{}", STANDARD.encode([7; 32])), true),
        (format!("base64:{}", STANDARD.encode([7; 31])), false),
        ("text:".into(), false),
    ] {
        let error = Keys::read(secret.as_bytes()).err();
        assert_eq!(error.is_none(), is_taken, "{secret}");
        assert!(error.is_none_or(|error| error.contains("must have 32 or more")));
    }
    let short = with(jwk(Algorithm::Hs256, "x"), "k", json!(URL_SAFE_NO_PAD.encode([7; 31])));
    assert!(refused(&jwks(&[short])).contains("key \"x\": this secret has 31 bytes"));

    let key = rsa::PrivateKey::new(&mut SysRng, 1_024).unwrap().to_public_key();
    let text = key.to_public_key_pem(LineEnding::LF).unwrap();
    assert!(refused(&text).contains("this RSA key has 1024 bits and must have 2048 or more"));
    let n = URL_SAFE_NO_PAD.encode(key.n().to_be_bytes_trimmed_vartime());
    let short = with(jwk(Algorithm::Rs256, "x"), "n", json!(n));
    assert!(refused(&jwks(&[short])).contains("1024 bits"));
    for exponent in ["AQ", "AA", "Ag", ""] {
        let weak = with(jwk(Algorithm::Rs256, "x"), "e", json!(exponent));
        assert!(refused(&jwks(&[weak])).contains("RS256 key is invalid"), "{exponent}");
    }

    // Points for which anybody can sign, and one that is not on the curve.
    for x in [[0; 32], std::array::from_fn(|at| u8::from(at == 0))] {
        let weak = with(jwk(Algorithm::EdDsa, "x"), "x", json!(URL_SAFE_NO_PAD.encode(x)));
        assert!(refused(&jwks(&[weak])).contains("anybody can sign"));
    }
    let x = jwk(Algorithm::Es256, "x")["x"].clone();
    let off = with(jwk(Algorithm::Es256, "x"), "y", x);
    assert!(refused(&jwks(&[off])).contains("ES256 key is invalid"));
}

#[test]
fn what_is_no_key_is_refused_with_advice() {
    let pem = key_text(signer(Algorithm::EdDsa));
    let private = signer(Algorithm::EdDsa).private_text().unwrap();
    let labelled = |label: &str| pem.replace("PUBLIC KEY", label);
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let good = jwk(Algorithm::EdDsa, "x");
    for (text, part) in [
        ("", "neither PEM"),
        ("a secret of more than thirty-two letters", "write `text:`, `hex:` or `base64:`"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHYO0cLpXP9y me@here", "neither PEM"),
        (&body, "neither PEM"),
        ("hex:abc", "no hexadecimal"),
        ("hex:zz", "no hexadecimal"),
        ("hex:+f+f", "no hexadecimal"),
        ("base64:??", "no base64"),
        (&private, "this is a private key"),
        (&(pem.clone() + &private), "this is a private key"),
        (&labelled("RSA PRIVATE KEY"), "this is a private key"),
        (&labelled("ENCRYPTED PRIVATE KEY"), "this is a private key"),
        (&labelled("CERTIFICATE"), "openssl x509 -pubkey"),
        (&labelled("RSA PUBLIC KEY"), "nor RSA"),
        (&labelled("PGP MESSAGE"), "must be a PUBLIC KEY"),
        (&pem[..60], "has no end"),
        (&pem.replacen('M', "!", 1), "is damaged"),
        (&pem.repeat(17), "there are 17 keys and at most 16"),
        (&"x".repeat(70_000), "at most 65536 bytes"),
        ("{", "this JSON is damaged"),
        ("{}", "lacks `kty`"),
        (r#"{"keys":{}}"#, "`keys` must be a list"),
        (r#"{"keys":["x"]}"#, "`keys` must be a list"),
        (r#"{"keys":[]}"#, "no key in this JSON"),
        (r#"{"keys":[],"keys":[]}"#, "is there twice"),
        (&good.to_string().replacen('{', r#"{"kty":"oct","#, 1), "is there twice"),
        (&jwks(&vec![good.clone(); 17]), "there are 17 keys"),
        (&jwks(&[with(good.clone(), "d", json!("AA"))]), "a key is a private one"),
        (&jwks(&[with(good.clone(), "kid", json!(7))]), "`kid` of a key must be a text"),
        (&jwks(&[with(good.clone(), "kid", json!("x".repeat(129)))]), "more than 128 bytes"),
        (&jwks(&[with(good.clone(), "x", json!("AA"))]), "has 1 bytes and must have 32"),
        (&jwks(&[with(good.clone(), "x", json!("A=="))]), "not base64url"),
        (&jwks(&[with(good.clone(), "x", json!(null))]), "`x` of a key must be a text"),
    ] {
        let error = refused(text);
        assert!(error.contains(part), "{part:?} in {error:?} of {text:?}");
    }
    let der = pem::decode_vec(pem.as_bytes()).unwrap().1;
    assert!(Keys::read(&[&der[..], &[0xff]].concat()).unwrap_err().contains("this is not a text"));
}

#[test]
fn a_signer_reads_private_keys_alone() {
    let private = signer(Algorithm::EdDsa).private_text().unwrap();
    for (text, part) in [
        (key_text(signer(Algorithm::EdDsa)), "this is a public key"),
        (private.replace("PRIVATE KEY", "EC PRIVATE KEY"), "openssl pkcs8 -topk8"),
        (private.replacen('M', "!", 1), "is damaged"),
        ("a word".into(), "write `text:`"),
    ] {
        let error = Signer::read(&text).unwrap_err();
        assert!(error.contains(part), "{part:?} in {error:?}");
    }
}

/// The examples of RFC 7515 (A.1 to A.3) and RFC 8037 (A.4).
#[test]
fn signatures_of_the_standards_are_verified() {
    let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                  cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let ed25519_claims = "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    for (key, header, payload, signature) in [
        (
            json!({"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3\
                                       Yj0iPS4hcgUuTwjAzZr1Z9CAow"}),
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
            claims,
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ),
        (
            json!({"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k\
                0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32\
                690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2Cap\
                Hg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2et\
                hFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}),
            "eyJhbGciOiJSUzI1NiJ9",
            claims,
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2\
             Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSj\
             tQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvW\
             h6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        ),
        (
            json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                   "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
            "eyJhbGciOiJFUzI1NiJ9",
            claims,
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
            "eyJhbGciOiJFZERTQSJ9",
            ed25519_claims,
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        ),
    ] {
        let keys = Keys::read(key.to_string().as_bytes()).unwrap();
        let text = format!("{header}.{payload}.{signature}");
        assert!(keys.verify(&Token::read(&text).unwrap()), "{header}");
    }
}
