//! Where permitted requests go: `origin`.

use super::Environment;
use super::reader::Field;
use crate::uri;

/// Where a permitted request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// To its own URL: the server behind a zone route.
    Own,
    /// To another server: scheme and authority, without a trailing slash.
    Url(String),
    /// To a service or assets binding of this name.
    Binding(String),
}

pub(super) fn read(field: &Field<'_, '_>, environment: &dyn Environment) -> Option<Origin> {
    let origin = field.parsed(parse)?;
    match &origin {
        Origin::Binding(name) if !environment.has_binding(name) => {
            field.problem(&format!(
                "there is no binding `{name}`; add it under [[services]] or [assets]"
            ));
            None
        }
        _ => Some(origin),
    }
}

fn parse(text: &str) -> Result<Origin, String> {
    if let Some(name) = text.strip_prefix("binding:") {
        return if name.is_empty() {
            Err("names no binding: write `binding:NAME`".to_owned())
        } else {
            Ok(Origin::Binding(name.to_owned()))
        };
    }
    if !text.as_bytes().contains(&b':') {
        return Err(format!("`{text}` must be an https: URL, or `binding:{text}` for a binding"));
    }
    let uri = uri::secure(text)?;
    if matches!(uri.rest, "" | "/") {
        Ok(Origin::Url(format!("{}://{}", uri.scheme, uri.authority)))
    } else {
        Err("must be a server without a path, like https://origin.example.com".to_owned())
    }
}
