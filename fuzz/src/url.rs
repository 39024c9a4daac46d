//! A URL: a canonical one is its own canonical form, and there is one way to read it.

use crate::POLICY;
use percent_encoding::percent_decode_str;
use turnpike::request::{CanonicalUrl, free_reading};

/// Once, with one input.
pub fn run(text: &str) {
    let Ok(url) = CanonicalUrl::parse(text) else { return };
    assert_eq!(CanonicalUrl::parse(url.as_str()).as_ref(), Ok(&url));
    assert_eq!(format!("{}{}", url.origin(), url.path_and_query()), url.as_str());
    assert!(url.path_and_query().starts_with(url.path()));

    assert_eq!(url.origin(), url.origin().to_ascii_lowercase());
    assert!(url.origin().contains(url.host()) && !url.host().contains('/'));
    let goes_without_saying = if url.origin().starts_with("https:") { ":443" } else { ":80" };
    assert!(!url.origin().ends_with(goes_without_saying));
    assert!(url.as_str().bytes().all(|byte| byte.is_ascii_graphic()));

    let path = url.path();
    assert!(path.starts_with('/') && !path.contains("//"));
    assert!(path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\?#".contains(&byte)));
    for segment in url.segments() {
        let decoded = percent_decode_str(segment).decode_utf8().expect("escapes are UTF-8");
        assert!(
            !decoded.contains(['/', '\\', '?', '#']) && !decoded.contains(|c: char| c.is_control())
        );
        assert_eq!(decoded.matches(';').count(), segment.matches(';').count());
        let name = decoded.split(';').next().unwrap_or_default();
        assert!(name.contains(|c| c != '.' && c != ' ') || name.is_empty(), "{segment} goes up");
        // However freely it is read, it stays a segment.
        let freely = free_reading(segment);
        assert!(!freely.contains(['/', '\\', ';']));
        assert_eq!(freely.is_empty(), segment.starts_with(';'), "{segment}");
        // Whoever decodes a second time reads the same.
        assert_eq!(percent_decode_str(&decoded).decode_utf8_lossy(), decoded);
    }
    let joined: Vec<&str> = url.segments().collect();
    assert_eq!(format!("/{}", joined.join("/")).trim_end_matches('/'), path.trim_end_matches('/'));

    if POLICY.routes().find("GET", &url).is_ok() {
        // A final slash makes no difference to the route, but that with one behind it a segment of
        // parameters alone is an empty one.
        if joined.last().is_some_and(|last| last.starts_with(';')) {
            return;
        }
        let other = match path.strip_suffix('/') {
            Some(without) => format!("{}{without}", url.origin()),
            None => format!("{}{path}/", url.origin()),
        };
        let other = CanonicalUrl::parse(&other).expect("it is as good");
        let name = |url| POLICY.routes().find("GET", url).map(|route| route.name());
        assert_eq!(name(&url), name(&other));
    }
}
