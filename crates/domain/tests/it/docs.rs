//! The documents point at code that is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    for folder in ["docs", "docs/adr"] {
        let files = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        found.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    found
}

/// A link into the repository, and the name in code style that stands behind it: ``[a](b), `c` ``.
struct Link {
    target: PathBuf,
    name: Option<String>,
}

fn links(document: &Path) -> Vec<Link> {
    let text = fs::read_to_string(document).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let folder = document.parent().unwrap();
    let mut links = Vec::new();
    for part in text.split("](").skip(1) {
        let (target, behind) = part.split_once(')').unwrap();
        if target.contains("://") || target.starts_with('#') {
            continue;
        }
        let target = target.split('#').next().unwrap();
        let name = behind.strip_prefix(", `").and_then(|rest| rest.split_once('`'));
        links.push(Link { target: folder.join(target), name: name.map(|(name, _)| name.to_owned()) });
    }
    links
}

#[test]
fn every_link_leads_to_a_file() {
    for document in documents() {
        for link in links(&document) {
            assert!(link.target.exists(), "{} links to {}", document.display(), link.target.display());
        }
    }
}

#[test]
fn what_a_step_names_stands_in_the_file_it_links_to() {
    let mut named = 0;
    for document in documents() {
        for Link { target, name } in links(&document) {
            let Some(name) = name else { continue };
            let code = fs::read_to_string(&target).unwrap();
            assert!(code.contains(&name), "{}: {name} is not in {}", document.display(), target.display());
            named += 1;
        }
    }
    assert!(named > 20, "the walkthroughs were read: {named} names");
}
