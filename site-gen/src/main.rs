//! `site-gen`: arguments → library → problems printed → exit code.

mod command;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use site_gen::Problem;

use command::{Arguments, say};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(asked)
            if matches!(
                asked.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            asked.exit()
        }
        Err(error) => {
            eprintln!("{}", site_gen::usage_said(&error, "site-gen"));
            return ExitCode::from(2);
        }
    };
    match arguments.run() {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(problems) => {
            print(&problems);
            ExitCode::FAILURE
        }
    }
}

/// Every problem with its place, a path from here where it is under this folder.
fn print(problems: &[Problem]) {
    let in_colours = std::io::stderr().is_terminal();
    for problem in problems {
        let shown = if in_colours {
            problem.in_colours()
        } else {
            problem.to_string()
        };
        eprintln!("{shown}\n");
    }
    let count = problems.len() as u64;
    eprintln!("{}", command::words().count("command.failed", count));
}

/// A problem of the command line's own.
fn problem(path: &Path, key: &str, args: &[(&str, String)]) -> Vec<Problem> {
    vec![Problem::of(path, say(key, args))]
}
