//! Tokens whose signature was found to be valid, so that it need not be verified again.

/// A memory of whole tokens, bounded in number and in bytes.
///
/// It answers one question: was the signature of exactly this token valid? Everything else about a
/// token is judged anew for every request. So there is nothing in here that could outlive its
/// truth: dates and policy are not in it, and it is dropped with the keys it was made with. Tokens
/// that are not valid are never in it.
///
/// There are two generations. New tokens enter the younger one; when that is full, it becomes the
/// older one, and the older one is forgotten. A token that is seen again moves to the younger one:
/// no flood of others drives it out as long as it is in use.
#[derive(Debug)]
pub struct VerifiedTokens {
    younger: Generation,
    older: Generation,
    limits: Limits,
}

/// What one generation may hold.
#[derive(Debug, Clone, Copy)]
struct Limits {
    tokens: usize,
    bytes: usize,
}

#[derive(Default)]
struct Generation {
    /// In order, not hashed: whoever chooses tokens chooses hashes too.
    tokens: Vec<Box<str>>,
    bytes: usize,
}

impl VerifiedTokens {
    /// A memory of at most so many tokens and so many bytes of tokens.
    pub fn new(tokens: usize, bytes: usize) -> Self {
        let limits = Limits { tokens: tokens / 2, bytes: bytes / 2 };
        Self { younger: Generation::default(), older: Generation::default(), limits }
    }

    /// Whether the signature of this very token was found to be valid.
    pub fn knows(&mut self, token: &str) -> bool {
        if self.younger.find(token).is_ok() {
            return true;
        }
        match self.older.find(token) {
            Ok(index) => {
                let known = self.older.tokens.remove(index);
                self.older.bytes = self.older.bytes.saturating_sub(known.len());
                self.enter(known);
                true
            }
            Err(_) => false,
        }
    }

    /// Remembers a token whose signature was found to be valid.
    pub fn remember(&mut self, token: &str) {
        if !self.knows(token) {
            self.enter(token.into());
        }
    }

    fn enter(&mut self, token: Box<str>) {
        let bytes = self.younger.bytes.saturating_add(token.len());
        if self.younger.tokens.len() >= self.limits.tokens || bytes > self.limits.bytes {
            self.older = std::mem::take(&mut self.younger);
        }
        if self.limits.tokens > 0 && token.len() <= self.limits.bytes {
            self.younger.bytes = self.younger.bytes.saturating_add(token.len());
            if let Err(index) = self.younger.find(&token) {
                self.younger.tokens.insert(index, token);
            }
        }
    }
}

impl Generation {
    /// Where a token is, or else where it would be.
    fn find(&self, token: &str) -> Result<usize, usize> {
        self.tokens.binary_search_by(|known| (**known).cmp(token))
    }
}

impl std::fmt::Debug for Generation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Generation").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(memory: &VerifiedTokens) -> (usize, usize) {
        let generations = [&memory.younger, &memory.older];
        for generation in generations {
            let bytes: usize = generation.tokens.iter().map(|token| token.len()).sum();
            assert_eq!(generation.bytes, bytes);
        }
        (
            generations.iter().map(|generation| generation.tokens.len()).sum(),
            generations.iter().map(|generation| generation.bytes).sum(),
        )
    }

    #[test]
    fn a_token_is_known_whole_or_not_at_all() {
        let mut memory = VerifiedTokens::new(10, 1000);
        memory.remember("a.b.c");
        assert!(memory.knows("a.b.c"));
        for other in ["a.b.", "a.b.cc", "a.b.C", "a.b", "", "A.b.c", " a.b.c"] {
            assert!(!memory.knows(other), "{other}");
        }
    }

    #[test]
    fn asking_and_telling_twice_change_nothing() {
        let mut memory = VerifiedTokens::new(10, 1000);
        memory.remember("a.b.c");
        memory.remember("a.b.c");
        assert!(!memory.knows("x.y.z"));
        assert_eq!(held(&memory), (1, 5));
    }

    #[test]
    fn a_flood_is_bounded_in_number_and_in_bytes() {
        let mut memory = VerifiedTokens::new(100, 1_000_000);
        for token in 0..10_000 {
            memory.remember(&format!("{token:08}"));
            assert!(held(&memory).0 <= 100);
        }
        assert_eq!(held(&memory), (100, 800));
        let mut memory = VerifiedTokens::new(1000, 1600);
        for token in 0..10_000 {
            memory.remember(&format!("{token:08}"));
            assert!(held(&memory).1 <= 1600);
        }
        assert_eq!(held(&memory), (200, 1600));
    }

    #[test]
    fn what_is_in_use_survives_a_flood() {
        let mut memory = VerifiedTokens::new(100, 10_000);
        memory.remember("in use");
        memory.remember("not in use");
        for token in 0..1000 {
            memory.remember(&format!("{token:08}"));
            assert!(memory.knows("in use"), "after {token}");
        }
        assert!(!memory.knows("not in use"));
    }

    #[test]
    fn a_token_that_fits_nowhere_is_not_kept() {
        let mut memory = VerifiedTokens::new(100, 20);
        memory.remember("0123456789");
        memory.remember("0123456789a");
        assert!(memory.knows("0123456789"));
        assert!(!memory.knows("0123456789a"));
        for (tokens, bytes) in [(0, 0), (0, 100), (1, 100), (100, 1)] {
            let mut nothing = VerifiedTokens::new(tokens, bytes);
            nothing.remember("a");
            assert!(!nothing.knows("a"), "{tokens} tokens, {bytes} bytes");
        }
    }

    #[test]
    fn its_debug_output_tells_how_much_it_holds_and_no_token() {
        let mut memory = VerifiedTokens::new(10, 1000);
        memory.remember("a.b.c");
        let text = format!("{memory:?}");
        assert!(text.contains("Generation { bytes: 5, .. }") && !text.contains("a.b.c"), "{text}");
    }
}
