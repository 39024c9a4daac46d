//! Thousands of tokens, good and spoiled, judged by Turnpike and by two other implementations, jose
//! and fast-jwt, which are told to require the same. Every disagreement is explained by a rule, and
//! every rule explains one. And thousands of URLs, beside the URL parser of Node.
//!
//! It needs the npm packages; `cargo xtask test` sees to them.

#![allow(
    clippy::assigning_clones,
    clippy::format_push_string,
    clippy::single_match_else,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::allow_attributes,
    unreachable_pub,
    missing_docs,
    reason = "a test that panics is a test that fails, and nobody links a test"
)]

#[allow(dead_code, reason = "each suite uses its part of it")]
#[path = "../support/mod.rs"]
mod support;

mod base;
mod draft;
mod facts;
mod forms;
mod mutations;
mod random;
mod report;
mod rules;
mod urls;
mod verifiers;

use std::thread;

use proptest::test_runner::{RngAlgorithm, TestRng};

use crate::base::{Base, SEED};
use crate::draft::Draft;
use crate::mutations::{Mutation, mutation};
use crate::report::Report;
use crate::verifiers::Turnpike;

/// A token and what was done to it.
struct Token {
    base: Base,
    mutation: String,
    text: String,
}

/// Tokens edited as they are sent, and tokens whose JSON was edited before, of each base.
const RANDOM_TOKENS: usize = 100;
const RANDOM_TEXTS: usize = 60;

#[test]
fn three_implementations_agree_or_there_is_a_reason() {
    let tokens = tokens();
    let turnpike = Turnpike::new();
    let (ours, theirs) = thread::scope(|scope| {
        let asked = scope.spawn(|| verifiers::ask_peers(&tokens));
        let ours: Vec<_> = tokens.iter().map(|token| turnpike.judge(&token.text)).collect();
        (ours, asked.join().expect("the peers answer"))
    });
    let mut report = Report::default();
    for ((token, ours), theirs) in tokens.iter().zip(ours).zip(theirs) {
        if token.mutation == "none" {
            assert_eq!(ours, None, "a good token of {} is refused", token.base.name);
        }
        report.add(token, ours.as_deref(), &theirs);
    }
    report.conclude();
}

fn tokens() -> Vec<Token> {
    let trusted = base::trusted();
    let mut systematic = vec![mutation("none", |_| {})];
    systematic.extend(mutations::of_members());
    systematic.extend(mutations::of_keys());
    systematic.extend(forms::of_json());
    systematic.extend(forms::of_spelling());
    systematic.extend(forms::of_signatures());
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&SEED.to_le_bytes());
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);

    let bases = base::all();
    let slow = bases.iter().filter(|base| base.is_slow()).count();
    let mut place = 0;
    let mut tokens = Vec::new();
    for base in bases {
        let issuer = trusted[base.issuer]["issuer"].as_str().expect("a name");
        let mut chance = random::of_tokens(&mut random, RANDOM_TOKENS);
        chance.extend(random::of_json(&mut random, RANDOM_TEXTS));
        for (at, mutation) in systematic.iter().chain(&chance).enumerate() {
            // What a token says is read before any key is looked at. One of the slow ones will do.
            if base.is_slow() && at % slow != place && !mutation.is_about_keys() {
                continue;
            }
            if let Some(text) = spoiled(base, issuer, mutation) {
                tokens.push(Token { base, mutation: mutation.name.clone(), text });
            }
        }
        place += usize::from(base.is_slow());
    }
    for mutation in &systematic {
        let made = tokens.iter().any(|token| token.mutation == mutation.name);
        assert!(made, "no base can be spoiled by {}", mutation.name);
    }
    tokens
}

/// The token, unless this base cannot be spoiled like this.
fn spoiled(base: Base, issuer: &str, mutation: &Mutation) -> Option<String> {
    (0..50).find_map(|attempt| {
        let mut draft = Draft::of(base, issuer);
        if attempt > 0 {
            // Some changes need letters that not every token has.
            draft.claims.last("jti", &format!("\"{attempt}\""));
        }
        (mutation.apply)(&mut draft).then(|| draft.finish()).flatten()
    })
}
