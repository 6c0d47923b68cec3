//! Which files do the pages load? Whatever web/dist holds is compiled in; `make assets` fills it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=web/dist");
    // Templates and texts are read by macros, which tell cargo of what they read, but not of new files.
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = root.join("web/dist");
    let Ok(digest) = fs::read_to_string(dist.join("DIGEST")) else {
        println!(
            "cargo::error=web/dist is missing: run `make assets` first (it needs Node.js 18 or newer: `apt install nodejs npm`)"
        );
        process::exit(1);
    };
    match table(&dist, digest.trim()) {
        Ok(table) => {
            let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
            if let Err(error) = fs::write(out.join("assets.rs"), table) {
                println!("cargo::error=assets.rs not written: {error}");
            }
        }
        Err(error) => println!("cargo::error=web/dist cannot be read: {error}"),
    }
}

/// The Rust table of all files: name, bytes, and their brotli form where there is one.
fn table(dist: &Path, digest: &str) -> std::io::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dist)? {
        let entry = entry?;
        // The fonts of paper lie in a folder: they are no browser's.
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    let mut table = format!("/// Of all files together.\npub const DIGEST: &str = {digest:?};\n\n");
    table.push_str("const FILES: &[File] = &[\n");
    for name in names.iter().filter(|name| *name != "DIGEST" && !name.ends_with(".br")) {
        let include = |name: &str| format!("include_bytes!({:?})", dist.join(name).display().to_string());
        let packed = format!("{name}.br");
        let brotli = if names.contains(&packed) { format!("Some({})", include(&packed)) } else { "None".to_owned() };
        let line = writeln!(table, "    File {{ name: {name:?}, bytes: {}, brotli: {brotli} }},", include(name));
        line.map_err(std::io::Error::other)?;
    }
    table.push_str("];\n");
    Ok(table)
}
