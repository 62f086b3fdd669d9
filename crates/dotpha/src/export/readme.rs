//! What is in an export, told to whoever finds it.

use std::fmt::Write;

use journal::Head;

use super::Written;

/// What the tables hold, in Vietnamese and English.
const TABLES: &[(&str, &str, &str)] = &[
    (
        "definition",
        "các định nghĩa, mọi phiên bản",
        "definitions, every version",
    ),
    ("area", "địa bàn theo từng thời kỳ", "areas, life by life"),
    (
        "area_succession",
        "địa bàn nào thay địa bàn nào",
        "which area succeeded which",
    ),
    ("organisation", "cơ quan, đơn vị", "organisations"),
    (
        "organisation_name",
        "tên cơ quan theo thời gian",
        "names of organisations over time",
    ),
    (
        "org_membership",
        "cơ quan trực thuộc",
        "who belongs to whom",
    ),
    (
        "org_succession",
        "cơ quan nào thay cơ quan nào",
        "which organisation succeeded which",
    ),
    ("indicator", "chỉ số", "indicators"),
    (
        "account",
        "tài khoản, không có mật khẩu",
        "accounts, without passwords",
    ),
    ("document", "văn bản", "documents"),
    ("passage", "các đoạn của văn bản", "passages of documents"),
    ("programme", "chương trình", "programmes"),
    ("target", "chỉ tiêu", "targets"),
    ("task", "nhiệm vụ", "assigned tasks"),
    ("task_org", "cơ quan của nhiệm vụ", "organisations of tasks"),
    ("task_result", "kết quả nhiệm vụ", "results of tasks"),
    (
        "task_evidence",
        "minh chứng của kết quả",
        "evidence of results",
    ),
    (
        "observation",
        "số liệu, kể cả từ các lô đã nhận",
        "observations, those of accepted batches too",
    ),
    (
        "observation_tally",
        "số lượng số liệu đang hiện hành",
        "how many observations stand",
    ),
    (
        "observation_batch",
        "các lô số liệu đã nhận",
        "accepted batches of observations",
    ),
    ("survey", "khảo sát chọn mẫu", "surveys"),
    (
        "survey_told",
        "số liệu ghi nhận từ khảo sát",
        "observations told by surveys",
    ),
    ("campaign", "mùa chỉ số", "index seasons"),
    (
        "campaign_request",
        "điều mỗi mùa chỉ số hỏi, và trả lời",
        "what index seasons ask, and the answers",
    ),
    (
        "target_cascade",
        "chỉ tiêu được phân rã ra sao",
        "how targets are broken down",
    ),
    (
        "target_part",
        "phần của cơ quan, xã trong chỉ tiêu",
        "parts of agencies and communes in targets",
    ),
    (
        "target_ranking",
        "xếp hạng đã công bố",
        "rankings that were published",
    ),
    ("report", "báo cáo", "reports"),
    (
        "removal",
        "những gì đã gỡ bỏ, vì sao, ai quyết định",
        "what was removed, why and on whose word",
    ),
    (
        "removed_key",
        "mã của những gì đã gỡ bỏ",
        "keys of what was removed",
    ),
    (
        "people",
        "tên và tên đăng nhập (DỮ LIỆU CÁ NHÂN)",
        "names and logins (PERSONAL DATA)",
    ),
];

/// The file `README.md` of an export.
pub(super) fn text(head: &Head, written: &Written) -> String {
    let mut out = format!(
        "# Đột Phá: bản xuất toàn bộ / export of everything\n\n\
         Đầu sổ nhật ký / head of the journal: `{head}`\n\n{VI}\n"
    );
    table(&mut out, written, |&(_, vi, _)| vi);
    out.push_str(EN);
    table(&mut out, written, |&(_, _, en)| en);
    out
}

fn table(
    out: &mut String,
    written: &Written,
    words: impl Fn(&(&str, &'static str, &'static str)) -> &'static str,
) {
    out.push('\n');
    for (name, rows) in &written.tables {
        let described = TABLES.iter().find(|(table, ..)| table == name);
        let described = described.map_or("", &words);
        // Writing to a String cannot fail.
        let _ = writeln!(out, "- `tables/{name}.csv` ({rows}): {described}");
    }
    out.push('\n');
}

const VI: &str = "\
## Có gì ở đây

- `journal/`: **bản ghi gốc**, đủ để dựng lại toàn bộ hệ thống: `dotpha import --from <thư mục này> --data <thư mục mới>` (thêm `--database postgres://…` nếu dùng PostgreSQL). `journal/entries/*.jsonl`: mỗi dòng là một mục nhật ký (JSON); `payload.facts` là các dữ kiện; `recorded_at` là micro giây từ 1970 theo UTC; `hash` nối với `prev_hash` của mục sau. `journal/files`, `journal/batches`: tệp và lô số liệu, tên là SHA-256 của nội dung (lô: các dòng JSON nén zlib). `journal/manifest.json`: mục lục và mã kiểm tra.
- **`journal/secret/`: BÍ MẬT.** Dữ liệu cá nhân kèm chuỗi ngẫu nhiên, mã băm mật khẩu, công việc đang chờ. Chỉ cần khi nhập lại; đừng gửi cho ai. Thiếu thư mục này thì không nhập lại được.
- `tables/*.csv`: các bảng, mở được bằng bảng tính (UTF-8). Mỗi dòng có hiệu lực từ mục nhật ký `known_from` đến trước `known_to`; ô `known_to` trống là đang hiện hành. Ô bắt đầu bằng dấu `'` trước `=`, `+`, `-`, `@` là để bảng tính không coi là công thức. Cột `state` là JSON.
- `documents/`, `evidence/`, `reports/`: văn bản gốc, minh chứng, báo cáo, theo tên khi nộp; `files.csv` cho biết tệp nào thuộc về gì.
- `definitions/`: các định nghĩa đang hiệu lực (JSON).
";

const EN: &str = "\
## What is here

- `journal/`: **the record itself**, enough to set everything up again: `dotpha import --from <this folder> --data <a new folder>` (with `--database postgres://…` for PostgreSQL). `journal/entries/*.jsonl`: one entry a line, as JSON; `payload.facts` are the facts; `recorded_at` counts microseconds since 1970 in UTC; `hash` is the `prev_hash` of the next. `journal/files`, `journal/batches`: files and batches of figures, named by the SHA-256 of their content (a batch is lines of JSON, compressed with zlib). `journal/manifest.json`: what belongs to it, with checksums.
- **`journal/secret/`: SECRET.** Personal values with their salts, hashes of passwords, jobs that wait. Needed only to import again; give it to nobody. Without it the folder cannot be imported.
- `tables/*.csv`: the tables, as spreadsheets open them (UTF-8). A row counts from entry `known_from` until before `known_to`; without `known_to` it counts now. An apostrophe before `=`, `+`, `-`, `@` keeps spreadsheets from taking a text for a formula. Columns named `state` are JSON.
- `documents/`, `evidence/`, `reports/`: original documents, evidence and reports under the names they were handed in with; `files.csv` tells what each belongs to.
- `definitions/`: the definitions in force (JSON).
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_described() {
        let projections = crate::open::projections();
        let tables = projections.iter().flat_map(|p| p.tables().iter().copied());
        for name in tables.chain(["people"]) {
            let found = TABLES.iter().filter(|(table, ..)| *table == name).count();
            assert_eq!(found, 1, "{name}: say what it holds");
        }
    }
}
