//! What a policy decides about a request, and why: the Worker's own core, step by step.
//!
//! `explain`, `policy-test` and the tests ask here. The order is that of `src/edge/mod.rs`; nothing
//! is sent anywhere.

mod checks;
mod document;
#[cfg(test)]
mod order;
mod question;
mod route;
pub(crate) mod samples;
mod site;
mod stand_in;
#[cfg(test)]
mod table;
mod time;
mod why;
mod words;

use std::borrow::Cow;

use http::HeaderValue;
use turnpike::answer::Asker;
use turnpike::cache::CacheKey;
use turnpike::fields::Edits;
use turnpike::gate::{Denial, Permit, Screening, screen};
use turnpike::native;
use turnpike::origin::{self, ASSERTION, Draft, Purpose};
use turnpike::policy::{Assertion, Origin};
use turnpike::request::{CanonicalUrl, Head, Preflight, present};
use turnpike::token::UntrustedToken;

pub(crate) use self::checks::{Check, Outcome, Row};
pub(crate) use self::question::{Question, Who};
pub(crate) use self::site::Site;
pub(crate) use self::time::{parse as parse_time, show as show_time};
pub(crate) use self::words::{access, caching, paths, requirement};

use self::question::Prepared;
use self::route::chosen;
use self::site::Keys;
use crate::shell::Result;

/// What comes of a request.
#[derive(Debug)]
pub(crate) struct Decision {
    /// As it is judged.
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) at: u64,
    pub(crate) route: Option<Chosen>,
    pub(crate) token: Option<Facts>,
    pub(crate) key: Option<Key>,
    pub(crate) rows: Vec<Row>,
    pub(crate) cache: Option<Stored>,
    pub(crate) asked: Option<Asked>,
    pub(crate) subject: Option<String>,
    pub(crate) answer: Answered,
    /// What was assumed or filled in.
    pub(crate) notes: Vec<String>,
}

/// The route of a request, and why it is that one.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) needs: String,
    pub(crate) caching: String,
    pub(crate) because: String,
    /// The others whose paths include this one, each with why it is not chosen.
    pub(crate) others: Vec<(String, String)>,
}

/// What a token says that may be shown.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) issuer: String,
    pub(crate) algorithm: &'static str,
    pub(crate) key_id: Option<String>,
    pub(crate) token_type: Option<String>,
}

/// The key that a signature was made with.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) algorithm: &'static str,
    pub(crate) id: Option<String>,
    /// RFC 7638; never of a secret.
    pub(crate) thumbprint: Option<String>,
}

/// Where the answer would be stored.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) partition: String,
    pub(crate) key: String,
}

/// What the origin would be asked.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) binding: Option<String>,
    pub(crate) url: String,
    /// The names of fields that are set, and of those that are removed.
    pub(crate) sets: Vec<String>,
    pub(crate) removes: Vec<String>,
}

/// How the request is answered.
#[derive(Debug)]
pub(crate) enum Answered {
    /// From the store, or by the origin. With a denial, it was only reported: its code and reason.
    Passes { would_deny: Option<(&'static str, Option<&'static str>)> },
    /// By Turnpike, without a token: a preflight, or the metadata of the resource.
    Unasked { status: u16 },
    /// With a refusal.
    Refused {
        status: u16,
        code: &'static str,
        reason: Option<&'static str>,
        challenge: Option<String>,
    },
}

/// Puts a question to a policy.
pub(crate) fn decide(site: &Site, question: &Question) -> Result<Decision> {
    let mut prepared = Prepared::of(site, question)?;
    let mut run = run(site, &prepared);
    if run.lacks_keys
        && let Some(again) = prepared.signed_anew(site)
    {
        let key_server = run.decision.rows.iter().find(|row| row.check == Check::Keys);
        prepared.notes.extend(key_server.map(|row| row.detail.clone()));
        prepared = again.with_notes_of(prepared);
        run = self::run(site, &prepared);
    }
    run.decision.notes.extend(prepared.notes);
    Ok(run.decision)
}

/// One way through the core.
struct Run {
    decision: Decision,
    /// Whether it ended where keys would have to be fetched.
    lacks_keys: bool,
}

fn run(site: &Site, prepared: &Prepared) -> Run {
    let (policy, question) = (site.policy(), prepared);
    let head = Head { method: &question.method, url: &question.url, headers: &question.headers };
    let canonical = CanonicalUrl::parse(&question.url);
    let mut decision = Decision {
        method: question.method.clone(),
        url: canonical.as_ref().map_or(question.url.as_str(), CanonicalUrl::as_str).to_owned(),
        at: question.at.0,
        route: canonical.ok().filter(|url| policy.serves(url.host())).and_then(|url| {
            let route = policy.routes().find(&question.method, &url).ok()?;
            Some(chosen(site, &question.method, &url, route))
        }),
        token: None,
        key: None,
        rows: Vec::new(),
        cache: None,
        asked: None,
        subject: None,
        answer: Answered::Passes { would_deny: None },
        notes: Vec::new(),
    };
    if let Some(answer) = site.answers().unasked(policy, &head) {
        let (preflight, status) = (question.method == "OPTIONS", answer.status.as_u16());
        let path = CanonicalUrl::parse(&question.url);
        let what = match path.as_ref().map(CanonicalUrl::path) {
            _ if preflight => "a preflight",
            Ok(Assertion::JWKS_PATH) => "a request for the keys of assertions",
            _ => "a request for the metadata of the resource",
        };
        decision.notes.push(format!("this is {what}, which is answered without a token"));
        decision.answer = Answered::Unasked { status };
        return Run { decision, lacks_keys: false };
    }
    let credential = present(policy.credentials(), &question.headers).ok().flatten();
    let token = credential.and_then(|credential| UntrustedToken::parse(&credential).ok());
    decision.token = token.as_ref().map(facts);
    let (result, lacks_keys) = admitted(site, &head, prepared, &mut decision);
    let is_open = matches!(&result, Ok(permit) if permit.principal().is_none());
    decision.rows = checks::rows(
        result.as_ref().err().map(|denial| (Check::of(denial, token.as_ref(), policy), denial)),
        is_open,
        &why::Around { site, prepared, token: token.as_ref(), decision: &decision },
    );
    let would_deny = result.as_ref().err().map(|denial| (denial.code(), denial.reason()));
    match result.or_else(|denial| Permit::for_report(policy, &head, denial)) {
        Ok(permit) => {
            decision.answer = Answered::Passes { would_deny };
            pass(site, &permit, (&head, question), &mut decision);
        }
        Err(denial) => {
            let asker = Asker::of(Some(policy), &head, "explain");
            let answer = site.answers().answer(&denial, &asker);
            decision.answer = Answered::Refused {
                status: answer.status.as_u16(),
                code: denial.code(),
                reason: denial.reason(),
                challenge: answer.fields.value_of("www-authenticate").map(str::to_owned),
            };
        }
    }
    Run { decision, lacks_keys }
}

/// May this request pass? The second is whether keys are lacking to say so.
fn admitted<'s>(
    site: &'s Site,
    head: &Head<'_>,
    prepared: &Prepared,
    decision: &mut Decision,
) -> (std::result::Result<Permit<'s>, Denial>, bool) {
    let presentation = match screen(site.policy(), head, prepared.at) {
        Screening::Open(permit) => return (Ok(permit), false),
        Screening::Denied(denial) => return (Err(denial), false),
        Screening::Presented(presentation) => presentation,
    };
    let issuer = presentation.issuer();
    let unavailable = Denial::KeysUnavailable { retry_after: 0 };
    let elsewhere;
    let keys = if prepared.is_assumed() {
        elsewhere = stand_in::keys(issuer);
        elsewhere.as_ref()
    } else {
        match site.keys_of(issuer) {
            Keys::Configured(keys) => Some(keys),
            Keys::Given(keys) => {
                elsewhere = Some(keys);
                elsewhere.as_ref()
            }
            Keys::Unknown => None,
        }
    };
    let Some(keys) = keys else { return (Err(unavailable), true) };
    let result = presentation.check(keys).and_then(|step| {
        let (message, signature) = (step.jws().message(), step.jws().signature());
        let made = |key: &&&_| native::is_made_by(key, message, signature);
        let key = step.candidates().iter().find(made).filter(|_| !prepared.is_assumed());
        decision.key = key.map(|key| Key {
            algorithm: key.algorithm().name(),
            id: key.id().map(str::to_owned),
            thumbprint: words::thumbprint(key),
        });
        let verdict = native::verify(&step);
        step.conclude(verdict)
    });
    (result, false)
}

/// What is done for a permitted request, in the order of `src/edge/serve.rs`.
fn pass(
    site: &Site,
    permit: &Permit<'_>,
    (head, question): (&Head<'_>, &Prepared),
    decision: &mut Decision,
) {
    let headers = &question.headers;
    if permit.is_preflight()
        && let Some(preflight) = Preflight::of(head)
    {
        // Its route is that of the method which it asks for.
        decision.route = Some(chosen(site, &preflight.method, permit.url(), permit.route()));
        let note = "this is a preflight, which goes to the origin as from nobody";
        decision.notes.push(note.to_owned());
    }
    decision.subject = permit.principal().map(|principal| principal.subject.clone());
    let key = CacheKey::of(permit);
    let wants_all = permit.method() == "GET" && !headers.contains_key("range");
    let purpose = match &key {
        Some(_) if wants_all => Purpose::Store(Edits::default()),
        _ => Purpose::Relay,
    };
    let partition = words::caching(permit.route());
    decision.cache = key.map(|key| Stored { partition, key: key.to_url() });
    // Cloudflare writes it into every request.
    let mut arriving = headers.clone();
    arriving.entry("cf-connecting-ip").or_insert(HeaderValue::from_static("192.0.2.1"));
    let mut edits = origin::request(site.policy(), permit, &arriving, &purpose);
    if Draft::of(site.policy(), permit).is_some() {
        edits.set(ASSERTION, "");
    }
    let names = |names: Vec<String>| {
        let mut names = names;
        names.sort();
        names.dedup();
        names
    };
    decision.asked = Some(Asked {
        binding: match site.policy().origin() {
            Origin::Binding(name) => Some(name.clone()),
            Origin::Own | Origin::Url(_) => None,
        },
        url: origin::url(site.policy(), permit),
        sets: names(edits.set.into_iter().map(|(name, _)| name.into_owned()).collect()),
        removes: names(
            edits
                .remove
                .into_iter()
                .map(Cow::into_owned)
                .filter(|name| headers.contains_key(name))
                .collect(),
        ),
    });
}

fn facts(token: &UntrustedToken) -> Facts {
    Facts {
        issuer: token.claims().issuer().to_owned(),
        algorithm: token.jws().algorithm().name(),
        key_id: token.jws().key_id().map(str::to_owned),
        token_type: token.jws().token_type().map(str::to_owned),
    }
}
