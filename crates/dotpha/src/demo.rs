//! `dotpha demo`: a province to try things on, made on first start and kept.

mod documents;
mod figures;
mod parts;
mod past;
mod province;
mod reports;
mod seasons;
mod story;
mod survey;
mod tasks;
mod world;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use access::Accounts;
use clap::Args;
use serde::{Deserialize, Serialize};
use server::operate::Setup;
use server::{App, Options};

use crate::Fault;
use crate::config::Config;
use crate::open::{listen, outbox};
use past::Past;
use province::Province;
use world::{World, people};

/// Where the demo province lies and how large it is.
#[derive(Args)]
pub struct DemoOptions {
    /// Folder that keeps it. What is there already is opened as it is.
    #[arg(long, default_value = "dotpha-demo")]
    data: PathBuf,
    /// An empty `postgres://…` database; SQLite in the folder when left out.
    #[arg(long, env = "DOTPHA_DEMO_DATABASE")]
    database: Option<String>,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// Password of all its accounts, set when it is made.
    #[arg(long, default_value = "buon-don-ho-lak")]
    password: String,
    /// How large it is when it is made.
    #[arg(long, value_enum, default_value_t = Scale::Desk)]
    scale: Scale,
    /// Make it, and do not serve it.
    #[arg(long)]
    prepare_only: bool,
}

/// How large a demo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Scale {
    /// What one person can look through.
    Desk,
    /// 300 officers, 60 documents, 3,000 tasks, a million figures besides: for measuring.
    Province,
}

impl DemoOptions {
    /// The demo's settings are its options alone: what is set up for a server on this machine must not
    /// lead it to another database.
    fn config(&self) -> Result<Config, Fault> {
        let mut options = vec![("data".to_owned(), self.data.display().to_string())];
        if let Some(database) = &self.database {
            options.push(("database".to_owned(), database.clone()));
        }
        Config::of_options(options)
    }
}

/// What the folder says about the demo in it. Written last, so that half a demo is not taken for one.
#[derive(Serialize, Deserialize)]
struct Made {
    password: String,
}

/// Name of that file.
const MADE: &str = "demo.toml";

/// Makes the demo province if it is not there, and serves it.
pub async fn run(options: DemoOptions) -> Result<ExitCode, Fault> {
    let place = options.config()?;
    let made = match read_made(&options)? {
        Some(made) => made,
        None => make(&place, &options).await?,
    };
    if options.prepare_only {
        return Ok(ExitCode::SUCCESS);
    }
    let journal = place.open(None).await?;
    let accounts = Accounts::new(&journal).await?;
    let sign_ins = Options {
        demo_logins: people()?
            .into_iter()
            .map(|person| (person.login, person.role.label(viet::Lang::Vi).to_owned()))
            .collect(),
        demo_password: Some(made.password.clone()),
        program: std::env::current_exe()?,
        setup: Setup {
            address: Some(options.address),
            ..place.setup()
        },
        outbox: outbox(&place),
        ..Options::default()
    };
    let app = App::new(journal, accounts, sign_ins).await?;
    let folder = std::path::absolute(&options.data)?;
    let people = people()?;
    listen(app, options.address, None, |address| {
        println!("Dữ liệu / data: {}", folder.display());
        println!("http://{address}/");
        println!(
            "Đăng nhập / sign in (mật khẩu / password: {}):",
            made.password
        );
        for person in people {
            let (vi, en) = (
                person.role.label(viet::Lang::Vi),
                person.role.label(viet::Lang::En),
            );
            println!("  {:<12} {} — {vi} / {en}", person.login, person.name);
        }
        println!("Dừng bằng Ctrl-C / stop with Ctrl-C");
    })
    .await
}

fn read_made(options: &DemoOptions) -> Result<Option<Made>, Fault> {
    let file = options.data.join(MADE);
    match std::fs::read_to_string(&file) {
        Ok(text) => {
            let made = toml::from_str(&text);
            let made = made.map_err(|error| format!("{}: {error}", file.display()))?;
            Ok(Some(made))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", file.display()).into()),
    }
}

async fn make(place: &Config, options: &DemoOptions) -> Result<Made, Fault> {
    println!("Đang lập tỉnh mẫu… / making the demo province…");
    let past = Past::new();
    let journal = place.open(Some(past.clock())).await?;
    if journal.head().await?.seq > 0 {
        return Err(format!(
            "{}: dữ liệu ở đây không phải tỉnh mẫu đã lập xong; hãy xoá thư mục hoặc chọn --data khác. / \
             what lies here is no finished demo; delete it or choose another --data.",
            place.data.display()
        )
        .into());
    }
    let mut world = World::new(journal, past, options.password.clone()).await?;
    let province = match options.scale {
        Scale::Desk => None,
        Scale::Province => Some(Province::new()?),
    };
    story::tell(&mut world, province.as_ref()).await?;
    world.close().await;
    let made = Made {
        password: options.password.clone(),
    };
    std::fs::write(options.data.join(MADE), toml::to_string(&made)?)?;
    Ok(made)
}
