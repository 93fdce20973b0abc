//! A table's shape.

use domain::{
    names::{ColumnName, TableName},
    tables::{Column, ColumnType, MAX_COLUMNS, TableShape},
};

pub(crate) fn column(name: &str, holds: ColumnType) -> Column {
    Column { name: ColumnName::parse(name).unwrap(), holds, required: false }
}

pub(crate) fn shape(columns: Vec<Column>) -> Result<TableShape, &'static str> {
    TableShape::new(TableName::parse("Sales").unwrap(), columns)
}

fn columns(count: usize) -> Vec<Column> {
    (0..count).map(|n| column(&format!("c{n}"), ColumnType::Text)).collect()
}

#[test]
fn a_table_has_1_to_100_columns() {
    for (count, accepted) in [(0, false), (1, true), (MAX_COLUMNS, true), (MAX_COLUMNS + 1, false)] {
        assert_eq!(shape(columns(count)).is_ok(), accepted, "{count} columns");
    }
}

#[test]
fn two_columns_that_differ_in_letter_case_are_one_name() {
    let twice = |a, b| shape(vec![column(a, ColumnType::Text), column(b, ColumnType::Text)]);
    assert!(twice("Name", "name").is_err());
    assert!(twice("Größe", "GRÖßE").is_err());
    assert!(twice("Name", "Names").is_ok());
}

#[test]
fn a_column_is_found_whatever_the_letter_case() {
    let shape = shape(vec![column("Name", ColumnType::Text), column("Größe", ColumnType::Text)]).unwrap();
    assert_eq!(shape.position(" NAME "), Some(0));
    assert_eq!(shape.position("GRÖSSE"), None);
    assert_eq!(shape.position("grÖße"), Some(1));
    assert_eq!(shape.position("price"), None);
}

#[test]
fn column_types_come_back_by_name() {
    let options = ["red".to_owned(), " green ".to_owned(), String::new(), "red".to_owned()];
    for name in ["text", "whole_number", "decimal", "yes_no", "date_time", "choice", "file", "image"] {
        let holds = ColumnType::parse(name, &options).unwrap();
        assert_eq!(holds.as_str(), name);
        assert_eq!(holds.holds_files(), matches!(name, "file" | "image"), "PP-015: {name}");
    }
    assert!(ColumnType::parse("json", &[]).is_err());
    let choice = ColumnType::parse("choice", &options).unwrap();
    assert_eq!(choice, ColumnType::Choice { options: vec!["red".to_owned(), "green".to_owned()] });
}

#[test]
fn a_choice_has_1_to_200_options() {
    let options = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
    for (count, accepted) in [(0, false), (1, true), (200, true), (201, false)] {
        assert_eq!(ColumnType::parse("choice", &options(count)).is_ok(), accepted, "{count} options");
    }
}
