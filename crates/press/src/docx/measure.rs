//! Millimetres and points in the units of a DOCX.

use docx_rs::{PageMargin, PageOrientationType, PageSize};

use crate::columns::{page_width, twips};
use crate::document::FormatParams;

/// The measures of a format in twentieths of a point and half points.
pub(super) struct Measures {
    pub format: FormatParams,
}

/// A number of small size as the signed type that some setters want.
fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

impl Measures {
    pub fn of(format: &FormatParams) -> Self {
        Self {
            format: format.clone(),
        }
    }

    /// Size of type in half points.
    pub fn half_points(points: u8) -> usize {
        usize::from(points) * 2
    }

    pub fn first_line(&self) -> i32 {
        signed(twips(u16::from(self.format.first_line_indent_mm)))
    }

    /// Room across a page.
    pub fn width(&self, landscape: bool) -> u32 {
        page_width(&self.format, landscape)
    }

    /// Line spacing in the 240ths of a line.
    pub fn line(&self) -> i32 {
        i32::from(self.format.line_spacing_percent) * 240 / 100
    }

    /// Space after a paragraph, in twentieths of a point.
    pub fn after(&self) -> u32 {
        u32::from(self.format.paragraph_spacing_pt) * 20
    }

    pub fn page(&self, landscape: bool) -> PageSize {
        let s = &self.format.sheet;
        let (w, h) = (twips(s.width_mm), twips(s.height_mm));
        if landscape {
            PageSize::new()
                .size(h, w)
                .orient(PageOrientationType::Landscape)
        } else {
            PageSize::new().size(w, h)
        }
    }

    pub fn margin(&self) -> PageMargin {
        let s = &self.format.sheet;
        PageMargin::new()
            .top(signed(twips(s.top_mm)))
            .bottom(signed(twips(s.bottom_mm)))
            .left(signed(twips(s.left_mm)))
            .right(signed(twips(s.right_mm)))
            // The page number stands in the middle of the top margin, the imprint of the bottom one.
            .header(signed(twips(s.top_mm) / 2))
            .footer(signed(twips(s.bottom_mm) / 2))
            .gutter(0)
    }
}

/// A width as the type that docx-rs wants; widths on paper are small.
pub(super) fn size(width: u32) -> usize {
    usize::try_from(width).unwrap_or(usize::MAX)
}
