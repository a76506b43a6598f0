//! The JavaScript around the wasm: wasm-bindgen as a library, so that Cargo.lock pins it together with the crate of
//! the same name that the frontend is built with.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::compile::Profile;

/// Writes `app.js` and `app_bg.wasm` into `folder`.
pub(crate) fn generate(wasm: &Path, folder: &Path, profile: Profile) -> Result<()> {
    let dev = profile == Profile::Dev;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name("app")
        .typescript(false)
        .omit_default_module_path(true) // boot.js says where the wasm is: its name has a hash
        .keep_lld_exports(true) // memory, table and stack pointer, which the parts share
        .keep_debug(dev)
        .remove_name_section(!dev)
        .remove_producers_section(!dev);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder))
        .with_context(|| format!("run wasm-bindgen on {}", wasm.display()))
}
