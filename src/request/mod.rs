//! What arrived: the canonical URL, the credentials, and what kind of answer is wanted.

mod credentials;
mod negotiation;
mod url;

pub use credentials::{Credential, CredentialFault, CredentialSource, present};
pub use negotiation::Form;
pub use url::{Ambiguity, CanonicalUrl, canonical_segment};

/// Header fields, read by lower-case name. Several field lines of one name are joined by `, `, as
/// the Fetch standard does and RFC 9110 section 5.3 allows.
pub trait Headers {
    /// The value of a field, `None` when it is absent.
    fn get(&self, name: &str) -> Option<String>;
}

impl Headers for http::HeaderMap {
    fn get(&self, name: &str) -> Option<String> {
        let mut lines = self
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        let first = lines.next()?.into_owned();
        Some(lines.fold(first, |joined, line| joined + ", " + &line))
    }
}

/// The part of a request that decisions are made on.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// The method, case-sensitive.
    pub method: &'a str,
    /// The absolute URL, as the platform's WHATWG parser wrote it.
    pub url: &'a str,
    /// The header fields.
    pub headers: &'a dyn Headers,
}
