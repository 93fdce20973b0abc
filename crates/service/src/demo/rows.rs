//! Rows for the demo's tables: made up, the same at every start.

use super::content::{Fill, Table};
use crate::tables::NewColumn;
use domain::{
    Timestamp,
    cells::{Cell, File},
};
use std::time::Duration;

const FIRST: [&str; 12] = [
    "Aino", "Bilal", "Carmen", "Dmitri", "Esther", "Fumiko", "Goran", "Hedda", "Imran", "Jolanda", "Kofi",
    "Leila",
];
const LAST: [&str; 12] = [
    "Almeida",
    "Bergström",
    "Costa",
    "Dahl",
    "Eriksen",
    "Fontaine",
    "Groot",
    "Hassan",
    "Ivanova",
    "Jansen",
    "Kone",
    "Lang",
];
const TRADES: [&str; 10] = [
    "Foods",
    "Motors",
    "Textiles",
    "Instruments",
    "Timber",
    "Pharma",
    "Ceramics",
    "Paper",
    "Optics",
    "Steel",
];
const FORMS: [&str; 4] = ["AB", "GmbH", "Ltd", "S.A."];
const PLACES: [&str; 16] = [
    "Rotterdam",
    "Hamburg",
    "Antwerp",
    "Gothenburg",
    "Gdańsk",
    "Valencia",
    "Piraeus",
    "Le Havre",
    "New York",
    "Baltimore",
    "Savannah",
    "Singapore",
    "Busan",
    "Yokohama",
    "Colombo",
    "Felixstowe",
];
/// One transparent pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// The table's columns as the form of a new table gives them.
pub(super) fn columns(table: &Table) -> Vec<NewColumn> {
    let column = |index: usize, name: &str, fill: &Fill| {
        let (holds, options): (&str, &[&str]) = match fill {
            Fill::Choice(options) => ("choice", options),
            Fill::Whole(..) => ("whole_number", &[]),
            Fill::Decimal(..) => ("decimal", &[]),
            Fill::YesNo => ("yes_no", &[]),
            Fill::Recent(_) => ("date_time", &[]),
            Fill::Image => ("image", &[]),
            Fill::Reference(_) | Fill::Person | Fill::Company | Fill::Place | Fill::Words(_) => ("text", &[]),
        };
        NewColumn {
            name: name.to_owned(),
            holds: holds.to_owned(),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            required: index == 0,
        }
    };
    table.columns.iter().enumerate().map(|(index, (name, fill))| column(index, name, fill)).collect()
}

/// `count` rows; `place` makes each environment's different.
pub(super) fn make(table: &Table, count: usize, place: &str, now: Timestamp) -> Vec<Vec<Cell>> {
    let mut dice = Dice::new(place, table.name);
    (0..count).map(|_| table.columns.iter().map(|(_, fill)| cell(fill, &mut dice, now)).collect()).collect()
}

fn cell(fill: &Fill, dice: &mut Dice, now: Timestamp) -> Cell {
    match fill {
        Fill::Reference(prefix) => Cell::Text(format!("{prefix}-{}", dice.between(10_000, 99_999))),
        Fill::Person => Cell::Text(format!("{} {}", dice.pick(&FIRST), dice.pick(&LAST))),
        Fill::Company => {
            Cell::Text(format!("{} {} {}", dice.pick(&LAST), dice.pick(&TRADES), dice.pick(&FORMS)))
        }
        Fill::Place => Cell::Text(dice.pick(&PLACES).to_owned()),
        Fill::Words(words) | Fill::Choice(words) => match dice.pick(words) {
            "" => Cell::Empty,
            word => Cell::Text(word.to_owned()),
        },
        Fill::Whole(from, to) => Cell::WholeNumber(dice.between(*from, *to)),
        Fill::Decimal(from, to) => {
            let hundredths = dice.between(*from, *to);
            Cell::Text(format!("{}.{:02}", hundredths / 100, hundredths % 100))
        }
        Fill::YesNo => Cell::YesNo(dice.between(0, 3) > 0),
        Fill::Recent(days) => {
            let seconds = u64::try_from(dice.between(0, days * 86_400)).unwrap_or(0);
            Cell::Text((now - Duration::from_secs(seconds)).rfc3339())
        }
        Fill::Image if dice.between(0, 9) > 0 => Cell::Empty,
        Fill::Image => Cell::File(File {
            name: "photo.png".to_owned(),
            media_type: "image/png".to_owned(),
            content: PIXEL.to_owned(),
        }),
    }
}

/// Numbers that look drawn and never change (xorshift).
struct Dice(u64);

impl Dice {
    fn new(place: &str, table: &str) -> Self {
        let seed = place.bytes().chain(table.bytes());
        Self(seed.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From `low` to `high`, both included.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap_or(0) + 1;
        low + i64::try_from(self.next() % span).unwrap_or(0)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let most = i64::try_from(from.len()).unwrap_or(1) - 1;
        from[usize::try_from(self.between(0, most)).unwrap_or(0)]
    }
}
