//! Storage that fails under the embedded database: fsync that answers EIO, a disk that is full, a log that was torn. What
//! was answered is there afterwards, what is told is clear, and the portal comes back by itself when the fault is gone.

mod fault;
mod portal;
mod visitor;

use fault::Fault;
use portal::Portal;
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::Command,
};
use test_support::ports::free_address;

const LEDGER: [(&str, &str); 3] = [("name", "Ledger"), ("type", "sandbox"), ("region", "europe")];

#[tokio::test(flavor = "multi_thread")]
async fn an_fsync_that_fails_is_never_taken_for_done() {
    for nth in [1, 2, 3, 5, 8] {
        let fault = format!("EIO at fsync {nth} of each thread");
        let mut portal = Portal::new().await;
        let inject = format!("inject=fsync,fdatasync:error=EIO:when={nth}");
        let strace =
            ["strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", &inject];
        portal.start(&strace).await;
        let mut refused = 0;
        for n in 0..60 {
            refused += usize::from(portal.write(&format!("row-{n}"), 100).await.is_err());
        }
        println!("{fault}: {} rows answered, {refused} refused", portal.answered.len());
        assert!(portal.answered.len() >= 30, "{fault}: it comes back by itself");
        portal.judge(&fault).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fsync_fails_until_the_disk_is_mended() {
    let mut portal = Portal::new().await;
    portal.start(&[]).await;
    let visitor = portal.visitor().await;
    portal.write("before", 100).await.unwrap();
    let id = portal.process.as_ref().unwrap().id().unwrap();
    let fault = Fault::every_fsync(id).await;
    for n in 0..40 {
        // Nothing reaches the disk: whatever were acknowledged now would be so falsely.
        assert!(portal.write(&format!("row-{n}"), 100).await.is_err(), "row {n} is acknowledged");
    }
    assert!(!visitor.post("/environments/new", &LEDGER).await, "a form is taken");
    let shown = visitor.get("/environments").await;
    fault.mend();
    println!("EIO at every fsync: 40 rows and a form refused, pages shown: {shown}");
    portal.comes_back(100).await;
    assert!(visitor.post("/environments/new", &LEDGER).await && visitor.get("/environments").await);
    assert_eq!(portal.process.as_ref().unwrap().id(), Some(id), "the process of before");
    portal.judge("EIO until the disk was mended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_passes() {
    let mut portal = Portal::new().await;
    let disk = portal.folder.join("disk");
    fs::create_dir(&disk).unwrap();
    // A file system of 24 MiB that only this process sees; it goes with it.
    let script = format!(
        "mount -t tmpfs -o size=24m tmpfs {disk} && cp -a {folder}/root.key {disk}/ && \
         for end in '' -wal -shm; do [ ! -e {file}$end ] || cp {file}$end {disk}/keystead.db$end; done && exec \"$@\"",
        disk = disk.display(),
        folder = portal.folder.display(),
        file = portal.db.files().unwrap()[0].display(),
    );
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut unshare = vec!["unshare", "--mount"];
    if !root {
        unshare.push("--map-root-user");
    }
    unshare.extend(["sh", "-c", &script, "sh"]);
    let url = format!("sqlite://{}?mode=rwc", disk.join("keystead.db").display());
    let (listen, ops) = (free_address().unwrap(), free_address().unwrap());
    portal.start_at(&unshare, listen, ops, &disk, &url).await;
    // The program's own view of the disk.
    let id = portal.process.as_ref().unwrap().id().unwrap();
    let inside = PathBuf::from(format!("/proc/{id}/root{}", disk.display()));
    portal.write("before", 1_000).await.unwrap();
    let visitor = portal.visitor().await;
    let filler = inside.join("filler");
    fill(&filler);
    let mut refused = 0;
    for n in 0..40 {
        refused += usize::from(portal.write(&format!("row-{n}"), 40_000).await.is_err());
    }
    let (form, large) = (format!("/tables/{}/rows/new", portal.table), "x".repeat(40_000));
    let mut forms = 0;
    for _ in 0..40 {
        forms += usize::from(!visitor.post(&form, &[("c0", &large)]).await);
    }
    let shown = visitor.get("/environments").await;
    println!(
        "full: {} rows answered, {refused} refused, {forms} forms refused, pages shown: {shown}",
        portal.answered.len()
    );
    assert!(refused > 0 && forms > 0, "the disk is full");
    fs::remove_file(&filler).unwrap();
    portal.comes_back(40_000).await;
    assert!(visitor.post(&form, &[("c0", "later")]).await && visitor.get("/environments").await);
    // What lies on the small disk goes with it: its copy is judged.
    for end in ["", "-wal"] {
        let to = format!("{}{end}", portal.db.files().unwrap()[0].display());
        let _ = fs::remove_file(&to);
        if let Ok(bytes) = fs::read(inside.join(format!("keystead.db{end}"))) {
            fs::write(to, bytes).unwrap();
        }
    }
    portal.judge("a full disk").await;
}

/// Takes what room there is.
fn fill(filler: &Path) {
    let file = OpenOptions::new().create(true).write(true).truncate(true).open(filler).unwrap();
    for size in [1 << 20, 1 << 14, 1 << 12] {
        let block = vec![1_u8; size];
        while file.write_all_at(&block, file.metadata().unwrap().len()).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_log_opens_to_what_was_whole() {
    for cut in [1, 24, 4_096, 5_000] {
        let fault = format!("the log lost its last {cut} bytes");
        let mut portal = Portal::new().await;
        portal.start(&[]).await;
        for n in 0..20 {
            portal.write(&format!("row-{n}"), 2_000).await.unwrap();
        }
        portal.kill();
        let wal = portal.db.files().unwrap()[1].clone();
        let length = fs::metadata(&wal).unwrap().len();
        assert!(length > cut, "{length} bytes of log");
        OpenOptions::new().write(true).open(&wal).unwrap().set_len(length - cut).unwrap();
        portal.start(&[]).await;
        let rows = portal.rows().await;
        let lost: Vec<&String> = portal.answered.difference(&rows).collect();
        // A disk that loses what it has confirmed loses the end, never a row before it.
        let first_lost = (0..20).find(|n| !rows.contains(&format!("row-{n}"))).unwrap_or(20);
        assert_eq!(rows.len(), first_lost, "{fault}: {lost:?}");
        assert!(first_lost >= 17, "{fault}: {lost:?}");
        println!("{fault}: {first_lost} of 20 rows");
        portal.write("later", 100).await.unwrap();
        portal.sound(&fault).await;
    }
}
