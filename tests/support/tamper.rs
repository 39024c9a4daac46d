//! Ways to spoil a token, by name: `der` or `cut` is about the signature or the whole token,
//! `bom:claims` about one of its parts `header`, `claims` and `signature`.
//!
//! A token is signed after its header and claims were spoiled, so only the way they are written is
//! wrong with it.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::ecdsa;

/// One way, or none.
#[derive(Debug, Default)]
pub struct Tamper {
    how: String,
    part: String,
}

const OF_TEXT: [&str; 4] = ["bom", "empty", "list", "not-utf8"];
const OF_SPELLING: [&str; 3] = ["padding", "spare", "standard"];
const OF_SIGNATURE: [&str; 5] = ["der", "high-s", "long", "short", "zeros"];

impl Tamper {
    pub fn named(name: &str) -> Self {
        let (how, part) = name.split_once(':').unwrap_or((name, ""));
        Self { how: how.to_owned(), part: part.to_owned() }
    }

    fn of(&self, part: &str) -> &str {
        if self.part == part { &self.how } else { "" }
    }

    /// Header or claims before they are encoded.
    pub fn text(&self, part: &str, text: &str) -> Vec<u8> {
        match self.of(part) {
            "bom" => ["\u{feff}", text].concat().into_bytes(),
            "empty" => Vec::new(),
            "list" => ["[", text, "]"].concat().into_bytes(),
            "not-utf8" => {
                let members = text.strip_suffix('}').expect("an object");
                [members.as_bytes(), b",\"x\":\"\xff\"}"].concat()
            }
            _ => text.as_bytes().to_owned(),
        }
    }

    /// A part in base64url. Nothing when this one has no other spelling of the wanted kind.
    pub fn spelled(&self, part: &str, bytes: &[u8]) -> Option<String> {
        let spelled = Base64UrlUnpadded::encode_string(bytes);
        match self.of(part) {
            "padding" => {
                let missing = (4 - spelled.len() % 4) % 4;
                (missing > 0).then(|| spelled + &"=".repeat(missing))
            }
            "spare" => with_spare_bits(&spelled),
            "standard" => {
                let standard = spelled.replace('-', "+").replace('_', "/");
                (standard != spelled).then_some(standard)
            }
            _ => Some(spelled),
        }
    }

    /// The signature before it is encoded.
    pub fn signature(&self, signature: Vec<u8>) -> Vec<u8> {
        match self.of("") {
            "der" => ecdsa::der(&signature),
            "high-s" => ecdsa::high_s(&signature),
            "long" => [signature.as_slice(), &[0]].concat(),
            "short" => signature[..signature.len() - 1].to_owned(),
            "zeros" => vec![0; signature.len()],
            _ => signature,
        }
    }

    /// The whole token.
    pub fn token(&self, token: String) -> String {
        let (signed, signature) = token.rsplit_once('.').expect("a token has dots");
        match self.how.as_str() {
            "" => token,
            // The first character: the last one may hold spare bits.
            "signature" => {
                let (first, rest) = signature.split_at(1);
                format!("{signed}.{}{rest}", if first == "A" { "B" } else { "A" })
            }
            "unsigned" => format!("{signed}."),
            "cut" => signed.to_owned(),
            "padded" => format!("{token}="),
            "four-parts" => format!("{token}.e30"),
            "flattened" => {
                let (header, claims) = signed.split_once('.').expect("two parts are signed");
                format!(
                    r#"{{"protected":"{header}","payload":"{claims}","signature":"{signature}"}}"#
                )
            }
            how => {
                let known = match self.part.as_str() {
                    "" => OF_SIGNATURE.contains(&how),
                    "header" | "claims" => OF_TEXT.contains(&how) || OF_SPELLING.contains(&how),
                    "signature" => OF_SPELLING.contains(&how),
                    _ => false,
                };
                assert!(known, "unknown way to spoil: {self:?}");
                token
            }
        }
    }
}

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64url whose last character holds bits that no byte needs, one of them set (RFC 4648
/// section 3.5). Nothing when there are no such bits.
fn with_spare_bits(spelled: &str) -> Option<String> {
    (spare_bits(spelled) > 0).then(|| with_last(spelled, |value| value | 1))
}

/// The same with none of them set.
pub fn without_spare_bits(spelled: &str) -> String {
    with_last(spelled, |value| value >> spare_bits(spelled) << spare_bits(spelled))
}

/// Two characters over hold four bits too many, three hold two.
fn spare_bits(spelled: &str) -> usize {
    [0, 0, 4, 2][spelled.len() % 4]
}

fn with_last(spelled: &str, change: impl Fn(usize) -> usize) -> String {
    let mut changed = spelled.to_owned();
    if let Some(last) = changed.pop() {
        let value = ALPHABET.iter().position(|letter| char::from(*letter) == last);
        changed.push(value.map_or(last, |value| char::from(ALPHABET[change(value)])));
    }
    changed
}
