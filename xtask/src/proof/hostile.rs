//! Fields by which an origin, by mistake or on purpose, asks for its answer to be stored.

/// Fields of an answer, or of a request.
pub(super) type Fields = Vec<(&'static str, String)>;

/// One by one, each of them alone reason enough for some cache.
const FIELDS: [(&str, &str); 13] = [
    ("Cache-Control", "public, max-age=600"),
    ("Cache-Control", "s-maxage=600"),
    ("Cache-Control", "max-age=600, must-revalidate"),
    ("Cache-Control", "public, max-age=600, immutable, stale-if-error=600"),
    ("Expires", "Fri, 01 Jan 2100 00:00:00 GMT"),
    ("CDN-Cache-Control", "max-age=600"),
    ("Cloudflare-CDN-Cache-Control", "max-age=600"),
    ("Surrogate-Control", "max-age=600"),
    ("X-Accel-Expires", "600"),
    ("ETag", "\"v1\""),
    ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"),
    ("Age", "1"),
    ("Pragma", "public"),
];

fn of(indices: &[usize]) -> Fields {
    let field =
        |index: &usize| FIELDS.get(*index).map(|(name, value)| (*name, (*value).to_owned()));
    indices.iter().filter_map(field).collect()
}

/// What an origin sends with a refusal: none of them, all at once, each alone, each pair (so that
/// there are two lines of one field, too). Pairs only with a 401 to a GET, which is what counts.
pub(super) fn fields(method: &str, status: u16) -> Vec<Fields> {
    let indices = 0..FIELDS.len();
    let mut sets = vec![Fields::new(), all()];
    if method == "GET" || status == 401 {
        sets.extend(indices.clone().map(|index| of(&[index])));
    }
    if method == "GET" && status == 401 {
        let above = |first: usize| first.saturating_add(1)..FIELDS.len();
        sets.extend(indices.flat_map(|first| above(first).map(move |other| of(&[first, other]))));
    }
    sets
}

/// All at once.
pub(super) fn all() -> Fields {
    of(&(0..FIELDS.len()).collect::<Vec<_>>())
}

/// What asks for nothing unusual, to be stored for ten minutes.
pub(super) fn plain() -> Fields {
    of(&[0])
}
