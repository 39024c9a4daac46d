//! Who agreed, who did not, and whether there is a rule for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write as _};

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::Token;
use crate::base::SEED;
use crate::facts::Facts;
use crate::rules::{self, Accepts, fits};
use crate::verifiers::Verdict;

#[derive(Default)]
pub struct Report {
    tokens: usize,
    accepted: usize,
    refused: usize,
    /// By rule and peer.
    explained: BTreeMap<(usize, String), usize>,
    /// Patterns that were needed, by rule, peer and place in the rule.
    needed: BTreeSet<(usize, String, usize)>,
    unexplained: Vec<String>,
}

impl Report {
    pub fn add(&mut self, token: &Token, ours: Option<&str>, theirs: &BTreeMap<String, Verdict>) {
        self.tokens += 1;
        let accept = theirs.values().filter(|said| said.is_none()).count();
        match ours {
            None if accept == theirs.len() => self.accepted += 1,
            Some(_) if accept == 0 => self.refused += 1,
            _ => {}
        }
        for (peer, said) in theirs {
            let (accepts, refusal) = match (ours, said) {
                (None, Some(refusal)) => (Accepts::Turnpike, refusal.as_str()),
                (Some(refusal), None) => (Accepts::Peer, refusal),
                _ => continue,
            };
            self.explain(token, peer, accepts, refusal);
        }
    }

    fn explain(&mut self, token: &Token, peer: &str, accepts: Accepts, refusal: &str) {
        let facts = Facts::of(&token.text);
        let rule = rules::all().enumerate().find(|(_, rule)| {
            rule.accepts == accepts
                && rule.peers.contains(&peer)
                && rule.refusals.contains(&refusal)
                && rule.is_about(&token.mutation, &facts)
        });
        let Some((number, rule)) = rule else {
            let who = match accepts {
                Accepts::Turnpike => format!("Turnpike accepts, {peer} says {refusal}"),
                Accepts::Peer => format!("{peer} accepts, Turnpike says {refusal}"),
            };
            let (name, mutation) = (token.base.name, &token.mutation);
            let text = shown(&token.text);
            self.unexplained.push(format!("{who}: {mutation} of {name}\n    {text}"));
            return;
        };
        *self.explained.entry((number, peer.to_owned())).or_default() += 1;
        for (place, pattern) in rule.mutations.iter().enumerate() {
            if fits(pattern, &token.mutation) {
                self.needed.insert((number, peer.to_owned(), place));
            }
        }
    }

    /// Prints the summary, and fails for every disagreement without a rule and every rule without a
    /// disagreement.
    #[track_caller]
    pub fn conclude(self) {
        let mut text = format!(
            "{} tokens, seed {}: {} accepted by all, {} refused by all\n",
            self.tokens, *SEED, self.accepted, self.refused
        );
        let mut unneeded = Vec::new();
        for (number, rule) in rules::all().enumerate() {
            for peer in rule.peers {
                let key = (number, (*peer).to_owned());
                let count = self.explained.get(&key).copied().unwrap_or_default();
                let who = if rule.accepts == Accepts::Peer { *peer } else { "turnpike" };
                let not = if rule.accepts == Accepts::Peer { "turnpike" } else { *peer };
                writeln!(text, "{count:5}  {who:8} accepts, {not:8} does not: {}", rule.why)
                    .expect("a string takes everything");
                for (place, pattern) in rule.mutations.iter().enumerate() {
                    if !self.needed.contains(&(number, (*peer).to_owned(), place)) {
                        unneeded.push(format!("{peer}, {pattern}: {}", rule.why));
                    }
                }
            }
        }
        // Not by `eprintln`, which is kept from whoever runs a test that passes.
        let _ = io::stderr().write_all(text.as_bytes());
        assert!(
            self.unexplained.is_empty(),
            "{} disagreements have no rule; the first of them:\n{}",
            self.unexplained.len(),
            self.unexplained.iter().take(30).cloned().collect::<Vec<_>>().join("\n")
        );
        assert!(unneeded.is_empty(), "rules that no token needs:\n{}", unneeded.join("\n"));
        assert!(self.tokens > 5000 && self.accepted > 500 && self.refused > 2000);
    }
}

/// Header and claims as text where they can be read, and then the token.
fn shown(token: &str) -> String {
    let parts = token.split('.').take(2).map(|part| match Base64UrlUnpadded::decode_vec(part) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => "(not base64url)".to_owned(),
    });
    let mut parts: Vec<String> = parts.collect();
    parts.push(format!("{token:?}"));
    parts.join("\n    ")
}
