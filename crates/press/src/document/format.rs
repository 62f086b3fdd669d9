//! The measures of a format.

use serde::{Deserialize, Serialize};

use crate::PressError;

/// A sheet of paper and its margins, in millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Width of the portrait page.
    pub width_mm: u16,
    /// Height of the portrait page.
    pub height_mm: u16,
    /// Top margin.
    pub top_mm: u16,
    /// Bottom margin.
    pub bottom_mm: u16,
    /// Left margin.
    pub left_mm: u16,
    /// Right margin.
    pub right_mm: u16,
}

/// Sizes of type, in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Quốc hiệu, or the Party's heading: the first line at the top right.
    pub motto_first: u8,
    /// Tiêu ngữ: the lines below it.
    pub motto_rest: u8,
    /// The body above the issuer.
    pub issuer_parent: u8,
    /// The issuer.
    pub issuer: u8,
    /// Number and symbol.
    pub number: u8,
    /// Place and date.
    pub place_date: u8,
    /// Name of the kind of document (BÁO CÁO).
    pub kind_title: u8,
    /// Summary below it.
    pub summary: u8,
    /// Body, headings included.
    pub body: u8,
    /// Tables.
    pub table: u8,
    /// Captions of tables and charts.
    pub caption: u8,
    /// Authority and position of the signer.
    pub signature: u8,
    /// Name of the signer.
    pub signer: u8,
    /// The words "Nơi nhận".
    pub recipients_head: u8,
    /// The list of recipients.
    pub recipients: u8,
    /// Page number.
    pub page_number: u8,
    /// Imprint at the foot of each page.
    pub imprint: u8,
}

/// What stands below the issuer's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuerMark {
    /// A rule, as in State documents.
    Rule,
    /// A star, as in Party documents.
    Star,
}

/// The measures of a format. All of them are given by the caller, who has them from a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatParams {
    /// Paper and margins.
    pub sheet: Sheet,
    /// Sizes of type.
    pub sizes: Sizes,
    /// The typeface ("Times New Roman").
    pub typeface: String,
    /// Line spacing in per cent of single spacing.
    pub line_spacing_percent: u16,
    /// Space between paragraphs, in points.
    pub paragraph_spacing_pt: u8,
    /// Indent of a paragraph's first line.
    pub first_line_indent_mm: u8,
    /// What stands below the issuer's name.
    pub issuer_mark: IssuerMark,
    /// Whether each annex counts its pages from 1.
    pub annex_counts_own_pages: bool,
}

impl FormatParams {
    /// Whether a page can be made of these measures.
    ///
    /// # Errors
    /// [`PressError::Format`] names the measure that cannot be.
    pub fn check(&self) -> Result<(), PressError> {
        let s = &self.sheet;
        let bad = |what: &str| Err(PressError::Format(what.to_owned()));
        let room = |size: u16, a: u16, b: u16| u32::from(a) + u32::from(b) + 40 <= u32::from(size);
        if !room(s.width_mm, s.left_mm, s.right_mm) || !room(s.height_mm, s.left_mm, s.right_mm) {
            return bad("left and right margins leave less than 40 mm");
        }
        if !room(s.height_mm, s.top_mm, s.bottom_mm) || !room(s.width_mm, s.top_mm, s.bottom_mm) {
            return bad("top and bottom margins leave less than 40 mm");
        }
        if s.width_mm > 2000 || s.height_mm > 2000 {
            return bad("the sheet is larger than two metres");
        }
        if self.sizes.all().iter().any(|size| !(4..=72).contains(size)) {
            return bad("a size of type is not between 4 and 72 points");
        }
        if !(80..=300).contains(&self.line_spacing_percent) {
            return bad("line spacing is not between 80 and 300 per cent");
        }
        if u16::from(self.first_line_indent_mm) * 2 > s.width_mm - s.left_mm - s.right_mm {
            return bad("the first line is indented by more than half the page");
        }
        Ok(())
    }
}

impl Sizes {
    fn all(&self) -> [u8; 17] {
        [
            self.motto_first,
            self.motto_rest,
            self.issuer_parent,
            self.issuer,
            self.number,
            self.place_date,
            self.kind_title,
            self.summary,
            self.body,
            self.table,
            self.caption,
            self.signature,
            self.signer,
            self.recipients_head,
            self.recipients,
            self.page_number,
            self.imprint,
        ]
    }
}
