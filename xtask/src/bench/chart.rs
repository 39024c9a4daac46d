//! The table as a picture: a bar for each contender, as long as what a request takes.

use super::contender::Contender;
use super::report::{Outcome, Row};

const WIDTH: f64 = 900.0;
const LABELS: f64 = 110.0;
const NUMBERS: f64 = 190.0;
const BAR: f64 = 14.0;
const TITLE: f64 = 26.0;
const GAP: f64 = 12.0;

/// An SVG of all outcomes. Each scenario has a scale of its own, so that a request of a megabyte
/// does not hide the others.
pub(super) fn draw(outcomes: &[Outcome], caption: &[String]) -> String {
    let mut y = GAP;
    let mut drawing = Vec::new();
    for line in caption {
        y += BAR;
        text(&mut drawing, 10.0, y, line);
        y += 4.0;
    }
    for outcome in outcomes {
        y += TITLE;
        let title = format!("{}: µs of processor for each request", outcome.title);
        text(&mut drawing, 10.0, y, &title);
        y += 6.0;
        let longest = outcome.rows.iter().map(|row| row.cpu.high).fold(1.0, f64::max);
        for row in &outcome.rows {
            bar(&mut drawing, y, row, (WIDTH - LABELS - NUMBERS) / longest);
            y += BAR + 3.0;
        }
    }
    y += GAP;
    let drawing = drawing.concat();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{y}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{drawing}</svg>\n"
    )
}

fn bar(drawing: &mut Vec<String>, y: f64, row: &Row, scale: f64) {
    let (cpu, base) = (row.cpu, y + BAR - 3.0);
    text(drawing, 20.0, base, &row.label);
    let color = match row.contender {
        Contender::Floor => "#9aa5b1",
        Contender::Turnpike => "#0b5fff",
        Contender::Jose => "#d97706",
        Contender::Hono => "#e11d48",
    };
    let length = cpu.median * scale;
    drawing.push(format!(
        "<rect x=\"{LABELS}\" y=\"{y:.1}\" width=\"{length:.1}\" height=\"{BAR}\" fill=\"{color}\"/>\n"
    ));
    // The middle half of all rounds.
    let (low, high, middle) = (LABELS + cpu.low * scale, LABELS + cpu.high * scale, y + BAR / 2.0);
    drawing.push(format!(
        "<path d=\"M{low:.1} {middle:.1}H{high:.1}\" stroke=\"black\" stroke-width=\"2\"/>\n"
    ));
    let number = format!("{:.1} · {:.2} times", cpu.median, row.of_first.median);
    text(drawing, LABELS + cpu.high * scale + 6.0, base, &number);
}

fn text(drawing: &mut Vec<String>, x: f64, y: f64, words: &str) {
    // No label of ours has a quote.
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    drawing.push(format!("<text x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>\n"));
}
