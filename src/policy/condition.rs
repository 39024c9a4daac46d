//! What a token must say besides being valid: `scopes`, `any_scope` and `claims` of a route, and
//! `require` where one list of each is not enough.

use super::issuer::{self, Known};
use super::reader::Field;
use super::requirement::scope;
use crate::json::Value;
use crate::token::ClaimPath;

/// What must be true of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It has this scope (RFC 6749 section 3.3).
    Scope(String),
    /// It is of one of these issuers.
    Issuer(Vec<String>),
    /// A claim passes a test. One that is missing passes none.
    Claim(ClaimPath, Test),
    /// All of these, also when there are none.
    All(Vec<Condition>),
    /// One of these.
    Any(Vec<Condition>),
}

/// What a claim must be, all of it strings, integers and booleans. Values of two types are never
/// equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// One of these.
    OneOf(Vec<Value>),
    /// A list with all of these in it.
    Contains(Vec<Value>),
}

impl Test {
    /// Whether the value of a claim passes.
    ///
    /// A number that was rounded when it was read is none of ours, which are integers.
    pub fn passes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::OneOf(values), value) => values.contains(value),
            (Self::Contains(values), Value::Array(items)) => {
                values.iter().all(|value| items.contains(value))
            }
            (Self::Contains(_), _) => false,
        }
    }
}

impl Default for Condition {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Condition {
    /// The scopes to ask for where nothing is known of a token: of alternatives, those of the first.
    pub fn scopes_to_ask_for(&self) -> Vec<&str> {
        let mut scopes = Vec::new();
        self.add_scopes(true, &mut scopes);
        scopes
    }

    /// All scopes that are named, each once.
    pub fn scopes(&self) -> Vec<&str> {
        let mut scopes = Vec::new();
        self.add_scopes(false, &mut scopes);
        scopes
    }

    fn add_scopes<'c>(&'c self, first_alone: bool, scopes: &mut Vec<&'c str>) {
        match self {
            Self::Scope(scope) => add(scope, scopes),
            Self::Issuer(_) | Self::Claim(..) => {}
            Self::All(parts) => parts.iter().for_each(|part| part.add_scopes(first_alone, scopes)),
            Self::Any(parts) => {
                let count = if first_alone { 1 } else { parts.len() };
                parts.iter().take(count).for_each(|part| part.add_scopes(first_alone, scopes));
            }
        }
    }
}

/// Adds a scope that is not there yet.
pub fn add<'c>(scope: &'c str, scopes: &mut Vec<&'c str>) {
    if !scopes.contains(&scope) {
        scopes.push(scope);
    }
}

/// `any` and `all` within each other.
const MAX_DEPTH: usize = 4;

/// Reads `scopes`, `any_scope` and `claims`; `optional` gets them out of their table.
pub(super) fn lists<'p, 'v>(
    optional: &dyn Fn(&'static str) -> Option<Field<'p, 'v>>,
) -> Vec<Condition> {
    let scopes = optional("scopes").map(|field| field.texts(scope)).unwrap_or_default();
    let any_scope = optional("any_scope").map(|field| {
        let any = field.texts(scope);
        for (number, _) in any.iter().enumerate().filter(|(_, scope)| scopes.contains(scope)) {
            field.problem_at(
                &format!("[{number}]"),
                "is in `scopes`, so every token has it: leave it out of one of them",
            );
        }
        Condition::Any(any.into_iter().map(Condition::Scope).collect())
    });
    let mut parts: Vec<_> = scopes.into_iter().map(Condition::Scope).collect();
    parts.extend(any_scope);
    if let Some(field) = optional("claims") {
        field.each_member(&mut |name, field| {
            let path = ClaimPath::parse(name).map_err(|what| field.problem(&what)).ok();
            let test = test(field);
            parts.extend(path.zip(test).map(|(path, test)| Condition::Claim(path, test)));
        });
    }
    parts
}

/// Reads one table of `require`: all that it names must be true.
pub(super) fn read(field: &Field<'_, '_>, known: Known<'_>) -> Option<Condition> {
    nested(field, known, 1)
}

fn nested(field: &Field<'_, '_>, known: Known<'_>, depth: usize) -> Option<Condition> {
    let table = field.table()?;
    let mut parts = lists(&|name| table.optional(name));
    if let Some(field) = table.optional("issuers") {
        parts.push(Condition::Issuer(issuer::named(&field, known)));
    }
    if let Some(field) = table.optional("any") {
        parts.push(Condition::Any(alternatives(&field, known, depth)));
    }
    if let Some(field) = table.optional("all") {
        parts.append(&mut alternatives(&field, known, depth));
    }
    if table.is_empty() {
        field.problem("must name one of `scopes`, `any_scope`, `claims`, `issuers`, `any`, `all`");
    }
    table.close()?;
    Some(Condition::All(parts))
}

fn alternatives(field: &Field<'_, '_>, known: Known<'_>, depth: usize) -> Vec<Condition> {
    if depth > MAX_DEPTH {
        field.problem("goes deeper than four levels of `any` and `all`: put them side by side");
        return Vec::new();
    }
    field.list_of(|item| nested(item, known, depth.saturating_add(1)))
}

/// A value, `{ one_of = [...] }` or `{ contains = ... }`.
fn test(field: &Field<'_, '_>) -> Option<Test> {
    match field.value() {
        Value::Object(_) => {}
        Value::Array(_) => {
            field.problem(
                "is a list: write { one_of = [...] } where the claim is one of these, \
                 { contains = [...] } where it is a list with all of these",
            );
            return None;
        }
        _ => return field.scalar().map(|value| Test::OneOf(vec![value])),
    }
    let table = field.table()?;
    let one_of = table.optional("one_of").map(|field| field.list_of(Field::scalar));
    let contains = table.optional("contains").map(|field| match field.value() {
        Value::Array(_) => field.list_of(Field::scalar),
        _ => field.scalar().into_iter().collect(),
    });
    table.close();
    match (one_of, contains) {
        (Some(values), None) => Some(Test::OneOf(values)),
        (None, Some(values)) => Some(Test::Contains(values)),
        _ => {
            field.problem("must be a value, or have one of `one_of` and `contains`");
            None
        }
    }
}
