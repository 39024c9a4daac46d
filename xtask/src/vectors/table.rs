//! What is printed.

use std::collections::BTreeMap;

use super::case::{Count, Outcome};

/// What came of the cases of one file, or of one way to put them.
pub(super) struct Row {
    name: String,
    cases: usize,
    in_workerd: usize,
    agreed: usize,
    /// The cases of each reason.
    exceptions: BTreeMap<&'static str, Vec<String>>,
    unexplained: Vec<String>,
}

impl Row {
    pub(super) fn of(name: String, outcomes: Vec<Outcome>) -> Self {
        let cases = outcomes.len();
        let in_workerd = outcomes.iter().filter(|outcome| outcome.workerd.is_some()).count();
        let (mut agreed, mut unexplained) = (0_usize, Vec::new());
        let mut exceptions: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for outcome in outcomes {
            match outcome.count() {
                Count::Agreed => agreed = agreed.saturating_add(1),
                Count::Exception(reason) => {
                    exceptions.entry(reason).or_default().push(outcome.name);
                }
                Count::Unexplained => unexplained.push(outcome.describe()),
            }
        }
        Self { name, cases, in_workerd, agreed, exceptions, unexplained }
    }

    fn excepted(&self) -> usize {
        self.exceptions.values().map(Vec::len).sum()
    }
}

/// Prints the table, then every exception with its reason, then what nobody has explained. Gives the
/// number of the latter.
pub(super) fn print(rows: &[Row]) -> usize {
    let sum = |number: fn(&Row) -> usize| rows.iter().map(number).sum::<usize>();
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    let line = |name: &str, [cases, in_workerd, agreed, excepted, unexplained]: [String; 5]| {
        println!(
            "{name:<width$}  {cases:>5}  {in_workerd:>7}  {agreed:>6}  {excepted:>8}  {unexplained:>11}"
        );
    };
    line("", ["cases", "workerd", "agreed", "excepted", "unexplained"].map(str::to_owned));
    for row in rows {
        let counts = [row.cases, row.in_workerd, row.agreed, row.excepted(), row.unexplained.len()];
        line(&row.name, counts.map(|count| count.to_string()));
    }
    let unexplained = sum(|row| row.unexplained.len());
    let totals = [
        sum(|row| row.cases),
        sum(|row| row.in_workerd),
        sum(|row| row.agreed),
        sum(Row::excepted),
        unexplained,
    ];
    line("in all", totals.map(|count| count.to_string()));
    print_exceptions(rows);
    for row in rows.iter().filter(|row| !row.unexplained.is_empty()) {
        println!("\nUnexplained in {}:", row.name);
        for outcome in &row.unexplained {
            println!("  {outcome}");
        }
    }
    unexplained
}

/// Every reason with the cases it is for.
fn print_exceptions(rows: &[Row]) {
    const FEW: usize = 4;
    let mut reasons: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows {
        for (reason, names) in &row.exceptions {
            reasons.entry(reason).or_default().push((&row.name, names));
        }
    }
    println!("\nExcepted, because the vector ...");
    for (reason, places) in reasons {
        let count: usize = places.iter().map(|(_, names)| names.len()).sum();
        println!("{count:>5}  {reason}");
        for (row, names) in places {
            let names = if names.len() <= FEW { names.join(", ") } else { names.len().to_string() };
            println!("         {row}: {names}");
        }
    }
}
