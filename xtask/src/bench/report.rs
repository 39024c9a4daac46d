//! What the blocks come to: medians and spreads, as text.

use serde::Serialize;

use super::contender::Contender;
use super::rounds::Block;
use super::scenario::{Entrant, Goal, Named, Scenario};

/// What a scenario showed.
#[derive(Serialize)]
pub(super) struct Outcome {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) goal: Goal,
    /// One for each entrant. The first is what the others are measured by.
    pub(super) rows: Vec<Row>,
}

/// What one entrant of a scenario showed.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) contender: Contender,
    pub(super) label: String,
    /// Microseconds of processor for each request.
    pub(super) cpu: Spread,
    /// That less what the first entrant takes, in the same round.
    pub(super) above: Spread,
    /// It in times of that.
    pub(super) of_first: Spread,
    /// In times of the cheaper peer, in the same round. Only Turnpike is compared with peers.
    pub(super) of_peer: Option<Spread>,
    /// Microseconds.
    pub(super) p50: f64,
    pub(super) p99: f64,
    /// Answers in a second.
    pub(super) rate: f64,
    pub(super) rounds: Vec<Block>,
}

/// Where the middle is of the values of all rounds, and the middle half of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Spread {
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<_> = values.collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        Self { median: at(last / 2), low: at(last / 4), high: at(last.saturating_sub(last / 4)) }
    }

    /// Two digits after the point.
    pub(super) fn finely(self) -> String {
        format!("{:.2} ({:.2}..{:.2})", self.median, self.low, self.high)
    }

    /// One digit after the point.
    pub(super) fn coarsely(self) -> String {
        format!("{:.1} ({:.1}..{:.1})", self.median, self.low, self.high)
    }
}

/// What a scenario showed, from the blocks of its entrants.
pub(super) fn outcome(named: &Named, scenario: &Scenario, blocks: Vec<Vec<Block>>) -> Outcome {
    let cpu = |blocks: &[Block]| Spread::of(blocks.iter().map(|block| block.cpu));
    let compared = |blocks: &[Block], others: &[Block], how: fn(f64, f64) -> f64| {
        Spread::of(blocks.iter().zip(others).map(|(block, other)| how(block.cpu, other.cpu)))
    };
    let first = blocks.first().cloned().unwrap_or_default();
    let peer = scenario
        .entrants
        .iter()
        .zip(&blocks)
        .filter(|(entrant, _)| entrant.contender.is_peer())
        .map(|(_, blocks)| blocks.clone())
        .min_by(|one, other| cpu(one).median.total_cmp(&cpu(other).median));
    let row = |(entrant, rounds): (&Entrant, Vec<Block>)| {
        let median = |of: fn(&Block) -> f64| Spread::of(rounds.iter().map(of)).median;
        let peer = peer.as_ref().filter(|_| entrant.contender == Contender::Turnpike);
        Row {
            contender: entrant.contender,
            label: entrant.label.clone(),
            cpu: cpu(&rounds),
            above: compared(&rounds, &first, |own, other| own - other),
            of_first: compared(&rounds, &first, |own, other| own / other),
            of_peer: peer.map(|peer| compared(&rounds, peer, |own, other| own / other)),
            p50: median(|block| block.p50),
            p99: median(|block| block.p99),
            rate: median(|block| block.rate),
            rounds,
        }
    };
    Outcome {
        name: named.name,
        title: named.title,
        goal: named.goal,
        rows: scenario.entrants.iter().zip(blocks).map(row).collect(),
    }
}

impl Outcome {
    pub(super) fn print(&self) {
        let first = self.rows.first().map_or("", |row| &row.label);
        println!("\n{} ({})", self.title, self.name);
        println!(
            "  {:<12} {:>24} {:>24} {:>20} {:>20} {:>8} {:>8} {:>8}",
            "",
            "CPU µs",
            format!("above {first}"),
            format!("of {first}"),
            "of the best peer",
            "p50 µs",
            "p99 µs",
            "per s"
        );
        for (place, row) in self.rows.iter().enumerate() {
            let unless_first = |text| if place == 0 { String::new() } else { text };
            println!(
                "  {:<12} {:>24} {:>24} {:>20} {:>20} {:>8.0} {:>8.0} {:>8.0}",
                row.label,
                row.cpu.coarsely(),
                unless_first(row.above.coarsely()),
                unless_first(row.of_first.finely()),
                row.of_peer.map(Spread::finely).unwrap_or_default(),
                row.p50,
                row.p99,
                row.rate,
            );
        }
    }

    /// What Turnpike was to reach here, and whether it did.
    pub(super) fn goals(&self) -> Vec<(String, bool)> {
        let first = self.rows.first().map_or("", |row| &row.label);
        let ours = self.rows.iter().skip(1).filter(|row| row.contender == Contender::Turnpike);
        let mut goals = Vec::new();
        for row in ours {
            let of_first = Some((first, row.of_first.median)).zip(self.goal.of_floor);
            let of_peer = row.of_peer.map(|peer| ("the best peer", peer.median));
            for ((other, ratio), goal) in of_first.into_iter().chain(of_peer.zip(self.goal.of_peer))
            {
                let text = format!(
                    "{}: {} takes {ratio:.2} times what {other} takes, at most {goal} is the goal",
                    self.title, row.label
                );
                goals.push((text, ratio <= goal));
            }
        }
        goals
    }
}

/// Prints which goals were reached.
pub(super) fn print_goals(outcomes: &[Outcome]) {
    let goals: Vec<_> = outcomes.iter().flat_map(Outcome::goals).collect();
    let reached = goals.iter().filter(|(_, is_reached)| *is_reached).count();
    println!("\n{reached} of {} goals are reached", goals.len());
    for (text, is_reached) in goals {
        println!("  {} {text}", if is_reached { "✓" } else { "✗" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::scenario::{Expected, SCENARIOS};
    use crate::bench::workerd::{Origin, Setting};

    fn spread(values: &[f64]) -> Spread {
        Spread::of(values.iter().copied())
    }

    #[test]
    fn spread_is_the_middle_half() {
        let expected = Spread { median: 3.0, low: 2.0, high: 4.0 };
        assert_eq!(spread(&[5.0, 1.0, 3.0, 2.0, 4.0]), expected);
        assert_eq!(spread(&[2.0]), Spread { median: 2.0, low: 2.0, high: 2.0 });
    }

    /// The machine is twice as slow in the second round, for all alike.
    #[test]
    fn ratios_are_those_within_a_round() {
        let contenders = [Contender::Floor, Contender::Turnpike, Contender::Jose, Contender::Hono];
        let setting = Setting { variables: Vec::new(), origin: Origin::Constant };
        let entrant = |contender: Contender| Entrant {
            contender,
            label: contender.name().to_owned(),
            setting: setting.clone(),
            before: Vec::new(),
            requests: Vec::new(),
            expected: Expected { status: 200, length: None, field: None },
        };
        let scenario = Scenario { entrants: contenders.map(entrant).into(), weight: 1 };
        let blocks = |cpu: f64| {
            let block = |cpu| Block { cpu, rate: 1.0, p50: 1.0, p99: 1.0 };
            vec![block(cpu), block(cpu * 2.0), block(cpu)]
        };
        let blocks = [10.0, 15.0, 30.0, 40.0].map(blocks).into();
        let outcome = outcome(&SCENARIOS[0], &scenario, blocks);
        let same = |median| Spread { median, low: median, high: median };
        let ours = &outcome.rows[1];
        assert_eq!((ours.of_first, ours.of_peer), (same(1.5), Some(same(0.5))));
        assert_eq!(ours.above, Spread { median: 5.0, low: 5.0, high: 10.0 });
        assert_eq!(outcome.rows[2].of_peer, None);
        assert!(outcome.goals().iter().all(|(_, is_reached)| *is_reached));
    }
}
