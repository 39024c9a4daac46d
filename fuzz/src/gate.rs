//! The whole gate: any request. A protected route opens for a token that the issuer signed, and for
//! nothing else; every refusal is one that no cache may keep.

use crate::{POLICY, admit, apply, check_refusal, made_by_issuer, message};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
use turnpike::cache::CacheKey;
use turnpike::origin::{self, Purpose};
use turnpike::policy::Access;
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
    assert_eq!((permit.method(), permit.url().host()), (method, "docs.example.com"));

    match permit.route().access() {
        Access::Public => assert!(permit.principal().is_none()),
        Access::Protected(requirement) => {
            let token = present(POLICY.credentials(), &fields).expect("one").expect("a token");
            assert!(made_by_issuer(token.as_str()), "nobody signed this");
            let payload = token.as_str().split('.').nth(1).expect("it has three parts");
            let payload = Base64UrlUnpadded::decode_vec(payload).expect("it is base64url");
            let claims: Value = serde_json::from_slice(&payload).expect("it is JSON");
            let principal = permit.principal().expect("somebody asks");
            assert_eq!(claims["sub"], principal.subject);
            assert_eq!(claims["iss"], principal.issuer);
            let granted = format!("{} {}", claims["scope"], claims["scp"]);
            assert!(requirement.scopes.iter().all(|scope| granted.contains(scope.as_str())));
        }
    }

    let left = apply(&origin::request(&POLICY, &permit, &fields, &Purpose::Relay), fields.clone());
    assert_eq!(present(POLICY.credentials(), &left), Ok(None), "a token goes on to the origin");
    let asked = origin::url(&POLICY, &permit);
    assert_eq!(asked.strip_prefix("https://origin.example"), Some(permit.url().path_and_query()));
    if let Some(key) = CacheKey::of(&permit) {
        let key = CanonicalUrl::parse(&key.to_url()).expect("a key is a URL");
        assert_eq!(key.host(), "docs.example.com");
        let partition = key.segments().next().expect("a partition");
        assert_eq!(partition.ends_with("-public"), permit.principal().is_none());
        assert!(key.as_str().ends_with(permit.url().path_and_query()));
    }
}
