//! What is allowed and risky in the settings of wrangler and in single fields of the policy.

use serde_json::Value;
use turnpike::policy::Policy;

use super::environment::Settings;
use super::finding::Finding;
use super::risks;

/// The risks of the settings around the policy. `has_hosts` is whether that lists its hosts, and
/// `secrets` are the names of those it uses.
pub(super) fn of_settings(
    settings: &Settings,
    has_hosts: bool,
    secrets: &[String],
) -> Vec<Finding> {
    let mut found = Vec::new();
    let routes = zone_routes(settings);
    if !has_hosts {
        let told = |name| settings.inherited(name).and_then(Value::as_bool);
        // Wrangler's own default: no routes, so an address of its own, and previews of it.
        let workers_dev = told("workers_dev").unwrap_or(routes.is_empty());
        let given = [
            ("workers_dev", workers_dev),
            ("preview_urls", told("preview_urls").unwrap_or(workers_dev)),
        ];
        for (name, _) in given.into_iter().filter(|(_, is_on)| *is_on) {
            let what =
                if told(name).is_some() { "is on" } else { "is on unless it is set to false" };
            found.push(Finding::risk(risks::WORKERS_DEV, "", &settings.place(name), what));
        }
    }
    for (place, route) in &routes {
        found.extend(zone_route(&settings.place(place), route, has_hosts));
    }
    let previews = settings.inherited("previews").and_then(|it| it.get("cache")?.get("enabled"));
    if previews == Some(&Value::Bool(true)) {
        let place = settings.place("previews.cache.enabled");
        found.push(Finding::risk(risks::PREVIEWS_CACHE, "", &place, "is on"));
    }
    found.extend(exposed(settings, secrets));
    found
}

/// The routes of wrangler with their places.
fn zone_routes<'c>(settings: &Settings<'c>) -> Vec<(String, &'c Value)> {
    let many = settings.inherited("routes").and_then(Value::as_array).into_iter().flatten();
    let many = many.enumerate().map(|(index, route)| (format!("routes[{index}]"), route));
    many.chain(settings.inherited("route").map(|route| ("route".to_owned(), route))).collect()
}

/// The routes of wrangler for a host that the policy refuses.
pub(super) fn unserved(settings: &Settings, policy: &Policy) -> Vec<Finding> {
    let routes = zone_routes(settings).into_iter().filter_map(|(place, route)| {
        let (_, host, _) = parts(pattern(route)?);
        (!host.contains('*') && !policy.serves(&host.to_ascii_lowercase())).then(|| {
            let what = format!("`{host}` is not among the `hosts` of the policy");
            Finding::risk(risks::HOST_NOT_SERVED, "", &settings.place(&place), what)
        })
    });
    routes.collect()
}

fn pattern(route: &Value) -> Option<&str> {
    route.get("pattern").unwrap_or(route).as_str()
}

/// The scheme, if there is one, the host and the path of a pattern.
fn parts(pattern: &str) -> (Option<&str>, &str, &str) {
    let (scheme, rest) =
        pattern.split_once("://").map_or((None, pattern), |(scheme, rest)| (Some(scheme), rest));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    (scheme, host, path)
}

fn zone_route(place: &str, route: &Value, has_hosts: bool) -> Vec<Finding> {
    let Some(pattern) = pattern(route) else { return Vec::new() };
    let is_domain = route.get("custom_domain") == Some(&Value::Bool(true));
    let (scheme, host, path) = parts(pattern);
    let warn = |risk, what: String| Finding::risk(risk, "", place, what);
    let mut found = Vec::new();
    if !is_domain && path != "/*" {
        found.push(warn(
            risks::PATH_SCOPED_ZONE_ROUTE,
            format!("`{pattern}` is not for the whole host"),
        ));
    }
    if let Some(scheme) = scheme {
        let what = format!("`{pattern}` is for {scheme}: alone");
        found.push(warn(risks::SCHEME_SCOPED_ZONE_ROUTE, what));
    }
    if host.contains('*') && !has_hosts {
        let what = format!("`{pattern}` is for more than one host, and `hosts` is missing");
        found.push(warn(risks::WILDCARD_HOST, what));
    }
    found
}

/// Variables that look like secrets, by their names or by what they hold. What they hold is never
/// repeated.
fn exposed(settings: &Settings, secrets: &[String]) -> Vec<Finding> {
    let vars = settings.own("vars").and_then(Value::as_object).into_iter().flatten();
    vars.filter_map(|(name, value)| {
        let what = if holds_private_key(value) {
            "holds a private key"
        } else if name.starts_with("TURNPIKE") {
            return None;
        } else if secrets.contains(name) {
            "is a secret of the policy"
        } else if is_text(value) && sounds_secret(name) {
            "sounds like a secret"
        } else {
            return None;
        };
        let place = settings.place(&format!("vars.{name}"));
        Some(Finding::risk(risks::SECRET_IN_VARS, "", &place, what))
    })
    .collect()
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn sounds_secret(name: &str) -> bool {
    const WORDS: [&str; 6] =
        ["SECRET", "PASSWORD", "PASSPHRASE", "PRIVATE_KEY", "API_KEY", "API_TOKEN"];
    let name = name.to_ascii_uppercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// A key in PEM, or a JWK with the member that only private (`d`) or symmetric (`k`) keys have
/// (RFC 7518 section 6).
fn holds_private_key(value: &Value) -> bool {
    match value {
        Value::String(text) if text.contains("PRIVATE KEY-----") => true,
        Value::String(text) if text.trim_start().starts_with('{') => {
            serde_json::from_str(text).is_ok_and(|value: Value| holds_private_key(&value))
        }
        Value::Array(items) => items.iter().any(holds_private_key),
        Value::Object(members) => {
            let is_key = members.contains_key("kty")
                && (members.contains_key("d") || members.contains_key("k"));
            is_key || members.values().any(holds_private_key)
        }
        _ => false,
    }
}

/// A policy as a table, also where it is a JSON string.
pub(super) fn unpacked(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => serde_json::from_str(text).ok(),
        value => Some(value.clone()),
    }
}

/// The names of the secrets that a policy uses.
pub(super) fn secret_names(policy: &Value) -> Vec<String> {
    let of_issuers = items(policy, "issuers").filter_map(|(_, issuer)| issuer.get("secret"));
    of_issuers
        .chain(policy.get("log_key"))
        .flat_map(|given| given.as_array().cloned().unwrap_or_else(|| vec![given.clone()]))
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// The risks of single fields of a policy, which may have problems besides.
pub(super) fn of_policy(policy: &Value, table: &str) -> Vec<Finding> {
    let warn = |risk, place: &str, what: String| Finding::risk(risk, table, place, what);
    let mut found = Vec::new();
    if policy.is_object() && policy.get("hosts").is_none() {
        found.push(warn(risks::HOSTS_MISSING, "hosts", "is missing".to_owned()));
    }
    if policy.get("mode").is_some_and(|mode| mode == "report") {
        found.push(warn(risks::REPORT_MODE, "mode", "is `report`".to_owned()));
    }
    for (index, route) in items(policy, "routes") {
        if route.get("mode").is_some_and(|mode| mode == "report") {
            let place = format!("routes[{index}].mode");
            found.push(warn(risks::REPORT_MODE, &place, "is `report`".to_owned()));
        }
    }
    for (index, host) in items(policy, "hosts") {
        if let Some(host) = host.as_str().filter(|host| host.contains('*')) {
            let what = format!("`{host}` is for many hosts");
            found.push(warn(risks::WILDCARD_HOST, &format!("hosts[{index}]"), what));
        }
    }
    let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64);
    if let Some(leeway) = number(policy, "leeway").filter(|leeway| *leeway > 60) {
        found.push(warn(risks::LEEWAY_ABOVE_60, "leeway", format!("is {leeway} s")));
    }
    for (index, source) in items(policy, "credentials") {
        let cookie = source.as_str().and_then(|source| source.strip_prefix("cookie:"));
        if let Some(name) = cookie.filter(|name| !name.starts_with("__Host-")) {
            let place = format!("credentials[{index}]");
            let what = format!("`{name}` has no prefix");
            found.push(warn(risks::COOKIE_WITHOUT_HOST_PREFIX, &place, what));
        }
    }
    let mut address = |place: String, value: Option<&Value>| {
        let why = value.and_then(Value::as_str).and_then(why_undeployable);
        found.extend(why.map(|why| warn(risks::UNDEPLOYABLE_ADDRESS, &place, why.to_owned())));
    };
    address("origin".to_owned(), policy.get("origin"));
    for (index, issuer) in items(policy, "issuers") {
        address(format!("issuers[{index}].jwks_uri"), issuer.get("jwks_uri"));
    }
    for (index, issuer) in items(policy, "issuers") {
        let place = |name: &str| format!("issuers[{index}].{name}");
        let risk = match issuer.get("token_type").and_then(Value::as_str) {
            Some("JWT") => Some((risks::TOKEN_TYPE_JWT, "is `JWT`")),
            Some("any") => Some((risks::TOKEN_TYPE_ANY, "is `any`")),
            _ => None,
        };
        found.extend(risk.map(|(risk, what)| warn(risk, &place("token_type"), what.to_owned())));
        if let Some(grace) = number(issuer, "grace").filter(|grace| *grace > 14_400) {
            found.push(warn(risks::LONG_KEY_GRACE, &place("grace"), format!("is {grace} s")));
        }
    }
    found
}

/// The items of a list with their places in it; none where there is no list.
pub(super) fn items<'v>(
    value: &'v Value,
    name: &str,
) -> impl Iterator<Item = (usize, &'v Value)> + use<'v> {
    value.get(name).and_then(Value::as_array).into_iter().flatten().enumerate()
}

/// Why a deployed Worker would not reach the server of an address.
fn why_undeployable(address: &str) -> Option<&'static str> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_ip = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    if host == "localhost" || is_ip {
        return Some("is on this machine, or an IP address");
    }
    let usual = if scheme == "https" { "443" } else { "80" };
    port.filter(|port| *port != usual).map(|_| "has a port of its own")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_of_this_machine_and_ports_are_noticed() {
        for address in [
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://[::1]:80/a",
            "https://192.0.2.1/jwks.json",
            "https://origin.example.com:8443",
        ] {
            assert!(why_undeployable(address).is_some(), "{address}");
        }
        for address in ["https://a.example", "https://a.example:443/x:y", "binding:ORIGIN"] {
            assert_eq!(why_undeployable(address), None, "{address}");
        }
    }

    #[test]
    fn private_keys_are_noticed_however_they_are_written() {
        let jwk = json!({ "kty": "EC", "d": "x" });
        assert!(holds_private_key(&json!({ "issuers": [{ "jwks": { "keys": [jwk] } }] })));
        assert!(holds_private_key(&json!(jwk.to_string())));
        assert!(holds_private_key(&json!("-----BEGIN PRIVATE KEY-----\nMII")));
        assert!(!holds_private_key(&json!({ "kty": "EC", "x": "x" })));
        assert!(!holds_private_key(&json!({ "d": 1 })));
    }
}
