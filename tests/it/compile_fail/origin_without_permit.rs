//! Without a permit there is nothing to ask the origin.

use turnpike::fields::{Edits, Headers};
use turnpike::origin::{self, Purpose};
use turnpike::policy::Policy;
use turnpike::request::CanonicalUrl;

fn ask(policy: &Policy, url: &CanonicalUrl, headers: &dyn Headers) -> (String, Edits) {
    (origin::url(policy, url), origin::request(policy, url, headers, &Purpose::Relay))
}

fn main() {}
