//! Millimetres and points in the units of a DOCX.

use docx_rs::{PageMargin, PageOrientationType, PageSize};

use crate::document::FormatParams;

/// The measures of a format in twentieths of a point and half points.
pub(super) struct Measures {
    pub format: FormatParams,
}

/// Twentieths of a point in a millimetre, as a fraction: 1440 to the inch of 25.4 mm.
fn twips(mm: u16) -> u32 {
    (u32::from(mm) * 14_400 + 127) / 254
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

    /// Room between the side margins of a portrait page.
    pub fn portrait_width(&self) -> u32 {
        let s = &self.format.sheet;
        twips(s.width_mm) - twips(s.left_mm) - twips(s.right_mm)
    }

    /// Room between the side margins of a turned page.
    pub fn landscape_width(&self) -> u32 {
        let s = &self.format.sheet;
        twips(s.height_mm) - twips(s.left_mm) - twips(s.right_mm)
    }

    /// Room across a page.
    pub fn width(&self, landscape: bool) -> u32 {
        if landscape {
            self.landscape_width()
        } else {
            self.portrait_width()
        }
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

/// Splits a width by weights; the parts add up to the whole.
pub(super) fn shares(width: u32, weights: &[u32]) -> Vec<usize> {
    let total: u64 = weights.iter().map(|w| u64::from(*w)).sum::<u64>().max(1);
    let mut before = 0u64;
    let mut at = 0u64;
    weights
        .iter()
        .map(|weight| {
            before += u64::from(*weight);
            let end = u64::from(width) * before / total;
            let share = end - at;
            at = end;
            usize::try_from(share).unwrap_or(usize::MAX)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert_eq!(twips(210), 11_906);
        assert_eq!(twips(297), 16_838);
        assert_eq!(shares(100, &[1, 1, 1]), [33, 33, 34]);
        assert_eq!(shares(100, &[3, 1]), [75, 25]);
    }
}
