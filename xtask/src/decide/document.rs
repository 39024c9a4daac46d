//! A decision as a document, for programs and for people.

use serde_json::{Value, json};

use super::{Answered, Decision, Outcome, show_time};

impl Answered {
    /// The status; 200 for what passes, where the origin has the word.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Passes { .. } => 200,
            Self::Unasked { status } | Self::Refused { status, .. } => *status,
        }
    }

    pub(crate) fn code(&self) -> Option<&'static str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Passes { .. } | Self::Unasked { .. } => None,
        }
    }

    pub(crate) fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Refused { reason, .. } => *reason,
            Self::Passes { .. } | Self::Unasked { .. } => None,
        }
    }

    pub(crate) fn challenge(&self) -> Option<&str> {
        match self {
            Self::Refused { challenge, .. } => challenge.as_deref(),
            Self::Passes { .. } | Self::Unasked { .. } => None,
        }
    }

    /// The code of what was only reported.
    pub(crate) fn would_deny(&self) -> Option<&'static str> {
        match self {
            Self::Passes { would_deny } => would_deny.map(|(code, _)| code),
            Self::Unasked { .. } | Self::Refused { .. } => None,
        }
    }

    fn outcome(&self) -> &'static str {
        match self {
            Self::Passes { .. } => "passes",
            Self::Unasked { .. } => "answered",
            Self::Refused { .. } => "refused",
        }
    }
}

impl Decision {
    /// Who shares the stored answer; `off` where none is stored.
    pub(crate) fn partition(&self) -> &str {
        self.cache.as_ref().map_or("off", |stored| &stored.partition)
    }

    /// The check that failed.
    pub(crate) fn failed(&self) -> Option<&'static str> {
        let failed = self.rows.iter().find(|row| row.outcome == Outcome::Failed);
        failed.map(|row| row.check.name())
    }

    /// The decision for programs. Absent things are null.
    pub(crate) fn json(&self) -> Value {
        let route = self.route.as_ref().map(|route| {
            let others = route.others.iter();
            let others: Vec<_> = others
                .map(|(name, because)| json!({ "route": name, "because": because }))
                .collect();
            json!({
                "name": route.name,
                "needs": route.needs,
                "cache": route.caching,
                "because": route.because,
                "others": others,
            })
        });
        let rows = self.rows.iter().map(|row| {
            json!({ "check": row.check.name(), "outcome": row.outcome.name(), "detail": row.detail })
        });
        json!({
            "request": { "method": self.method, "url": self.url, "at": show_time(self.at) },
            "answer": {
                "outcome": self.answer.outcome(),
                "status": self.answer.status(),
                "code": self.answer.code(),
                "reason": self.answer.reason(),
                "challenge": self.answer.challenge(),
                "would_deny": self.answer.would_deny(),
            },
            "route": route,
            "token": self.token.as_ref().map(|token| json!({
                "issuer": token.issuer,
                "algorithm": token.algorithm,
                "kid": token.key_id,
                "type": token.token_type,
            })),
            "key": self.key.as_ref().map(|key| json!({
                "algorithm": key.algorithm,
                "kid": key.id,
                "thumbprint": key.thumbprint,
            })),
            "subject": self.subject,
            "checks": rows.collect::<Vec<_>>(),
            "cache": self.cache.as_ref().map(|stored| json!({
                "partition": stored.partition,
                "key": stored.key,
            })),
            "origin": self.asked.as_ref().map(|asked| json!({
                "binding": asked.binding,
                "url": asked.url,
                "sets": asked.sets,
                "removes": asked.removes,
            })),
            "notes": self.notes,
        })
    }

    /// The decision for people.
    pub(crate) fn text(&self) -> String {
        let mut lines =
            vec![format!("{} {}", self.method, self.url), format!("at {}", show_time(self.at))];
        lines.push(match &self.answer {
            Answered::Passes { would_deny: None } => {
                let is_assumed = self.rows.iter().any(|row| row.outcome == Outcome::Assumed);
                let condition = if is_assumed { ", if the signature is good" } else { "" };
                format!("passes{condition}: the answer is the origin's, or a stored one")
            }
            Answered::Passes { would_deny: Some((code, reason)) } => {
                let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
                format!("passes as nobody: {code}{reason} is only reported")
            }
            Answered::Unasked { status } => format!("{status}, from Turnpike itself"),
            Answered::Refused { status, code, reason, .. } => {
                let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
                format!("{status} {code}{reason}")
            }
        });
        let challenge = self.answer.challenge();
        lines.extend(challenge.map(|challenge| format!("  WWW-Authenticate: {challenge}")));
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        lines.push(String::new());
        if let Some(route) = &self.route {
            lines.push(format!("route   {}: {}", route.name, route.because));
            lines.push(format!("        needs {}; cache {}", route.needs, route.caching));
            let others = route.others.iter();
            lines.extend(others.map(|(name, because)| format!("        not {name}: {because}")));
        }
        if let Some(token) = &self.token {
            lines.push(format!("issuer  {}", token.issuer));
        }
        if let Some(key) = &self.key {
            let kid = key.id.as_deref().map(|id| format!(", kid {id}")).unwrap_or_default();
            let print = key.thumbprint.as_deref().map(|it| format!(", thumbprint {it}"));
            lines.push(format!("key     {}{kid}{}", key.algorithm, print.unwrap_or_default()));
        }
        lines.extend(self.subject.iter().map(|subject| format!("subject {subject}")));
        if lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(String::new());
        }
        lines.extend(self.rows.iter().map(|row| {
            let outcome = row.outcome.name();
            format!("{outcome:<11}  {:<14}  {}", row.check.name(), row.detail).trim_end().to_owned()
        }));
        lines.push(String::new());
        if let Some(stored) = &self.cache {
            lines.push(format!("cache   {}: {}", stored.partition, stored.key));
        } else if self.asked.is_some() {
            lines.push("cache   the answer is not stored".to_owned());
        }
        if let Some(asked) = &self.asked {
            let binding = asked.binding.as_ref().map(|name| format!(" through {name}"));
            let binding = binding.unwrap_or_default();
            lines.push(format!("origin  {} {}{binding}", self.method, asked.url));
            for (what, names) in [("sets", &asked.sets), ("removes", &asked.removes)] {
                if !names.is_empty() {
                    lines.push(format!("        {what} {}", names.join(", ")));
                }
            }
        }
        lines.join("\n").trim_end().to_owned() + "\n"
    }
}
