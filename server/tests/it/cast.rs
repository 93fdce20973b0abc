//! The people of the authorization matrices and the things they reach for.

use crate::harness::House;
use domain::{
    TableId, UserId,
    cells::{Cell, File},
    roles::Role,
};
use service::{backups, imports, messages, rows};

/// Who calls, in the order of each row's statuses.
pub(crate) const ACTORS: [&str; 7] = [
    "a stranger",
    "another organisation's Global administrator",
    "a Global administrator",
    "a Service administrator",
    "the environment's System administrator",
    "another environment's System administrator",
    "an Auditor",
];

/// Contoso's environment with a table and an import, its key and a message; and everybody's account.
pub(crate) struct Cast {
    people: [Option<(UserId, String)>; 7],
    pub environment: String,
    pub table: String,
    pub key: String,
    pub operation: String,
    pub message: String,
    pub backup: String,
}

impl Cast {
    pub(crate) async fn new(house: &House) -> Self {
        let key = house.key("contoso-key").await;
        let environment = house.environment("Payroll", "sandbox").await;
        let elsewhere = house.environment("Elsewhere", "sandbox").await;
        let table = house.table(environment, "Salaries", &[("Name", "text"), ("Portrait", "file")]).await;
        let mut upload = imports::begin(&house.portal, &house.admin, table).await.unwrap();
        upload.push(b"Name\nLovelace\n").await.unwrap();
        let operation = upload.finish().await.unwrap();
        house.drain().await;
        backups::create(&house.portal, &house.admin, environment).await.unwrap();
        house.drain().await;
        let made = backups::overview(&house.portal, &house.admin, environment, None, 1).await.unwrap();
        let backup = made.backups.items[0].backup.id.to_string();
        let message = messages::list(&house.portal, &house.admin, None, 1).await.unwrap().items[0].id;
        let mut people = std::array::from_fn(|_| None);
        people[1] = Some((house.other.user(), house.other.email().to_owned()));
        people[2] = Some((house.admin.user(), house.admin.email().to_owned()));
        let roles = [
            (3, Role::ServiceAdministrator),
            (4, Role::SystemAdministrator(environment)),
            (5, Role::SystemAdministrator(elsewhere)),
            (6, Role::Auditor),
        ];
        for (actor, role) in roles {
            let email = format!("actor-{actor}@contoso.example");
            people[actor] = Some((house.user(&house.admin, &email, vec![role]).await, email));
        }
        let (environment, table, key) = (environment.to_string(), table.to_string(), key.to_string());
        let (operation, message) = (operation.to_string(), message.to_string());
        Self { people, environment, table, key, operation, message, backup }
    }

    /// Account and address of the actor with this index; strangers have none.
    pub(crate) fn person(&self, actor: usize) -> Option<(UserId, &str)> {
        self.people[actor].as_ref().map(|(id, email)| (*id, email.as_str()))
    }

    /// What no answer may tell that actor. Ids that a caller asked for stand in the caller's own trail.
    pub(crate) fn hidden_from(&self, actor: usize, path: &str) -> Vec<&str> {
        let names = ["Contoso", "contoso", "Payroll", "Salaries", "Lovelace"];
        let ids = [&self.environment, &self.table, &self.key, &self.operation, &self.message, &self.backup];
        match actor {
            1 if path == "/audit" => names.to_vec(),
            0 | 1 => names.into_iter().chain(ids.map(String::as_str)).collect(),
            4 => vec!["Elsewhere"],
            5 => vec![
                "Payroll",
                "Salaries",
                "Lovelace",
                &self.environment,
                &self.table,
                &self.operation,
                &self.message,
                &self.backup,
            ],
            6 => vec!["Lovelace"],
            _ => Vec::new(),
        }
    }

    /// The path with Contoso's ids in its places; a row is a new one each time.
    pub(crate) async fn address(&self, house: &House, path: &str) -> String {
        let noun = path.split('/').nth(1).unwrap();
        let id = match noun {
            // Of a region, a question that nobody asked.
            "keys" | "encryption-keys" | "regions" => &self.key,
            "environments" => &self.environment,
            "tables" => &self.table,
            "operations" => &self.operation,
            "messages" | "notifications" => &self.message,
            _ => "",
        };
        let path = path
            .replace("{id}", id)
            .replace("{backup}", &self.backup)
            .replace("{region}", "europe")
            .replace("{column}", "1");
        if path.contains("{row}") { path.replace("{row}", &self.row(house).await) } else { path }
    }

    /// The id of a new row with a file.
    pub(crate) async fn row(&self, house: &House) -> String {
        let table: TableId = self.table.parse().unwrap();
        let portrait = File {
            name: "portrait.png".to_owned(),
            media_type: "image/png".to_owned(),
            content: "TG92ZWxhY2U=".to_owned(),
        };
        let row = vec![vec![Cell::Text("Lovelace".to_owned()), Cell::File(portrait)]];
        rows::insert(&house.portal, &house.admin, table, row).await.unwrap()[0].to_string()
    }
}
