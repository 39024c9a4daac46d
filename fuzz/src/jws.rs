//! A JWS in compact form: what parses has one spelling, and nobody but the issuer signs.

use crate::{ISSUER, POLICY, admit, bearer, check_refusal, made_by_issuer, signs_randomly};
use base64ct::{Base64UrlUnpadded, Encoding};
use http::HeaderValue;
use serde_json::Value;
use turnpike::keys::KeySet;
use turnpike::native;
use turnpike::token::Jws;

const URL: &str = "https://docs.example.com/elsewhere";

/// Once, with one input.
pub fn run(text: &str) {
    // Spaces around a token are no part of it, and do not reach the parser.
    let text = text.trim_matches(' ');
    let parsed = Jws::parse(text);
    if let Ok(jws) = &parsed {
        let parts: Vec<Vec<u8>> = text
            .split('.')
            .map(|part| Base64UrlUnpadded::decode_vec(part).expect("it is base64url"))
            .collect();
        let again: Vec<String> =
            parts.iter().map(|part| Base64UrlUnpadded::encode_string(part)).collect();
        assert_eq!(again.join("."), text, "it could be spelled otherwise");
        let [header, _, signature] = &parts[..] else { panic!("it has not three parts") };
        assert_eq!(jws.signature(), signature);
        assert_eq!(jws.message(), format!("{}.{}", again[0], again[1]).as_bytes());
        let header: Value = serde_json::from_slice(header).expect("the header is JSON");
        assert_eq!(header["alg"], jws.algorithm().name());
        assert_eq!(header["kid"].as_str(), jws.key_id());
        assert_eq!(header["typ"].as_str(), jws.token_type());
        assert!(header.get("crit").is_none() && header.get("b64").is_none());

        // Keys that are tried are keys of its algorithm; the signature counts, not the name.
        let keys =
            KeySet::parse(&ISSUER.jwks().to_string(), &[jws.algorithm()]).expect("a key set");
        for key in keys.candidates(jws) {
            assert_eq!(key.algorithm().scheme(), jws.algorithm().scheme());
            let is_random = signs_randomly(jws.algorithm().name());
            if native::is_made_by(key, jws.message(), jws.signature()) {
                assert!(is_random || made_by_issuer(text));
            }
        }
    }
    if HeaderValue::from_str(text).is_err() {
        return;
    }
    let headers = bearer(text);
    match admit(&POLICY, "GET", URL, &headers) {
        Ok(permit) => {
            assert!(parsed.is_ok() && made_by_issuer(text));
            assert!(permit.principal().is_some_and(|principal| !principal.subject.is_empty()));
        }
        Err(denial) => check_refusal(&denial, "GET", URL, &headers),
    }
}
