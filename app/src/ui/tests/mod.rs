//! What holds for all components together: their HTML, their colours, their icons.

mod contrast;
mod html;

use std::{fs, path::PathBuf};

/// The file or folder `style/…` of the repository.
fn style(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../style").join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(style(name)).expect("the file is in the repository")
}

/// All partials in the order of the build.
fn sheet() -> String {
    let mut names: Vec<_> = fs::read_dir(style("."))
        .expect("style/ is in the repository")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("plain names"))
        .filter(|name| name.ends_with(".css"))
        .collect();
    names.sort();
    names.iter().map(|name| read(name)).collect()
}
