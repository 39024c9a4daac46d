//! What a refusal looks like: challenge, problem details, page.
//!
//! Everything here is compiled in, so that a refusal depends on no network, and nothing here can be
//! stored by any cache.

mod challenge;
mod page;
mod problem;
mod words;

use http::header::{self, HeaderName, HeaderValue};
use http::response::Builder;

use crate::gate::Denial;
use crate::policy::{Brand, Policy};
use crate::request::Form;
use page::Page;

/// What the answers of one policy have in common.
#[derive(Debug)]
pub struct Answers {
    realm: String,
    brand: Brand,
    style: page::Style,
}

/// Who is answered, and about what.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// Its URL as it arrived.
    pub url: &'a str,
    /// The form that was asked for.
    pub form: Form,
    /// What finds the log line of the request.
    pub request_id: &'a str,
}

/// Fields that stand on every answer of ours.
///
/// A targeted field outranks `Cache-Control` for the cache it is meant for (RFC 9213 section 2.2),
/// so each of them has to say it too.
const ALWAYS: [(HeaderName, HeaderValue); 8] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (HeaderName::from_static("cdn-cache-control"), HeaderValue::from_static("no-store")),
    (HeaderName::from_static("cloudflare-cdn-cache-control"), HeaderValue::from_static("no-store")),
    (header::VARY, HeaderValue::from_static("Accept, Accept-Language")),
    (header::CONTENT_LANGUAGE, HeaderValue::from_static("en")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")),
];

/// Names what finds the log line.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl Answers {
    /// The answers of a policy.
    pub fn new(policy: &Policy) -> Self {
        Self::branded(policy.realm().to_owned(), policy.brand().clone())
    }

    /// The answers where there is no valid policy to take a brand from.
    pub fn neutral() -> Self {
        let brand = Brand::default();
        Self::branded(brand.name.clone(), brand)
    }

    fn branded(realm: String, brand: Brand) -> Self {
        let style = page::Style::of(&brand);
        Self { realm, brand, style }
    }

    /// The whole answer.
    pub fn answer(&self, denial: &Denial, asker: &Asker<'_>) -> http::Response<String> {
        let mut builder = http::Response::builder().status(denial.status());
        for (name, value) in ALWAYS {
            builder = builder.header(name, value);
        }
        builder = optional(builder, header::WWW_AUTHENTICATE, challenge::of(denial, &self.realm));
        builder =
            optional(builder, header::RETRY_AFTER, denial.retry_after().map(|s| s.to_string()));
        builder = builder.header(REQUEST_ID, asker.request_id);
        let (builder, body) = match asker.form {
            Form::Problem => {
                (content_type(builder, "application/problem+json"), problem::details(denial, asker))
            }
            Form::Json => (content_type(builder, "application/json"), problem::json(denial, asker)),
            Form::Page => {
                let page = Page { denial, asker, brand: &self.brand, style: &self.style };
                let builder = content_type(builder, "text/html; charset=utf-8")
                    .header(header::CONTENT_SECURITY_POLICY, &self.style.content_security_policy)
                    .header(header::X_FRAME_OPTIONS, "DENY");
                (builder, page.html())
            }
        };
        let body = if asker.method == "HEAD" { String::new() } else { body };
        builder.body(body).unwrap_or_else(|_| unanswerable())
    }
}

fn content_type(builder: Builder, media_type: &'static str) -> Builder {
    builder.header(header::CONTENT_TYPE, media_type)
}

fn optional(builder: Builder, name: HeaderName, value: Option<String>) -> Builder {
    match value {
        Some(value) => builder.header(name, value),
        None => builder,
    }
}

/// For the case that a header value could not be written, which the types of the policy exclude:
/// still a refusal, and still unstorable.
fn unanswerable() -> http::Response<String> {
    let mut response = http::Response::new(String::new());
    *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().extend(ALWAYS);
    response
}
