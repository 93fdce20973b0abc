//! What a backup's pieces hold, and what its manifest says of them.
//!
//! A piece is rows one after the other: table (4 bytes) | id (16) | files (1) | length (4) | cells. It is sealed as a
//! whole, bound to its backup and its number, so that a piece taken away, moved or put in twice is noticed: the
//! manifest, sealed likewise, says how many there are and how many rows of each table.

use crate::ServiceResult;
use domain::{BackupId, EnvironmentId, RowId, names::TableName, tables::Column, tables::TableShape};
use serde::{Deserialize, Serialize};
use store::tables::Table;
use vault::{Place, Zeroizing};

/// A piece is sealed when it holds so many bytes.
pub(crate) const PIECE: usize = 1 << 20;
const HEADER: usize = 4 + 16 + 1 + 4;
/// The manifest's place among the pieces: no piece has it.
const MANIFEST: i64 = -1;

/// A row between two seals.
pub(crate) struct OpenRow {
    pub id: RowId,
    pub has_files: bool,
    /// Its cells as JSON, as they were sealed.
    pub plain: Zeroizing<Vec<u8>>,
}

/// Everything that the pieces hold.
#[derive(Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub pieces: i64,
    pub tables: Vec<Held>,
}

/// A table and how many rows of it there are.
#[derive(Serialize, Deserialize)]
pub(crate) struct Held {
    name: String,
    columns: Vec<Column>,
    pub rows: u64,
    pub file_rows: u64,
}

impl Held {
    /// A table of which nothing was read yet.
    pub(crate) fn new(table: &Table) -> Self {
        let TableShape { name, columns } = table.shape.clone();
        Self { name: name.to_string(), columns, rows: 0, file_rows: 0 }
    }

    /// The same table with no rows yet.
    pub(crate) fn empty_copy(&self) -> Self {
        Self { name: self.name.clone(), columns: self.columns.clone(), rows: 0, file_rows: 0 }
    }

    pub(crate) fn shape(&self) -> ServiceResult<TableShape> {
        let name = TableName::parse(&self.name).map_err(|why| anyhow::anyhow!("a backup's table: {why}"))?;
        let shape = TableShape::new(name, self.columns.clone());
        Ok(shape.map_err(|why| anyhow::anyhow!("a backup's table: {why}"))?)
    }

    pub(crate) fn count(&mut self, rows: &[OpenRow]) {
        self.rows += rows.len() as u64;
        self.file_rows += rows.iter().filter(|row| row.has_files).count() as u64;
    }
}

/// Appends a row of the table number `table`.
pub(crate) fn push(piece: &mut Vec<u8>, table: usize, row: &OpenRow) -> ServiceResult<()> {
    let table = u32::try_from(table).map_err(anyhow::Error::from)?;
    let length = u32::try_from(row.plain.len()).map_err(anyhow::Error::from)?;
    piece.extend_from_slice(&table.to_be_bytes());
    piece.extend_from_slice(row.id.0.as_bytes());
    piece.push(u8::from(row.has_files));
    piece.extend_from_slice(&length.to_be_bytes());
    piece.extend_from_slice(&row.plain);
    Ok(())
}

/// How many bytes [`push`] appends.
pub(crate) fn size(row: &OpenRow) -> usize {
    HEADER + row.plain.len()
}

/// Takes the first row off a piece, with the number of its table; `None` at its end.
pub(crate) fn take(piece: &mut &[u8]) -> ServiceResult<Option<(usize, OpenRow)>> {
    if piece.is_empty() {
        return Ok(None);
    }
    let cut = || anyhow::anyhow!("a backup's piece ends within a row");
    let (header, rest) = piece.split_first_chunk::<HEADER>().ok_or_else(cut)?;
    let [t0, t1, t2, t3, id @ .., files, l0, l1, l2, l3] = *header;
    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
    let (plain, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
    *piece = rest;
    let row = OpenRow {
        id: RowId(uuid::Uuid::from_bytes(id)),
        has_files: files != 0,
        plain: Zeroizing::new(plain.to_vec()),
    };
    Ok(Some((u32::from_be_bytes([t0, t1, t2, t3]) as usize, row)))
}

/// Where the piece number `seq` is bound to.
pub(crate) fn piece_place(backup: BackupId, environment: EnvironmentId, seq: i64) -> Place {
    let mut row = [0; 16];
    row[8..].copy_from_slice(&seq.to_be_bytes());
    Place { owner: *backup.0.as_bytes(), table: *environment.0.as_bytes(), row, generation: 1 }
}

/// Where the manifest is bound to.
pub(crate) fn manifest_place(backup: BackupId, environment: EnvironmentId) -> Place {
    piece_place(backup, environment, MANIFEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_off_a_piece_as_they_went_on() {
        let row = |byte: u8, length| OpenRow {
            id: RowId(uuid::Uuid::from_bytes([byte; 16])),
            has_files: byte == 2,
            plain: Zeroizing::new(vec![byte; length]),
        };
        let (mut piece, rows) = (Vec::new(), [row(1, 0), row(2, 5), row(3, 300)]);
        for (index, row) in rows.iter().enumerate() {
            let before = piece.len();
            push(&mut piece, index * 7, row).ok();
            assert_eq!(piece.len() - before, size(row));
        }
        let mut left = piece.as_slice();
        for (index, row) in rows.iter().enumerate() {
            let taken = take(&mut left).ok().flatten();
            let Some((table, found)) = taken else { panic!("row {index} is missing") };
            assert_eq!((table, found.id, found.has_files), (index * 7, row.id, row.has_files));
            assert_eq!(found.plain, row.plain);
        }
        assert!(matches!(take(&mut left), Ok(None)));
        let mut cut = &piece[..piece.len() - 1];
        assert!(matches!(take(&mut cut), Ok(Some(_))) && matches!(take(&mut cut), Ok(Some(_))));
        assert!(take(&mut cut).is_err(), "a cut piece is noticed");
        assert!(take(&mut &piece[..HEADER - 1]).is_err(), "within a header, too");
    }
}
