//! What a refusal looks like: challenge, problem details, page, and the forms of other clients.
//!
//! Everything here is compiled in, so that a refusal depends on no network, and nothing here can be
//! stored by any cache.

mod challenge;
mod grpc;
mod page;
mod problem;
mod words;

use http::StatusCode;

use crate::fields::Edits;
use crate::gate::Denial;
use crate::policy::{Brand, Policy};
use crate::request::{FORM_FIELDS, Form};
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

/// A whole answer of ours.
#[derive(Debug)]
pub struct Answer {
    /// Its status code.
    pub status: StatusCode,
    /// Its header fields, each of them once. Their values are ASCII: see the policy.
    pub fields: Edits,
    /// Its body; empty for HEAD.
    pub body: String,
}

/// Fields that stand on every answer of ours.
///
/// A targeted field outranks `Cache-Control` for the cache it is meant for (RFC 9213 section 2.2),
/// so each of them has to say it too.
const ALWAYS: [(&str, &str); 7] = [
    ("cache-control", "no-store"),
    ("cdn-cache-control", "no-store"),
    ("cloudflare-cdn-cache-control", "no-store"),
    ("content-language", "en"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex"),
];

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
    pub fn answer(&self, denial: &Denial, asker: &Asker<'_>) -> Answer {
        let mut fields = Edits::default();
        for (name, value) in ALWAYS {
            fields.set(name, value);
        }
        if let Some(challenge) = challenge::of(denial, &self.realm) {
            fields.set("www-authenticate", challenge);
        }
        if let Some(seconds) = denial.retry_after() {
            fields.set("retry-after", seconds.to_string());
        }
        // Names what finds the log line.
        fields.set("x-request-id", asker.request_id);
        fields.set("vary", format!("Accept-Language, {FORM_FIELDS}"));
        let mut status = denial.status();
        let (media_type, body) = match asker.form {
            Form::Problem => ("application/problem+json", problem::details(denial, asker)),
            Form::Json => ("application/json", problem::json(denial, asker)),
            Form::Text => ("text/plain; charset=utf-8", problem::text(denial, asker)),
            Form::Empty(media_type) => (media_type, String::new()),
            Form::Grpc(media_type) => {
                // To a gRPC client, any other status is that of something in between.
                status = StatusCode::OK;
                grpc::fields(denial, &mut fields);
                (media_type, String::new())
            }
            Form::Page => {
                let page = Page { denial, asker, brand: &self.brand, style: &self.style };
                fields.set("content-security-policy", &self.style.content_security_policy);
                fields.set("x-frame-options", "DENY");
                ("text/html; charset=utf-8", page.html())
            }
        };
        fields.set("content-type", media_type);
        let body = if asker.method == "HEAD" { String::new() } else { body };
        Answer { status, fields, body }
    }
}
