//! Reads the records of a CSV file across its sealed pieces, in bounded memory.

use super::{Job, import_rows::Import};
use crate::{ServiceResult, imports::piece_place};
use csv_core::ReadRecordResult;
use domain::{Code, Refusal};

/// The longest line, in bytes, and the most fields in it: what bounds the reader's memory.
const MAX_LINE: usize = 16 << 20;
const MAX_FIELDS: usize = 4_096;

fn too_long(line: u64) -> Refusal {
    let text =
        format!("Line {line} is longer than 16 MiB or has more than 4,096 fields; is a quote left open?");
    Refusal::new(Code::Invalid, text)
}

/// The file's pieces, opened one at a time.
pub(super) struct Pieces {
    next: i64,
    /// Opened so far.
    pub(super) bytes: u64,
}

impl Pieces {
    pub(super) fn new() -> Self {
        Self { next: 0, bytes: 0 }
    }

    /// The next piece; empty at the end of the file.
    async fn next(&mut self, job: &Job, import: &Import) -> ServiceResult<vault::Zeroizing<Vec<u8>>> {
        let sealed = store::imports::piece(job.portal.db().read(), import.id, self.next).await?;
        let Some(sealed) = sealed else { return Ok(vault::Zeroizing::new(Vec::new())) };
        let plain = import.key.open(&piece_place(&import.environment, import.id, self.next), &sealed)?;
        self.next += 1;
        self.bytes += plain.len() as u64;
        Ok(plain)
    }
}

/// One record as it stands in the reader's buffers.
pub(super) struct Record<'r> {
    /// From 1, where the record begins.
    pub(super) line: u64,
    pub(super) text: &'r [u8],
    ends: &'r [usize],
}

impl Record<'_> {
    /// Its fields, or `None` if it is not UTF-8.
    pub(super) fn fields(&self) -> Option<Vec<&str>> {
        let mut start = 0;
        self.ends
            .iter()
            .map(|&end| {
                let field = self.text.get(start..end);
                start = end;
                std::str::from_utf8(field?).ok()
            })
            .collect()
    }
}

/// Reads records across pieces, in bounded memory.
pub(super) struct Records {
    reader: csv_core::Reader,
    piece: vault::Zeroizing<Vec<u8>>,
    position: usize,
    ended: bool,
    /// Line feeds consumed so far: `csv_core` counts them late where lines end in CR LF.
    lines: u64,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Records {
    pub(super) fn new() -> Self {
        Self {
            reader: csv_core::Reader::new(),
            piece: vault::Zeroizing::new(Vec::new()),
            position: 0,
            ended: false,
            lines: 0,
            text: vec![0; 64 * 1024],
            ends: vec![0; 128],
        }
    }

    /// Opens the next piece when this one is used up.
    async fn fill(&mut self, job: &Job, import: &Import, pieces: &mut Pieces) -> ServiceResult<()> {
        if self.position == self.piece.len() && !self.ended {
            self.piece = pieces.next(job, import).await?;
            self.position = 0;
            self.ended = self.piece.is_empty();
        }
        Ok(())
    }

    fn consume(&mut self, bytes: usize) {
        let taken = &self.piece[self.position..self.position + bytes];
        self.lines += taken.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.position += bytes;
    }

    /// Empty lines, and the LF after the CR that ended the record before.
    async fn skip_line_ends(&mut self, job: &Job, import: &Import, pieces: &mut Pieces) -> ServiceResult<()> {
        loop {
            self.fill(job, import, pieces).await?;
            let rest = &self.piece[self.position..];
            let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.consume(ends);
            if self.ended || self.position < self.piece.len() {
                return Ok(());
            }
        }
    }

    /// The next record, or `None` at the end of the file.
    pub(super) async fn next(
        &mut self,
        job: &Job,
        import: &Import,
        pieces: &mut Pieces,
    ) -> ServiceResult<Option<Record<'_>>> {
        let (mut text, mut ends) = (0, 0);
        self.skip_line_ends(job, import, pieces).await?;
        let line = self.lines + 1;
        loop {
            self.fill(job, import, pieces).await?;
            let (result, read, wrote, ended) = self.reader.read_record(
                &self.piece[self.position..],
                &mut self.text[text..],
                &mut self.ends[ends..],
            );
            self.consume(read);
            text += wrote;
            ends += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.text.len() >= MAX_LINE => {
                    return Err(too_long(line).into());
                }
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= MAX_FIELDS => {
                    return Err(too_long(line).into());
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    return Ok(Some(Record { line, text: &self.text[..text], ends: &self.ends[..ends] }));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }
}
