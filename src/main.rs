//! The command line; every arm hands over at once.

fn main() -> std::process::ExitCode {
    testamur::cli::run()
}
