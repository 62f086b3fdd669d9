//! What a file would change, before anything is recorded.

use axum::extract::{Path, State};
use catalogue::Label;
use interchange::cell::{Address, CellFault};
use interchange::workbook;
use maud::{Markup, html};
use observation::{Doubt, ImportId};
use rust_decimal::Decimal;
use serde::Serialize;
use viet::Lang;

use super::large;
use super::outcome::{Counts, Outcome, Reading};
use super::read::{Unread, returned};
use super::receive::table_of;
use super::staged::{self, Kind, Staged};
use super::told::{Row, SHOWN, Told};
use crate::answer::{Answer, Table, View, answer, download, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, hidden};
use crate::parts;

/// A file with what it would change.
#[derive(Serialize)]
pub(super) struct Difference {
    #[serde(flatten)]
    staged: Staged,
    #[serde(flatten)]
    told: Told,
    /// What is to be sent back as `sign`.
    sign: String,
    /// Why it cannot be read on.
    unreadable: Option<String>,
    /// How many batches were made of it before its acceptance was cut short.
    parts: u64,
    #[serde(skip)]
    form: FormState,
}

impl Difference {
    pub(super) fn of(staged: Staged, outcome: Result<Outcome, Unread>, form: FormState) -> Self {
        let (told, sign, unreadable) = match outcome {
            Ok(outcome) => (Told::of(&outcome), outcome.sign(), None),
            Err(unread) => (Told::default(), String::new(), Some(unread.to_string())),
        };
        Self {
            staged,
            told,
            sign,
            unreadable,
            parts: 0,
            form,
        }
    }

    /// What a job found.
    pub(super) fn told(staged: Staged, told: Told, parts: u64, form: FormState) -> Self {
        Self {
            sign: told.sign(),
            staged,
            told,
            unreadable: None,
            parts,
            form,
        }
    }
}

impl View for Difference {
    fn title(&self, ctx: &Ctx) -> String {
        format!(
            "{}: {}",
            ctx.t("Kiểm tra tệp", "Check of a file"),
            self.staged.name
        )
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let own = self.staged.sender == ctx.scope.actor();
        html! {
            (self.form.summary(ctx))
            (self.facts(ctx))
            @if self.parts > 0 {
                p.notice.notice-warn { (ctx.t("Việc tiếp nhận tệp này đã dừng giữa chừng; đã ghi ", "The acceptance of this file was cut short; recorded: ")) a href=(format!("/batches?import={}", self.staged.id)) { (self.parts) " " (ctx.t("lô", "batches")) } ". "
                    (ctx.t("Tiếp nhận lần nữa để ghi phần còn lại, hoặc huỷ các lô đã ghi.", "Accept once more to record the rest, or take the batches back.")) }
            }
            @if let Some(why) = &self.unreadable {
                p.notice.notice-bad role="alert" { strong { (ctx.t("Không đọc được tệp: ", "The file cannot be read: ")) } (why) }
            }
            (self.faults(ctx))
            (self.changes(ctx))
            @if own && self.told.counts.new + self.told.counts.revised > 0 { (self.accept(ctx)) }
            @else if self.unreadable.is_none() && self.told.counts.faulty == 0 && self.told.counts.new + self.told.counts.revised == 0 {
                p.notice { (ctx.t("Tệp không thay đổi gì: mọi số liệu trong tệp đã có.", "The file changes nothing: every figure in it stands already.")) }
            }
            @if own { (self.discard(ctx)) }
        }
    }

    fn table(&self) -> Table {
        let decimal = |value: Option<Decimal>| value.map(|v| v.to_string()).unwrap_or_default();
        let mut rows: Vec<Vec<String>> = self
            .told
            .faults
            .iter()
            .map(|fault| {
                let mut row = vec![fault.at.to_string(), "fault".to_owned()];
                row.extend(vec![String::new(); 5]);
                row.push(format!("{}: {}", fault.found, fault.reason.en));
                row
            })
            .collect();
        rows.extend(self.told.rows.iter().map(|row| {
            let doubts: Vec<&str> = row.doubts.iter().map(|doubt| doubt.en.as_str()).collect();
            vec![
                row.at.to_string(),
                row.change.clone(),
                row.indicator.to_string(),
                row.area.to_string(),
                row.period.to_string(),
                decimal(row.old),
                row.value.to_string(),
                doubts.join(" "),
            ]
        }));
        Table {
            head: vec![
                "cell",
                "change",
                "indicator",
                "area",
                "period",
                "old",
                "new",
                "note",
            ],
            rows,
        }
    }
}

impl Difference {
    fn facts(&self, ctx: &Ctx) -> Markup {
        let kind = match &self.staged.kind {
            Kind::Workbook => ctx.t("biểu của hệ thống", "workbook made here").to_owned(),
            Kind::Sheet { sheet } => format!("{} «{sheet}»", ctx.t("trang tính", "sheet")),
            Kind::Table => ctx.t("bảng văn bản", "text table").to_owned(),
            Kind::Sdmx => "SDMX-CSV".to_owned(),
        };
        let counts = self.told.counts;
        html! {
            dl.facts {
                dt { (ctx.t("Cơ quan báo cáo", "Reported by")) } dd { (parts::org_link(ctx, &self.staged.organisation)) }
                dt { (ctx.t("Loại tệp", "Kind of file")) } dd { (kind)
                    @if table_of(&self.staged.kind).is_some() { " · " a href=(format!("/imports/{}/columns", self.staged.id)) { (ctx.t("Đổi ý nghĩa các cột", "Change what columns mean")) } } }
                dt { (ctx.t("Gửi lúc", "Sent")) } dd { (parts::moment(self.staged.created_at, ctx.lang)) }
                dt { (ctx.t("Kết quả kiểm tra", "Outcome of the check")) } dd {
                    (parts::status("good", '●', &format!("{} {}", counts.new, ctx.t("mới", "new")))) " "
                    (parts::status("info", '◐', &format!("{} {}", counts.revised, ctx.t("thay đổi", "changed")))) " "
                    (parts::status("idle", '○', &format!("{} {}", counts.same, ctx.t("không đổi", "unchanged")))) " "
                    @if counts.doubtful > 0 { (parts::status("warn", '△', &format!("{} {}", counts.doubtful, ctx.t("cần xem lại", "to look at")))) " " }
                    @if counts.faulty > 0 { (parts::status("bad", '▲', &format!("{} {}", counts.faulty, ctx.t("dòng lỗi", "faulty rows")))) }
                }
            }
        }
    }

    fn faults(&self, ctx: &Ctx) -> Markup {
        if self.told.faults.is_empty() {
            return html! {};
        }
        html! {
            h2 { (ctx.t("Ô có lỗi", "Faulty cells")) " (" (self.told.faults.len()) ")" }
            @if self.staged.kind == Kind::Workbook {
                p { a.button href=(format!("/imports/{}/marked", self.staged.id)) { (ctx.t("Tải biểu có đánh dấu lỗi", "Fetch the workbook with its faults marked")) } }
            }
            div.scroll { table.stack {
                thead { tr {
                    th scope="col" { (ctx.t("Ô", "Cell")) }
                    th scope="col" { (ctx.t("Nội dung", "Found")) }
                    th scope="col" { (ctx.t("Lỗi", "Fault")) }
                    th scope="col" { (ctx.t("Cách sửa", "Remedy")) }
                } }
                tbody { @for fault in self.told.faults.iter().take(SHOWN) { tr {
                    td.main { span.shape.status-bad aria-hidden="true" { "▲ " } strong { (self.cell(ctx, fault.at)) } }
                    td data-label=(ctx.t("Nội dung", "Found")) { (fault.found) }
                    td data-label=(ctx.t("Lỗi", "Fault")) { (fault.reason.get(ctx.lang)) }
                    td data-label=(ctx.t("Cách sửa", "Remedy")) { (fault.remedy.get(ctx.lang)) }
                } } }
            } }
            (self.more(ctx, self.told.faults.len()))
        }
    }

    /// A cell with its sheet, as spreadsheets write it.
    fn cell(&self, ctx: &Ctx, at: Address) -> String {
        match &self.staged.kind {
            Kind::Workbook => format!("{}!{at}", workbook::SHEET),
            Kind::Sheet { sheet } => format!("{sheet}!{at}"),
            Kind::Table | Kind::Sdmx => {
                let row = u64::from(at.row) + 1;
                format!("{} {row}, {at}", ctx.t("dòng", "row"))
            }
        }
    }

    fn more(&self, ctx: &Ctx, total: usize) -> Markup {
        html! { @if total > SHOWN {
            p.muted { (ctx.t("Trang chỉ hiện ", "The page shows the first ")) (SHOWN) " / " (viet::number::format(total.into(), ctx.lang)) ". "
                @if !large::is_large(&self.staged) { a href=(format!("/imports/{}?format=csv", self.staged.id)) { (ctx.t("Tải đầy đủ (CSV)", "Fetch all (CSV)")) } } }
        } }
    }

    fn changes(&self, ctx: &Ctx) -> Markup {
        let mut changing: Vec<&Row> = self.told.rows.iter().filter(|row| row.changes()).collect();
        // What is asked back stands first: it is what has to be looked at.
        changing.sort_by_key(|row| (self.asked_back(row).is_empty(), row.at));
        let total = self.told.counts.new + self.told.counts.revised;
        if changing.is_empty() {
            return html! {};
        }
        let bare = changing
            .iter()
            .filter(|row| row.doubts.contains(&no_evidence()))
            .count();
        html! {
            h2 { (ctx.t("Sẽ thay đổi", "What would change")) " (" (viet::number::format(total.into(), ctx.lang)) ")" }
            @if bare > 0 {
                p.notice.notice-warn { (bare) " " (ctx.t("dòng chưa có minh chứng: không ghi nguồn riêng hay địa chỉ. Hãy đính kèm văn bản ở dưới, hoặc xác nhận và ghi chú lý do.", "rows have no evidence: neither a source of their own nor an address. Attach a paper below, or acknowledge and note why.")) }
            }
            div.scroll { table.stack {
                thead { tr {
                    th scope="col" { (ctx.t("Chỉ số", "Indicator")) }
                    th scope="col" { (ctx.t("Địa bàn", "Area")) }
                    th scope="col" { (ctx.t("Kỳ", "Period")) }
                    th scope="col" { (ctx.t("Thay đổi", "Change")) }
                    th.num scope="col" { (ctx.t("Đang có", "Stands")) }
                    th.num scope="col" { (ctx.t("Trong tệp", "In the file")) }
                    th scope="col" { (ctx.t("Loại số liệu", "Stage")) }
                    th scope="col" { (ctx.t("Ô", "Cell")) }
                } }
                tbody { @for row in changing.iter().take(SHOWN) { (self.change(ctx, row)) } }
            } }
            (self.more(ctx, total))
        }
    }

    /// Why a row may be wrong, but for missing evidence, which is said once for all.
    fn asked_back<'r>(&self, row: &'r Row) -> Vec<&'r Label> {
        row.doubts
            .iter()
            .filter(|doubt| **doubt != no_evidence())
            .collect()
    }

    fn change(&self, ctx: &Ctx, row: &Row) -> Markup {
        let indicator = ctx.directory.indicators().get(row.indicator.as_str());
        // Every digit that would be recorded is shown.
        let shown = |value: Decimal| {
            let unit = indicator.map_or("", |p| p.definition.value.unit.label(ctx.lang));
            format!("{} {unit}", viet::number::format(value, ctx.lang))
        };
        html! { tr {
            td.main { (parts::indicator_name(ctx, row.indicator.as_str()))
                @for doubt in self.asked_back(row) {
                    p.status-warn { strong { span.shape aria-hidden="true" { "△ " } (doubt.get(ctx.lang)) } }
                } }
            td data-label=(ctx.t("Địa bàn", "Area")) { (parts::area_name(ctx, row.area)) }
            td.nowrap data-label=(ctx.t("Kỳ", "Period")) { (row.period.label(ctx.lang)) }
            td data-label=(ctx.t("Thay đổi", "Change")) {
                @match row.old {
                    Some(_) => (parts::status("info", '◐', ctx.t("thay đổi", "changed"))),
                    None => (parts::status("good", '●', ctx.t("mới", "new"))),
                }
            }
            td.num data-label=(ctx.t("Đang có", "Stands")) {
                @match row.old.zip(row.old_id) { Some((old, id)) => a href=(format!("/observations/{id}")) { (shown(old)) }, None => span.muted { "–" } }
            }
            td.num data-label=(ctx.t("Trong tệp", "In the file")) { strong { (shown(row.value)) }
                @if let Some(old) = row.old { br; small.muted { (change_of(old, row.value, ctx.lang)) } } }
            td data-label=(ctx.t("Loại số liệu", "Stage")) { (crate::pages::observations::stage(row.stage, ctx)) }
            td.nowrap data-label=(ctx.t("Ô", "Cell")) { code { (row.at) } }
        } }
    }

    fn accept(&self, ctx: &Ctx) -> Markup {
        let (form, counts) = (&self.form, self.told.counts);
        let count = counts.new + counts.revised;
        html! {
            h2 { (ctx.t("Tiếp nhận", "Accept")) }
            form method="post" action=(format!("/imports/{}/accept", self.staged.id)) enctype="multipart/form-data" {
                (hidden(ctx))
                input type="hidden" name="sign" value=(self.sign);
                (form.input(ctx, "text", "source", ctx.t("Nguồn của cả tệp", "Source of the whole file"), Some(ctx.t("Dùng cho dòng không ghi nguồn riêng", "For rows that name no source of their own"))))
                (form.file(ctx, "paper", ctx.t("Văn bản minh chứng (nếu có)", "Paper that shows it (if any)"), Some(ctx.t("Ví dụ bản quét báo cáo đã ký", "Such as a scan of the signed report")), ""))
                (form.text_area(ctx, "note", ctx.t("Ghi chú", "Note"), counts_note(ctx, counts), 2))
                @if counts.doubtful > 0 {
                    (tick(form, "acknowledge", "yes", &match ctx.lang {
                        Lang::Vi => format!("Tôi đã xem lại {} dòng được hỏi lại: số đúng (lý do ghi ở Ghi chú).", counts.doubtful),
                        Lang::En => format!("I have looked at the {} rows asked back: they are right (the reason stands in the note).", counts.doubtful),
                    }))
                }
                @if counts.faulty > 0 {
                    (tick(form, "without", &counts.faulty.to_string(), &match ctx.lang {
                        Lang::Vi => format!("Tiếp nhận phần còn lại, không có {} dòng lỗi.", counts.faulty),
                        Lang::En => format!("Accept the rest, without the {} faulty rows.", counts.faulty),
                    }))
                }
                button.primary type="submit" { (match ctx.lang {
                    Lang::Vi => format!("Tiếp nhận {count} số liệu"),
                    Lang::En => format!("Accept {count} figures"),
                }) }
            }
        }
    }

    fn discard(&self, ctx: &Ctx) -> Markup {
        html! {
            form method="post" action=(format!("/imports/{}/discard", self.staged.id)) {
                (hidden(ctx))
                button type="submit" { (ctx.t("Bỏ tệp này", "Throw the file away")) }
            }
        }
    }
}

/// A box to tick, with what is wrong with it.
fn tick(form: &FormState, name: &str, value: &str, label: &str) -> Markup {
    html! {
        div.field.field-bad[form.fault(name).is_some()] { label {
            input type="checkbox" id=(format!("f-{name}")) name=(name) value=(value) checked[form.values.has(name, value)]
                aria-invalid=[form.fault(name).map(|_| "true")];
            " " (label)
        } }
    }
}

fn counts_note(ctx: &Ctx, counts: Counts) -> Option<&str> {
    (counts.doubtful > 0).then(|| {
        ctx.t(
            "Vì sao các số được hỏi lại là đúng",
            "Why the figures asked back are right",
        )
    })
}

fn no_evidence() -> Label {
    let say = Doubt::NoEvidence.say();
    Label::new(say.vi, say.en)
}

/// By how much a value changes, with its sign.
fn change_of(old: Decimal, new: Decimal, lang: Lang) -> String {
    match new.checked_sub(old) {
        Some(by) if by.is_sign_positive() => {
            format!("+{}", viet::number::format(by.normalize(), lang))
        }
        Some(by) => viet::number::format(by.normalize(), lang),
        None => String::new(),
    }
}

/// A file with everything it is read by.
pub(super) fn reading<'a>(ctx: &'a Ctx, staged: &'a Staged) -> Reading<'a> {
    Reading {
        staged,
        directory: &ctx.directory,
        scope: &ctx.scope,
        today: ctx.today,
        sent_on: parts::day_of(staged.created_at),
    }
}

/// The source that a file is proposed to be called.
pub(super) fn source_of(staged: &Staged) -> String {
    format!("Tệp {}", staged.name)
}

/// `GET /imports/{id}`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    ctx.signed_in()?;
    let id: ImportId = parts::id(&id)?;
    let staged = match staged::get(&app, &ctx, id).await {
        Err(Failure::NotFound) => return accepted(&app, &ctx, id).await,
        staged => staged?,
    };
    if table_of(&staged.kind).is_some() && staged.mapping.is_none() {
        return see(&ctx, &format!("/imports/{id}/columns"));
    }
    let source = source_of(&staged);
    let form = FormState::prefilled(FormValues::of([("source", source.clone())]));
    if large::is_large(&staged) {
        return large::show(&app, &ctx, staged, form).await;
    }
    let content = staged::content(app.journal.db(), id).await?;
    let outcome = reading(&ctx, &staged)
        .outcome(&app.journal, &content, &source, &[])
        .await?;
    answer(&ctx, &Difference::of(staged, outcome, form))
}

/// A file that was accepted is seen as the batch it became.
async fn accepted(app: &App, ctx: &Ctx, id: ImportId) -> Answer {
    let batch = observation::BatchId(id.0);
    observation::batch(app.journal.db(), &ctx.scope, &ctx.as_known, batch).await?;
    see(ctx, &format!("/batches/{batch}"))
}

/// `GET /imports/{id}/marked`: the workbook with its faults marked in the cells.
pub async fn marked(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    ctx.signed_in()?;
    let staged = staged::get(&app, &ctx, parts::id(&id)?).await?;
    if staged.kind != Kind::Workbook {
        return Err(Failure::NotFound);
    }
    let content = staged::content(app.journal.db(), staged.id).await?;
    let outcome = reading(&ctx, &staged)
        .outcome(&app.journal, &content, &source_of(&staged), &[])
        .await?;
    let broken = |error: &dyn std::fmt::Display| Failure::Broken(error.to_string());
    let outcome = outcome.map_err(|unread| broken(&unread))?;
    let back = returned(&content).map_err(|error| broken(&error))?;
    let bytes = workbook::mark(&back, &outcome.faults).map_err(|error| broken(&error))?;
    Ok(download(bytes, XLSX, &format!("loi-{}", staged.name)))
}

/// Media type of a workbook.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
