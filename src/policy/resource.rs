//! What the filter says about the protected resource: `resource` (RFC 9728).

use super::hosts::address;
use super::reader::Field;
use super::requirement::scope;
use super::{Brand, Issuer};
use crate::json::{Object, Value};
use crate::request::{CanonicalUrl, CredentialSource};
use crate::uri;

/// The metadata of the protected resource, made when the policy is read: nothing of a request is in
/// it (RFC 9728 section 3.3).
#[derive(Debug)]
pub struct Resource {
    metadata_url: String,
    path: String,
    document: String,
}

impl Resource {
    /// Where clients find the metadata, for challenges (RFC 9728 section 5.1).
    pub fn metadata_url(&self) -> &str {
        &self.metadata_url
    }

    /// The path it is served at (RFC 9728 section 3.1).
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The metadata as JSON (RFC 9728 section 2).
    pub fn document(&self) -> &str {
        &self.document
    }
}

/// Where the defaults come from.
pub(super) struct Surroundings<'p> {
    pub(super) brand: Option<&'p Brand>,
    pub(super) credentials: &'p [CredentialSource],
    pub(super) issuers: &'p [Issuer],
    pub(super) scopes: Vec<String>,
}

pub(super) fn read(field: &Field<'_, '_>, around: Surroundings<'_>) -> Option<Resource> {
    let table = field.table()?;
    let url = table.required("resource").and_then(|field| field.parsed(identifier));
    let identifiers = around.issuers.iter().map(Issuer::identifier);
    let servers = match table.optional("authorization_servers") {
        Some(field) => field.texts(server),
        None => identifiers.filter_map(|issuer| server(issuer).ok()).collect(),
    };
    let scopes = match table.optional("scopes_supported") {
        Some(field) => field.texts(scope),
        None => around.scopes,
    };
    let name = match table.optional("resource_name") {
        Some(field) => field.text(),
        None => around.brand.map(|brand| brand.name.as_str()),
    };
    let mut members = Object::default();
    for name in ["resource_documentation", "resource_policy_uri", "resource_tos_uri"] {
        if let Some(field) = table.optional(name) {
            let text = field.string(address);
            members.insert(name.to_owned(), Value::String(text));
        }
    }
    let identifier = field.value().get("resource").cloned();
    table.close()?;
    // Members without elements are left out (RFC 9728 section 3.2).
    let mut list = |name: &str, items: Vec<String>| {
        if !items.is_empty() {
            let items = items.into_iter().map(Value::String).collect();
            members.insert(name.to_owned(), Value::Array(items));
        }
    };
    list("authorization_servers", servers);
    list("scopes_supported", scopes);
    if around.credentials.contains(&CredentialSource::Bearer) {
        list("bearer_methods_supported", vec!["header".to_owned()]);
    }
    members.insert("resource".to_owned(), identifier?);
    if let Some(name) = name {
        members.insert("resource_name".to_owned(), Value::String(name.to_owned()));
    }
    let url = url?;
    let path = format!("/.well-known/oauth-protected-resource{}", own_path(&url));
    Some(Resource {
        metadata_url: format!("{}{path}", url.origin()),
        path,
        document: format!("{}\n", Value::Object(members)),
    })
}

/// Clients compare it to the letter, so it has one spelling.
fn identifier(text: &str) -> Result<CanonicalUrl, String> {
    uri::secure(text)?;
    if text.contains(['?', '#']) {
        return Err("must have neither a query nor a fragment".to_owned());
    }
    // Challenges have it between quotes.
    if text.as_bytes().contains(&b'"') {
        return Err("must not hold a quote".to_owned());
    }
    let url =
        CanonicalUrl::parse(text).map_err(|why| format!("has more than one reading: {why}"))?;
    if url.as_str().strip_suffix('/') == Some(text) || url.as_str() == text {
        Ok(url)
    } else {
        Err(format!("must be written `{}`", url.as_str()))
    }
}

/// The path of the identifier, which is none when it is the root.
fn own_path(url: &CanonicalUrl) -> &str {
    if url.path() == "/" { "" } else { url.path() }
}

/// The issuer identifier of an authorization server (RFC 8414 section 2).
fn server(text: &str) -> Result<String, String> {
    uri::secure(text)?;
    if text.contains(['?', '#']) {
        return Err("must have neither a query nor a fragment".to_owned());
    }
    Ok(text.to_owned())
}
