//! What those who run a server prove themselves with.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Limit of tokens.
const TOKENS_MAX: usize = 64;
/// The fewest characters of a token: 128 bits have 22 in base64, and 32 in hexadecimal digits.
const TOKEN_CHARS_MIN: usize = 22;
/// Limit of a file's bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;
/// The name of a token that stands alone on its line.
const NAMELESS: &str = "admin";

/// Why the tokens could not be loaded. No text repeats a token.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The file cannot be read.
    #[error("cannot read the file of tokens {}: {error}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file does not hold tokens.
    #[error("the file of tokens {}: {reason}", path.display())]
    Wrong {
        /// Its path.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
}

/// The tokens that are good. Only their hashes are held.
#[derive(Debug, Default)]
pub(super) struct Tokens(Vec<Token>);

#[derive(Debug)]
struct Token {
    name: String,
    hash: [u8; 32],
}

impl Tokens {
    /// Reads a file with a name and a token on each line, or a token alone.
    pub(super) fn load(path: &Path) -> Result<Self, TokensError> {
        let unreadable = |error| TokensError::Unreadable { path: path.to_owned(), error };
        let wrong = |reason| TokensError::Wrong { path: path.to_owned(), reason };
        if fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
            return Err(wrong(format!("it has more than {FILE_BYTES_MAX} bytes")));
        }
        parse(&fs::read_to_string(path).map_err(unreadable)?).map_err(wrong)
    }

    /// Whether there are none, so that none is asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of this token, if it is good. Takes as long for one that is not, however it differs.
    pub(super) fn name_of(&self, token: &str) -> Option<&str> {
        let hash = hash(token);
        let mut found = None;
        for good in &self.0 {
            if bool::from(good.hash.ct_eq(&hash)) {
                found = Some(good.name.as_str());
            }
        }
        found
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn parse(text: &str) -> Result<Tokens, String> {
    let mut tokens: Vec<Token> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let refuse = |what: &str| Err(format!("line {number}: {what}"));
        let words: Vec<&str> = line.split_whitespace().collect();
        let (name, token) = match words.as_slice() {
            [] => continue,
            [first, ..] if first.starts_with('#') => continue,
            [token] => (NAMELESS, *token),
            [name, token] => (*name, *token),
            _ => return refuse("it must hold a name and a token, with a space between them"),
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.@".contains(c);
        if name.len() > 32 || !name.chars().all(is_plain) {
            return refuse("the name must be up to 32 letters, digits, and any of - _ . @");
        }
        if token.len() < TOKEN_CHARS_MIN || !token.chars().all(|c| c.is_ascii_graphic()) {
            return refuse(&format!(
                "the token must be {TOKEN_CHARS_MIN} or more ASCII characters, such as those that \
                 `openssl rand -hex 32` prints"
            ));
        }
        if tokens.iter().any(|other| other.name == name || other.hash == hash(token)) {
            return refuse("its name or its token has been on a line before");
        }
        tokens.push(Token { name: name.to_owned(), hash: hash(token) });
    }
    match tokens.len() {
        0 => Err("it holds no token; write one, such as that which `openssl rand -hex 32` prints"
            .to_owned()),
        n if n > TOKENS_MAX => Err(format!("it holds {n} tokens, and {TOKENS_MAX} are possible")),
        _ => Ok(Tokens(tokens)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "0123456789abcdef0123456789abcdef";
    const BEN: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn a_token_names_who_has_it_and_no_other_text_does() {
        let tokens = parse(&format!("# who may\n\nada {ADA}\n  ben\t{BEN}  \n")).unwrap();
        assert_eq!(tokens.name_of(ADA), Some("ada"));
        assert_eq!(tokens.name_of(BEN), Some("ben"));
        for wrong in ["", "ada", &ADA[1..], &format!("{ADA}0"), &ADA.to_uppercase()] {
            assert_eq!(tokens.name_of(wrong), None, "{wrong}");
        }
        assert_eq!(parse(ADA).unwrap().name_of(ADA), Some(NAMELESS));
        assert!(Tokens::default().is_empty() && Tokens::default().name_of("").is_none());
    }

    #[test]
    fn what_is_no_file_of_tokens_is_refused_without_a_word_of_it() {
        let check = |text: &str, part: &str| {
            let refused = parse(text).unwrap_err();
            assert!(refused.contains(part), "{text}: {part} in {refused}");
            assert!(!refused.contains("secret") && !refused.contains(ADA), "{refused}");
        };
        check("", "holds no token");
        check("# nothing\n", "holds no token");
        check("ada secret", "line 1: the token must be 22 or more");
        check(&format!("\nada {ADA} secret"), "line 2: it must hold a name and a token");
        check(&format!("a/da {ADA}"), "the name must be");
        check(&format!("ada {ADA}\nada {BEN}"), "line 2: its name or its token");
        check(&format!("ada {ADA}\nben {ADA}"), "line 2: its name or its token");
        let many: String = (0..65).map(|n| format!("name{n} {ADA}{n}\n")).collect();
        check(&many, "65 tokens");
    }
}
