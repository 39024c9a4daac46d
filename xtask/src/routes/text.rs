//! The table for a terminal.

use super::{Overview, Row};

/// What a terminal shows in a line.
pub(crate) const WIDTH: usize = 100;

/// No column is made wider than this, but for what needs take of the rest of a line.
const COLUMNS: [usize; 5] = [3, 16, 32, 20, 24];

const TITLES: [&str; 5] = ["#", "methods", "path", "needs", "cache"];

/// Which of them has what is left of a line.
const WIDEST: usize = 3;

/// The table.
pub(super) fn of(overview: &Overview) -> String {
    let mut lines = vec![overview.title.clone()];
    lines.extend(overview.facts.iter().map(|(name, what)| format!("{name:<7}  {what}")));
    lines.push(String::new());
    let numbered = overview.rows.iter().enumerate();
    let titles = TITLES.map(str::to_owned);
    let cells: Vec<[String; 5]> =
        std::iter::once(titles).chain(numbered.map(|(index, row)| cells(index, row))).collect();
    let widths = widths(&cells);
    for row in &cells {
        let columns = row.iter().zip(widths);
        let wrapped: Vec<Vec<String>> = columns.map(|(cell, width)| wrap(cell, width)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or_default();
        lines.extend((0..height).map(|at| {
            let cell = |column: &Vec<String>| column.get(at).cloned().unwrap_or_default();
            let padded = wrapped.iter().zip(widths);
            let padded = padded.map(|(column, width)| format!("{:<width$}", cell(column)));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        }));
    }
    lines.join("\n") + "\n"
}

fn cells(index: usize, row: &Row) -> [String; 5] {
    let number = index.saturating_add(1).to_string();
    let path = match &row.hosts {
        Some(hosts) => format!("{} of {hosts}", row.path),
        None => row.path.clone(),
    };
    [number, row.methods.clone(), path, row.needs.clone(), row.cache.clone()]
}

fn widths(rows: &[[String; 5]]) -> [usize; 5] {
    let mut widths: [usize; 5] = std::array::from_fn(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    });
    let mut left = WIDTH.saturating_sub(TITLES.len().saturating_sub(1).saturating_mul(2));
    for (column, (width, most)) in widths.iter_mut().zip(COLUMNS).enumerate() {
        if column != WIDEST {
            *width = (*width).min(most);
            left = left.saturating_sub(*width);
        }
    }
    if let Some(widest) = widths.get_mut(WIDEST) {
        *widest = (*widest).min(left);
    }
    widths
}

/// The lines of a cell, broken between words; a path that is too long is broken before a `/`.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let mut gap = " ";
        for part in parts(word, width) {
            let length = |text: &str| text.chars().count();
            match lines.last_mut() {
                Some(line) if length(&format!("{line}{gap}{part}")) <= width => {
                    line.push_str(gap);
                    line.push_str(part);
                }
                _ => lines.push(part.to_owned()),
            }
            gap = "";
        }
    }
    lines
}

/// A word, or what it is broken into. `https://` stays whole.
fn parts(word: &str, width: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = word;
    while rest.chars().count() > width {
        let is_break = |around: &[u8]| match around {
            [before, b'/', behind] => !b":/".contains(before) && *behind != b',',
            _ => false,
        };
        let Some(at) = rest.as_bytes().windows(3).position(is_break) else { break };
        let at = at.saturating_add(1);
        let (part, behind) = rest.split_at(at);
        parts.push(part);
        rest = behind;
    }
    parts.push(rest);
    parts
}
