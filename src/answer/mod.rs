//! What a refusal looks like: challenge, problem details, page.
//!
//! Everything here is compiled in, so that a refusal depends on no network, and nothing here can be
//! stored by any cache.

mod challenge;
mod color;
mod page;
mod picture;
mod problem;
mod words;

use http::StatusCode;

use crate::fields::Edits;
use crate::gate::Denial;
use crate::policy::{Brand, Policy};
use crate::request::{CanonicalUrl, Form, Language};
use page::{Look, Page};
use words::Words;

/// What the answers of one policy have in common.
#[derive(Debug)]
pub struct Answers {
    realm: String,
    look: Look,
    /// The looks of some hosts.
    host_looks: Vec<(Vec<String>, Look)>,
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
    /// The language that was asked for.
    pub language: Language,
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
    ("vary", "Accept, Accept-Language"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex"),
];

impl Answers {
    /// The answers of a policy.
    pub fn new(policy: &Policy) -> Self {
        let host_looks = policy.host_brands().iter();
        let host_looks = host_looks.map(|own| (own.hosts.clone(), Look::of(own.brand.clone())));
        Self {
            realm: policy.realm().to_owned(),
            look: Look::of(policy.brand().clone()),
            host_looks: host_looks.collect(),
        }
    }

    /// The answers where there is no valid policy to take a brand from.
    pub fn neutral() -> Self {
        let brand = Brand::default();
        Self { realm: brand.name.clone(), look: Look::of(brand), host_looks: Vec::new() }
    }

    /// The look of a host's pages.
    fn look_of(&self, host: &str) -> &Look {
        let own = self.host_looks.iter().find(|(hosts, _)| hosts.iter().any(|name| name == host));
        own.map_or(&self.look, |(_, look)| look)
    }

    /// The whole answer.
    pub fn answer(&self, denial: &Denial, asker: &Asker<'_>) -> Answer {
        let mut fields = Edits::default();
        for (name, value) in ALWAYS {
            fields.set(name, value);
        }
        let words = Words::of(asker.language);
        fields.set("content-language", words.tag);
        if let Some(challenge) = challenge::of(denial, &self.realm) {
            fields.set("www-authenticate", challenge);
        }
        if let Some(seconds) = denial.retry_after() {
            fields.set("retry-after", seconds.to_string());
        }
        if let Some(methods) = denial.allow() {
            fields.set("allow", methods);
        }
        // Names what finds the log line.
        fields.set("x-request-id", asker.request_id);
        let (media_type, body) = match asker.form {
            Form::Problem => ("application/problem+json", problem::details(denial, asker, words)),
            Form::Json => ("application/json", problem::json(denial, asker, words)),
            Form::Page => {
                let site = CanonicalUrl::front_page(asker.url);
                let host = site.as_ref().map_or("", CanonicalUrl::host);
                let look = self.look_of(host);
                let page = Page { denial, asker, site: site.as_ref(), words, look };
                page.fields(&mut fields);
                ("text/html; charset=utf-8", page.html())
            }
        };
        fields.set("content-type", media_type);
        let body = if asker.method == "HEAD" { String::new() } else { body };
        Answer { status: denial.status(), fields, body }
    }
}
