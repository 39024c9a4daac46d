//! Where in a claims set a value is.

/// The name of a claim, or a JSON Pointer (RFC 6901) to what is within one: the names on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(pub(super) Vec<String>);

impl ClaimPath {
    /// Reads a pointer, which begins with `/`, or the name of a claim, which does not, whatever
    /// else is in it: `/realm_access/roles`, `https://example.com/roles`.
    ///
    /// # Errors
    ///
    /// What is wrong, for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some(pointer) = text.strip_prefix('/') else {
            return Ok(Self(vec![text.to_owned()]));
        };
        let mut names = Vec::new();
        for name in pointer.split('/') {
            // There are two escapes (RFC 6901 section 3).
            if name.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1'])) {
                return Err(format!(
                    "`{text}` is no JSON Pointer: `~` is written `~0`, and `/` within a name `~1`"
                ));
            }
            names.push(name.replace("~1", "/").replace("~0", "~"));
        }
        Ok(Self(names))
    }
}

/// The place of an item in a list: digits without a zero in front (RFC 6901 section 4).
pub(super) fn index(name: &str) -> Option<usize> {
    let is_written_so = name == "0" || !name.starts_with(['0', '+']);
    name.parse().ok().filter(|_| is_written_so)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, names: &[&str]) {
        let path = ClaimPath::parse(text).map(|path| path.0);
        assert_eq!(path, Ok(names.iter().map(|name| (*name).to_owned()).collect()), "{text}");
    }

    #[test]
    fn what_begins_with_a_slash_is_a_pointer() {
        check("roles", &["roles"]);
        check("https://example.com/roles", &["https://example.com/roles"]);
        check("a.b~c", &["a.b~c"]);
        check("/realm_access/roles", &["realm_access", "roles"]);
        check("/https:~1~1example.com~1roles", &["https://example.com/roles"]);
        // The examples of RFC 6901 section 5, and `~01` of section 4.
        check("/", &[""]);
        check("/m~0n", &["m~n"]);
        check("/ ", &[" "]);
        check("/~01", &["~1"]);
        check("/foo/0", &["foo", "0"]);
        for wrong in ["/a~", "/a~2", "/~~01", "/a/~b"] {
            assert!(ClaimPath::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_item_has_one_spelling() {
        for (text, expected) in [("0", Some(0)), ("7", Some(7)), ("10", Some(10))] {
            assert_eq!(index(text), expected);
        }
        for text in ["", "-", "01", "00", "+1", "-1", "1.0", "a", "99999999999999999999999"] {
            assert_eq!(index(text), None, "{text}");
        }
    }
}
