//! The program `keystead`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::commands::main()
}
