//! What jobs tell in words, with the addresses of the portal's own pages in them.

use leptos::prelude::*;

/// The text, in which the address of a row is a link to it.
pub fn told(text: &str) -> AnyView {
    let words = text.split_inclusive(' ');
    let view = words.map(|word| match word.trim_end() {
        href if is_row(href) => {
            let href = href.to_owned();
            view! { <a href=href>"the row"</a> " " }.into_any()
        }
        _ => word.to_owned().into_any(),
    });
    view.collect_view().into_any()
}

/// `/tables/{id}/rows/{row}`, and nothing that leads elsewhere.
fn is_row(word: &str) -> bool {
    let parts: Vec<&str> = word.split('/').collect();
    let id = |part: &str| part.len() == 36 && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    matches!(parts[..], ["", "tables", table, "rows", row] if id(table) && id(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_rows_are_links() {
        let id = "01a14099-3c33-7b1e-977f-17f39b67b08a";
        assert!(is_row(&format!("/tables/{id}/rows/{id}")));
        for other in [&format!("//tables/{id}/rows/{id}"), &format!("/tables/{id}"), "/sign-out", "a/b"] {
            assert!(!is_row(other), "{other}");
        }
    }
}
