//! The benchmark's program, only for Linux: it uses epoll and `/proc`. Elsewhere it is a compile
//! error.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    drumbeat_bench::command::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "error: the benchmark runs on Linux alone");
    ExitCode::from(2)
}
