//! `GET /tasks`: every task in the reader's scope, with facets that are addresses.

use access::OrgId;
use axum::extract::State;
use catalogue::Hierarchy;
use maud::{Markup, html};
use measure::TaskStatus;
use programme::ProgrammeId;
use programme::task::{TaskFilter, TaskRow, TaskSort};
use serde::Serialize;

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::assess;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues};
use crate::parts;

#[derive(Serialize)]
struct List {
    total: u64,
    tasks: Vec<TaskRow>,
    #[serde(skip)]
    filter: FormState,
}

impl View for List {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Nhiệm vụ được giao", "Assigned tasks").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            (self.filters(ctx))
            @if self.tasks.is_empty() {
                (parts::empty(ctx.t("Không có nhiệm vụ nào khớp trong phạm vi của bạn.", "No task within your scope matches."), Some(("/tasks", ctx.t("Bỏ lọc", "Remove the filter")))))
            } @else { (super::table_of(ctx, &self.tasks)) (parts::pager(ctx, self.total)) }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: super::HEAD.to_vec(),
            rows: self.tasks.iter().map(super::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl List {
    fn filters(&self, ctx: &Ctx) -> Markup {
        let mut statuses = vec![(
            String::new(),
            ctx.t("mọi tình trạng", "every status").to_owned(),
        )];
        statuses
            .extend(TaskStatus::ALL.map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())));
        let sorts: Vec<(String, String)> = [
            ("deadline", ctx.t("thời hạn", "deadline")),
            ("document", ctx.t("thứ tự văn bản", "order of the document")),
            ("title", ctx.t("tên", "title")),
            ("lead", ctx.t("cơ quan", "agency")),
        ]
        .map(|(value, label)| (value.to_owned(), label.to_owned()))
        .to_vec();
        let programme = self.filter.values.get("programme");
        html! {
            form.filters action="/tasks" {
                @if !programme.is_empty() { input type="hidden" name="programme" value=(programme); }
                @if let Some(organisation) = self.filter.values.given("organisation") { input type="hidden" name="organisation" value=(organisation); }
                (self.filter.input(ctx, "text", "text", ctx.t("Từ trong nội dung", "Words"), None))
                (self.filter.select(ctx, "status", ctx.t("Tình trạng", "Status"), None, &statuses))
                (self.filter.select(ctx, "sort", ctx.t("Sắp theo", "Sort by"), None, &sorts))
                button type="submit" { (ctx.t("Lọc", "Filter")) }
                @if let Some(organisation) = self.filter.values.given("organisation") {
                    p { (ctx.t("Cơ quan: ", "Organisation: ")) strong { (parts::org_name(ctx, &OrgId(organisation.to_owned()))) } " "
                        a href=(ctx.address_with("organisation", "")) { (ctx.t("bỏ", "remove")) } }
                }
            }
        }
    }
}

/// `GET /tasks?programme=&organisation=&status=&text=&sort=`
pub async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    let values = FormValues::of(
        ["programme", "organisation", "status", "text", "sort"]
            .map(|name| (name, ctx.query(name).unwrap_or_default())),
    );
    let filter = filter(&ctx, &values)?;
    let sort = match values.get("sort") {
        "document" => TaskSort::Document,
        "title" => TaskSort::Title,
        "lead" => TaskSort::Lead,
        _ => TaskSort::Deadline,
    };
    let listed = programme::task::list(
        &app.journal,
        &ctx.scope,
        ctx.as_known,
        &filter,
        assess::due_soon_days(&ctx)?,
        sort,
        parts::page(&ctx),
    )
    .await?;
    let view = List {
        total: listed.total,
        tasks: listed.rows,
        filter: FormState::prefilled(values),
    };
    answer(&ctx, &view)
}

fn filter(ctx: &Ctx, values: &FormValues) -> Result<TaskFilter, Failure> {
    let programme: Option<ProgrammeId> = values.given("programme").map(parts::id).transpose()?;
    let status = match values.given("status") {
        Some(word) => Some(TaskStatus::from_word(word).ok_or_else(|| {
            Failure::bad_request(
                format!("status={word}: không có tình trạng này."),
                format!("status={word}: there is no such status."),
            )
        })?),
        None => None,
    };
    let organisations = values.given("organisation").map(|id| {
        let organisations = ctx.directory.organisations();
        organisations.subtree(&OrgId(id.to_owned()), Hierarchy::State, ctx.as_known.day)
    });
    Ok(TaskFilter {
        programme,
        organisations,
        status,
        text: values.given("text").map(str::to_owned),
        ..TaskFilter::default()
    })
}
