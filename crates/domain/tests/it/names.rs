//! Names people type, at the ends of what is accepted (X-39).

use domain::names::{ColumnName, Email, EnvironmentName, KeyName, PersonName, Region, TableName};
use proptest::prelude::*;

#[test]
fn x_39_a_key_name_has_1_to_127_letters_digits_and_hyphens() {
    for length in [1, 126, 127] {
        assert!(KeyName::parse(&"k".repeat(length)).is_ok(), "{length} characters");
    }
    for length in [0, 128] {
        assert!(KeyName::parse(&"k".repeat(length)).is_err(), "{length} characters");
    }
    for good in ["a", "-", "Contoso-2026", "0", " trimmed "] {
        assert_eq!(KeyName::parse(good).unwrap().as_str(), good.trim());
    }
    for bad in ["a b", "a_b", "a.b", "ä", "a/b", "a\0", "a\nb", "<b>"] {
        assert!(KeyName::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn an_environment_name_has_1_to_64_characters_not_bytes() {
    assert!(EnvironmentName::parse(&"ö".repeat(64)).is_ok());
    assert!(EnvironmentName::parse(&"ö".repeat(65)).is_err());
    assert!(EnvironmentName::parse("   ").is_err());
    assert!(PersonName::parse(&"ö".repeat(100)).is_ok());
    assert!(PersonName::parse(&"ö".repeat(101)).is_err());
}

#[test]
fn names_hold_what_can_be_read_and_nothing_else() {
    for good in ["Zoë O'Neill", "山田 太郎", "नमस्ते", "می‌خواهم", "👩‍🔧 Team", "a & b"]
    {
        assert!(PersonName::parse(good).is_ok(), "{good:?}");
    }
    for bad in [
        "<script>",
        "a>b",
        "line\nbreak",
        "a\u{0}b",
        "\u{202e}evil",
        "a\u{200b}b",
        "a\u{2028}b",
        "a\u{2066}b",
    ] {
        assert!(PersonName::parse(bad).is_err(), "{bad:?}");
        assert!(EnvironmentName::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn tables_and_columns_start_with_a_letter() {
    for good in ["A", "Größe", "Sales 2026", "first_name", "e-mail", &"x".repeat(64)] {
        assert!(TableName::parse(good).is_ok() && ColumnName::parse(good).is_ok(), "{good:?}");
    }
    for bad in ["", "1st", "_x", "-x", "a.b", "a;b", "a\"b", "a<b", &"x".repeat(65)] {
        assert!(TableName::parse(bad).is_err() && ColumnName::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_region_is_part_of_addresses() {
    for good in ["eu", "us-east", "europe2", &"r".repeat(32)] {
        assert!(Region::parse(good).is_ok(), "{good:?}");
    }
    for bad in ["e", "", "-eu", "EU", "eu west", "eu/1", &"r".repeat(33)] {
        assert!(Region::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_mail_address_is_one_that_mail_servers_take() {
    let longest = format!("{}@{}.example", "u".repeat(64), "h".repeat(63));
    for good in ["ada@example.org", "root@localhost", "a.b+c=d@x-y.example", "o'neill@example.org", &longest]
    {
        assert!(Email::parse(good).is_ok(), "{good:?}");
    }
    let long_user = format!("{}@example.org", "u".repeat(65));
    let long_host = format!("u@{}.example", "h".repeat(64));
    let long = format!("u@{}", ["h".repeat(60).as_str(); 5].join("."));
    let bad = [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@.org",
        "ada@org.",
        "ada@a..b",
        "a..b@x.org",
        ".a@x.org",
        "a.@x.org",
        "a b@x.org",
        "<a@x.org>",
        "a@x.org,b@x.org",
        "a@b@c",
        "a@-x.org",
        "a@x-.org",
        "ä@x.org",
        "a@x.org\r\nBcc: b@x.org",
    ];
    for bad in bad.into_iter().chain([long_user.as_str(), &long_host, &long]) {
        assert!(Email::parse(bad).is_err(), "{bad:?}");
    }
    assert_eq!(Email::parse("Ada@Example.ORG").unwrap().canonical(), "ada@example.org");
}

proptest! {
    #[test]
    fn what_is_accepted_is_accepted_again(text in any::<String>()) {
        if let Ok(name) = EnvironmentName::parse(&text) {
            prop_assert_eq!(EnvironmentName::parse(name.as_str()), Ok(name.clone()));
            prop_assert!(!name.as_str().contains(['<', '>', '\n', '\r', '\0']));
        }
        if let Ok(name) = TableName::parse(&text) {
            prop_assert_eq!(TableName::parse(name.as_str()), Ok(name));
        }
        if let Ok(email) = Email::parse(&text) {
            prop_assert!(email.as_str().is_ascii() && !email.as_str().contains([' ', ',', ';', '<', '"']));
        }
    }
}
