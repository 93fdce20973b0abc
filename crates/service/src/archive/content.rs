//! What the stream says: a header, tables with their rows, how many there were.

use super::{
    ArchiveError, Counts, Header,
    chunks::{Opening, Sealing},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};
use store::archive::Field;

/// Longer texts than any that the portal writes are none of its.
const LONGEST: usize = 64 << 20;

/// A table and its columns, in the order of its rows' fields.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct TableHead {
    pub name: String,
    pub columns: Vec<String>,
}

/// The next thing in the stream.
pub(super) enum Item {
    Table(TableHead),
    Row(Vec<Field>),
    End(Counts),
}

pub(super) fn put_header<W: Write>(out: &mut Sealing<W>, header: &Header) -> io::Result<()> {
    put_json(out, b'H', header)
}

pub(super) fn put_table<W: Write>(out: &mut Sealing<W>, head: &TableHead) -> io::Result<()> {
    put_json(out, b'T', head)
}

pub(super) fn put_end<W: Write>(out: &mut Sealing<W>, counts: &Counts) -> io::Result<()> {
    put_json(out, b'E', counts)
}

fn put_json<W: Write>(out: &mut Sealing<W>, kind: u8, value: &impl Serialize) -> io::Result<()> {
    out.push(&[kind])?;
    put_bytes(out, &serde_json::to_vec(value)?)
}

fn put_bytes<W: Write>(out: &mut Sealing<W>, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.push(&length.to_be_bytes())?;
    out.push(bytes)
}

pub(super) fn put_row<W: Write>(out: &mut Sealing<W>, row: &[Field]) -> io::Result<()> {
    out.push(b"R")?;
    for field in row {
        match field {
            Field::Null => out.push(b"0")?,
            Field::Integer(n) => {
                out.push(b"i")?;
                out.push(&n.to_be_bytes())?;
            }
            Field::Boolean(yes) => out.push(if *yes { b"y" } else { b"n" })?,
            Field::Text(text) => {
                out.push(b"t")?;
                put_bytes(out, text.as_bytes())?;
            }
            Field::Bytes(bytes) => {
                out.push(b"b")?;
                put_bytes(out, bytes)?;
            }
        }
    }
    Ok(())
}

pub(super) fn header<R: Read>(input: &mut Opening<R>) -> Result<Header, ArchiveError> {
    match byte(input)? {
        b'H' => json(input),
        _ => Err(ArchiveError::Format),
    }
}

/// The next item; `width` is how many columns the table of the last head has.
pub(super) fn next<R: Read>(input: &mut Opening<R>, width: usize) -> Result<Item, ArchiveError> {
    Ok(match byte(input)? {
        b'T' => Item::Table(json(input)?),
        b'R' => Item::Row((0..width).map(|_| field(input)).collect::<Result<_, _>>()?),
        b'E' => Item::End(json(input)?),
        _ => return Err(ArchiveError::Format),
    })
}

fn byte<R: Read>(input: &mut Opening<R>) -> Result<u8, ArchiveError> {
    let mut byte = [0];
    input.fill(&mut byte)?;
    Ok(byte[0])
}

fn bytes<R: Read>(input: &mut Opening<R>) -> Result<Vec<u8>, ArchiveError> {
    let mut length = [0; 4];
    input.fill(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > LONGEST {
        return Err(ArchiveError::Format);
    }
    let mut bytes = vec![0; length];
    input.fill(&mut bytes)?;
    Ok(bytes)
}

fn json<T: DeserializeOwned, R: Read>(input: &mut Opening<R>) -> Result<T, ArchiveError> {
    serde_json::from_slice(&bytes(input)?).map_err(|_| ArchiveError::Format)
}

fn field<R: Read>(input: &mut Opening<R>) -> Result<Field, ArchiveError> {
    Ok(match byte(input)? {
        b'0' => Field::Null,
        b'i' => {
            let mut number = [0; 8];
            input.fill(&mut number)?;
            Field::Integer(i64::from_be_bytes(number))
        }
        b'y' => Field::Boolean(true),
        b'n' => Field::Boolean(false),
        b't' => Field::Text(String::from_utf8(bytes(input)?).map_err(|_| ArchiveError::Format)?),
        b'b' => Field::Bytes(bytes(input)?),
        _ => return Err(ArchiveError::Format),
    })
}
