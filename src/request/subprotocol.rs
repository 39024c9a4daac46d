//! A token among the subprotocols of a WebSocket (RFC 6455 section 4.1): a browser lets a script set
//! no other field of the handshake.

use super::credentials::CredentialFault;
use crate::fields::Headers;

/// The token of the entry `NAME.TOKEN`.
pub(super) fn token<'f>(field: &'f str, name: &str) -> Result<Option<&'f str>, CredentialFault> {
    let mut tokens = field.split(',').filter_map(|entry| token_of(entry, name));
    match (tokens.next(), tokens.next()) {
        (_, Some(_)) => Err(CredentialFault::Ambiguous),
        (Some(""), None) => Err(CredentialFault::Malformed),
        (token, None) => Ok(token),
    }
}

/// Whether the request asks for the protocol to be changed to `WebSocket`.
pub fn is_websocket(headers: &dyn Headers) -> bool {
    headers.get("upgrade").is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// The field without the entries that carry tokens under these names; `None` when nothing is left.
pub fn without_tokens(field: &str, names: &[&str]) -> Option<String> {
    let is_other = |entry: &&str| {
        !entry.is_empty() && names.iter().all(|name| token_of(entry, name).is_none())
    };
    let others: Vec<&str> = field.split(',').map(str::trim).filter(is_other).collect();
    (!others.is_empty()).then(|| others.join(", "))
}

fn token_of<'e>(entry: &'e str, name: &str) -> Option<&'e str> {
    entry.trim().strip_prefix(name)?.strip_prefix('.')
}

/// Where subprotocols are.
pub const FIELD: &str = "sec-websocket-protocol";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: &str, expected: Result<Option<&str>, CredentialFault>) {
        assert_eq!(token(field, "bearer"), expected);
    }

    #[test]
    fn one_entry_carries_the_token() {
        check("chat.v1, bearer.a.b.c", Ok(Some("a.b.c")));
        check("bearer.a.b.c,chat.v1", Ok(Some("a.b.c")));
        check("chat.v1", Ok(None));
        check("bearer, bearers.a.b.c, Bearer.a.b.c", Ok(None));
        check("bearer.", Err(CredentialFault::Malformed));
        check("bearer.a, bearer.b", Err(CredentialFault::Ambiguous));
        check("bearer.a, bearer.a", Err(CredentialFault::Ambiguous));
    }

    #[test]
    fn what_is_left_is_what_the_origin_may_choose_from() {
        let left = |field| without_tokens(field, &["bearer"]);
        assert_eq!(left("chat.v1, bearer.a.b.c,chat.v2").as_deref(), Some("chat.v1, chat.v2"));
        assert_eq!(left("bearer.a.b.c, bearer."), None);
        assert_eq!(left("bearer, chat").as_deref(), Some("bearer, chat"));
    }
}
