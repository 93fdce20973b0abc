//! Who may do what with a browser: every page, file, server function and form against every kind of
//! caller, as `rest/authorization` has it for the API.

mod cross_site;
mod forms;
mod functions;
mod matrix;
mod pages;
mod safe_methods;
pub(super) mod stage;

pub(super) use stage::Stage;

/// Every form, each address once.
pub(super) fn forms() -> std::collections::BTreeSet<&'static str> {
    matrix::FORMS.iter().map(|form| form.0).collect()
}
