//! Asking for something more while a season is open.

use access::Refusal;
use axum::extract::{Path, State};
use catalogue::{CampaignRequest, Id, Label, Source};
use maud::{Markup, html};
use observation::campaign::CampaignCommand;
use serde::Serialize;

use super::{Season, forms};
use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::pages::observations::indicator_options;

/// Fields that a client sends.
const FIELDS: [&str; 9] = [
    "label",
    "label_en",
    "code",
    "pillar",
    "indicator",
    "papers",
    "organisation",
    "due",
    "reason",
];

#[derive(Serialize)]
struct More {
    fields: [&'static str; 9],
    #[serde(skip)]
    season: Season,
    #[serde(skip)]
    form: FormState,
}

impl View for More {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Thêm yêu cầu", "Ask for something more").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let pillars: Vec<(String, String)> = self
            .season
            .definition
            .pillars
            .iter()
            .map(|pillar| (pillar.id.to_string(), pillar.label.get(ctx.lang).to_owned()))
            .collect();
        let mut indicators = vec![(
            String::new(),
            ctx.t(
                "không hỏi số liệu, chỉ hỏi minh chứng",
                "no figure, papers only",
            )
            .to_owned(),
        )];
        indicators.extend(indicator_options(ctx));
        let id = self.season.row.id;
        html! {
            p.crumbs { a href="/campaigns" { (ctx.t("Mùa chỉ số", "Index seasons")) } " › " a href=(format!("/campaigns/{id}")) { (self.season.name(ctx)) } }
            (form.summary(ctx))
            form method="post" action=(format!("/campaigns/{id}/requests")) {
                (hidden(ctx))
                (form.input(ctx, "text", "label", ctx.t("Chỉ số thành phần", "Sub-indicator, in Vietnamese"), None))
                (form.input(ctx, "text", "label_en", ctx.t("Tên tiếng Anh (nếu có)", "In English (if any)"), None))
                (form.input(ctx, "text", "code", ctx.t("Số hiệu trong bộ chỉ số (nếu có)", "Its code (if any)"), None))
                (form.select(ctx, "pillar", ctx.t("Trụ cột", "Pillar"), None, &pillars))
                (form.select(ctx, "indicator", ctx.t("Hỏi số liệu của", "Figure of"), None, &indicators))
                (form.text_area(ctx, "papers", ctx.t("Loại minh chứng", "Kinds of papers"), Some(ctx.t("Mỗi dòng một loại", "One a line")), 2))
                (form.select(ctx, "organisation", ctx.t("Cơ quan cung cấp", "Owed by"), None, &super::organisation_options(ctx)))
                (form.input(ctx, "text", "due", ctx.t("Hạn (bỏ trống: hạn chung)", "Due (left empty: the deadline of all)"), None))
                (form.text_area(ctx, "reason", ctx.t("Vì sao hỏi thêm", "Why it is asked"), Some(ctx.t("Số, ngày văn bản yêu cầu nếu có", "Number and date of the paper that asks, if any")), 2))
                button.primary type="submit" { (ctx.t("Thêm", "Add")) }
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

async fn view(app: &App, ctx: &Ctx, id: &str, form: FormState) -> Result<More, Failure> {
    Ok(More {
        fields: FIELDS,
        season: super::load(app, ctx, id).await?,
        form,
    })
}

/// `GET /campaigns/{id}/requests/new`
pub async fn form(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    forms::keeps(&app, &ctx, &id).await?;
    answer(&ctx, &view(&app, &ctx, &id, FormState::default()).await?)
}

/// `POST /campaigns/{id}/requests`
pub async fn add(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    forms::keeps(&app, &ctx, &id).await?;
    let season = super::load(&app, &ctx, &id).await?;
    let outcome = match typed(&season, &posted.values) {
        Ok(command) => forms::give(&app, &ctx, &id, &posted.values, &command).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => see(&ctx, &format!("/campaigns/{id}#requests")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &view(&app, &ctx, &id, form).await?)
        }
    }
}

/// From typed text to the command.
fn typed(season: &Season, values: &FormValues) -> Result<CampaignCommand, Refusal> {
    let label = values.get("label");
    // Named after its words, so that the same thing is not asked twice.
    let slug: String = viet::fold::fold(label)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let id: Id = format!("them-{}", slug.trim_matches('-'))
        .parse()
        .map_err(|_| Refusal::invalid("label", "Hãy ghi tên.", "Give it a name."))?;
    let pillar: Id = values.get("pillar").parse().map_err(|_| no_pillar())?;
    season.definition.pillar(&pillar).ok_or_else(no_pillar)?;
    let organisation: Id = values.get("organisation").parse().map_err(|_| {
        Refusal::invalid(
            "organisation",
            "Hãy chọn cơ quan.",
            "Choose an organisation.",
        )
    })?;
    let papers = values.get("papers").lines().map(str::trim);
    let reason = values.get("reason").to_owned();
    Ok(CampaignCommand::Add {
        request: Box::new(CampaignRequest {
            id,
            code: values.given("code").map(str::to_owned),
            label: Label::new(label, values.given("label_en").unwrap_or(label)),
            pillar,
            indicator: values.given("indicator").and_then(|id| id.parse().ok()),
            papers: papers
                .filter(|paper| !paper.is_empty())
                .map(|paper| Label::new(paper, paper))
                .collect(),
            organisation,
            guidance: None,
            source: Source::new(reason.clone()),
        }),
        due: super::typed_day(values, "due")?,
        reason,
    })
}

fn no_pillar() -> Refusal {
    Refusal::invalid("pillar", "Hãy chọn trụ cột.", "Choose a pillar.")
}
