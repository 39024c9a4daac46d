//! What the operator asked for: `[vars.TURNPIKE]`, parsed once into a type without invalid values.

mod assertion;
mod brand;
mod caching;
mod condition;
mod cors;
mod document;
mod hosts;
mod identity;
mod index;
mod issuer;
mod key_source;
mod log_key;
mod next;
mod origin;
mod pattern;
mod problem;
mod reader;
mod requirement;
mod resource;
mod route;
mod routes;
mod secret;

pub use assertion::Assertion;
pub use brand::{Brand, HostBrand, with_url};
pub use caching::{Caching, Partition, Store};
pub use condition::{Condition, Test, add as add_scope};
pub use cors::Cors;
pub use identity::Identity;
pub use issuer::{Issuer, TokenType};
pub use key_source::KeySource;
pub use log_key::{LogKey, Pseudonym};
pub use next::Rollout;
pub use origin::Origin;
pub use problem::Problem;
pub use requirement::{Access, Requirement};
pub use resource::Resource;
pub use route::Route;
pub use routes::Routes;

use crate::json::Value;
use crate::request::CredentialSource;
use problem::Problems;
use reader::Field;

/// What a configuration refers to by name.
pub trait Environment {
    /// The value of a secret, `None` when it is not set.
    fn secret(&self, name: &str) -> Option<String>;

    /// The same of a secret that is to be a private JWK. Who does not know the secrets lets another
    /// one stand in.
    fn signing_key(&self, name: &str) -> Option<String> {
        self.secret(name)
    }

    /// Whether a service or assets binding of that name exists.
    fn has_binding(&self, name: &str) -> bool;
}

/// A valid configuration.
#[derive(Debug)]
pub struct Policy {
    realm: String,
    origin: Origin,
    hosts: Option<Vec<String>>,
    leeway: u64,
    credentials: Vec<CredentialSource>,
    identity: Identity,
    assertion: Option<Assertion>,
    brand: Brand,
    host_brands: Vec<HostBrand>,
    cors: Option<Cors>,
    store: Store,
    issuers: Vec<Issuer>,
    routes: Routes,
    resource: Option<Resource>,
    log_key: Option<LogKey>,
}

impl Policy {
    /// Reads a configuration as it stands in `[vars.TURNPIKE]`, as JSON: an object, or a string that
    /// holds one.
    ///
    /// # Errors
    ///
    /// Every problem of the configuration, each with its place.
    pub fn parse(json: &str, environment: &dyn Environment) -> Result<Self, Vec<Problem>> {
        Self::read(&Self::unpacked(json)?, environment)
    }

    fn read(value: &Value, environment: &dyn Environment) -> Result<Self, Vec<Problem>> {
        let problems = Problems::default();
        let policy = document::read(&Field::root(&problems, value), environment);
        match (policy, problems.into_vec()) {
            (Some(policy), problems) if problems.is_empty() => Ok(policy),
            (_, problems) => Err(problems),
        }
    }

    fn unpacked(json: &str) -> Result<Value, Vec<Problem>> {
        let value = Value::parse(json.as_bytes());
        let value = match &value {
            Ok(Value::String(text)) => Value::parse(text.as_bytes()),
            _ => value,
        };
        value.map_err(|place| vec![Problem::new("TURNPIKE", format!("is not JSON: {place}"))])
    }

    /// The protection space named in every challenge (RFC 9110 section 11.5).
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Where permitted requests go.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The host names that are served; any if `None`.
    pub fn hosts(&self) -> Option<&[String]> {
        self.hosts.as_deref()
    }

    /// Whether requests for this host name are served at all.
    pub fn serves(&self, host: &str) -> bool {
        self.hosts.as_ref().is_none_or(|served| hosts::cover(served, host))
    }

    /// How far the clocks of issuers may be off, in seconds.
    pub fn leeway(&self) -> u64 {
        self.leeway
    }

    /// Where a token may be carried.
    pub fn credentials(&self) -> &[CredentialSource] {
        &self.credentials
    }

    /// What the origin is told of who asks, besides the subject.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What is signed for the origin, if anything.
    pub fn assertion(&self) -> Option<&Assertion> {
        self.assertion.as_ref()
    }

    /// What the pages look like ...
    pub fn brand(&self) -> &Brand {
        &self.brand
    }

    /// ... but for those of these hosts.
    pub fn host_brands(&self) -> &[HostBrand] {
        &self.host_brands
    }

    /// Whose scripts may read answers; `None` where that is left to the origin.
    pub fn cors(&self) -> Option<&Cors> {
        self.cors.as_ref()
    }

    /// Where answers are stored.
    pub fn store(&self) -> Store {
        self.store
    }

    /// The trusted issuers.
    pub fn issuers(&self) -> &[Issuer] {
        &self.issuers
    }

    /// The issuer with exactly this identifier.
    pub fn issuer(&self, identifier: &str) -> Option<&Issuer> {
        self.issuers.iter().find(|issuer| issuer.identifier() == identifier)
    }

    /// The routes.
    pub fn routes(&self) -> &Routes {
        &self.routes
    }

    /// What names for subjects in the log are made with; without it, they have none.
    pub fn log_key(&self) -> Option<&LogKey> {
        self.log_key.as_ref()
    }

    /// What is said about the protected resource (RFC 9728), if anything.
    pub fn resource(&self) -> Option<&Resource> {
        self.resource.as_ref()
    }
}
