//! Parts of a policy in words.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::Sha256;
use turnpike::keys::VerifyingKey;
use turnpike::policy::{Caching, Partition, Requirement, Route};

/// What a token must have.
pub(crate) fn requirement(needed: &Requirement) -> String {
    let mut parts = Vec::new();
    match needed.scopes.as_slice() {
        [] => {}
        [one] => parts.push(format!("the scope {one}")),
        many => parts.push(format!("the scopes {}", many.join(" and "))),
    }
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

/// The name of a route, and its methods if it has any.
pub(super) fn title(route: &Route) -> String {
    let methods = route.methods().map(|methods| format!(" ({})", methods.join(", ")));
    format!("{}{}", route.name(), methods.unwrap_or_default())
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
