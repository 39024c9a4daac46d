//! What is changed about a good token, by name: `header/kid-number`.

use std::iter;

use issuer::Algorithm;

use crate::base::{Base, LEEWAY, MAX_AGE, NOW, OTHER};
use crate::draft::{Draft, Part, Signer};

/// One change. It says no to a base it makes no sense for.
pub struct Mutation {
    pub name: String,
    pub apply: Box<dyn Fn(&mut Draft) -> bool>,
}

/// A change of any kind.
pub fn mutation(name: impl Into<String>, apply: impl Fn(&mut Draft) + 'static) -> Mutation {
    let apply = move |draft: &mut Draft| {
        apply(draft);
        true
    };
    Mutation { name: name.into(), apply: Box::new(apply) }
}

impl Mutation {
    /// Whether it is of interest with every algorithm.
    pub fn is_about_keys(&self) -> bool {
        ["none", "key/", "parts/", "signature/", "spelling/signature", "random/token"]
            .iter()
            .any(|start| self.name.starts_with(start))
    }

    /// The same for some bases alone.
    pub fn only(self, suits: impl Fn(Base) -> bool + 'static) -> Self {
        let Self { name, apply } = self;
        Self { name, apply: Box::new(move |draft| suits(draft.base) && apply(draft)) }
    }
}

impl Part {
    fn named(self, what: &str, change: impl Fn(&mut Draft) + 'static) -> Mutation {
        mutation(format!("{}/{what}", self.name()), change)
    }

    /// A member with this value, as text; `-` for none.
    fn set(self, what: &str, member: &str, value: &str) -> Mutation {
        let (member, value) = (member.to_owned(), value.to_owned());
        self.named(what, move |draft| draft.part(self).set(&member, &value))
    }

    /// A member in front of all others, or behind them: the first or the last of its name.
    fn first(self, what: &str, member: &'static str, value: &'static str) -> Mutation {
        self.named(what, move |draft| draft.part(self).first(member, value))
    }

    fn last(self, what: &str, member: &'static str, value: &'static str) -> Mutation {
        self.named(what, move |draft| draft.part(self).last(member, value))
    }

    /// The name spelled otherwise.
    fn rename(self, what: &str, member: &'static str, to: &'static str) -> Mutation {
        self.named(what, move |draft| draft.part(self).rename(member, to))
    }
}

/// Nothing but members changed: name, member, value.
const HEADER: [(&str, &str, &str); 83] = [
    ("alg-none", "alg", r#""none""#),
    ("alg-none-capital", "alg", r#""None""#),
    ("alg-none-capitals", "alg", r#""NONE""#),
    ("alg-none-mixed", "alg", r#""nOnE""#),
    ("alg-none-space", "alg", r#""none ""#),
    ("alg-empty", "alg", r#""""#),
    ("alg-missing", "alg", "-"),
    ("alg-null", "alg", "null"),
    ("alg-number", "alg", "256"),
    ("alg-true", "alg", "true"),
    ("alg-list", "alg", r#"["ES256"]"#),
    ("alg-object", "alg", r#"{"name":"ES256"}"#),
    ("alg-unknown", "alg", r#""ES256K""#),
    ("alg-constructor", "alg", r#""constructor""#),
    ("alg-encryption", "alg", r#""dir""#),
    ("kid-missing", "kid", "-"),
    ("kid-unknown", "kid", r#""nobody""#),
    ("kid-other", "kid", r#""rs512""#),
    ("kid-empty", "kid", r#""""#),
    ("kid-null", "kid", "null"),
    ("kid-number", "kid", "7"),
    ("kid-false", "kid", "false"),
    ("kid-list", "kid", r#"["es256"]"#),
    ("kid-object", "kid", "{}"),
    ("kid-path", "kid", r#""../../../../dev/null""#),
    ("kid-query", "kid", r#""' UNION SELECT 'secret' --""#),
    ("kid-proto", "kid", r#""__proto__""#),
    ("typ-missing", "typ", "-"),
    ("typ-null", "typ", "null"),
    ("typ-number", "typ", "1"),
    ("typ-list", "typ", r#"["at+jwt"]"#),
    ("typ-empty", "typ", r#""""#),
    ("typ-jwt", "typ", r#""JWT""#),
    ("typ-id-token", "typ", r#""id_token+jwt""#),
    ("typ-logout", "typ", r#""logout+jwt""#),
    ("typ-dpop", "typ", r#""dpop+jwt""#),
    ("typ-capitals", "typ", r#""AT+JWT""#),
    ("typ-media-type", "typ", r#""application/at+jwt""#),
    ("typ-media-type-capitals", "typ", r#""APPLICATION/AT+JWT""#),
    ("typ-media-type-twice", "typ", r#""application/application/at+jwt""#),
    ("typ-other-media-type", "typ", r#""text/at+jwt""#),
    ("typ-parameter", "typ", r#""at+jwt;v=1""#),
    ("typ-space-behind", "typ", r#""at+jwt ""#),
    ("typ-space-before", "typ", r#"" at+jwt""#),
    // A letter that only looks like an `a`.
    ("typ-full-width", "typ", "\"\u{ff41}t+jwt\""),
    ("crit-empty", "crit", "[]"),
    ("crit-null", "crit", "null"),
    ("crit-false", "crit", "false"),
    ("crit-text", "crit", r#""exp""#),
    ("crit-object", "crit", "{}"),
    ("crit-unknown", "crit", r#"["x"]"#),
    ("crit-exp", "crit", r#"["exp"]"#),
    ("crit-alg", "crit", r#"["alg"]"#),
    ("crit-number", "crit", "[1]"),
    ("b64-true", "b64", "true"),
    ("b64-false", "b64", "false"),
    ("b64-null", "b64", "null"),
    ("cty-jwt", "cty", r#""JWT""#),
    ("cty-jwt-small", "cty", r#""jwt""#),
    ("cty-json", "cty", r#""json""#),
    ("cty-json-media-type", "cty", r#""application/json""#),
    ("cty-empty", "cty", r#""""#),
    ("cty-null", "cty", "null"),
    ("cty-number", "cty", "1"),
    ("jku", "jku", r#""https://evil.example/jwks.json""#),
    ("jku-number", "jku", "1"),
    ("jku-null", "jku", "null"),
    ("jwk-null", "jwk", "null"),
    ("jwk-text", "jwk", r#""key""#),
    ("x5u", "x5u", r#""https://evil.example/chain.pem""#),
    ("x5u-list", "x5u", "[]"),
    ("x5c", "x5c", r#"["MIIB"]"#),
    ("x5t", "x5t", r#""AAAAAAAAAAAAAAAAAAAAAAAAAAA""#),
    ("x5t-short", "x5t", r#""AAAA""#),
    ("x5t-number", "x5t", "1"),
    ("x5t256-short", "x5t#S256", r#""AAAA""#),
    ("enc", "enc", r#""A128GCM""#),
    ("zip", "zip", r#""DEF""#),
    ("x-half-pair", "x", r#""\ud800""#),
    ("x-huge", "x", "1e400"),
    ("iss-replicated", "iss", r#""https://evil.example""#),
    ("proto", "__proto__", r#"{"kid":"nobody","crit":["x"]}"#),
    ("hasOwnProperty", "hasOwnProperty", "1"),
];

const CLAIMS: [(&str, &str, &str); 63] = [
    ("iss-missing", "iss", "-"),
    ("iss-null", "iss", "null"),
    ("iss-number", "iss", "1"),
    ("iss-empty", "iss", r#""""#),
    ("iss-list", "iss", r#"["https://issuer.example"]"#),
    ("iss-slash", "iss", r#""https://issuer.example/""#),
    ("iss-capital", "iss", r#""https://Issuer.example""#),
    ("iss-userinfo", "iss", r#""https://issuer.example@evil.example""#),
    ("iss-user", "iss", r#""https://user@issuer.example""#),
    ("iss-suffix", "iss", r#""https://issuer.example.evil.example""#),
    ("iss-port", "iss", r#""https://issuer.example:443""#),
    ("iss-http", "iss", r#""http://issuer.example""#),
    ("iss-space", "iss", r#""https://issuer.example ""#),
    ("iss-nul", "iss", r#""https://issuer.example\u0000""#),
    ("sub-missing", "sub", "-"),
    ("sub-null", "sub", "null"),
    ("sub-empty", "sub", r#""""#),
    ("sub-number", "sub", "7"),
    ("sub-list", "sub", r#"["alice"]"#),
    ("sub-object", "sub", "{}"),
    ("sub-newline", "sub", r#""alice\r\nX-Admin: 1""#),
    ("sub-unicode", "sub", r#""Zo\u00eb \ud83d\ude00""#),
    ("aud-missing", "aud", "-"),
    ("aud-null", "aud", "null"),
    ("aud-number", "aud", "1"),
    ("aud-object", "aud", r#"{"https://docs.example.com":1}"#),
    ("aud-empty", "aud", r#""""#),
    ("aud-prefix", "aud", r#""https://docs.example""#),
    ("aud-suffix", "aud", r#""https://docs.example.com.evil.example""#),
    ("aud-slash", "aud", r#""https://docs.example.com/""#),
    ("aud-capital", "aud", r#""https://Docs.example.com""#),
    ("aud-joined", "aud", r#""https://docs.example.com,https://other.example""#),
    ("aud-list", "aud", r#"["https://docs.example.com"]"#),
    ("aud-list-second", "aud", r#"["https://other.example","https://docs.example.com"]"#),
    ("aud-list-twice", "aud", r#"["https://docs.example.com","https://docs.example.com"]"#),
    ("aud-list-others", "aud", r#"["https://other.example","https://docs.example.com/"]"#),
    ("aud-list-empty", "aud", "[]"),
    ("aud-list-number", "aud", r#"["https://docs.example.com",1]"#),
    ("aud-list-null", "aud", r#"[null,"https://docs.example.com"]"#),
    ("aud-list-nested", "aud", r#"[["https://docs.example.com"]]"#),
    ("aud-list-both", "aud", r#"["https://docs.example.com",["https://docs.example.com"]]"#),
    ("jti-number", "jti", "1"),
    ("scope", "scope", r#""a b""#),
    ("scope-empty", "scope", r#""""#),
    ("scope-null", "scope", "null"),
    ("scope-number", "scope", "1"),
    ("scope-list", "scope", r#"["a"]"#),
    ("cnf-dpop", "cnf", r#"{"jkt":"wvGE2xM6G0CWu3lJmVD0hVN8yiZvMrqh9ws0qE1vQfA"}"#),
    ("cnf-mtls", "cnf", r#"{"x5t#S256":"p9WmC1n4tKxT5y0cZ8qQ0oQmX3nqf0b4vUe2bqUoGvM"}"#),
    ("cnf-empty", "cnf", "{}"),
    ("cnf-null", "cnf", "null"),
    ("typ", "typ", r#""Refresh""#),
    ("alg", "alg", r#""none""#),
    ("x-huge", "x", "1e400"),
    ("x-long", "x", "123456789012345678901234567890123456789012345678901234567890"),
    ("x-minus-zero", "x", "-0"),
    ("x-exponent", "x", "1E+2"),
    ("x-half-pair", "x", r#""\ud800""#),
    ("x-half-pair-low", "x", r#""\udc00""#),
    ("x-pair-turned", "x", r#""\ude00\ud83d""#),
    ("x-nul", "x", r#""\u0000""#),
    ("proto", "__proto__", r#"{"iss":"https://evil.example"}"#),
    ("toString", "toString", r#""x""#),
];

/// For `exp`, `nbf` and `iat` alike.
const DATES: [(&str, &str); 27] = [
    ("missing", "-"),
    ("null", "null"),
    ("true", "true"),
    ("text", r#""soon""#),
    ("text-number", r#""1800000000""#),
    ("text-empty", r#""""#),
    ("list", "[1800000000]"),
    ("list-empty", "[]"),
    ("object", "{}"),
    ("zero", "0"),
    ("minus-zero", "-0"),
    ("minus-zero-point", "-0.0"),
    ("minus-half", "-0.5"),
    ("minus-one", "-1"),
    ("minus-huge", "-1e300"),
    ("exponent", "1.8e9"),
    ("exponent-capital", "18E+8"),
    ("point-zero", "1800000000.0"),
    ("2-31", "2147483648"),
    ("milliseconds", "1800000000000"),
    ("year-10000", "253402300800"),
    ("year-300000", "9404640000000"),
    ("2-53", "9007199254740993"),
    ("2-63", "9223372036854775808"),
    ("2-64", "18446744073709551616"),
    ("1e300", "1e300"),
    ("infinite", "1e400"),
];

pub fn of_members() -> Vec<Mutation> {
    let header = HEADER.iter().map(|(what, name, value)| Part::Header.set(what, name, value));
    let claims = CLAIMS.iter().map(|(what, name, value)| Part::Claims.set(what, name, value));
    header.chain(claims).chain(extensions()).chain(dates()).chain(names()).chain(sizes()).collect()
}

/// Extensions that are there and listed as critical.
fn extensions() -> impl Iterator<Item = Mutation> {
    [("x", "1"), ("b64", "true"), ("b64", "false"), ("exp", "1800000600")].into_iter().map(
        |(name, value)| {
            Part::Header.named(&format!("extension-{name}-{value}"), move |draft| {
                draft.header.set(name, value);
                draft.header.set("crit", &format!("[\"{name}\"]"));
            })
        },
    )
}

fn dates() -> impl Iterator<Item = Mutation> {
    const NAMES: [&str; 3] = ["exp", "nbf", "iat"];
    let shapes = NAMES.iter().flat_map(|name| {
        DATES
            .iter()
            .map(move |(what, value)| Part::Claims.set(&format!("{name}-{what}"), name, value))
    });
    // Around each second at which something begins or ends.
    let [leeway, max_age] = [LEEWAY, MAX_AGE].map(u64::cast_signed);
    let edges = [
        ("exp", -leeway),
        ("exp", 0),
        ("nbf", leeway),
        ("iat", leeway),
        ("iat", -max_age - leeway),
        ("iat", -max_age),
    ];
    let around = edges.into_iter().flat_map(|(name, edge)| {
        let date = NOW.checked_add_signed(edge).expect("a date");
        [
            ("-1", (date - 1).to_string()),
            ("-0.5", format!("{}.5", date - 1)),
            ("", date.to_string()),
            ("+0.5", format!("{date}.5")),
            ("+1", (date + 1).to_string()),
        ]
        .map(|(off, date)| Part::Claims.set(&format!("{name}-edge{edge}{off}"), name, &date))
    });
    shapes.chain(around)
}

/// Names given twice, or spelled with escapes, or in another case.
fn names() -> impl Iterator<Item = Mutation> {
    use Part::{Claims, Header};
    [
        Header.first("twice-alg-first", "alg", r#""none""#),
        Header.last("twice-alg-last", "alg", r#""none""#),
        Header.last("twice-alg-escaped", r"\u0061lg", r#""none""#),
        Header.first("twice-kid-first", "kid", r#""nobody""#),
        Header
            .last("twice-kid-last", "kid", r#""nobody""#)
            .only(|base| base.signing.kid().is_some()),
        Header.first("twice-typ-first", "typ", r#""JWT""#),
        Header.first("twice-x", "x", r#"{"a":1,"a":1}"#),
        Header.rename("name-alg-escaped", "alg", r"\u0061\u006c\u0067"),
        Header.rename("name-typ-escaped", "typ", r"t\u0079p"),
        Header.rename("name-alg-capitals", "alg", "ALG"),
        Header.rename("name-typ-capitals", "typ", "Typ"),
        Header.rename("name-alg-nul", "alg", r"alg\u0000"),
        Claims.first("twice-iss-first", "iss", r#""https://evil.example""#),
        Claims.first("twice-sub-first", "sub", r#""mallory""#),
        Claims.last("twice-sub-last", "sub", r#""mallory""#),
        Claims.last("twice-sub-escaped", r"\u0073ub", r#""mallory""#),
        Claims.first("twice-aud-first", "aud", r#""https://other.example""#),
        Claims.first("twice-exp-first", "exp", "1"),
        Claims.last("twice-x", "x", r#"[{"a":1,"b":{"c":1,"c":2}}]"#),
        Claims.rename("name-sub-escaped", "sub", r"\u0073\u0075\u0062"),
        Claims.rename("name-exp-escaped", "exp", r"ex\u0070"),
        Claims.rename("name-sub-capitals", "sub", "SUB"),
        Claims.rename("name-exp-space", "exp", "exp "),
    ]
    .into_iter()
}

/// How deep, how many, how long.
fn sizes() -> impl Iterator<Item = Mutation> {
    [Part::Header, Part::Claims].into_iter().flat_map(|part| {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let list = |count: usize| format!("[0{}]", ",0".repeat(count - 1));
        let members = |count: usize| {
            part.named(&format!("members-{count}"), move |draft| {
                for n in 0..count {
                    draft.part(part).last(&format!("m{n}"), "0");
                }
            })
        };
        // The object itself is one level.
        [15, 16, 150]
            .map(|depth| part.set(&format!("depth-{depth}"), "x", &nested(depth)))
            .into_iter()
            .chain([128, 129].map(|count| part.set(&format!("list-{count}"), "x", &list(count))))
            .chain([100, 129].map(members))
            .chain(iter::once(part.set("long", "x", &format!("\"{}\"", "x".repeat(2000)))))
            .chain(iter::once(part.set("too-long", "x", &format!("\"{}\"", "x".repeat(7000)))))
            .collect::<Vec<_>>()
    })
}

/// Every other algorithm and key in the header, and who else may sign.
pub fn of_keys() -> Vec<Mutation> {
    let header = |draft: &mut Draft, alg: &str| draft.header.set("alg", &format!("\"{alg}\""));
    let mut mutations = Vec::new();
    for other in Algorithm::all().map(Algorithm::name).chain(["Ed25519"]) {
        let differs = move |base: Base| base.alg != other;
        let key: Option<&str> = other.parse().map_or(Some("ed25519"), Algorithm::kid);
        mutations.extend([
            mutation(format!("key/alg-{other}"), move |draft| header(draft, other)).only(differs),
            // With the name of the other key, but signed as ever.
            mutation(format!("key/alg-and-kid-{other}"), move |draft| {
                header(draft, other);
                let kid = key.map_or("-".to_owned(), |kid| format!("\"{kid}\""));
                draft.header.set("kid", &kid);
            })
            .only(differs),
        ]);
        // Signed by another algorithm with the same header.
        if let Ok(signing) = other.parse::<Algorithm>() {
            let sign = move |draft: &mut Draft| draft.signer = Signer::Own(signing);
            mutations.push(mutation(format!("key/signed-{other}"), sign).only(differs));
        }
    }
    mutations.extend(embedded());
    for (mac, form) in [("HS256", "pem"), ("HS384", "der"), ("HS512", "jwk"), ("HS256", "jwk")] {
        let algorithm: Algorithm = mac.parse().expect("an algorithm");
        for key in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
            let name = format!("key/mac-{mac}-{form}-{}", key.name());
            let signer = Signer::Mac(algorithm, form, key);
            mutations.extend([
                mutation(format!("{name}-said"), move |draft| {
                    header(draft, mac);
                    draft.signer = signer;
                }),
                mutation(name, move |draft| draft.signer = signer),
            ]);
        }
    }
    mutations
}

/// Keys in the header, with a good signature and with one by whom they belong to.
fn embedded() -> Vec<Mutation> {
    let jwk = |base: Base| {
        let set = OTHER.jwks();
        let mut keys = set["keys"].as_array().expect("keys").iter();
        keys.find(|key| key["alg"] == base.signing.name()).map(ToString::to_string)
    };
    let foreign = |draft: &mut Draft| draft.signer = Signer::Foreign;
    vec![
        mutation("key/foreign", foreign),
        mutation("key/foreign-no-kid", move |draft| {
            draft.header.set("kid", "-");
            foreign(draft);
        }),
        mutation("key/jwk", move |draft| draft.header.set("jwk", &jwk(draft.base).expect("a key")))
            .only(|base| base.signing.kid().is_some()),
        mutation("key/jwk-foreign", move |draft| {
            draft.header.set("jwk", &jwk(draft.base).expect("a key"));
            foreign(draft);
        })
        .only(|base| base.signing.kid().is_some()),
        mutation("key/jwk-foreign-no-kid", move |draft| {
            draft.header.set("kid", "-");
            draft.header.set("jwk", &jwk(draft.base).expect("a key"));
            foreign(draft);
        })
        .only(|base| base.signing.kid().is_some()),
        mutation("key/jku-foreign", move |draft| {
            draft.header.set("jku", r#""https://evil.example/jwks.json""#);
            foreign(draft);
        }),
        mutation("key/x5c-foreign", move |draft| {
            draft.header.set("x5c", r#"["MIIB"]"#);
            foreign(draft);
        }),
        // A good key of one issuer, the name of another.
        mutation("key/iss-secret", |draft| draft.claims.set("iss", r#""https://secret.example""#)),
        mutation("key/iss-aged", |draft| draft.claims.set("iss", r#""https://aged.example""#)),
        mutation("key/iss-public", |draft| draft.claims.set("iss", r#""https://issuer.example""#)),
    ]
}
