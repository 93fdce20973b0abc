//! Settings: which layer counts, and what is said about what cannot be used.

use server::config::{Config, Flags, LogFormat, Origin, Resolved, Sources, show};
use std::{collections::BTreeMap, path::Path, time::Duration};

/// Layers as a test writes them.
#[derive(Default)]
struct Layers<'a> {
    flags: Flags,
    environment: BTreeMap<&'a str, &'a str>,
    file: Option<&'a Path>,
}

impl Layers<'_> {
    fn resolve(&self) -> anyhow::Result<Vec<Resolved>> {
        let environment = |name: &str| self.environment.get(name).map(|value| (*value).to_owned());
        Sources { flags: &self.flags, environment: &environment, file: self.file }.resolve()
    }

    fn config(&self) -> anyhow::Result<Config> {
        Config::new(&self.resolve()?)
    }

    #[track_caller]
    fn error(&self) -> String {
        match self.config() {
            Ok(_) => panic!("these settings were accepted"),
            Err(error) => format!("{error:#}"),
        }
    }

    fn origin(&self, key: &str) -> (String, Origin) {
        let one = self.resolve().unwrap().into_iter().find(|one| one.setting.key == key).unwrap();
        (one.value.unwrap_or_default(), one.origin)
    }
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn the_first_layer_that_says_something_counts() {
    let (toml, secret) = (file("# ours\nlog-level = \"debug\"\n"), file("warn\n"));
    let mut layers = Layers::default();
    assert_eq!(layers.origin("log-level"), ("info".to_owned(), Origin::Default));
    layers.file = Some(toml.path());
    let line = Origin::Toml { path: toml.path().to_owned(), line: 2 };
    assert_eq!(layers.origin("log-level"), ("debug".to_owned(), line));
    layers.environment.insert("KEYSTEAD_LOG_LEVEL_FILE", secret.path().to_str().unwrap());
    let named =
        Origin::File { variable: "KEYSTEAD_LOG_LEVEL_FILE".to_owned(), path: secret.path().to_owned() };
    assert_eq!(layers.origin("log-level"), ("warn".to_owned(), named));
    layers.environment.insert("KEYSTEAD_LOG_LEVEL", "error");
    let variable = Origin::Environment("KEYSTEAD_LOG_LEVEL".to_owned());
    assert_eq!(layers.origin("log-level"), ("error".to_owned(), variable));
    layers.flags.log_level = Some("trace".to_owned());
    assert_eq!(layers.origin("log-level"), ("trace".to_owned(), Origin::Flag));
}

#[test]
fn the_databases_usual_variable_counts_after_our_own() {
    let mut layers = Layers::default();
    layers.environment.insert("DATABASE_URL", "postgres://a@b/c");
    assert_eq!(layers.config().unwrap().database_url, "postgres://a@b/c");
    layers.environment.insert("KEYSTEAD_DATABASE_URL", "sqlite://x.db");
    assert_eq!(layers.config().unwrap().database_url, "sqlite://x.db");
}

#[test]
fn defaults_suit_a_first_try() {
    let config = Layers::default().config().unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url.as_str(), "http://localhost:8080");
    assert_eq!(config.database_url, "sqlite://data/keystead.db?mode=rwc");
    assert_eq!(config.root_key_file.path(), Path::new("data/root.key"));
    assert_eq!(config.sessions.idle, Duration::from_secs(1_800));
    assert_eq!(config.sessions.absolute, Duration::from_secs(43_200));
    assert_eq!(config.log_format, LogFormat::Text);
    assert!(config.smtp.is_none() && !config.dev_clock && config.trusted_proxies.is_empty());
}

#[test]
fn toml_tables_are_the_beginnings_of_names() {
    let toml = file(
        "trusted-proxies = [\"10.0.0.1\", \"10.0.0.2\"]\ndev-clock = \"force\"\n[smtp]\nhost = \"mail.example.org\"\n\
         port = 2525\nfrom = \"Keystead <keys@example.org>\"\ntls = \"none\"\n[session]\nidle = \"10m\"\n",
    );
    let config = Layers { file: Some(toml.path()), ..Layers::default() }.config().unwrap();
    assert_eq!(config.trusted_proxies.len(), 2);
    assert!(config.dev_clock);
    let smtp = config.smtp.unwrap();
    assert_eq!((smtp.host.as_str(), smtp.port), ("mail.example.org", 2525));
    assert_eq!(config.sessions.idle, Duration::from_secs(600));
}

#[test]
fn the_files_mistakes_are_named_by_line_and_never_quoted() {
    let cases = [
        ("\n[smtp]\nhots = \"x\"\n", "line 3: there is no setting \"smtp-hots\""),
        ("a = 1\n", "line 1: there is no setting \"a\"; known are data-dir, listen"),
        ("listen = 1.5\n", "line 1: listen must be text"),
        ("smtp-host = \"a\"\n[smtp]\nhost = \"b\"\n", "smtp-host is set twice"),
        ("\nsmtp-password = \"hunter2\n", "line 2: "),
    ];
    for (text, expected) in cases {
        let toml = file(text);
        let error = Layers { file: Some(toml.path()), ..Layers::default() }.error();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    let error = Layers { file: Some(Path::new("/nowhere/keystead.toml")), ..Layers::default() }.error();
    assert!(error.contains("cannot read the configuration file /nowhere/keystead.toml"), "{error}");
}

#[test]
fn what_cannot_be_used_is_named_with_its_origin() {
    let cases: [(&str, &str, &[&str]); 10] = [
        ("KEYSTEAD_LISTEN", "8080", &["listen (environment KEYSTEAD_LISTEN)", "give an IP and a port"]),
        ("KEYSTEAD_PUBLIC_URL", "keys.example.org", &["public-url", "https://keys.example.org"]),
        ("KEYSTEAD_PUBLIC_URL", "https://a.example/portal", &["has a path"]),
        ("KEYSTEAD_DATABASE_URL", "mysql://u:hunter2@h/d", &["must begin with postgres:// or sqlite://"]),
        ("KEYSTEAD_SESSION_IDLE", "soon", &["session-idle", "as in 30m"]),
        ("KEYSTEAD_SESSION_IDLE", "13h", &["session-idle is longer than session-absolute"]),
        ("KEYSTEAD_TRUSTED_PROXIES", "10.0.0.1,proxy", &["\"proxy\" is no IP address"]),
        ("KEYSTEAD_TIME_ZONE", "Berlin", &["time-zone", "as in Europe/Berlin or UTC"]),
        ("KEYSTEAD_LOG_FORMAT", "xml", &["neither text nor json"]),
        (
            "KEYSTEAD_SMTP_PASSWORD_FILE",
            "/nowhere/secret",
            &["cannot read /nowhere/secret, which KEYSTEAD_SMTP_PASSWORD_FILE names"],
        ),
    ];
    for (variable, value, expected) in cases {
        let layers = Layers { environment: BTreeMap::from([(variable, value)]), ..Layers::default() };
        let error = layers.error();
        for part in expected {
            assert!(error.contains(part), "{error}");
        }
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_mail_server_needs_a_sender_and_a_whole_login() {
    let mut layers = Layers::default();
    layers.environment.insert("KEYSTEAD_SMTP_HOST", "mail.example.org");
    assert!(layers.error().contains("smtp-from is missing"));
    layers.environment.insert("KEYSTEAD_SMTP_FROM", "keys@example.org");
    let smtp = layers.config().unwrap().smtp.unwrap();
    assert_eq!((smtp.port, smtp.login.is_none()), (587, true));
    layers.environment.insert("KEYSTEAD_SMTP_USERNAME", "keystead");
    assert!(layers.error().contains("smtp-password is missing"));
    layers.environment.insert("KEYSTEAD_SMTP_PASSWORD", "hunter2");
    layers.environment.insert("KEYSTEAD_SMTP_TLS", "implicit");
    let smtp = layers.config().unwrap().smtp.unwrap();
    assert_eq!((smtp.port, smtp.login.unwrap().1.expose()), (465, "hunter2"));
}

#[test]
fn the_dev_clock_is_for_this_machine_only() {
    let mut layers = Layers::default();
    layers.environment.insert("KEYSTEAD_DEV_CLOCK", "true");
    assert!(layers.config().unwrap().dev_clock);
    layers.environment.insert("KEYSTEAD_PUBLIC_URL", "https://keys.example.org");
    assert!(layers.error().contains("it is refused"), "{}", layers.error());
    for url in ["http://127.0.0.1:9", "http://[::1]", "https://keystead.localhost"] {
        layers.environment.insert("KEYSTEAD_PUBLIC_URL", url);
        assert!(layers.config().unwrap().dev_clock, "{url}");
    }
    layers.environment.insert("KEYSTEAD_SMTP_FROM", "keys@example.org");
    layers.environment.insert("KEYSTEAD_SMTP_HOST", "localhost");
    assert!(layers.config().unwrap().dev_clock, "mails that stay on this machine");
    layers.environment.insert("KEYSTEAD_SMTP_HOST", "mail.example.org");
    assert!(
        layers.error().contains("with the mail server mail.example.org it is refused"),
        "{}",
        layers.error()
    );
    layers.environment.insert("KEYSTEAD_PUBLIC_URL", "https://keys.example.org");
    layers.environment.insert("KEYSTEAD_DEV_CLOCK", "force");
    assert!(layers.config().unwrap().dev_clock, "whoever says so");
    layers.environment.insert("KEYSTEAD_DEV_CLOCK", "maybe");
    assert!(layers.error().contains("neither true nor false nor force"), "{}", layers.error());
}

#[test]
fn the_public_address_has_the_form_of_an_origin() {
    let mut layers = Layers::default();
    for (given, origin) in [
        ("https://Keys.Example.org/", "https://keys.example.org"),
        ("https://keys.example.org:443", "https://keys.example.org"),
        ("http://keys.example.org:8080", "http://keys.example.org:8080"),
    ] {
        layers.environment.insert("KEYSTEAD_PUBLIC_URL", given);
        assert_eq!(layers.config().unwrap().public_url.as_str(), origin);
    }
}

#[test]
fn shown_settings_hide_secrets_and_say_where_they_come_from() {
    let mut layers = Layers::default();
    layers.environment.insert(
        "KEYSTEAD_DATABASE_URL",
        "postgres://keystead:hunter2@db/keystead?password=hunter2&sslmode=require",
    );
    layers.environment.insert("KEYSTEAD_SMTP_HOST", "mail.example.org");
    layers.environment.insert("KEYSTEAD_SMTP_FROM", "keys@example.org");
    layers.environment.insert("KEYSTEAD_SMTP_USERNAME", "keystead");
    layers.environment.insert("KEYSTEAD_SMTP_PASSWORD", "hunter2");
    layers.flags.listen = Some("[::]:9000".to_owned());
    let shown = show(&layers.resolve().unwrap()).unwrap();
    assert!(!shown.contains("hunter2"), "{shown}");
    let line = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap();
    assert!(
        line("database-url")
            .contains("postgres://keystead:********@db/keystead?password=********&sslmode=require"),
        "{shown}"
    );
    assert!(line("smtp-password").ends_with("environment KEYSTEAD_SMTP_PASSWORD"), "{shown}");
    assert!(line("listen").ends_with("flag"), "{shown}");
    assert!(line("public-url").contains("http://localhost:9000"), "{shown}");
    assert!(line("smtp-port").contains("587"), "{shown}");
    assert_eq!(shown.lines().count(), server::config::SETTINGS.len());
}
