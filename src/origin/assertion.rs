//! A signed word for the origin on who asks: what it says, and for how long it is used again.
//!
//! It is a JWT (RFC 7519) for the origin alone. The token stays with the filter; the origin needs
//! no more than this, and the filter's public keys, to know that a request has passed here.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::shared_partition;
use crate::gate::Permit;
use crate::json::quoted;
use crate::keys::SigningKey;
use crate::policy::Policy;
use crate::time::UnixTime;

/// The field it stands in.
pub const ASSERTION: &str = "x-turnpike-assertion";

/// Its `typ`: with a type of its own it cannot be taken for another kind of JWT (RFC 8725 section
/// 3.11), nor by this filter for an access token.
const TYPE: &str = "turnpike-assertion+jwt";

/// An assertion that is not signed yet.
#[derive(Debug)]
pub struct Draft<'p> {
    key: &'p SigningKey,
    /// The claims that are the same for each of its kind: a JSON object without its end.
    kind: String,
    lifetime: u64,
    token_expires: UnixTime,
}

impl<'p> Draft<'p> {
    /// The assertion for a request; `None` where there is to be none, or the origin is told of
    /// nobody.
    pub fn of(policy: &'p Policy, permit: &Permit<'_>) -> Option<Self> {
        let (assertion, principal) = (policy.assertion()?, permit.principal()?);
        if shared_partition(permit).is_some() {
            return None;
        }
        let kind = format!(
            r#"{{"iss":{},"aud":{},"sub":{},"token_issuer":{},"route":{}{}"#,
            quoted(assertion.issuer()),
            quoted(assertion.audience()),
            quoted(&principal.subject),
            quoted(&principal.issuer),
            quoted(permit.route().name()),
            principal.asserted,
        );
        Some(Self {
            key: assertion.keys().first()?,
            kind,
            lifetime: assertion.lifetime(),
            // Without `leeway`, which is for the clocks of issuers.
            token_expires: UnixTime(principal.expires_at.0.saturating_sub(policy.leeway())),
        })
    }

    /// The key to sign with.
    pub fn key(&self) -> &'p SigningKey {
        self.key
    }

    /// What is to be signed (RFC 7515 section 5.1), and when it expires: with the token, if that is
    /// sooner. `id`, of letters, digits and `-`, is its `jti`.
    pub fn message(&self, now: UnixTime, id: &str) -> (String, UnixTime) {
        let expires = now.plus(self.lifetime).min(self.token_expires);
        let (algorithm, key_id) = (self.key.algorithm().name(), self.key.id());
        let header = format!(r#"{{"alg":"{algorithm}","kid":"{key_id}","typ":"{TYPE}"}}"#);
        let claims = format!(r#"{},"iat":{},"exp":{},"jti":"{id}"}}"#, self.kind, now.0, expires.0);
        let encoded = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text.as_bytes());
        (format!("{}.{}", encoded(&header), encoded(&claims)), expires)
    }
}

/// The whole of a message and its signature (RFC 7515 section 7.1).
pub fn signed(message: &str, signature: &[u8]) -> String {
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// The assertions that were signed of late.
#[derive(Debug, Default)]
pub struct Assertions(Vec<Signed>);

struct Signed {
    kind: String,
    text: String,
    made: UnixTime,
    expires: UnixTime,
}

/// With more kinds than this in use at a time, some are signed anew.
const MAX_KEPT: usize = 256;

impl Assertions {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One of this kind that can be used again: until half of its time has passed, and never longer
    /// than the token of this request.
    pub fn find(&self, draft: &Draft<'_>, now: UnixTime) -> Option<&str> {
        let known = self.0.iter().find(|known| known.kind == draft.kind)?;
        let is_young = now.since(known.made) <= known.expires.since(now);
        // Of a token at its end, another one would last no longer.
        let is_as_good = is_young || known.expires == draft.token_expires;
        (is_as_good && known.expires <= draft.token_expires).then_some(known.text.as_str())
    }

    /// Keeps one for the next request of its kind.
    pub fn keep(&mut self, draft: Draft<'_>, text: String, made: UnixTime, expires: UnixTime) {
        let signed = Signed { kind: draft.kind, text, made, expires };
        if let Some(known) = self.0.iter_mut().find(|known| known.kind == signed.kind) {
            *known = signed;
            return;
        }
        if self.0.len() >= MAX_KEPT {
            self.0.clear();
        }
        self.0.push(signed);
    }
}

impl std::fmt::Debug for Signed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signed(..)")
    }
}
