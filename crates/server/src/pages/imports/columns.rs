//! What the columns of a table mean: guessed from the headings, said by a person, remembered for the next
//! table of the organisation with the same headings.

use access::{FieldFault, Refusal};
use axum::extract::{Path, State};
use catalogue::Stage;
use interchange::amount::Notation;
use interchange::table::{Column, Fixed, Mapping, Role, read_period};
use maud::{Markup, html};
use serde::Serialize;
use viet::Period;

use super::large;
use super::read::{Sample, sample};
use super::receive::table_of;
use super::staged::{self, Staged};
use crate::answer::{Answer, Table, View, answer, answer_with, aside, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::pages::observations::indicator_options;
use crate::parts;

/// The words of roles in forms, with what they mean.
const ROLES: [(&str, &str, &str); 12] = [
    (
        "indicator",
        "chỉ số (mã hoặc tên)",
        "indicator (id or name)",
    ),
    ("area", "địa bàn (mã hoặc tên)", "area (code or name)"),
    (
        "period",
        "kỳ số liệu, hoặc một phần của kỳ",
        "period, or a part of it",
    ),
    ("value", "giá trị", "value"),
    ("numerator", "tử số", "numerator"),
    ("denominator", "mẫu số", "denominator"),
    ("stage", "loại số liệu", "stage"),
    ("source", "nguồn", "source"),
    ("vintage", "ngày công bố", "published on"),
    ("evidence", "minh chứng", "evidence"),
    ("note", "ghi chú", "note"),
    (
        "part",
        "phân tổ (dòng là một phần)",
        "breakdown (the row is a part)",
    ),
];

/// How a role is written in a form.
fn word(role: &Role) -> String {
    match role {
        Role::Indicator => "indicator".into(),
        Role::Area => "area".into(),
        Role::Period => "period".into(),
        Role::Value => "value".into(),
        Role::ValueFor(period) => format!("value:{period}"),
        Role::Numerator => "numerator".into(),
        Role::Denominator => "denominator".into(),
        Role::Stage => "stage".into(),
        Role::Source => "source".into(),
        Role::Vintage => "vintage".into(),
        Role::Disaggregation(_) => "part".into(),
        Role::Evidence => "evidence".into(),
        Role::Note => "note".into(),
    }
}

fn role(word: &str, heading: &str) -> Option<Role> {
    Some(match word {
        "indicator" => Role::Indicator,
        "area" => Role::Area,
        "period" => Role::Period,
        "value" => Role::Value,
        "numerator" => Role::Numerator,
        "denominator" => Role::Denominator,
        "stage" => Role::Stage,
        "source" => Role::Source,
        "vintage" => Role::Vintage,
        "part" => Role::Disaggregation(heading.to_owned()),
        "evidence" => Role::Evidence,
        "note" => Role::Note,
        other => Role::ValueFor(other.strip_prefix("value:")?.parse().ok()?),
    })
}

#[derive(Serialize)]
struct Columns {
    #[serde(flatten)]
    staged: Staged,
    headings: Vec<String>,
    first_rows: Vec<Vec<String>>,
    /// Whether an earlier table had these headings.
    remembered: bool,
    #[serde(skip)]
    form: FormState,
}

impl View for Columns {
    fn title(&self, ctx: &Ctx) -> String {
        format!(
            "{}: {}",
            ctx.t("Các cột của", "The columns of"),
            self.staged.name
        )
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            p { @if self.remembered { (ctx.t("Các cột được hiểu như lần trước với bảng có tiêu đề này. Kiểm tra rồi tiếp tục.", "The columns are understood as for the last table with these headings. Check and go on.")) }
                @else { (ctx.t("Ý nghĩa các cột được đoán từ tiêu đề. Kiểm tra, sửa rồi tiếp tục; lần sau bảng có cùng tiêu đề sẽ được hiểu như vậy.", "What the columns mean is guessed from their headings. Check, correct and go on; the next table with these headings will be understood like this.")) } }
            (self.form.summary(ctx))
            form method="post" action=(format!("/imports/{}/columns", self.staged.id)) {
                (hidden(ctx))
                (self.roles(ctx))
                h2 { (ctx.t("Điều đúng cho mọi dòng", "What holds for every row")) }
                p.muted { (ctx.t("Chỉ cần ghi những gì không cột nào nói.", "Only what no column says.")) }
                (self.fixed(ctx))
                button.primary type="submit" { (ctx.t("Kiểm tra số liệu", "Check the figures")) }
            }
        }
    }

    fn table(&self) -> Table {
        let rows = self.headings.iter().enumerate().map(|(at, heading)| {
            let role = self.form.values.get(&format!("role-{at}"));
            vec![at.to_string(), heading.clone(), role.to_owned()]
        });
        Table {
            head: vec!["column", "heading", "role"],
            rows: rows.collect(),
        }
    }
}

impl Columns {
    fn roles(&self, ctx: &Ctx) -> Markup {
        html! { div.scroll { table.stack {
            thead { tr {
                th scope="col" { (ctx.t("Tiêu đề cột", "Heading")) }
                th scope="col" { (ctx.t("Ý nghĩa", "Meaning")) }
                th scope="col" { (ctx.t("Những dòng đầu", "First rows")) }
            } }
            tbody { @for (at, heading) in self.headings.iter().enumerate() {
                @let name = format!("role-{at}");
                tr {
                    td.main { label for=(format!("f-{name}")) { strong { (heading) } } }
                    td data-label=(ctx.t("Ý nghĩa", "Meaning")) { (self.role(ctx, &name, heading)) }
                    td.muted data-label=(ctx.t("Những dòng đầu", "First rows")) { (self.sample(at)) }
                }
            } }
        } } }
    }

    fn role(&self, ctx: &Ctx, name: &str, heading: &str) -> Markup {
        let chosen = self.form.values.get(name);
        html! {
            select id=(format!("f-{name}")) name=(name) {
                option value="" { (ctx.t("bỏ qua", "pass over")) }
                @for (word, vi, en) in ROLES { option value=(word) selected[word == chosen] { (ctx.t(vi, en)) } }
                @if let Some(period) = period_of(heading) {
                    @let word = format!("value:{period}");
                    option value=(word) selected[word == chosen] { (ctx.t("giá trị của ", "value for ")) (period.label(ctx.lang)) }
                }
            }
            @if let Some(fault) = self.form.fault(name) { p.fault { span aria-hidden="true" { "▲ " } (fault.say.in_lang(ctx.lang)) } }
        }
    }

    fn sample(&self, at: usize) -> String {
        let cells = self.first_rows.iter().filter_map(|row| row.get(at));
        let some: Vec<&str> = cells
            .map(|cell| cell.trim())
            .filter(|c| !c.is_empty())
            .take(3)
            .collect();
        some.join(" · ")
    }

    fn fixed(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let said = || {
            (
                String::new(),
                ctx.t("theo cột", "as a column says").to_owned(),
            )
        };
        let mut indicators = vec![said()];
        indicators.extend(indicator_options(ctx));
        let mut stages = vec![(
            String::new(),
            ctx.t("theo cột, hoặc báo cáo", "as a column says, or reported")
                .to_owned(),
        )];
        stages.extend(Stage::ALL.map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())));
        let notations = [
            (
                String::new(),
                ctx.t(
                    "chỉ nhận số đọc được một cách",
                    "only what can be read in one way",
                )
                .to_owned(),
            ),
            ("vietnamese".to_owned(), "1.234,5".to_owned()),
            ("english".to_owned(), "1,234.5".to_owned()),
        ];
        html! {
            (form.select(ctx, "indicator", ctx.t("Chỉ số", "Indicator"), None, &indicators))
            (form.input(ctx, "text", "area", ctx.t("Địa bàn", "Area"), Some(ctx.t("Mã hoặc tên, ví dụ 66 hoặc Tỉnh Đắk Lắk", "Code or name, such as 66 or Tỉnh Đắk Lắk"))))
            (form.input(ctx, "text", "period", ctx.t("Kỳ", "Period"), Some("2025 · 2025-Q3 · 2025-H1 · 2025-M04")))
            (form.select(ctx, "stage", ctx.t("Loại số liệu", "Stage"), None, &stages))
            (form.input(ctx, "text", "vintage", ctx.t("Ngày công bố", "Published on"), Some(ctx.t("Để trống: ngày gửi tệp", "Left empty: the day the file was sent"))))
            (form.select(ctx, "notation", ctx.t("Cách viết số", "How numbers are written"), None, &notations))
        }
    }
}

/// The period that a heading names, if it heads values for one.
fn period_of(heading: &str) -> Option<Period> {
    read_period(heading)
}

fn values_of(mapping: &Mapping) -> FormValues {
    let fixed = &mapping.fixed;
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (at, column) in mapping.columns.iter().enumerate() {
        let role = column.role.as_ref().map(word).unwrap_or_default();
        pairs.push((format!("role-{at}"), role));
    }
    let mut fix = |name: &str, value: Option<String>| {
        pairs.push((name.to_owned(), value.unwrap_or_default()));
    };
    fix("indicator", fixed.indicator.clone());
    fix("area", fixed.area.clone());
    fix("period", fixed.period.map(|period| period.to_string()));
    fix("stage", fixed.stage.map(|stage| stage.word().to_owned()));
    fix(
        "vintage",
        fixed
            .vintage
            .map(|day| viet::date::format(day, viet::Lang::Vi)),
    );
    let notation = mapping.notation.map(|notation| match notation {
        Notation::Vietnamese => "vietnamese".to_owned(),
        Notation::English => "english".to_owned(),
    });
    fix("notation", notation);
    FormValues::of(
        pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone())),
    )
}

/// From the form to a mapping; every field that cannot be read is named.
fn typed(values: &FormValues, headings: &[String]) -> Result<Mapping, Refusal> {
    let mut faults = Vec::new();
    let column = |(at, heading): (usize, &String)| Column {
        role: values
            .given(&format!("role-{at}"))
            .and_then(|word| role(word, heading)),
        heading: heading.clone(),
    };
    let columns: Vec<Column> = headings.iter().enumerate().map(column).collect();
    let period = values
        .given("period")
        .map(|text| read_period(text).or_else(|| text.parse().ok()));
    if period == Some(None) {
        faults.push(FieldFault::new(
            "period",
            "Kỳ viết như 2025, 2025-Q3, 2025-H1, 2025-M04.",
            "Write the period like 2025, 2025-Q3, 2025-H1, 2025-M04.",
        ));
    }
    let vintage = values
        .given("vintage")
        .map(|text| viet::date::parse(text).or_else(|| text.parse().ok()));
    if vintage == Some(None) {
        faults.push(FieldFault::new(
            "vintage",
            "Ngày viết như 15/10/2026.",
            "Write the day like 15/10/2026.",
        ));
    }
    let mapping = Mapping {
        columns,
        notation: match values.get("notation") {
            "vietnamese" => Some(Notation::Vietnamese),
            "english" => Some(Notation::English),
            _ => None,
        },
        fixed: Fixed {
            indicator: values.given("indicator").map(str::to_owned),
            area: values.given("area").map(str::to_owned),
            period: period.flatten(),
            stage: values.given("stage").and_then(Stage::from_word),
            source: None,
            vintage: vintage.flatten(),
        },
    };
    if let Err(bad) = mapping.check() {
        let say = bad.to_string();
        faults.push(FieldFault::new("role-0", say.clone(), say));
    }
    match faults.is_empty() {
        true => Ok(mapping),
        false => Err(Refusal::Invalid { faults }),
    }
}

async fn load(app: &App, ctx: &Ctx, id: &str) -> Result<(Staged, Sample), Failure> {
    let staged = staged::own(app, ctx, parts::id(id)?).await?;
    let Some(sheet) = table_of(&staged.kind) else {
        return Err(Failure::NotFound);
    };
    let db = app.journal.db();
    let content = match sheet {
        Some(_) => staged::content(db, staged.id).await?,
        None => staged::piece(db, staged.id, 0).await?.unwrap_or_default(),
    };
    let sample = aside(|| sample(&content, sheet)).map_err(|e| Failure::Broken(e.to_string()))?;
    Ok((staged, sample))
}

fn view(staged: Staged, sample: Sample, remembered: bool, form: FormState) -> Columns {
    Columns {
        staged,
        headings: sample.headings,
        first_rows: sample.first_rows,
        remembered,
        form,
    }
}

/// `GET /imports/{id}/columns`
pub async fn form(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    ctx.signed_in()?;
    let (staged, sample) = load(&app, &ctx, &id).await?;
    let remembered = staged.mapping.is_some();
    let values = values_of(staged.mapping.as_ref().unwrap_or(&sample.mapping));
    answer(
        &ctx,
        &view(staged, sample, remembered, FormState::prefilled(values)),
    )
}

/// `POST /imports/{id}/columns`
pub async fn choose(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let (staged, sample) = load(&app, &ctx, &id).await?;
    match typed(&posted.values, &sample.headings) {
        Ok(mapping) => {
            let now = app.journal.now().as_microsecond();
            staged::set_mapping(app.journal.db(), &staged, &mapping, now).await?;
            if large::is_large(&staged) {
                return large::check(&app, &ctx, &staged).await;
            }
            see(&ctx, &format!("/imports/{id}"))
        }
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &view(staged, sample, false, form))
        }
    }
}
