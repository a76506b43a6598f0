//! Lets the crate compile before the page was ever built: the binary then carries a page that says how to build it.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let root = Path::new(&manifest).parent().expect("the crate lies in the workspace");
    let site = root.join("target/site");
    let index = site.join("index.html");
    if !index.exists() {
        fs::create_dir_all(&site)?;
        fs::write(index, PLACEHOLDER)?;
    }
    println!("cargo::rerun-if-changed={}", site.display());
    println!("cargo::rerun-if-changed={}", root.join("lessons").display());
    Ok(())
}

const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Socklab</title>
<h1>The page was not built</h1>
<p>This server was compiled without its page. Build it, then compile the server again:</p>
<pre>cargo run --release -p socklab-bundle
cargo build --release -p socklab-server</pre>
<p>The API works meanwhile, and so does <code>socklab run</code>.</p>
</html>
";
