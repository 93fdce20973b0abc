//! The folder that `src/assets.rs` embeds must exist, and a change in it must reach the binary.

use std::{env, fs, path::PathBuf};

fn main() -> std::io::Result<()> {
    let server = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let site = server.join("../target/site/assets");
    fs::create_dir_all(&site)?;
    // A debug build reads the folder at run time: compiling it again for a new file would be waste.
    let debug = env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let watched = if debug { server.join("build.rs") } else { site };
    let mut stdout = std::io::stdout();
    std::io::Write::write_fmt(&mut stdout, format_args!("cargo::rerun-if-changed={}\n", watched.display()))
}
