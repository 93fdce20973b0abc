//! Who and what there is in the demo.

use domain::roles::Role;

pub(super) const TENANT: &str = "Halden & Voss Freight";
/// The feature is on in all but the last; the first has a key.
pub(super) const REGIONS: [&str; 3] = ["europe", "us-east", "asia-pacific"];

/// Who can sign in: address and what they are.
pub const ACCOUNTS: &[(&str, &str)] = &[
    ("ada@haldenvoss.example", "Global administrator"),
    ("chiara@haldenvoss.example", "Service administrator"),
    ("emi@haldenvoss.example", "System administrator of Freight Production"),
    ("greta@haldenvoss.example", "Auditor"),
];

pub(super) struct Person {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    /// System administrators get theirs once their environment exists.
    pub(super) role: Option<Role>,
}

impl Person {
    pub(super) fn email(&self) -> String {
        format!("{}@haldenvoss.example", self.key)
    }
}

const fn person(key: &'static str, name: &'static str, role: Option<Role>) -> Person {
    Person { key, name, role }
}

/// Six administrators and an auditor; the first one sets the portal up.
pub(super) const PEOPLE: [Person; 7] = [
    person("ada", "Ada Lindqvist", Some(Role::GlobalAdministrator)),
    person("bruno", "Bruno Castellan", Some(Role::GlobalAdministrator)),
    person("chiara", "Chiara Nwosu", Some(Role::ServiceAdministrator)),
    person("daniel", "Daniel Okafor", Some(Role::ServiceAdministrator)),
    person("emi", "Emi Tanaka", None),
    person("farid", "Farid Haddad", None),
    person("greta", "Greta Sommer", Some(Role::Auditor)),
];

/// What fills a column.
pub(super) enum Fill {
    /// `SHP-48213`.
    Reference(&'static str),
    Person,
    Company,
    Place,
    /// One of these, as text.
    Words(&'static [&'static str]),
    /// One of these, as a choice column.
    Choice(&'static [&'static str]),
    /// From, up to.
    Whole(i64, i64),
    /// Hundredths: from, up to.
    Decimal(i64, i64),
    YesNo,
    /// Within so many days before the environment was made.
    Recent(i64),
    /// A small picture, now and then: PP-015 keeps such an environment from using a key.
    Image,
}

pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Fill)],
}

use Fill::{Choice, Company, Decimal, Image, Person as Who, Place, Recent, Reference, Whole, Words, YesNo};

static SHIPMENTS: Table = Table {
    name: "Shipments",
    columns: &[
        ("Reference", Reference("SHP")),
        ("Customer", Company),
        ("Origin", Place),
        ("Destination", Place),
        ("Status", Choice(&["Booked", "In transit", "At customs", "Delivered"])),
        ("Weight kg", Decimal(1_200, 2_600_000)),
        ("Hazardous", YesNo),
        ("Due", Recent(40)),
    ],
};
static CUSTOMERS: Table = Table {
    name: "Customers",
    columns: &[
        ("Company", Company),
        ("Contact", Who),
        ("City", Place),
        ("Credit limit EUR", Decimal(500_000, 25_000_000)),
        ("Active", YesNo),
        ("Since", Recent(4_000)),
    ],
};
static INVOICES: Table = Table {
    name: "Invoices",
    columns: &[
        ("Number", Reference("INV")),
        ("Customer", Company),
        ("Amount EUR", Decimal(9_900, 4_800_000)),
        ("State", Choice(&["Open", "Paid", "Overdue", "Disputed"])),
        ("Issued", Recent(90)),
    ],
};
static DECLARATIONS: Table = Table {
    name: "Customs declarations",
    columns: &[
        ("Declaration", Reference("CDN")),
        ("Goods", Words(&["Machine parts", "Coffee", "Textiles", "Medical devices", "Timber", "Batteries"])),
        ("Tariff number", Whole(10_000_000, 97_000_000)),
        ("Cleared", YesNo),
        ("Officer", Who),
        ("Filed", Recent(60)),
    ],
};
static CONTAINERS: Table = Table {
    name: "Containers",
    columns: &[
        ("Container", Reference("HVFU")),
        ("Size", Choice(&["20 ft", "40 ft", "40 ft high cube", "Reefer"])),
        ("Berth", Whole(1, 48)),
        ("Last port", Place),
        ("Inspected", Recent(120)),
    ],
};
static SHIFTS: Table = Table {
    name: "Shifts",
    columns: &[
        ("Who", Who),
        ("Crane", Whole(1, 12)),
        ("Start", Recent(30)),
        ("Note", Words(&["", "Swapped", "Training", "Night bonus"])),
    ],
};
static DAMAGE: Table = Table {
    name: "Damage reports",
    columns: &[
        ("Report", Reference("DMG")),
        ("Container", Reference("HVFU")),
        ("Severity", Choice(&["Low", "Medium", "High"])),
        ("Photo", Image),
        ("Reported", Recent(20)),
    ],
};

pub(super) struct Planned {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) region: &'static str,
    pub(super) days_ago: i64,
    /// Each with its number of rows.
    pub(super) tables: &'static [(&'static Table, usize)],
}

const fn planned(
    name: &'static str,
    kind: &'static str,
    region: &'static str,
    days_ago: i64,
    tables: &'static [(&'static Table, usize)],
) -> Planned {
    Planned { name, kind, region, days_ago, tables }
}

/// The feature came 50 days ago: what is older cannot use a key (PP-014).
pub(super) static ENVIRONMENTS: [Planned; 14] = [
    planned("Halden & Voss", "default", "europe", 60, &[(&CUSTOMERS, 240)]),
    planned("Legacy Fleet", "production", "europe", 58, &[(&CONTAINERS, 320), (&SHIFTS, 180)]),
    planned(
        "Freight Production",
        "production",
        "europe",
        44,
        &[(&SHIPMENTS, 420), (&CUSTOMERS, 260), (&INVOICES, 380)],
    ),
    planned("Customs Production", "production", "europe", 43, &[(&DECLARATIONS, 360)]),
    planned("Customs Sandbox", "sandbox", "europe", 42, &[(&DECLARATIONS, 210)]),
    planned("Warehouse Sandbox", "sandbox", "europe", 40, &[(&CONTAINERS, 230)]),
    planned("Damage Desk", "production", "europe", 36, &[(&DAMAGE, 220)]),
    planned("Mila's workbench", "developer", "europe", 30, &[(&SHIPMENTS, 200)]),
    planned("Berth planning trial", "trial", "europe", 25, &[(&SHIFTS, 210)]),
    planned("Harbour night shift", "teams", "europe", 24, &[(&SHIFTS, 260)]),
    planned("Rail Production", "production", "us-east", 35, &[(&SHIPMENTS, 340), (&INVOICES, 220)]),
    planned("Rail Sandbox", "sandbox", "us-east", 33, &[(&SHIPMENTS, 200)]),
    planned("Support case 4711", "support_investigation", "us-east", 22, &[(&INVOICES, 200)]),
    planned(
        "Air Freight Production",
        "production",
        "asia-pacific",
        28,
        &[(&SHIPMENTS, 300), (&CUSTOMERS, 220)],
    ),
];
