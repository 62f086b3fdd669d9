//! The configuration as the command line gives and shows it.

use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use journal::{Clock, Db, FileStore, Journal, RemovalList};

use super::{Config, Inputs};
use crate::Fault;
use crate::open::projections;

/// Read when it is there and no other file is named.
const USUAL_FILE: &str = "/etc/dotpha/dotpha.toml";

/// Where an instance lies and how it is set up. `dotpha config` lists every setting.
#[derive(Args, Clone, Debug, Default)]
pub struct Place {
    /// Configuration file; `DOTPHA_CONFIG`, or /etc/dotpha/dotpha.toml when it is there.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Folder of the instance: its files, and its SQLite database unless another is named.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// `sqlite:PATH` or `postgres://…`; SQLite in the data folder when left out. A password given here
    /// can be read by everybody on the machine: better `database_password_file`.
    #[arg(long)]
    pub database: Option<String>,
    /// Any setting by its name, e.g. `--set limits.upload_mb=64`; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub set: Vec<(String, String)>,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
        .ok_or_else(|| "write NAME=VALUE".to_owned())
}

/// All faults as one text.
pub(super) fn explained(faults: &[catalogue::Fault]) -> Fault {
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let count = faults.len();
    format!(
        "cấu hình có {count} lỗi / the configuration has {count} faults\n{}",
        told.join("\n")
    )
    .into()
}

impl Place {
    /// What the command line, the environment and the file say.
    fn inputs(&self) -> Result<Inputs, Fault> {
        let named = self
            .config
            .clone()
            .or_else(|| std::env::var_os("DOTPHA_CONFIG").map(PathBuf::from));
        let usual = PathBuf::from(USUAL_FILE);
        let path = named.or_else(|| usual.exists().then_some(usual));
        let file = match path {
            Some(path) => {
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
                Some((path, text))
            }
            None => None,
        };
        let mut options = self.set.clone();
        if let Some(data) = &self.data {
            options.push(("data".into(), data.display().to_string()));
        }
        if let Some(database) = &self.database {
            options.push(("database".into(), database.clone()));
        }
        Ok(Inputs {
            file,
            environment: std::env::vars_os()
                .filter_map(|(name, text)| {
                    Some((name.into_string().ok()?, text.into_string().ok()?))
                })
                .collect(),
            options,
            credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        })
    }

    /// The settings in force. Faults come as one text that explains each, with its place and remedy.
    pub fn config(&self) -> Result<Config, Fault> {
        Config::resolve(&self.inputs()?).map_err(|faults| explained(&faults))
    }

    /// Opens the instance, on a clock of the caller's when one is given.
    pub async fn open(&self, clock: Option<Clock>) -> Result<Journal, Fault> {
        self.config()?.open(clock).await
    }
}

impl Config {
    /// Opens the instance, on a clock of the caller's when one is given.
    pub async fn open(&self, clock: Option<Clock>) -> Result<Journal, Fault> {
        // Others on the machine have no business in a folder that we make; one that is there stays as it is.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o750)
            .create(&self.data)
            .map_err(|error| format!("{}: {error}", self.data.display()))?;
        let db = Db::open(self.database.reveal())
            .await
            .map_err(|error| format!("{}: {error}", self.database))?;
        let files = FileStore::open(&self.files).await?;
        let journal = match clock {
            Some(clock) => Journal::open_with_clock(db, files, projections(), clock).await?,
            None => Journal::open(db, files, projections()).await?,
        };
        Ok(journal.with_removal_list(RemovalList::at(&self.removals)))
    }
}

/// How `dotpha config` shows the settings.
#[derive(Args, Clone, Copy)]
pub struct ShowForm {
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Tell what there is to set: name, variable, default, what for.
    #[arg(long, conflicts_with = "json")]
    explain: bool,
}

/// `dotpha config`: every setting in force and where it came from.
pub fn show(place: &Place, form: ShowForm) -> Result<ExitCode, Fault> {
    if form.explain {
        for key in super::keys::KEYS {
            println!("{}  ({})", key.name, key.variable());
            if key.may_lie_apart() {
                println!("    or {}_file, {}_FILE", key.name, key.variable());
            }
            println!("    {}", key.help);
            if !key.default.is_empty() {
                println!("    default: {}", key.default);
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let config = place.config()?;
    for warning in &config.warnings {
        eprintln!("warning: {warning}");
    }
    if form.json {
        let all: Vec<_> = config
            .shown
            .iter()
            .map(|[name, value, from]| {
                serde_json::json!({ "name": name, "value": value, "from": from })
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(ExitCode::SUCCESS);
    }
    let width = |at: usize| {
        let widths = config.shown.iter().map(|line| line[at].chars().count());
        widths.max().unwrap_or(0)
    };
    let (names, values) = (width(0), width(1).min(48));
    for [name, value, from] in &config.shown {
        println!("{name:<names$}  {value:<values$}  {from}");
    }
    Ok(ExitCode::SUCCESS)
}
