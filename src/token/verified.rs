//! Tokens whose signature was found to be valid, with what they say.

use std::rc::Rc;

use super::{TokenFault, UntrustedToken};
use crate::request::Credential;

/// A memory of whole tokens, bounded in number and in bytes.
///
/// Of each token it holds what its text says, read once, and which key sets found its signature
/// valid. Everything else about a token is judged anew for every request: dates and policy are not
/// in here. Tokens that no key set vouched for are never in it, so junk drives nothing out.
///
/// When it is full, a hand goes round and forgets the first token that was not used since it last
/// came by: no flood of others drives out what is in use. They go one by one, since to forget half
/// of them at once would take the request that causes it milliseconds.
#[derive(Debug)]
pub struct VerifiedTokens {
    /// In order, not hashed: whoever chooses tokens chooses hashes too.
    #[expect(clippy::vec_box, reason = "each that comes or goes moves those behind it")]
    tokens: Vec<Box<Known>>,
    bytes: usize,
    hand: usize,
    max_tokens: usize,
    max_bytes: usize,
    vouchers: u64,
}

/// Stands for one key set, and never for another: each is made once.
#[derive(Debug)]
pub struct Voucher(u64);

#[derive(Debug)]
struct Known {
    token: Rc<UntrustedToken>,
    bytes: usize,
    /// The key sets that found it valid last. Two policies may have one each for its issuer.
    vouchers: [u64; 2],
    /// Whether it was used since the hand passed.
    is_in_use: bool,
}

impl VerifiedTokens {
    /// A memory of at most so many tokens, which take at most so many bytes.
    pub fn new(max_tokens: usize, max_bytes: usize) -> Self {
        Self { tokens: Vec::new(), bytes: 0, hand: 0, max_tokens, max_bytes, vouchers: 0 }
    }

    /// For a key set that is new here.
    pub fn voucher(&mut self) -> Voucher {
        self.vouchers = self.vouchers.saturating_add(1);
        Voucher(self.vouchers)
    }

    /// What a token says, which may be remembered, and is not to be believed yet.
    ///
    /// # Errors
    ///
    /// The [`TokenFault`] found first.
    pub fn read(&self, credential: &Credential<'_>) -> Result<Rc<UntrustedToken>, TokenFault> {
        match self.recall(credential.as_str()) {
            Some(token) => Ok(token),
            None => UntrustedToken::parse(credential).map(Rc::new),
        }
    }

    fn recall(&self, text: &str) -> Option<Rc<UntrustedToken>> {
        let known = self.tokens.get(self.find(text).ok()?)?;
        Some(Rc::clone(&known.token))
    }

    /// Whether this very key set found the signature of this very token valid.
    pub fn knows(&mut self, token: &UntrustedToken, voucher: &Voucher) -> bool {
        let at = self.find(token.jws().as_str()).ok();
        let Some(known) = at.and_then(|at| self.tokens.get_mut(at)) else { return false };
        let is_vouched_for = known.vouchers.contains(&voucher.0);
        known.is_in_use |= is_vouched_for;
        is_vouched_for
    }

    /// Remembers a token whose signature this key set found valid.
    pub fn remember(&mut self, token: &Rc<UntrustedToken>, voucher: &Voucher) {
        let text = token.jws().as_str();
        if let Some(known) = self.find(text).ok().and_then(|at| self.tokens.get_mut(at)) {
            if !known.vouchers.contains(&voucher.0) {
                let [last, _] = known.vouchers;
                known.vouchers = [voucher.0, last];
            }
            return;
        }
        let bytes = token.bytes();
        if self.max_tokens == 0 || bytes > self.max_bytes {
            return;
        }
        while self.is_full_with(bytes) && self.forget_one() {}
        if let Err(at) = self.find(text) {
            let (token, vouchers) = (Rc::clone(token), [voucher.0, 0]);
            self.tokens.insert(at, Box::new(Known { token, bytes, vouchers, is_in_use: false }));
            self.bytes = self.bytes.saturating_add(bytes);
            // It stays before what it is before.
            if at <= self.hand {
                self.hand = self.hand.saturating_add(1);
            }
        }
    }

    fn is_full_with(&self, bytes: usize) -> bool {
        self.tokens.len() >= self.max_tokens || self.bytes.saturating_add(bytes) > self.max_bytes
    }

    /// Forgets the next token that is not in use; `false` when there is none at all.
    fn forget_one(&mut self) -> bool {
        // After one round, none is in use.
        for _ in 0..=self.tokens.len() {
            if self.hand >= self.tokens.len() {
                self.hand = 0;
            }
            let Some(next) = self.tokens.get_mut(self.hand) else { break };
            if !std::mem::take(&mut next.is_in_use) {
                let gone = self.tokens.remove(self.hand);
                self.bytes = self.bytes.saturating_sub(gone.bytes);
                return true;
            }
            self.hand = self.hand.saturating_add(1);
        }
        false
    }

    /// Where a token is, or else where it would be.
    fn find(&self, text: &str) -> Result<usize, usize> {
        let wanted = order(text);
        self.tokens.binary_search_by(|known| order(known.token.jws().as_str()).cmp(&wanted))
    }
}

/// By the end first, which is of the signature: tokens of one issuer begin alike.
fn order(token: &str) -> (Option<&[u8; 16]>, &str) {
    (token.as_bytes().last_chunk(), token)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    fn text(subject: &str, signature: &[u8]) -> String {
        let claims = format!(r#"{{"iss":"i","sub":"{subject}","aud":"a","exp":1}}"#);
        let [claims, signature] =
            [claims.as_bytes(), signature].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
        format!("eyJhbGciOiJFUzI1NiJ9.{claims}.{signature}")
    }

    /// Each number is another token, and all of them take as many bytes.
    fn token(number: u32) -> Rc<UntrustedToken> {
        let subject = format!("{number:08}");
        Rc::new(UntrustedToken::read(&text(&subject, &number.to_le_bytes().repeat(16))).unwrap())
    }

    #[track_caller]
    fn held(memory: &VerifiedTokens) -> (usize, usize) {
        let bytes: usize = memory.tokens.iter().map(|known| known.token.bytes()).sum();
        assert_eq!(memory.bytes, bytes);
        assert!(memory.tokens.is_sorted_by_key(|known| order(known.token.jws().as_str()).0));
        (memory.tokens.len(), bytes)
    }

    #[test]
    fn a_token_is_known_whole_or_not_at_all() {
        let mut memory = VerifiedTokens::new(10, 100_000);
        let keys = memory.voucher();
        let (known, other) = (text("alice", &[1; 64]), text("alicf", &[1; 64]));
        let parsed = |text: &str| Rc::new(UntrustedToken::read(text).unwrap());
        memory.remember(&parsed(&known), &keys);
        assert_eq!(memory.recall(&known).unwrap().claims().subject(), "alice");
        assert!(memory.knows(&parsed(&known), &keys));
        assert!(!memory.knows(&parsed(&other), &keys), "of another with this signature");
        // With any letter changed, left out or put in.
        for at in 0..=known.len() {
            let (before, after) = known.split_at(at);
            assert!(memory.recall(&format!("{before}A{after}")).is_none(), "{at}");
            let Some(rest) = after.get(1..) else { continue };
            assert!(memory.recall(&format!("{before}{rest}")).is_none(), "{at}");
            let changed = if after.starts_with('x') { 'y' } else { 'x' };
            assert!(memory.recall(&format!("{before}{changed}{rest}")).is_none(), "{at}");
        }
        assert!(memory.recall("").is_none());
        assert!(VerifiedTokens::new(10, 100_000).recall(&known).is_none());
    }

    #[test]
    fn a_key_set_vouches_for_itself_alone() {
        let mut memory = VerifiedTokens::new(10, 100_000);
        let [old, new, of_next_policy] = [0; 3].map(|_| memory.voucher());
        memory.remember(&token(1), &old);
        assert!(memory.knows(&token(1), &old) && !memory.knows(&token(1), &new));
        assert!(!memory.knows(&token(1), &of_next_policy));
        memory.remember(&token(1), &new);
        memory.remember(&token(1), &of_next_policy);
        assert!(memory.knows(&token(1), &new) && memory.knows(&token(1), &of_next_policy));
        memory.remember(&token(1), &new);
        assert!(memory.knows(&token(1), &of_next_policy), "nobody new vouched");
        assert!(!memory.knows(&token(1), &old), "two of them at most");
        assert_eq!(held(&memory).0, 1);
    }

    #[test]
    fn a_token_is_read_once_and_held_once() {
        let mut memory = VerifiedTokens::new(10, 100_000);
        let (first, keys) = (token(1), memory.voucher());
        memory.remember(&first, &keys);
        memory.remember(&token(1), &keys);
        assert!(Rc::ptr_eq(&first, &memory.recall(first.jws().as_str()).unwrap()));
        assert!(!memory.knows(&token(2), &keys));
        assert!(memory.recall(token(2).jws().as_str()).is_none());
        assert_eq!(held(&memory), (1, first.bytes()));
        assert!(!format!("{memory:?}").contains(first.jws().as_str()));
    }

    #[test]
    fn what_it_holds_is_counted() {
        let (short, long) = (text("a", &[1; 64]), text(&"a".repeat(1000), &[1; 64]));
        let bytes = |text: &str| UntrustedToken::read(text).unwrap().bytes();
        assert!(bytes(&short) > size_of::<UntrustedToken>() + short.len() + 64);
        // The text in base64, the claim, and its copy, of which one is counted in pieces of 16.
        assert!(bytes(&long) >= bytes(&short) + 999 * 10 / 3 - 16);
    }

    #[test]
    fn a_flood_is_bounded_in_number_and_in_bytes() {
        let each = token(0).bytes();
        for (mut memory, most) in [
            (VerifiedTokens::new(100, usize::MAX), 100),
            (VerifiedTokens::new(1000, 200 * each + each / 2), 200),
        ] {
            let keys = memory.voucher();
            for number in 0..2000 {
                memory.remember(&token(number), &keys);
                // From then on it is in use, as all the others are.
                assert!(memory.knows(&token(number), &keys));
                assert!(memory.tokens.len() <= most);
            }
            assert_eq!(held(&memory), (most, most * each));
        }
    }

    #[test]
    fn what_is_in_use_survives_a_flood() {
        let mut memory = VerifiedTokens::new(100, 1_000_000);
        let keys = memory.voucher();
        let (in_use, not_in_use) = (token(1_000_000), token(2_000_000));
        memory.remember(&in_use, &keys);
        memory.remember(&not_in_use, &keys);
        for number in 0..1000 {
            assert!(memory.knows(&in_use, &keys), "before {number}");
            memory.remember(&token(number), &keys);
            // To be read, or asked about by other keys, is no use.
            assert!(number > 10 || memory.recall(not_in_use.jws().as_str()).is_some());
            assert!(!memory.knows(&not_in_use, &Voucher(7)));
        }
        assert!(!memory.knows(&not_in_use, &keys));
        held(&memory);
    }

    #[test]
    fn a_token_that_fits_nowhere_is_not_kept() {
        let each = token(0).bytes();
        for (tokens, bytes, is_kept) in
            [(0, 0, false), (0, each, false), (1, each - 1, false), (1, each, true)]
        {
            let mut memory = VerifiedTokens::new(tokens, bytes);
            let keys = memory.voucher();
            for number in 0..3 {
                memory.remember(&token(number), &keys);
                assert_eq!(memory.knows(&token(number), &keys), is_kept, "{tokens}, {bytes}");
            }
        }
    }
}
