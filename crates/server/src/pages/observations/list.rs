//! `GET /observations`: figures by indicator, area, stage and period.

use access::Permission;
use axum::extract::State;
use catalogue::Stage;
use maud::{Markup, html};
use observation::{Filter, Observation};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues};
use crate::parts;

#[derive(Serialize)]
struct List {
    total: u64,
    observations: Vec<super::Row>,
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
        indicators.extend(super::indicator_options(ctx));
        let mut stages = vec![any(ctx.t("mọi loại", "every stage"))];
        stages.extend(Stage::ALL.map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())));
        html! {
            form.filters action="/observations" {
                (self.filter.select(ctx, "indicator", ctx.t("Chỉ số", "Indicator"), None, &indicators))
                (self.filter.select(ctx, "stage", ctx.t("Loại số liệu", "Stage"), None, &stages))
                (self.filter.input(ctx, "text", "area", ctx.t("Khoá địa bàn", "Area key"), None))
                (self.filter.input(ctx, "text", "period", ctx.t("Kỳ", "Period"), None))
                @if let Some(part) = self.filter.values.given("breakdown") { input type="hidden" name="breakdown" value=(part); }
                button type="submit" { (ctx.t("Lọc", "Filter")) }
            }
            @if ctx.scope.may(Permission::RecordObservation) {
                p { a.button.primary href=(new_address(&self.filter.values)) { (ctx.t("Ghi số liệu", "Enter a figure")) }
                    " " a.button href="/imports" { (ctx.t("Nhập từ tệp", "From a file")) }
                    " " a.button href="/surveys" { (ctx.t("Khảo sát", "Surveys")) }
                    " " a.button href="/completeness" { (ctx.t("Mức đầy đủ", "Completeness")) }
                    " " a.button href="/campaigns" { (ctx.t("Mùa chỉ số", "Index seasons")) } }
            } @else if ctx.scope.sees_field(access::FieldClass::Internal) {
                p { a.button href="/completeness" { (ctx.t("Mức đầy đủ", "Completeness")) }
                    " " a.button href="/batches" { (ctx.t("Lô số liệu", "Batches")) }
                    " " a.button href="/surveys" { (ctx.t("Khảo sát", "Surveys")) }
                    " " a.button href="/campaigns" { (ctx.t("Mùa chỉ số", "Index seasons")) } }
            }
            @if self.drawn.is_empty() {
                (parts::empty(ctx.t("Không có số liệu nào khớp trong phạm vi của bạn.", "No observation within your scope matches."), Some(("/observations", ctx.t("Bỏ lọc", "Remove the filter")))))
            } @else { (super::table_of(ctx, &self.drawn, true)) (parts::pager(ctx, self.total)) }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: super::HEAD.to_vec(),
            rows: self.observations.iter().map(super::Row::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

fn new_address(values: &FormValues) -> String {
    let pairs: Vec<(String, String)> = ["indicator", "area", "breakdown"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), values.given(name)?.to_owned())))
        .collect();
    format!("/observations/new?{}", crate::ctx::form_urlencode(&pairs))
}

/// `GET /observations?indicator=&area=&stage=&period=&breakdown=`
pub async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    let values = FormValues::of(
        ["indicator", "area", "stage", "period", "breakdown"]
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
        breakdown: parse_filter(&values, "breakdown")?,
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
        observations: listed.rows.iter().map(super::Row::of).collect(),
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
            "{name}={text}: không phải giá trị hợp lệ. Kỳ viết như 2025, 2025-Q3, 2025-H1; địa bàn như 66@2025-07-01; phần như organisation=so-y-te."
        ),
        format!(
            "{name}={text} is not a valid value. Write periods like 2025, 2025-Q3, 2025-H1; areas like 66@2025-07-01, parts like organisation=so-y-te."
        ),
    )
}
