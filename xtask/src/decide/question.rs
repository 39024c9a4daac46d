//! A request as it is put to a policy, and as the core gets to see it.

use base64ct::{Base64UrlUnpadded, Encoding};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use turnpike::policy::Issuer;
use turnpike::request::{CredentialSource, present};
use turnpike::time::UnixTime;
use url::Url;

use super::{Site, stand_in};
use crate::shell::{Failure, Result};

/// A request, and a time.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) method: String,
    pub(crate) url: String,
    /// Names and values.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) who: Who,
    pub(crate) at: UnixTime,
}

/// Who asks.
#[derive(Clone)]
pub(crate) enum Who {
    /// Whoever the header fields say.
    Nobody,
    /// The bearer of this token.
    Token(String),
    /// Somebody whose token says this, and is signed as it should be. What a token must have is
    /// filled in where it is missing, and left out where it is null.
    Claims(Map<String, Value>),
}

impl std::fmt::Debug for Who {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Who(..)")
    }
}

/// For how long a token is good that was made of claims, in seconds.
const LIFETIME: u64 = 300;

/// A question in the form that the core takes.
pub(super) struct Prepared {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) at: UnixTime,
    /// Whether the stand-in has signed.
    is_assumed: bool,
    pub(super) notes: Vec<String>,
}

impl Prepared {
    pub(super) fn of(site: &Site, question: &Question) -> Result<Self> {
        let method = &question.method;
        if method.bytes().any(|byte| byte.is_ascii_lowercase()) {
            let capitals = method.to_ascii_uppercase();
            let what = format!("`{method}` is not a method; is `{capitals}` meant?");
            return Err(Failure::new(what));
        }
        let mut notes = Vec::new();
        let token = match &question.who {
            Who::Nobody => None,
            Who::Token(token) => Some(token.clone()),
            Who::Claims(claims) => Some(made_of(site, claims, question.at, &mut notes)),
        };
        let mut headers = header_map(&question.headers)?;
        if let Some(token) = token {
            carry(site, &token, &mut headers)?;
        }
        Ok(Self {
            method: method.clone(),
            url: normalized(&question.url)?,
            headers,
            at: question.at,
            is_assumed: matches!(question.who, Who::Claims(_)),
            notes,
        })
    }

    /// Whether the signature is assumed to be right.
    pub(super) fn is_assumed(&self) -> bool {
        self.is_assumed
    }

    /// The same request with its token signed anew by the stand-in.
    pub(super) fn signed_anew(&self, site: &Site) -> Option<Self> {
        let credential = present(site.policy().credentials(), &self.headers).ok()??;
        let token = credential.as_str();
        let mut parts = token.split('.').map(|part| Base64UrlUnpadded::decode_vec(part).ok());
        let header: Map<String, Value> = serde_json::from_slice(&parts.next()??).ok()?;
        let claims = String::from_utf8(parts.next()??).ok()?;
        let anew = stand_in::sign(&header, &claims);
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let value = value.to_str().ok()?.replace(token, &anew);
            headers.append(name.clone(), value.parse().ok()?);
        }
        Some(Self {
            method: self.method.clone(),
            url: self.url.clone(),
            headers,
            at: self.at,
            is_assumed: true,
            notes: Vec::new(),
        })
    }

    pub(super) fn with_notes_of(self, other: Self) -> Self {
        Self { notes: other.notes, ..self }
    }
}

/// As the platform's parser would hand it to the Worker (WHATWG URL).
fn normalized(text: &str) -> Result<String> {
    let wrong = || {
        Failure::new(format!(
            "--url {text}: is not the whole URL of a request, like https://docs.example.com/reports"
        ))
    };
    let mut url = Url::parse(text).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong());
    }
    url.set_fragment(None);
    Ok(url.into())
}

fn header_map(fields: &[(String, String)]) -> Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in fields {
        // The value may hold a token.
        let wrong = || Failure::new(format!("--header {name}: is not a header field"));
        let name: HeaderName = name.parse().map_err(|_| wrong())?;
        map.append(name, HeaderValue::from_bytes(value.as_bytes()).map_err(|_| wrong())?);
    }
    Ok(map)
}

/// Puts a token where the policy looks for one first.
fn carry(site: &Site, token: &str, headers: &mut HeaderMap) -> Result {
    let wrong = |_| Failure::new("--token: what is no text of ASCII cannot be in a header field");
    let (name, value) = match site.policy().credentials().first() {
        Some(CredentialSource::Cookie(name)) => ("cookie", format!("{name}={token}")),
        Some(CredentialSource::Header(name)) => (name.as_str(), token.to_owned()),
        Some(CredentialSource::Subprotocol(name)) => {
            headers.insert("upgrade", HeaderValue::from_static("websocket"));
            ("sec-websocket-protocol", format!("{name}.{token}"))
        }
        Some(CredentialSource::Bearer) | None => ("authorization", format!("Bearer {token}")),
    };
    let name: HeaderName = name.parse().map_err(|_| Failure::new("a field of the policy"))?;
    headers.append(name, value.parse().map_err(wrong)?);
    Ok(())
}

/// A token of these claims, signed by the stand-in.
fn made_of(
    site: &Site,
    given: &Map<String, Value>,
    at: UnixTime,
    notes: &mut Vec<String>,
) -> String {
    let issuers = site.policy().issuers();
    let named = given.get("iss").and_then(Value::as_str);
    let issuer = named.map_or(issuers.first(), |name| site.policy().issuer(name));
    let lifetime = issuer.and_then(Issuer::max_lifetime).unwrap_or(LIFETIME).min(LIFETIME);
    let mut claims = given.clone();
    let mut filled = Vec::new();
    let mut fill = |name: &str, value: Value| {
        if !claims.contains_key(name) {
            claims.insert(name.to_owned(), value);
            filled.push(name.to_owned());
        }
    };
    // Of whom nobody knows, it is said that nobody knows them, and not that a claim is missing.
    if let Some(issuer) = issuer.or(issuers.first()) {
        fill("iss", issuer.identifier().into());
        fill("aud", issuer.audiences().first().cloned().into());
    }
    fill("sub", "someone".into());
    fill("iat", at.0.into());
    fill("exp", at.plus(lifetime).0.into());
    claims.retain(|_, value| !value.is_null());
    notes.push("the signature is assumed to be good: the claims were not in a token".to_owned());
    if !filled.is_empty() {
        notes.push(format!("filled in: {}", filled.join(", ")));
    }
    let algorithm = issuer.and_then(|issuer| issuer.algorithms().first());
    let algorithm = algorithm.map_or("ES256", |algorithm| algorithm.name());
    let header = [("alg", algorithm), ("typ", "at+jwt")];
    let header = header.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    stand_in::sign(&header, &Value::Object(claims).to_string())
}
