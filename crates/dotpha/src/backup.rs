//! `dotpha backup`, `restore`, `import` and `move`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clap::Args;
use jiff::Timestamp;
use journal::backup::{
    BackUp, Checked, Outside, Progress, Restored, Restoring, Stage, Tell, back_up, check,
    private_folder, restore,
};
use journal::{Db, FileStore, Head, Journal, RemovalList};

use crate::Fault;
use crate::config::{Config, Place};
use crate::open::projections;

/// Tables outside the journal that survive in a backup. What is not among them: sessions (whoever was
/// signed in signs in again) and which version the projections have (they are filled anew).
pub const OUTSIDE: &[Outside] = &[
    Outside::VAULT,
    Outside::JOBS,
    Outside::OUTBOX,
    Outside::DAILY_HEADS,
    access::CREDENTIALS,
];

/// Where a backup goes.
#[derive(Args)]
pub struct BackupOptions {
    #[command(flatten)]
    place: Place,
    /// Folder of the backup, which is added to; the setting `backup` when left out.
    #[arg(long)]
    to: Option<PathBuf>,
    /// Read this backup through and name everything that is not as it was written; nothing is backed up.
    #[arg(long, value_name = "FOLDER", conflicts_with = "to")]
    check: Option<PathBuf>,
    /// With --check: a head kept outside (NUMBER:HASH) that the backup must contain.
    #[arg(long, requires = "check")]
    head: Vec<Head>,
}

/// What is restored.
#[derive(Args)]
pub struct RestoreOptions {
    #[command(flatten)]
    place: Place,
    /// Folder of the backup.
    #[arg(long)]
    from: PathBuf,
    /// A head kept outside (NUMBER:HASH): the backup must contain it. May be given several times.
    #[arg(long)]
    head: Vec<Head>,
}

/// From where to where an instance moves.
#[derive(Args)]
pub struct MoveOptions {
    #[command(flatten)]
    place: Place,
    /// Database it moves to: `postgres://…` or `sqlite:PATH`; SQLite in the folder of --to-data when left
    /// out.
    #[arg(long, required_unless_present = "to_data")]
    to: Option<String>,
    /// Folder it moves to; the files stay where they are when left out.
    #[arg(long)]
    to_data: Option<PathBuf>,
}

/// `dotpha backup`
pub async fn backup(options: BackupOptions) -> Result<ExitCode, Fault> {
    let progress = Shown::default();
    if let Some(folder) = &options.check {
        let checked = check(folder, &projections(), &options.head, &|p| progress.tell(p))?;
        println!("{}", told(&checked));
        return Ok(ExitCode::SUCCESS);
    }
    let config = options.place.config()?;
    let folder = options.to.or_else(|| config.backup.clone());
    let folder = folder.ok_or("where to? Name the folder with --to, or in the setting `backup`")?;
    let journal = config.open(None).await?;
    let how = BackUp {
        plain: false,
        outside: OUTSIDE,
        tell: &|p| progress.tell(p),
    };
    let (done, snapshot) = back_up(&journal, &folder, how).await?;
    drop(snapshot);
    println!(
        "{} entries, {} files, {} batches added; {}: up to {}",
        done.entries,
        done.files,
        done.batches,
        folder.display(),
        done.manifest.head()?
    );
    if done.rewritten > 0 {
        println!(
            "{} segments written again without what was removed from the record",
            done.rewritten
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// `dotpha restore`
pub async fn restore_backup(options: RestoreOptions) -> Result<ExitCode, Fault> {
    let config = options.place.config()?;
    let (checked, head) = fill(&options.from, &config, &options.head).await?;
    println!("{}", told(&checked));
    println!("restored into {}: head {head}", config.database);
    Ok(ExitCode::SUCCESS)
}

/// `dotpha import`: an export holds a backup, in plain text, below `journal`.
pub async fn import(mut options: RestoreOptions) -> Result<ExitCode, Fault> {
    let below = options.from.join(crate::export::JOURNAL);
    if below.is_dir() {
        options.from = below;
    }
    restore_backup(options).await
}

/// `dotpha move`
pub async fn move_instance(options: MoveOptions) -> Result<ExitCode, Fault> {
    let source = options.place.config()?;
    let target = target_of(&source, &options)?;
    if target.database.reveal() == source.database.reveal() {
        return Err(format!("{}: this is where it lies already", source.database).into());
    }
    let journal = source.open(None).await?;
    private_folder(&target.data)?;
    let between = Between(
        target
            .data
            .join(format!(".moving-{}", uuid::Uuid::now_v7())),
    );
    let progress = Shown::default();
    let how = BackUp {
        plain: false,
        outside: OUTSIDE,
        tell: &|p| progress.tell(p),
    };
    let (_, snapshot) = back_up(&journal, &between.0, how).await?;
    drop(snapshot);
    let (checked, head) = fill(&between.0, &target, &[]).await?;
    println!("{}", told(&checked));
    println!("moved to {}: head {head}", target.database);
    let now = journal.head().await?;
    journal.db().close().await;
    if now != head {
        return Err(format!(
            "{} was written to meanwhile and is at {now}: what came after {head} is not in {}. \
             Stop whatever serves it, empty {} and move again",
            source.database, target.database, target.database
        )
        .into());
    }
    println!(
        "{} is unchanged; do not serve both: what is written to one is not in the other",
        source.database
    );
    Ok(ExitCode::SUCCESS)
}

/// The same settings with another database, and another folder when one is named.
fn target_of(source: &Config, options: &MoveOptions) -> Result<Config, Fault> {
    let data = options.to_data.as_ref().unwrap_or(&source.data);
    let mut set = vec![("data".to_owned(), data.display().to_string())];
    if options.to_data.is_none() {
        set.push(("files".to_owned(), source.files.display().to_string()));
    }
    if let Some(database) = &options.to {
        set.push(("database".to_owned(), database.clone()));
    }
    Config::of_options(set)
}

/// A folder that goes when this is dropped.
struct Between(PathBuf);

impl Drop for Between {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            eprintln!(
                "dotpha: {}: {error}. It holds a copy of everything: delete it",
                self.0.display()
            );
        }
    }
}

/// Restores a backup into an empty instance and gives it free.
async fn fill(from: &Path, config: &Config, heads: &[Head]) -> Result<(Checked, Head), Fault> {
    let progress = Shown::default();
    let restored = load(from, config, heads, &|p| progress.tell(p)).await?;
    let checked = restored.checked.clone();
    // What was removed since the backup was made goes again before anybody opens the instance.
    let list = RemovalList::at(&config.removals);
    let journal = restored.journal().clone().with_removal_list(list);
    crate::removal::finish(&journal).await?;
    let journal = restored.finish().await?;
    let head = journal.head().await?;
    journal.db().close().await;
    Ok((checked, head))
}

async fn load(
    from: &Path,
    config: &Config,
    heads: &[Head],
    tell: Tell<'_>,
) -> Result<Restored, Fault> {
    private_folder(&config.data)?;
    let db = Db::open(config.database.reveal())
        .await
        .map_err(|error| format!("{}: {error}", config.database))?;
    let into = Restoring {
        db,
        files: FileStore::open(&config.files).await?,
        projections: projections(),
        clock: Arc::new(Timestamp::now),
        outside: OUTSIDE,
        heads,
        tell,
    };
    Ok(restore(from, into).await?)
}

fn told(checked: &Checked) -> String {
    format!(
        "{} entries, {} facts, {} files, {} batches, taken at {}, up to {}:{}",
        checked.manifest.seq,
        checked.facts,
        checked.files,
        checked.batches,
        checked.manifest.taken_at,
        checked.manifest.seq,
        checked.manifest.hash
    )
}

/// Progress on standard error: a line when something else begins, and every few seconds.
#[derive(Default)]
pub struct Shown(Mutex<Option<(Stage, Instant)>>);

impl Shown {
    /// Takes note of how far it has come.
    pub fn tell(&self, progress: Progress) {
        const EVERY: Duration = Duration::from_secs(2);
        // A poisoned lock would mean that printing panicked: then there is nobody left to show it to.
        let Ok(mut last) = self.0.lock() else { return };
        let due = last.is_none_or(|(stage, at)| stage != progress.stage || at.elapsed() > EVERY);
        if due {
            *last = Some((progress.stage, Instant::now()));
            let what = match progress.stage {
                Stage::BackingUp => "backing up entries",
                Stage::Checking => "checking entries",
                Stage::CopyingFiles => "copying files",
                Stage::Loading => "loading entries",
                Stage::Rebuilding => "filling the tables from entries",
                Stage::Verifying => "verifying entries",
            };
            eprintln!("{what}: {} of {}", progress.done, progress.total);
        }
    }
}

/// Backs up in plain text, for an export; answers with the snapshot the end was read in.
pub async fn back_up_plainly(
    journal: &Journal,
    folder: &Path,
) -> Result<(journal::backup::BackedUp, journal::Tx), Fault> {
    let progress = Shown::default();
    let how = BackUp {
        plain: true,
        outside: OUTSIDE,
        tell: &|p| progress.tell(p),
    };
    Ok(back_up(journal, folder, how).await?)
}
