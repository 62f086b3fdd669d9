//! `dotpha verify`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use journal::Head;

use crate::Fault;
use crate::config::Place;

/// What is verified, and against what.
#[derive(Args)]
pub struct VerifyOptions {
    #[command(flatten)]
    place: Place,
    /// A head kept outside (NUMBER:HASH): the journal must contain it. May be given several times.
    #[arg(long)]
    head: Vec<Head>,
    /// A file of heads kept outside, one `[YYYY-MM-DD] NUMBER:HASH` a line. May be given several times.
    #[arg(long, value_name = "FILE")]
    heads: Vec<PathBuf>,
}

impl VerifyOptions {
    fn outside(&self) -> Result<Vec<Head>, Fault> {
        let mut outside = self.head.clone();
        for path in &self.heads {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let heads =
                Head::read_list(&text).map_err(|error| format!("{}, {error}", path.display()))?;
            outside.extend(heads);
        }
        Ok(outside)
    }
}

/// Reads the whole journal, its batches and files, and prints each fault with what to do about it.
pub async fn run(options: &VerifyOptions) -> Result<ExitCode, Fault> {
    let outside = options.outside()?;
    let journal = options.place.open(None).await?;
    let found = journal.verify(&outside).await?;
    for fault in &found.faults {
        eprintln!("{fault}\n    {}", fault.remedy());
    }
    println!(
        "{} entries, {} facts, head {}, {} heads from outside, {} faults",
        found.entries,
        found.facts,
        found.head,
        outside.len(),
        found.faults.len()
    );
    if outside.is_empty() {
        println!(
            "Without a head kept outside (--head, --heads) a tail cut with care or a chain written anew \
             as a whole is not seen."
        );
    }
    Ok(if found.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
