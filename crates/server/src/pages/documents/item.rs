//! What the forms of single targets and tasks have in common.

use access::{FieldFault, Permission, Refusal};
use maud::{Markup, html};
use programme::DocumentId;
use programme::document::{DocumentCommand, DocumentView, StoredReading};
use serde::Serialize;
use viet::Span;

use super::marked::{Drawing, Mark, MarkKind};
use super::{beside, choices, given, load, reading_of, sign_of, stretch};
use crate::answer::{Answer, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted};

/// The document of a form, for somebody who may correct it.
pub async fn open(app: &App, ctx: &Ctx, id: &str) -> Result<DocumentView, Failure> {
    ctx.signed_in()?;
    ctx.scope.require(Permission::KeepProgramme)?;
    load(app, ctx, id).await
}

/// A command on the card of an item: done, back to the card; refused, the reading view with the reason.
pub async fn act(
    app: &App,
    ctx: &Ctx,
    (id, item): (&str, &str),
    posted: Posted,
    command: DocumentCommand,
) -> Answer {
    let view = open(app, ctx, id).await?;
    let corrected = reading_of(&view)?;
    let sign = match (corrected.target(item), corrected.task(item)) {
        (Some(target), _) => sign_of(target)?,
        (_, Some(task)) => sign_of(task)?,
        _ => return Err(Failure::NotFound),
    };
    match send(app, ctx, &view, &posted.values, &sign, &command).await {
        Ok(()) => see(ctx, &beside::address(id, item)?),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            beside::draw(app, ctx, id, status, form).await
        }
    }
}

/// Gives a command against the state a form was drawn with.
pub async fn send(
    app: &App,
    ctx: &Ctx,
    view: &DocumentView,
    values: &FormValues,
    sign: &str,
    command: &DocumentCommand,
) -> Result<(), Refusal> {
    let given = given(values, view.state.version, sign);
    programme::document::command(&app.journal, &ctx.scope, &given, view.row.id, command).await?;
    Ok(())
}

/// The span a form means: of the chosen passage, or of the words typed, which stand in it.
pub fn chosen_span(values: &FormValues, source: &StoredReading) -> Result<String, FieldFault> {
    let chosen = values.get("span");
    let Some(words) = values.given("words") else {
        return Ok(chosen.to_owned());
    };
    let within = chosen
        .split_once('-')
        .and_then(|(start, end)| Span::new(start.parse().ok()?, end.parse().ok()?));
    within
        .and_then(|within| stretch::find(&source.text, within, words))
        .map(choices::span_word)
        .ok_or_else(|| {
            FieldFault::new(
                "words",
                "Đoạn đã chọn không có những chữ này. Chép nguyên văn từ văn bản, hoặc để trống để lấy cả đoạn.",
                "The chosen passage does not hold these words. Copy them from the text, or leave this empty to take the whole passage.",
            )
        })
}

/// The outcome of reading a form together with a fault found beside it: all faults are named at once.
pub fn with_fault<T>(read: Result<T, Refusal>, fault: Option<FieldFault>) -> Result<T, Refusal> {
    match (read, fault) {
        (read, None) => read,
        (Ok(_), Some(fault)) => Err(Refusal::Invalid {
            faults: vec![fault],
        }),
        (Err(Refusal::Invalid { mut faults }), Some(fault)) => {
            faults.push(fault);
            Err(Refusal::Invalid { faults })
        }
        (other, Some(_)) => other,
    }
}

/// The page of one form beside the passage it is about.
#[derive(Serialize)]
pub struct Place {
    /// Whose reading.
    pub document: DocumentId,
    /// Version of the document.
    pub version: journal::Seq,
    /// The item of the reading; none for one that is added.
    pub item: Option<String>,
    /// Sign of the item as the form saw it.
    #[serde(skip)]
    pub sign: Option<String>,
    /// Passages to choose from.
    #[serde(skip)]
    pub passages: choices::Options,
    /// The passage drawn, with the item marked.
    #[serde(skip)]
    pub quoted: Markup,
}

impl Place {
    /// Where an item stands, or where one will be added.
    pub fn of(
        ctx: &Ctx,
        view: &DocumentView,
        item: Option<(&str, Span, String)>,
    ) -> Result<Self, Failure> {
        let source = &reading_of(view)?.source;
        let own = item.as_ref().map(|(_, span, _)| *span);
        Ok(Place {
            document: view.row.id,
            version: view.state.version,
            item: item.as_ref().map(|(id, _, _)| (*id).to_owned()),
            passages: choices::passages(ctx, source, own),
            quoted: quoted(source, own),
            sign: item.map(|(_, _, sign)| sign),
        })
    }

    /// Address of the reading this form belongs to, at the item's card.
    pub fn back(&self) -> String {
        let card = self.item.as_deref().unwrap_or_default();
        format!("/documents/{}/reading#{card}", self.document)
    }

    /// The way back, and the passage.
    pub fn head(&self, ctx: &Ctx) -> Markup {
        html! {
            p.crumbs { a href=(format!("/documents/{}", self.document)) { (ctx.t("Văn bản", "Document")) } " › "
                a href=(self.back()) { (ctx.t("Bản đọc", "Reading")) } }
            @if self.item.is_some() { section.reading-quote aria-label=(ctx.t("Đoạn văn bản", "Passage")) { (self.quoted) } }
        }
    }

    /// The fields that say which stretch of the text is meant.
    pub fn fields(&self, ctx: &Ctx, form: &FormState) -> Markup {
        html! {
            (form.select(ctx, "span", ctx.t("Đoạn văn bản", "Passage"), Some(ctx.t("Mục, khoản, điểm, gạch đầu dòng chứa nội dung này", "The passage that states it")), &self.passages))
            (form.text_area(ctx, "words", ctx.t("Chỉ lấy những chữ này trong đoạn", "Only these words of the passage"), Some(ctx.t("Chép nguyên văn; để trống để lấy cả đoạn", "Copied as they stand; empty takes the whole passage")), 2))
        }
    }

    /// The state the form was drawn with.
    pub fn hidden(&self) -> Markup {
        html! { @if let Some(sign) = &self.sign { input type="hidden" name="seen" value=(sign); } }
    }
}

/// The passages a span touches, with the span marked.
fn quoted(source: &StoredReading, span: Option<Span>) -> Markup {
    let Some(span) = span else {
        return html! {};
    };
    let marks = [Mark {
        span,
        kind: MarkKind::Target,
        id: "f-span".to_owned(),
        rejected: false,
    }];
    let touched = source.passages.iter().filter(|p| p.span.overlap(span) > 0);
    let mut drawing = Drawing::new(source, &marks);
    html! { @for passage in touched { p { (drawing.content(passage.span)) } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reading::Lexicon;

    fn source() -> StoredReading {
        let text = "1. Xây dựng kho dữ liệu dùng chung; đào tạo 40 cán bộ.";
        StoredReading::of(text, &reading::read(text, &Lexicon::default()))
    }

    fn values(span: &str, words: &str) -> FormValues {
        FormValues::of([("span", span.to_owned()), ("words", words.to_owned())])
    }

    #[test]
    fn words_narrow_the_passage() {
        let source = source();
        assert_eq!(
            chosen_span(&values("0-54", ""), &source).ok().as_deref(),
            Some("0-54")
        );
        let narrowed = chosen_span(&values("0-54", "đào tạo 40 cán bộ"), &source);
        assert_eq!(narrowed.ok().as_deref(), Some("36-53"));
        let fault = chosen_span(&values("0-20", "đào tạo 40 cán bộ"), &source).err();
        assert_eq!(fault.map(|f| f.field), Some("words".to_owned()));
        assert!(chosen_span(&values("", "đào tạo"), &source).is_err());
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let fault = || FieldFault::new("words", "sai", "wrong");
        assert!(with_fault(Ok(1), None).is_ok());
        let both = with_fault::<()>(
            Err(Refusal::invalid("value", "sai", "wrong")),
            Some(fault()),
        );
        match both {
            Err(Refusal::Invalid { faults }) => assert_eq!(faults.len(), 2),
            other => panic!("{other:?}"),
        }
        assert!(matches!(
            with_fault::<()>(Err(Refusal::Stale), Some(fault())),
            Err(Refusal::Stale)
        ));
    }
}
