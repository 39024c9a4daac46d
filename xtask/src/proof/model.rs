//! RFC 9111 as a well-known crate has it: a cache without a network of its own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use http_cache_semantics::{BeforeRequest, CacheOptions, CachePolicy};
use ureq::http::{HeaderMap, Response, StatusCode};

use super::answer::{Answer, Cache, Client, as_http};
use super::case::{Ask, Host};
use super::journey::Kind;
use super::site::Site;
use crate::shell::{Failure, Result};

/// What is stored, by host and path, the newest last.
type Stored = HashMap<(Host, String), Vec<(CachePolicy, Answer)>>;

pub(super) struct Model<'s> {
    site: &'s Site,
    kind: Kind,
    stored: Mutex<Stored>,
}

impl<'s> Model<'s> {
    pub(super) fn new(site: &'s Site, kind: Kind) -> Self {
        Self { site, kind, stored: Mutex::default() }
    }

    /// What is stored for a request: fresh, or at least for requests like it.
    fn find(&self, ask: &Ask, even_stale: bool) -> Result<Option<Answer>> {
        let request = as_http(ask, "")?;
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = stored.get(&(ask.host, ask.path.clone())).map_or(&[][..], Vec::as_slice);
        let serves = |policy: &CachePolicy| match policy.before_request(&request, SystemTime::now())
        {
            BeforeRequest::Fresh(_) => true,
            BeforeRequest::Stale { matches, .. } => even_stale && matches,
        };
        Ok(entries
            .iter()
            .rev()
            .find(|(policy, _)| serves(policy))
            .map(|(_, answer)| answer.clone()))
    }

    fn keep(&self, ask: &Ask, answer: &Answer) -> Result {
        // The crate understands few statuses and stores no other. A cache may understand all.
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::OK;
        *response.headers_mut() = HeaderMap::clone(&answer.fields);
        let options = CacheOptions { shared: self.kind == Kind::Shared, ..CacheOptions::default() };
        let policy =
            CachePolicy::new_options(&as_http(ask, "")?, &response, SystemTime::now(), options);
        if policy.is_storable() {
            let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
            let entries = stored.entry((ask.host, ask.path.clone())).or_default();
            entries.push((policy, answer.clone()));
        }
        Ok(())
    }
}

impl Cache for Model<'_> {
    fn ask(&self, asks: &[Ask]) -> Result<Vec<Answer>> {
        let mut answers = Vec::new();
        let mut to_ask = Vec::new();
        for ask in asks {
            let found = self.find(ask, false)?;
            if found.is_none() {
                to_ask.push(ask.clone());
            }
            answers.push(found);
        }
        let mut arrived = self.ask_behind(&to_ask)?.into_iter();
        let mut all = Vec::new();
        for (ask, found) in asks.iter().zip(answers) {
            if let Some(answer) = found {
                all.push(answer);
                continue;
            }
            let answer = arrived.next().ok_or_else(|| Failure::new("an answer is missing"))?;
            if answer.status == 0 {
                all.push(self.find(ask, true)?.unwrap_or(answer));
            } else {
                self.keep(ask, &answer)?;
                all.push(answer);
            }
        }
        Ok(all)
    }
}

impl Model<'_> {
    /// What the filter, or whoever is meant, answers.
    fn ask_behind(&self, asks: &[Ask]) -> Result<Vec<Answer>> {
        let mut answers: HashMap<usize, Answer> = HashMap::new();
        for host in [Host::Filter, Host::Other, Host::Misconfigured, Host::Bare] {
            let theirs = asks.iter().enumerate().filter(|(_, ask)| ask.host == host);
            let (places, theirs): (Vec<_>, Vec<_>) =
                theirs.map(|(place, ask)| (place, ask.clone())).unzip();
            let came = Client::of(self.site.port(host)).ask(&theirs)?;
            answers.extend(places.into_iter().zip(came));
        }
        let missing = |place: usize| Failure::new(format!("there is no answer {place}"));
        (0..asks.len()).map(|place| answers.remove(&place).ok_or_else(|| missing(place))).collect()
    }
}
