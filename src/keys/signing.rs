//! A private key of the operator's, with which the filter signs what it tells the origin.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::json::Value;
use crate::token::Algorithm;

/// A key pair on P-256, for ES256, or of Ed25519, for `EdDSA`.
pub struct SigningKey {
    id: String,
    algorithm: Algorithm,
    public: String,
    private: String,
}

/// Of 32 bytes, in base64url.
const LETTERS: usize = 43;

impl SigningKey {
    /// Reads a private JWK (RFC 7518 section 6.2, RFC 8037 section 2). Of what else is in it, such as
    /// `kid`, no notice is taken. Whether its parts belong together, only a signature shows.
    ///
    /// `None` when it is none.
    pub fn from_jwk(jwk: &str) -> Option<Self> {
        let jwk = Value::parse(jwk.as_bytes()).ok()?;
        let text = |name| jwk.get(name).and_then(Value::as_str);
        let number = |name| {
            let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            text(name).filter(|text| text.len() == LETTERS && text.bytes().all(is_digit))
        };
        let (x, secret) = (number("x")?, number("d")?);
        // The members of RFC 7638 section 3, in the order of their names.
        let (algorithm, members) = match (text("kty")?, text("crv")?) {
            ("EC", "P-256") => {
                let y = number("y")?;
                (Algorithm::Es256, format!(r#""crv":"P-256","kty":"EC","x":"{x}","y":"{y}""#))
            }
            ("OKP", "Ed25519") => {
                (Algorithm::EdDsa, format!(r#""crv":"Ed25519","kty":"OKP","x":"{x}""#))
            }
            _ => return None,
        };
        let id = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{{{members}}}")));
        let name = algorithm.name();
        Some(Self {
            algorithm,
            public: format!(r#"{{{members},"alg":"{name}","kid":"{id}","use":"sig"}}"#),
            private: format!(r#"{{{members},"d":"{secret}"}}"#),
            id,
        })
    }

    /// The `kid`: its thumbprint (RFC 7638), so that no two keys have the same.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public JWK.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// The private JWK, for whoever signs.
    pub fn private(&self) -> &str {
        &self.private
    }
}

impl PartialEq for SigningKey {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// RFC 8037 appendix A.1; its thumbprint is in A.3.
    fn ed25519() -> Value {
        json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        })
    }

    /// RFC 7515 appendix A.3.1.
    fn p256() -> Value {
        json!({
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
        })
    }

    #[test]
    fn what_is_published_has_no_private_part() {
        let mut given = ed25519();
        given["kid"] = json!("mine");
        given["key_ops"] = json!(["sign"]);
        let key = SigningKey::from_jwk(&given.to_string()).unwrap();
        assert_eq!(key.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let mut expected = ed25519();
        expected.as_object_mut().unwrap().remove("d");
        expected["kid"] = json!(key.id());
        expected["alg"] = json!("EdDSA");
        expected["use"] = json!("sig");
        assert_eq!(serde_json::from_str::<Value>(key.public()).unwrap(), expected);

        let key = SigningKey::from_jwk(&p256().to_string()).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Es256);
        let mut expected = p256();
        expected.as_object_mut().unwrap().remove("d");
        expected["kid"] = json!(key.id());
        expected["alg"] = json!("ES256");
        expected["use"] = json!("sig");
        assert_eq!(serde_json::from_str::<Value>(key.public()).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Value>(key.private()).unwrap(), p256());
        let text = format!("{key:?}");
        assert!(!text.contains("jpsQ") && text.contains(key.id()), "{text}");
    }

    #[test]
    fn other_keys_are_none() {
        for (name, value) in [
            ("kty", json!("oct")),
            ("crv", json!("P-384")),
            ("crv", json!("Ed25519")),
            ("x", json!("AAAA")),
            ("x", json!(null)),
            ("y", json!(7)),
            ("d", json!(null)),
            ("d", json!("AAAA")),
            ("d", json!("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9L=")),
            ("x", json!("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVE\"")),
        ] {
            let mut key = p256();
            key[name] = value;
            assert!(SigningKey::from_jwk(&key.to_string()).is_none(), "{key}");
        }
        for text in ["", "a secret", "{}", "[]", "null", r#"{"crv":"P-256"}"#] {
            assert!(SigningKey::from_jwk(text).is_none(), "{text}");
        }
    }
}
