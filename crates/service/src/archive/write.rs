//! Writes a backup of the portal while it runs.

use super::{
    ArchiveError, Counts, Header, check_passphrase,
    chunks::Sealing,
    content::{self, TableHead},
    kind, record,
};
use crate::ServiceResult;
use domain::{Timestamp, actions::Action};
use futures::TryStreamExt as _;
use std::io::Write;
use store::{DatabaseTransaction, Db, archive};
use vault::Password;

/// Writes everything that the database holds at one moment; memory stays bounded by its largest row. Every organisation's
/// trail says so afterwards.
///
/// # Errors
/// [`ArchiveError::ShortPassphrase`]; [`ArchiveError::Nothing`]; what the database or the file say.
pub async fn write<W: Write + Send>(
    db: &Db,
    passphrase: &Password,
    out: W,
    now: Timestamp,
) -> ServiceResult<(W, Header, Counts)> {
    check_passphrase(passphrase).map_err(anyhow::Error::from)?;
    let snapshot = db.snapshot().await?;
    if archive::is_empty(&snapshot).await? {
        return Err(anyhow::Error::from(ArchiveError::Nothing).into());
    }
    let header = Header {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: kind(&snapshot).to_owned(),
        schema: archive::schema(&snapshot).await?,
        created_at: now,
    };
    let mut out = Sealing::new(out, passphrase).map_err(anyhow::Error::from)?;
    content::put_header(&mut out, &header).map_err(anyhow::Error::from)?;
    let mut counts = Counts::new();
    for table in archive::TABLES {
        counts.insert((*table).to_owned(), write_table(&snapshot, table, &mut out).await?);
    }
    content::put_end(&mut out, &counts).map_err(anyhow::Error::from)?;
    let out = out.finish().map_err(anyhow::Error::from)?;
    drop(snapshot);
    let tx = db.begin().await?;
    record(&tx, Action::PortalBackUp, &header, &counts, now).await?;
    tx.commit().await?;
    Ok((out, header, counts))
}

async fn write_table<W: Write>(
    snapshot: &DatabaseTransaction,
    table: &str,
    out: &mut Sealing<W>,
) -> ServiceResult<u64> {
    let columns = archive::columns(snapshot, table).await?;
    let names = columns.iter().map(|column| column.name.clone()).collect();
    let head = TableHead { name: table.to_owned(), columns: names };
    content::put_table(out, &head).map_err(anyhow::Error::from)?;
    let mut rows = archive::rows(snapshot, table, &columns).await?;
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        content::put_row(out, &row).map_err(anyhow::Error::from)?;
        count += 1;
    }
    Ok(count)
}
