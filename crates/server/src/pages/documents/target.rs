//! Correcting, adding, rejecting and linking targets of a reading.

use access::Refusal;
use axum::extract::{Path, State};
use catalogue::Id;
use maud::{Markup, html};
use programme::document::{
    DocumentCommand, DocumentView, TargetDraft, TargetForm, TargetItem, TermsForm,
};
use programme::{COMPARATORS, TargetTerms, UNITS, comparator_word, period_word};
use serde::Serialize;
use viet::Lang;

use super::item::{Place, act, chosen_span, open, send, with_fault};
use super::{beside, choices, label, reading_of, sign_of};
use crate::answer::{Answer, Table, View, answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted, hidden};

/// Names of the form's fields.
const FIELDS: [&str; 12] = [
    "span",
    "words",
    "value_span",
    "indicator",
    "comparator",
    "strict",
    "value",
    "value_max",
    "unit",
    "period_kind",
    "year",
    "baseline",
];

#[derive(Serialize)]
struct TargetPage {
    #[serde(flatten)]
    place: Place,
    fields: [&'static str; 12],
    #[serde(skip)]
    indicators: choices::Options,
    #[serde(skip)]
    form: FormState,
}

impl View for TargetPage {
    fn title(&self, ctx: &Ctx) -> String {
        match &self.place.item {
            Some(_) => ctx.t("Sửa chỉ tiêu đã đọc", "Correct a target").into(),
            None => ctx.t("Thêm chỉ tiêu", "Add a target").into(),
        }
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let item = self.place.item.as_deref().unwrap_or("new");
        html! {
            (self.place.head(ctx))
            (form.summary(ctx))
            form method="post" action=(format!("/documents/{}/reading/targets/{item}", self.place.document)) {
                (hidden(ctx)) (self.place.hidden())
                input type="hidden" name="value_span" value=(form.values.get("value_span"));
                (form.select(ctx, "indicator", ctx.t("Chỉ số theo dõi", "Indicator"), Some(ctx.t("Gợi ý gần lời văn nhất đứng đầu", "Those nearest to the wording come first")), &self.indicators))
                (self.demand(ctx))
                (self.period(ctx))
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

impl TargetPage {
    fn demand(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let none = (
            String::new(),
            ctx.t("không có giá trị số", "no number").to_owned(),
        );
        let comparators = COMPARATORS.iter().map(|(c, word)| {
            (
                (*word).to_owned(),
                label::comparator(*c, ctx.lang).to_owned(),
            )
        });
        let comparators: Vec<_> = [none].into_iter().chain(comparators).collect();
        html! {
            fieldset { legend { (ctx.t("Mức phải đạt", "What is demanded")) }
                (form.select(ctx, "comparator", ctx.t("Cách so sánh", "Comparator"), None, &comparators))
                div.field { label { input type="checkbox" id="f-strict" name="strict" value="on" checked[!form.values.get("strict").is_empty()]; " "
                    (ctx.t("Phải vượt hẳn (trên, dưới), không tính đúng bằng", "Strictly more or less than, not equal")) }
                    @if let Some(fault) = form.fault("strict") { p.fault { (fault.say.in_lang(ctx.lang)) } } }
                (form.input(ctx, "text", "value", ctx.t("Giá trị", "Value"), Some(ctx.t("Viết như 85,5", "Decimal comma: 85,5"))))
                (form.input(ctx, "text", "value_max", ctx.t("Giá trị trên của khoảng", "Upper value of a range"), None))
                (form.select(ctx, "unit", ctx.t("Đơn vị", "Unit"), None, &units(ctx, form.values.get("unit"))))
            }
        }
    }

    fn period(&self, ctx: &Ctx) -> Markup {
        let form = &self.form;
        let kinds = [
            ("", ctx.t("không nêu", "not stated")),
            ("by_year", ctx.t("đến hết năm", "by the end of a year")),
            ("per_year", ctx.t("hằng năm", "every year")),
        ];
        let kinds = kinds.map(|(word, label)| (word.to_owned(), label.to_owned()));
        html! {
            fieldset { legend { (ctx.t("Thời hạn", "Deadline")) }
                (form.select(ctx, "period_kind", ctx.t("Loại thời hạn", "Kind"), None, &kinds))
                (form.input(ctx, "text", "year", ctx.t("Năm", "Year"), None))
                (form.input(ctx, "text", "baseline", ctx.t("So với mốc nào", "Baseline"), Some(ctx.t("Như ghi trong văn bản, ví dụ: giai đoạn 2021-2025", "As written, e.g. giai đoạn 2021-2025"))))
            }
        }
    }
}

/// Units to choose from; one that the reader found and we do not know stays visible, and is refused with
/// the reason when it is sent.
fn units(ctx: &Ctx, own: &str) -> choices::Options {
    let known = UNITS.contains(&own) || own.is_empty();
    let own = (!known).then(|| (own.to_owned(), own.to_owned()));
    [(String::new(), ctx.t("không có", "none").to_owned())]
        .into_iter()
        .chain(
            UNITS
                .iter()
                .map(|word| ((*word).to_owned(), label::unit(word, ctx.lang).to_owned())),
        )
        .chain(own)
        .collect()
}

/// The fields of a target as a form shows them.
fn prefilled(draft: &TargetDraft) -> FormValues {
    let terms = &draft.terms;
    let number = |value: Option<rust_decimal::Decimal>| {
        value.map_or(String::new(), |v| {
            viet::number::format(v.normalize(), Lang::Vi)
        })
    };
    let strict = if terms.strict { "on" } else { "" };
    FormValues::of([
        ("span", choices::span_word(draft.place.span)),
        (
            "value_span",
            draft.value_span.map(choices::span_word).unwrap_or_default(),
        ),
        (
            "indicator",
            terms
                .indicator
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        (
            "comparator",
            terms.comparator.map_or("", comparator_word).to_owned(),
        ),
        ("strict", strict.to_owned()),
        ("value", number(terms.value)),
        ("value_max", number(terms.value_max)),
        ("unit", terms.unit.clone().unwrap_or_default()),
        (
            "period_kind",
            terms.period.kind.map_or("", period_word).to_owned(),
        ),
        (
            "year",
            terms.period.year.map(|y| y.to_string()).unwrap_or_default(),
        ),
        (
            "baseline",
            terms.period.baseline.clone().unwrap_or_default(),
        ),
    ])
}

/// From typed text to a draft, against the reading.
fn typed(ctx: &Ctx, view: &DocumentView, values: &FormValues) -> Result<TargetDraft, Refusal> {
    let reading = view.reading.as_ref().ok_or(Refusal::NotFound)?;
    let (span, fault) = match chosen_span(values, &reading.source) {
        Ok(span) => (span, None),
        Err(fault) => (values.get("span").to_owned(), Some(fault)),
    };
    let text = |name: &str| values.get(name).to_owned();
    let form = TargetForm {
        span,
        value_span: text("value_span"),
        terms: TermsForm {
            indicator: text("indicator"),
            comparator: text("comparator"),
            strict: text("strict"),
            value: text("value"),
            value_max: text("value_max"),
            unit: text("unit"),
            period_kind: text("period_kind"),
            year: text("year"),
            baseline: text("baseline"),
        },
    };
    let known = |id: &Id| ctx.directory.indicators().get(id.as_str()).is_some();
    let mut draft = with_fault(form.parse(&reading.source, &known), fault)?;
    // A number outside the chosen words belongs to another target.
    draft.value_span = draft
        .value_span
        .filter(|value| draft.place.span.contains(*value));
    Ok(draft)
}

/// A draft of a form keeps what the form does not ask: where the deadline was found, the section, who answers.
fn keeping(mut draft: TargetDraft, now: &TargetDraft) -> TargetDraft {
    if draft.place.span == now.place.span {
        draft.place = now.place.clone();
    }
    draft.lead = now.lead.clone();
    let told = |terms: &TargetTerms| {
        let period = &terms.period;
        (period.kind, period.year, period.baseline.clone())
    };
    if told(&draft.terms) == told(&now.terms) {
        draft.terms.period = now.terms.period.clone();
    }
    draft
}

/// The command a form comes to: a link when nothing but the indicator differs.
fn command_of(id: &str, draft: TargetDraft, now: &TargetDraft) -> DocumentCommand {
    let draft = keeping(draft, now);
    let mut linked = now.clone();
    linked.terms.indicator = draft.terms.indicator.clone();
    linked.indicator_score = draft.indicator_score;
    let id = id.to_owned();
    if linked == draft && draft.terms.indicator != now.terms.indicator {
        let indicator = draft.terms.indicator;
        DocumentCommand::LinkTarget { id, indicator }
    } else {
        DocumentCommand::CorrectTarget { id, fields: draft }
    }
}

fn page(
    ctx: &Ctx,
    view: &DocumentView,
    item: Option<&TargetItem>,
    form: FormState,
) -> Result<TargetPage, Failure> {
    let place = match item {
        Some(item) => Some((item.id.as_str(), item.fields.place.span, sign_of(item)?)),
        None => None,
    };
    let linked = |draft: &TargetDraft| draft.terms.indicator.as_ref().map(ToString::to_string);
    let now = item.and_then(|item| linked(&item.fields));
    let suggested = item.and_then(|item| item.read.as_ref().and_then(linked));
    let clause = item.map_or("", |item| item.text.as_str());
    let first = [now.as_deref(), suggested.as_deref()];
    Ok(TargetPage {
        place: Place::of(ctx, view, place)?,
        fields: FIELDS,
        indicators: choices::indicators(ctx, &first, clause),
        form,
    })
}

fn found<'a>(view: &'a DocumentView, item: &str) -> Result<&'a TargetItem, Failure> {
    reading_of(view)?.target(item).ok_or(Failure::NotFound)
}

/// `GET /documents/{id}/reading/targets/{item}`
pub async fn form(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, item)): Path<(String, String)>,
) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let item = found(&view, &item)?;
    if let Some(adopted) = item.adopted {
        return see(&ctx, &format!("/targets/{adopted}"));
    }
    let form = FormState::prefilled(prefilled(&item.fields));
    answer(&ctx, &page(&ctx, &view, Some(item), form)?)
}

/// `POST /documents/{id}/reading/targets/{item}`
pub async fn correct(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, item)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let item = found(&view, &item)?;
    let sign = sign_of(item)?;
    let outcome = match typed(&ctx, &view, &posted.values) {
        Ok(draft) => {
            let command = command_of(&item.id, draft, &item.fields);
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

/// `GET /documents/{id}/reading/targets/new?span=120-180`
pub async fn new(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    let span = ctx.query("span").unwrap_or_default();
    let form = FormState::prefilled(FormValues::of([("span", span)]));
    answer(&ctx, &page(&ctx, &view, None, form)?)
}

/// `POST /documents/{id}/reading/targets/new`
pub async fn add(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let view = open(&app, &ctx, &id).await?;
    reading_of(&view)?;
    let outcome = match typed(&ctx, &view, &posted.values) {
        Ok(draft) => {
            let command = DocumentCommand::AddTarget(draft);
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

/// `POST /documents/{id}/reading/targets/{item}/link`
pub async fn link(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, item)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let given = posted.values.given("indicator");
    let indicator = match given {
        None => None,
        Some(text) => {
            let known = ctx.directory.indicators().get(text).ok_or_else(|| {
                Refusal::invalid(
                    "indicator",
                    format!("Danh mục không có chỉ số “{text}”."),
                    format!("The catalogue has no indicator “{text}”."),
                )
            })?;
            Some(known.definition.def.id.clone())
        }
    };
    let command = DocumentCommand::LinkTarget {
        id: item.clone(),
        indicator,
    };
    act(&app, &ctx, (&id, &item), posted, command).await
}

/// `POST /documents/{id}/reading/targets/{item}/reject`
pub async fn reject(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, item)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let command = DocumentCommand::RejectTarget {
        id: item.clone(),
        reason: posted.values.get("reason").to_owned(),
    };
    act(&app, &ctx, (&id, &item), posted, command).await
}

/// `POST /documents/{id}/reading/targets/{item}/restore`
pub async fn restore(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, item)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let command = DocumentCommand::RestoreTarget { id: item.clone() };
    act(&app, &ctx, (&id, &item), posted, command).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use reading::{Comparator, PeriodKind, PeriodSource, TargetPeriod};
    use viet::Span;

    fn draft() -> TargetDraft {
        TargetDraft {
            place: programme::Place {
                anchor: Some("II.1.b1".into()),
                section: Some("II.1".into()),
                span: Span::new(10, 40).expect("a span"),
            },
            value_span: None,
            terms: TargetTerms {
                indicator: "broadband_coverage".parse().ok(),
                comparator: Some(Comparator::AtLeast),
                strict: true,
                value: "85.5".parse().ok(),
                value_max: None,
                unit: Some("percent".into()),
                period: TargetPeriod {
                    kind: Some(PeriodKind::ByYear),
                    year: Some(2030),
                    baseline: None,
                    source: PeriodSource::Heading,
                },
            },
            lead: None,
            indicator_score: 100,
        }
    }

    #[test]
    fn a_form_shows_numbers_as_they_are_written_here() {
        let values = prefilled(&draft());
        assert_eq!(values.get("value"), "85,5");
        assert_eq!(values.get("comparator"), ">=");
        assert_eq!(values.get("strict"), "on");
        assert_eq!(values.get("period_kind"), "by_year");
        assert_eq!(values.get("span"), "10-40");
    }

    #[test]
    fn sending_a_form_unchanged_changes_nothing() {
        let now = draft();
        let mut sent = now.clone();
        sent.place.section = None;
        sent.terms.period.source = PeriodSource::Explicit;
        assert_eq!(keeping(sent, &now), now);
    }

    #[test]
    fn another_indicator_alone_is_a_link() {
        let now = draft();
        let mut sent = now.clone();
        sent.terms.indicator = "cybersecurity_class".parse().ok();
        assert!(matches!(
            command_of("t1", sent.clone(), &now),
            DocumentCommand::LinkTarget { .. }
        ));
        sent.terms.value = "90".parse().ok();
        assert!(matches!(
            command_of("t1", sent, &now),
            DocumentCommand::CorrectTarget { .. }
        ));
    }
}
