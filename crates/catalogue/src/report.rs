//! Periodic reports, and how a kind of document must look on paper.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{Calendar, Lang};

use crate::fault::Faults;
use crate::header::{Header, Id, Label, Source};
use crate::indicator::Periodicity;

/// The definition of a periodic report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// What the definition says about itself.
    pub def: Header,
    /// Who sends it to whom, when and in which format.
    pub report: ReportSpec,
    /// The parts of its text.
    pub sections: Vec<Section>,
    /// The tables behind its text.
    pub annexes: Vec<Annex>,
}

/// Who sends a report to whom, when and in which format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSpec {
    /// How often.
    pub periodicity: Periodicity,
    /// The days a period takes.
    pub calendar: Calendar,
    /// Id of the format in which it is printed.
    pub format: Id,
    /// Id of the organisation that sends it.
    pub sender: Id,
    /// Id of the organisation that receives it.
    pub receiver: Id,
    /// Days after the end of the period by which it is due.
    pub due_after_days: u32,
    /// Where the deadline was read.
    pub due_source: Source,
    /// The heading; `{period}` and `{area}` are filled in.
    pub title: Label,
    /// Capacity in which it is signed.
    pub signer: Label,
    /// Who gets a copy.
    pub recipients: Vec<Label>,
}

/// What fills a part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Written by the officer.
    Text,
    /// A summary of the targets.
    Targets,
    /// A summary of the tasks.
    Tasks,
    /// The tasks due in the next period.
    NextTasks,
    /// What is late, returned or at risk.
    Shortcomings,
    /// Obstacles and proposals of the agencies.
    Proposals,
}

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its identifier.
    pub id: Id,
    /// Its number as printed.
    pub number: String,
    /// Its heading.
    pub heading: Label,
    /// What fills it.
    pub fill: Fill,
}

/// Which rows an annex has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnexRows {
    /// A row a task.
    Tasks,
    /// A row a target.
    Targets,
}

/// A table behind the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annex {
    /// Its identifier.
    pub id: Id,
    /// Its heading.
    pub heading: Label,
    /// Which rows it has.
    pub rows: AnnexRows,
    /// Its columns from left to right.
    pub columns: Vec<Column>,
    /// Whether its pages lie across.
    #[serde(default)]
    pub landscape: bool,
}

/// What a column of an annex shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Running number.
    Number,
    /// The task.
    Task,
    /// Document and passage that ordered it.
    Basis,
    /// Lead agency.
    Lead,
    /// Supporting agencies.
    Support,
    /// Deadline.
    Deadline,
    /// The product owed.
    Product,
    /// What was done.
    Result,
    /// Derived status.
    Status,
    /// Note.
    Note,
    /// The target.
    Target,
    /// Unit.
    Unit,
    /// Value to be reached, with its year.
    TargetValue,
    /// Value of the period before.
    Previous,
    /// Value of the period.
    Current,
    /// Value of the period as a share of the value to be reached.
    Achieved,
    /// Source of the value.
    Source,
}

impl Column {
    /// The heading printed above it.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Column::Number => lang.pick("STT", "No."),
            Column::Task => lang.pick("Nhiệm vụ", "Task"),
            Column::Basis => lang.pick("Căn cứ", "Basis"),
            Column::Lead => lang.pick("Cơ quan chủ trì", "Lead agency"),
            Column::Support => lang.pick("Cơ quan phối hợp", "Supporting agencies"),
            Column::Deadline => lang.pick("Thời hạn", "Deadline"),
            Column::Product => lang.pick("Sản phẩm", "Product"),
            Column::Result => lang.pick("Kết quả thực hiện", "Result"),
            Column::Status => lang.pick("Trạng thái", "Status"),
            Column::Note => lang.pick("Ghi chú", "Note"),
            Column::Target => lang.pick("Chỉ tiêu", "Target"),
            Column::Unit => lang.pick("Đơn vị tính", "Unit"),
            Column::TargetValue => lang.pick("Mục tiêu", "To be reached"),
            Column::Previous => lang.pick("Kỳ trước", "Previous period"),
            Column::Current => lang.pick("Kỳ này", "This period"),
            Column::Achieved => lang.pick("% đạt so với mục tiêu", "% of target"),
            Column::Source => lang.pick("Nguồn số liệu", "Source"),
        }
    }

    /// Whether the column can be filled for such rows.
    pub fn fits(self, rows: AnnexRows) -> bool {
        let both = matches!(
            self,
            Column::Number | Column::Basis | Column::Lead | Column::Status | Column::Note
        );
        let of_tasks = matches!(
            self,
            Column::Task | Column::Support | Column::Deadline | Column::Product | Column::Result
        );
        both || of_tasks == (rows == AnnexRows::Tasks)
    }
}

impl Report {
    /// The heading with period and area filled in.
    pub fn title(&self, lang: Lang, period: &str, area: &str) -> String {
        self.report
            .title
            .get(lang)
            .replace("{period}", period)
            .replace("{area}", area)
    }

    pub(crate) fn validate(&self, faults: &mut Faults<'_>) {
        if self.sections.is_empty() {
            faults.missing(&["sections"], "[[sections]]");
        }
        for text in [&self.report.title.vi, &self.report.title.en] {
            if !text.contains("{period}") {
                faults.value(
                    &["report", "title"],
                    "tiêu đề không có kỳ báo cáo",
                    "the title lacks the period",
                    "{period}",
                );
            }
        }
        let mut seen = HashSet::new();
        for (index, section) in self.sections.iter().enumerate() {
            if !seen.insert(&section.id) {
                faults.duplicate(&["sections", &index.to_string(), "id"], section.id.as_str());
            }
        }
        for (index, annex) in self.annexes.iter().enumerate() {
            let index = index.to_string();
            if !seen.insert(&annex.id) {
                faults.duplicate(&["annexes", &index, "id"], annex.id.as_str());
            }
            annex.validate(&index, faults);
        }
    }
}

impl Annex {
    fn validate(&self, index: &str, faults: &mut Faults<'_>) {
        if self.columns.is_empty() {
            faults.missing(&["annexes", index], "columns");
        }
        let mut seen = HashSet::new();
        for (at, column) in self.columns.iter().enumerate() {
            let keys = ["annexes", index, "columns", &at.to_string()];
            if !seen.insert(column) {
                faults.duplicate(&keys, column.label(Lang::Vi));
            }
            if !column.fits(self.rows) {
                let (vi, en) = (column.label(Lang::Vi), column.label(Lang::En));
                faults.value(
                    &keys,
                    format!("cột «{vi}» không thuộc loại phụ lục này"),
                    format!("the column “{en}” does not belong to such an annex"),
                    "rows",
                );
            }
        }
    }
}

/// The definition of how a kind of document must look on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// What the definition says about itself.
    pub def: Header,
    /// Sheet and margins.
    pub page: Page,
    /// Running text.
    pub text: TextStyle,
    /// What stands above the text.
    pub heading: Heading,
}

/// A measure with the range a rule allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The value used.
    pub value: Decimal,
    /// Smallest allowed.
    pub min: Decimal,
    /// Largest allowed; none when the rule names no upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Decimal>,
    /// Where the range was read.
    pub source: Source,
}

/// Sheet and margins, in millimetres.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Width of the sheet.
    pub width_mm: Decimal,
    /// Height of the sheet.
    pub height_mm: Decimal,
    /// Margin at the top.
    pub top_mm: Measure,
    /// Margin at the bottom.
    pub bottom_mm: Measure,
    /// Margin at the left.
    pub left_mm: Measure,
    /// Margin at the right.
    pub right_mm: Measure,
    /// Size of the page number in points; it stands centred in the top margin.
    pub number_pt: Measure,
    /// Whether page 1 bears no number.
    pub number_hidden_on_first: bool,
}

/// Running text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextStyle {
    /// The typeface the rule names.
    pub font: String,
    /// Typefaces of the same measure to fall back to.
    pub fallback_fonts: Vec<String>,
    /// Size in points.
    pub size_pt: Measure,
    /// Space between paragraphs in points.
    pub paragraph_gap_pt: Measure,
    /// Distance of lines as a multiple of the single one.
    pub line_spacing: Measure,
    /// Indent of a first line in millimetres.
    pub first_line_mm: Measure,
}

/// What stands above the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// The State's name, or the Party's.
    pub nation: Label,
    /// Its size in points.
    pub nation_pt: Measure,
    /// The motto below; none in the Party's format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motto: Option<Label>,
    /// Its size in points.
    pub motto_pt: Measure,
    /// Where the document was read that prescribes the wording.
    pub source: Source,
}

impl Measure {
    fn validate(&self, keys: &[&str], faults: &mut Faults<'_>) {
        let too_large = self
            .max
            .is_some_and(|max| self.value > max || self.min > max);
        if self.value < self.min || too_large {
            faults.value(
                keys,
                "giá trị nằm ngoài khoảng cho phép",
                "the value lies outside its range",
                "min <= value <= max",
            );
        }
    }
}

impl Format {
    pub(crate) fn validate(&self, faults: &mut Faults<'_>) {
        let (page, text, heading) = (&self.page, &self.text, &self.heading);
        for (table, key, measure) in [
            ("page", "top_mm", &page.top_mm),
            ("page", "bottom_mm", &page.bottom_mm),
            ("page", "left_mm", &page.left_mm),
            ("page", "right_mm", &page.right_mm),
            ("page", "number_pt", &page.number_pt),
            ("text", "size_pt", &text.size_pt),
            ("text", "paragraph_gap_pt", &text.paragraph_gap_pt),
            ("text", "line_spacing", &text.line_spacing),
            ("text", "first_line_mm", &text.first_line_mm),
            ("heading", "nation_pt", &heading.nation_pt),
            ("heading", "motto_pt", &heading.motto_pt),
        ] {
            measure.validate(&[table, key], faults);
        }
    }
}
