//! The top level of the configuration.

use super::reader::Field;
use super::{
    Brand, Environment, Issuer, Origin, Policy, Routes, Store, assertion, brand, cors, hosts,
    identity, issuer, log_key, origin, resource, route, routes,
};
use crate::json::Value;
use crate::request::CredentialSource;

pub(super) fn read(root: &Field<'_, '_>, environment: &dyn Environment) -> Option<Policy> {
    let table = root.table()?;
    let brand = table.optional("brand").map_or_else(|| Some(Brand::default()), |f| brand::read(&f));
    let realm = table.optional("realm").map_or_else(
        || brand.as_ref().and_then(|brand| default_realm(root, brand)),
        |field| field.parsed(realm),
    );
    let origin = table
        .optional("origin")
        .map_or(Some(Origin::Own), |field| origin::read(&field, environment));
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
    let identity = table
        .optional("identity")
        .map(|field| identity::read(&field, credentials.as_deref().unwrap_or_default()));
    let assertion = table
        .optional("assertion")
        .and_then(|field| assertion::read(&field, origin.as_ref(), environment));
    let cors = match table.optional("cors") {
        None => Some(None),
        Some(field) => cors::read(&field).map(Some),
    };
    let store = table.optional("store").map_or(Some(Store::Colo), |field| {
        field.one_of(&[("colo", Store::Colo), ("tiered", Store::Tiered)])
    });
    let issuers = table.required("issuers").and_then(|field| issuer::read_all(&field, environment));
    let is_report_only = table.optional("mode").map_or(Some(false), |field| route::mode(&field));
    // Of another origin, other answers.
    let origin_text = root.value().get("origin").map(Value::to_string).unwrap_or_default();
    let names = |issuers: &Vec<Issuer>| issuers.iter().map(|i| i.identifier().to_owned()).collect();
    let names: Option<Vec<String>> = issuers.as_ref().map(names);
    let around = route::Surroundings {
        origin: &origin_text,
        served,
        known: names.as_deref().map(|issuers| issuer::Known { issuers, whose: "the policy's" }),
        is_report_only: is_report_only.unwrap_or_default(),
    };
    let routes = table.optional("routes").map_or_else(
        || Some(Routes::of(Vec::new(), around)),
        |field| routes::read_all(&field, around),
    );
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
    let log_key = match table.optional("log_key") {
        None => Some(None),
        Some(field) => log_key::read(&field, environment).map(Some),
    };
    table.close();
    is_report_only?;
    Some(Policy {
        realm: realm?,
        origin: origin?,
        hosts: hosts?,
        leeway: leeway?,
        credentials: credentials?,
        identity: identity.unwrap_or_default(),
        assertion,
        brand: brand?,
        host_brands: host_brands?,
        cors: cors?,
        store: store?,
        issuers: issuers?,
        routes: routes?,
        resource: resource?,
        log_key: log_key?,
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
