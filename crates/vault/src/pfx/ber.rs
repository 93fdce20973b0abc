//! BER to DER. macOS and NSS write key files with indefinite lengths and strings in pieces; the parsers behind
//! read DER only.

use zeroize::Zeroizing;

const CONSTRUCTED: u8 = 0x20;
const OCTET_STRING: u8 = 0x04;
/// Real files nest some ten levels deep.
const MAX_DEPTH: u8 = 32;

/// The one value in `input` in DER: definite, shortest lengths and octet strings in one piece. `None` when it is
/// no BER, is cut, nests deeper than 32 levels or is followed by anything.
pub(super) fn to_der(input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(Vec::with_capacity(input.len() + 16));
    let rest = value(input, MAX_DEPTH, &mut out)?;
    rest.is_empty().then_some(out)
}

/// The header of a value: its identifier octet and its length, `None` for the indefinite form.
fn header(input: &[u8]) -> Option<(u8, Option<usize>, &[u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    // Tag numbers above 30 take more octets; PKCS#12 has none.
    if tag & 0x1f == 0x1f {
        return None;
    }
    match first {
        0x80 => (tag & CONSTRUCTED != 0).then_some((tag, None, rest)),
        0..0x80 => Some((tag, Some(first.into()), rest)),
        _ => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = length.iter().try_fold(0usize, |sum, &octet| {
                (sum <= usize::MAX >> 8).then_some(sum << 8 | usize::from(octet))
            })?;
            Some((tag, Some(length), rest))
        }
    }
}

/// Writes the first value of `input` to `out` and returns what follows it.
fn value<'a>(input: &'a [u8], depth: u8, out: &mut Zeroizing<Vec<u8>>) -> Option<&'a [u8]> {
    let (tag, length, body) = header(input)?;
    let (content, rest) = match length {
        Some(length) => body.split_at_checked(length)?,
        None => (body, &[][..]),
    };
    if tag & CONSTRUCTED == 0 {
        write(tag, content, out);
        return Some(rest);
    }
    let mut parts = Zeroizing::new(Vec::with_capacity(content.len()));
    let pieces = tag == OCTET_STRING | CONSTRUCTED;
    let after = children(content, length.is_none(), pieces, depth.checked_sub(1)?, &mut parts)?;
    write(if pieces { OCTET_STRING } else { tag }, &parts, out);
    Some(if length.is_none() { after } else { rest })
}

/// Writes the values in `input` up to its end, or up to the end mark of an indefinite length; of the pieces of a
/// string only what is in them.
fn children<'a>(
    mut input: &'a [u8],
    indefinite: bool,
    pieces: bool,
    depth: u8,
    out: &mut Zeroizing<Vec<u8>>,
) -> Option<&'a [u8]> {
    loop {
        match input {
            [0, 0, rest @ ..] if indefinite => return Some(rest),
            [] => return (!indefinite).then_some(input),
            _ if pieces => input = piece(input, depth, out)?,
            _ => input = value(input, depth, out)?,
        }
    }
}

/// Appends the content of one piece of an octet string.
fn piece<'a>(input: &'a [u8], depth: u8, out: &mut Zeroizing<Vec<u8>>) -> Option<&'a [u8]> {
    let mut string = Zeroizing::new(Vec::new());
    let rest = value(input, depth, &mut string)?;
    let (tag, _, content) = header(&string)?;
    if tag != OCTET_STRING {
        return None;
    }
    out.extend_from_slice(content);
    Some(rest)
}

fn write(tag: u8, content: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    super::encode::write_length(content.len(), out);
    out.extend_from_slice(content);
}

/// The content of an implicitly tagged octet string: its own octets, or the pieces of the constructed form, which
/// only the reader of the type can tell from an explicit tag.
pub(super) fn implicit_octets(constructed: bool, content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(Vec::with_capacity(content.len()));
    if constructed {
        children(content, false, true, MAX_DEPTH, &mut out)?;
    } else {
        out.extend_from_slice(content);
    }
    Some(out)
}
