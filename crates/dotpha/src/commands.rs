//! The short commands of whoever runs the server.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use access::{Accounts, OrgId, Role, Scope};
use clap::Args;

use crate::config::Place;
use crate::{Fault, embedded};

/// `dotpha check`
pub fn check(paths: &[PathBuf]) -> Result<ExitCode, Fault> {
    let files: Vec<(String, String)> = if paths.is_empty() {
        embedded::definition_files().collect()
    } else {
        let mut files = Vec::new();
        for path in paths {
            collect(path, &mut files)?;
        }
        files
    };
    let mut definitions = Vec::new();
    let mut faults = Vec::new();
    for (path, text) in &files {
        match catalogue::parse(path, text) {
            Ok(definition) => definitions.push(definition),
            Err(found) => faults.extend(found),
        }
    }
    faults.extend(catalogue::check(&definitions));
    for fault in &faults {
        eprintln!("{fault}");
    }
    println!("{} files, {} faults", files.len(), faults.len());
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn collect(path: &Path, files: &mut Vec<(String, String)>) -> Result<(), Fault> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|ending| ending == "toml") {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        files.push((path.display().to_string(), text));
    }
    Ok(())
}

/// `dotpha rebuild`
pub async fn rebuild(place: &Place) -> Result<ExitCode, Fault> {
    let journal = place.open(None).await?;
    journal.rebuild().await?;
    println!("rebuilt up to entry {}", journal.head().await?.seq);
    Ok(ExitCode::SUCCESS)
}

/// Who gets an account.
#[derive(Args)]
pub struct OpenAccount {
    #[command(flatten)]
    pub place: Place,
    /// Name to sign in with.
    #[arg(long)]
    login: String,
    /// Name on screen.
    #[arg(long)]
    name: String,
    /// Role, e.g. `operator`, `programme_officer`.
    #[arg(long)]
    role: Role,
    /// Identity of the organisation, e.g. `so-khcn`.
    #[arg(long)]
    organisation: Option<String>,
}

/// `dotpha open-account`: how the first operator comes in.
pub async fn open_account(options: OpenAccount) -> Result<ExitCode, Fault> {
    let journal = options.place.open(None).await?;
    crate::open::activate_embedded(&journal).await?;
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let accounts = Accounts::new(&journal).await?;
    let account = access::NewAccount {
        login: options.login,
        name: options.name,
        role: options.role,
        organisation: options.organisation.map(OrgId),
        password: password.trim_end_matches(['\r', '\n']).to_owned(),
        key: None,
    };
    accounts.open(&Scope::system(), &account).await?;
    println!("opened");
    Ok(ExitCode::SUCCESS)
}
