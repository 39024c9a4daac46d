//! Names of hosts in a configuration: `docs.example.com`, or `*.example.com` for any label in that
//! place, and exactly one. And addresses of servers.

use super::reader::Field;
use crate::uri;

/// Names and wildcards.
pub(super) fn read(field: &Field<'_, '_>) -> Vec<String> {
    field.texts(name_or_wildcard)
}

/// The same, of hosts each of which must be `served`, if those are known.
pub(super) fn read_served(field: &Field<'_, '_>, served: Option<&[String]>) -> Vec<String> {
    let hosts = read(field);
    // Of a wildcard, one host will do.
    let is_served = |host: &str| {
        served.is_none_or(|served| served.iter().any(|of| covers(of, host) || covers(host, of)))
    };
    for (number, _) in hosts.iter().enumerate().filter(|(_, host)| !is_served(host)) {
        field.problem_at(
            &format!("[{number}]"),
            "is not among the `hosts` that are served: add it there, or leave it out here",
        );
    }
    hosts
}

/// Whether one of these is the name of a host, or a wildcard for it.
pub(super) fn cover(hosts: &[String], host: &str) -> bool {
    hosts.iter().any(|listed| covers(listed, host))
}

/// Whether a host can be meant by both lists; `None` is every host.
pub(super) fn overlap(one: Option<&[String]>, other: Option<&[String]>) -> bool {
    let either = |one: &str, other: &str| covers(one, other) || covers(other, one);
    match (one, other) {
        (Some(one), Some(other)) => {
            one.iter().any(|one| other.iter().any(|other| either(one, other)))
        }
        (Some(hosts), None) | (None, Some(hosts)) => !hosts.is_empty(),
        (None, None) => true,
    }
}

fn covers(listed: &str, host: &str) -> bool {
    listed == host || wildcard(host).as_deref() == Some(listed)
}

/// The wildcard that covers a host.
pub(super) fn wildcard(host: &str) -> Option<String> {
    host.split_once('.').map(|(_, domain)| format!("*.{domain}"))
}

fn name_or_wildcard(text: &str) -> Result<String, String> {
    match text.strip_prefix("*.") {
        Some(domain) if domain.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
            name(domain).map(|_| text.to_owned())
        }
        None if !text.as_bytes().contains(&b'*') => name(text),
        _ => Err(format!("`{text}` is not a host name: `*` may only be its whole first label")),
    }
}

/// A name alone.
pub(super) fn name(text: &str) -> Result<String, String> {
    let is_ipv6 = text.starts_with('[') && text.ends_with(']');
    let punctuation = if is_ipv6 { "[:]" } else { "-." };
    let allowed =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || punctuation.contains([c]);
    if text.chars().all(allowed) && !text.ends_with('.') {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{text}` is not a host name: write it in lower case, international names as xn--..., \
             without scheme, port{} or final dot",
            if text.as_bytes().contains(&b'*') { ", wildcard" } else { "" }
        ))
    }
}

/// The address of a server, as it is written.
pub(super) fn address(text: &str) -> Result<String, String> {
    uri::secure(text).map(|_| text.to_owned())
}
