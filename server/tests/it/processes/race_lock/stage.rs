//! What the race is about: environments under a key of their own, one to restore and copy into, one to apply the key
//! to; and how they come back after a lock.

use super::rivals::asked;
use crate::{
    harness::FILE_PASSWORD,
    processes::{
        api::{Api, answer, confirmed, expect, id},
        program::{ADA, Server, token},
    },
};
use reqwest::{Method, multipart};
use serde_json::json;
use std::path::Path;
use test_support::{TestDb, pfx};

/// Ids, and whom to ask.
pub(super) struct Stage {
    pub(super) apis: [Api; 3],
    pub(super) key: String,
    pub(super) table: String,
    pub(super) environment: String,
    pub(super) twin: String,
    pub(super) plain: String,
    pub(super) backup: String,
    /// What rounds before were to delete, and unlocked.
    pub(super) survivors: Vec<String>,
}

pub(super) fn sign_in(db: &TestDb, folder: &Path, servers: &[Server]) -> [Api; 3] {
    std::array::from_fn(|at| Api::new(servers[at].listen, token(db, folder, ADA)).without_keep_alive())
}

impl Stage {
    pub(super) async fn prepare(apis: [Api; 3]) -> Self {
        let api = &apis[0];
        let key = api.upload("okapi", pfx::modern("okapi", FILE_PASSWORD).unwrap()).await;
        api.until_idle().await;
        let environment = own(api, "Ledger").await;
        let table = json!({"name": "People", "columns": [{"name": "Name", "type": "text"}]});
        let table = id(&api.post(&format!("/environments/{environment}/tables"), table, 201).await);
        let (twin, plain) = (own(api, "Twin").await, api.environment("Plain").await);
        api.post(&format!("/environments/{twin}/backups"), json!({}), 202).await;
        api.until_idle().await;
        let backup = id(&api.get(&format!("/environments/{twin}/backups")).await["items"][0]);
        Self { key, table, environment, twin, plain, backup, survivors: Vec::new(), apis }
    }

    /// A new environment under the key.
    pub(super) async fn own(&self, name: &str) -> String {
        own(&self.apis[0], name).await
    }

    /// The clock is everybody's; each server looks at it anew when its own is moved.
    pub(super) async fn wait(&self, seconds: i64) {
        for (at, api) in self.apis.iter().enumerate() {
            api.wait(if at == 0 { seconds } else { 1 }).await;
        }
    }

    /// The story's key again, after another was activated in its place.
    pub(super) async fn reactivate(&self) {
        self.apis[0].wait(24 * 3_600 + 1).await;
        self.apis[0].post(&format!("/keys/{}/activate", self.key), confirmed(), 202).await;
        self.apis[0].until_idle().await;
        self.wait(72 * 3_600 + 1).await;
    }

    /// Through every server, from the answer on.
    pub(super) async fn nothing_is_written(&self) {
        let path = format!("/tables/{}/rows", self.table);
        for api in &self.apis {
            let row = json!({"rows": [{"cells": {"Name": "late"}}]});
            let (status, body) = asked(|| api.request(Method::POST, &path).json(&row)).await;
            assert_ne!(status, 201, "{body}");
            let (status, _) = asked(|| api.request(Method::GET, &path)).await;
            assert_ne!(status, 200, "rows are read under a lock");
        }
    }

    /// The key with its file, and every environment but the round's victim.
    pub(super) async fn come_back(&mut self) {
        self.wait(3_601).await;
        let api = &self.apis[0];
        let unlock = api.request(Method::POST, &format!("/keys/{}/unlock", self.key));
        expect(unlock.multipart(file_form()), 202).await;
        api.until_idle().await;
        for id in [&self.environment, &self.twin, &self.plain] {
            let request = api.request(Method::POST, &format!("/environments/{id}/unlock")).json(&confirmed());
            let (status, body) = answer(request).await.unwrap();
            // The plain one is locked only if its key was applied in time.
            assert!(status == 202 || (id == &self.plain && status == 409), "{body}");
        }
        api.until_idle().await;
        for id in self.survivors.drain(..) {
            // It was unlocked then and is locked now: nothing may stay locked.
            let name = api.get(&format!("/environments/{id}")).await["name"].clone();
            let form = json!({"typed_name": name, "risk_acknowledged": true});
            api.post(&format!("/environments/{id}/delete"), form, 202).await;
        }
        self.give_back_plain().await;
    }

    async fn give_back_plain(&self) {
        let (api, path) = (&self.apis[0], format!("/environments/{}", self.plain));
        if api.get(&path).await["state"] == "self_managed" {
            let form = json!({"typed_name": "Plain", "confirmed": true, "risk_acknowledged": true});
            api.post(&format!("{path}/return"), form, 202).await;
            api.until_idle().await;
        }
    }

    /// How many rows the table has.
    pub(super) async fn count(&self) -> usize {
        let export = self.apis[2].request(Method::GET, &format!("/tables/{}/export", self.table));
        let export = export.send().await.unwrap();
        assert_eq!(export.status().as_u16(), 200);
        export.text().await.unwrap().lines().count() - 1
    }
}

async fn own(api: &Api, name: &str) -> String {
    let id = api.environment(name).await;
    api.post(&format!("/environments/{id}/apply"), confirmed(), 202).await;
    api.until_idle().await;
    id
}

pub(super) fn second_file() -> Vec<u8> {
    pfx::modern("second", FILE_PASSWORD).unwrap()
}

/// The key's file with its password.
fn file_form() -> multipart::Form {
    let file = multipart::Part::bytes(pfx::modern("okapi", FILE_PASSWORD).unwrap()).file_name("okapi.pfx");
    multipart::Form::new()
        .part("file", file)
        .text("password", FILE_PASSWORD)
        .text("risk_acknowledged", "true")
}

pub(super) fn lock_form() -> multipart::Form {
    file_form().text("typed_text", "LOCK EUROPE").text("confirmed", "true")
}
