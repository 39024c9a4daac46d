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
/// The end of its signature says in which bucket a token is. A bucket that is full forgets what was
/// not used for longest: no flood of others drives out what is in use.
#[derive(Debug)]
pub struct VerifiedTokens {
    buckets: Vec<Bucket>,
    vouchers: u64,
}

/// What was used last comes first.
type Bucket = Vec<Known>;

/// What a bucket holds at most.
const MAX_TOKENS: usize = 32;
const MAX_BYTES: usize = 64 * 1024;

/// Stands for one key set, and never for another: each is made once.
#[derive(Debug)]
pub struct Voucher(u64);

#[derive(Debug)]
struct Known {
    /// What is compared first.
    number: u64,
    token: Rc<UntrustedToken>,
    bytes: usize,
    /// The key sets that found it valid last. Two policies may have one each for its issuer.
    vouchers: [u64; 2],
}

impl VerifiedTokens {
    /// A memory with so many buckets, each for 32 tokens and 64 KiB at most.
    pub fn new(buckets: usize) -> Self {
        Self { buckets: std::iter::repeat_with(Vec::new).take(buckets).collect(), vouchers: 0 }
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
        let number = number(text);
        let bucket = self.buckets.get(self.place(number)?)?;
        bucket.get(find(bucket, number, text)?).map(|known| Rc::clone(&known.token))
    }

    /// Whether this very key set found the signature of this very token valid.
    pub fn knows(&mut self, token: &UntrustedToken, voucher: &Voucher) -> bool {
        let text = token.jws().as_str();
        let number = number(text);
        let Some(bucket) = self.bucket(number) else { return false };
        let Some(at) = find(bucket, number, text) else { return false };
        let is_known = bucket.get(at).is_some_and(|known| known.vouchers.contains(&voucher.0));
        if is_known && at > 0 {
            let used = bucket.remove(at);
            bucket.insert(0, used);
        }
        is_known
    }

    /// Remembers a token whose signature this key set found valid.
    pub fn remember(&mut self, token: &Rc<UntrustedToken>, voucher: &Voucher) {
        let (text, bytes) = (token.jws().as_str(), token.bytes());
        let number = number(text);
        let Some(bucket) = self.bucket(number).filter(|_| bytes <= MAX_BYTES) else { return };
        if let Some(known) = find(bucket, number, text).and_then(|at| bucket.get_mut(at)) {
            if !known.vouchers.contains(&voucher.0) {
                let [last, _] = known.vouchers;
                known.vouchers = [voucher.0, last];
            }
            return;
        }
        let held = |bucket: &Bucket| bucket.iter().map(|known| known.bytes).sum::<usize>();
        while bucket.len() >= MAX_TOKENS || held(bucket).saturating_add(bytes) > MAX_BYTES {
            bucket.pop();
        }
        let vouchers = [voucher.0, 0];
        bucket.insert(0, Known { number, token: Rc::clone(token), bytes, vouchers });
    }

    fn bucket(&mut self, number: u64) -> Option<&mut Bucket> {
        let place = self.place(number)?;
        self.buckets.get_mut(place)
    }

    /// Where the bucket of a token is; nowhere when there are none.
    fn place(&self, number: u64) -> Option<usize> {
        let buckets = u64::try_from(self.buckets.len()).ok()?;
        usize::try_from(number.checked_rem(buckets)?).ok()
    }
}

fn find(bucket: &Bucket, number: u64, text: &str) -> Option<usize> {
    let is_it = |known: &Known| known.number == number && known.token.jws().as_str() == text;
    bucket.iter().position(is_it)
}

/// Made of the end of a token, which is of its signature: nobody but an issuer can choose many that
/// are alike.
fn number(text: &str) -> u64 {
    let end = text.bytes().rev().take(16);
    end.fold(0, |number, byte| number.wrapping_mul(31).wrapping_add(byte.into()))
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
        let held = memory.buckets.iter().flatten();
        (held.clone().count(), held.map(|known| known.token.bytes()).sum())
    }

    #[test]
    fn a_token_is_known_whole_or_not_at_all() {
        let mut memory = VerifiedTokens::new(4);
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
        assert!(VerifiedTokens::new(4).recall(&known).is_none());
    }

    #[test]
    fn a_key_set_vouches_for_itself_alone() {
        let mut memory = VerifiedTokens::new(4);
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
        let mut memory = VerifiedTokens::new(4);
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
        assert!(each < MAX_BYTES / MAX_TOKENS, "the number is what bounds short ones: {each}");
        let mut memory = VerifiedTokens::new(3);
        let keys = memory.voucher();
        for number in 0..2000 {
            memory.remember(&token(number), &keys);
            assert!(memory.knows(&token(number), &keys));
        }
        assert_eq!(held(&memory), (3 * MAX_TOKENS, 3 * MAX_TOKENS * each));
        let long = |number: u8| {
            let text = text(&"a".repeat(5000), &[number; 64]);
            Rc::new(UntrustedToken::read(&text).unwrap())
        };
        for number in 0..100 {
            memory.remember(&long(number), &keys);
            assert!(memory.knows(&long(number), &keys));
        }
        assert!(held(&memory).1 <= 3 * MAX_BYTES);
    }

    #[test]
    fn what_is_in_use_survives_a_flood() {
        let mut memory = VerifiedTokens::new(2);
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
    }

    #[test]
    fn a_token_that_fits_nowhere_is_not_kept() {
        let text = text(&"a".repeat(MAX_BYTES), &[1; 64]);
        let long = Rc::new(UntrustedToken::read(&text).unwrap());
        for (buckets, held_in_the_end) in [(0, 0), (1, 1)] {
            let mut memory = VerifiedTokens::new(buckets);
            let keys = memory.voucher();
            memory.remember(&token(1), &keys);
            memory.remember(&long, &keys);
            assert_eq!(held(&memory).0, held_in_the_end);
        }
    }

    #[test]
    fn tokens_are_spread_over_all_buckets() {
        let mut memory = VerifiedTokens::new(256);
        let keys = memory.voucher();
        for number in 0..4096 {
            memory.remember(&token(number), &keys);
        }
        assert!(held(&memory).0 > 4000);
    }
}
