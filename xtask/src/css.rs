//! One style sheet out of the partials in `style/`.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// All partials in the order of their names, which begin with a number; without comments and indentation.
pub(crate) fn sheet(dir: &Path) -> Result<String> {
    let mut partials: Vec<PathBuf> =
        dir.read_dir().context("there is no folder style/")?.flatten().map(|entry| entry.path()).collect();
    partials.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    partials.sort();
    let read =
        |path: &PathBuf| fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    let partials = partials.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(strip(&partials.join("\n")))
}

/// Takes comments, indentation and empty lines out; strings stay as they are.
fn strip(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let (mut rest, mut quote) = (css, None);
    while let Some(next) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        match quote {
            Some(open) if next == open => quote = None,
            None if next == '"' || next == '\'' => quote = Some(next),
            _ => {}
        }
        out.push(next);
        rest = &rest[next.len_utf8()..];
    }
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_strings_stay() {
        let css = "/* head */\na {\n  content: \"/* kept */\"; /* gone\n */ color: red;\n}\n";
        assert_eq!(strip(css), "a {\ncontent: \"/* kept */\";  color: red;\n}\n");
    }

    #[test]
    fn an_unclosed_comment_swallows_the_rest() {
        assert_eq!(strip("a{}\n/* b{}"), "a{}\n");
    }

    #[test]
    fn the_sheet_of_this_repository_keeps_its_rules_and_loses_its_comments() {
        let sheet = sheet(&crate::sh::root().join("style")).expect("style/ is readable");
        assert!(sheet.contains("{") && !sheet.contains("/*"), "{sheet}");
    }
}
