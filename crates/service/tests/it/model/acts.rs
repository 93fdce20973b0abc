//! What administrators and the operator do to the portal under test.

use super::{
    events::{File, Place},
    world::{Allowed, World, code, held, password, refusal},
};
use domain::{approvals::Change, cells::Cell, keys::KeyState};
use service::{Caller, keys, rows, tables, tenants};

impl World<'_> {
    pub(super) async fn rule(&self, on: bool) -> Allowed {
        let portal = &self.house.portal;
        let operator = tenants::operator(portal, self.house.admin.tenant()).await.unwrap();
        let change = tenants::Change { two_person: Some(on), ..tenants::Change::default() };
        code(tenants::set(portal, &operator, change).await.map(drop))
    }

    pub(super) async fn ask(&self, who: Caller, change: Change, file: File) -> Allowed {
        let key = self.key(file)?;
        code(keys::ask_approval(&self.house.portal, &who, key, change, true).await)
    }

    /// Names are for ever, so each try has its own.
    pub(super) async fn upload(&mut self, who: Caller, file: File) -> Allowed {
        self.serial += 1;
        let form = keys::Upload {
            name: format!("key-{file}-{}", self.serial),
            file: self.files[file].clone(),
            password: password(),
            risk_acknowledged: false,
        };
        let uploaded = keys::upload(&self.house.portal, &who, self.house.ring, form).await;
        if let Ok(uploaded) = &uploaded {
            self.keys[file] = Some(uploaded.id);
        }
        code(uploaded.map(drop))
    }

    /// The file is in the hands of who had the key made; not in the place of one that a key still needs.
    pub(super) async fn generate(&mut self, who: Caller, file: File) -> Allowed {
        let keys = self.look().await.keys;
        let needed =
            |id| keys.iter().any(|key| key.id == id && !matches!(key.state, KeyState::Deleted { .. }));
        if self.keys[file].is_some_and(needed) {
            return Err("FILE_NEEDED");
        }
        self.serial += 1;
        let form = keys::Generate {
            name: format!("made-{file}-{}", self.serial),
            password: password(),
            risk_acknowledged: false,
        };
        let portal = &self.house.portal;
        let id = keys::generate(portal, &who, self.house.ring, form).await.map_err(refusal)?;
        self.files[file] = keys::download(portal, &who, id).await.unwrap().1;
        self.held[file] = held(&self.files[file]);
        self.keys[file] = Some(id);
        Ok(())
    }

    pub(super) async fn write(&mut self, who: Caller, p: Place) -> Allowed {
        let portal = self.house.portal.clone();
        let found = match tables::list(&portal, &who, self.places[p]).await {
            Ok(found) => found,
            Err(error) => return code(Err(error)),
        };
        let Some(table) = found.first() else { return Err("NO_TABLE") };
        self.serial += 1;
        let text = format!("written-{}", self.serial);
        let cells = vec![Cell::Text(text.clone()), Cell::Empty, Cell::Empty];
        let written = rows::insert(&portal, &who, table.id, vec![cells]).await;
        if let (Ok(ids), Some(content)) = (&written, &mut self.content[p]) {
            content.insert(ids[0], text);
        }
        code(written.map(drop))
    }
}
