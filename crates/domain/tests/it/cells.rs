//! How text becomes a value.

use crate::tables::{column, shape};
use domain::{
    cells::{Cell, File, has_files, parse_record},
    tables::{Column, ColumnType, MAX_FILE, MAX_TEXT},
};
use proptest::prelude::*;

fn parse(holds: ColumnType, text: &str) -> Result<Cell, &'static str> {
    Cell::parse(&column("Value", holds), text)
}

/// Pairs of what is typed and what is kept.
fn keeps(holds: ColumnType, pairs: &[(&str, &str)]) {
    for (typed, kept) in pairs {
        assert_eq!(parse(holds.clone(), typed).map(|cell| cell.text()), Ok((*kept).to_owned()), "{typed:?}");
    }
}

fn refuses(holds: ColumnType, texts: &[&str]) {
    for text in texts {
        assert!(parse(holds.clone(), text).is_err(), "{text:?}");
    }
}

#[test]
fn a_decimal_keeps_every_digit() {
    let longest = format!("{}.{}", "9".repeat(20), "9".repeat(19));
    keeps(
        ColumnType::Decimal,
        &[
            ("0", "0"),
            ("-12.50", "-12.50"),
            ("+7.0", "7.0"),
            (" 1.10 ", "1.10"),
            ("007", "007"),
            (&longest, &longest),
        ],
    );
    let longer = format!("{longest}9");
    refuses(
        ColumnType::Decimal,
        &[".5", "5.", "1,5", "1.2.3", "1e5", "-", "+", "+-5", "--5", "NaN", "inf", "0x10", "١٢", &longer],
    );
}

#[test]
fn a_whole_number_has_64_bits() {
    keeps(
        ColumnType::WholeNumber,
        &[
            ("9223372036854775807", "9223372036854775807"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("+5", "5"),
        ],
    );
    refuses(ColumnType::WholeNumber, &["9223372036854775808", "-9223372036854775809", "1.0", "1 000", "١٢"]);
}

#[test]
fn yes_and_no_have_a_few_spellings() {
    keeps(
        ColumnType::YesNo,
        &[("yes", "yes"), ("TRUE", "yes"), ("1", "yes"), ("N", "no"), ("false", "no"), ("0", "no")],
    );
    refuses(ColumnType::YesNo, &["2", "maybe", "ja"]);
}

#[test]
fn a_date_and_time_is_kept_in_utc_to_the_microsecond() {
    keeps(
        ColumnType::DateTime,
        &[
            ("2026-11-22", "2026-11-22T00:00:00Z"),
            ("2026-11-22 09:12", "2026-11-22T09:12:00Z"),
            ("2026-11-22T09:12:33", "2026-11-22T09:12:33Z"),
            ("2026-11-22t09:12:33z", "2026-11-22T09:12:33Z"),
            ("2026-11-22T00:30:00+02:00", "2026-11-21T22:30:00Z"),
            ("2026-11-22 09:12:33.5Z", "2026-11-22T09:12:33.5Z"),
            ("2026-11-22T09:12:33.000001Z", "2026-11-22T09:12:33.000001Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
        ],
    );
    refuses(
        ColumnType::DateTime,
        &[
            "22.11.2026",
            "2026-11-22x09:12",
            "2026-11-22-09:12:33",
            "2026-02-29",
            "2026-13-01",
            "2026-11-22T24:00:00Z",
            "2026-11-22T9:12:00Z",
            "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+00:01",
            "now",
            "2026-11-2ö 09:1",
        ],
    );
}

#[test]
fn a_choice_is_kept_as_the_column_writes_it() {
    let holds = ColumnType::Choice { options: ["Red", "red", "Grün"].map(str::to_owned).to_vec() };
    keeps(
        holds.clone(),
        &[("Red", "Red"), ("red", "red"), ("RED", "Red"), ("GRÜN", "Grün"), (" Red ", "Red")],
    );
    refuses(holds, &["blue", "Re", "Red,red"]);
}

#[test]
fn text_keeps_its_blanks_and_has_an_end() {
    keeps(ColumnType::Text, &[("  two  ", "  two  "), ("=1+1", "=1+1"), ("a\nb", "a\nb")]);
    assert!(parse(ColumnType::Text, &"x".repeat(MAX_TEXT)).is_ok());
    refuses(ColumnType::Text, &[&"x".repeat(MAX_TEXT + 1), "nul\0"]);
}

#[test]
fn nothing_typed_is_empty_unless_a_value_is_required() {
    let required = Column { required: true, ..column("Value", ColumnType::Text) };
    for blank in ["", "  ", "\t"] {
        assert_eq!(parse(ColumnType::Text, blank), Ok(Cell::Empty));
        assert!(Cell::parse(&required, blank).is_err());
        assert!(Cell::check(&required, Cell::Text(blank.to_owned())).is_err());
    }
    assert!(Cell::check(&required, Cell::Empty).is_err());
}

#[test]
fn a_value_of_another_type_is_refused() {
    let number = column("Value", ColumnType::WholeNumber);
    assert_eq!(Cell::check(&number, Cell::WholeNumber(5)), Ok(Cell::WholeNumber(5)));
    assert_eq!(Cell::check(&number, Cell::Text("5".to_owned())), Ok(Cell::WholeNumber(5)));
    assert!(Cell::check(&number, Cell::YesNo(true)).is_err());
    let decimal = column("Value", ColumnType::Decimal);
    assert_eq!(Cell::check(&decimal, Cell::WholeNumber(5)), Ok(Cell::Text("5".to_owned())));
    let text = column("Value", ColumnType::Text);
    assert!(Cell::check(&text, Cell::WholeNumber(5)).is_err());
    assert!(Cell::check(&text, Cell::File(file("image/png", "AAAA"))).is_err());
}

fn file(media_type: &str, content: &str) -> File {
    File { name: "a.png".to_owned(), media_type: media_type.to_owned(), content: content.to_owned() }
}

#[test]
fn pp_015_a_file_says_what_it_is_and_is_base64() {
    let image = column("Photo", ColumnType::Image);
    let check = |file: File| Cell::check(&image, Cell::File(file));
    for content in ["", "AAAA", "AAA=", "AA==", "+/09"] {
        assert!(check(file("image/png", content)).is_ok(), "{content:?}");
    }
    for content in ["A", "AAA", "A===", "====", "=AAA", "AA=A", "AA A", "AA-_"] {
        assert!(check(file("image/png", content)).is_err(), "{content:?}");
    }
    for media_type in ["", "image", "image/", "/png", "text/html", "image/png\r\nX: y", "image/p ng"] {
        assert!(check(file(media_type, "AAAA")).is_err(), "{media_type:?}");
    }
    let kept =
        Cell::check(&column("Any", ColumnType::File), Cell::File(file("Text/Plain; charset=utf-8", "AAAA")));
    assert_eq!(kept, Ok(Cell::File(file("text/plain", "AAAA"))));
    let kept = Cell::check(&column("Any", ColumnType::File), Cell::File(file("", "AAAA")));
    assert_eq!(kept, Ok(Cell::File(file("application/octet-stream", "AAAA"))));
    for name in ["", "a/b", "a\\b", "a\nb", &"x".repeat(256)] {
        assert!(check(File { name: name.to_owned(), ..file("image/png", "AAAA") }).is_err(), "{name:?}");
    }
    let largest = MAX_FILE.div_ceil(3) * 4;
    assert!(check(file("image/png", &"A".repeat(largest))).is_ok());
    assert!(check(file("image/png", &"A".repeat(largest + 4))).is_err());
    assert!(has_files(&[Cell::Empty, Cell::File(file("image/png", ""))]));
    assert!(!has_files(&[Cell::Empty, Cell::YesNo(true)]));
    assert!(parse(ColumnType::File, "a.png").is_err(), "no file from a line of text");
}

#[test]
fn a_record_follows_the_headers_order() {
    let required = Column { required: true, ..column("Name", ColumnType::Text) };
    let shape =
        shape(vec![required, column("Price", ColumnType::Decimal), column("Sold", ColumnType::YesNo)])
            .unwrap();
    let cells = parse_record(&shape, &[2, 0], &["yes", "Bolt"]).unwrap();
    assert_eq!(cells, [Cell::Text("Bolt".to_owned()), Cell::Empty, Cell::YesNo(true)]);
    let (column, _) = parse_record(&shape, &[0, 1], &["Bolt", "cheap"]).unwrap_err();
    assert_eq!(column, "Price", "the error names the column");
    let (column, why) = parse_record(&shape, &[1], &["1.5"]).unwrap_err();
    assert_eq!(
        (column.as_str(), why),
        ("Name", "A value is required."),
        "a required column must be in the file"
    );
}

proptest! {
    #[test]
    fn what_was_kept_is_kept_again(text in ".{0,50}", kind in 0_usize..6) {
        let holds = [
            ColumnType::Text, ColumnType::WholeNumber, ColumnType::Decimal, ColumnType::YesNo,
            ColumnType::DateTime, ColumnType::Choice { options: vec!["a".to_owned(), "A".to_owned()] },
        ][kind].clone();
        if let Ok(cell) = parse(holds.clone(), &text) {
            prop_assert_eq!(parse(holds, &cell.text()), Ok(cell), "export and import of {:?}", text);
        }
    }

    #[test]
    fn decimals_and_times_round_trip(whole in any::<i64>(), fraction in 0_u32..1_000_000, at in -62_167_219_200_000_000_i64..253_402_300_799_999_999) {
        let number = format!("{whole}.{fraction:06}");
        prop_assert_eq!(parse(ColumnType::Decimal, &number), Ok(Cell::Text(number.clone())));
        let time = domain::Timestamp(at).rfc3339_exact();
        prop_assert_eq!(parse(ColumnType::DateTime, &time), Ok(Cell::Text(time.clone())));
        prop_assert_eq!(domain::Timestamp::parse(&time), Some(domain::Timestamp(at)));
    }
}
