//! The file as a stream of bytes: sealed on the way out, opened on the way in, a chunk at a time.

use super::ArchiveError;
use std::io::{self, Read, Write};
use vault::{
    Password, Zeroizing,
    archive::{ArchiveKey, SALT},
};

const MAGIC: &[u8] = b"keystead backup 1\n";
/// So many bytes make a chunk.
const CHUNK: usize = 1 << 20;
/// What sealing adds: nonce and tag.
const SEALED: usize = CHUNK + 12 + 16;

/// Seals what is written.
pub(super) struct Sealing<W> {
    out: W,
    key: ArchiveKey,
    seq: u64,
    chunk: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealing<W> {
    pub(super) fn new(mut out: W, passphrase: &Password) -> io::Result<Self> {
        let salt = vault::random::bytes::<SALT>();
        out.write_all(MAGIC)?;
        out.write_all(&salt)?;
        let key = ArchiveKey::derive(passphrase, &salt);
        Ok(Self { out, key, seq: 0, chunk: Zeroizing::new(Vec::with_capacity(CHUNK)) })
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.chunk.len() == CHUNK {
                self.seal(false)?;
            }
            let room = (CHUNK - self.chunk.len()).min(bytes.len());
            self.chunk.extend_from_slice(&bytes[..room]);
            bytes = &bytes[room..];
        }
        Ok(())
    }

    /// Seals the last chunk as such; a file without it was cut.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let sealed = self.key.seal(self.seq, last, &self.chunk);
        let length = u32::try_from(sealed.len()).map_err(io::Error::other)?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(&sealed)?;
        self.seq += 1;
        self.chunk.clear();
        Ok(())
    }
}

/// Opens what is read.
pub(super) struct Opening<R> {
    input: R,
    key: ArchiveKey,
    seq: u64,
    chunk: Zeroizing<Vec<u8>>,
    at: usize,
    over: bool,
}

impl<R: Read> Opening<R> {
    pub(super) fn new(mut input: R, passphrase: &Password) -> Result<Self, ArchiveError> {
        let (mut magic, mut salt) = ([0; MAGIC.len()], [0; SALT]);
        let read = input.read_exact(&mut magic).and_then(|()| input.read_exact(&mut salt));
        if read.is_err() || magic != *MAGIC {
            return Err(ArchiveError::Format);
        }
        let key = ArchiveKey::derive(passphrase, &salt);
        Ok(Self { input, key, seq: 0, chunk: Zeroizing::new(Vec::new()), at: 0, over: false })
    }

    /// Fills `out`; what ends before it was cut.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> Result<(), ArchiveError> {
        let mut filled = 0;
        while filled < out.len() {
            if self.at == self.chunk.len() {
                self.next()?;
            }
            let some = (self.chunk.len() - self.at).min(out.len() - filled);
            out[filled..filled + some].copy_from_slice(&self.chunk[self.at..self.at + some]);
            (self.at, filled) = (self.at + some, filled + some);
        }
        Ok(())
    }

    /// Whether everything was read, to the chunk that says it is the last.
    pub(super) fn is_over(&mut self) -> bool {
        let mut more = [0];
        self.over && self.at == self.chunk.len() && matches!(self.input.read(&mut more), Ok(0))
    }

    fn next(&mut self) -> Result<(), ArchiveError> {
        if self.over {
            return Err(ArchiveError::Cut);
        }
        let mut length = [0; 4];
        self.input.read_exact(&mut length).map_err(|_| ArchiveError::Cut)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > SEALED {
            return Err(ArchiveError::CannotOpen);
        }
        let mut sealed = vec![0; length];
        self.input.read_exact(&mut sealed).map_err(|_| ArchiveError::Cut)?;
        // Whether it is the last one is known only by what opens it.
        let opened = self.key.open(self.seq, false, &sealed).or_else(|error| {
            self.over = true;
            self.key.open(self.seq, true, &sealed).map_err(|_| error)
        });
        self.chunk = opened.map_err(|_| ArchiveError::CannotOpen)?;
        (self.seq, self.at) = (self.seq + 1, 0);
        Ok(())
    }
}
