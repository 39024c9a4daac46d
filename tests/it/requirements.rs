//! What routes ask of tokens, beside an evaluation that reads the configuration as it is written.

use http::HeaderMap;
use issuer::Algorithm;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use turnpike::gate::Denial;

use crate::site::{ISSUER, NOW, Site, header_map};
use crate::support::token::with_keys;

const SCOPES: [&str; 5] = ["s", "t", "u", "p", "q"];

fn bearer(claims: &Value) -> HeaderMap {
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "es256" });
    let token = ISSUER.sign(Algorithm::Es256, &header, claims);
    header_map(&[("authorization".to_owned(), format!("Bearer {token}"))])
}

/// A policy with one route, for `/r`.
fn site(mut route: Value) -> Site {
    let issuer = |identifier: &str| {
        let audience = "https://docs.example.com";
        json!({ "issuer": identifier, "audiences": [audience], "algorithms": ["ES256"] })
    };
    route["path"] = json!("/r");
    Site::of(&with_keys(
        json!({
            "issuers": [issuer("https://issuer.example"), issuer("https://other.example")],
            "routes": [route],
        }),
        &ISSUER,
    ))
}

/// Whether a token meets a table of the configuration.
fn holds(table: &Value, claims: &Value, scopes: &[&str]) -> bool {
    let list = |name: &str| table[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let given = |name: &str| table.get(name).is_some();
    let has = |scope: &Value| scopes.contains(&scope.as_str().expect("a scope"));
    let test = |(name, wanted): (&String, &Value)| {
        let value = if name.starts_with('/') { claims.pointer(name) } else { claims.get(name) };
        let Some(value) = value else { return false };
        let wanted_of = |name: &str| wanted.get(name).cloned();
        let many = |one: Value| if one.is_array() { one } else { json!([one]) };
        match (wanted_of("one_of"), wanted_of("contains")) {
            (Some(values), _) => values.as_array().expect("a list").contains(value),
            (_, Some(values)) => {
                let items = value.as_array();
                let values = many(values);
                let mut values = values.as_array().expect("a list").iter();
                items.is_some_and(|items| values.all(|value| items.contains(value)))
            }
            _ => value == wanted,
        }
    };
    list("scopes").iter().all(has)
        && (!given("any_scope") || list("any_scope").iter().any(has))
        && table["claims"].as_object().is_none_or(|members| members.iter().all(test))
        && (!given("issuers") || list("issuers").contains(&claims["iss"]))
        && (!given("any") || list("any").iter().any(|table| holds(table, claims, scopes)))
        && list("all").iter().all(|table| holds(table, claims, scopes))
        && (!given("require") || holds(&table["require"], claims, scopes))
}

/// A list of strings that is not empty.
fn some_of(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    subsequence(words, 1..=words.len()).prop_map(|words| json!(words))
}

fn scalar() -> impl Strategy<Value = Value> {
    select(vec![json!(1), json!(2), json!("1"), json!("v"), json!(true), json!(false)])
}

fn wanted() -> impl Strategy<Value = Value> {
    // A list of one is the same as its item, and a list of tables has none twice.
    let scalars = || subsequence(vec![json!(1), json!("1"), json!("v"), json!(true)], 2..=3);
    prop_oneof![
        scalar(),
        scalars().prop_map(|values| json!({ "one_of": values })),
        scalars().prop_map(|values| json!({ "contains": values })),
        scalar().prop_map(|value| json!({ "contains": value })),
    ]
}

fn tests() -> impl Strategy<Value = Value> {
    let name = select(vec!["a", "/a", "/a/0", "/o/k", "/o/x~1y", "x/y", "o"]);
    proptest::collection::btree_map(name, wanted(), 1..3).prop_map(|tests| json!(tests))
}

/// One of the members that a table of a requirement can have.
fn member() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        some_of(&SCOPES[..3]).prop_map(|value| ("scopes", value)),
        some_of(&SCOPES[3..]).prop_map(|value| ("any_scope", value)),
        tests().prop_map(|value| ("claims", value)),
        some_of(&["https://issuer.example", "https://other.example"])
            .prop_map(|value| ("issuers", value)),
    ]
}

fn table() -> impl Strategy<Value = Value> {
    let flat = proptest::collection::vec(member(), 1..3)
        .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)))
        .prop_map(|members| Value::Object(members.collect::<Map<_, _>>()));
    flat.prop_recursive(3, 12, 3, |inner| {
        // A list has no item twice.
        let list = proptest::collection::hash_set(inner.prop_map(|table| table.to_string()), 1..4);
        let list = list.prop_map(|texts| {
            let parse = |text: String| serde_json::from_str::<Value>(&text).expect("it is JSON");
            texts.into_iter().map(parse).collect::<Vec<_>>()
        });
        (select(vec!["any", "all"]), list, proptest::option::of(member())).prop_map(
            |(name, list, member)| {
                let mut table = json!({ name: list });
                if let Some((name, value)) = member {
                    table[name] = value;
                }
                table
            },
        )
    })
}

fn route() -> impl Strategy<Value = Value> {
    (table(), proptest::collection::vec(member(), 0..3)).prop_map(|(require, members)| {
        let mut route = json!({ "require": require });
        for (name, value) in members.into_iter().filter(|(name, _)| *name != "issuers") {
            route[name] = value;
        }
        route
    })
}

fn claim() -> impl Strategy<Value = Value> {
    let list = proptest::collection::vec(scalar(), 0..4).prop_map(Value::from);
    prop_oneof![scalar(), list, select(vec![json!(1.0), json!(null), json!({})])]
}

fn claims() -> impl Strategy<Value = Value> {
    let issuer = select(vec!["https://issuer.example", "https://other.example"]);
    let [a, k, xy, flat] = [(); 4].map(|()| proptest::option::of(claim()));
    (issuer, a, k, xy, flat).prop_map(|(issuer, a, k, xy, flat)| {
        let mut claims = json!({
            "iss": issuer, "aud": "https://docs.example.com", "sub": "alice", "exp": NOW.0 + 60, "o": {},
        });
        for (value, name) in [(a, "a"), (flat, "x/y")] {
            if let Some(value) = value {
                claims[name] = value;
            }
        }
        for (value, name) in [(k, "k"), (xy, "x/y")] {
            if let Some(value) = value {
                claims["o"][name] = value;
            }
        }
        claims
    })
}

proptest! {
    #[test]
    fn the_gate_says_what_the_configuration_says(
        route in route(),
        claims in claims(),
        scopes in subsequence(&SCOPES[..], 0..=5),
    ) {
        let mut claims = claims;
        claims["scope"] = json!(scopes.join(" "));
        let site = site(route.clone());
        let verdict = site.admit("GET", "https://docs.example.com/r", &bearer(&claims));
        if holds(&route, &claims, &scopes) {
            prop_assert!(verdict.is_ok(), "{:?}", verdict);
            return Ok(());
        }
        // What the challenge names would do, without what the token has; and where it names nothing, no scope would.
        match verdict.map(|_| ()) {
            Err(denial @ Denial::ScopeInsufficient { .. }) => {
                let reason = denial.reason();
                let Denial::ScopeInsufficient { required } = denial else { panic!("it is that") };
                let more: Vec<&str> = required.split(' ').filter(|word| !word.is_empty()).collect();
                let helps = holds(&route, &claims, &more);
                prop_assert_eq!(helps, !required.is_empty(), "{:?}", required);
                prop_assert_eq!(holds(&route, &claims, &SCOPES), helps);
                prop_assert_eq!(reason, Some(if helps { "scope" } else { "claim" }));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}

#[test]
fn a_challenge_names_the_scopes_of_one_way_that_is_open() {
    let required = |route: Value, scope: &str| {
        let claims = json!({
            "iss": "https://issuer.example", "aud": "https://docs.example.com", "sub": "a",
            "exp": NOW.0 + 60, "scope": scope, "a": 1,
        });
        let site = site(route);
        match site.admit("GET", "https://docs.example.com/r", &bearer(&claims)).map(|_| ()) {
            Err(Denial::ScopeInsufficient { required }) => required,
            other => panic!("{other:?}"),
        }
    };
    let ways = json!({ "any": [
        { "scopes": ["s", "t"], "claims": { "a": 2 } },
        { "scopes": ["t", "u"], "claims": { "a": 1 } },
        { "scopes": ["u"] },
    ] });
    assert_eq!(required(json!({ "require": ways.clone() }), "s"), "t u");
    assert_eq!(required(json!({ "require": ways.clone(), "scopes": ["p", "u"] }), ""), "p u t");
    // The way that is open already stays the same.
    assert_eq!(required(json!({ "require": ways, "scopes": ["p"] }), "u"), "p u");
}

/// Bounds of numbers, which the random cases do not reach.
#[test]
fn a_number_that_was_rounded_is_equal_to_none() {
    let admits = |wanted: Value, written: &str| {
        let text = format!(
            r#"{{"iss":"https://issuer.example","aud":"https://docs.example.com","sub":"a","exp":{},"n":{written}}}"#,
            NOW.0 + 60
        );
        // As text, so that nothing rounds it before the gate does.
        let header = r#"{"alg":"ES256","typ":"at+jwt","kid":"es256"}"#;
        let token = crate::support::token::signed(header, &text, &ISSUER);
        let headers = header_map(&[("authorization".to_owned(), format!("Bearer {token}"))]);
        let site = site(json!({ "claims": { "n": wanted } }));
        site.admit("GET", "https://docs.example.com/r", &headers).is_ok()
    };
    assert!(admits(json!(9_007_199_254_740_991_u64), "9007199254740991"));
    assert!(admits(json!(-9_007_199_254_740_991_i64), "-9007199254740991"));
    assert!(admits(json!(0), "0"));
    for (wanted, written) in [
        (9_007_199_254_740_991_u64, "9007199254740992"),
        (9_007_199_254_740_991, "9007199254740991.0"),
        (1, "1.0"),
        (10, "1e1"),
        (0, "-0"),
    ] {
        assert!(!admits(json!(wanted), written), "{written}");
    }
}
