//! The top level of the configuration.

use super::reader::Field;
use super::{
    Brand, Environment, Origin, Policy, Routes, Store, assertion, brand, cors, hosts, identity,
    issuer, log_key, origin, resource, route, routes,
};
use crate::json::Value;
use crate::request::CredentialSource;

pub(super) fn read(root: &Field<'_, '_>, environment: &dyn Environment) -> Option<Policy> {
    let table = root.table()?;
    let brand = table.optional("brand").map(|field| brand::read(&field));
    let realm = match table.optional("realm") {
        Some(field) => field.string(realm),
        None => default_realm(root, brand.as_ref()),
    };
    let origin = match table.optional("origin") {
        Some(field) => origin::read(&field, environment),
        None => Some(Origin::Own),
    };
    let hosts = table.optional("hosts").map(|field| hosts::read(&field));
    // Of hosts that cannot be read, nobody knows which are served.
    let served = hosts.as_deref().filter(|hosts| !hosts.is_empty());
    let host_brands = table.optional("brands").map(|field| brand::read_all(&field, served));
    let leeway = table.integer("leeway", 0..=300, 30);
    let credentials = match table.optional("credentials") {
        Some(field) => field.list_of(|item| item.parsed(CredentialSource::parse)),
        None => vec![CredentialSource::Bearer],
    };
    let identity = table.optional("identity").map(|field| identity::read(&field, &credentials));
    let assertion = table
        .optional("assertion")
        .and_then(|field| assertion::read(&field, origin.as_ref(), environment));
    let cors = table.optional("cors").and_then(|field| cors::read(&field));
    let store = table
        .optional("store")
        .and_then(|field| field.one_of([("colo", Store::Colo), ("tiered", Store::Tiered)]));
    let issuers = table.required("issuers").map(|field| issuer::read_all(&field, environment));
    let issuers = issuers.unwrap_or_default();
    let is_report_only = table.optional("mode").is_some_and(|field| route::mode(&field));
    // Of another origin, other answers.
    let origin_text = root.value().get("origin").map(Value::to_string).unwrap_or_default();
    let names: Vec<String> = issuers.iter().map(|i| i.identifier().to_owned()).collect();
    let around = route::Surroundings {
        origin: &origin_text,
        served,
        known: issuer::Known { issuers: &names, whose: "the policy's" },
        is_report_only,
    };
    let routes = match table.optional("routes") {
        Some(field) => routes::read_all(&field, around),
        None => Routes::of(Vec::new(), around),
    };
    let resource = table.optional("resource").and_then(|field| {
        let around = resource::Surroundings {
            brand: brand.as_ref(),
            credentials: &credentials,
            issuers: &issuers,
            scopes: routes.scopes(),
        };
        resource::read(&field, around)
    });
    let log_key = table.optional("log_key").and_then(|field| log_key::read(&field, environment));
    table.close()?;
    Some(Policy {
        realm,
        origin: origin?,
        hosts,
        leeway,
        credentials,
        identity: identity.unwrap_or_default(),
        assertion,
        brand: brand.unwrap_or_default(),
        host_brands: host_brands.unwrap_or_default(),
        cors,
        store: store.unwrap_or(Store::Colo),
        issuers,
        routes,
        resource,
        log_key,
    })
}

fn default_realm(root: &Field<'_, '_>, brand: Option<&Brand>) -> String {
    let usual = Brand::default();
    realm(&brand.unwrap_or(&usual).name).unwrap_or_else(|_| {
        root.problem("`realm` is missing, and the brand's name cannot stand in for it: it is not plain ASCII");
        String::new()
    })
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
