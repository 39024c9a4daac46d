//! Tokens by their parts, signed by one algorithm or another: exactly the good ones pass.

use crate::{ISSUER, NOW, POLICY, admit, bearer, check_refusal};
use arbitrary::Arbitrary;
use issuer::Algorithm;
use serde_json::{Map, Value, json};

/// A token by its parts.
#[derive(Arbitrary, Debug)]
pub struct Token<'a> {
    signed_with: Choice,
    alg: Option<Choice>,
    kid: Option<Choice>,
    typ: u8,
    iss: u8,
    aud: Vec<bool>,
    sub: Option<&'a str>,
    exp: Option<i16>,
    nbf: Option<i16>,
    iat: Option<i16>,
    scopes: Option<[bool; 2]>,
    path: u8,
    spoiled: Option<(u16, char)>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Choice {
    Hs256,
    Es256,
    EdDsa,
}

impl Choice {
    fn algorithm(self) -> Algorithm {
        match self {
            Self::Hs256 => Algorithm::Hs256,
            Self::Es256 => Algorithm::Es256,
            Self::EdDsa => Algorithm::EdDsa,
        }
    }
}

const TYPES: [Option<&str>; 4] = [Some("at+jwt"), Some("application/AT+JWT"), Some("JWT"), None];
const ISSUERS: [&str; 3] =
    ["https://issuer.example", "https://secret.example", "https://other.example"];
const AUDIENCE: &str = "https://docs.example.com";
const SCOPES: [&str; 2] = ["reports:read", "reports:write"];
/// With the scopes of `SCOPES` that each needs.
const PATHS: [(&str, [bool; 2]); 4] = [
    ("/elsewhere", [false, false]),
    ("/mine/x", [false, false]),
    ("/reports/x", [true, false]),
    ("/both/x", [true, true]),
];

/// One of a list, by any number.
fn one_of<T: Copy>(list: &[T], number: u8) -> T {
    list[usize::from(number) % list.len()]
}

impl Token<'_> {
    fn alg(&self) -> Algorithm {
        self.alg.unwrap_or(self.signed_with).algorithm()
    }

    fn text(&self) -> String {
        let mut header = Map::from_iter([("alg".to_owned(), json!(self.alg().name()))]);
        if let Some(kid) = self.kid {
            header.insert("kid".to_owned(), json!(kid.algorithm().kid().unwrap_or("hs256")));
        }
        if let Some(typ) = one_of(&TYPES, self.typ) {
            header.insert("typ".to_owned(), json!(typ));
        }
        let aud: Vec<&str> =
            self.aud.iter().map(|ours| if *ours { AUDIENCE } else { "https://x" }).collect();
        let mut claims = json!({ "iss": one_of(&ISSUERS, self.iss), "aud": aud });
        let dates = [("exp", self.exp), ("nbf", self.nbf), ("iat", self.iat)];
        for (name, offset) in dates {
            if let Some(offset) = offset {
                claims[name] = json!(NOW.0.saturating_add_signed(offset.into()));
            }
        }
        if let Some(sub) = self.sub {
            claims["sub"] = json!(sub);
        }
        if let Some(granted) = self.scopes {
            let given = SCOPES.iter().zip(granted).filter(|(_, is_given)| *is_given);
            let given: Vec<&str> = given.map(|(scope, _)| *scope).collect();
            claims["scope"] = json!(given.join(" "));
        }
        ISSUER.sign(self.signed_with.algorithm(), &Value::Object(header), &claims)
    }

    /// What the README promises, once more in other words.
    fn is_good(&self) -> bool {
        let (signed_with, alg) = (self.signed_with.algorithm(), self.alg());
        // The secret's issuer is the second; a secret has no `kid` of its own.
        let is_its_issuer = match alg {
            Algorithm::Hs256 => one_of(&ISSUERS, self.iss) == ISSUERS[1],
            _ => one_of(&ISSUERS, self.iss) == ISSUERS[0],
        };
        let is_its_key = match (alg, self.kid) {
            (Algorithm::Hs256, _) | (_, None) => true,
            (alg, Some(kid)) => alg == kid.algorithm(),
        };
        let granted = self.scopes.unwrap_or_default();
        let needed = one_of(&PATHS, self.path).1;
        signed_with == alg
            && is_its_issuer
            && is_its_key
            && one_of(&TYPES, self.typ).is_some_and(|typ| typ.len() > 3)
            && self.aud.contains(&true)
            && self.aud.len() <= 128
            && self.sub.is_some_and(|sub| !sub.is_empty())
            && self.exp.is_some_and(|exp| exp > -30)
            && self.nbf.is_none_or(|nbf| nbf <= 30)
            && self.iat.is_none_or(|iat| iat <= 30)
            && (0..2).all(|scope| granted[scope] || !needed[scope])
    }
}

/// Once, with one input.
pub fn run(wanted: Token) {
    let mut token = wanted.text();
    let mut is_good = wanted.is_good() && token.len() <= 8 * 1024;
    if let Some((at, replacement)) = wanted.spoiled
        && (replacement.is_ascii_alphanumeric() || "-_.".contains(replacement))
    {
        let at = usize::from(at) % token.len();
        is_good &= token[at..].starts_with(replacement);
        token.replace_range(at..=at, &replacement.to_string());
    }
    let headers = bearer(&token);
    let path = one_of(&PATHS, wanted.path).0;
    let url = format!("https://docs.example.com{path}");
    match admit(&POLICY, "GET", &url, &headers) {
        Ok(permit) => {
            assert!(is_good, "it should not pass");
            let principal = permit.principal().expect("it is a protected route");
            assert_eq!(Some(principal.subject.as_str()), wanted.sub);
            assert_eq!(principal.issuer, one_of(&ISSUERS, wanted.iss));
        }
        Err(denial) => {
            assert!(!is_good, "it should pass: {denial:?}");
            check_refusal(&denial, "GET", &url, &headers);
        }
    }
}
