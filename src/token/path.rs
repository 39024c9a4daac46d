//! Where in a claims set a value is.

/// The name of a claim, or a JSON Pointer (RFC 6901) to what is within one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(String);

impl ClaimPath {
    /// Reads a pointer, which begins with `/`, or the name of a claim, which does not, whatever
    /// else is in it: `/realm_access/roles`, `https://example.com/roles`.
    ///
    /// # Errors
    ///
    /// What is wrong, for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        // There are two escapes (RFC 6901 section 3).
        let mut escapes = text.split('~').skip(1);
        if text.starts_with('/') && !escapes.all(|after| after.starts_with(['0', '1'])) {
            return Err(
                "is no JSON Pointer: `~` is written `~0` there, and `/` in a name `~1`".to_owned()
            );
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_a_slash_is_a_pointer() {
        for right in ["roles", "a.b~c", "https://example.com/~x", "/", "/m~0n", "/~01", "/foo/0"] {
            assert_eq!(ClaimPath::parse(right).map(|path| path.0).as_deref(), Ok(right));
        }
        for wrong in ["/a~", "/a~2", "/~~01", "/a/~b"] {
            assert!(ClaimPath::parse(wrong).is_err(), "{wrong}");
        }
    }
}
