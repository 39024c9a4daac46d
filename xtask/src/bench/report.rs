//! What the blocks come to: medians and spreads, as a table.

use super::contender::{Bundle, Contender};
use super::rounds::Block;
use super::scenario::Scenario;

/// What one entrant of a scenario showed.
pub(super) struct Row {
    pub(super) label: String,
    /// Microseconds of processor for each request.
    pub(super) cpu: Spread,
    /// That in those of the first entrant in the same round.
    pub(super) of_floor: Spread,
    /// In those of the cheapest peer in the same round. Peers are not compared with each other.
    pub(super) of_peer: Option<Spread>,
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) rate: f64,
}

/// Where the middle is of the values of all rounds, and the middle half of them.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<_> = values.collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        Self { median: at(last / 2), low: at(last / 4), high: at(last.saturating_sub(last / 4)) }
    }
}

/// The rows of a scenario, from the blocks of its entrants.
pub(super) fn rows(scenario: &Scenario, blocks: &[Vec<Block>]) -> Vec<Row> {
    let cpu = |blocks: &[Block]| Spread::of(blocks.iter().map(|block| block.cpu));
    let ratio = |blocks: &[Block], others: &[Block]| {
        Spread::of(blocks.iter().zip(others).map(|(block, other)| block.cpu / other.cpu))
    };
    let entrants = || scenario.entrants.iter().zip(blocks);
    let floor = blocks.first().map(Vec::as_slice).unwrap_or_default();
    let peer = entrants()
        .filter(|(entrant, _)| entrant.contender.is_peer())
        .min_by(|(_, a), (_, b)| cpu(a).median.total_cmp(&cpu(b).median));
    let row = |(entrant, blocks): (&super::scenario::Entrant, &Vec<Block>)| {
        let median = |of: fn(&Block) -> f64| Spread::of(blocks.iter().map(of)).median;
        let is_ours = entrant.contender == Contender::Turnpike;
        Row {
            label: entrant.label.clone(),
            cpu: cpu(blocks),
            of_floor: ratio(blocks, floor),
            of_peer: peer.filter(|_| is_ours).map(|(_, peer)| ratio(blocks, peer)),
            p50: median(|block| block.p50),
            p99: median(|block| block.p99),
            rate: median(|block| block.rate),
        }
    };
    entrants().map(row).collect()
}

/// Prints the rows of a scenario.
pub(super) fn print(title: &str, rows: &[Row]) {
    println!("\n{title}");
    println!(
        "  {:<14} {:>21} {:>20} {:>20} {:>9} {:>9} {:>9}",
        "", "CPU µs", "of the floor", "of the best peer", "p50 µs", "p99 µs", "per s"
    );
    for row in rows {
        println!(
            "  {:<14} {:>21} {:>20} {:>20} {:>9.0} {:>9.0} {:>9.0}",
            row.label,
            format!("{:.1} ({:.1}..{:.1})", row.cpu.median, row.cpu.low, row.cpu.high),
            ratio(row.of_floor),
            row.of_peer.map(ratio).unwrap_or_default(),
            row.p50,
            row.p99,
            row.rate,
        );
    }
}

/// Prints what each contender would weigh in an upload.
pub(super) fn print_sizes(bundles: &[(Contender, Bundle)]) {
    println!("\nupload, as wrangler counts it");
    for (contender, Bundle { size: (raw, gzipped), .. }) in bundles {
        println!("  {:<14} {raw:>8.1} KiB {gzipped:>8.1} KiB gzipped", contender.name());
    }
}

fn ratio(spread: Spread) -> String {
    format!("{:.2} ({:.2}..{:.2})", spread.median, spread.low, spread.high)
}
