//! A JWK Set from a key server: only public keys of the issuer's algorithms are used, and a
//! signature is good by the key that made it and by no other.

use std::sync::LazyLock;

use crate::ISSUER;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
use turnpike::keys::KeySet;
use turnpike::native;
use turnpike::token::Algorithm;

const MESSAGE: &[u8] = b"header.payload";

/// What the issuer signs with, and a signature of each.
static SIGNED: LazyLock<Vec<(Algorithm, Value, Vec<u8>)>> = LazyLock::new(|| {
    let with_key_pair = issuer::Algorithm::all().filter(|algorithm| algorithm.kid().is_some());
    let jwks = ISSUER.jwks();
    let keys = jwks["keys"].as_array().expect("keys");
    let signed = with_key_pair.map(|algorithm| {
        let key = keys.iter().find(|key| key["kid"].as_str() == algorithm.kid()).expect("a key");
        let ours = Algorithm::named(algorithm.name()).expect("we know it");
        (ours, key.clone(), ISSUER.signature(algorithm, MESSAGE))
    });
    signed.collect()
});

/// Once, with one input.
pub fn run(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    let algorithms: Vec<Algorithm> = SIGNED.iter().map(|(algorithm, ..)| *algorithm).collect();
    let Ok(set) = KeySet::parse(&value.to_string(), &algorithms) else { return };
    let members = value["keys"].as_array().expect("it is a key set");
    assert_eq!(set.keys().len() + set.refused().len(), members.len());
    let used = members
        .iter()
        .enumerate()
        .filter(|(index, _)| set.refused().iter().all(|refusal| refusal.index != *index));
    for (place, (key, (_, member))) in set.keys().iter().zip(used).enumerate() {
        assert!(!key.algorithm().is_symmetric());
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(member.get(private).is_none());
        }
        assert_eq!(key.id(), member["kid"].as_str());
        if let Some(alg) = member["alg"].as_str() {
            let named = Algorithm::named(alg).expect("we know it");
            assert_eq!(key.algorithm().scheme(), named.scheme());
        }
        // Verifying takes its time, so one key is tried, with signatures of its algorithm and of one
        // other.
        let other = members.len() % SIGNED.len();
        let is_tried =
            |at, scheme| place == 0 && (at == other || key.algorithm().scheme() == scheme);
        for (at, (algorithm, jwk, signature)) in SIGNED.iter().enumerate() {
            if !is_tried(at, algorithm.scheme()) {
                continue;
            }
            if native::is_made_by(key, MESSAGE, signature) {
                assert_eq!(key.algorithm().scheme(), algorithm.scheme());
                let of_its_type = ["n", "x", "y"].iter().filter(|name| jwk.get(name).is_some());
                for name in of_its_type {
                    assert_eq!(number(&member[name]), number(&jwk[name]));
                }
            } else {
                assert!(member != jwk, "the issuer's own key does not verify: {algorithm:?}");
            }
        }
        assert!(!native::is_made_by(key, MESSAGE, &[]));
    }
}

/// A number, however many zeros stand in front of it.
fn number(value: &Value) -> Vec<u8> {
    let bytes = Base64UrlUnpadded::decode_vec(value.as_str().expect("text")).expect("base64url");
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}
