//! From the definition of a format to the measures the press works with.

use catalogue::{Format, Heading};
use press::document::{FormatParams, IssuerMark, Sheet, Sizes};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The measures of a format. The definition gives sheet, body, heading and page number; sizes it does
/// not give follow from those it gives, by the habits of offices: the heading's size for what stands
/// beside it, two points less than the body for tables and recipients, and the smallest legible one for
/// the imprint.
pub fn measures(format: &Format) -> FormatParams {
    let (page, text) = (&format.page, &format.text);
    let body = points(text.size_pt.value);
    let (nation, motto) = (
        points(format.heading.nation_pt.value),
        points(format.heading.motto_pt.value),
    );
    let smaller = body.saturating_sub(2);
    FormatParams {
        sheet: Sheet {
            width_mm: millimetres(page.width_mm),
            height_mm: millimetres(page.height_mm),
            top_mm: millimetres(page.top_mm.value),
            bottom_mm: millimetres(page.bottom_mm.value),
            left_mm: millimetres(page.left_mm.value),
            right_mm: millimetres(page.right_mm.value),
        },
        sizes: Sizes {
            motto_first: nation,
            motto_rest: motto,
            issuer_parent: nation,
            issuer: nation,
            number: nation,
            place_date: motto,
            kind_title: body,
            summary: body,
            body,
            table: smaller,
            caption: smaller,
            signature: body,
            signer: body,
            recipients_head: smaller,
            recipients: smaller.saturating_sub(1),
            page_number: points(page.number_pt.value),
            imprint: IMPRINT_PT,
        },
        typeface: text.font.clone(),
        line_spacing_percent: millimetres(text.line_spacing.value * Decimal::ONE_HUNDRED),
        paragraph_spacing_pt: points(text.paragraph_gap_pt.value),
        first_line_indent_mm: points(text.first_line_mm.value),
        issuer_mark: match format.heading.motto {
            Some(_) => IssuerMark::Rule,
            None => IssuerMark::Star,
        },
        // No definition says otherwise: pages are counted through.
        annex_counts_own_pages: false,
    }
}

/// Points of the imprint, which is for checking, not for reading.
const IMPRINT_PT: u8 = 8;

/// The lines at the top right.
pub fn motto(heading: &Heading) -> Vec<String> {
    let lines = [Some(&heading.nation), heading.motto.as_ref()];
    lines
        .into_iter()
        .flatten()
        .map(|label| label.vi.clone())
        .collect()
}

/// Rounded to whole units; what makes no page is refused by the press.
fn millimetres(value: Decimal) -> u16 {
    value.round().to_u16().unwrap_or(0)
}

fn points(value: Decimal) -> u8 {
    value.round().to_u8().unwrap_or(0)
}
