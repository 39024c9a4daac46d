//! A permit cannot be written down.

use turnpike::gate::Permit;
use turnpike::policy::Route;
use turnpike::request::CanonicalUrl;

fn forge(url: CanonicalUrl, route: &Route) -> Permit<'_> {
    Permit { method: "GET".to_owned(), url, route, principal: None, is_preflight: false, is_handshake: false }
}

fn main() {}
