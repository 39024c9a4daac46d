//! The table as a page of its own.

use super::{Overview, Row, Who};

const STYLE: &str = include_str!("style.css");

/// The page.
pub(super) fn of(overview: &Overview) -> String {
    let title = escaped(&overview.title);
    let fact = |(name, what): &(&str, String)| {
        format!("<div><dt>{name}</dt><dd>{}</dd></div>\n", escaped(what))
    };
    let facts: Vec<String> = overview.facts.iter().map(fact).collect();
    let facts = facts.concat();
    let rows: Vec<String> = overview.rows.iter().enumerate().map(|(at, it)| row(at, it)).collect();
    let rows = rows.concat();
    format!(
        "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>{title}: who may do what</title>
<style>
{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<p>Who may do what. Of the rows for a request\u{2019}s path, host and method, the first one counts.</p>
<dl>
{facts}</dl>
<div class=\"table\" role=\"region\" aria-label=\"Routes\" tabindex=\"0\">
<table>
<thead><tr><th scope=\"col\">#</th><th scope=\"col\">Methods</th><th scope=\"col\">Path</th>\
<th scope=\"col\">Needs</th><th scope=\"col\">Cache</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
</div>
</body>
</html>
"
    )
}

fn row(index: usize, row: &Row) -> String {
    let class = match row.who {
        Who::Anyone => "anyone",
        Who::Bearer => "bearer",
        Who::Reported => "reported",
    };
    let mut path = escaped(&row.path);
    if path.starts_with('/') {
        // A long one is broken before a slash.
        path = format!("<code>{}</code>", path.replace('/', "<wbr>/"));
    }
    if let Some(hosts) = &row.hosts {
        path = format!("{path} of {}", escaped(hosts));
    }
    format!(
        "<tr class=\"{class}\"><td>{}</td><td>{}</td><td>{path}</td><td>{}</td><td>{}</td></tr>\n",
        index.saturating_add(1),
        escaped(&row.methods),
        escaped(&row.needs),
        escaped(&row.cache),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
