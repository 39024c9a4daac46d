//! Where an issuer says its keys are: `OpenID` Connect Discovery 1.0 and RFC 8414.

use crate::json::Value;
use crate::uri;

/// Where an issuer may publish its metadata: by `OpenID` Connect Discovery section 4, then by
/// RFC 8414 section 3.1. The one appends to the path of its identifier, the other goes before it. None when the identifier is no such URL.
pub fn metadata_urls(issuer: &str) -> Option<[String; 2]> {
    // RFC 8414 section 2: "no query or fragment components".
    if issuer.contains(['?', '#']) {
        return None;
    }
    let issuer = issuer.trim_end_matches('/');
    // Without a query and a fragment, the rest is the path.
    let path = uri::secure(issuer).ok()?.rest.trim_end_matches('/');
    let server = issuer.strip_suffix(path)?;
    Some([
        format!("{issuer}/.well-known/openid-configuration"),
        format!("{server}/.well-known/oauth-authorization-server{path}"),
    ])
}

/// The `jwks_uri` of an issuer's metadata.
///
/// # Errors
///
/// What is wrong with the document. Above all, its `issuer` must be the very one it was asked for
/// (RFC 8414 section 3.3): otherwise one issuer could speak for another.
pub fn jwks_uri<'d>(document: &'d Value, issuer: &str) -> Result<&'d str, &'static str> {
    let member = |name| document.get(name).and_then(Value::as_str);
    if member("issuer") != Some(issuer) {
        return Err("the metadata is that of another issuer");
    }
    let jwks_uri = member("jwks_uri").ok_or("the metadata names no jwks_uri")?;
    // This machine is an address for development: an issuer on the web has no business there.
    let is_trusted =
        uri::secure(jwks_uri).is_ok_and(|uri| uri.scheme == "https" || issuer.starts_with("http:"));
    if is_trusted { Ok(jwks_uri) } else { Err("the jwks_uri of the metadata is no https: URL") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_urls(issuer: &str, expected: [&str; 2]) {
        assert_eq!(metadata_urls(issuer), Some(expected.map(str::to_owned)));
    }

    #[test]
    fn metadata_is_where_the_specifications_say() {
        let plain = [
            "https://idp.example/.well-known/openid-configuration",
            "https://idp.example/.well-known/oauth-authorization-server",
        ];
        check_urls("https://idp.example", plain);
        check_urls("https://idp.example/", plain);
        let tenant = [
            "https://idp.example:8443/a/b/.well-known/openid-configuration",
            "https://idp.example:8443/.well-known/oauth-authorization-server/a/b",
        ];
        check_urls("https://idp.example:8443/a/b", tenant);
        check_urls("https://idp.example:8443/a/b/", tenant);
        for issuer in ["http://idp.example", "idp", "", "https://idp.example/?a", "https://a/b#c"] {
            assert_eq!(metadata_urls(issuer), None, "{issuer}");
        }
    }

    #[track_caller]
    fn check(document: &str, expected: Result<&str, &str>) {
        let document = Value::parse(document.as_bytes()).unwrap();
        assert_eq!(jwks_uri(&document, "https://idp.example"), expected);
    }

    #[test]
    fn metadata_speaks_for_its_own_issuer_only() {
        check(
            r#"{"issuer":"https://idp.example","jwks_uri":"https://keys.example/jwks?v=1"}"#,
            Ok("https://keys.example/jwks?v=1"),
        );
        let another = Err("the metadata is that of another issuer");
        check(r#"{"issuer":"https://idp.example/","jwks_uri":"https://a.example/"}"#, another);
        check(r#"{"issuer":["https://idp.example"],"jwks_uri":"https://a.example/"}"#, another);
        check(r#"{"jwks_uri":"https://keys.example/"}"#, another);
        check("[]", another);
    }

    #[test]
    fn keys_are_fetched_over_tls() {
        let insecure = Err("the jwks_uri of the metadata is no https: URL");
        for uri in ["http://keys.example/", "http://127.0.0.1/", "file:///etc", "/jwks", ""] {
            let document = format!(r#"{{"issuer":"https://idp.example","jwks_uri":"{uri}"}}"#);
            check(&document, insecure);
        }
        check(
            r#"{"issuer":"https://idp.example","jwks_uri":7}"#,
            Err("the metadata names no jwks_uri"),
        );
        let development = serde_json::json!({
            "issuer": "http://localhost:9000",
            "jwks_uri": "http://localhost:9000/jwks",
        });
        assert_eq!(
            jwks_uri(
                &Value::parse(development.to_string().as_bytes()).unwrap(),
                "http://localhost:9000"
            ),
            Ok("http://localhost:9000/jwks")
        );
    }
}
