//! Contact sheets of the pages: `sheet.mjs` takes them with Chromium.

use std::path::Path;

use serde_json::Value;

use crate::shell::{self, Failure, Result};
use crate::{project, setup};

/// Writes the sheets of the pages that are served at `url`; `list` names them.
pub(super) fn write(url: &str, list: &Value, folder: &Path) -> Result {
    setup::browser()?;
    std::fs::create_dir_all(folder)
        .map_err(Failure::because(format!("{} cannot be made", folder.display())))?;
    let mut node = setup::npm_program("node")?;
    node.arg(project::root()?.join("xtask/src/pages/sheet.mjs"));
    node.arg(url).arg(folder).arg(list.to_string());
    shell::run(&mut node, "the sheets could not be made: see above")?;
    println!("The sheets are in {}.", folder.display());
    Ok(())
}
