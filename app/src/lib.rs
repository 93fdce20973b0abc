//! The pages of Keystead. The server renders them (`ssr`), the browser takes them over (`hydrate`).
//!
//! [`shell`] is the HTML document around every page, [`routes`] says which page answers which URL,
//! [`layout`] is what surrounds every page, [`pages`] are the pages.

// Views are types: a page's view nests one generic inside another, and the layout of such a type
// is asked for through more levels than the compiler's default allows.
#![recursion_limit = "256"]

#[cfg(not(erase_components))]
compile_error!("server and browser must build views alike: use the flags of .cargo/config.toml");

pub mod done;
pub mod error;
pub mod forms;
pub mod frame;
pub mod layout;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod preferences;
#[cfg(feature = "ssr")]
pub mod request;
pub mod routes;
pub mod shell;
pub mod ui;
pub mod url;
pub mod view;

pub use routes::App;
