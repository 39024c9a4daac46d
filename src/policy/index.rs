//! Finding the routes of a path without trying one after the other.

use super::pattern::{Pattern, Reading};

/// Patterns as a tree: a step down for each segment.
///
/// A path leads to each of its nodes in one way only. So no search sees a node twice, and what it
/// costs is bounded by the policy, whatever the path.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// In the order of their hashes: numbers are compared faster than texts that begin alike.
    literals: Vec<Branch>,
    any: Option<Box<Tree>>,
    end: Group,
    rest: Group,
}

#[derive(Debug)]
struct Branch {
    hash: u32,
    literal: String,
    below: Tree,
}

/// Routes of the same paths, by their number.
pub(super) type Group = Vec<usize>;

impl Tree {
    /// The routes with this pattern, to be found by paths that are read like this.
    pub(super) fn group(&mut self, pattern: &Pattern, reading: Reading) -> &mut Group {
        let mut node = self;
        for literal in pattern.literals(reading) {
            node = match literal {
                Some(literal) => node.branch(literal),
                None => node.any.get_or_insert_default(),
            };
        }
        if pattern.has_rest() { &mut node.rest } else { &mut node.end }
    }

    /// The routes with the most specific pattern that matches: place by place a literal before any
    /// segment, that before the end, and the end before any rest.
    pub(super) fn find(&self, path: &[&str]) -> Option<&[usize]> {
        let here = |group| Some(Vec::as_slice(group)).filter(|group| !group.is_empty());
        let Some((first, others)) = path.split_first() else {
            return here(&self.end).or_else(|| here(&self.rest));
        };
        let by_literal = || self.literals.get(self.place(first).ok()?)?.below.find(others);
        let by_any = || self.any.as_ref().and_then(|node| node.find(others));
        by_literal().or_else(by_any).or_else(|| here(&self.rest))
    }

    #[expect(clippy::indexing_slicing, reason = "it was found there, or put there")]
    fn branch(&mut self, literal: String) -> &mut Self {
        let at = self.place(&literal).unwrap_or_else(|at| {
            let branch = Branch { hash: hash(&literal), literal, below: Self::default() };
            self.literals.insert(at, branch);
            at
        });
        &mut self.literals[at].below
    }

    /// Where the branch of a literal is, or belongs.
    fn place(&self, literal: &str) -> Result<usize, usize> {
        let hash = hash(literal);
        self.literals.binary_search_by(|branch| {
            branch.hash.cmp(&hash).then_with(|| branch.literal.as_str().cmp(literal))
        })
    }
}

/// FNV-1a. That texts of the same hash can be found does no harm: they are the operator's.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
