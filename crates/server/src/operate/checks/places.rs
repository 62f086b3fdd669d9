//! Checks of the machine and of the folders an instance uses.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use journal::{FileHash, FileStore};

use super::super::host;
use super::super::setup::Setup;
use super::{Check, Instance};

const MIB: u64 = 1024 * 1024;

/// Files whose content is hashed at one look.
const SAMPLE: usize = 5;

/// Less than this and the kernel begins to kill processes under load.
const LEAST_MEMORY: u64 = 256 * MIB;

/// Every check of the machine.
pub async fn examine(instance: &Instance<'_>) -> Vec<Check> {
    let setup = instance.setup;
    vec![
        disk(instance),
        memory(),
        folders(setup),
        files(&setup.files).await,
        backup(setup.backup.as_deref()),
    ]
}

fn disk(instance: &Instance<'_>) -> Check {
    let setup = instance.setup;
    let mut places: Vec<&Path> = vec![&setup.data, &setup.files, &setup.heads];
    places.extend(setup.backup.as_deref());
    let least = places
        .into_iter()
        .filter_map(|place| Some((host::free_space(place)?, place)))
        .min();
    let Some((free, place)) = least else {
        return Check::warning("disk", "hệ thống không cho biết", "the system does not say");
    };
    let text = format!("{} MiB, {}", free / MIB, place.display());
    if free < instance.free_disk {
        Check::fault("disk", text.clone(), text).remedy(
            "thêm dung lượng hoặc dọn bớt: khi đầy, không ghi được gì",
            "add space or clear some: nothing can be recorded on a full disk",
        )
    } else if free < 4 * instance.free_disk {
        Check::warning("disk", text.clone(), text)
            .remedy("sắp đầy: thêm dung lượng", "nearly full: add space")
    } else {
        Check::ok("disk", text.clone(), text)
    }
}

fn memory() -> Check {
    let Some(free) = host::free_memory() else {
        return Check::warning(
            "memory",
            "hệ thống không cho biết",
            "the system does not say",
        );
    };
    let text = format!("{} MiB", free / MIB);
    if free < LEAST_MEMORY {
        Check::warning("memory", text.clone(), text).remedy(
            "còn quá ít: thêm bộ nhớ hoặc bớt tiến trình",
            "too little left: add memory or run less",
        )
    } else {
        Check::ok("memory", text.clone(), text)
    }
}

/// What others on the machine may read or change.
fn folders(setup: &Setup) -> Check {
    let places = [&setup.data, &setup.files];
    let missing: Vec<String> = places
        .iter()
        .filter(|place| !place.exists())
        .map(|place| place.display().to_string())
        .collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Check::warning(
            "folders",
            format!("chưa có: {names}"),
            format!("not there yet: {names}"),
        )
        .remedy("`dotpha serve` sẽ tạo", "`dotpha serve` makes them");
    }
    let mode_of = |place: &Path| {
        std::fs::metadata(place)
            .map(|meta| meta.permissions().mode())
            .unwrap_or(0)
    };
    let mut held = vec![setup.data.clone()];
    held.extend(sqlite_files(&setup.data));
    let open: Vec<String> = held
        .iter()
        // In a folder that others cannot enter, the modes of files do not matter.
        .filter(|place| mode_of(place) & 0o007 != 0 && mode_of(&setup.data) & 0o001 != 0)
        .map(|place| place.display().to_string())
        .collect();
    if open.is_empty() {
        Check::ok(
            "folders",
            "người khác trên máy không vào được",
            "others on the machine cannot enter",
        )
    } else {
        let names = open.join(", ");
        Check::warning(
            "folders",
            format!("ai trên máy cũng đọc được: {names}"),
            format!("everybody on the machine can read: {names}"),
        )
        .remedy(
            format!("chmod 0750 {}", setup.data.display()),
            format!("chmod 0750 {}", setup.data.display()),
        )
    }
}

fn sqlite_files(data: &Path) -> Vec<PathBuf> {
    ["dotpha.sqlite", "dotpha.sqlite-wal"]
        .iter()
        .map(|name| data.join(name))
        .filter(|path| path.exists())
        .collect()
}

/// Can a file be put there, and are those that are there what their names say?
async fn files(folder: &Path) -> Check {
    if !folder.exists() {
        return Check::warning(
            "files",
            format!("chưa có {}", folder.display()),
            format!("{} is not there yet", folder.display()),
        )
        .remedy("`dotpha serve` sẽ tạo", "`dotpha serve` makes it");
    }
    if let Err(error) = tempfile_in(folder) {
        return Check::fault(
            "files",
            format!("{}: không ghi được: {error}", folder.display()),
            format!("{}: cannot be written: {error}", folder.display()),
        )
        .remedy(
            "cho người dùng của dịch vụ quyền ghi vào thư mục này",
            "let the service's user write to this folder",
        );
    }
    let (looked_at, damaged) = sample(folder).await;
    if damaged.is_empty() {
        return Check::ok(
            "files",
            format!("ghi được; đã thử {looked_at} tệp, đều nguyên vẹn"),
            format!("writable; {looked_at} files tried, all sound"),
        );
    }
    let names = damaged.join(", ");
    Check::fault(
        "files",
        format!("tệp đã bị sửa hoặc hỏng: {names}"),
        format!("altered or damaged: {names}"),
    )
    .remedy(
        "chạy `dotpha verify`, rồi chép lại các tệp đó từ bản sao lưu",
        "run `dotpha verify`, then copy those files from the backup",
    )
}

/// Makes and removes an empty file.
fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".doctor.{}", uuid::Uuid::now_v7()));
    std::fs::File::create_new(&probe)?;
    std::fs::remove_file(&probe)
}

/// Hashes some files of the store: how many, and those that are not what their names say.
async fn sample(folder: &Path) -> (usize, Vec<String>) {
    let Ok(store) = FileStore::open(folder).await else {
        return (0, Vec::new());
    };
    let mut hashes = Vec::new();
    let list = |path: &Path| {
        std::fs::read_dir(path)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_else(|_| Vec::<PathBuf>::new())
    };
    let name = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        Some(name.to_owned())
    };
    for shelf in list(folder) {
        if hashes.len() >= SAMPLE {
            break;
        }
        let Some(head) = name(&shelf) else { continue };
        let inside = list(&shelf);
        let hash = inside
            .iter()
            .filter_map(|path| name(path))
            .find_map(|tail| FileHash::parse(&format!("{head}{tail}")));
        hashes.extend(hash);
    }
    let mut damaged = Vec::new();
    for hash in &hashes {
        if store.get(hash).await.is_err() {
            damaged.push(hash.as_str().to_owned());
        }
    }
    (hashes.len(), damaged)
}

/// How old the backup is, in hours, if there is a finished one.
pub fn backup_age(folder: &Path) -> Option<u64> {
    let written = std::fs::metadata(folder.join("manifest.json")).ok()?;
    let age = SystemTime::now()
        .duration_since(written.modified().ok()?)
        .unwrap_or_default();
    Some(age.as_secs() / 3600)
}

fn backup(folder: Option<&Path>) -> Check {
    let Some(folder) = folder else {
        return Check::warning("backup", "không theo dõi", "not watched").remedy(
            "đặt `backup` là thư mục sao lưu; chạy `dotpha backup --to` hằng ngày",
            "set `backup` to the backup's folder; run `dotpha backup --to` every day",
        );
    };
    let Some(hours) = backup_age(folder) else {
        return Check::fault(
            "backup",
            format!("chưa có bản sao lưu trong {}", folder.display()),
            format!("no finished backup in {}", folder.display()),
        )
        .remedy(
            format!("dotpha backup --to {}", folder.display()),
            format!("dotpha backup --to {}", folder.display()),
        );
    };
    let (vi, en) = (format!("{hours} giờ trước"), format!("{hours} hours ago"));
    if hours > 26 {
        Check::warning("backup", vi, en).remedy(
            "quá một ngày: bộ hẹn giờ sao lưu có chạy không?",
            "more than a day: does the backup's timer run?",
        )
    } else {
        Check::ok("backup", vi, en)
    }
}
