//! What a refusal looks like: challenge, problem details, page, and the forms of other clients.
//!
//! Everything here is compiled in, so that a refusal depends on no network, and no refusal can be
//! stored by any cache. The metadata of the resource and the keys of assertions, which anybody may read, are the
//! answers that can.

mod challenge;
mod codes;
mod color;
mod cors;
mod escape;
mod grpc;
mod page;
mod picture;
mod problem;
mod resource;
mod words;

use std::borrow::Cow;

use http::StatusCode;

pub use codes::{CODES, Explanation, TYPE};

use crate::fields::Edits;
use crate::gate::Denial;
use crate::policy::{Brand, Cors, Policy, Resource, Route};
use crate::request::{ASKER_FIELDS, CanonicalUrl, Form, Head, Language};
use page::{Look, Page};
use words::Words;

/// What the answers of one policy have in common.
#[derive(Debug)]
pub struct Answers {
    /// What every challenge begins with.
    challenge: String,
    look: Look,
    /// The looks of some hosts.
    host_looks: Vec<(Vec<String>, Look)>,
}

/// Who is answered, and about what.
#[derive(Debug, Clone)]
pub struct Asker<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// Its URL as it arrived.
    pub url: &'a str,
    /// The form that was asked for.
    pub form: Form,
    /// The language that was asked for.
    pub language: Language,
    /// The origin of the page whose script asks, where scripts may read the answer.
    pub origin: Option<String>,
    /// Whose scripts may read the answer.
    pub cors: Option<&'a Cors>,
    /// The scopes that the route needs, separated by spaces.
    pub scope: &'a str,
    /// Where the metadata of the resource is (RFC 9728).
    pub metadata_url: Option<&'a str>,
    /// What finds the log line of the request.
    pub request_id: &'a str,
}

impl<'a> Asker<'a> {
    /// Who sent a request, and what it takes to be granted; without a policy, nobody knows.
    pub fn of(policy: Option<&'a Policy>, head: &Head<'a>, request_id: &'a str) -> Self {
        let url = policy.and_then(|_| CanonicalUrl::parse(head.url).ok());
        let find = |url| policy?.routes().find(head.method, url).ok();
        Self::on(policy, url.as_ref().and_then(find), head, request_id)
    }

    /// The same, where the route is known that the request falls under.
    pub fn on(
        policy: Option<&'a Policy>,
        route: Option<&'a Route>,
        head: &Head<'a>,
        request_id: &'a str,
    ) -> Self {
        let cors = policy.and_then(Policy::cors);
        let requirement = route.and_then(|route| route.access().requirement());
        Self {
            method: head.method,
            url: head.url,
            form: Form::wanted(head.method, head.headers),
            language: Language::wanted(head.headers),
            // Nobody else looks at it.
            origin: cors.and_then(|_| head.headers.get("origin")).map(Cow::into_owned),
            cors,
            scope: requirement.map_or("", |requirement| &requirement.scope),
            metadata_url: policy.and_then(Policy::resource).map(Resource::metadata_url),
            request_id,
        }
    }
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

/// What keeps an answer out of every cache.
///
/// A targeted field outranks `Cache-Control` for the cache it is meant for (RFC 9213 section 2.2),
/// so each of them has to say it too.
const UNSTORABLE: [(&str, &str); 3] = [
    ("cache-control", "no-store"),
    ("cdn-cache-control", "no-store"),
    ("cloudflare-cdn-cache-control", "no-store"),
];

/// What an origin says of a body that is not shown, or has a browser do.
const OF_THE_BODY: [&str; 9] = [
    "accept-ranges",
    "content-digest",
    "content-disposition",
    "content-encoding",
    "content-length",
    "digest",
    "link",
    "refresh",
    "repr-digest",
];

/// Other fields that stand on every refusal.
const ALWAYS: [(&str, &str); 3] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex"),
];

/// More fields than any refusal has.
const MOST_FIELDS: usize = 20;

impl Answers {
    /// The answers of a policy.
    pub fn new(policy: &Policy) -> Self {
        let host_looks = policy.host_brands().iter();
        let host_looks = host_looks.map(|own| (own.hosts.clone(), Look::of(own.brand.clone())));
        Self {
            challenge: challenge::begun(policy.realm()),
            look: Look::of(policy.brand().clone()),
            host_looks: host_looks.collect(),
        }
    }

    /// The answers where there is no valid policy to take a brand from.
    pub fn neutral() -> Self {
        let brand = Brand::default();
        Self {
            challenge: challenge::begun(&brand.name),
            look: Look::of(brand),
            host_looks: Vec::new(),
        }
    }

    /// The look of the pages of the host that a URL names.
    fn look_of(&self, url: &str) -> &Look {
        if self.host_looks.is_empty() {
            return &self.look;
        }
        let site = CanonicalUrl::front_page(url);
        let host = site.as_ref().map_or("", CanonicalUrl::host);
        let own = self.host_looks.iter().find(|(hosts, _)| hosts.iter().any(|name| name == host));
        own.map_or(&self.look, |(_, look)| look)
    }

    /// The page in place of what an origin says with its own 401 or 403, where the route has it so
    /// and a person asks. Its fields are changes to those of the origin: the challenge stays.
    pub fn in_place_of(
        &self,
        policy: &Policy,
        route: &Route,
        status: u16,
        head: &Head<'_>,
        request_id: &str,
    ) -> Option<(Denial, Answer)> {
        // Few routes have it so, and who asks takes a while to find out.
        if !route.replaces(status) {
            return None;
        }
        let asker = Asker::of(Some(policy), head, request_id);
        if asker.form != Form::Page {
            return None;
        }
        let denial =
            if status == 401 { Denial::OriginUnauthorized } else { Denial::OriginForbidden };
        let mut answer = self.answer(&denial, &asker);
        answer.fields.remove(&OF_THE_BODY);
        Some((denial, answer))
    }

    /// What is answered without a token and without the origin being asked: preflights, and
    /// what anybody may read.
    pub fn unasked(&self, policy: &Policy, head: &Head<'_>) -> Option<Answer> {
        resource::document(policy, head).or_else(|| cors::preflight(policy, head))
    }

    /// The whole answer.
    pub fn answer(&self, denial: &Denial, asker: &Asker<'_>) -> Answer {
        let mut fields = Edits { set: Vec::with_capacity(MOST_FIELDS), ..Edits::default() };
        for (name, value) in UNSTORABLE.into_iter().chain(ALWAYS) {
            fields.set(name, value);
        }
        let words = Words::of(asker.language);
        fields.set("content-language", words.tag);
        if let Some(challenge) = challenge::of(denial, &self.challenge, asker) {
            fields.set("www-authenticate", challenge);
        }
        if let Some(seconds) = denial.retry_after() {
            fields.set("retry-after", seconds.to_string());
        }
        if let Some(methods) = denial.allow() {
            fields.set("allow", methods);
        }
        // Names what finds the log line.
        fields.set("x-request-id", asker.request_id.to_owned());
        if let Some(cors) = asker.cors {
            cors::refusal(cors, asker.origin.as_deref(), asker.form, &mut fields);
        }
        match asker.cors {
            Some(cors) if !cors.allows_any() => {
                fields.set("vary", format!("{ASKER_FIELDS}, Origin"));
            }
            _ => fields.set("vary", ASKER_FIELDS),
        }
        let mut status = denial.status();
        let (media_type, body) = match asker.form {
            Form::Problem => ("application/problem+json", problem::details(denial, asker, words)),
            Form::Json => ("application/json", problem::json(denial, asker, words)),
            Form::Text => ("text/plain; charset=utf-8", problem::text(denial, asker, words)),
            Form::Empty(media_type) => (media_type, String::new()),
            Form::Grpc(media_type) => {
                // To a gRPC client, any other status is that of something in between.
                status = StatusCode::OK;
                grpc::fields(denial, words, &mut fields);
                (media_type, String::new())
            }
            Form::Page => {
                let page = Page { denial, asker, words, look: self.look_of(asker.url) };
                page.fields(&mut fields);
                ("text/html; charset=utf-8", page.html())
            }
        };
        fields.set("content-type", media_type);
        let body = if asker.method == "HEAD" { String::new() } else { body };
        Answer { status, fields, body }
    }
}
