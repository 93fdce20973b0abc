//! The program `keystead`.

use std::process::ExitCode;

/// Overwrites what is freed: rows and uploaded files are gone from memory when nobody uses them any more.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<mimalloc::MiMalloc> =
    zeroizing_alloc::ZeroAlloc(mimalloc::MiMalloc);

fn main() -> ExitCode {
    server::commands::main()
}
