//! Checks of the database and the journal in it.

use journal::{Db, Engine, Head, JobCounts, JournalError, Outbox, PostedState, SchemaState};

use super::super::setup::Setup;
use super::{Check, Instance};

const MINUTE: i64 = 60 * 1_000_000;

/// Oldest PostgreSQL that the whole suite of tests runs on.
const POSTGRES_TRIED: u32 = 15;

/// Every check of the database. One that cannot be made says so itself.
pub async fn examine(instance: &Instance<'_>, db: &Db) -> Vec<Check> {
    let mut checks = vec![
        told("database", engine(db).await),
        Check::ok(
            "durability",
            "mỗi lần ghi đều xuống đĩa trước khi báo xong",
            "every commit is on the disk before it is acknowledged",
        ),
    ];
    match db.schema_state().await {
        Ok(state) if state.empty => {
            checks.push(
                Check::warning("schema", "cơ sở dữ liệu còn trống", "the database is empty")
                    .remedy(
                        "`dotpha serve` hoặc `dotpha restore` sẽ lập các bảng",
                        "`dotpha serve` or `dotpha restore` makes the tables",
                    ),
            );
            return checks;
        }
        Ok(state) => checks.push(schema(&state)),
        Err(error) => {
            checks.push(unanswered("schema", &error));
            return checks;
        }
    }
    checks.push(told("projections", projections(instance, db).await));
    checks.push(told("head", head(db).await));
    checks.push(told("heads", heads(instance, db).await));
    checks.push(told("clock", clock(instance, db).await));
    checks.push(told("jobs", jobs(instance, db).await));
    checks.push(told("outbox", outbox(db).await));
    checks
}

fn told(name: &'static str, check: Result<Check, JournalError>) -> Check {
    check.unwrap_or_else(|error| unanswered(name, &error))
}

fn unanswered(name: &'static str, error: &JournalError) -> Check {
    Check::fault(
        name,
        format!("cơ sở dữ liệu không trả lời: {error}"),
        format!("the database does not answer: {error}"),
    )
}

async fn engine(db: &Db) -> Result<Check, JournalError> {
    let version = db.engine_version().await?;
    let name = match db.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let major: u32 = version
        .split('.')
        .next()
        .and_then(|major| major.parse().ok())
        .unwrap_or(0);
    let text = format!("{name} {version}");
    Ok(match db.engine() {
        Engine::Postgres if major < POSTGRES_TRIED => Check::warning(
            "database",
            format!("{text}: cũ hơn bản đã thử"),
            format!("{text}: older than what was tried"),
        )
        .remedy(
            format!("nâng lên PostgreSQL {POSTGRES_TRIED} trở lên"),
            format!("upgrade to PostgreSQL {POSTGRES_TRIED} or later"),
        ),
        _ => Check::ok("database", text.clone(), text),
    })
}

/// How the line to a database server is protected, by what the address says.
pub fn transport(setup: &Setup) -> Check {
    let Some(server) = &setup.server else {
        return Check::ok("transport", "tệp trên máy này", "a file of this machine");
    };
    let mode = server.sslmode.as_deref().unwrap_or("prefer");
    if server.is_local() {
        return Check::ok("transport", "cùng máy", "the same machine");
    }
    if mode == "verify-full" {
        return Check::ok(
            "transport",
            "TLS, có kiểm tra chứng thư và tên máy",
            "TLS, certificate and name checked",
        );
    }
    Check::warning(
        "transport",
        format!("máy khác, sslmode={mode}: kẻ ở giữa có thể đọc hoặc giả máy chủ"),
        format!("another machine, sslmode={mode}: somebody in between may read or play the server"),
    )
    .remedy(
        "thêm ?sslmode=verify-full&sslrootcert=TỆP vào địa chỉ",
        "add ?sslmode=verify-full&sslrootcert=FILE to the address",
    )
}

fn schema(state: &SchemaState) -> Check {
    if !state.unknown.is_empty() {
        let names = state.unknown.join(", ");
        return Check::fault(
            "schema",
            format!("do bản mới hơn lập: {names}"),
            format!("made by a newer version: {names}"),
        )
        .remedy(
            "dùng bản mới hơn, hoặc phục hồi bản sao lưu trước khi nâng cấp",
            "use the newer version, or restore the backup from before the upgrade",
        );
    }
    if state.missing.is_empty() {
        return Check::ok("schema", "đúng bản này", "as this version has it");
    }
    let names = state.missing.join(", ");
    Check::warning(
        "schema",
        format!("còn thiếu: {names}"),
        format!("not there yet: {names}"),
    )
    .remedy(
        "sao lưu, rồi khởi động bản này: nó tự bổ sung",
        "make a backup, then start this version: it adds them",
    )
}

async fn projections(instance: &Instance<'_>, db: &Db) -> Result<Check, JournalError> {
    let stored = db.projection_versions().await?;
    let other: Vec<&str> = instance
        .projections
        .iter()
        .filter(|(name, version)| {
            !stored
                .iter()
                .any(|(known, at)| known == name && at == version)
        })
        .map(|(name, _)| *name)
        .collect();
    let count = instance.projections.len();
    Ok(if other.is_empty() {
        Check::ok(
            "projections",
            format!("{count}, đúng bản này"),
            format!("{count}, as this version has them"),
        )
    } else {
        let names = other.join(", ");
        Check::warning(
            "projections",
            format!("của bản khác: {names}"),
            format!("of another version: {names}"),
        )
        .remedy(
            "lần khởi động tới sẽ lập lại; hoặc chạy `dotpha rebuild`",
            "the next start rebuilds them; or run `dotpha rebuild`",
        )
    })
}

async fn head(db: &Db) -> Result<Check, JournalError> {
    let (head, _) = db.stored_head().await?;
    if head.seq == 0 {
        return Ok(Check::ok("head", "sổ còn trống", "the journal is empty"));
    }
    Ok(
        if db.entry_hash(head.seq).await? == Some(head.hash.clone()) {
            Check::ok("head", head.to_string(), head.to_string())
        } else {
            Check::fault(
                "head",
                format!("{head}: bản ghi cuối không khớp"),
                format!("{head}: the last entry does not fit"),
            )
            .remedy(
                "dừng máy chủ, giữ nguyên hiện trạng, chạy `dotpha verify`",
                "stop the server, keep everything as it is, run `dotpha verify`",
            )
        },
    )
}

/// The newest head that was written down must still stand in the chain, and be recent.
async fn heads(instance: &Instance<'_>, db: &Db) -> Result<Check, JournalError> {
    let file = instance.setup.heads.join("heads.txt");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let newest = text.lines().rev().find_map(|line| {
        let (day, head) = line.trim().split_once(' ')?;
        let day: jiff::civil::Date = day.parse().ok()?;
        Some((day, head.trim().parse::<Head>().ok()?))
    });
    let Some((day, head)) = newest else {
        return Ok(Check::warning(
            "heads",
            format!("chưa có đầu sổ nào trong {}", file.display()),
            format!("no head in {} yet", file.display()),
        )
        .remedy(
            "máy chủ ghi mỗi ngày một dòng; hãy chép tệp này ra nơi khác",
            "the server writes a line every day; copy this file elsewhere",
        ));
    };
    if db.entry_hash(head.seq).await? != Some(head.hash.clone()) && head.seq > 0 {
        return Ok(Check::fault(
            "heads",
            format!("{head} của ngày {day} không còn trong sổ"),
            format!("{head} of {day} is no longer in the journal"),
        )
        .remedy(
            "sổ đã bị cắt hoặc viết lại: dừng máy chủ, chạy `dotpha verify --head`",
            "the journal was cut or rewritten: stop the server, run `dotpha verify --head`",
        ));
    }
    let age = instance.now - jiff::SignedDuration::from_hours(48);
    let late = day.to_string() < age.strftime("%Y-%m-%d").to_string();
    let text = format!("{day} {head}");
    Ok(if late {
        Check::warning("heads", text.clone(), text).remedy(
            "đã hơn hai ngày: máy chủ có chạy không, thư mục có ghi được không?",
            "more than two days ago: does the server run, can the folder be written?",
        )
    } else {
        Check::ok("heads", text.clone(), text)
    })
}

async fn clock(instance: &Instance<'_>, db: &Db) -> Result<Check, JournalError> {
    let now = instance.now.as_microsecond();
    let (_, last) = db.stored_head().await?;
    if last > now + MINUTE {
        let ahead = (last - now) / MINUTE;
        return Ok(Check::warning(
            "clock",
            format!("bản ghi cuối ở {ahead} phút sau giờ máy này"),
            format!("the last entry is {ahead} minutes after this machine's clock"),
        )
        .remedy(
            "đồng hồ đã lùi: bật đồng bộ giờ (systemd-timesyncd hoặc chrony)",
            "the clock went back: synchronise it (systemd-timesyncd or chrony)",
        ));
    }
    if let Some(there) = db.server_clock().await? {
        let apart = (there - now).abs() / 1_000_000;
        if apart > 5 {
            return Ok(Check::warning(
                "clock",
                format!("lệch máy cơ sở dữ liệu {apart} giây"),
                format!("{apart} seconds apart from the database server's"),
            )
            .remedy(
                "đồng bộ giờ cả hai máy",
                "synchronise the clocks of both machines",
            ));
        }
    }
    let text = instance.now.strftime("%Y-%m-%d %H:%M UTC").to_string();
    Ok(Check::ok("clock", text.clone(), text))
}

async fn jobs(instance: &Instance<'_>, db: &Db) -> Result<Check, JournalError> {
    let now = instance.now.as_microsecond();
    Ok(judge_jobs(&db.job_counts(now).await?, now))
}

async fn outbox(db: &Db) -> Result<Check, JournalError> {
    let counts = Outbox::new(db.clone()).counts().await?;
    let of = |state| counts.get(&state).copied().unwrap_or(0);
    let (dead, waiting) = (of(PostedState::Dead), of(PostedState::Waiting));
    Ok(if dead > 0 {
        Check::warning(
            "outbox",
            format!("{dead} thư không gửi được"),
            format!("{dead} messages were given up"),
        )
        .remedy(
            "mở trang Máy chủ để xem lý do và gửi lại",
            "open the page Server to see why, and to send them again",
        )
    } else {
        Check::ok(
            "outbox",
            format!("{waiting} đang đợi"),
            format!("{waiting} waiting"),
        )
    })
}

fn judge_jobs(counts: &JobCounts, now: i64) -> Check {
    let waits = counts.oldest_queued.map_or(0, |since| now - since) / MINUTE;
    if waits > 15 || counts.expired > 0 && waits > 5 {
        return Check::warning(
            "jobs",
            format!(
                "có việc đợi đã {waits} phút, {} việc bị bỏ dở",
                counts.expired
            ),
            format!(
                "a job has waited for {waits} minutes, {} were left in the middle",
                counts.expired
            ),
        )
        .remedy(
            "máy chủ có chạy không? tăng limits.job_workers nếu việc nhiều",
            "does the server run? raise limits.job_workers if there is much to do",
        );
    }
    if counts.failed_lately > 0 {
        return Check::warning(
            "jobs",
            format!("{} việc không xong trong 7 ngày", counts.failed_lately),
            format!("{} gave up within 7 days", counts.failed_lately),
        )
        .remedy(
            "mở trang Máy chủ để xem lý do và làm lại",
            "open the page Server to see why, and to try again",
        );
    }
    Check::ok(
        "jobs",
        format!("{} đang đợi, {} đang chạy", counts.queued, counts.running),
        format!("{} waiting, {} running", counts.queued, counts.running),
    )
}
