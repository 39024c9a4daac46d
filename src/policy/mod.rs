//! What the operator asked for: `[vars.TURNPIKE]`, parsed once into a type without invalid values.

mod brand;
mod caching;
mod condition;
mod cors;
mod hosts;
mod index;
mod issuer;
mod key_source;
mod pattern;
mod reader;
mod requirement;
mod resource;
mod route;
mod routes;

use serde_json::Value;

pub use brand::{Brand, HostBrand};
pub use caching::{Caching, Partition, Store};
pub use condition::{Condition, Test, add as add_scope};
pub use cors::Cors;
pub use issuer::{Issuer, TokenType};
pub use key_source::KeySource;
pub use reader::Problem;
pub use requirement::{Access, Requirement};
pub use resource::Resource;
pub use route::Route;
pub use routes::Routes;

use crate::request::CredentialSource;
use crate::uri;
use reader::{Field, Problems};

/// What a configuration refers to by name.
pub trait Environment {
    /// The value of a secret, `None` when it is not set.
    fn secret(&self, name: &str) -> Option<String>;

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
    brand: Brand,
    host_brands: Vec<HostBrand>,
    cors: Option<Cors>,
    store: Store,
    issuers: Vec<Issuer>,
    routes: Routes,
    resource: Option<Resource>,
}

/// Where a permitted request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// To its own URL: the server behind a zone route.
    Own,
    /// To another server: scheme and authority, without a trailing slash.
    Url(String),
    /// To a service or assets binding of this name.
    Binding(String),
}

impl Policy {
    /// Reads a configuration as it stands in `[vars.TURNPIKE]`, or a JSON string of the same shape.
    ///
    /// # Errors
    ///
    /// Every problem of the configuration, each with its place.
    pub fn parse(value: &Value, environment: &dyn Environment) -> Result<Self, Vec<Problem>> {
        let unpacked = match value {
            Value::String(text) => &serde_json::from_slice(text.as_bytes())
                .map_err(|error| vec![Problem::new("TURNPIKE", format!("is not JSON: {error}"))])?,
            other => other,
        };
        let problems = Problems::default();
        let policy = read(&Field::root(&problems, unpacked), environment);
        match (policy, problems.into_vec()) {
            (Some(policy), problems) if problems.is_empty() => Ok(policy),
            (_, problems) => Err(problems),
        }
    }

    /// The protection space named in every challenge (RFC 9110 section 11.5).
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Where permitted requests go.
    pub fn origin(&self) -> &Origin {
        &self.origin
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

    /// What is said about the protected resource (RFC 9728), if anything.
    pub fn resource(&self) -> Option<&Resource> {
        self.resource.as_ref()
    }
}

fn read(root: &Field<'_, '_>, environment: &dyn Environment) -> Option<Policy> {
    let table = root.table()?;
    let brand = table.optional("brand").map_or_else(|| Some(Brand::default()), |f| brand::read(&f));
    let realm = table.optional("realm").map_or_else(
        || brand.as_ref().and_then(|brand| default_realm(root, brand)),
        |field| field.parsed(realm),
    );
    let origin = table.optional("origin").map_or(Some(Origin::Own), |field| {
        let origin = field.parsed(origin)?;
        match &origin {
            Origin::Binding(name) if !environment.has_binding(name) => {
                field.problem(format!(
                    "there is no binding `{name}`; add it under [[services]] or [assets]"
                ));
                None
            }
            _ => Some(origin),
        }
    });
    let hosts = match table.optional("hosts") {
        None => Some(None),
        Some(field) => hosts::read(&field).map(Some),
    };
    let served = hosts.as_ref().and_then(Option::as_deref);
    let host_brands = table
        .optional("brands")
        .map_or_else(|| Some(Vec::new()), |field| brand::read_all(&field, served));
    let leeway = table.optional("leeway").map_or(Some(30), |field| field.integer(0..=300));
    let credentials = table.optional("credentials").map_or_else(
        || Some(vec![CredentialSource::Bearer]),
        |field| field.list_of(|item| item.parsed(CredentialSource::parse)),
    );
    let cors = match table.optional("cors") {
        None => Some(None),
        Some(field) => cors::read(&field).map(Some),
    };
    let store = table.optional("store").map_or(Some(Store::Colo), |field| {
        field.one_of(&[("colo", Store::Colo), ("tiered", Store::Tiered)])
    });
    let issuers = table.required("issuers").and_then(|field| issuer::read_all(&field, environment));
    // Of another origin, other answers.
    let origin_text = root.value().get("origin").map(Value::to_string).unwrap_or_default();
    let names = |issuers: &Vec<Issuer>| issuers.iter().map(|i| i.identifier().to_owned()).collect();
    let names: Option<Vec<String>> = issuers.as_ref().map(names);
    let known = names.as_deref().map(|issuers| issuer::Known { issuers, whose: "the policy's" });
    let around = route::Surroundings { origin: &origin_text, served, known };
    let routes = table
        .optional("routes")
        .map_or_else(|| Some(Routes::default()), |field| routes::read_all(&field, &around));
    let resource = match table.optional("resource") {
        None => Some(None),
        Some(field) => {
            let around = resource::Surroundings {
                brand: table.optional("brand").and(brand.as_ref()),
                credentials: credentials.as_deref().unwrap_or_default(),
                issuers: issuers.as_deref().unwrap_or_default(),
                scopes: routes.as_ref().map(Routes::scopes).unwrap_or_default(),
            };
            resource::read(&field, around).map(Some)
        }
    };
    table.close();
    Some(Policy {
        realm: realm?,
        origin: origin?,
        hosts: hosts?,
        leeway: leeway?,
        credentials: credentials?,
        brand: brand?,
        host_brands: host_brands?,
        cors: cors?,
        store: store?,
        issuers: issuers?,
        routes: routes?,
        resource: resource?,
    })
}

fn default_realm(root: &Field<'_, '_>, brand: &Brand) -> Option<String> {
    let parsed = realm(&brand.name);
    if parsed.is_err() {
        root.problem("`realm` is missing, and the brand's name cannot stand in for it: it is not plain ASCII");
    }
    parsed.ok()
}

/// A realm is sent as a quoted-string; we allow what needs no escape there.
fn realm(text: &str) -> Result<String, String> {
    let plain = |c: char| (c == ' ' || c.is_ascii_graphic()) && c != '"' && c != '\\';
    if text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("must be ASCII without quotes and backslashes".to_owned())
    }
}

fn origin(text: &str) -> Result<Origin, String> {
    if let Some(name) = text.strip_prefix("binding:") {
        return if name.is_empty() {
            Err("names no binding: write `binding:NAME`".to_owned())
        } else {
            Ok(Origin::Binding(name.to_owned()))
        };
    }
    let uri = uri::secure(text)?;
    if matches!(uri.rest, "" | "/") {
        Ok(Origin::Url(format!("{}://{}", uri.scheme, uri.authority)))
    } else {
        Err("must be a server without a path, like https://origin.example.com".to_owned())
    }
}
