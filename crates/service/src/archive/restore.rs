//! Reads a backup: to see that it is whole, or to make a portal of it.

use super::{
    ArchiveError, Counts, Header, check_passphrase,
    chunks::Opening,
    content::{self, Item, TableHead},
    record,
};
use crate::{ServiceResult, replicas};
use domain::{Timestamp, actions::Action};
use std::io::Read;
use store::{
    DatabaseTransaction, Db,
    archive::{self, Column, Field},
};
use vault::Password;

/// So many bytes or rows go in one statement.
const BYTES: usize = 4 << 20;
const ROWS: usize = 500;

/// What a backup holds.
#[derive(Debug)]
pub struct Restored {
    pub header: Header,
    pub counts: Counts,
}

/// Reads a backup to its end: every chunk opens, and there are as many rows as it says. Needs no database and no root
/// key.
///
/// # Errors
/// The [`ArchiveError`] that says what is wrong with it.
pub fn verify(input: impl Read, passphrase: &Password) -> Result<Restored, ArchiveError> {
    check_passphrase(passphrase)?;
    let mut input = Opening::new(input, passphrase)?;
    let header = content::header(&mut input)?;
    let (mut counts, mut head) = (Counts::new(), None::<TableHead>);
    loop {
        let width = head.as_ref().map_or(0, |head| head.columns.len());
        match content::next(&mut input, width)? {
            Item::Table(next) => {
                counts.insert(next.name.clone(), 0);
                head = Some(next);
            }
            Item::Row(_) => count(&mut counts, head.as_ref())?,
            Item::End(said) => {
                compare(&said, &counts)?;
                return over(&mut input).map(|()| Restored { header, counts });
            }
        }
    }
}

fn over<R: Read>(input: &mut Opening<R>) -> Result<(), ArchiveError> {
    let more = || ArchiveError::NotWhole("something follows its end".to_owned());
    input.is_over().then_some(()).ok_or_else(more)
}

fn count(counts: &mut Counts, head: Option<&TableHead>) -> Result<(), ArchiveError> {
    let head = head.ok_or(ArchiveError::Format)?;
    *counts.entry(head.name.clone()).or_default() += 1;
    Ok(())
}

fn compare(said: &Counts, found: &Counts) -> Result<(), ArchiveError> {
    match said.iter().find(|(table, rows)| found.get(*table) != Some(rows)) {
        None if said.len() == found.len() => Ok(()),
        None => Err(ArchiveError::NotWhole("a table is there that it does not speak of".to_owned())),
        Some((table, rows)) => {
            let found = found.get(table).copied().unwrap_or(0);
            Err(ArchiveError::NotWhole(format!("{table} should have {rows} rows and has {found}")))
        }
    }
}

/// What the backup says of itself; that it does proves the passphrase.
///
/// # Errors
/// The [`ArchiveError`] that says what is wrong with the beginning.
pub fn header(input: impl Read, passphrase: &Password) -> Result<Header, ArchiveError> {
    check_passphrase(passphrase)?;
    content::header(&mut Opening::new(input, passphrase)?)
}

/// Makes the portal of the backup in an empty database whose schema is up to date: all of it, or nothing.
///
/// # Errors
/// [`ArchiveError::Running`], [`ArchiveError::NotEmpty`], [`ArchiveError::Schema`] and whatever is wrong with the backup.
pub async fn load<R: Read + Send>(
    db: &Db,
    passphrase: &Password,
    input: R,
    now: Timestamp,
) -> ServiceResult<Restored> {
    check_passphrase(passphrase).map_err(anyhow::Error::from)?;
    let mut input = Opening::new(input, passphrase).map_err(anyhow::Error::from)?;
    let header = content::header(&mut input).map_err(anyhow::Error::from)?;
    let tx = db.begin().await?;
    archive::hold(&tx).await?;
    if replicas::any_alive(&tx, now).await? {
        return Err(anyhow::Error::from(ArchiveError::Running).into());
    }
    if !archive::is_empty(&tx).await? {
        return Err(anyhow::Error::from(ArchiveError::NotEmpty).into());
    }
    if archive::schema(&tx).await? != header.schema {
        return Err(anyhow::Error::from(ArchiveError::Schema).into());
    }
    archive::clear_portal(&tx).await?;
    let counts = load_all(&tx, &mut input).await?;
    // The trail goes on by the time of the portal that was backed up.
    let ahead = store::portal::lock(&tx).await?.map_or(0, |portal| portal.clock_offset);
    let now = Timestamp(now.0.saturating_add(ahead));
    record(&tx, Action::PortalRestore, &header, &counts, now).await?;
    tx.commit().await?;
    archive::settle(db).await?;
    Ok(Restored { header, counts })
}

/// A table that is being filled.
struct Filling {
    name: &'static str,
    columns: Vec<Column>,
    rows: Vec<Vec<Field>>,
    bytes: usize,
}

async fn load_all<R: Read>(tx: &DatabaseTransaction, input: &mut Opening<R>) -> ServiceResult<Counts> {
    let (mut counts, mut filling) = (Counts::new(), None::<Filling>);
    loop {
        let width = filling.as_ref().map_or(0, |filling| filling.columns.len());
        match content::next(input, width).map_err(anyhow::Error::from)? {
            Item::Table(head) => {
                flush(tx, filling.as_mut(), &mut counts).await?;
                let next = open_table(tx, &head).await?;
                counts.insert(next.name.to_owned(), 0);
                filling = Some(next);
            }
            Item::Row(row) => {
                let filling = filling.as_mut().ok_or(ArchiveError::Format).map_err(anyhow::Error::from)?;
                filling.bytes += row.iter().map(Field::size).sum::<usize>();
                filling.rows.push(row);
                if filling.rows.len() == ROWS || filling.bytes > BYTES {
                    flush(tx, Some(filling), &mut counts).await?;
                }
            }
            Item::End(said) => {
                flush(tx, filling.as_mut(), &mut counts).await?;
                compare(&said, &counts).map_err(anyhow::Error::from)?;
                over(input).map_err(anyhow::Error::from)?;
                return Ok(counts);
            }
        }
    }
}

/// The table of this head, with the present schema's columns in the head's order.
async fn open_table(tx: &DatabaseTransaction, head: &TableHead) -> ServiceResult<Filling> {
    let known = archive::TABLES.iter().find(|name| **name == head.name);
    let name = known.copied().ok_or(ArchiveError::Schema).map_err(anyhow::Error::from)?;
    let present = archive::columns(tx, name).await?;
    let find = |wanted: &String| present.iter().find(|column| column.name == *wanted).cloned();
    let columns: Option<Vec<Column>> = head.columns.iter().map(find).collect();
    let columns = columns.filter(|columns| columns.len() == present.len());
    let columns = columns.ok_or(ArchiveError::Schema).map_err(anyhow::Error::from)?;
    Ok(Filling { name, columns, rows: Vec::new(), bytes: 0 })
}

async fn flush(
    tx: &DatabaseTransaction,
    filling: Option<&mut Filling>,
    counts: &mut Counts,
) -> ServiceResult<()> {
    let Some(filling) = filling else { return Ok(()) };
    let rows = std::mem::take(&mut filling.rows);
    filling.bytes = 0;
    let inserted = archive::insert(tx, filling.name, &filling.columns, rows).await?;
    *counts.entry(filling.name.to_owned()).or_default() += inserted;
    Ok(())
}
