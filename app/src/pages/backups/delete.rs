//! The last word before a backup is deleted.

use super::list::{ViewBackup, ViewBackups, backups, show};
use crate::{
    error::UiError,
    forms,
    pages::load::*,
    ui::*,
    view::{self, counted},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The list, and the backup that is asked about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct ViewDelete {
    list: ViewBackups,
    backup: ViewBackup,
}

impl PageData for ViewDelete {
    fn title(&self) -> String {
        format!("Delete a backup · {}", self.list.name)
    }
}

/// One backup of the environment.
#[server(prefix = "/fn", endpoint = "backup")]
pub async fn backup(id: String, backup: String) -> Result<ViewBackup, UiError> {
    let (portal, caller) = crate::request::request()?;
    let id = id.parse().map_err(|_| UiError::not_found("environment"))?;
    let backup = backup.parse().map_err(|_| UiError::not_found("backup"))?;
    let found = service::backups::get(&portal, &caller, id, backup).await?;
    Ok(ViewBackup::new(&found, portal.clock().now()))
}

async fn both(id: String, sub: String) -> Result<ViewDelete, UiError> {
    let backup = backup(id.clone(), sub).await?;
    Ok(ViewDelete { list: backups(id, String::new()).await?, backup })
}

/// `/environments/{id}/backups/{backup}/delete`.
#[component]
pub fn DeleteBackup() -> AnyView {
    page(|input| both(input.id, input.sub), ask)
}

fn ask(ViewDelete { list, backup }: ViewDelete) -> AnyView {
    if let Some(why) = backup.delete.why.clone() {
        let bar = view::not_now("Not possible now.", why);
        return view! { {bar} {show(list, forms::summary(&[]))} }.into_any();
    }
    let consequences = vec![
        format!("{} of that moment cannot be brought back any more.", counted(backup.rows, "row", "rows")),
        "Its key is destroyed at once; copies of the database from before still hold it.".to_owned(),
    ];
    let made = format!("It was made on {} of {}.", backup.called, list.name);
    let dialog = view! {
        <ConfirmDialog
            title="Delete the backup for good?"
            action=list.address(&format!("/{}/delete", backup.id))
            cancel=list.address("")
            confirm="Delete"
            danger=true
            consequences
        >
            {forms::summary(&[])}
            <p>{made}</p>
            <input type="hidden" name="confirmed" value="on" />
        </ConfirmDialog>
    };
    view! { {dialog} {show(list, None)} }.into_any()
}
