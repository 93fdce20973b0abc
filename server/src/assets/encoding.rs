//! Which compressed form a request takes (RFC 9110 §12.5.3).

use http::{HeaderValue, header::GetAll};

/// A form in which a file lies in the site, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// What the file's name ends with.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    /// The value of `Content-Encoding`.
    pub(super) const fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// What the client takes, in our order of preference. `identity` is always last: a file without a
/// compressed form must be sendable, and refusing to answer helps nobody.
pub(super) fn accepted(values: GetAll<'_, HeaderValue>) -> Vec<Encoding> {
    let items: Vec<&str> =
        values.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    let takes = |encoding: &Encoding| encoding.token().is_none_or(|token| takes(&items, token));
    Encoding::ALL.into_iter().filter(takes).collect()
}

/// Whether `token` is named, or else `*`, with a weight above zero.
fn takes(items: &[&str], token: &str) -> bool {
    let weight = |name: &str| {
        items.iter().find_map(|item| {
            let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
            let named = coding.trim().eq_ignore_ascii_case(name);
            let weight = || parameters.trim().strip_prefix("q=").map_or(Ok(1.0), |q| q.trim().parse::<f32>());
            named.then(|| weight().unwrap_or(0.0))
        })
    };
    weight(token).or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::{Encoding::*, *};
    use http::{HeaderMap, header::ACCEPT_ENCODING};

    fn for_header(value: &'static str) -> Vec<Encoding> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
        accepted(headers.get_all(ACCEPT_ENCODING))
    }

    #[test]
    fn the_best_accepted_form_comes_first() {
        assert_eq!(for_header("gzip, deflate, br, zstd"), [Brotli, Gzip, Identity]);
        assert_eq!(for_header("gzip"), [Gzip, Identity]);
        assert_eq!(for_header("*"), [Brotli, Gzip, Identity]);
    }

    #[test]
    fn a_weight_of_zero_refuses() {
        assert_eq!(for_header("br;q=0, GZIP;q=0.5"), [Gzip, Identity]);
        assert_eq!(for_header("*, br; q=0"), [Gzip, Identity]);
        assert_eq!(for_header("br;q=nonsense"), [Identity]);
    }

    #[test]
    fn no_header_means_the_plain_form() {
        assert_eq!(accepted(HeaderMap::new().get_all(ACCEPT_ENCODING)), [Identity]);
    }
}
