//! Tables of an environment: the form of a new one. Their rows are in `rows`.

pub mod new;

pub use new::NewTable;

/// At most this many columns are read from the form of a new table.
pub const MAX_FORM_COLUMNS: usize = domain::tables::MAX_COLUMNS;

/// How many empty columns the form shows at first, and how many "More columns" adds.
pub const COLUMNS_AT_ONCE: usize = 8;
