//! Addresses: parts encoded the same way on both sides, and the check of `next`.

use std::fmt::Write as _;

/// Percent-encodes a value for a query or a path segment.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// `path?name=value&…`; empty values are left out.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(if out.contains('?') { '&' } else { '?' });
        out.push_str(name);
        out.push('=');
        out.push_str(&encode(value));
    }
    out
}

/// Where a form may lead afterwards: a path of this portal, nothing else; else `/`.
pub fn safe_next(next: &str) -> &str {
    let inside = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 2_000
        && next.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    if inside { next } else { "/" }
}

/// The value of `name` in a query string (`a=1&b=2`, with or without `?`); empty when it is not there.
pub fn query_value(query: &str, name: &str) -> String {
    let pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map_or_else(String::new, |(_, value)| decode(value))
}

/// Undoes percent-encoding and `+`; broken sequences stay as they are.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (bytes[at], hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_comes_back() {
        let text = "Größe & 100 % = ?/#+";
        let query = with_query("/x", &[("a", ""), ("b", text), ("c", "1")]);
        assert_eq!(query_value(query.split_once('?').unwrap().1, "b"), text);
        assert_eq!(query_value("a=x+y&c=%zz", "a"), "x y");
        assert_eq!(query_value("a=x+y&c=%zz", "c"), "%zz");
        assert_eq!(query_value("a=1", "b"), "");
    }

    #[test]
    fn next_stays_inside_the_portal() {
        assert_eq!(safe_next("/environments?sort=-created"), "/environments?sort=-created");
        for outside in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a b", "/a\r\nSet-Cookie:x"]
        {
            assert_eq!(safe_next(outside), "/", "{outside}");
        }
    }
}
