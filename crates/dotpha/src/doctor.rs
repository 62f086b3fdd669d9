//! `dotpha doctor`: is the instance well, and what to do if not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use journal::{Db, JournalError};
use server::operate::{Check, Instance, Level, examine};
use viet::Lang;

use crate::Fault;
use crate::config::{Config, Place};
use crate::open::projections;

/// Looks at everything, prints it, and ends with 0, 1 after warnings or 2 after faults.
pub async fn run(place: &Place, json: bool) -> Result<ExitCode, Fault> {
    let checks = match place.config() {
        Ok(config) => checks(&config).await,
        Err(fault) => {
            let text = fault.to_string();
            vec![Check::fault("configuration", text.clone(), text)]
        }
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&checks)?);
    } else {
        show(&checks, lang());
    }
    let worst = checks.iter().map(|check| check.level).max();
    Ok(ExitCode::from(match worst {
        None | Some(Level::Ok) => 0,
        Some(Level::Warning) => 1,
        Some(Level::Fault) => 2,
    }))
}

async fn checks(config: &Config) -> Vec<Check> {
    let setup = config.setup();
    let (db, found) = match open(config).await {
        Ok(db) => (Some(db), None),
        Err(check) => (None, Some(*check)),
    };
    let projections = projections();
    let projections: Vec<_> = projections
        .iter()
        .map(|projection| (projection.name(), projection.version()))
        .collect();
    let mut checks = examine(&Instance {
        setup: &setup,
        db: db.as_ref(),
        projections: &projections,
        free_disk: config.limits.free_disk,
        now: jiff::Timestamp::now(),
    })
    .await;
    checks.extend(found);
    checks.push(address(config.address));
    if let Some(mail) = &config.mail {
        checks.push(mail_server(&mail.host, mail.port));
    }
    if let Some(db) = db {
        db.close().await;
    }
    checks
}

/// Opens the database without making one.
async fn open(config: &Config) -> Result<Db, Box<Check>> {
    let path = config.database.reveal().strip_prefix("sqlite:");
    if let Some(path) = path
        && !std::path::Path::new(path).exists()
    {
        let check = Check::warning(
            "database",
            format!("chưa có {path}"),
            format!("{path} is not there yet"),
        );
        return Err(Box::new(check.remedy(
            "`dotpha serve` sẽ lập; hoặc --data, --database chỉ nhầm chỗ",
            "`dotpha serve` makes it; or --data, --database name the wrong place",
        )));
    }
    Db::open(config.database.reveal()).await.map_err(|error| {
        let place = &config.database;
        let name = match &error {
            JournalError::Unsafe { .. } => "durability",
            _ => "database",
        };
        let check = Check::fault(
            name,
            format!("{place}: {error}"),
            format!("{place}: {error}"),
        );
        Box::new(match &error {
            // The error names the setting and the remedy itself.
            JournalError::Unsafe { .. } => check,
            _ => check.remedy(
                "máy chủ cơ sở dữ liệu có chạy không; địa chỉ, mật khẩu, chứng thư có đúng không?",
                "does the database server run; are address, password and certificate right?",
            ),
        })
    })
}

/// Is the address free, or does a server of ours answer there?
fn address(address: SocketAddr) -> Check {
    let text = address.to_string();
    match TcpListener::bind(address) {
        Ok(_) => Check::ok(
            "address",
            format!("{text} còn trống"),
            format!("{text} is free"),
        ),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            if answers(address).unwrap_or(false) {
                Check::ok(
                    "address",
                    format!("{text}: Đột Phá đang chạy"),
                    format!("{text}: Đột Phá is running"),
                )
            } else {
                Check::fault(
                    "address",
                    format!("{text}: chương trình khác đang dùng"),
                    format!("{text}: another program uses it"),
                )
                .remedy("chọn `address` khác", "choose another `address`")
            }
        }
        Err(error) => Check::fault(
            "address",
            format!("{text}: {error}"),
            format!("{text}: {error}"),
        )
        .remedy(
            "`address` phải là địa chỉ của máy này; cổng dưới 1024 cần quyền riêng",
            "`address` must be one of this machine; ports below 1024 need a privilege",
        ),
    }
}

const PATIENCE: Duration = Duration::from_secs(2);

fn answers(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    Ok(answer.ends_with("ok\n"))
}

/// Can the mail server be reached?
fn mail_server(host: &str, port: u16) -> Check {
    use std::net::ToSocketAddrs;
    let text = format!("{host}:{port}");
    let reached = (host, port).to_socket_addrs().and_then(|mut found| {
        let first = found.next().ok_or(std::io::ErrorKind::NotFound)?;
        TcpStream::connect_timeout(&first, PATIENCE)
    });
    match reached {
        Ok(_) => Check::ok("mail", text.clone(), text),
        Err(error) => Check::warning(
            "mail",
            format!("{text}: {error}"),
            format!("{text}: {error}"),
        )
        .remedy(
            "kiểm tra mail.host, mail.port và tường lửa",
            "look at mail.host, mail.port and the firewall",
        ),
    }
}

/// Vietnamese where the terminal is, English elsewhere.
fn lang() -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()));
    match set {
        Some(text) if text.starts_with("vi") => Lang::Vi,
        _ => Lang::En,
    }
}

fn show(checks: &[Check], lang: Lang) {
    for check in checks {
        let (vi, en) = check.label();
        let mark = match check.level {
            Level::Ok => "ok     ",
            Level::Warning => lang.pick("chú ý  ", "warning"),
            Level::Fault => lang.pick("LỖI    ", "FAULT  "),
        };
        let label = lang.pick(vi, en);
        println!("{mark}  {label:<24}  {}", check.found.in_lang(lang));
        if let Some(remedy) = check.remedy.as_ref().filter(|_| check.level != Level::Ok) {
            println!("{:35}→ {}", "", remedy.in_lang(lang));
        }
    }
}
