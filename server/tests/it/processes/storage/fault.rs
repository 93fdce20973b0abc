//! A disk that fails under a program that runs already, until it is mended.

use crate::processes::program::LIMIT;
use std::{
    fs,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::time::Instant;

/// Between two looks at what is traced.
const PAUSE: Duration = Duration::from_millis(20);

/// While it lives, system calls of the program fail.
pub(super) struct Fault(Child);

impl Fault {
    /// Every fsync of process `id` answers EIO from now on.
    pub(super) async fn every_fsync(id: u32) -> Self {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qqq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]);
        strace.args(["-e", "inject=fsync,fdatasync:error=EIO", "-p", &id.to_string()]);
        let mut tracer = strace.stdin(Stdio::null()).spawn().unwrap();
        let ends = Instant::now() + LIMIT;
        while !traced(id, tracer.id()) {
            assert!(tracer.try_wait().unwrap().is_none(), "strace has ended");
            assert!(Instant::now() < ends, "strace does not attach");
            tokio::time::sleep(PAUSE).await;
        }
        Self(tracer)
    }

    /// The tracer goes; the program stays.
    pub(super) fn mend(mut self) {
        let sent = Command::new("kill").args(["-s", "INT", &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.0.wait().unwrap();
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        // After a failed test; once it was mended it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether every thread of the process is.
fn traced(id: u32, tracer: u32) -> bool {
    let mut threads = fs::read_dir(format!("/proc/{id}/task")).unwrap().flatten();
    let line = format!("TracerPid:\t{tracer}\n");
    threads
        .all(|thread| fs::read_to_string(thread.path().join("status")).is_ok_and(|text| text.contains(&line)))
}
