//! The checks of an instance: each says what was found, how bad it is and what to do. They change nothing
//! and can be made of an instance that is out of order.

mod database;
pub mod places;

use access::Say;
use jiff::Timestamp;
use journal::Db;
use serde::Serialize;

use super::setup::Setup;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works; something should be done.
    Warning,
    /// It does not work, or what is recorded is in danger.
    Fault,
}

/// One check.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// Its name, the same in every version.
    pub name: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub found: Say,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Say>,
}

impl Check {
    /// As it should be.
    pub fn ok(name: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self::found(name, Level::Ok, vi, en)
    }

    /// It works; something should be done.
    pub fn warning(name: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self::found(name, Level::Warning, vi, en)
    }

    /// It does not work, or what is recorded is in danger.
    pub fn fault(name: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self::found(name, Level::Fault, vi, en)
    }

    fn found(
        name: &'static str,
        level: Level,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self {
            name,
            level,
            found: Say::new(vi, en),
            remedy: None,
        }
    }

    /// The same with what to do about it.
    pub fn remedy(mut self, vi: impl Into<String>, en: impl Into<String>) -> Self {
        self.remedy = Some(Say::new(vi, en));
        self
    }

    /// What the check is about, as a person calls it.
    pub fn label(&self) -> (&'static str, &'static str) {
        LABELS
            .iter()
            .find(|(name, ..)| *name == self.name)
            .map_or((self.name, self.name), |(_, vi, en)| (vi, en))
    }
}

/// What each check is about.
const LABELS: &[(&str, &str, &str)] = &[
    ("configuration", "Cấu hình", "Configuration"),
    ("database", "Cơ sở dữ liệu", "Database"),
    ("durability", "Ghi bền vững", "Durability"),
    ("transport", "Đường truyền tới CSDL", "Line to the database"),
    ("schema", "Lược đồ", "Schema"),
    ("projections", "Bảng dẫn xuất", "Projections"),
    ("head", "Đầu sổ", "Head"),
    ("heads", "Đầu sổ đã lưu", "Heads written down"),
    ("clock", "Đồng hồ", "Clock"),
    ("jobs", "Việc nền", "Jobs"),
    ("disk", "Dung lượng đĩa", "Disk space"),
    ("memory", "Bộ nhớ", "Memory"),
    ("folders", "Quyền thư mục", "Folder permissions"),
    ("files", "Kho tệp", "File store"),
    ("backup", "Sao lưu", "Backup"),
    ("cookies", "Cookie", "Cookies"),
    ("metrics", "Số đo vận hành", "Metrics"),
    ("address", "Địa chỉ nghe", "Listening address"),
    ("search", "Chỉ mục tìm kiếm", "Search index"),
    ("columns", "Số liệu trong bộ nhớ", "Figures in memory"),
    ("outbox", "Hộp gửi đi", "Outbox"),
    ("mail", "Máy chủ thư", "Mail server"),
];

/// The instance to look at.
pub struct Instance<'a> {
    /// How it is set up.
    pub setup: &'a Setup,
    /// Its database, when it could be opened.
    pub db: Option<&'a Db>,
    /// The projections of this binary, with their versions.
    pub projections: &'a [(&'static str, i64)],
    /// Least free space, in bytes.
    pub free_disk: u64,
    /// Now.
    pub now: Timestamp,
}

/// Looks at everything.
pub async fn examine(instance: &Instance<'_>) -> Vec<Check> {
    let setup = instance.setup;
    let mut checks = vec![configuration(setup)];
    if let Some(db) = instance.db {
        checks.extend(database::examine(instance, db).await);
    }
    checks.push(database::transport(setup));
    checks.extend(places::examine(instance).await);
    checks.push(cookies(setup));
    checks.push(metrics(setup));
    checks
}

fn configuration(setup: &Setup) -> Check {
    if setup.warnings.is_empty() {
        return Check::ok("configuration", "đọc được, không có lỗi", "read, no faults");
    }
    let all = setup.warnings.join("; ");
    Check::warning("configuration", all.clone(), all).remedy(
        "`dotpha config` cho biết giá trị đang dùng và nguồn của nó",
        "`dotpha config` shows what is in force and where it came from",
    )
}

/// Cookies without `Secure` are sent over plain HTTP as well, to whoever listens.
fn cookies(setup: &Setup) -> Check {
    let inside = setup
        .address
        .is_none_or(|address| address.ip().is_loopback());
    let https = setup
        .public_url
        .as_ref()
        .is_some_and(|url| url.starts_with("https:"));
    match (setup.secure_cookies, https, inside) {
        (true, _, _) => Check::ok("cookies", "chỉ gửi qua HTTPS", "sent over HTTPS only"),
        (false, false, true) => Check::ok(
            "cookies",
            "gửi cả qua HTTP; chỉ máy này mở được",
            "sent over HTTP too; only this machine can open it",
        ),
        _ => Check::warning("cookies", "gửi cả qua HTTP", "sent over HTTP too").remedy(
            "đặt secure_cookies = true và để nginx nhận TLS",
            "set secure_cookies = true and let nginx speak TLS",
        ),
    }
}

fn metrics(setup: &Setup) -> Check {
    if setup.metrics {
        Check::ok("metrics", "đang bật", "served")
    } else {
        Check::ok("metrics", "không bật", "not served").remedy(
            "đặt metrics.address hoặc metrics.token nếu có Prometheus",
            "set metrics.address or metrics.token if there is a Prometheus",
        )
    }
}
