//! Icons: one sprite, `style/icons.svg`, referenced by name.

use crate::shell::icons_url;
use leptos::prelude::*;

macro_rules! glyphs {
    ($($variant:ident $id:literal),+ $(,)?) => {
        /// Every icon there is; each is a `<symbol>` of the sprite (a test holds the two together).
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Glyph { $($variant),+ }

        impl Glyph {
            /// All of them, for the gallery and the test.
            pub const ALL: &'static [Glyph] = &[$(Glyph::$variant),+];

            /// The id of the symbol in the sprite.
            pub const fn id(self) -> &'static str {
                match self { $(Glyph::$variant => $id),+ }
            }
        }
    };
}

glyphs! {
    Keystead "keystead",
    Add "add", Admin "admin", Ai "ai", Audit "audit", Back "back", Backup "backup", Bell "bell",
    Calendar "calendar", Check "check", ChevronDown "chevron-down", ChevronRight "chevron-right",
    Circle "circle", Clock "clock", Close "close", Cloud "cloud", Code "code", Collapse "collapse",
    Copy "copy", Delete "delete", Download "download", Edit "edit", Environment "environment",
    Error "error", Expand "expand", External "external", Eye "eye", Factory "factory",
    Filter "filter", Fingerprint "fingerprint", Help "help", History "history", Home "home",
    Info "info", Key "key", Lock "lock", Locked "locked", Mail "mail", Menu "menu", More "more",
    Off "off", Operation "operation", Person "person", Refresh "refresh", Search "search",
    Settings "settings", Severe "severe", Shield "shield", SignOut "sign-out",
    SortDown "sort-down", SortUp "sort-up", Success "success", Sync "sync", Theme "theme",
    Unlock "unlock", Upload "upload", Vault "vault", Warning "warning",
}

/// One icon, 20 × 20, in the colour of the text around it. It is decoration: the words beside it
/// carry the meaning, so assistive technology skips it.
#[component]
pub fn Icon(
    /// Which one.
    name: Glyph,
    /// `false` draws it 16 × 16, for badges and small print.
    #[prop(default = true)]
    large: bool,
) -> AnyView {
    let href = format!("{}#{}", icons_url(), name.id());
    let (class, size) = if large { ("icon", "20") } else { ("icon icon-small", "16") };
    view! {
        <svg class=class width=size height=size aria-hidden="true">
            <use href=href></use>
        </svg>
    }
    .into_any()
}

/// A ring that turns while something runs; the words beside it say what.
#[component]
pub fn Spinner() -> AnyView {
    view! { <span class="spinner" aria-hidden="true"></span> }.into_any()
}
