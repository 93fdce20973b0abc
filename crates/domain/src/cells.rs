//! Values of a row and how text becomes one.

use crate::{
    Timestamp,
    tables::{Column, ColumnType, MAX_FILE, MAX_TEXT, TableShape},
};
use serde::{Deserialize, Serialize};

/// One value. Serialises to plain JSON; a decimal stays text, so no digit is lost.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    Empty,
    YesNo(bool),
    WholeNumber(i64),
    /// Text, decimal, date-time (RFC 3339) and choice.
    Text(String),
    File(File),
}

/// A file or image in a cell.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct File {
    pub name: String,
    pub media_type: String,
    /// The bytes in base64.
    pub content: String,
}

impl Cell {
    /// Reads typed or imported text for `column`; the error says what is accepted and never
    /// repeats the value, so it may stand in an error report.
    pub fn parse(column: &Column, text: &str) -> Result<Cell, &'static str> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return if column.required { Err("A value is required.") } else { Ok(Cell::Empty) };
        }
        match &column.holds {
            ColumnType::Text => text_cell(text),
            ColumnType::WholeNumber => trimmed
                .parse()
                .map(Cell::WholeNumber)
                .map_err(|_| "Enter a whole number between -9223372036854775808 and 9223372036854775807."),
            ColumnType::Decimal => decimal(trimmed),
            ColumnType::YesNo => yes_no(trimmed),
            ColumnType::DateTime => date_time(trimmed),
            ColumnType::Choice { options } => choice(options, trimmed),
            ColumnType::File | ColumnType::Image => Err("Files and images cannot be given as text."),
        }
    }

    /// Checks a value that came as JSON against `column`.
    pub fn check(column: &Column, cell: Cell) -> Result<Cell, &'static str> {
        match (&column.holds, cell) {
            (_, Cell::Empty) if column.required => Err("A value is required."),
            (_, Cell::Empty) => Ok(Cell::Empty),
            (ColumnType::YesNo, Cell::YesNo(value)) => Ok(Cell::YesNo(value)),
            (ColumnType::WholeNumber, Cell::WholeNumber(value)) => Ok(Cell::WholeNumber(value)),
            (ColumnType::Decimal, Cell::WholeNumber(value)) => Ok(Cell::Text(value.to_string())),
            (ColumnType::File | ColumnType::Image, Cell::File(file)) => file_cell(column, file),
            (ColumnType::File | ColumnType::Image, _) => {
                Err("Give an object with name, media_type and content.")
            }
            (_, Cell::Text(text)) => Cell::parse(column, &text),
            (_, _) => Err("The value has another type than the column."),
        }
    }

    /// The value as text: what lists show and CSV carries.
    pub fn text(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::YesNo(true) => "yes".to_owned(),
            Cell::YesNo(false) => "no".to_owned(),
            Cell::WholeNumber(value) => value.to_string(),
            Cell::Text(text) => text.clone(),
            Cell::File(file) => file.name.clone(),
        }
    }
}

/// Whether any cell of the row is a File or Image (PP-015).
pub fn has_files(cells: &[Cell]) -> bool {
    cells.iter().any(|cell| matches!(cell, Cell::File(_)))
}

/// Reads one record: `fields[i]` is the text for column `order[i]`, other columns are empty.
/// The error names the column and what it accepts.
pub fn parse_record(
    shape: &TableShape,
    order: &[usize],
    fields: &[&str],
) -> Result<Vec<Cell>, (String, &'static str)> {
    let mut cells = vec![Cell::Empty; shape.columns.len()];
    let mut given = vec![false; shape.columns.len()];
    for (&index, text) in order.iter().zip(fields) {
        let column = &shape.columns[index];
        cells[index] = Cell::parse(column, text).map_err(|why| (column.name.to_string(), why))?;
        given[index] = true;
    }
    match shape.columns.iter().zip(&given).find(|(column, given)| column.required && !**given) {
        Some((column, _)) => Err((column.name.to_string(), "A value is required.")),
        None => Ok(cells),
    }
}

fn text_cell(text: &str) -> Result<Cell, &'static str> {
    if text.len() > MAX_TEXT {
        return Err("Text is limited to 100,000 bytes.");
    }
    if text.contains('\0') {
        return Err("Text must not contain the NUL character.");
    }
    Ok(Cell::Text(text.to_owned()))
}

/// The option as it is written in the column; letter case decides only between options that differ in it.
fn choice(options: &[String], text: &str) -> Result<Cell, &'static str> {
    let same = options.iter().find(|option| *option == text);
    let alike = || options.iter().find(|option| option.to_lowercase() == text.to_lowercase());
    same.or_else(alike).map(|option| Cell::Text(option.clone())).ok_or("Choose one of the column's options.")
}

fn decimal(text: &str) -> Result<Cell, &'static str> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if all_digits(whole) && all_digits(fraction) && digits.len() <= 40 {
        return Ok(Cell::Text(text.strip_prefix('+').unwrap_or(text).to_owned()));
    }
    Err("Enter a decimal number such as -12.50: digits, one point, 40 characters at most.")
}

fn yes_no(text: &str) -> Result<Cell, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "y" => Ok(Cell::YesNo(true)),
        "no" | "false" | "0" | "n" => Ok(Cell::YesNo(false)),
        _ => Err("Enter yes or no."),
    }
}

/// RFC 3339 to the microsecond, kept in UTC. Also without seconds, without a time (midnight), with a
/// blank for the T; what names no zone is UTC.
fn date_time(text: &str) -> Result<Cell, &'static str> {
    let (date, time) = text.split_once([' ', 'T', 't']).unwrap_or((text, "00:00:00Z"));
    let completed = match time.len() {
        5 => format!("{date}T{time}:00Z"),
        8 => format!("{date}T{time}Z"),
        _ => format!("{date}T{time}"),
    };
    Timestamp::parse(&completed)
        .map(|at| Cell::Text(at.rfc3339_exact()))
        .ok_or("Enter a date and time such as 2026-11-22T09:12:00Z.")
}

fn file_cell(column: &Column, mut file: File) -> Result<Cell, &'static str> {
    if file.content.len() > MAX_FILE / 3 * 4 + 4 {
        return Err("Files are limited to 5 MiB.");
    }
    if !is_base64(&file.content) {
        return Err("Give the content in base64, with its padding.");
    }
    let path = |c: char| c.is_control() || matches!(c, '/' | '\\');
    if file.name.is_empty() || file.name.len() > 255 || file.name.chars().any(path) {
        return Err("Give a file name of 1 to 255 bytes, without slashes.");
    }
    file.media_type = media_type(&file.media_type).ok_or("Give a media type such as application/pdf.")?;
    if column.holds == ColumnType::Image && !file.media_type.starts_with("image/") {
        return Err("The media type of an image starts with image/.");
    }
    Ok(Cell::File(file))
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    text.len().is_multiple_of(4) && text.len() - digits.len() <= 2 && digits.bytes().all(digit)
}

/// `type/subtype` without parameters; nothing is "some bytes" (RFC 2046, 5.2.4).
fn media_type(text: &str) -> Option<String> {
    let essence = match text.split(';').next()?.trim() {
        "" => "application/octet-stream",
        essence => essence,
    };
    let token = |part: &str| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b);
        !part.is_empty() && part.bytes().all(allowed)
    };
    let (kind, subtype) = essence.split_once('/')?;
    (token(kind) && token(subtype) && essence.len() <= 127).then(|| essence.to_ascii_lowercase())
}
