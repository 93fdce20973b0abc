//! Tables of an environment.

/// At most this many columns are read from the form of a new table.
pub const MAX_FORM_COLUMNS: usize = domain::tables::MAX_COLUMNS;
