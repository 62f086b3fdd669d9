//! The one binary: `dotpha demo`, `serve`, `read`, `check`, `verify`, `rebuild`, `config`, `doctor`, `load`.

mod backup;
mod commands;
mod config;
mod demo;
mod doctor;
mod embedded;
mod export;
mod load;
mod logs;
mod open;
mod read;
mod removal;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Đột Phá: from resolution to result.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Opens the demo province: makes it on first start, prints its address and sign-ins.
    Demo(demo::DemoOptions),
    /// Serves an instance.
    Serve(open::ServeOptions),
    /// Reads documents (text, DOCX, PDF) and prints what was read.
    Read(read::ReadOptions),
    /// Checks definition files and explains what is wrong with them; without files, the built-in ones.
    Check {
        /// Files or folders of definitions.
        paths: Vec<PathBuf>,
    },
    /// Reads the whole journal and names every entry, batch and file that is not as it was written.
    Verify(verify::VerifyOptions),
    /// Empties every projection and fills it again from the journal.
    Rebuild {
        #[command(flatten)]
        place: config::Place,
    },
    /// Shows every setting in force and where it came from; secrets are not shown.
    Config {
        #[command(flatten)]
        place: config::Place,
        #[command(flatten)]
        form: config::ShowForm,
    },
    /// Looks whether the instance is well: one line a check, with the remedy. Changes nothing. Ends with 0
    /// when all is well, 1 after warnings, 2 after faults.
    Doctor {
        #[command(flatten)]
        place: config::Place,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Backs up an instance, also while it is served, or adds to a backup; --check reads one through.
    Backup(backup::BackupOptions),
    /// Restores a backup into an empty instance on either database.
    Restore(backup::RestoreOptions),
    /// Exports everything as open files: JSON Lines, CSV, the original documents.
    Export(export::ExportOptions),
    /// Imports an export into an empty instance on either database.
    Import(backup::RestoreOptions),
    /// Moves an instance to another database or folder: from SQLite to PostgreSQL and back.
    Move(backup::MoveOptions),
    /// Takes out a document, report or file that should never have come in, with everything that repeats it.
    Remove(removal::Remove),
    /// Erases the name, login and password of an account's holder.
    ErasePerson(removal::ErasePerson),
    /// Opens an account; its password is read from standard input.
    OpenAccount(commands::OpenAccount),
    /// Sends requests at a fixed rate to a running server and prints how long they took.
    Load(load::LoadOptions),
    /// Reads one PDF on standard input and prints its text: the child process of the reader.
    #[command(hide = true)]
    IntakePdf,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let outcome = match command {
        // Before any runtime: this process runs under a limit of address space, in which the threads of
        // a runtime might find no room.
        Command::IntakePdf => read::intake_pdf(),
        command => tokio::runtime::Runtime::new()
            .map_err(Fault::from)
            .and_then(|runtime| runtime.block_on(run(command))),
    };
    outcome.unwrap_or_else(|fault| {
        eprintln!("dotpha: {fault}");
        ExitCode::FAILURE
    })
}

async fn run(command: Command) -> Result<ExitCode, Fault> {
    if !matches!(command, Command::Serve(_)) {
        logs::begin(&logs::of_the_environment(), false);
    }
    match command {
        Command::Demo(options) => demo::run(options).await,
        Command::Serve(options) => {
            let config = options.place().config()?;
            logs::begin(
                config.log.level.as_deref().unwrap_or("info"),
                config.log.json,
            );
            open::serve(&config).await
        }
        Command::Read(options) => read::run(&options),
        Command::Check { paths } => commands::check(&paths),
        Command::Verify(options) => verify::run(&options).await,
        Command::Rebuild { place } => commands::rebuild(&place).await,
        Command::Config { place, form } => config::show(&place, form),
        Command::Doctor { place, json } => doctor::run(&place, json).await,
        Command::Backup(options) => backup::backup(options).await,
        Command::Restore(options) => backup::restore_backup(options).await,
        Command::Export(options) => export::export(options).await,
        Command::Import(options) => backup::import(options).await,
        Command::Move(options) => backup::move_instance(options).await,
        Command::Remove(options) => removal::remove(options).await,
        Command::ErasePerson(options) => removal::erase_person(options).await,
        Command::OpenAccount(options) => commands::open_account(options).await,
        Command::Load(options) => load::run_and_print(options).await,
        Command::IntakePdf => read::intake_pdf(),
    }
}

/// Why a command ended early, as one line for whoever typed it.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;
