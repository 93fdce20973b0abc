//! What a browser remembers about its reader: the theme and the width of the navigation, two cookies
//! that the server reads, so the first paint is already right.

use http::{HeaderMap, header::COOKIE};

/// What the cookie `theme` may say; anything else counts as the first.
pub const THEMES: [&str; 4] = ["system", "light", "dark", "contrast"];

/// What the cookie `nav` may say; anything else counts as the first.
pub const WIDTHS: [&str; 2] = ["wide", "rail"];

/// The theme that the request's cookie asks for.
pub fn theme(headers: &HeaderMap) -> &'static str {
    chosen(headers, "theme", &THEMES)
}

/// Whether the navigation is a rail of icons.
pub fn rail(headers: &HeaderMap) -> bool {
    chosen(headers, "nav", &WIDTHS) == WIDTHS[1]
}

/// The allowed value of a cookie; the first when it says anything else.
fn chosen(headers: &HeaderMap, name: &str, allowed: &[&'static str]) -> &'static str {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs
        .filter(|(key, _)| *key == name)
        .find_map(|(_, asked)| allowed.iter().copied().find(|value| *value == asked))
        .unwrap_or(allowed[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, http::HeaderValue::from_static(cookie));
        headers
    }

    #[test]
    fn the_cookie_names_the_theme() {
        assert_eq!(theme(&headers("__Host-id=x; theme=dark")), "dark");
        assert_eq!(theme(&headers("theme=contrast; nav=rail")), "contrast");
        assert!(rail(&headers("theme=contrast; nav=rail")));
    }

    #[test]
    fn anything_unknown_is_the_default() {
        assert_eq!(theme(&headers("theme=\"><script>")), "system");
        assert_eq!(theme(&headers("mytheme=dark")), "system");
        assert_eq!(theme(&HeaderMap::new()), "system");
        assert!(!rail(&headers("nav=1")));
    }
}
