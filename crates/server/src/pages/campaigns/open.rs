//! Opening a season: the index, the year, the deadline, and what differs from the definition.

use std::collections::BTreeMap;

use access::{FieldFault, OrgId, Permission, Refusal};
use axum::extract::State;
use catalogue::{Campaign, Id};
use journal::Written;
use maud::{Markup, html};
use observation::CampaignId;
use observation::campaign::{Differs, Open, open_campaign};
use serde::Serialize;
use viet::AreaKey;

use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::parts;

#[derive(Serialize)]
struct New {
    /// Definitions of which a season can be opened.
    definitions: Vec<Id>,
    /// The one chosen.
    #[serde(skip)]
    chosen: Option<Campaign>,
    #[serde(skip)]
    form: FormState,
}

impl View for New {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Mở mùa chỉ số", "Open an index season").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let options: Vec<(String, String)> = ctx
            .directory
            .campaigns()
            .map(|pinned| {
                let def = &pinned.definition.def;
                (def.id.to_string(), def.label.get(ctx.lang).to_owned())
            })
            .collect();
        html! {
            p.crumbs { a href="/campaigns" { (ctx.t("Mùa chỉ số", "Index seasons")) } }
            (self.form.summary(ctx))
            @if options.is_empty() { (parts::empty(ctx.t("Chưa có định nghĩa mùa chỉ số nào được kích hoạt.", "No definition of a season is in force."), None)) }
            @else {
                form.filters action="/campaigns/new" {
                    (self.form.select(ctx, "definition", ctx.t("Bộ chỉ số", "Index"), None, &options))
                    button type="submit" { (ctx.t("Chọn", "Choose")) }
                }
                @if let Some(chosen) = &self.chosen { (self.chosen_form(ctx, chosen)) }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: vec!["definition"],
            rows: self
                .definitions
                .iter()
                .map(|id| vec![id.to_string()])
                .collect(),
        }
    }
}

impl New {
    fn chosen_form(&self, ctx: &Ctx, chosen: &Campaign) -> Markup {
        let areas: Vec<(String, String)> = ctx
            .directory
            .areas()
            .provinces(ctx.today)
            .into_iter()
            .map(|area| (area.key().to_string(), parts::area_name(ctx, area.key())))
            .collect();
        let organisations = super::organisation_options(ctx);
        let source = &chosen.campaign.deadline_source;
        html! { form method="post" action="/campaigns" {
            (hidden(ctx))
            input type="hidden" name="definition" value=(chosen.def.id);
            (self.form.input(ctx, "text", "year", ctx.t("Năm của mùa", "Year of the season"), None))
            (self.form.select(ctx, "area", ctx.t("Địa bàn", "Area"), None, &areas))
            (self.form.input(ctx, "text", "deadline", ctx.t("Hạn chung", "Deadline"), Some(source.as_str())))
            h2 { (ctx.t("Yêu cầu", "Requests")) " (" (chosen.requests.len()) ")" }
            p.muted { (ctx.t("Cơ quan và hạn theo định nghĩa; đổi ở đây chỉ cho mùa này. Để trống hạn riêng thì theo hạn chung.", "Agencies are those of the definition; a change here is for this season. Without a day of its own a request follows the deadline.")) }
            div.scroll { table.stack.fields {
                thead { tr { th scope="col" { (ctx.t("Chỉ số thành phần", "Sub-indicator")) } th scope="col" { (ctx.t("Cơ quan", "Organisation")) } th scope="col" { (ctx.t("Hạn riêng", "Own deadline")) } } }
                tbody { @for request in &chosen.requests {
                    @let (org, due) = (format!("organisation-{}", request.id), format!("due-{}", request.id));
                    @let owes = match self.form.values.given(&org) { Some(given) => given.to_owned(), None => request.organisation.to_string() };
                    tr {
                        td.main { (request.label.get(ctx.lang)) @if request.source.is_unverified() { br; small.muted { (request.source.as_str()) } } }
                        td data-label=(ctx.t("Cơ quan", "Organisation")) {
                            select id=(format!("f-{org}")) name=(org) aria-label=(format!("{}: {}", ctx.t("Cơ quan", "Organisation"), request.label.get(ctx.lang))) {
                                @for (value, label) in &organisations { option value=(value) selected[*value == owes] { (label) } } }
                            @if let Some(fault) = self.form.fault(&org) { p.fault { (fault.say.in_lang(ctx.lang)) } } }
                        td data-label=(ctx.t("Hạn riêng", "Own deadline")) {
                            input type="text" size="10" id=(format!("f-{due}")) name=(due) value=(self.form.values.get(&due)) aria-label=(format!("{}: {}", ctx.t("Hạn riêng", "Own deadline"), request.label.get(ctx.lang)));
                            @if let Some(fault) = self.form.fault(&due) { p.fault { (fault.say.in_lang(ctx.lang)) } } }
                    } } }
            } }
            button.primary type="submit" { (ctx.t("Mở mùa", "Open")) }
        } }
    }
}

fn view(ctx: &Ctx, form: FormState) -> New {
    let chosen = ctx.directory.campaign(form.values.get("definition"));
    let ids = ctx.directory.campaigns();
    New {
        definitions: ids.map(|pinned| pinned.definition.def.id.clone()).collect(),
        chosen: chosen.map(|pinned| pinned.definition.clone()),
        form,
    }
}

/// `GET /campaigns/new?definition=`
pub async fn form(ctx: Ctx) -> Answer {
    ctx.signed_in()?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let first = || {
        ctx.directory
            .campaigns()
            .next()
            .map(|p| p.definition.def.id.to_string())
    };
    let definition = ctx.query("definition").or_else(first).unwrap_or_default();
    let year = ctx.today.year();
    let chosen = ctx.directory.campaign(&definition);
    let deadline = chosen.and_then(|p| p.definition.campaign.deadline?.in_year(year));
    let own = ctx
        .scope
        .organisation()
        .and_then(|id| ctx.directory.organisations().get(id));
    let values = FormValues::of([
        ("definition", definition),
        ("year", year.to_string()),
        ("area", own.map(|o| o.area.to_string()).unwrap_or_default()),
        (
            "deadline",
            deadline
                .map(|day| viet::date::format(day, viet::Lang::Vi))
                .unwrap_or_default(),
        ),
    ]);
    answer(&ctx, &view(&ctx, FormState::prefilled(values)))
}

/// `POST /campaigns`
pub async fn open(State(app): State<App>, ctx: Ctx, posted: Posted) -> Answer {
    ctx.signed_in()?;
    match try_open(&app, &ctx, &posted.values).await {
        Ok(id) => see(&ctx, &format!("/campaigns/{id}")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &view(&ctx, form))
        }
    }
}

async fn try_open(app: &App, ctx: &Ctx, values: &FormValues) -> Result<CampaignId, Refusal> {
    ctx.scope.require(Permission::KeepProgramme)?;
    let command = typed(ctx, values)?;
    let (id, key) = (CampaignId::new(), values.given("key").map(str::to_owned));
    let (journal, directory) = (&app.journal, &ctx.directory);
    match open_campaign(journal, &ctx.scope, id, &command, directory, key).await? {
        Written::Again(seq) => {
            let facts = journal.facts_after(seq - 1, 1).await?;
            let first = facts
                .first()
                .and_then(|fact| fact.stream.identity().parse().ok());
            first.ok_or(Refusal::NotFound)
        }
        Written::New(_) | Written::Nothing => Ok(id),
    }
}

/// From typed text to the command; every field that cannot be read is named.
fn typed(ctx: &Ctx, values: &FormValues) -> Result<Open, Refusal> {
    let mut faults: Vec<FieldFault> = Vec::new();
    let definition: Option<Id> = values.get("definition").parse().ok();
    let chosen = definition.and_then(|id| ctx.directory.campaign(id.as_str()));
    let Some(chosen) = chosen.map(|pinned| &pinned.definition) else {
        return Err(Refusal::invalid(
            "definition",
            "Hãy chọn bộ chỉ số.",
            "Choose the index of the season.",
        ));
    };
    let year: Option<i16> = values.get("year").parse().ok();
    if year.is_none() {
        faults.push(FieldFault::new(
            "year",
            "Năm viết như 2026.",
            "Write the year like 2026.",
        ));
    }
    let area: Option<AreaKey> = values.get("area").parse().ok();
    if area.is_none() {
        faults.push(FieldFault::new(
            "area",
            "Hãy chọn địa bàn.",
            "Choose an area.",
        ));
    }
    let mut day = |field: &str| match super::typed_day(values, field) {
        Ok(day) => day,
        Err(Refusal::Invalid { faults: found }) => {
            faults.extend(found);
            None
        }
        Err(_) => None,
    };
    let deadline = day("deadline");
    let mut differs = BTreeMap::new();
    for request in &chosen.requests {
        let due = day(&format!("due-{}", request.id));
        let organisation = values.given(&format!("organisation-{}", request.id));
        let organisation = organisation.map(|id| OrgId(id.to_owned()));
        differs.insert(request.id.clone(), Differs { organisation, due });
    }
    match (year, area) {
        (Some(year), Some(area)) if faults.is_empty() => Ok(Open {
            definition: chosen.def.id.clone(),
            year,
            area,
            deadline,
            differs,
        }),
        _ => Err(Refusal::Invalid { faults }),
    }
}
