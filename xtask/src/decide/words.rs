//! Parts of a policy in words.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::Sha256;
use turnpike::json::Value;
use turnpike::keys::VerifyingKey;
use turnpike::policy::{Access, Caching, Condition, Partition, Requirement, Route, Test};

/// What a token must have.
pub(crate) fn requirement(needed: &Requirement) -> String {
    let mut parts = Vec::new();
    if !needed.issuers.is_empty() {
        parts.push(format!("the issuer {}", needed.issuers.join(" or ")));
    }
    parts.extend(condition(&needed.condition));
    if !needed.acr_values.is_empty() {
        parts.push(format!("acr {}", needed.acr_values.join(" or ")));
    }
    if let Some(seconds) = needed.max_age {
        parts.push(format!("a sign-in at most {seconds} s ago"));
    }
    if parts.is_empty() {
        "a valid token".to_owned()
    } else {
        format!("a valid token with {}", parts.join(", "))
    }
}

/// What must be true of a token; nothing where that is so of all.
fn condition(condition: &Condition) -> Option<String> {
    Some(match condition {
        Condition::Scope(scope) => format!("the scope {scope}"),
        Condition::Issuer(issuers) => format!("the issuer {}", issuers.join(" or ")),
        Condition::Claim(path, Test::OneOf(values)) => {
            format!("the claim {} being {}", path.as_str(), joined(values, " or "))
        }
        Condition::Claim(path, Test::Contains(values)) => {
            format!("the claim {} containing {}", path.as_str(), joined(values, " and "))
        }
        Condition::All(parts) => {
            let scope = |part: &Condition| match part {
                Condition::Scope(scope) => Some(scope.clone()),
                _ => None,
            };
            let scopes: Vec<String> = parts.iter().filter_map(scope).collect();
            let scopes = match scopes.as_slice() {
                [] => None,
                [one] => Some(format!("the scope {one}")),
                many => Some(format!("the scopes {}", many.join(" and "))),
            };
            let others = parts.iter().filter(|part| scope(part).is_none());
            let parts: Vec<String> =
                scopes.into_iter().chain(others.filter_map(self::condition)).collect();
            return (!parts.is_empty()).then(|| parts.join(", "));
        }
        Condition::Any(parts) => {
            let parts: Vec<String> = parts.iter().filter_map(self::condition).collect();
            format!("either {}", parts.join(" or else "))
        }
    })
}

fn joined(values: &[Value], word: &str) -> String {
    values.iter().map(Value::to_string).collect::<Vec<_>>().join(word)
}

/// What it takes to pass a route.
pub(crate) fn access(route: &Route) -> String {
    match route.access() {
        Access::Public => "nothing".to_owned(),
        Access::Optional(needed) => format!("nothing, or {}", requirement(needed)),
        Access::Protected(needed) => requirement(needed),
    }
}

/// `cache` of a route as it is written in the policy.
pub(crate) fn caching(route: &Route) -> String {
    match route.caching() {
        Caching::Off => "off".to_owned(),
        Caching::On { partition: Partition::Shared, .. } => "shared".to_owned(),
        Caching::On { partition: Partition::Subject, .. } => "subject".to_owned(),
        Caching::On { partition: Partition::Claims(names), .. } => {
            names.iter().map(|name| format!("claim:{name}")).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The name of a route, and its hosts and methods if it has any.
pub(super) fn title(route: &Route) -> String {
    let hosts = route.hosts().map(|hosts| format!(" of {}", hosts.join(", ")));
    let methods = route.methods().map(|methods| format!(" ({})", methods.join(", ")));
    [route.name(), &hosts.unwrap_or_default(), &methods.unwrap_or_default()].concat()
}

/// The paths of a route, whatever its segments are called.
pub(crate) fn paths(route: &Route) -> Vec<&str> {
    let segments = route.name().split('/').filter(|segment| !segment.is_empty());
    segments.map(|text| if text.starts_with(':') { ":" } else { text }).collect()
}

/// The thumbprint of a public key (RFC 7638). That of a secret would help to guess it.
pub(super) fn thumbprint(key: &VerifyingKey) -> Option<String> {
    let hash = (!key.algorithm().is_symmetric()).then(|| key.jwk().thumbprint::<Sha256>());
    hash.map(|hash| Base64UrlUnpadded::encode_string(&hash))
}
