//! The pages of Keystead. The server renders them (`ssr`), the browser takes them over (`hydrate`).
//!
//! [`shell`] is the HTML document around every page, [`routes`] says which page answers which URL.

// Views are types: a page's view nests one generic inside another, and the layout of such a type
// is asked for through more levels than the compiler's default allows.
#![recursion_limit = "256"]

pub mod routes;
pub mod shell;
pub mod ui;

pub use routes::App;
