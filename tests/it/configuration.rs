//! Configurations and what is wrong with them: every problem in one go, each with its place.

use serde_json::{Value, json};
use turnpike::policy::{Origin, Policy, TokenType};
use turnpike::request::CanonicalUrl;
use turnpike::token::ScopeClaim;

use crate::site::{ISSUER, TestEnvironment};

/// The smallest valid configuration.
fn minimal() -> Value {
    json!({ "issuers": [{
        "issuer": "https://issuer.example",
        "audiences": ["https://docs.example.com"],
        "algorithms": ["ES256"],
        "jwks_uri": "https://issuer.example/jwks.json",
    }] })
}

#[track_caller]
fn problems(configuration: &Value, expected: &[&str]) {
    let found = Policy::parse(&configuration.to_string(), &TestEnvironment)
        .map(|_| ())
        .expect_err("it is invalid");
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "\n{}", found.join("\n"));
}

/// The problems of the minimal configuration with one more member.
#[track_caller]
fn member(name: &str, value: Value, expected: &[&str]) {
    let mut configuration = minimal();
    configuration[name] = value;
    problems(&configuration, expected);
}

/// The problems of the minimal configuration with another first issuer.
#[track_caller]
fn issuer(change: impl Fn(&mut Value), expected: &[&str]) {
    let mut configuration = minimal();
    change(&mut configuration["issuers"][0]);
    problems(&configuration, expected);
}

#[track_caller]
fn routes(routes: Value, expected: &[&str]) {
    member("routes", routes, expected);
}

#[test]
fn the_smallest_configuration_has_safe_defaults() {
    let policy = Policy::parse(&minimal().to_string(), &TestEnvironment).expect("it is valid");
    assert_eq!(policy.realm(), "Protected content");
    assert_eq!(policy.origin(), &Origin::Own);
    assert_eq!(policy.leeway(), 30);
    assert!(policy.serves("anything.example"));
    assert!(policy.routes().is_empty());
    let [issuer] = policy.issuers() else { panic!("there is one") };
    assert_eq!((issuer.grace(), issuer.max_lifetime(), issuer.max_age()), (3600, None, None));
    assert_eq!(issuer.token_type(), TokenType::AccessToken);
    assert_eq!(issuer.scope_claim(), ScopeClaim::Scope);
}

#[test]
fn a_json_string_is_as_good_as_a_table() {
    let text = Value::String(minimal().to_string());
    assert!(Policy::parse(&text.to_string(), &TestEnvironment).is_ok());
    let broken = Value::String("{".to_owned());
    problems(&broken, &["TURNPIKE: is not JSON: see line 1 column 1"]);
}

#[test]
fn what_is_no_table_is_no_configuration() {
    problems(&json!([]), &["TURNPIKE: must be a table, not a list"]);
    problems(&json!(null), &["TURNPIKE: must be a table, not null"]);
    problems(&json!({}), &["TURNPIKE: `issuers` is missing"]);
}

#[test]
fn all_problems_come_at_once() {
    problems(
        &json!({
            "raelm": "docs",
            "leeway": 301,
            "store": "tierd",
            "hosts": ["Docs.example.com", "docs.example.com:8443"],
            "credentials": ["bearer", "bearer", "cookie:", "query:token"],
            "brand": { "color": "blue", "logo": "http://example.com/l.png", "x": 1 },
            "issuers": [{ "issuer": "", "audiences": [], "algorithms": ["RS265"], "jwks": {}, "token_type": "jwt" }],
            "routes": [{ "path": "docs" }, { "methods": ["get"] }],
        }),
        &[
            "brand: `name` is missing",
            "brand.color: `blue` is not a colour like #0b5fff",
            "brand.logo: must be a data:image/... or an https: URL",
            "brand: unknown field `x`",
            "hosts[0]: `Docs.example.com` is not a host name: write it in lower case, international names as xn--..., without scheme, port or final dot",
            "hosts[1]: `docs.example.com:8443` is not a host name: write it in lower case, international names as xn--..., without scheme, port or final dot",
            "leeway: must be a whole number from 0 to 300",
            "credentials[1]: is given twice",
            "credentials[2]: `cookie:` is not one of bearer, cookie:NAME, header:NAME, subprotocol:NAME",
            "credentials[3]: `query:token` is not one of bearer, cookie:NAME, header:NAME, subprotocol:NAME",
            "store: `tierd` is not one of colo, tiered, did you mean `tiered`?",
            "issuers[0].issuer: must not be empty",
            "issuers[0].audiences: must not be empty",
            "issuers[0].algorithms[0]: `RS265` is not one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519",
            "issuers[0].token_type: `jwt` is not one of at+jwt, JWT, any",
            "routes[0].path: must start with `/`",
            "routes[1]: `path` is missing",
            "routes[1].methods[0]: `get` is not a method; they are written in capitals, like GET",
            "TURNPIKE: unknown field `raelm`, did you mean `realm`?",
        ],
    );
}

#[test]
fn values_of_the_wrong_kind_are_named() {
    member("realm", json!(7), &["realm: must be a string, not a number"]);
    member("realm", json!("say \"hi\""), &["realm: must be ASCII without quotes and backslashes"]);
    member("leeway", json!("30"), &["leeway: must be a whole number from 0 to 300"]);
    member("leeway", json!(1.5), &["leeway: must be a whole number from 0 to 300"]);
    member("hosts", json!("docs.example.com"), &["hosts: must be a list, not a string"]);
    member("brand", json!("Example"), &["brand: must be a table, not a string"]);
}

#[test]
fn a_place_for_credentials_has_a_name_and_one_reader() {
    for unknown in [
        "token",
        "Bearer",
        "cookie:a b",
        "cookie:",
        "header:",
        "header:X Token",
        "subprotocol:",
        "subprotocol:a,b",
    ] {
        let problem = format!(
            "credentials[0]: `{unknown}` is not one of bearer, cookie:NAME, header:NAME, subprotocol:NAME"
        );
        member("credentials", json!([unknown]), &[&problem]);
    }
    let by_bearer = "credentials[0]: the Authorization field is read by `bearer`";
    member("credentials", json!(["header:Authorization"]), &[by_bearer]);
    let by_cookie = "credentials[0]: cookies are read by `cookie:NAME`";
    member("credentials", json!(["header:COOKIE"]), &[by_cookie]);
    let by_subprotocol = "credentials[0]: subprotocols are read by `subprotocol:NAME`";
    member("credentials", json!(["header:Sec-WebSocket-Protocol"]), &[by_subprotocol]);
}

#[test]
fn a_route_asks_for_a_sign_in_only_of_those_who_sign_in() {
    routes(
        json!([
            { "path": "/a", "access": "public", "acr_values": ["gold"], "max_age": 300 },
            { "path": "/b", "acr_values": ["gold silver"], "max_age": -1 },
            { "path": "/c", "acr_values": [] },
        ]),
        &[
            "routes[0].acr_values: a public route asks for no token, so it cannot ask for a way to sign in",
            "routes[0].max_age: a public route asks for no token, so it cannot ask for a time of signing in",
            "routes[1].acr_values[0]: must be one acr value: ASCII without spaces, quotes and backslashes",
            "routes[1].max_age: must be a whole number from 0 to 31536000",
            "routes[2].acr_values: must not be empty",
        ],
    );
}

#[test]
fn refusals_of_the_origin_pass_or_are_replaced() {
    let problem =
        "routes[0].origin_refusals: `pages` is not one of pass, page, did you mean `page`?";
    routes(json!([{ "path": "/a", "origin_refusals": "pages" }]), &[problem]);
}

#[test]
fn origins_are_written_as_browsers_send_them() {
    for good in ["https://app.example.com", "https://app.example.com:8443", "http://localhost:3000"]
    {
        let mut configuration = minimal();
        configuration["cors"] = json!({ "origins": [good], "credentials": true });
        let policy =
            Policy::parse(&configuration.to_string(), &TestEnvironment).expect("it is valid");
        let cors = policy.cors().expect("it is there");
        assert_eq!(cors.allowed(good), Some(good));
        assert_eq!(cors.allowed("null"), None);
        assert_eq!((cors.credentials(), cors.max_age()), (true, 600));
    }
    for odd in [
        "https://app.example.com/",
        "https://App.example.com",
        "https://app.example.com:443",
        "http://localhost:80",
        "https://app.example.com/a",
        "HTTPS://app.example.com",
    ] {
        let problem = format!(
            "cors.origins[0]: `{odd}` is not an origin as browsers send it: lower case, no path, no final slash, no usual port, like https://app.example.com"
        );
        member("cors", json!({ "origins": [odd] }), &[&problem]);
    }
    let cors = |value: Value, problem: &str| member("cors", value, &[problem]);
    cors(json!({ "origins": ["null"] }), "cors.origins[0]: `null` must be an https: URL");
    cors(
        json!({ "origins": ["http://a.example"] }),
        "cors.origins[0]: `http://a.example` must be an https: URL",
    );
    cors(json!({ "origins": [] }), "cors.origins: must not be empty");
    cors(json!({}), "cors: `origins` is missing");
    cors(
        json!({ "origins": ["*", "https://a.example"] }),
        "cors.origins: `*` is every origin: list it alone, or leave it out",
    );
    cors(
        json!({ "origins": ["*"], "credentials": true }),
        "cors.credentials: cookies cannot be allowed for `*`: list the origins",
    );
    cors(
        json!({ "origins": ["*"], "credentials": "yes" }),
        "cors.credentials: must be true or false, not a string",
    );
    cors(
        json!({ "origins": ["*"], "max_age": 86_401 }),
        "cors.max_age: must be a whole number from 0 to 86400",
    );
    cors(json!({ "origins": ["*"], "methods": ["GET"] }), "cors: unknown field `methods`");
}

#[test]
fn a_brand_that_is_not_ascii_needs_a_realm() {
    let problem = "TURNPIKE: `realm` is missing, and the brand's name cannot stand in for it: it is not plain ASCII";
    member("brand", json!({ "name": "Übersicht" }), &[problem]);
    let mut both = minimal();
    both["brand"] = json!({ "name": "Übersicht" });
    both["realm"] = json!("overview");
    assert!(Policy::parse(&both.to_string(), &TestEnvironment).is_ok());
}

#[test]
fn a_host_has_one_brand_and_is_served() {
    member(
        "brands",
        json!([
            { "hosts": ["a.example", "A.example"], "name": "A" },
            { "hosts": ["b.example", "a.example"], "name": "", "colour": "#fff" },
            { "name": "C" },
        ]),
        &[
            "brands[0].hosts[1]: `A.example` is not a host name: write it in lower case, international names as xn--..., without scheme, port or final dot",
            "brands[1].name: must not be empty",
            "brands[1]: unknown field `colour`, did you mean `color`?",
            "brands[2]: `hosts` is missing",
        ],
    );
    let mut both = minimal();
    both["brands"] =
        json!([{ "hosts": ["a.example"], "name": "A" }, { "hosts": ["a.example"], "name": "B" }]);
    problems(&both, &["brands[1].hosts[0]: has a brand already"]);
    both["brands"] = json!([{ "hosts": ["a.example", "b.example"], "name": "A" }]);
    both["hosts"] = json!(["b.example"]);
    problems(&both, &["brands[0].hosts[0]: is not among `hosts`, so it is never served"]);
    // Hosts that cannot be read hide no problem of a brand.
    both["hosts"] = json!("b.example");
    both["brands"] = json!([{ "hosts": ["c.example"] }]);
    problems(&both, &["hosts: must be a list, not a string", "brands[0]: `name` is missing"]);
    member("brands", json!([]), &["brands: must not be empty"]);
    member("brand", json!({ "name": "A", "hosts": [] }), &["brand: unknown field `hosts`"]);
}

#[test]
fn a_favicon_comes_with_the_page() {
    for elsewhere in ["https://example.com/favicon.ico", "data:text/html,x", "data:,", "x"] {
        member(
            "brand",
            json!({ "name": "Example", "favicon": elsewhere }),
            &["brand.favicon: must be a data:image/... URL: the page asks no server for it"],
        );
    }
}

#[test]
fn links_of_a_brand_cannot_run_scripts() {
    let brand = |name: &str, link: &str| json!({ "name": "Example", name: link });
    member(
        "brand",
        brand("support", "javascript:alert(1)"),
        &["brand.support: must be a mailto:... or an https: URL"],
    );
    // What the client chooses is no part of the server that the link leads to.
    for link in
        ["javascript:{url}", "https://{url}", "https://l.example{url}", "https://a.example:4{url}/"]
    {
        let must =
            "must be an https: URL without a user name, and `{url}` may only stand behind the host";
        member("brand", brand("sign_in", link), &[&format!("brand.sign_in: `{link}` {must}")]);
    }
    member(
        "brand",
        brand("logo", "data:text/html,x"),
        &["brand.logo: must be a data:image/... or an https: URL"],
    );
}

#[test]
fn an_origin_is_a_server_or_a_binding_that_exists() {
    for valid in [
        "https://origin.example",
        "https://origin.example:8443/",
        "http://127.0.0.1:3000",
        "binding:ORIGIN",
    ] {
        let mut configuration = minimal();
        configuration["origin"] = json!(valid);
        assert!(Policy::parse(&configuration.to_string(), &TestEnvironment).is_ok(), "{valid}");
    }
    member("origin", json!("binding:"), &["origin: names no binding: write `binding:NAME`"]);
    member(
        "origin",
        json!("binding:X"),
        &["origin: there is no binding `X`; add it under [[services]] or [assets]"],
    );
    member(
        "origin",
        json!("http://origin.example"),
        &["origin: `http://origin.example` must be an https: URL"],
    );
    member("origin", json!("https://u:p@origin.example"), &["origin: must not hold a user name"]);
    member(
        "origin",
        json!("https://origin.example/base"),
        &["origin: must be a server without a path, like https://origin.example.com"],
    );
}

#[test]
fn an_issuer_has_one_source_of_keys_that_fits_its_algorithms() {
    let without =
        |issuer: &mut Value| _ = issuer.as_object_mut().expect("a table").remove("jwks_uri");
    issuer(without, &["issuers[0]: one of `jwks`, `jwks_uri`, `discovery`, `secret` is missing"]);
    issuer(
        |issuer| issuer["secret"] = json!("TEST_SECRET"),
        &["issuers[0]: give only one of `jwks`, `jwks_uri`, `discovery`, `secret`"],
    );
    issuer(
        |issuer| issuer["algorithms"] = json!(["HS256"]),
        &["issuers[0].jwks_uri: is for public-key algorithms; HS* takes `secret`"],
    );
    issuer(
        |issuer| {
            without(issuer);
            issuer["algorithms"] = json!(["HS256"]);
            issuer["jwks"] = ISSUER.jwks();
        },
        &["issuers[0].jwks: is for public-key algorithms; HS* takes `secret`"],
    );
    issuer(
        |issuer| {
            without(issuer);
            issuer["secret"] = json!("TEST_SECRET");
        },
        &[
            "issuers[0].secret: is for HS* algorithms; public-key algorithms take `jwks`, `jwks_uri` or `discovery`",
        ],
    );
    issuer(
        |issuer| issuer["algorithms"] = json!(["HS256", "ES256"]),
        &[
            "issuers[0].algorithms: mixes HS* with public-key algorithms, which RFC 8725 section 2.1 warns of; use one kind",
        ],
    );
    issuer(
        |issuer| issuer["jwks_uri"] = json!("http://issuer.example/jwks"),
        &["issuers[0].jwks_uri: `http://issuer.example/jwks` must be an https: URL"],
    );
}

#[test]
fn keys_are_discovered_at_an_issuer_that_is_a_url() {
    let discovery = |identifier: &str, value: Value, expected: &[&str]| {
        let change = |issuer: &mut Value| {
            issuer.as_object_mut().expect("a table").remove("jwks_uri");
            issuer["issuer"] = json!(identifier);
            issuer["discovery"] = value.clone();
        };
        issuer(change, expected);
    };
    let not_true = "issuers[0].discovery: must be `true` when it is given";
    discovery("https://issuer.example", json!(false), &[not_true]);
    discovery("https://issuer.example", json!("oidc"), &[not_true]);
    let no_url = "issuers[0].issuer: must be an https: URL without query and fragment, since `discovery` asks there";
    for identifier in [
        "issuer",
        "http://issuer.example",
        "https://issuer.example/?tenant=1",
        "https://issuer.example/#a",
    ] {
        discovery(identifier, json!(true), &[no_url]);
    }
    let mut configuration = minimal();
    let issuer = configuration["issuers"][0].as_object_mut().expect("a table");
    issuer.remove("jwks_uri");
    issuer.insert("discovery".to_owned(), json!(true));
    issuer.insert("grace".to_owned(), json!(60));
    assert!(Policy::parse(&configuration.to_string(), &TestEnvironment).is_ok());
}

#[test]
fn a_secret_is_set_and_long_enough() {
    let secrets = |value: Value| json!({ "issuers": [{ "issuer": "https://s.example", "audiences": ["a"], "algorithms": ["HS256"], "secret": value }] });
    let secret = |name: &str| secrets(json!(name));
    assert!(
        Policy::parse(
            &secrets(json!(["TEST_SECRET", "NEXT_SECRET"])).to_string(),
            &TestEnvironment
        )
        .is_ok()
    );
    problems(
        &secrets(json!(["TEST_SECRET", "SHORT_SECRET"])),
        &[
            "issuers[0].secret: the secret `SHORT_SECRET` is unusable: it must be at least as long as the hash: 32 bytes for HS256, 48 for HS384, 64 for HS512",
        ],
    );
    problems(
        &secrets(json!(["TEST_SECRET", "NEXT_SECRET", "LAST_SECRET"])),
        &["issuers[0].secret: names more than two secrets: the one in use and the one to come"],
    );
    problems(
        &secrets(json!(["TEST_SECRET", "TEST_SECRET"])),
        &["issuers[0].secret[1]: is given twice"],
    );
    assert!(Policy::parse(&secret("TEST_SECRET").to_string(), &TestEnvironment).is_ok());
    problems(
        &secret("MISSING"),
        &[
            "issuers[0].secret: there is no secret `MISSING`; set it with `wrangler secret put MISSING`",
        ],
    );
    problems(
        &secret("SHORT_SECRET"),
        &[
            "issuers[0].secret: the secret `SHORT_SECRET` is unusable: it must be at least as long as the hash: 32 bytes for HS256, 48 for HS384, 64 for HS512",
        ],
    );
    // Whoever writes the secret itself does not find it in the log.
    for no_name in
        ["hunter2-hunter2-hunter2-hunter2", "hunter2", "ABCDEFGHIJKLMNOPQRSTUVWXY", "A__B"]
    {
        problems(
            &secret(no_name),
            &[
                "issuers[0].secret: must be the name of a secret, like JWT_SECRET: words in capitals, joined by `_`",
            ],
        );
    }
}

#[test]
fn lifetimes_are_whole_seconds() {
    let range = "must be a whole number from 1 to 31536000";
    issuer(
        |issuer| issuer["max_lifetime"] = json!(0),
        &[&format!("issuers[0].max_lifetime: {range}")],
    );
    issuer(|issuer| issuer["max_age"] = json!("1h"), &[&format!("issuers[0].max_age: {range}")]);
    issuer(
        |issuer| issuer["grace"] = json!(86_401),
        &["issuers[0].grace: must be a whole number from 0 to 86400"],
    );
    issuer(
        |issuer| issuer["scope_claim"] = json!("roles"),
        &["issuers[0].scope_claim: `roles` is not one of scope, scp"],
    );
}

#[test]
fn inline_keys_are_usable_each_one() {
    let inline = |jwks: Value, algorithms: Value, expected: &[&str]| {
        issuer(
            |issuer| {
                issuer.as_object_mut().expect("a table").remove("jwks_uri");
                issuer["jwks"] = jwks.clone();
                issuer["algorithms"] = algorithms.clone();
            },
            expected,
        );
    };
    let all = ISSUER.jwks();
    let only = |kid: &str| {
        all["keys"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|key| key["kid"] == kid)
            .expect("a key")
            .clone()
    };
    let with = |kid: &str, name: &str, value: Value| {
        let mut key = only(kid);
        key[name] = value;
        json!({ "keys": [key] })
    };
    inline(
        json!([]),
        json!(["ES256"]),
        &["issuers[0].jwks: is not a JWK Set: it must be an object with a list `keys`"],
    );
    inline(json!({ "keys": [] }), json!(["ES256"]), &["issuers[0].jwks: holds no key"]);
    let key = "issuers[0].jwks.keys[0]";
    let unfit = format!("{key}: is for none of the issuer's `algorithms`");
    inline(json!({ "keys": [only("es256")] }), json!(["RS256"]), &[&unfit]);
    inline(with("es256", "alg", json!("ES384")), json!(["ES256"]), &[&unfit]);
    inline(with("es256", "crv", json!("P-384")), json!(["ES256"]), &[&unfit]);
    let malformed = format!("{key}: is not a JWK of type RSA, EC or OKP, or a member is missing");
    inline(with("es256", "kty", json!("XYZ")), json!(["ES256"]), &[&malformed]);
    inline(with("es256", "x", json!("AAAA")), json!(["ES256"]), &[&malformed]);
    inline(with("es256", "y", json!("AAAA")), json!(["ES256"]), &[&malformed]);
    inline(with("ed25519", "x", json!("AAAA")), json!(["EdDSA"]), &[&malformed]);
    for (name, value) in [
        ("kty", json!("oct")),
        ("crv", json!(256)),
        ("x", json!(1)),
        ("y", Value::Null),
        ("y", json!("A".repeat(43) + "=")),
        ("y", json!("A".repeat(42) + "B")),
        ("key_ops", json!("verify")),
        ("key_ops", json!(["verify", 1])),
        ("use", json!(1)),
        ("alg", json!(1)),
        ("kid", json!(1)),
    ] {
        inline(with("es256", name, value), json!(["ES256"]), &[&malformed]);
    }
    let list = json!(["EC", "P-256", only("es256")["x"], only("es256")["y"]]);
    inline(json!({ "keys": [list] }), json!(["ES256"]), &[&malformed]);
    let private =
        format!("{key}: holds private or symmetric key material, which must not be published");
    inline(with("es256", "d", json!("AAAA")), json!(["ES256"]), &[&private]);
    let unused = format!("{key}: is not for verifying signatures (`use`, `key_ops`)");
    inline(with("es256", "use", json!("enc")), json!(["ES256"]), &[&unused]);
    inline(with("es256", "key_ops", json!(["sign"])), json!(["ES256"]), &[&unused]);
    let size = format!("{key}: must be an RSA key of 2048 to 8192 bits with the exponent 65537");
    inline(with("rs256", "e", json!("Aw")), json!(["RS256"]), &[&size]);
    inline(with("rs256", "n", json!("AQAB")), json!(["RS256"]), &[&size]);
    let mut undecided = only("rs256");
    undecided.as_object_mut().expect("a key").remove("alg");
    inline(
        json!({ "keys": [undecided] }),
        json!(["RS256", "PS256"]),
        &[&format!("{key}: names no `alg`, and the issuer's `algorithms` allow several for it")],
    );
}

#[test]
fn two_issuers_or_routes_cannot_be_the_same() {
    let mut configuration = minimal();
    let first = configuration["issuers"][0].clone();
    configuration["issuers"].as_array_mut().expect("a list").push(first);
    problems(&configuration, &["issuers[1].issuer: is given twice"]);

    let apart = |other: &str| {
        format!(
            "cannot be told apart from the route `{other}`: some requests are for both, or some origins would think so (they ignore case, what follows `;`, final dots and spaces)"
        )
    };
    routes(
        json!([{ "path": "/a/:x" }, { "path": "/a/:y/" }]),
        &[&format!("routes[1]: {}", apart("/a/:x"))],
    );
    routes(
        json!([{ "path": "/a", "methods": ["GET", "HEAD"] }, { "path": "/%61", "methods": ["HEAD"] }]),
        &[&format!("routes[1]: {}", apart("/a"))],
    );
    routes(
        json!([{ "path": "/a/b" }, { "path": "/A/b.;x", "methods": ["GET"] }]),
        &[&format!("routes[1]: {}", apart("/a/b"))],
    );
    routes(
        json!([{ "path": "/:x/b", "methods": ["GET"] }, { "path": "/:y/B", "methods": ["POST"] }]),
        &[&format!("routes[1]: {}", apart("/:x/b"))],
    );
    for (one, other) in [("a.example.com", "a.example.com"), ("*.example.com", "*.example.com")] {
        routes(
            json!([{ "path": "/a", "hosts": [one, "x.example"] }, { "path": "/a", "hosts": [other] }]),
            &[&format!("routes[1]: {}", apart("/a"))],
        );
    }
    // Of paths that are merely alike, a host in common is enough.
    for other in [json!({ "path": "/A" }), json!({ "path": "/A", "hosts": ["*.example.com"] })] {
        routes(
            json!([{ "path": "/a", "hosts": ["a.example.com"] }, other]),
            &[&format!("routes[1]: {}", apart("/a"))],
        );
    }
    for good in [
        json!([{ "path": "/a", "methods": ["GET"] }, { "path": "/a", "methods": ["POST"] }, { "path": "/a" }]),
        json!([{ "path": "/:x/b" }, { "path": "/a/b" }]),
        json!([{ "path": "/a" }, { "path": "/A/*" }, { "path": "/a/b" }]),
        json!([
            { "path": "/a" },
            { "path": "/a", "hosts": ["*.example.com"] },
            { "path": "/a", "hosts": ["a.example.com"] },
            { "path": "/a", "hosts": ["b.example.com", "*.example.org"] },
            { "path": "/a", "hosts": ["a.example.com"], "methods": ["GET"] },
        ]),
        json!([{ "path": "/a", "hosts": ["a.example.com"] }, { "path": "/A", "hosts": ["b.example.com"] }]),
    ] {
        let mut valid = minimal();
        valid["routes"] = good;
        assert!(Policy::parse(&valid.to_string(), &TestEnvironment).is_ok());
    }
}

#[test]
fn hosts_are_names_and_wildcards_for_one_label() {
    member("hosts", json!([]), &["hosts: must not be empty"]);
    for wrong in ["*", "*.", "*a.example", "a.*.example", "*.*.example", "*..example", "*.[::1]"] {
        let problem =
            format!("`{wrong}` is not a host name: `*` may only be its whole first label");
        member("hosts", json!([wrong]), &[&format!("hosts[0]: {problem}")]);
        routes(
            json!([{ "path": "/a", "hosts": [wrong] }]),
            &[&format!("routes[0].hosts[0]: {problem}")],
        );
    }
    member(
        "hosts",
        json!(["*.Example.com"]),
        &[
            "hosts[0]: `Example.com` is not a host name: write it in lower case, international names as xn--..., without scheme, port or final dot",
        ],
    );
    routes(
        json!([{ "path": "/a", "hosts": ["a.example", "a.example"] }]),
        &["routes[0].hosts[1]: is given twice"],
    );
    let mut configuration = minimal();
    configuration["hosts"] = json!(["*.example.com", "docs.example.org"]);
    let served = |configuration: &Value| {
        let policy =
            Policy::parse(&configuration.to_string(), &TestEnvironment).expect("it is valid");
        ["a.example.com", "docs.example.org", "example.com", "a.b.example.com", "x.example.org"]
            .map(|host| policy.serves(host))
    };
    assert_eq!(served(&configuration), [true, true, false, false, false]);
    let hosts = json!(["a.example.com", "*.example.com", "docs.example.org", "*.example.org"]);
    configuration["routes"] = json!([{ "path": "/a", "hosts": hosts }]);
    configuration["brands"] = json!([{ "name": "A", "hosts": ["a.example.com"] }]);
    served(&configuration);
    configuration["routes"][0]["hosts"] = json!(["example.com", "a.b.example.com", "*.b.example"]);
    let unserved = "is not among the `hosts` that are served: add it there, or leave it out here";
    problems(
        &configuration,
        &[0, 1, 2]
            .map(|number| format!("routes[0].hosts[{number}]: {unserved}"))
            .each_ref()
            .map(String::as_str),
    );
}

#[test]
fn a_route_makes_sense() {
    routes(
        json!([{ "path": "/a", "access": "public", "scopes": ["x"], "cache": "subject" }]),
        &[
            "routes[0].scopes: a public route asks for no token, so it cannot ask for scopes",
            "routes[0].cache: a public route knows nobody; use \"shared\"",
        ],
    );
    routes(
        json!([{ "path": "/a", "access": "optinal" }]),
        &[
            "routes[0].access: `optinal` is not one of public, optional, protected, did you mean `optional`?",
        ],
    );
    let mut valid = minimal();
    valid["routes"] =
        json!([{ "path": "/a", "access": "optional", "scopes": ["x"], "cache": "subject" }]);
    assert!(Policy::parse(&valid.to_string(), &TestEnvironment).is_ok());
    routes(json!([{ "path": "/a", "ttl": 60 }]), &["routes[0].ttl: has no effect without `cache`"]);
    routes(
        json!([{ "path": "/a", "cache": "shared", "ttl": 0 }]),
        &["routes[0].ttl: must be a whole number from 1 to 31536000"],
    );
    routes(
        json!([{ "path": "/a", "ttl": 60, "stale_if_error": 60 }]),
        &[
            "routes[0].ttl: has no effect without `cache`",
            "routes[0].stale_if_error: has no effect without `cache`",
        ],
    );
    routes(
        json!([{ "path": "/a", "cache": "all", "ttl": "5m", "stale_if_error": 0 }]),
        &[
            "routes[0].ttl: must be a whole number from 1 to 31536000",
            "routes[0].stale_if_error: must be a whole number from 1 to 2592000",
            "routes[0].cache: `all` is not one of off, shared, subject, claim:NAME",
        ],
    );
    for wrong in [json!(0), json!(2_592_001), json!(-1), json!(true), json!("60")] {
        routes(
            json!([{ "path": "/a", "cache": "shared", "stale_if_error": wrong }]),
            &["routes[0].stale_if_error: must be a whole number from 1 to 2592000"],
        );
    }
    routes(
        json!([{ "path": "/a", "cache": "all" }]),
        &["routes[0].cache: `all` is not one of off, shared, subject, claim:NAME"],
    );
    routes(
        json!([{ "path": "/a", "scopes": ["a b"] }]),
        &["routes[0].scopes[0]: must be one scope: ASCII without spaces, quotes and backslashes"],
    );
    routes(
        json!([{ "path": "/a/../b" }]),
        &["routes[0].path: `..` could never match: a dot segment"],
    );
    routes(
        json!([{ "path": "/a*" }]),
        &["routes[0].path: `*` must be a whole segment, like /docs/*"],
    );
    routes(
        json!([{ "path": "/a", "acess": "public" }]),
        &["routes[0]: unknown field `acess`, did you mean `access`?"],
    );
}

/// The problems of a route with these members.
#[track_caller]
fn route(mut members: Value, expected: &[&str]) {
    members["path"] = json!("/a");
    routes(json!([members]), expected);
}

#[test]
fn what_a_route_asks_of_tokens_makes_sense() {
    route(
        json!({ "issuers": ["https://issuer.example/", "https://issuer.example", "x"] }),
        &[
            "routes[0].issuers[0]: `https://issuer.example/` is not among the policy's `issuers`: write one of those to the letter, or add it there",
            "routes[0].issuers[2]: `x` is not among the policy's `issuers`: write one of those to the letter, or add it there",
        ],
    );
    route(
        json!({ "issuers": [], "any_scope": [], "claims": {}, "require": {} }),
        &[
            "routes[0].issuers: must not be empty",
            "routes[0].any_scope: must not be empty",
            "routes[0].claims: must not be empty",
            "routes[0].require: must name one of `scopes`, `any_scope`, `claims`, `issuers`, `any`, `all`",
        ],
    );
    route(
        json!({ "scopes": ["a", "b"], "any_scope": ["c", "b", "c"] }),
        &["routes[0].any_scope[2]: is given twice"],
    );
    route(
        json!({ "scopes": ["a", "b"], "any_scope": ["c", "b"] }),
        &[
            "routes[0].any_scope[1]: is in `scopes`, so every token has it: leave it out of one of them",
        ],
    );
    route(
        json!({ "claims": {
            "/a~": "x",
            "a": 1.5,
            "b": ["x"],
            "c": { "one_of": [1], "contains": 1 },
            "d": { "oneof": [1] },
            "e": { "one_of": 1 },
            "f": { "contains": [1, 1, null] },
            "https://example.com/g": "",
            "h": 18_446_744_073_709_551_616.0,
        } }),
        &[
            "routes[0].claims.\"/a~\": is no JSON Pointer: `~` is written `~0` there, and `/` in a name `~1`",
            "routes[0].claims.a: must be a whole number between -2^53 and 2^53: others are rounded",
            "routes[0].claims.b: is a list: write { one_of = [...] } where the claim is one of these, { contains = [...] } where it is a list with all of these",
            "routes[0].claims.c: must be a value, or have one of `one_of` and `contains`",
            "routes[0].claims.d: unknown field `oneof`, did you mean `one_of`?",
            "routes[0].claims.d: must be a value, or have one of `one_of` and `contains`",
            "routes[0].claims.e.one_of: must be a list, not a number",
            "routes[0].claims.f.contains[1]: is given twice",
            "routes[0].claims.f.contains[2]: must be a string, a whole number or a boolean, not null",
            "routes[0].claims.h: must be a whole number between -2^53 and 2^53: others are rounded",
            "routes[0].claims.\"https://example.com/g\": must not be empty",
        ],
    );
    route(json!({ "claims": "a" }), &["routes[0].claims: must be a table, not a string"]);
}

#[test]
fn alternatives_make_sense() {
    route(
        json!({ "require": { "any": [{ "scopes": ["a b"] }, {}, { "some": 1 }] } }),
        &[
            "routes[0].require.any[0].scopes[0]: must be one scope: ASCII without spaces, quotes and backslashes",
            "routes[0].require.any[1]: must name one of `scopes`, `any_scope`, `claims`, `issuers`, `any`, `all`",
            "routes[0].require.any[2]: unknown field `some`",
        ],
    );
    let scope = json!({ "scopes": ["a"] });
    route(
        json!({ "require": { "any": [scope.clone(), scope.clone()] } }),
        &["routes[0].require.any[1]: is given twice"],
    );
    let levels =
        |count: usize| (0..count).fold(scope.clone(), |inner, _| json!({ "any": [inner] }));
    route(
        json!({ "require": levels(5) }),
        &[
            "routes[0].require.any[0].any[0].any[0].any[0].any: goes deeper than four levels of `any` and `all`: put them side by side",
        ],
    );
    route(
        json!({
            "access": "public",
            "issuers": ["https://issuer.example"],
            "any_scope": ["a"],
            "claims": { "a": 1 },
            "require": levels(1),
        }),
        &[
            "routes[0].issuers: a public route asks for no token, so it cannot ask for issuers",
            "routes[0].any_scope: a public route asks for no token, so it cannot ask for scopes",
            "routes[0].claims: a public route asks for no token, so it cannot ask for claims",
            "routes[0].require: a public route asks for no token, so it cannot ask for what one says",
        ],
    );
    let mut configuration = minimal();
    let mut other = configuration["issuers"][0].clone();
    other["issuer"] = json!("https://other.example");
    configuration["issuers"].as_array_mut().expect("a list").push(other);
    configuration["routes"] = json!([{
        "path": "/a",
        "issuers": ["https://issuer.example"],
        "claims": { "a": true, "/b/c": { "contains": "d" }, "e": { "one_of": [1, "1"] } },
        "require": levels(4),
    }]);
    assert!(Policy::parse(&configuration.to_string(), &TestEnvironment).is_ok());
    // Where the route takes tokens of one issuer, no alternative is for those of another.
    let other = json!([{ "issuers": ["https://other.example"] }]);
    configuration["routes"][0]["require"] = json!({ "any": other });
    problems(
        &configuration,
        &[
            "routes[0].require.any[0].issuers[0]: `https://other.example` is not among the route's `issuers`: write one of those to the letter, or add it there",
        ],
    );
}

#[test]
fn a_route_whose_rules_change_has_another_fingerprint() {
    let fingerprint_with = |name: &str, value: Value, route: Value| {
        let mut configuration = minimal();
        configuration["routes"] = json!([route]);
        configuration[name] = value;
        let policy =
            Policy::parse(&configuration.to_string(), &TestEnvironment).expect("it is valid");
        let url = CanonicalUrl::parse("https://docs.example.com/a").expect("it is canonical");
        policy.routes().find("GET", &url).expect("it has one reading").fingerprint().to_owned()
    };
    let fingerprint = |route: Value| fingerprint_with("leeway", json!(30), route);
    let route = json!({ "path": "/a", "cache": "shared" });
    assert_eq!(fingerprint(route.clone()), fingerprint(route.clone()));
    let others = [
        ("path", json!("/:a")),
        ("hosts", json!(["docs.example.com"])),
        ("methods", json!(["GET"])),
        ("scopes", json!(["a"])),
        ("any_scope", json!(["a"])),
        ("claims", json!({ "a": 1 })),
        ("issuers", json!(["https://issuer.example"])),
        ("require", json!({ "any": [{ "scopes": ["a"] }] })),
        ("access", json!("public")),
        ("access", json!("optional")),
        ("cache", json!("subject")),
        ("cache", json!("claim:a")),
        ("cache", json!(["claim:a", "claim:b"])),
        ("ttl", json!(60)),
        ("stale_if_error", json!(60)),
    ];
    let mut seen = vec![fingerprint(route.clone())];
    // Of another origin, other answers.
    for origin in ["https://a.example", "https://b.example"] {
        let fingerprint = fingerprint_with("origin", json!(origin), route.clone());
        assert!(!seen.contains(&fingerprint), "{origin}");
        seen.push(fingerprint);
    }
    for (name, value) in others {
        let mut changed = route.clone();
        changed[name] = value;
        let fingerprint = fingerprint(changed);
        assert!(!seen.contains(&fingerprint), "{name}");
        seen.push(fingerprint);
    }
}

#[test]
fn answers_are_shared_by_claims_that_have_a_name() {
    let cache = |value: Value, expected: &[&str]| {
        routes(json!([{ "path": "/a", "cache": value }]), expected);
    };
    let wrong = |text: &str| {
        format!("`{text}` must be `claim:` and a name of letters, digits, `_` and `-`")
    };
    cache(json!("claim:"), &[&format!("routes[0].cache: {}", wrong("claim:"))]);
    cache(json!("claim:a b"), &[&format!("routes[0].cache: {}", wrong("claim:a b"))]);
    cache(json!(["claim:a", "subject"]), &[&format!("routes[0].cache[1]: {}", wrong("subject"))]);
    cache(json!(["claim:a", "claim:a"]), &["routes[0].cache[1]: is given twice"]);
    cache(json!([]), &["routes[0].cache: must not be empty"]);
    routes(
        json!([{ "path": "/a", "access": "public", "cache": "claim:a" }]),
        &["routes[0].cache: a public route knows nobody; use \"shared\""],
    );
}
