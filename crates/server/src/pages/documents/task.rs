//! Correcting, adding and rejecting tasks of a reading.

use access::Refusal;
use axum::extract::{Path, State};
use maud::{Markup, html};
use programme::document::{DocumentCommand, DocumentView, TaskDraft, TaskForm, TaskItem};
use programme::due_of;
use serde::Serialize;
use viet::{AreaKey, Lang};

use super::item::{Place, act, chosen_span, open, send, with_fault};
use super::{beside, choices, label, reading_of, sign_of};
use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};
use crate::parts;

/// Names of the form's fields.
const FIELDS: [&str; 7] = [
    "span",
    "words",
    "theme",
    "lead_agency",
    "supporting",
    "deadline",
    "due",
];

#[derive(Serialize)]
struct TaskPage {
    #[serde(flatten)]
    place: Place,
    fields: [&'static str; 7],
    #[serde(skip)]
    home: Option<AreaKey>,
    #[serde(skip)]
    form: FormState,
}

impl View for TaskPage {
    fn title(&self, ctx: &Ctx) -> String {
        match &self.place.item {
            Some(_) => ctx.t("Sửa nhiệm vụ đã đọc", "Correct a task").into(),
            None => ctx.t("Thêm nhiệm vụ", "Add a task").into(),
        }
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let item = self.place.item.as_deref().unwrap_or("new");
        let lead = choices::resolved(ctx, self.home, form.values.get("lead_agency"));
        html! {
            (self.place.head(ctx))
            (form.summary(ctx))
            form method="post" action=(format!("/documents/{}/reading/tasks/{item}", self.place.document)) {
                (hidden(ctx)) (self.place.hidden())
                (form.select(ctx, "theme", ctx.t("Lĩnh vực", "Theme"), None, &themes(ctx, form.values.get("theme"))))
                (form.input(ctx, "text", "lead_agency", ctx.t("Cơ quan chủ trì", "Lead agency"), Some(ctx.t("Như ghi trong văn bản", "As written in the document"))))
                @if let Some(id) = lead { p.small { (ctx.t("Hiểu là: ", "Taken to be: ")) (parts::org_link(ctx, &id)) } }
                (form.input(ctx, "text", "supporting", ctx.t("Cơ quan phối hợp", "Supporting agencies"), Some(ctx.t("Cách nhau bằng dấu chấm phẩy", "Separated by semicolons"))))
                (form.input(ctx, "text", "deadline", ctx.t("Thời hạn như ghi trong văn bản", "Deadline as written"), Some(ctx.t("Ví dụ: quý II/2027, trước 30/6/2027, thường xuyên", "E.g. quý II/2027, trước 30/6/2027"))))
                (form.input(ctx, "text", "due", ctx.t("Ngày đến hạn", "Last day"), Some(ctx.t("Để trống thì lấy từ thời hạn ở trên; viết như 30/6/2027", "Empty: taken from the deadline above; written 30/6/2027"))))
                (self.place.fields(ctx, form))
                ul.actions { li { button.primary type="submit" { (ctx.t("Ghi", "Record")) } }
                    li { a href=(self.place.back()) { (ctx.t("Thôi", "Cancel")) } } }
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

fn themes(ctx: &Ctx, own: &str) -> choices::Options {
    let known = own.is_empty() || label::THEMES.iter().any(|(word, _, _)| *word == own);
    let own = (!known).then(|| (own.to_owned(), own.to_owned()));
    [(String::new(), ctx.t("chưa phân loại", "none").to_owned())]
        .into_iter()
        .chain(
            label::THEMES
                .iter()
                .map(|(word, vi, en)| ((*word).to_owned(), ctx.t(vi, en).to_owned())),
        )
        .chain(own)
        .collect()
}

/// The fields of a task as a form shows them.
fn prefilled(draft: &TaskDraft) -> FormValues {
    let follows = draft.deadline.as_deref().and_then(due_of) == draft.due;
    let due = draft.due.filter(|_| !follows);
    FormValues::of([
        ("span", choices::span_word(draft.place.span)),
        ("theme", draft.theme.clone().unwrap_or_default()),
        ("lead_agency", draft.lead.clone().unwrap_or_default()),
        ("supporting", draft.supporting.join("; ")),
        ("deadline", draft.deadline.clone().unwrap_or_default()),
        (
            "due",
            due.map(|day| viet::date::format(day, Lang::Vi))
                .unwrap_or_default(),
        ),
    ])
}

/// From typed text to a draft, against the reading.
fn typed(view: &DocumentView, values: &FormValues) -> Result<TaskDraft, Refusal> {
    let reading = view.reading.as_ref().ok_or(Refusal::NotFound)?;
    let (span, fault) = match chosen_span(values, &reading.source) {
        Ok(span) => (span, None),
        Err(fault) => (values.get("span").to_owned(), Some(fault)),
    };
    let text = |name: &str| values.get(name).to_owned();
    let form = TaskForm {
        span,
        theme: text("theme"),
        lead_agency: text("lead_agency"),
        supporting: text("supporting"),
        deadline: text("deadline"),
        due: text("due"),
    };
    with_fault(form.parse(&reading.source), fault)
}

fn page(
    ctx: &Ctx,
    view: &DocumentView,
    item: Option<&TaskItem>,
    form: FormState,
) -> Result<TaskPage, Failure> {
    let place = match item {
        Some(item) => Some((item.id.as_str(), item.fields.place.span, sign_of(item)?)),
        None => None,
    };
    Ok(TaskPage {
        place: Place::of(ctx, view, place)?,
        fields: FIELDS,
        home: choices::home(ctx, &reading_of(view)?.header),
        form,
    })
}

fn found<'a>(view: &'a DocumentView, item: &str) -> Result<&'a TaskItem, Failure> {
    reading_of(view)?.task(item).ok_or(Failure::NotFound)
}

/// `GET /documents/{id}/reading/tasks/{item}`
pub async fn form(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, item)): Path<(String, String)>,
) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let item = found(&view, &item)?;
    if let Some(adopted) = item.adopted {
        return see(&ctx, &format!("/tasks/{adopted}"));
    }
    let form = FormState::prefilled(prefilled(&item.fields));
    answer(&ctx, &page(&ctx, &view, Some(item), form)?)
}

/// `POST /documents/{id}/reading/tasks/{item}`
pub async fn correct(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, item)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let item = found(&view, &item)?;
    let sign = sign_of(item)?;
    let outcome = match typed(&view, &posted.values) {
        Ok(mut fields) => {
            // The form does not ask for the section: a task that stays where it was keeps it.
            if fields.place.span == item.fields.place.span {
                fields.place = item.fields.place.clone();
            }
            let id = item.id.clone();
            let command = DocumentCommand::CorrectTask { id, fields };
            send(&app, &ctx, &view, &posted.values, &sign, &command).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => see(&ctx, &beside::address(&id, &item.id)?),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &page(&ctx, &view, Some(item), form)?)
        }
    }
}

/// `GET /documents/{id}/reading/tasks/new?span=120-180`
pub async fn new(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let span = ctx.query("span").unwrap_or_default();
    let form = FormState::prefilled(FormValues::of([("span", span)]));
    answer(&ctx, &page(&ctx, &view, None, form)?)
}

/// `POST /documents/{id}/reading/tasks/new`
pub async fn add(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    reading_of(&view)?;
    let outcome = match typed(&view, &posted.values) {
        Ok(draft) => {
            let command = DocumentCommand::AddTask(draft);
            send(&app, &ctx, &view, &posted.values, "", &command).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => see(&ctx, &format!("/documents/{id}/reading?show=corrected")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(&ctx, status, &page(&ctx, &view, None, form)?)
        }
    }
}

/// `POST /documents/{id}/reading/tasks/{item}/reject`
pub async fn reject(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, item)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let command = DocumentCommand::RejectTask {
        id: item.clone(),
        reason: posted.values.get("reason").to_owned(),
    };
    act(&app, &ctx, (&id, &item), posted, command).await
}

/// `POST /documents/{id}/reading/tasks/{item}/restore`
pub async fn restore(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, item)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let command = DocumentCommand::RestoreTask { id: item.clone() };
    act(&app, &ctx, (&id, &item), posted, command).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;
    use viet::Span;

    #[test]
    fn the_last_day_is_asked_for_only_where_the_writing_does_not_tell_it() {
        let mut draft = TaskDraft {
            place: programme::Place {
                anchor: None,
                section: None,
                span: Span::new(1, 9).expect("a span"),
            },
            theme: None,
            lead: Some("Sở Tài chính".into()),
            supporting: vec!["Sở Nội vụ".into(), "Công an tỉnh".into()],
            deadline: Some("quý II/2027".into()),
            due: Some(Date::constant(2027, 6, 30)),
        };
        let values = prefilled(&draft);
        assert_eq!(values.get("due"), "");
        assert_eq!(values.get("supporting"), "Sở Nội vụ; Công an tỉnh");
        draft.due = Some(Date::constant(2027, 7, 15));
        assert_eq!(prefilled(&draft).get("due"), "15/07/2027");
    }
}
