//! Taking out by hand: `dotpha remove`, `dotpha erase-person`.

use std::process::ExitCode;

use ::removal::{Order, Plan, Thing, What};
use access::{Accounts, AsKnown, Page, Scope};
use clap::Args;
use journal::{ActorId, Grounds, Journal};

use crate::Fault;
use crate::config::Place;

/// Why something is taken out.
#[derive(Args)]
struct Why {
    /// Why; it stays in the journal for ever and must not repeat what goes.
    #[arg(long, default_value = "")]
    reason: String,
    /// The decision, request or law it rests on.
    #[arg(long, default_value = "")]
    authority: String,
}

impl Why {
    fn grounds(&self) -> Grounds {
        Grounds {
            reason: self.reason.clone(),
            authority: self.authority.clone(),
        }
    }
}

/// What is to be taken out.
#[derive(Args)]
pub struct Remove {
    #[command(flatten)]
    place: Place,
    /// `document/ID`, `report/ID` or `file/SHA-256`, as in the addresses of the pages.
    what: What,
    #[command(flatten)]
    why: Why,
    /// Also programmes, targets, tasks, copies and reports that rest on the document.
    #[arg(long)]
    with_others: bool,
    /// The code that this command prints beside the list of everything that goes. Without it, nothing goes.
    #[arg(long)]
    confirm: Option<String>,
}

/// `dotpha remove`: without `--confirm` it only shows what would go.
pub async fn remove(options: Remove) -> Result<ExitCode, Fault> {
    let journal = options.place.open(None).await?;
    let scope = Scope::system();
    let Some(code) = options.confirm else {
        let plan = ::removal::plan(&journal, &scope, &options.what).await?;
        show(&plan);
        return Ok(ExitCode::FAILURE);
    };
    let order = Order {
        grounds: options.why.grounds(),
        code,
        with_others: options.with_others,
        key: None,
    };
    let seq = ::removal::remove(&journal, &scope, &options.what, &order).await?;
    println!("removed, entry {seq}; the list is {}", list(&journal));
    println!("Older backups still hold it: destroy them, or keep them as the rules demand.");
    Ok(ExitCode::SUCCESS)
}

fn show(plan: &Plan) {
    let groups = [
        ("documents", &plan.documents),
        ("programmes", &plan.programmes),
        ("targets", &plan.targets),
        ("parts", &plan.parts),
        ("tasks, with results and evidence", &plan.tasks),
        ("reports", &plan.reports),
        ("stay without the words concerned", &plan.reduced),
    ];
    println!("would be removed for good:");
    for (label, things) in groups {
        if !things.is_empty() {
            println!("{label} ({}):", things.len());
        }
        for Thing { stream, title } in things {
            println!("  {stream}  {title}");
        }
    }
    println!("files: {}", plan.files.len());
    let others = if plan.takes_others() {
        " --with-others"
    } else {
        ""
    };
    println!(
        "This cannot be undone. To go on: --reason … --authority …{others} --confirm {}",
        plan.code
    );
}

/// Whose values are to be erased.
#[derive(Args)]
pub struct ErasePerson {
    #[command(flatten)]
    place: Place,
    /// The account, as in the address of its page.
    #[arg(long, required_unless_present = "login")]
    account: Option<ActorId>,
    /// The login, when the account is not known.
    #[arg(long)]
    login: Option<String>,
    #[command(flatten)]
    why: Why,
    /// The login once more. Without it, nothing is erased.
    #[arg(long)]
    confirm: Option<String>,
}

/// `dotpha erase-person`: without `--confirm` it only shows whose account it is.
pub async fn erase_person(options: ErasePerson) -> Result<ExitCode, Fault> {
    let journal = options.place.open(None).await?;
    let accounts = Accounts::new(&journal).await?;
    let scope = Scope::system();
    let actor = match (options.account, &options.login) {
        (Some(actor), _) => actor,
        (None, Some(login)) => with_login(&journal, &accounts, login).await?,
        (None, None) => return Err("name the account: --account or --login".into()),
    };
    let login = accounts.login(&scope, actor).await?;
    if login.is_some() && options.confirm != login {
        println!(
            "account {actor}, login {}: name, login and password would be erased for good, the account closed.",
            login.unwrap_or_default()
        );
        println!("To go on: --reason … --authority … --confirm LOGIN");
        return Ok(ExitCode::FAILURE);
    }
    let grounds = options.why.grounds();
    accounts.erase(&scope, actor, &grounds, None).await?;
    println!("erased; the list is {}", list(&journal));
    Ok(ExitCode::SUCCESS)
}

fn list(journal: &Journal) -> String {
    journal.removal_list().path().display().to_string()
}

async fn with_login(journal: &Journal, accounts: &Accounts, login: &str) -> Result<ActorId, Fault> {
    let (scope, now) = (Scope::system(), AsKnown::now(journal.today()));
    for account in accounts.list(&scope, now, Page::ALL).await?.rows {
        if accounts.login(&scope, account.actor).await?.as_deref() == Some(login) {
            return Ok(account.actor);
        }
    }
    Err(format!("no account has the login {login:?}").into())
}

/// Brings removals to their end before anything is served: those cut short, and those that a restored
/// journal does not know.
///
/// # Errors
/// When one cannot be carried out: what should be gone is not to be served.
pub async fn finish(journal: &Journal) -> Result<(), Fault> {
    let finished = ::removal::finish(journal).await.map_err(|error| {
        format!(
            "removals of {} cannot be carried out: {error}",
            list(journal)
        )
    })?;
    for line in &finished.unreadable {
        tracing::error!(
            line,
            list = list(journal),
            "a line of the list of removals cannot be read"
        );
    }
    for removal in &finished.repeated {
        tracing::warn!(%removal, "a removal of the list was not in force here and was carried out again");
    }
    if finished.files > 0 {
        tracing::warn!(
            files = finished.files,
            "removed files were still there and were taken away"
        );
    }
    Ok(())
}
