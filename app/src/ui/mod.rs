//! The design system: every component that pages are built from.
//!
//! Rules that all of them keep: the server and the browser render the same HTML; nothing needs
//! script to work; no `style` attributes; meaning is never told by colour alone; ids come from props.
//! The styles are the partials of the same names in `style/`.

pub mod announce;
pub mod badge;
pub mod button;
pub mod card;
pub mod checklist;
pub mod choice;
pub mod command_bar;
pub mod copy_button;
pub mod countdown;
pub mod dialog;
pub mod empty_state;
pub mod error_summary;
pub mod facts;
pub mod field;
pub mod file_input;
pub mod filter_form;
pub(crate) mod focus;
pub mod gallery;
pub mod icon;
pub mod input;
pub mod menu;
pub mod message_bar;
pub mod nav;
pub mod page_header;
pub mod pager;
pub mod panel;
pub mod pivot;
pub mod progress;
pub mod shell;
pub mod steps;
pub mod table;
pub mod table_row;
pub mod text_area;
pub mod time;
pub mod toast;
pub mod top_bar;
pub mod typed_confirm;

pub use announce::Announcer;
pub use badge::{Badge, State, StateBadge, Tone};
pub use button::{Button, ButtonLink, Look};
pub use card::{Card, Cards, FigureCard};
pub use checklist::{Check, Checklist, Outcome};
pub use choice::{Checkbox, Choice, RadioGroup, Select};
pub use command_bar::{CommandBar, CommandButton, Run};
pub use copy_button::{CopyButton, Copyable};
pub use countdown::Countdown;
pub use dialog::{ConfirmButton, ConfirmDialog};
pub use empty_state::EmptyState;
pub use error_summary::ErrorSummary;
pub use facts::{Fact, Facts};
pub use field::MaybeText;
pub use file_input::FileInput;
pub use filter_form::FilterForm;
pub use icon::{Glyph, Icon, Spinner};
pub use input::{PasswordInput, TextInput};
pub use menu::Menu;
pub use message_bar::MessageBar;
pub use nav::{NAV_ACTION, Nav, NavLink, NavSection};
pub use page_header::{Breadcrumb, PageHeader};
pub use pager::{Page, Pager};
pub use panel::{Panel, PanelBody, PanelFoot, WithPanel};
pub use pivot::Pivot;
pub use progress::{OperationProgress, Progress, ProgressFacts};
pub use shell::{PlainShell, Shell};
pub use steps::{Step, StepState, Steps};
pub use table::{Column, DataTable, Sort};
pub use table_row::{Pick, Row, RowDetails};
pub use text_area::TextArea;
pub use time::{Deadline, Moment, Time, Why};
pub use toast::{Flash, FlashRegion, Toast, Toaster, Toasts, toasts};
pub use top_bar::{SIGN_OUT_ACTION, THEME_ACTION, TopBar, Viewer};
pub use typed_confirm::{PhraseField, TypedConfirm};

#[cfg(all(test, feature = "ssr"))]
mod tests;
