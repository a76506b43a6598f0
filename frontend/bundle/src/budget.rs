//! What the page may weigh. A build over budget fails, so that a heavy dependency is a decision and not an accident.

use std::fmt::Write;

use anyhow::{Result, ensure};

use crate::compress::Size;

/// Files that are loaded together, and what they may weigh together, in bytes of brotli.
struct Budget {
    what: &'static str,
    files: &'static [&'static str],
    limit: usize,
}

const BUDGETS: [Budget; 4] = [
    // Every visit pays for this one: about a second at 2 Mbit/s.
    Budget { what: "app", files: &["app.wasm", "app.js"], limit: 200_000 },
    // What a run is looked at with: loaded while the lesson is read.
    Budget { what: "scope", files: &["scope.wasm"], limit: 160_000 },
    Budget { what: "editor", files: &["editor.js"], limit: 130_000 },
    Budget { what: "terminal", files: &["terminal.js"], limit: 90_000 },
];

/// The sizes as a table for people.
pub(crate) fn table(sizes: &[Size]) -> String {
    let mut table = format!("{:<20} {:>10} {:>10} {:>10}\n", "asset", "raw", "gzip", "brotli");
    for Size { name, raw, gzip, brotli } in sizes {
        let _ = writeln!(table, "{name:<20} {raw:>10} {gzip:>10} {brotli:>10}");
    }
    for Budget { what, files, limit } in &BUDGETS {
        let used = weight(sizes, files);
        let _ = writeln!(table, "budget {what:<13} {:>32}", format!("{used} of {limit}"));
    }
    table
}

/// Fails when a budget is exceeded.
pub(crate) fn check(sizes: &[Size]) -> Result<()> {
    for Budget { what, files, limit } in &BUDGETS {
        let used = weight(sizes, files);
        ensure!(
            used <= *limit,
            "{what} weighs {used} bytes of brotli, over its budget of {limit} (bundle/src/budget.rs)"
        );
    }
    Ok(())
}

fn weight(sizes: &[Size], files: &[&str]) -> usize {
    sizes.iter().filter(|size| files.contains(&size.name.as_str())).map(|size| size.brotli).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(name: &str, brotli: usize) -> Size {
        Size { name: name.into(), raw: brotli * 3, gzip: brotli * 2, brotli }
    }

    #[test]
    fn wasm_and_its_script_share_a_budget() {
        let script = 50_000;
        let wasm = BUDGETS[0].limit - script;
        assert!(check(&[size("app.wasm", wasm), size("app.js", script)]).is_ok());
        let error = check(&[size("app.wasm", wasm), size("app.js", script + 1)]).unwrap_err();
        let over = format!("app weighs {} bytes", BUDGETS[0].limit + 1);
        assert!(error.to_string().starts_with(&over), "{error}");
    }

    #[test]
    fn the_table_shows_every_asset_and_budget() {
        let table = table(&[size("app.js", 10), size("favicon.svg", 20)]);
        assert_eq!(table.lines().count(), 1 + 2 + BUDGETS.len());
        assert!(table.contains(&format!("10 of {}", BUDGETS[0].limit)), "{table}");
    }
}
