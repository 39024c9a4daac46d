//! The policy that is to come: judged beside the present one, and moved over to step by step.

use sha2::{Digest, Sha256};

use super::problem::Problems;
use super::reader::Field;
use super::{Environment, Policy, Problem};
use crate::json::Value;

/// For whom the next policy decides already.
#[derive(Debug)]
pub struct Rollout {
    percent: u64,
}

impl Rollout {
    /// Reads `[vars.TURNPIKE_NEXT]`: a policy, and `percent`.
    ///
    /// # Errors
    ///
    /// Every problem, each with its place.
    pub fn parse(
        json: &str,
        environment: &dyn Environment,
    ) -> Result<(Policy, Self), Vec<Problem>> {
        let mut value = Policy::unpacked(json)?;
        let percent = match &mut value {
            Value::Object(members) => members.remove("percent"),
            _ => None,
        };
        let problems = Problems::default();
        let percent = match &percent {
            None => 0,
            Some(percent) => Field::root(&problems, percent).named("percent").integer(0..=100),
        };
        let mut problems = problems.into_vec();
        match Policy::read(&value, environment) {
            Ok(policy) if problems.is_empty() => Ok((policy, Self { percent })),
            policy => {
                problems.extend(policy.err().unwrap_or_default());
                Err(problems)
            }
        }
    }

    /// Whether the configuration of a policy wants it to decide for anybody, whatever else it says.
    pub fn is_wanted(json: &str) -> bool {
        // What cannot be read could want it.
        let Ok(value) = Policy::unpacked(json) else { return true };
        value.get("percent").is_some_and(|percent| percent.as_u64() != Some(0))
    }

    /// Whether it decides for anybody.
    pub fn decides(&self) -> bool {
        self.percent > 0
    }

    /// Whether it decides, for a subject of an issuer: always the same for the same one. For nobody
    /// in particular it decides when it does so for all.
    pub fn decides_for(&self, identity: Option<(&str, &str)>) -> bool {
        let Some((issuer, subject)) = identity else { return self.percent == 100 };
        let mut hash = Sha256::new();
        for part in [issuer.as_bytes(), &[0], subject.as_bytes()] {
            hash.update(part);
        }
        let first = hash.finalize().into_iter().take(4);
        let number = first.fold(0, |number: u64, byte| (number << 8) | u64::from(byte));
        number % 100 < self.percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(percent: u64) -> usize {
        let rollout = Rollout { percent };
        let subjects = (0..1000).map(|number| format!("subject-{number}"));
        subjects.filter(|it| rollout.decides_for(Some(("https://a.example", it)))).count()
    }

    #[test]
    fn subjects_move_over_by_their_share_and_stay() {
        assert_eq!((share(0), share(100)), (0, 1000));
        assert!((60..140).contains(&share(10)), "{}", share(10));
        for subject in (0..1000).map(|number| format!("subject-{number}")) {
            let moved: Vec<bool> = (0..=100)
                .map(|percent| {
                    Rollout { percent }.decides_for(Some(("https://a.example", &subject)))
                })
                .collect();
            assert!(moved.is_sorted(), "{subject} goes back");
        }
    }

    #[test]
    fn only_what_says_that_it_decides_for_nobody_may_be_wrong() {
        for (json, is_wanted) in [
            ("{}", false),
            (r#"{"percent":0}"#, false),
            (r#""{\"percent\":0}""#, false),
            (r#"{"percent":1}"#, true),
            (r#"{"percent":"0"}"#, true),
            (r#""{\"percent\":100""#, true),
        ] {
            assert_eq!(Rollout::is_wanted(json), is_wanted, "{json}");
        }
    }

    #[test]
    fn nobody_moves_over_last() {
        assert!(!Rollout { percent: 99 }.decides_for(None));
        assert!(Rollout { percent: 100 }.decides_for(None));
    }
}
