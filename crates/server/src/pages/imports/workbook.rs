//! The workbook of an organisation for a period: its indicators, with what it gave for the period before.

use std::collections::BTreeSet;

use access::{OrgId, Permission};
use axum::extract::State;
use interchange::workbook::{Asked, Form, Last, MakeError, Parts, make};
use maud::{Markup, html};
use observation::{Duties, SeriesKey, due, is_due_for, periods_over, prevailing, standing};
use serde::Serialize;
use viet::{Lang, Period};

use super::receive;
use super::show::XLSX;
use crate::answer::{Answer, Table, View, answer, download};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues};
use crate::parts;

#[derive(Serialize)]
struct Offer {
    organisation: OrgId,
    period: Period,
    /// What the workbook would ask.
    rows: Vec<Asked>,
    #[serde(skip)]
    form: FormState,
    #[serde(skip)]
    periods: Vec<Period>,
}

impl View for Offer {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Biểu số liệu", "Workbooks").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let periods: Vec<_> = self
            .periods
            .iter()
            .map(|p| (p.to_string(), p.label(ctx.lang)))
            .collect();
        let file = [
            ("organisation".to_owned(), self.organisation.0.clone()),
            ("period".to_owned(), self.period.to_string()),
        ];
        html! {
            p { (ctx.t("Biểu ghi sẵn chỉ số, địa bàn, kỳ và số kỳ trước; ô nhập có danh sách và khoảng hợp lý. Điền xong, nộp lại ở trang Nhập số liệu từ tệp.", "The workbook holds indicators, areas, periods and the values of the period before; its cells have lists and ranges. Fill it in and hand it in under Figures from files.")) }
            form.filters action="/workbooks" {
                (self.form.select(ctx, "organisation", ctx.t("Cơ quan báo cáo", "Organisation that reports"), None, &receive::options(ctx)))
                (self.form.select(ctx, "period", ctx.t("Kỳ", "Period"), None, &periods))
                button type="submit" { (ctx.t("Xem", "Show")) }
            }
            @if self.rows.is_empty() {
                (parts::empty(ctx.t("Cơ quan này không được giao báo cáo chỉ số nào cho kỳ này.", "The organisation is asked for no indicator for this period."), None))
            } @else {
                p { a.button.primary href=(format!("/workbooks/file?{}", crate::ctx::form_urlencode(&file))) { (ctx.t("Tải biểu", "Fetch the workbook")) " (.xlsx, " (self.rows.len()) " " (ctx.t("dòng", "rows")) ")" }
                    " " a.button href="/imports" { (ctx.t("Nộp biểu đã điền", "Hand in a filled one")) } }
                (self.asked(ctx))
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["indicator", "area", "period", "unit", "last"],
            rows: self
                .rows
                .iter()
                .map(|row| {
                    let last = row.last.as_ref().map(|last| last.value.to_string());
                    vec![
                        row.indicator.to_string(),
                        row.area.to_string(),
                        row.period.to_string(),
                        row.unit.label(Lang::En).to_owned(),
                        last.unwrap_or_default(),
                    ]
                })
                .collect(),
        }
    }
}

impl Offer {
    fn asked(&self, ctx: &Ctx) -> Markup {
        html! { div.scroll { table.stack {
            thead { tr {
                th scope="col" { (ctx.t("Chỉ số", "Indicator")) }
                th scope="col" { (ctx.t("Địa bàn", "Area")) }
                th scope="col" { (ctx.t("Đơn vị tính", "Unit")) }
                th.num scope="col" { (ctx.t("Kỳ trước", "Period before")) }
            } }
            tbody { @for row in &self.rows { tr {
                td.main { a href=(format!("/indicators/{}", row.indicator)) { (parts::indicator_name(ctx, row.indicator.as_str())) } }
                td data-label=(ctx.t("Địa bàn", "Area")) { (parts::area_name(ctx, row.area)) }
                td data-label=(ctx.t("Đơn vị tính", "Unit")) { (row.unit.label(ctx.lang)) }
                td.num data-label=(ctx.t("Kỳ trước", "Period before")) {
                    @match &row.last { Some(last) => (viet::number::format(last.value, ctx.lang)), None => span.muted { "–" } }
                }
            } } }
        } } }
    }
}

/// What an organisation is asked for a period, by name of the indicator.
async fn asked(
    app: &App,
    ctx: &Ctx,
    organisation: &OrgId,
    period: Period,
) -> Result<Vec<Asked>, Failure> {
    let duties = Duties::on(&ctx.directory, ctx.today);
    let owed: Vec<_> = duties
        .owed(organisation)
        .filter(|(_, indicator)| is_due_for(indicator.series.periodicity, period))
        .collect();
    let keys: BTreeSet<SeriesKey> = owed.iter().map(|(key, _)| (*key).clone()).collect();
    let stands = standing(app.journal.db(), &ctx.scope, &keys).await?;
    let mut rows = Vec::with_capacity(owed.len());
    for (key, indicator) in owed {
        let value = &indicator.value;
        let before = period.previous();
        let of_period = stands
            .get(key)
            .into_iter()
            .flatten()
            .filter(|o| o.figure.period == before);
        let last = prevailing(of_period, &indicator.series.prevailing);
        rows.push(Asked {
            indicator: key.indicator.clone(),
            area: key.area,
            period,
            name: indicator.def.label.vi.clone(),
            area_name: parts::area_name(ctx, key.area),
            unit: value.unit.clone(),
            decimals: value.decimals,
            plausible: value.plausible,
            parts: value
                .numerator
                .as_ref()
                .zip(value.denominator.as_ref())
                .map(|(above, below)| Parts {
                    numerator: above.vi.clone(),
                    denominator: below.vi.clone(),
                }),
            last: last.map(|last| Last {
                period: before,
                value: last.figure.value,
            }),
        });
    }
    rows.sort_by_cached_key(|row| (viet::fold::fold(&row.name), row.area));
    Ok(rows)
}

/// The periods an organisation is asked for: the last that are over of each kind, and the one after them.
fn periods(ctx: &Ctx, organisation: &OrgId) -> Vec<Period> {
    let duties = Duties::on(&ctx.directory, ctx.today);
    let mut found = BTreeSet::new();
    for (_, indicator) in duties.owed(organisation) {
        found.extend(periods_over(indicator.series.periodicity, ctx.today, 3));
    }
    found.into_iter().rev().collect()
}

/// The organisation asked about, as far as the reader may speak for it.
fn organisation(ctx: &Ctx) -> Result<OrgId, Failure> {
    ctx.signed_in()?;
    ctx.scope.require(Permission::RecordObservation)?;
    let asked = ctx
        .query("organisation")
        .filter(|id| !id.is_empty())
        .map(OrgId);
    let own = || ctx.scope.organisation().cloned();
    let first = || {
        super::outcome::organisations(&ctx.directory, &ctx.scope, ctx.today)
            .into_iter()
            .next()
    };
    let organisation = asked.or_else(own).or_else(first).ok_or(Failure::NotFound)?;
    ctx.scope
        .require_for(Permission::RecordObservation, &organisation)?;
    Ok(organisation)
}

fn period(ctx: &Ctx, periods: &[Period]) -> Result<Period, Failure> {
    match ctx.query("period").filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map_err(|_| {
            Failure::bad_request(
                format!("period={text}: kỳ viết như 2025, 2025-Q3, 2025-H1, 2025-M04."),
                format!("period={text}: write the period like 2025, 2025-Q3, 2025-H1, 2025-M04."),
            )
        }),
        None => Ok(periods
            .first()
            .copied()
            .unwrap_or(Period::Year(ctx.today.year() - 1))),
    }
}

/// `GET /workbooks?organisation=&period=`
pub async fn offer(State(app): State<App>, ctx: Ctx) -> Answer {
    let organisation = organisation(&ctx)?;
    let periods = periods(&ctx, &organisation);
    let period = period(&ctx, &periods)?;
    let rows = asked(&app, &ctx, &organisation, period).await?;
    let values = FormValues::of([
        ("organisation", organisation.0.clone()),
        ("period", period.to_string()),
    ]);
    let view = Offer {
        organisation,
        period,
        rows,
        form: FormState::prefilled(values),
        periods,
    };
    answer(&ctx, &view)
}

/// `GET /workbooks/file?organisation=&period=`
pub async fn file(State(app): State<App>, ctx: Ctx) -> Answer {
    let organisation = organisation(&ctx)?;
    let period = period(&ctx, &periods(&ctx, &organisation))?;
    let rows = asked(&app, &ctx, &organisation, period).await?;
    let indicators = ctx.directory.indicators();
    let deadlines = rows.iter().map(|row| {
        let indicator = indicators.get(row.indicator.as_str());
        indicator.and_then(|pinned| due(&pinned.definition, period))
    });
    // Without one deadline that is known for all rows the workbook names none.
    let deadline = deadlines
        .collect::<Option<Vec<_>>>()
        .and_then(|days| days.into_iter().min());
    let name = ctx.directory.organisations().name(&organisation, ctx.today);
    let form = Form {
        organisation_name: name.map_or_else(|| organisation.0.clone(), |name| name.vi.clone()),
        title: format!("Biểu số liệu {}", period.label(Lang::Vi)),
        issued: ctx.today,
        deadline,
        rows,
        organisation: organisation.0,
    };
    let bytes = make(&form).map_err(|error| match error {
        MakeError::TooManyRows(_) => Failure::bad_request(error.to_string(), error.to_string()),
        other => Failure::Broken(other.to_string()),
    })?;
    let name = format!("bieu-so-lieu-{}-{period}.xlsx", form.organisation);
    Ok(download(bytes, XLSX, &name))
}
