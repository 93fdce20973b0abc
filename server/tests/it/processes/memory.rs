//! The memory of a running process, as a core dump of it would have it: every page that it may write to.

use super::secrets::Secrets;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    os::unix::fs::FileExt,
    process::Command,
};

/// So much is read at once.
const PIECE: usize = 4 << 20;
/// The longest secret that could lie across two pieces.
const OVERLAP: usize = 4 << 10;

/// The names of the secrets that are in the memory of process `id`, and how many bytes were searched.
pub(super) fn search(id: u32, secrets: &Secrets) -> (BTreeSet<String>, usize) {
    signal(id, "STOP");
    let outcome = search_stopped(id, secrets);
    signal(id, "CONT");
    outcome
}

fn search_stopped(id: u32, secrets: &Secrets) -> (BTreeSet<String>, usize) {
    let memory = File::open(format!("/proc/{id}/mem")).unwrap();
    let maps = fs::read_to_string(format!("/proc/{id}/maps")).unwrap();
    let finders = secrets.finders();
    let (mut found, mut searched) = (BTreeSet::new(), 0);
    for (start, end) in maps.lines().filter_map(writable) {
        let mut at = start;
        while at < end {
            let mut piece = vec![0; PIECE.min(usize::try_from(end - at).unwrap())];
            // What the kernel keeps to itself is in no core dump either.
            let Ok(read) = memory.read_at(&mut piece, at) else { break };
            let here = finders.iter().filter(|(_, finder)| finder.find(&piece[..read]).is_some());
            found.extend(here.map(|(name, _)| (*name).to_owned()));
            searched += read;
            if read < piece.len() || at + read as u64 >= end {
                break;
            }
            at += (read - OVERLAP) as u64;
        }
    }
    (found, searched)
}

/// The bounds of a mapping that the process may write to; others hold what is in files anyway.
fn writable(line: &str) -> Option<(u64, u64)> {
    let (bounds, rest) = line.split_once(' ')?;
    let (start, end) = bounds.split_once('-')?;
    let address = |text| u64::from_str_radix(text, 16).ok();
    rest.starts_with("rw").then_some((address(start)?, address(end)?))
}

fn signal(id: u32, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), id.to_string()]).status().unwrap();
    assert!(sent.success());
}
