//! Addresses of servers that we ask or send people to.

use http::Uri;

/// Reads an `https:` URL; `http:` is accepted only towards this machine, for development.
///
/// # Errors
///
/// What is wrong with it, for the operator.
pub fn secure(text: &str) -> Result<Uri, String> {
    let uri: Uri = text.parse().map_err(|_| format!("`{text}` is not a URL"))?;
    let loopback = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let has_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
    match uri.scheme_str() {
        _ if has_user => Err("must not hold a user name".to_owned()),
        Some("https") => Ok(uri),
        Some("http") if loopback => Ok(uri),
        _ => Err(format!("`{text}` must be an https: URL")),
    }
}
