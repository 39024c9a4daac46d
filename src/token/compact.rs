//! A JWS in compact form (RFC 7515 section 3.1), parsed and not yet believed.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::members::Members;
use super::{Algorithm, Claims, TokenFault};
use crate::request::Credential;

/// A longer `kid` is none of anybody's keys.
const MAX_KEY_ID_BYTES: usize = 256;

/// A well-formed JWS whose signature has not been looked at. What it signs can be anything.
pub struct Jws {
    /// The JWS as it arrived.
    text: String,
    /// Where the second dot stands: what comes before it is what was signed.
    signed: usize,
    algorithm: Algorithm,
    key_id: Option<String>,
    token_type: Option<String>,
    signature: Vec<u8>,
}

/// A JWS that signs a claims set, and whose signature has not been looked at.
///
/// Its claims can be checked before the costly signature step, but nothing may be granted on them
/// until that step is done.
pub struct UntrustedToken {
    jws: Jws,
    claims: Claims,
}

impl Jws {
    /// Parses a JWS in compact form.
    ///
    /// # Errors
    ///
    /// The [`TokenFault`] found first.
    pub fn parse(text: &str) -> Result<Self, TokenFault> {
        Self::read(text).map(|(jws, _)| jws)
    }

    /// The same, and the payload.
    fn read(text: &str) -> Result<(Self, Vec<u8>), TokenFault> {
        let (message, signature) = text.rsplit_once('.').ok_or(TokenFault::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(TokenFault::Malformed)?;
        // A third dot is no base64url either.
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        let header = Members::parse(&header).ok_or(TokenFault::Malformed)?;
        // We understand no extension, so any `crit` is one too many (RFC 7515 section 4.1.11);
        // a JWT must not be unencoded (RFC 7797 section 7).
        if header.has("crit") || header.has("b64") {
            return Err(TokenFault::Critical);
        }
        // Claims need no `cty`; one that is there announces something else, such as another JWT
        // (RFC 7519 section 5.2).
        if header.has("cty") {
            return Err(TokenFault::Malformed);
        }
        let algorithm = header.text("alg")?.ok_or(TokenFault::Malformed)?;
        let key_id = header.text("kid")?;
        if key_id.is_some_and(|key_id| key_id.len() > MAX_KEY_ID_BYTES) {
            return Err(TokenFault::Malformed);
        }
        let jws = Self {
            text: text.to_owned(),
            signed: message.len(),
            algorithm: Algorithm::named(algorithm).ok_or(TokenFault::Algorithm)?,
            key_id: key_id.map(str::to_owned),
            token_type: header.text("typ")?.map(str::to_owned),
            signature,
        };
        Ok((jws, payload))
    }

    /// The JWS as it arrived.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The `alg` it says it is signed with. Which algorithm verifies it is decided by the key.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid`: which key of its issuer it says it is signed with.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The `typ`.
    pub fn token_type(&self) -> Option<&str> {
        self.token_type.as_deref()
    }

    /// What was signed: header and payload as they arrived.
    pub fn message(&self) -> &[u8] {
        self.text.as_bytes().get(..self.signed).unwrap_or_default()
    }

    /// The signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

impl UntrustedToken {
    /// Parses a compact JWS whose payload is a JWT claims set.
    ///
    /// # Errors
    ///
    /// The [`TokenFault`] found first.
    pub fn parse(credential: &Credential<'_>) -> Result<Self, TokenFault> {
        Self::read(credential.as_str())
    }

    pub(super) fn read(text: &str) -> Result<Self, TokenFault> {
        let (jws, payload) = Jws::read(text)?;
        let members = Members::parse(&payload).ok_or(TokenFault::Claims)?;
        Ok(Self { jws, claims: Claims::read(members)? })
    }

    /// About how many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let Jws { text, key_id, token_type, signature, .. } = &self.jws;
        let words = [key_id, token_type].into_iter().flatten().map(String::len);
        let own = [size_of::<Self>(), text.len(), signature.len(), self.claims.bytes()];
        own.into_iter().chain(words).sum()
    }

    /// The JWS it is.
    pub fn jws(&self) -> &Jws {
        &self.jws
    }

    /// The claims, not to be believed yet.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// Strictly: without padding, and without spare bits that could be anything (RFC 8725bis section
/// 3.14), so that every part has one spelling.
fn decode(part: &str) -> Result<Vec<u8>, TokenFault> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::Malformed)
}

impl fmt::Debug for Jws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Jws").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl fmt::Debug for UntrustedToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("UntrustedToken").field("jws", &self.jws).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: Result<Option<&str>, TokenFault>) {
        let text = format!("{}.e30.AA", BASE64_URL_SAFE_NO_PAD.encode(header.as_bytes()));
        let key_id = Jws::parse(&text).map(|jws| jws.key_id().map(str::to_owned));
        assert_eq!(key_id, expected.map(|id| id.map(str::to_owned)), "{header}");
    }

    #[test]
    fn a_header_says_its_algorithm_and_says_it_in_words() {
        check(r#"{"alg":"ES256"}"#, Ok(None));
        check(r#"{"alg":"ES256","kid":"a"}"#, Ok(Some("a")));
        check(r#"{"alg":"es256"}"#, Err(TokenFault::Algorithm));
        for header in [
            "{}",
            r#"{"alg":null}"#,
            r#"{"alg":"ES256","kid":null}"#,
            r#"{"alg":"ES256","typ":1}"#,
            r#"["ES256"]"#,
            r#"{"alg":"ES256","cty":"JWT"}"#,
        ] {
            check(header, Err(TokenFault::Malformed));
        }
    }

    #[test]
    fn a_key_id_has_a_length_that_somebody_may_use() {
        let header = |length| format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "k".repeat(length));
        check(&header(256), Ok(Some(&"k".repeat(256))));
        check(&header(257), Err(TokenFault::Malformed));
    }

    #[test]
    fn there_are_three_parts_each_spelled_one_way() {
        assert!(Jws::parse("eyJhbGciOiJFUzI1NiJ9.e30.AA").is_ok());
        for text in [
            "",
            ".",
            "..",
            "eyJhbGciOiJFUzI1NiJ9",
            "eyJhbGciOiJFUzI1NiJ9.e30",
            "eyJhbGciOiJFUzI1NiJ9.e30.AA.AA",
            "eyJhbGciOiJFUzI1NiJ9.e30.AA=",
            "eyJhbGciOiJFUzI1NiJ9.e30.AB",
            "eyJhbGciOiJFUzI1NiJ9.e31.AA",
            "eyJhbGciOiJFUzI1NiJ9.e30.A",
            "eyJhbGciOiJFUzI1NiJ9.e3+.AA",
            "eyJhbGciOiJFUzI1NiJ9.e30.AA\n",
            " eyJhbGciOiJFUzI1NiJ9.e30.AA",
        ] {
            assert_eq!(Jws::parse(text).map(|_| ()), Err(TokenFault::Malformed), "{text:?}");
        }
    }

    #[test]
    fn a_jws_is_kept_as_it_arrived() {
        // {"alg":"HS256"}, {}, three zeros
        let text = "eyJhbGciOiJIUzI1NiJ9.e30.AAAA";
        let jws = Jws::parse(text).unwrap();
        assert_eq!(jws.as_str(), text);
        assert_eq!(jws.message(), b"eyJhbGciOiJIUzI1NiJ9.e30");
        assert_eq!(jws.signature(), [0, 0, 0]);
        assert_eq!((jws.key_id(), jws.token_type()), (None, None));
        assert_eq!(format!("{jws:?}"), "Jws { algorithm: Hs256, .. }");
    }
}
