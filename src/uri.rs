//! Addresses of servers that we ask or send people to.

/// The parts of an absolute URL (RFC 3986 section 3) of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'t> {
    /// `https`, or `http` for this machine.
    pub scheme: &'static str,
    /// Host and port as they are written.
    pub authority: &'t str,
    /// Path, query and fragment as they are written; empty when there is none of them.
    pub rest: &'t str,
}

/// Reads an `https:` URL; `http:` is accepted only towards this machine, for development.
///
/// Only what decides where it leads is read closely. A crate that knows URLs well would be a
/// fortieth of the Worker.
///
/// # Errors
///
/// What is wrong with it, for the operator.
pub fn secure(text: &str) -> Result<Address<'_>, String> {
    let no_url = || format!("`{text}` is not a URL");
    let insecure = || format!("`{text}` must be an https: URL");
    let never = |c: char| c.is_ascii_control() || c == ' ' || c == '<' || c == '>';
    if text.is_empty() || text.contains(never) {
        return Err(no_url());
    }
    let (scheme, after) = after_scheme(text).ok_or_else(insecure)?;
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, rest) = after.split_at_checked(end).unwrap_or((after, ""));
    if authority.as_bytes().contains(&b'@') {
        return Err("must not hold a user name".to_owned());
    }
    let (host, port) = match authority.rsplit_once(':') {
        // Not the inside of an IPv6 address.
        Some((host, port)) if !port.as_bytes().contains(&b']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port =
        |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if !is_host(host) || !port.is_none_or(is_port) {
        return Err(no_url());
    }
    let is_here = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "https" => "https",
        "http" if is_here => "http",
        _ => return Err(insecure()),
    };
    Ok(Address { scheme, authority, rest })
}

/// Scheme and rest of an absolute URL.
pub(crate) fn after_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    Some((scheme, rest.strip_prefix("//")?))
}

/// A name, an IPv4 address, or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains([c]);
    let is_ipv6 = |c: char| c.is_ascii_hexdigit() || ":.".contains([c]);
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(ipv6) => !ipv6.is_empty() && ipv6.chars().all(is_ipv6),
        None => !host.is_empty() && host.chars().all(is_name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_into_parts() {
        for (text, scheme, authority, rest) in [
            ("https://idp.example", "https", "idp.example", ""),
            ("HTTPS://Idp.example:8443/", "https", "Idp.example:8443", "/"),
            ("https://idp.example/a/b?c=d#e", "https", "idp.example", "/a/b?c=d#e"),
            ("https://idp.example?a", "https", "idp.example", "?a"),
            ("https://idp.example/{ä}", "https", "idp.example", "/{ä}"),
            ("https://[2001:db8::1]:8443/x", "https", "[2001:db8::1]:8443", "/x"),
            ("http://127.0.0.1:3000/x", "http", "127.0.0.1:3000", "/x"),
            ("http://localhost", "http", "localhost", ""),
            ("http://[::1]:80", "http", "[::1]:80", ""),
            ("https://[2001:db8::1]", "https", "[2001:db8::1]", ""),
        ] {
            assert_eq!(secure(text), Ok(Address { scheme, authority, rest }), "{text}");
        }
    }

    #[track_caller]
    fn refused(texts: &[&str], why: &str) {
        for text in texts {
            assert_eq!(secure(text), Err(why.replace("{}", text)), "{text}");
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        refused(
            &[
                "",
                "https://",
                "https:///a",
                "https://:443",
                "https://a b",
                "https://a/b c",
                "https://a/\n",
                "https://a/<b>",
                "https://a\\b",
                "https://ä.example",
                "https://a%41",
                "https://a:b",
                "https://a:",
                "https://a:+1",
                "https://a:65536",
                "https://a:1:2",
                "https://[]",
                "https://[::1",
                "https://[::1]x",
                "https://a[::1]",
            ],
            "`{}` is not a URL",
        );
        refused(
            &[
                "idp",
                "/a",
                "//idp.example",
                "http://idp.example",
                "http://localhost.example",
                "ftp://127.0.0.1",
                "mailto:a@b",
                "https:/idp.example",
            ],
            "`{}` must be an https: URL",
        );
        refused(
            &["https://u@idp.example", "https://u:p@idp.example", "http://localhost@idp.example"],
            "must not hold a user name",
        );
    }
}
