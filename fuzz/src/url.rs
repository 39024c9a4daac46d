//! A URL: a canonical one is its own canonical form, and there is one way to read it.

use crate::POLICY;
use percent_encoding::percent_decode_str;
use turnpike::request::CanonicalUrl;

/// Once, with one input.
pub fn run(text: &str) {
    let Ok(url) = CanonicalUrl::parse(text) else { return };
    assert_eq!(CanonicalUrl::parse(url.as_str()).as_ref(), Ok(&url));
    assert_eq!(format!("{}{}", url.origin(), url.path_and_query()), url.as_str());
    assert!(url.path_and_query().starts_with(url.path()));

    assert_eq!(url.origin(), url.origin().to_ascii_lowercase());
    assert!(url.origin().contains(url.host()) && !url.host().contains('/'));

    let path = url.path();
    assert!(path.starts_with('/') && !path.contains("//"));
    assert!(path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\?#".contains(&byte)));
    for segment in url.segments() {
        let decoded = percent_decode_str(segment).decode_utf8().expect("escapes are UTF-8");
        assert!(
            !decoded.contains(['/', '\\', '?', '#'])
                && !decoded.contains(|c: char| c.is_ascii_control())
        );
        assert_eq!(decoded.matches(';').count(), segment.matches(';').count());
        let name = decoded.split(';').next();
        assert!(!matches!(name, Some("." | "..")), "{segment} goes up");
        // Whoever decodes a second time reads the same.
        assert_eq!(percent_decode_str(&decoded).decode_utf8_lossy(), decoded);
    }
    let joined: Vec<&str> = url.segments().collect();
    assert_eq!(format!("/{}", joined.join("/")).trim_end_matches('/'), path.trim_end_matches('/'));

    if POLICY.routes().find("GET", &url).is_ok() {
        // A final slash makes no difference to the route.
        let other = match path.strip_suffix('/') {
            Some(without) => format!("{}{without}", url.origin()),
            None => format!("{}{path}/", url.origin()),
        };
        let other = CanonicalUrl::parse(&other).expect("it is as good");
        let name = |url| POLICY.routes().find("GET", url).map(|route| route.name());
        assert_eq!(name(&url), name(&other));
    }
}
