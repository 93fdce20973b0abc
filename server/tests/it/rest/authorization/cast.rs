//! The callers of the matrix and the things they reach for.

use crate::harness::House;
use domain::{TableId, cells::Cell, roles::Role};
use service::{
    imports, messages, rows, setup,
    tokens::{self, NewToken},
};

/// Contoso's environment with a table and an import, its key and a message; and one token a caller.
pub(super) struct Cast {
    tokens: [Option<String>; 9],
    pub environment: String,
    pub table: String,
    pub key: String,
    pub operation: String,
    pub message: String,
}

impl Cast {
    pub(super) async fn new(house: &House) -> Self {
        let key = house.key("contoso-key").await;
        let environment = house.environment("Payroll", "sandbox").await;
        let elsewhere = house.environment("Elsewhere", "sandbox").await;
        let table = house.table(environment, "People", &[("Name", "text")]).await;
        let mut upload = imports::begin(&house.portal, &house.admin, table).await.unwrap();
        upload.push(b"Name\nAda\n").await.unwrap();
        let operation = upload.finish().await.unwrap();
        house.drain().await;
        let message = messages::list(&house.portal, &house.admin, None, 1).await.unwrap().items[0].id;
        let mut tokens: [Option<String>; 9] = std::array::from_fn(|_| None);
        tokens[8] = Some(house.token(house.admin.user()).await);
        house.wait(86_400);
        tokens[1] = Some(house.token(house.other.user()).await);
        tokens[2] = Some(house.token(house.admin.user()).await);
        let roles = [
            (3, Role::ServiceAdministrator),
            (4, Role::SystemAdministrator(environment)),
            (5, Role::SystemAdministrator(elsewhere)),
            (6, Role::Auditor),
        ];
        for (actor, role) in roles {
            let user = house.user(&house.admin, &format!("actor-{actor}@contoso.example"), vec![role]).await;
            tokens[actor] = Some(house.token(user).await);
        }
        tokens[7] = Some(revoked(house).await);
        let (environment, table, key) = (environment.to_string(), table.to_string(), key.to_string());
        let (operation, message) = (operation.to_string(), message.to_string());
        Self { tokens, environment, table, key, operation, message }
    }

    /// The token of the actor with this index; strangers have none.
    pub(super) fn token(&self, actor: usize) -> Option<&str> {
        self.tokens[actor].as_deref()
    }

    /// What no answer may tell that actor. Ids that a caller asked for stand in the caller's own trail.
    pub(super) fn hidden_from(&self, actor: usize, path: &str) -> Vec<&str> {
        let names = ["Contoso", "contoso", "Payroll"];
        let ids = [&self.environment, &self.table, &self.key, &self.operation, &self.message];
        match actor {
            1 if path == "/audit" => names.to_vec(),
            1 => names.into_iter().chain(ids.map(String::as_str)).collect(),
            5 => vec!["Payroll", &self.environment, &self.table, &self.operation],
            _ => Vec::new(),
        }
    }

    /// The path with Contoso's ids in its places; a row is a new one each time.
    pub(super) async fn address(&self, house: &House, path: &str) -> String {
        let noun = path.split('/').nth(1).unwrap();
        let id = match noun {
            "keys" => &self.key,
            "environments" => &self.environment,
            "tables" => &self.table,
            "operations" => &self.operation,
            "messages" => &self.message,
            _ => "",
        };
        let path = path.replace("{id}", id).replace("{region}", "europe");
        if !path.contains("{row}") {
            return path;
        }
        let table: TableId = self.table.parse().unwrap();
        let row = vec![vec![Cell::Text("Ada".to_owned())]];
        let ids = rows::insert(&house.portal, &house.admin, table, row).await.unwrap();
        path.replace("{row}", &ids[0].to_string())
    }
}

async fn revoked(house: &House) -> String {
    let operator = setup::operator(&house.portal, house.admin.user()).await.unwrap();
    let form = NewToken { name: "revoked".to_owned(), days: 1 };
    let token = tokens::add(&house.portal, &operator, form).await.unwrap();
    tokens::revoke(&house.portal, &operator, token.id).await.unwrap();
    token.secret.to_string()
}
