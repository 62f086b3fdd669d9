//! The cards of the reading view: one for each thing read, linked to its place in the text.

use maud::{Markup, html};
use programme::document::{CorrectedReading, Item, Origin, TargetItem, TaskItem};
use programme::{DocumentId, TargetTerms};
use serde::Serialize;
use viet::{AreaKey, Span};

use super::beside::{Shown, lies_in};
use super::{choices, label, sign_of};
use crate::assess;
use crate::ctx::Ctx;
use crate::form::hidden;
use crate::parts;

/// What the cards are drawn with.
pub struct Cards<'a> {
    /// Who reads.
    pub ctx: &'a Ctx,
    /// Whose reading.
    pub document: DocumentId,
    /// Which items.
    pub shown: Shown,
    /// Only those that stand in this stretch of the text.
    pub within: Span,
    /// Stretches whose words were recognised from a picture.
    pub scans: &'a [Span],
    /// May the reader correct it?
    pub editable: bool,
    /// The area the document speaks from.
    pub home: Option<AreaKey>,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Targets that are not rejected.
    pub targets: usize,
    /// Tasks that are not rejected.
    pub tasks: usize,
    /// Targets without an indicator, not rejected.
    pub unlinked: usize,
    /// Items that can still be adopted.
    pub open: usize,
    all: usize,
    doubtful: usize,
    corrected: usize,
    rejected: usize,
}

impl Counts {
    /// Items of a tab.
    pub fn of(self, shown: Shown) -> usize {
        match shown {
            Shown::All => self.all,
            Shown::Doubtful => self.doubtful,
            Shown::Corrected => self.corrected,
            Shown::Rejected => self.rejected,
        }
    }

    fn add(&mut self, origin: Origin, doubted: bool, is_open: bool) {
        self.all += 1;
        self.doubtful += usize::from(Shown::Doubtful.holds(origin, doubted));
        self.corrected += usize::from(Shown::Corrected.holds(origin, doubted));
        self.rejected += usize::from(origin == Origin::Rejected);
        self.open += usize::from(is_open && origin != Origin::Rejected);
    }
}

/// A score of the reader below which the link to an indicator is a doubt, of 100.
const SURE: u8 = 100;

impl Cards<'_> {
    /// How many items of each sort the reading has.
    pub fn counts(&self, reading: &CorrectedReading) -> Counts {
        let mut counts = Counts::default();
        for item in &reading.targets {
            counts.add(
                item.origin,
                !self.target_doubts(reading, item).is_empty(),
                item.is_open(),
            );
            if item.origin != Origin::Rejected {
                counts.targets += 1;
                counts.unlinked += usize::from(item.fields.terms.indicator.is_none());
            }
        }
        for item in &reading.tasks {
            counts.add(
                item.origin,
                !self.task_doubts(reading, item).is_empty(),
                item.is_open(),
            );
            counts.tasks += usize::from(item.origin != Origin::Rejected);
        }
        counts
    }

    fn t<'b>(&self, vi: &'b str, en: &'b str) -> &'b str {
        self.ctx.t(vi, en)
    }

    fn address(&self) -> String {
        format!("/documents/{}/reading", self.document)
    }

    /// What the document says about itself.
    pub fn header(&self, reading: &CorrectedReading) -> Markup {
        let (ctx, header) = (self.ctx, &reading.header);
        html! {
            section.card {
                h2 { (self.t("Thông tin văn bản", "The document")) " " @if reading.header_origin == Origin::Corrected { (origin(ctx, Origin::Corrected)) } }
                dl.facts {
                    dt { (self.t("Loại", "Kind")) } dd { (label::kind(header.kind, ctx.lang)) }
                    dt { (self.t("Tên", "Title")) } dd { (header.title.as_deref().unwrap_or("–")) }
                    dt { (self.t("Số hiệu", "Number")) } dd { (header.number.as_deref().unwrap_or("–")) }
                    dt { (self.t("Nơi ban hành", "Issuer")) } dd { (header.issuer.as_deref().unwrap_or("–")) }
                    dt { (self.t("Ngày", "Date")) } dd { (parts::date(header.date, ctx.lang)) }
                    dt { (self.t("Địa bàn", "Area")) } dd { (header.area.as_deref().unwrap_or("–")) }
                }
                @if self.editable { p { a href=(format!("{}/header", self.address())) { (self.t("Sửa thông tin văn bản", "Correct these")) } } }
            }
        }
    }

    /// The targets.
    pub fn targets(&self, reading: &CorrectedReading) -> Markup {
        html! {
            section {
                h2 { (self.t("Chỉ tiêu", "Targets")) }
                @for item in reading.targets.iter().filter(|item| lies_in(item.fields.place.span, self.within)) {
                    @let doubts = self.target_doubts(reading, item);
                    @if self.shown.holds(item.origin, !doubts.is_empty()) { (self.target(item, &doubts)) }
                }
                @if self.editable { p { a.button href=(format!("{}/targets/new", self.address())) { (self.t("Thêm chỉ tiêu bị bỏ sót", "Add a target that was missed")) } } }
            }
        }
    }

    fn target(&self, item: &TargetItem, doubts: &[String]) -> Markup {
        let (ctx, terms) = (self.ctx, &item.fields.terms);
        html! {
            article.card.rejected[item.origin == Origin::Rejected] id=(item.id) data-pair=(item.id) {
                p { strong { (assess::demand(ctx, terms)) } ", " (assess::by_when(ctx, terms)) " " (origin(ctx, item.origin)) }
                p { @match &terms.indicator {
                    Some(id) => a href=(format!("/indicators/{id}")) { (parts::indicator_name(ctx, id.as_str())) },
                    None => (parts::status("warn", '▲', self.t("chưa gắn chỉ số", "not linked"))),
                } }
                (self.quote(&item.id, &item.text))
                @if let Some(lead) = &item.fields.lead { p.small { (self.t("Cơ quan chịu trách nhiệm (như ghi trong văn bản): ", "Who answers (as written): ")) (lead) } }
                @if let Some(baseline) = &terms.period.baseline { p.small { (self.t("So với: ", "Against: ")) (baseline) } }
                @if let Some(read) = &item.read { p.small.muted { (self.t("Máy đọc: ", "As read: ")) (self.as_read(&read.terms)) } }
                (self.doubts(doubts))
                @if let Some(adopted) = item.adopted { p { a href=(format!("/targets/{adopted}")) { (self.t("Đã thông qua: mở chỉ tiêu", "Adopted: open the target")) } } }
                @else if self.editable {
                    @if terms.indicator.is_none() && item.origin != Origin::Rejected { (self.link(item)) }
                    (self.commands("targets", item))
                }
            }
        }
    }

    fn as_read(&self, terms: &TargetTerms) -> String {
        let demand = assess::demand(self.ctx, terms);
        let name = terms
            .indicator
            .as_ref()
            .map(|id| parts::indicator_name(self.ctx, id.as_str()));
        let name = name
            .as_deref()
            .unwrap_or(self.t("chưa gắn chỉ số", "not linked"));
        format!("{demand}, {}; {name}", assess::by_when(self.ctx, terms))
    }

    /// The nearest indicators, for a link at one press.
    fn link(&self, item: &TargetItem) -> Markup {
        const OFFERED: usize = 6;
        let near = choices::nearest(self.ctx, &item.text, OFFERED);
        let name = format!("l-{}", item.id);
        html! {
            @if !near.is_empty() {
                form.inline method="post" action=(format!("{}/targets/{}/link", self.address(), item.id)) {
                    (hidden(self.ctx)) (seen(item))
                    label for=(name) { (self.t("Gắn chỉ số", "Link to")) }
                    select id=(name) name="indicator" { @for indicator in near {
                        option value=(indicator.def.id) { (indicator.def.label.get(self.ctx.lang)) }
                    } }
                    button type="submit" { (self.t("Gắn", "Link")) }
                }
            }
        }
    }

    /// The tasks.
    pub fn tasks(&self, reading: &CorrectedReading) -> Markup {
        html! {
            section {
                h2 { (self.t("Nhiệm vụ", "Tasks")) }
                @for item in reading.tasks.iter().filter(|item| lies_in(item.fields.place.span, self.within)) {
                    @let doubts = self.task_doubts(reading, item);
                    @if self.shown.holds(item.origin, !doubts.is_empty()) { (self.task(item, &doubts)) }
                }
                @if self.editable { p { a.button href=(format!("{}/tasks/new", self.address())) { (self.t("Thêm nhiệm vụ bị bỏ sót", "Add a task that was missed")) } } }
            }
        }
    }

    fn task(&self, item: &TaskItem, doubts: &[String]) -> Markup {
        let (ctx, fields) = (self.ctx, &item.fields);
        html! {
            article.card.rejected[item.origin == Origin::Rejected] id=(item.id) data-pair=(item.id) {
                (self.quote(&item.id, &item.text))
                p { (origin(ctx, item.origin)) " " @if let Some(theme) = &fields.theme { span.tag { (label::theme(theme, ctx.lang)) } } }
                dl.facts {
                    dt { (self.t("Chủ trì", "Lead")) } dd { (self.agency(fields.lead.as_deref())) }
                    @if !fields.supporting.is_empty() { dt { (self.t("Phối hợp", "Supporting")) } dd { @for written in &fields.supporting { (self.agency(Some(written))) br; } } }
                    dt { (self.t("Thời hạn", "Deadline")) } dd { @match (&fields.deadline, fields.due) {
                        (None, None) => span.muted { (self.t("không nêu", "not stated")) },
                        (written, due) => { (written.as_deref().unwrap_or("")) " " @if due.is_some() { "(" (parts::date(due, ctx.lang)) ")" } }
                    } }
                }
                (self.doubts(doubts))
                @if let Some(adopted) = item.adopted { p { a href=(format!("/tasks/{adopted}")) { (self.t("Đã thông qua: mở nhiệm vụ", "Adopted: open the task")) } } }
                @else if self.editable { (self.commands("tasks", item)) }
            }
        }
    }

    /// An agency as written, and the organisation it means.
    fn agency(&self, written: Option<&str>) -> Markup {
        let Some(written) = written else {
            return html! { span.muted { (self.t("không nêu", "not stated")) } };
        };
        let found = choices::resolved(self.ctx, self.home, written);
        html! {
            (written)
            @match found {
                Some(id) => { " → " (parts::org_link(self.ctx, &id)) }
                None => { " " (parts::status("warn", '▲', self.t("chưa rõ cơ quan nào", "organisation not clear"))) }
            }
        }
    }

    /// The clause, leading to its place in the text.
    fn quote(&self, id: &str, text: &str) -> Markup {
        const LETTERS: usize = 220;
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = line.chars().take(LETTERS).collect();
        html! {
            p.quote { a href=(format!("#x-{id}")) title=(self.t("Đến chỗ này trong văn bản", "Go to this place in the text")) {
                "“" (short) @if short.len() < line.len() { "…" } "”" } }
        }
    }

    fn doubts(&self, doubts: &[String]) -> Markup {
        html! {
            @if !doubts.is_empty() { ul.doubts { @for doubt in doubts { li { span.status.status-warn { span.shape aria-hidden="true" { "▲" } } " " (doubt) } } } }
        }
    }

    /// Correct, reject, restore.
    fn commands<F: Serialize, I: Serialize>(&self, sort: &str, item: &Item<F, I>) -> Markup {
        let address = format!("{}/{sort}/{}", self.address(), item.id);
        let reason = format!("r-{}", item.id);
        html! {
            @if item.origin == Origin::Rejected {
                @if let Some(reason) = &item.reason { p.small { (self.t("Lý do loại: ", "Rejected because: ")) (reason) } }
                form method="post" action=(format!("{address}/restore")) { (hidden(self.ctx)) (seen(item)) button type="submit" { (self.t("Khôi phục", "Restore")) } }
            } @else {
                div.card-actions {
                    a href=(address) { (self.t("Sửa", "Correct")) }
                    details { summary { (self.t("Loại", "Reject")) }
                        form.inline method="post" action=(format!("{address}/reject")) {
                            (hidden(self.ctx)) (seen(item))
                            label for=(reason) { (self.t("Lý do (nếu có)", "Reason (if any)")) }
                            input type="text" id=(reason) name="reason";
                            button.danger type="submit" { (self.t("Loại", "Reject")) }
                        }
                    }
                }
            }
        }
    }

    /// Duties of named agencies.
    pub fn duties(&self, reading: &CorrectedReading) -> Markup {
        let duties = reading.source.assignments.iter();
        let duties: Vec<_> = duties
            .filter(|duty| lies_in(duty.span, self.within))
            .collect();
        let cutter = reading.source.cutter();
        html! {
            @if !duties.is_empty() { details {
                summary { (self.t("Trách nhiệm của cơ quan", "Duties of agencies")) " (" (duties.len()) ")" }
                @for duty in &duties { article.card id=(duty.id) data-pair=(duty.id) {
                    p { (self.agency(Some(&duty.agency))) @if let Some(cadence) = &duty.cadence { " " span.tag { (cadence) } } }
                    (self.quote(&duty.id, cutter.cut(duty.span)))
                } }
            } }
        }
    }

    /// Documents named in the text.
    pub fn cites(&self, reading: &CorrectedReading) -> Markup {
        let cites = reading.source.cites.iter();
        let cites: Vec<_> = cites
            .filter(|cite| lies_in(cite.span, self.within))
            .collect();
        html! {
            @if !cites.is_empty() { details {
                summary { (self.t("Văn bản được dẫn chiếu", "Documents cited")) " (" (cites.len()) ")" }
                ul { @for cite in &cites { li id=(cite.id) data-pair=(cite.id) {
                    (label::relation(cite.relation, self.ctx.lang)) " "
                    a href=(format!("#x-{}", cite.id)) { (cite.number.as_deref().unwrap_or(self.t("không nêu số", "number not stated"))) }
                    @if cite.date.is_some() { ", " (parts::date(cite.date, self.ctx.lang)) }
                } } }
            } }
        }
    }

    fn target_doubts(&self, reading: &CorrectedReading, item: &TargetItem) -> Vec<String> {
        let terms = &item.fields.terms;
        let mut doubts = self.wording_doubts(reading, item.origin, item.fields.place.span);
        let mut doubt = |vi: &str, en: &str| doubts.push(self.t(vi, en).to_owned());
        if terms.indicator.is_none() {
            doubt(
                "Chưa rõ chỉ số theo dõi tương ứng.",
                "It is not clear which indicator is meant.",
            );
        }
        let of_picture = |span: Span| self.scans.iter().any(|scan| scan.overlap(span) > 0);
        if item.origin == Origin::Read && item.fields.value_span.is_some_and(of_picture) {
            doubt(
                "Con số được nhận dạng từ ảnh quét: đối chiếu với bản gốc.",
                "The figure was recognised from a scan: compare it with the original.",
            );
        }
        if terms.value.is_some() && terms.period.year.is_none() {
            doubt("Không nêu thời hạn.", "No deadline is stated.");
        }
        if terms.indicator.is_some() && item.fields.indicator_score < SURE {
            doubts.push(format!(
                "{} {}/100.",
                self.t(
                    "Chỉ số được gắn theo lời văn, độ khớp",
                    "The indicator was linked by wording, fit"
                ),
                item.fields.indicator_score
            ));
        }
        doubts
    }

    fn task_doubts(&self, reading: &CorrectedReading, item: &TaskItem) -> Vec<String> {
        let fields = &item.fields;
        let mut doubts = self.wording_doubts(reading, item.origin, fields.place.span);
        let mut doubt = |vi: &str, en: &str| doubts.push(self.t(vi, en).to_owned());
        if fields
            .lead
            .as_deref()
            .is_some_and(|written| choices::resolved(self.ctx, self.home, written).is_none())
        {
            doubt(
                "Chưa rõ cơ quan chủ trì là cơ quan nào.",
                "It is not clear which organisation leads.",
            );
        }
        if fields.deadline.is_some() && fields.due.is_none() {
            doubt(
                "Thời hạn ghi trong văn bản không nêu ngày cụ thể.",
                "The written deadline names no day.",
            );
        }
        doubts
    }

    /// Doubts about the words of a stretch, until a person has seen to the item.
    fn wording_doubts(
        &self,
        reading: &CorrectedReading,
        origin: Origin,
        span: Span,
    ) -> Vec<String> {
        const OF_WORDS: [&str; 2] = ["spelling", "repeated"];
        let diagnostics = reading.source.diagnostics.iter();
        diagnostics
            .filter(|_| origin == Origin::Read)
            .filter(|d| OF_WORDS.contains(&d.code.as_str()) && d.span.overlap(span) > 0)
            .map(|d| label::doubt(self.ctx, &d.code, &d.message))
            .collect()
    }
}

/// The state of an item that a form on its card was drawn with.
pub fn seen(item: &impl Serialize) -> Markup {
    // An item of a reading is always JSON; were it not, the form is taken as drawn against nothing.
    let sign = sign_of(item).unwrap_or_default();
    html! { input type="hidden" name="seen" value=(sign); }
}

/// Where an item comes from, when it is not simply as read.
fn origin(ctx: &Ctx, origin: Origin) -> Markup {
    match origin {
        Origin::Read => html! {},
        Origin::Corrected => parts::status("info", '✎', ctx.t("đã sửa", "corrected")),
        Origin::Added => parts::status("info", '+', ctx.t("thêm tay", "added")),
        Origin::Rejected => parts::status("idle", '✕', ctx.t("đã loại", "rejected")),
    }
}

/// Targets and tasks as rows.
pub fn rows(reading: &CorrectedReading) -> Vec<Vec<String>> {
    let word = |origin: Origin| {
        match origin {
            Origin::Read => "read",
            Origin::Corrected => "corrected",
            Origin::Added => "added",
            Origin::Rejected => "rejected",
        }
        .to_owned()
    };
    let text = |option: Option<String>| option.unwrap_or_default();
    let targets = reading.targets.iter().map(|item| {
        let terms = &item.fields.terms;
        vec![
            item.id.clone(),
            "target".into(),
            word(item.origin),
            text(item.fields.place.anchor.clone()),
            item.text.clone(),
            text(terms.indicator.as_ref().map(ToString::to_string)),
            text(
                terms
                    .comparator
                    .map(|c| programme::comparator_word(c).to_owned()),
            ),
            text(terms.value.map(|v| v.to_string())),
            text(terms.value_max.map(|v| v.to_string())),
            text(terms.unit.clone()),
            text(terms.period.year.map(|y| y.to_string())),
            String::new(),
            String::new(),
            String::new(),
            text(item.adopted.map(|id| id.to_string())),
        ]
    });
    let tasks = reading.tasks.iter().map(|item| {
        let fields = &item.fields;
        let mut row = vec![
            item.id.clone(),
            "task".into(),
            word(item.origin),
            text(fields.place.anchor.clone()),
            item.text.clone(),
        ];
        row.extend(std::iter::repeat_n(String::new(), 6));
        row.extend([
            text(fields.theme.clone()),
            text(fields.lead.clone()),
            text(
                fields
                    .due
                    .map(|d| d.to_string())
                    .or_else(|| fields.deadline.clone()),
            ),
            text(item.adopted.map(|id| id.to_string())),
        ]);
        row
    });
    targets.chain(tasks).collect()
}
