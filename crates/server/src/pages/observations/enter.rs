//! Entering a figure.

use access::{FieldFault, OrgId, Permission, Refusal};
use axum::extract::State;
use catalogue::{Id, ORGANISATION, Stage};
use jiff::civil::Date;
use journal::{Seq, Written};
use maud::{Markup, html};
use observation::{Book, Breakdown, Figure, ObservationId, Record, SeriesKey};
use serde::Serialize;
use viet::{AreaKey, Period};

use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::parts;

#[derive(Serialize)]
struct New {
    /// Version of the series, to be sent back as `expected`.
    expected: Seq,
    /// Fields that a client sends.
    fields: [&'static str; 12],
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
                (form.select(ctx, "indicator", ctx.t("Chỉ số", "Indicator"), None, &super::indicator_options(ctx)))
                (form.select(ctx, "area", ctx.t("Địa bàn", "Area"), None, &area_options(ctx, form.values.get("area"))))
                @let parts = part_options(ctx, &form.values);
                @if parts.len() > 1 { (form.select(ctx, "breakdown", ctx.t("Phần", "Part"), Some(ctx.t("Số chung của địa bàn, hoặc phần của một cơ quan trong đó", "The whole of the area, or an organisation's part of it")), &parts)) }
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
            "breakdown",
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

/// The parts an indicator may be told by: the whole, the organisations the reader may speak for, the codes of lists,
/// and whatever the form came with.
fn part_options(ctx: &Ctx, values: &FormValues) -> Vec<(String, String)> {
    let indicator = ctx.directory.indicators().get(values.get("indicator"));
    let dimensions = indicator.map(|pinned| &pinned.definition.series.disaggregations);
    let mut codes: Vec<(String, String)> = Vec::new();
    for dimension in dimensions.into_iter().flatten() {
        if dimension.as_str() == ORGANISATION {
            let alive = ctx.directory.organisations().list(ctx.today).into_iter();
            let speaks = |id: &OrgId| {
                let keeps = ctx.scope.may(Permission::KeepProgramme);
                keeps || ctx.scope.may_for(Permission::RecordObservation, id)
            };
            let own = alive.map(|o| OrgId(o.id.to_string())).filter(speaks);
            codes.extend(own.map(|id| (format!("{dimension}={id}"), parts::org_name(ctx, &id))));
        } else if let Some(list) = ctx.directory.codelist(dimension.as_str()) {
            let entries = list.definition.list.entries.iter();
            codes.extend(entries.map(|entry| {
                let label = entry.label.get(ctx.lang).to_owned();
                (format!("{dimension}={}", entry.code), label)
            }));
        }
    }
    let given = values.get("breakdown");
    if !given.is_empty()
        && !codes.iter().any(|(code, _)| code == given)
        && let Ok(breakdown) = given.parse()
    {
        codes.push((given.to_owned(), parts::part_name(ctx, &breakdown)));
    }
    let whole = (
        String::new(),
        ctx.t("số chung của địa bàn", "the whole of the area")
            .to_owned(),
    );
    std::iter::once(whole).chain(codes).collect()
}

/// The areas a figure is usually entered for: provinces of today, their communes when one is chosen, and
/// whatever the form came with.
pub fn area_options(ctx: &Ctx, chosen: &str) -> Vec<(String, String)> {
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

/// `GET /observations/new?indicator=&area=&breakdown=&period=`
pub async fn form(State(app): State<App>, ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::RecordObservation)?;
    let mut values: Vec<(&str, String)> = ["indicator", "area", "breakdown", "period"]
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
        .map(|(indicator, area)| SeriesKey::new(indicator, area))
        .and_then(|whole| Some(whole.told_by(values.get("breakdown").parse().ok()?)));
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
pub async fn record(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    match try_record(&app, &ctx, &posted).await {
        Ok(id) => see(&ctx, &format!("/observations/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            let expected = version(&app, &ctx, &form.values).await?;
            answer_with(&ctx, status, &new_view(form, expected))
        }
    }
}

async fn try_record(app: &App, ctx: &Ctx, posted: &Posted) -> Result<ObservationId, Refusal> {
    ctx.scope.require(Permission::RecordObservation)?;
    let organisation = ctx.scope.organisation().cloned().ok_or_else(|| {
        Refusal::conflict(
            "Tài khoản của bạn chưa thuộc cơ quan nào nên chưa thể ghi số liệu.",
            "Your account belongs to no organisation, so it cannot enter figures.",
        )
    })?;
    ctx.scope
        .require_for(Permission::RecordObservation, &organisation)?;
    let (key, mut command) = typed(ctx, &posted.values, organisation)?;
    if let Some(upload) = posted.file("evidence") {
        command.evidence.push(super::stored(app, upload).await?);
    }
    let (journal, book) = (&app.journal, Book::on(&ctx.directory, ctx.today));
    match observation::record(journal, &ctx.scope, &command, book, key).await? {
        Written::Again(seq) => recorded_by(app, seq).await,
        Written::New(_) | Written::Nothing => Ok(command.id),
    }
}

/// The observation that an entry recorded: what a form sent twice is answered with.
async fn recorded_by(app: &App, seq: Seq) -> Result<ObservationId, Refusal> {
    let facts = app.journal.facts_after(seq - 1, 1).await?;
    let id = facts
        .iter()
        .find_map(|fact| fact.data.get("id")?.as_str()?.parse().ok());
    id.ok_or(Refusal::NotFound)
}

/// From typed text to the command; every field that cannot be read is named.
fn typed(
    ctx: &Ctx,
    values: &FormValues,
    organisation: OrgId,
) -> Result<(Option<String>, Record), Refusal> {
    let mut faults = Vec::new();
    let indicator: Option<Id> = values.get("indicator").parse().ok();
    let indicator = indicator.filter(|id| ctx.directory.indicators().get(id.as_str()).is_some());
    let area: Option<AreaKey> = values.get("area").parse().ok();
    let area = area.filter(|key| ctx.directory.areas().get(*key).is_some());
    let breakdown: Option<Breakdown> = values.get("breakdown").parse().ok();
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
        breakdown.is_none(),
        "breakdown",
        "Phần viết như organisation=so-y-te; để trống là số chung.",
        "Write a part like organisation=so-y-te; empty means the whole.",
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
    let place = indicator.zip(area).zip(breakdown);
    let (
        Some(((indicator, area), breakdown)),
        Some(period),
        Some(value),
        Some(stage),
        Some(vintage),
    ) = (place, period, value, stage, vintage)
    else {
        return Err(Refusal::Invalid { faults });
    };
    let optional = |name: &str| values.given(name).map(str::to_owned);
    let command = Record {
        id: ObservationId::new(),
        key: SeriesKey::new(indicator, area).told_by(breakdown),
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
