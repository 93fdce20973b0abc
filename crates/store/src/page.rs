//! Lists are paged by key: a page costs the same at the end of a list as at its start.

use uuid::Uuid;

/// Where a page starts: after this row, in the list's own order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// The sort column's value of the row, as text.
    pub value: String,
    /// The row's id, which breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// Reads `id~value`, the form in addresses; `None` when it is not that.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, value) = text.split_once('~')?;
        Some(Self { id: Uuid::parse_str(id).ok()?, value: value.to_owned() })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.id.simple(), self.value)
    }
}

/// One page and where the next one starts.
#[derive(Clone, PartialEq, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Makes a page of `limit` from `limit + 1` fetched rows; `key` tells a row's cursor.
    pub fn cut(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> Cursor) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(key) } else { None };
        Self { items, next }
    }
}
