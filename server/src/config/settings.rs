//! Every setting, declared once: its flag, its variable, its TOML key and its help come from here.

/// What is known of a setting before anybody set it.
#[derive(Debug)]
pub struct Setting {
    /// `smtp-host`: the flag's name. In TOML `smtp-host`, or `host` in the table `[smtp]`.
    pub key: &'static str,
    pub default: Option<&'static str>,
    /// Never shown, and never a flag: command lines are visible to every process of the machine.
    pub secret: bool,
}

impl Setting {
    /// `KEYSTEAD_SMTP_HOST`.
    pub fn variable(&self) -> String {
        format!("KEYSTEAD_{}", self.key.replace('-', "_").to_uppercase())
    }
}

macro_rules! settings {
    ($($(#[$meta:meta])* $field:ident: $key:literal, $value:literal, $default:expr;)+) => {
        /// The settings as flags, all of them strings: the layers below say them as text too.
        #[derive(clap::Args, Clone, Default, Debug)]
        pub struct Flags {
            $($(#[$meta])* #[arg(long = $key, value_name = $value, global = true, help_heading = "Settings")]
            pub $field: Option<String>,)+
        }

        impl Flags {
            /// The flag of a setting, if it was given.
            pub fn get(&self, key: &str) -> Option<&str> {
                match key { $($key => self.$field.as_deref(),)+ _ => None }
            }
        }

        /// All settings in the order in which they are shown.
        pub const SETTINGS: &[Setting] = &[
            $(Setting { key: $key, default: $default, secret: false },)+
            Setting { key: "smtp-password", default: None, secret: true },
        ];
    };
}

settings! {
    /// Folder of the database, the root key and the setup code [default: data]
    data_dir: "data-dir", "DIR", Some("data");
    /// Address of the portal's listener [default: 127.0.0.1:8080]
    listen: "listen", "IP:PORT", Some("127.0.0.1:8080");
    /// Address of /livez, /readyz and /metrics, or 'off' [default: 127.0.0.1:8081]
    ops_listen: "ops-listen", "IP:PORT", Some("127.0.0.1:8081");
    /// Where people reach the portal, as in https://keys.example.org [default: http://localhost and the port]
    public_url: "public-url", "URL", None;
    /// postgres://user:password@host/name, or sqlite://path [default: keystead.db in the data folder]
    database_url: "database-url", "URL", None;
    /// The 32 bytes that open the database's keys, handed in from outside: only you replace it, after a lock too
    /// [default: root.key in the data folder, which the portal makes, and replaces with every lock]
    root_key_file: "root-key-file", "FILE", None;
    /// Addresses of reverse proxies whose X-Forwarded-For is believed, parted by commas
    trusted_proxies: "trusted-proxies", "IP,…", Some("");
    /// Mail server; without one, mails stay in the portal
    smtp_host: "smtp-host", "HOST", None;
    /// [default: 587 with starttls, 465 with implicit, 25 with none]
    smtp_port: "smtp-port", "PORT", None;
    /// none, starttls or implicit [default: starttls]
    smtp_tls: "smtp-tls", "MODE", Some("starttls");
    /// User name at the mail server; its password comes from KEYSTEAD_SMTP_PASSWORD or …_FILE
    smtp_username: "smtp-username", "NAME", None;
    /// Sender, as in 'Keystead <keys@example.org>'
    smtp_from: "smtp-from", "ADDRESS", None;
    /// A certificate authority to trust beside the system's, PEM
    smtp_ca_file: "smtp-ca-file", "FILE", None;
    /// Mails tell times in this zone beside UTC, as in Europe/Berlin [default: UTC]
    time_zone: "time-zone", "ZONE", Some("UTC");
    /// error, warn, info, debug, or filters such as info,service=debug [default: info]
    log_level: "log-level", "FILTER", Some("info");
    /// text or json [default: text]
    log_format: "log-format", "FORMAT", Some("text");
    /// How long a sign-in lasts without a request [default: 30m]
    session_idle: "session-idle", "SPAN", Some("30m");
    /// How long a sign-in lasts in any case [default: 12h]
    session_absolute: "session-absolute", "SPAN", Some("12h");
    /// Let the page /dev/clock move the portal's clock ahead, for trying out waits only: true, false, or force, which
    /// allows it beside a public address or a real mail server
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    dev_clock: "dev-clock", "MODE", Some("false");
}
