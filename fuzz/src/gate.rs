//! The whole gate: any request. A protected route opens for a token that the issuer signed, and for
//! nothing else; every refusal is one that no cache may keep.

use crate::{POLICY, admit, apply, check_refusal, made_by_issuer, message};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
use turnpike::cache::CacheKey;
use turnpike::origin::{self, Purpose};
use turnpike::policy::{Access, Condition};
use turnpike::request::{CanonicalUrl, present};

/// Once, with one input.
pub fn run(bytes: &[u8]) {
    let Some((start, fields)) = message(bytes) else { return };
    let (method, target) = start.split_once(' ').unwrap_or(("GET", start));
    let url = match target.starts_with('/') {
        true => format!("https://docs.example.com{target}"),
        false => target.to_owned(),
    };
    let permit = match admit(&POLICY, method, &url, &fields) {
        Ok(permit) => permit,
        Err(denial) => return check_refusal(&denial, method, &url, &fields),
    };

    assert_eq!(CanonicalUrl::parse(&url).as_ref(), Ok(permit.url()));
    assert_eq!(CanonicalUrl::parse(permit.url().as_str()).as_ref(), Ok(permit.url()));
    assert_eq!(permit.method(), method);
    assert!(POLICY.serves(permit.url().host()));

    match permit.route().access() {
        Access::Public => assert!(permit.principal().is_none()),
        Access::Optional(_) if permit.principal().is_none() => {
            assert_eq!(present(POLICY.credentials(), &fields), Ok(None), "a token was passed over");
        }
        Access::Optional(requirement) | Access::Protected(requirement) => {
            let token = present(POLICY.credentials(), &fields).expect("one").expect("a token");
            assert!(made_by_issuer(token.as_str()), "nobody signed this");
            let payload = token.as_str().split('.').nth(1).expect("it has three parts");
            let payload = Base64UrlUnpadded::decode_vec(payload).expect("it is base64url");
            let claims: Value = serde_json::from_slice(&payload).expect("it is JSON");
            let principal = permit.principal().expect("somebody asks");
            assert_eq!(claims["sub"], principal.subject);
            assert_eq!(claims["iss"], principal.issuer);
            let granted = format!("{} {}", claims["scope"], claims["scp"]);
            let claims = (&claims, granted.as_str());
            assert!(holds(&requirement.condition, claims));
            let issuers = &requirement.issuers;
            assert!(issuers.is_empty() || issuers.contains(&principal.issuer));
        }
    }

    let left = apply(&origin::request(&POLICY, &permit, &fields, &Purpose::Relay), fields.clone());
    assert_eq!(present(POLICY.credentials(), &left), Ok(None), "a token goes on to the origin");
    let asked = origin::url(&POLICY, &permit);
    assert_eq!(asked.strip_prefix("https://origin.example"), Some(permit.url().path_and_query()));
    if let Some(key) = CacheKey::of(&permit) {
        let key = CanonicalUrl::parse(&key.to_url()).expect("a key is a URL");
        assert_eq!(key.host(), permit.url().host());
        let partition = key.segments().next().expect("a partition");
        let is_open = partition.ends_with("-public") || partition.ends_with("-optional");
        assert!(is_open || permit.principal().is_some());
        assert!(key.as_str().ends_with(permit.url().path_and_query()));
    }
}

/// Whether claims and the text of the scopes say what a route asks for; its tests of single claims
/// are not repeated here.
fn holds(condition: &Condition, says: (&Value, &str)) -> bool {
    match condition {
        Condition::Scope(scope) => says.1.contains(scope.as_str()),
        Condition::Issuer(issuers) => issuers.iter().any(|issuer| says.0["iss"] == **issuer),
        Condition::Claim(..) => true,
        Condition::All(parts) => parts.iter().all(|part| holds(part, says)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, says)),
    }
}
