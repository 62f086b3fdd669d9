//! Observations: entering a figure, finding it, following it to its evidence.

use access::{FieldClass, FieldFault, OrgId, Permission, Refusal};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use catalogue::{Id, Stage};
use jiff::civil::Date;
use journal::{FileHash, Seq};
use maud::{Markup, html};
use observation::{
    Book, EvidenceFile, Figure, Filter, Lineage, Observation, ObservationId, Publish, Record,
    SeriesKey, Withdraw,
};
use serde::Serialize;
use viet::{AreaKey, Period};

use crate::answer::{Answer, Table, View, answer, answer_with, download, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/observations", get(list).post(record))
        .route("/observations/new", get(new))
        .route("/observations/{id}", get(show))
        .route("/observations/{id}/withdraw", post(withdraw))
        .route("/observations/{id}/publish", post(publish))
        .route("/observations/{id}/evidence/{hash}", get(evidence))
}

/// How far a figure has come, by word and shape.
pub fn stage(stage: Stage, ctx: &Ctx) -> Markup {
    let (class, shape) = match stage {
        Stage::Official => ("good", '●'),
        Stage::Preliminary => ("info", '◐'),
        Stage::Estimated => ("warn", '△'),
        Stage::Reported => ("idle", '○'),
    };
    parts::status(class, shape, stage.label(ctx.lang))
}

/// The value of an observation as its indicator is shown.
pub fn shown(ctx: &Ctx, observation: &Observation) -> String {
    let indicator = ctx
        .directory
        .indicators()
        .get(observation.key.indicator.as_str());
    parts::value(
        indicator.map(|pinned| &pinned.definition),
        observation.figure.value,
        ctx.lang,
    )
}

/// A row of an observation as JSON has it.
#[derive(Serialize)]
struct Row {
    id: ObservationId,
    indicator: Id,
    area: AreaKey,
    period: Period,
    #[serde(flatten)]
    figure: Figure,
    organisation: OrgId,
    recorded_at: i64,
}

impl Row {
    fn of(observation: &Observation) -> Self {
        Row {
            id: observation.id,
            indicator: observation.key.indicator.clone(),
            area: observation.key.area,
            period: observation.figure.period,
            figure: observation.figure.clone(),
            organisation: observation.organisation.clone(),
            recorded_at: observation.recorded_at,
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.indicator.to_string(),
            self.area.to_string(),
            self.period.to_string(),
            self.figure.value.to_string(),
            self.figure.stage.word().to_owned(),
            self.figure.vintage.to_string(),
            self.figure.source.clone(),
            self.organisation.0.clone(),
        ]
    }
}

const HEAD: [&str; 9] = [
    "id",
    "indicator",
    "area",
    "period",
    "value",
    "stage",
    "vintage",
    "source",
    "organisation",
];

/// Observations as a table; target pages and organisations draw it too.
pub fn table_of(ctx: &Ctx, observations: &[Observation], with_indicator: bool) -> Markup {
    html! { div.scroll { table.stack {
        thead { tr {
            @if with_indicator { th scope="col" { (ctx.t("Chỉ số", "Indicator")) } th scope="col" { (ctx.t("Địa bàn", "Area")) } }
            th scope="col" { (ctx.t("Kỳ", "Period")) }
            th.num scope="col" { (ctx.t("Giá trị", "Value")) }
            th scope="col" { (ctx.t("Loại số liệu", "Stage")) }
            th scope="col" { (ctx.t("Công bố", "Vintage")) }
            th scope="col" { (ctx.t("Nguồn", "Source")) }
        } }
        tbody { @for observation in observations {
            @let figure = &observation.figure;
            tr {
                @if with_indicator {
                    td.main { a href=(format!("/indicators/{}", observation.key.indicator)) { (parts::indicator_name(ctx, observation.key.indicator.as_str())) } }
                    td data-label=(ctx.t("Địa bàn", "Area")) { (parts::area_link(ctx, observation.key.area)) }
                }
                td data-label=(ctx.t("Kỳ", "Period")) { (figure.period.label(ctx.lang)) }
                td.num data-label=(ctx.t("Giá trị", "Value")) { a href=(format!("/observations/{}", observation.id)) { (shown(ctx, observation)) } }
                td data-label=(ctx.t("Loại số liệu", "Stage")) { (stage(figure.stage, ctx)) }
                td.nowrap data-label=(ctx.t("Công bố", "Vintage")) { (parts::date(Some(figure.vintage), ctx.lang)) }
                td data-label=(ctx.t("Nguồn", "Source")) { (figure.source) }
            }
        } }
    } } }
}

#[derive(Serialize)]
struct List {
    total: u64,
    observations: Vec<Row>,
    #[serde(skip)]
    drawn: Vec<Observation>,
    #[serde(skip)]
    filter: FormState,
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Số liệu", "Observations").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let any = |label: &str| (String::new(), label.to_owned());
        let mut indicators = vec![any(ctx.t("mọi chỉ số", "every indicator"))];
        indicators.extend(indicator_options(ctx));
        let mut stages = vec![any(ctx.t("mọi loại", "every stage"))];
        stages.extend(Stage::ALL.map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())));
        html! {
            form.filters action="/observations" {
                (self.filter.select(ctx, "indicator", ctx.t("Chỉ số", "Indicator"), None, &indicators))
                (self.filter.select(ctx, "stage", ctx.t("Loại số liệu", "Stage"), None, &stages))
                (self.filter.input(ctx, "text", "area", ctx.t("Khoá địa bàn", "Area key"), None))
                (self.filter.input(ctx, "text", "period", ctx.t("Kỳ", "Period"), None))
                button type="submit" { (ctx.t("Lọc", "Filter")) }
            }
            @if ctx.scope.may(Permission::RecordObservation) {
                p { a.button.primary href=(new_address(&self.filter.values)) { (ctx.t("Ghi số liệu", "Enter a figure")) } }
            }
            @if self.drawn.is_empty() {
                (parts::empty(ctx.t("Không có số liệu nào khớp trong phạm vi của bạn.", "No observation within your scope matches."), Some(("/observations", ctx.t("Bỏ lọc", "Remove the filter")))))
            } @else { (table_of(ctx, &self.drawn, true)) (parts::pager(ctx, self.total)) }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.observations.iter().map(Row::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

fn new_address(values: &FormValues) -> String {
    let pairs: Vec<(String, String)> = ["indicator", "area"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), values.given(name)?.to_owned())))
        .collect();
    format!("/observations/new?{}", crate::ctx::form_urlencode(&pairs))
}

/// The indicators to choose from, in alphabetical order.
pub fn indicator_options(ctx: &Ctx) -> Vec<(String, String)> {
    let mut options: Vec<(String, String)> = ctx
        .directory
        .indicators()
        .list()
        .map(|pinned| {
            let def = &pinned.definition.def;
            (def.id.to_string(), def.label.get(ctx.lang).to_owned())
        })
        .collect();
    options.sort_by_key(|(_, label)| viet::fold::fold(label));
    options
}

/// `GET /observations?indicator=&area=&stage=&period=`
async fn list(State(app): State<App>, ctx: Ctx) -> Answer {
    let values = FormValues::of(
        ["indicator", "area", "stage", "period"]
            .map(|name| (name, ctx.query(name).unwrap_or_default())),
    );
    let filter = Filter {
        indicator: parse_filter(&values, "indicator")?,
        area: parse_filter(&values, "area")?,
        stage: match values.given("stage") {
            Some(word) => Some(Stage::from_word(word).ok_or_else(|| odd("stage", word))?),
            None => None,
        },
        period: parse_filter(&values, "period")?,
        ..Filter::default()
    };
    let listed = observation::list(
        app.journal.db(),
        &ctx.scope,
        &ctx.as_known,
        &filter,
        parts::page(&ctx),
    )
    .await?;
    let view = List {
        total: listed.total,
        observations: listed.rows.iter().map(Row::of).collect(),
        drawn: listed.rows,
        filter: FormState::prefilled(values),
    };
    answer(&ctx, &view)
}

fn parse_filter<T: std::str::FromStr>(
    values: &FormValues,
    name: &str,
) -> Result<Option<T>, Failure> {
    values
        .given(name)
        .map(|text| text.parse().map_err(|_| odd(name, text)))
        .transpose()
}

fn odd(name: &str, text: &str) -> Failure {
    Failure::bad_request(
        format!(
            "{name}={text}: không phải giá trị hợp lệ. Kỳ viết như 2025, 2025-Q3, 2025-H1; địa bàn như 66@2025-07-01."
        ),
        format!(
            "{name}={text} is not a valid value. Write periods like 2025, 2025-Q3, 2025-H1; areas like 66@2025-07-01."
        ),
    )
}

#[derive(Serialize)]
struct New {
    /// Version of the series, to be sent back as `expected`.
    expected: Seq,
    /// Fields that a client sends.
    fields: [&'static str; 11],
    #[serde(skip)]
    form: FormState,
}

impl View for New {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Ghi số liệu", "Enter a figure").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let stages: Vec<_> = Stage::ALL
            .map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned()))
            .to_vec();
        let doubted = form.fault("acknowledge").is_some() || form.values.has("acknowledge", "yes");
        html! {
            (form.summary(ctx))
            form method="post" action="/observations" enctype="multipart/form-data" {
                (hidden(ctx))
                input type="hidden" name="expected" value=(self.expected);
                (form.select(ctx, "indicator", ctx.t("Chỉ số", "Indicator"), None, &indicator_options(ctx)))
                (form.select(ctx, "area", ctx.t("Địa bàn", "Area"), None, &area_options(ctx, form.values.get("area"))))
                (form.input(ctx, "text", "period", ctx.t("Kỳ", "Period"), Some(ctx.t("2025 · 2025-Q3 · 2025-H1 · 2025-9M · 2025-M04", "2025 · 2025-Q3 · 2025-H1 · 2025-9M · 2025-M04"))))
                (form.input(ctx, "text", "value", ctx.t("Giá trị", "Value"), Some(ctx.t("Dấu phẩy cho phần thập phân, ví dụ 12,5", "A comma before the decimals, e.g. 12,5"))))
                (form.select(ctx, "stage", ctx.t("Loại số liệu", "Stage"), None, &stages))
                (form.input(ctx, "text", "vintage", ctx.t("Ngày công bố", "Published on"), Some(ctx.t("Ví dụ 15/10/2026", "E.g. 15/10/2026"))))
                (form.input(ctx, "text", "source", ctx.t("Nguồn", "Source"), Some(ctx.t("Ấn phẩm, văn bản hoặc hệ thống nơi đọc được số này", "Publication, document or system where the figure was read"))))
                (form.input(ctx, "text", "source_url", ctx.t("Địa chỉ nguồn (nếu có)", "Address of the source (if any)"), None))
                (form.input(ctx, "text", "method", ctx.t("Cách tính (nếu có nhiều cách)", "Method (where several exist)"), None))
                (form.file(ctx, "evidence", ctx.t("Minh chứng", "Evidence"), Some(ctx.t("Tệp cho thấy số này từ đâu ra", "A file that shows where the figure comes from")), ""))
                (form.text_area(ctx, "note", ctx.t("Ghi chú", "Note"), None, 2))
                @if doubted {
                    div.field { label { input type="checkbox" id="f-acknowledge" name="acknowledge" value="yes" checked[form.values.has("acknowledge", "yes")]; " "
                        (ctx.t("Tôi đã kiểm tra và số này đúng (ghi lý do vào Ghi chú).", "I have checked: the figure is right (the reason stands in the note).")) } }
                }
                button.primary type="submit" { (ctx.t("Ghi", "Record")) }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["field"],
            rows: self.fields.iter().map(|f| vec![(*f).to_owned()]).collect(),
        }
    }
}

fn new_view(form: FormState, expected: Seq) -> New {
    New {
        expected,
        fields: [
            "indicator",
            "area",
            "period",
            "value",
            "stage",
            "vintage",
            "source",
            "source_url",
            "method",
            "note",
            "acknowledge",
        ],
        form,
    }
}

/// The areas a figure is usually entered for: provinces of today, their communes when one is chosen, and
/// whatever the form came with.
fn area_options(ctx: &Ctx, chosen: &str) -> Vec<(String, String)> {
    let areas = ctx.directory.areas();
    let mut keys: Vec<AreaKey> = Vec::new();
    if let Ok(key) = chosen.parse::<AreaKey>() {
        keys.push(key);
        keys.extend(areas.get(key).and_then(|area| area.parent));
        keys.extend(
            areas
                .children(key, ctx.today)
                .into_iter()
                .map(|area| area.key()),
        );
    }
    keys.extend(
        areas
            .provinces(ctx.today)
            .into_iter()
            .map(|area| area.key()),
    );
    let mut seen = std::collections::BTreeSet::new();
    keys.into_iter()
        .filter(|key| seen.insert(*key))
        .map(|key| {
            (
                key.to_string(),
                format!("{} ({key})", parts::area_name(ctx, key)),
            )
        })
        .collect()
}

/// `GET /observations/new?indicator=&area=&period=`
async fn new(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::RecordObservation)?;
    let mut values: Vec<(&str, String)> = ["indicator", "area", "period"]
        .map(|name| (name, ctx.query(name).unwrap_or_default()))
        .to_vec();
    values.push(("vintage", viet::date::format(ctx.today, viet::Lang::Vi)));
    let values = FormValues::of(values);
    let expected = version(&app, &ctx, &values).await?;
    answer(&ctx, &new_view(FormState::prefilled(values), expected))
}

async fn version(app: &App, ctx: &Ctx, values: &FormValues) -> Result<Seq, Failure> {
    let key = values
        .get("indicator")
        .parse()
        .ok()
        .zip(values.get("area").parse().ok())
        .map(|(indicator, area)| SeriesKey::new(indicator, area));
    Ok(match key {
        Some(key) => {
            observation::series(app.journal.db(), &ctx.scope, &ctx.as_known, &key)
                .await?
                .version
        }
        None => 0,
    })
}

/// `POST /observations`
async fn record(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    let id = ObservationId::new();
    let outcome = try_record(&app, &ctx, &posted, id).await;
    match outcome {
        Ok(()) => see(&ctx, &format!("/observations/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let expected = version(&app, &ctx, &form.values).await?;
            answer_with(&ctx, status, &new_view(form, expected))
        }
    }
}

async fn try_record(
    app: &App,
    ctx: &Ctx,
    posted: &Posted,
    id: ObservationId,
) -> Result<(), Refusal> {
    let organisation = ctx.scope.organisation().cloned().ok_or_else(|| {
        Refusal::conflict(
            "Tài khoản của bạn chưa thuộc cơ quan nào nên chưa thể ghi số liệu.",
            "Your account belongs to no organisation, so it cannot enter figures.",
        )
    })?;
    ctx.scope
        .require_for(Permission::RecordObservation, &organisation)?;
    let (key, mut command) = typed(&posted.values, id, organisation)?;
    if let Some(upload) = posted.file("evidence") {
        let hash = app.journal.files().put(&upload.bytes).await?;
        command.evidence.push(EvidenceFile {
            hash,
            name: upload.name.clone(),
            media: "application/octet-stream".into(),
            size: upload.bytes.len() as u64,
        });
    }
    observation::record(
        &app.journal,
        &ctx.scope,
        &command,
        Book::new(&ctx.directory),
        key,
    )
    .await?;
    Ok(())
}

/// From typed text to the command; every field that cannot be read is named.
fn typed(
    values: &FormValues,
    id: ObservationId,
    organisation: OrgId,
) -> Result<(Option<String>, Record), Refusal> {
    let mut faults = Vec::new();
    let indicator: Option<Id> = values.get("indicator").parse().ok();
    let area: Option<AreaKey> = values.get("area").parse().ok();
    let period: Option<Period> = values.get("period").parse().ok();
    let value = viet::number::parse(values.get("value"));
    let stage = Stage::from_word(values.get("stage"));
    let vintage: Option<Date> =
        viet::date::parse(values.get("vintage")).or_else(|| values.get("vintage").parse().ok());
    let mut need = |missing: bool, field: &str, vi: &str, en: &str| {
        if missing {
            faults.push(FieldFault::new(field, vi, en));
        }
    };
    need(
        indicator.is_none(),
        "indicator",
        "Hãy chọn chỉ số.",
        "Choose an indicator.",
    );
    need(
        area.is_none(),
        "area",
        "Hãy chọn địa bàn.",
        "Choose an area.",
    );
    need(
        period.is_none(),
        "period",
        "Kỳ viết như 2025, 2025-Q3, 2025-H1, 2025-9M, 2025-M04.",
        "Write the period like 2025, 2025-Q3, 2025-H1, 2025-9M, 2025-M04.",
    );
    need(
        value.is_none(),
        "value",
        "Giá trị phải là một số, ví dụ 12,5 hoặc 1.234.",
        "The value must be a number, e.g. 12,5 or 1.234.",
    );
    need(
        stage.is_none(),
        "stage",
        "Hãy chọn loại số liệu.",
        "Choose the stage.",
    );
    need(
        vintage.is_none(),
        "vintage",
        "Ngày viết như 15/10/2026.",
        "Write the day like 15/10/2026.",
    );
    let (Some(indicator), Some(area), Some(period), Some(value), Some(stage), Some(vintage)) =
        (indicator, area, period, value, stage, vintage)
    else {
        return Err(Refusal::Invalid { faults });
    };
    let optional = |name: &str| values.given(name).map(str::to_owned);
    let command = Record {
        id,
        key: SeriesKey::new(indicator, area),
        figure: Figure {
            period,
            value,
            numerator: None,
            denominator: None,
            stage,
            vintage,
            source: values.get("source").to_owned(),
            source_url: optional("source_url"),
            method: optional("method"),
            note: optional("note"),
        },
        organisation,
        evidence: vec![],
        acknowledge: values.has("acknowledge", "yes"),
        // Another indicator or area than the form was opened for has another version.
        expected: None,
    };
    Ok((optional("key"), command))
}

#[derive(Serialize)]
struct One {
    observation: Row,
    definition: Option<String>,
    ended: Option<Seq>,
    #[serde(skip)]
    lineage: Lineage,
    #[serde(skip)]
    form: FormState,
}

impl View for One {
    fn title(&self, ctx: &Ctx) -> String {
        format!(
            "{}, {}: {}",
            parts::indicator_name(ctx, self.observation.indicator.as_str()),
            self.observation.period.label(ctx.lang),
            shown(ctx, &self.lineage.observation)
        )
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let observation = &self.lineage.observation;
        let figure = &observation.figure;
        let series = format!("{}:{}", observation.key.indicator, observation.key.area);
        html! {
            @if let Some(seq) = self.ended {
                p.notice.notice-warn { (ctx.t("Số này đã được rút ở mục nhật ký số ", "This figure was withdrawn in journal entry ")) (seq) "." }
            }
            (self.form.summary(ctx))
            dl.facts {
                dt { (ctx.t("Chỉ số", "Indicator")) } dd { a href=(format!("/indicators/{}", observation.key.indicator)) { (parts::indicator_name(ctx, observation.key.indicator.as_str())) } }
                dt { (ctx.t("Địa bàn", "Area")) } dd { (parts::area_link(ctx, observation.key.area)) }
                dt { (ctx.t("Kỳ", "Period")) } dd { (figure.period.label(ctx.lang)) }
                dt { (ctx.t("Giá trị", "Value")) } dd { strong { (shown(ctx, observation)) } }
                dt { (ctx.t("Loại số liệu", "Stage")) } dd { (stage(figure.stage, ctx)) }
                dt { (ctx.t("Công bố", "Vintage")) } dd { (parts::date(Some(figure.vintage), ctx.lang)) }
                dt { (ctx.t("Nguồn", "Source")) } dd { (figure.source)
                    @if let Some(url) = &figure.source_url { br; code { (url) } } }
                @if let Some(method) = &figure.method { dt { (ctx.t("Cách tính", "Method")) } dd { (method) } }
                @if let Some(note) = &figure.note { dt { (ctx.t("Ghi chú", "Note")) } dd.pre { (note) } }
                dt { (ctx.t("Cơ quan báo cáo", "Reported by")) } dd { (parts::org_link(ctx, &observation.organisation)) }
                dt { (ctx.t("Ghi nhận", "Recorded")) } dd { (parts::moment(observation.recorded_at, ctx.lang))
                    ", " (ctx.t("mục nhật ký số ", "journal entry ")) (observation.seq) }
                @if ctx.scope.sees_field(FieldClass::Internal) {
                    dt { (ctx.t("Minh chứng", "Evidence")) }
                    dd { @if observation.evidence.is_empty() { span.muted { (ctx.t("không có tệp", "no file")) } }
                        @for file in &observation.evidence {
                            a href=(format!("/observations/{}/evidence/{}", observation.id, file.hash.as_str())) { (file.name) } " " span.muted { (file.size) " B" } br;
                        } }
                }
            }
            ul.actions {
                li { a href=(format!("/observations?indicator={}&area={}", observation.key.indicator, observation.key.area)) { (ctx.t("Cả chuỗi", "The whole series")) } }
                li { a href=(format!("/programmes?indicator={}", observation.key.indicator)) { (ctx.t("Chỉ tiêu dùng số này", "Targets that use it")) } }
                @if ctx.scope.may(Permission::ReadHistory) { li { a href=(format!("/history/series/{series}")) { (ctx.t("Lịch sử", "History")) } } }
            }
            @if self.ended.is_none() && ctx.scope.may_for(Permission::RecordObservation, &observation.organisation) { (self.commands(ctx)) }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: vec![self.observation.cells()],
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl One {
    fn of(lineage: Lineage, form: FormState) -> Self {
        One {
            observation: Row::of(&lineage.observation),
            definition: lineage.observation.definition.clone(),
            ended: lineage.ended,
            lineage,
            form,
        }
    }

    fn commands(&self, ctx: &Ctx) -> Markup {
        let address = format!("/observations/{}", self.observation.id);
        html! {
            @if self.lineage.observation.audience != access::Audience::Public {
                form method="post" action=(format!("{address}/publish")) { (hidden(ctx)) button type="submit" { (ctx.t("Công bố số này", "Publish this figure")) } }
            }
            details open[!self.form.faults.is_empty()] {
                summary { (ctx.t("Rút số ghi nhầm", "Withdraw a figure entered by mistake")) }
                form method="post" action=(format!("{address}/withdraw")) {
                    (hidden(ctx))
                    (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), Some(ctx.t("Số vẫn còn trong lịch sử, chỉ không dùng nữa.", "The figure stays in the history; it is only no longer used.")), 2))
                    button.danger type="submit" { (ctx.t("Rút", "Withdraw")) }
                }
            }
        }
    }
}

async fn load(app: &App, ctx: &Ctx, id: &str) -> Result<Lineage, Failure> {
    let id = parts::id(id)?;
    Ok(observation::lineage(&app.journal, &ctx.scope, &ctx.as_known, id).await?)
}

/// `GET /observations/{id}`
async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let lineage = load(&app, &ctx, &id).await?;
    answer(&ctx, &One::of(lineage, FormState::default()))
}

/// `POST /observations/{id}/withdraw`
async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let command = Withdraw {
        id: parts::id(&id)?,
        reason: posted.values.get("reason").to_owned(),
        expected: None,
    };
    let key = posted.values.given("key").map(str::to_owned);
    match observation::withdraw(&app.journal, &ctx.scope, &command, key).await {
        Ok(_) => see(&ctx, &format!("/observations/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let lineage = load(&app, &ctx, &id).await?;
            answer_with(&ctx, status, &One::of(lineage, form))
        }
    }
}

/// `POST /observations/{id}/publish`
async fn publish(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    ctx.signed_in()?;
    let command = Publish {
        id: parts::id(&id)?,
        expected: None,
    };
    let key = posted.values.given("key").map(str::to_owned);
    observation::publish(&app.journal, &ctx.scope, &command, key).await?;
    see(&ctx, &format!("/observations/{id}"))
}

/// `GET /observations/{id}/evidence/{hash}`: to whoever sees the figure's evidence.
async fn evidence(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, hash)): Path<(String, String)>,
) -> Answer {
    let lineage = load(&app, &ctx, &id).await?;
    let hash = FileHash::parse(&hash).ok_or(Failure::NotFound)?;
    let file = lineage
        .observation
        .evidence
        .iter()
        .find(|file| file.hash == hash)
        .ok_or(Failure::NotFound)?;
    let bytes = app.journal.files().get(&hash).await?;
    Ok(download(bytes, "application/octet-stream", &file.name))
}
