//! Which form of an answer the client wants.

use super::quality::quality;
use crate::fields::Headers;

/// The form of an answer made by the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `application/problem+json` (RFC 9457).
    Problem,
    /// `application/json`: the error object many APIs already use.
    Json,
    /// `text/plain`: a few lines.
    Text,
    /// `text/html`: a page for people.
    Page,
    /// gRPC or gRPC-Web, of this media type: the status in fields, and no body.
    Grpc(&'static str),
    /// Nothing, of this media type: for what is shown or run as a part of a page.
    Empty(&'static str),
}

impl Form {
    /// Reads the wish out of `Content-Type`, `Sec-Fetch-Dest`, `Sec-Fetch-Mode` and `Accept`.
    /// Whatever cannot be understood asks for problem details; a wish never is an error (RFC 9110
    /// section 12.5.1).
    pub fn wanted(method: &str, headers: &dyn Headers) -> Self {
        // Every call of gRPC is a POST, and its client understands nothing else.
        if method == "POST"
            && let Some(media_type) = headers.get("content-type").and_then(|kind| grpc(&kind))
        {
            return Self::Grpc(media_type);
        }
        // What the browser does with the answer says more than what it accepts.
        match headers.get("sec-fetch-dest").as_deref() {
            Some("document" | "frame" | "iframe") => return Self::Page,
            Some(destination) => {
                let found = DESTINATIONS.into_iter().find(|(name, _)| *name == destination);
                if let Some((_, media_type)) = found {
                    return Self::Empty(media_type);
                }
            }
            None => {}
        }
        if headers.get("sec-fetch-mode").as_deref() == Some("navigate") {
            return Self::Page;
        }
        let accept = headers.get("accept").filter(|accept| accept.len() <= MAX_BYTES);
        accept.map_or(Self::Problem, |accept| Self::accepted(&accept))
    }

    fn accepted(accept: &str) -> Self {
        let mut wishes = ACCEPTED.map(|(form, media_type)| (form, media_type, None));
        for range in unquoted(accept, b',').take(MAX_RANGES) {
            let mut parts = unquoted(range, b';').map(str::trim);
            let range = parts.next().unwrap_or_default();
            let weight = weight_of(parts);
            for (_, media_type, wish) in &mut wishes {
                // The closest range decides, not the most generous one.
                if let Some(closeness) = closeness(range, media_type)
                    && wish.is_none_or(|(_, known)| closeness >= known)
                {
                    *wish = Some((weight, closeness));
                }
            }
        }
        let granted =
            |(form, _, wish): (_, _, Option<_>)| Some((wish.filter(|(w, _)| *w > 0)?, form));
        let best = wishes.into_iter().filter_map(granted).max_by_key(|(wish, _)| *wish);
        best.map_or(Self::Problem, |(_, form)| form)
    }
}

/// What can be accepted, in this order, so that a tie goes to the program rather than to the person,
/// and among programs to the one that can read most of it.
const ACCEPTED: [(Form, &str); 4] = [
    (Form::Text, "text/plain"),
    (Form::Page, "text/html"),
    (Form::Json, "application/json"),
    (Form::Problem, "application/problem+json"),
];

/// How closely a range names a media type, if it does.
fn closeness(range: &str, media_type: &str) -> Option<Match> {
    if range == "*/*" {
        return Some(Match::Any);
    }
    if range.eq_ignore_ascii_case(media_type) {
        return Some(Match::Named);
    }
    let main = range.strip_suffix("/*")?;
    main.eq_ignore_ascii_case(media_type.split('/').next()?).then_some(Match::Main)
}

/// What a page is made of, by `Sec-Fetch-Dest`. An empty body is valid for most of these types, and
/// fits the others as well as anything: the status is what counts.
const DESTINATIONS: [(&str, &str); 14] = [
    ("audio", "audio/mpeg"),
    ("audioworklet", "text/javascript"),
    ("embed", "text/plain"),
    ("font", "font/woff2"),
    ("image", "image/png"),
    ("object", "text/plain"),
    ("paintworklet", "text/javascript"),
    ("script", "text/javascript"),
    ("serviceworker", "text/javascript"),
    ("sharedworker", "text/javascript"),
    ("style", "text/css"),
    ("track", "text/vtt"),
    ("video", "video/mp4"),
    ("worker", "text/javascript"),
];

/// The media types of gRPC and gRPC-Web.
const GRPC: [&str; 8] = [
    "application/grpc",
    "application/grpc+proto",
    "application/grpc+json",
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/grpc-web+json",
    "application/grpc-web-text",
    "application/grpc-web-text+proto",
];

/// The media type to answer a call of gRPC with: its own, of which what stands behind the `+` may
/// be left out.
fn grpc(content_type: &str) -> Option<&'static str> {
    let named = content_type.split(';').next().unwrap_or_default().trim();
    let base = named.split('+').next().unwrap_or_default();
    let find = |name: &str| GRPC.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    find(named).or_else(|| find(base))
}

/// A longer `Accept` is no wish: a single range of it could have thousands of parameters.
const MAX_BYTES: usize = 4096;

/// One of more ranges is only read this far.
const MAX_RANGES: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    Any,
    Main,
    Named,
}

/// The weight among the parameters of a range, in thousandths.
fn weight_of<'a>(parameters: impl Iterator<Item = &'a str>) -> u16 {
    let mut parameters = parameters.filter_map(|parameter| parameter.split_once('='));
    let weight = parameters.find(|(name, _)| name.eq_ignore_ascii_case("q"));
    weight.map_or(1000, |(_, weight)| quality(weight))
}

/// What is between separators, those in quoted strings (RFC 9110 section 5.6.4) left out of account.
fn unquoted(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let (mut is_quoted, mut is_escaped) = (false, false);
        let end = text.bytes().position(|byte| {
            let was_escaped = std::mem::take(&mut is_escaped);
            match byte {
                b'"' if !was_escaped => is_quoted = !is_quoted,
                b'\\' if is_quoted && !was_escaped => is_escaped = true,
                _ => {}
            }
            byte == separator && !is_quoted
        });
        let (part, after) = text.split_at_checked(end.unwrap_or(text.len()))?;
        rest = after.get(1..);
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], expected: Form) {
        let map: http::HeaderMap = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        assert_eq!(Form::wanted("POST", &map), expected, "{headers:?}");
    }

    #[test]
    fn people_get_pages() {
        check(&[("sec-fetch-mode", "navigate")], Form::Page);
        check(
            &[("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")],
            Form::Page,
        );
        check(&[("accept", "text/html")], Form::Page);
        check(&[("accept", "text/*, application/json;q=0.5")], Form::Page);
    }

    #[test]
    fn programs_get_problem_details() {
        check(&[], Form::Problem);
        check(&[("accept", "*/*")], Form::Problem);
        check(&[("accept", "application/problem+json")], Form::Problem);
        check(&[("accept", "application/problem+json, application/json")], Form::Problem);
        check(&[("accept", "application/*")], Form::Problem);
        check(&[("accept", "text/html;q=0, */*")], Form::Problem);
        check(&[("accept", "image/png")], Form::Problem);
    }

    #[test]
    fn whoever_names_json_gets_json() {
        check(&[("accept", "application/json")], Form::Json);
        check(&[("accept", "application/json, text/plain, */*")], Form::Json);
        check(&[("accept", "APPLICATION/JSON;q=0.9, */*;q=0.1")], Form::Json);
        check(&[("accept", "text/html, application/json")], Form::Json);
        check(&[("accept", "text/html;q=0.5, application/json;q=0.50")], Form::Json);
    }

    #[test]
    fn whoever_prefers_text_gets_text() {
        check(&[("accept", "text/plain")], Form::Text);
        check(&[("accept", "text/plain, */*;q=0.1")], Form::Text);
        check(&[("accept", "text/plain, text/html;q=0.9")], Form::Text);
        // A tie goes to who can read more of it.
        check(&[("accept", "text/plain, text/html")], Form::Page);
        check(&[("accept", "text/*")], Form::Page);
        check(&[("accept", "application/problem+json, text/plain")], Form::Problem);
    }

    #[test]
    fn calls_of_grpc_get_their_own_type() {
        let check = |given: &str, expected| check(&[("content-type", given)], expected);
        check("application/grpc", Form::Grpc("application/grpc"));
        check("application/grpc+proto", Form::Grpc("application/grpc+proto"));
        check("application/grpc+thrift", Form::Grpc("application/grpc"));
        check("Application/gRPC-Web-Text ; x=y", Form::Grpc("application/grpc-web-text"));
        check("application/grpc-web-text+proto", Form::Grpc("application/grpc-web-text+proto"));
        check("application/grpcx", Form::Problem);
        check("application/json", Form::Problem);
        check("", Form::Problem);
        let mut map = http::HeaderMap::new();
        map.insert("content-type", "application/grpc".parse().unwrap());
        assert_eq!(Form::wanted("GET", &map), Form::Problem, "gRPC is always a POST");
    }

    #[test]
    fn parts_of_a_page_get_no_page() {
        let check = |dest: &str, expected| {
            check(&[("sec-fetch-dest", dest), ("accept", "text/html")], expected);
        };
        check("image", Form::Empty("image/png"));
        check("script", Form::Empty("text/javascript"));
        check("track", Form::Empty("text/vtt"));
        check("object", Form::Empty("text/plain"));
        check("iframe", Form::Page);
        check("document", Form::Page);
        // `fetch` says what it wants by `Accept`, and so does whoever writes something else.
        check("empty", Form::Page);
        check("IMAGE", Form::Page);
        check("", Form::Page);
    }

    #[test]
    fn nonsense_gets_the_default() {
        for accept in ["", ",", ";;;", "text", "text/html;q=2", "text/html;q=x", "*/html", "a/b;c"]
        {
            check(&[("accept", accept)], Form::Problem);
        }
        check(&[("accept", &"x/y,".repeat(3000))], Form::Problem);
    }

    #[test]
    fn a_wish_of_great_length_is_none() {
        let page = |length: usize| format!("text/html{}", ";a=b".repeat((length - 9) / 4));
        assert_eq!(page(4093).len(), 4093);
        check(&[("accept", &page(4093))], Form::Page);
        check(&[("accept", &page(4097))], Form::Problem);
    }
}
