//! The server that a URL names.

use std::borrow::Cow;

/// Host and port as the platform would write them when it sends the request (WHATWG URL, section
/// 3.5), but for the case: without a final dot, and without the port that goes without saying.
pub(super) fn canonical_authority(authority: &str, default_port: u16) -> Option<Cow<'_, str>> {
    let (host, port) = split_port(authority);
    let host = host.strip_suffix('.').unwrap_or(host);
    let port = match port {
        None | Some("") => default_port,
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => port.parse().ok()?,
        Some(_) => return None,
    };
    if !is_host(host) {
        None
    } else if port == default_port {
        Some(host.into())
    } else {
        Some(format!("{host}:{port}").into())
    }
}

/// An IPv6 address in brackets, an IPv4 address in its usual form, or a name.
fn is_host(host: &str) -> bool {
    if let Some(ipv6) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return !ipv6.is_empty() && ipv6.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    }
    let is_label = |label: &str| {
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.bytes().all(is_of_name)
    };
    // `0x7f.1` and `2130706433` are addresses to some readers, and names to others.
    let is_number = |label: &str| {
        let hexadecimal = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
        label.bytes().all(|byte| byte.is_ascii_digit())
            || hexadecimal.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let is_octet =
        |label: &str| label.parse::<u8>().is_ok() && (label == "0" || !label.starts_with('0'));
    host.split('.').all(is_label)
        && (!host.rsplit('.').next().is_some_and(is_number)
            || (host.split('.').all(is_octet) && host.split('.').count() == 4))
}

/// The host, and what stands behind its colon.
pub(super) fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        // Not the inside of an IPv6 address.
        Some((host, port)) if !port.as_bytes().contains(&b']') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(authority: &str, canonical: Option<&str>) {
        assert_eq!(canonical_authority(authority, 443).as_deref(), canonical, "{authority}");
    }

    #[test]
    fn the_port_that_goes_without_saying_is_left_out() {
        for authority in ["a.example", "a.example:443", "a.example:", "a.example.:0443"] {
            check(authority, Some("a.example"));
        }
        check("a.example:080", Some("a.example:80"));
        check("[::1]:443", Some("[::1]"));
        check("[::1]:8443", Some("[::1]:8443"));
        for port in ["65536", "-1", "+1", "x", "4 3", "443:443", "٤٤٣"] {
            check(&format!("a.example:{port}"), None);
        }
    }

    #[test]
    fn hosts_are_names_or_addresses_in_their_usual_form() {
        for host in
            ["127.0.0.1", "0.0.0.255", "xn--tda.example", "a_b.example", "1.example", "1.2.3.4e"]
        {
            check(host, Some(host));
        }
        for host in [
            "0x7f.1",
            "2130706433",
            "127.1",
            "127.0.0.01",
            "0177.0.0.1",
            "256.0.0.1",
            "1.2.3.4.5",
            "a.1",
            "0X7F",
            "0x",
            "1.2.3.0x4",
            "[]",
            "[::1",
            "::1]",
            "[::1]x",
            "[fe80::1%25eth0]",
            "[::ffff:1.2.3.4]",
            "a:b",
            "a[b",
            "a%2eb",
            "%61",
            "ü.example",
            "a。b",
            "a b",
            "a@b",
            "a,b",
            "a*",
            "a\\b",
        ] {
            check(host, None);
        }
    }

    #[test]
    fn no_label_is_empty() {
        for host in ["", ".", "..", "a..", "a..b", ".a", ":80", "a..:80"] {
            check(host, None);
        }
        check("a.", Some("a"));
    }
}
