//! Finding the routes of a host and a path without trying one after the other.

use super::hosts;
use super::pattern::{Pattern, Reading};
use super::route::Route;

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

/// Which routes are looked for, by their number.
pub(super) type Wanted<'w> = &'w dyn Fn(&usize) -> bool;

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

    /// The routes with the most specific pattern that matches, among those of which one is wanted:
    /// place by place a literal before any segment, that before the end, and the end before any rest.
    pub(super) fn find(&self, path: &[&str], wanted: Wanted<'_>) -> Option<&[usize]> {
        let here = |group| Some(Vec::as_slice(group)).filter(|group| group.iter().any(wanted));
        let Some((first, others)) = path.split_first() else {
            return here(&self.end).or_else(|| here(&self.rest));
        };
        let by_literal = || self.below(first)?.find(others, wanted);
        let by_any = || self.any.as_ref().and_then(|node| node.find(others, wanted));
        by_literal().or_else(by_any).or_else(|| here(&self.rest))
    }

    fn below(&self, literal: &str) -> Option<&Self> {
        self.literals.get(self.place(literal).ok()?).map(|branch| &branch.below)
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

/// The trees of the routes for each host, by its name or its wildcard, and of those for any host.
#[derive(Debug, Default)]
pub(super) struct Forest(Tree);

impl Forest {
    /// Adds a route, to be found by paths that are read like this.
    pub(super) fn insert(&mut self, route: &Route, reading: Reading, number: usize) {
        let add = |tree: &mut Tree| tree.group(route.pattern(), reading).push(number);
        match route.hosts() {
            Some(hosts) => hosts.iter().for_each(|host| add(self.0.branch(host.clone()))),
            None => add(self.0.any.get_or_insert_default()),
        }
    }

    /// What is found for a host: by its name, by its wildcard, for any host.
    pub(super) fn find(
        &self,
        host: &str,
        path: &[&str],
        wanted: Wanted<'_>,
    ) -> [Option<&[usize]>; 3] {
        let Self(tree) = self;
        let of_any = tree.any.as_ref().and_then(|tree| tree.find(path, wanted));
        if tree.literals.is_empty() {
            return [None, None, of_any];
        }
        let of = |host: &str| tree.below(host)?.find(path, wanted);
        [of(host), hosts::wildcard(host).and_then(|wildcard| of(&wildcard)), of_any]
    }
}

/// FNV-1a. That texts of the same hash can be found does no harm: they are the operator's.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
