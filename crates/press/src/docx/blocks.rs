//! Blocks of a body as paragraphs and tables.

use docx_rs::{
    AlignmentType, BreakType, FieldCharType, IndentLevel, InstrText, LineSpacing, LineSpacingType,
    NumberingId, Paragraph, Run as DocxRun, SpecialIndentType, Table as DocxTable, TableCell,
    TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};
use viet::Lang;

use super::Piece;
use super::measure::{Measures, size as dxa};
use crate::columns::widths;
use crate::document::{Align, Block, Cell, Column, Figure, Run, Table};
use crate::text::{clean, escape, web_address};

/// Height that marks a row as the head of its table; no row has it otherwise. `parts` turns it into
/// the property that docx-rs has no word for.
pub(super) const HEAD_ROW_HEIGHT: f32 = 0.0;
/// The list of dashes; docx-rs keeps number 1 for a list of its own.
pub(super) const DASHES: usize = 2;

/// Sets blocks into a column of the given width.
pub(super) struct Setter<'a> {
    lang: Lang,
    measures: &'a Measures,
    width: u32,
}

impl<'a> Setter<'a> {
    pub fn new(lang: Lang, measures: &'a Measures, width: u32) -> Self {
        Self {
            lang,
            measures,
            width,
        }
    }

    /// Blocks whose headings stand below a heading of level `base` and never skip a level.
    pub fn blocks(&self, blocks: &[Block], base: u8) -> Vec<Piece> {
        let mut above = base;
        let mut out = Vec::new();
        for block in blocks {
            match block {
                Block::Heading { level, text } => {
                    above = level.saturating_add(base).clamp(base + 1, above + 1);
                    out.push(Piece::from(heading(above, text)));
                }
                Block::Paragraph { runs } => out.push(Piece::from(self.paragraph(runs))),
                Block::Bullets { items } => out.extend(items.iter().map(|item| self.bullet(item))),
                Block::Table(table) => out.extend(self.table(table)),
                Block::Chart(figure) => out.extend(self.figure(figure)),
            }
        }
        out
    }

    fn paragraph(&self, runs: &[Run]) -> Paragraph {
        let indent = Some(SpecialIndentType::FirstLine(self.measures.first_line()));
        let paragraph = Paragraph::new()
            .style("BodyText")
            .align(AlignmentType::Both)
            .indent(None, indent, None, None);
        with_runs(paragraph, runs, None)
    }

    fn bullet(&self, runs: &[Run]) -> Piece {
        let paragraph = Paragraph::new()
            .style("BodyText")
            .align(AlignmentType::Both)
            .numbering(NumberingId::new(DASHES), IndentLevel::new(0));
        Piece::from(with_runs(paragraph, runs, None))
    }

    fn table(&self, table: &Table) -> Vec<Piece> {
        let mut out = Vec::new();
        if let Some(caption) = &table.caption {
            let paragraph = Paragraph::new()
                .style("Caption")
                .align(AlignmentType::Center)
                .keep_next(true);
            out.push(Piece::from(with_runs(
                paragraph,
                &[Run::bold(caption)],
                None,
            )));
        }
        let size = self.measures.format.sizes.table;
        let widths: Vec<usize> = widths(table, self.width, size)
            .into_iter()
            .map(dxa)
            .collect();
        let head = table
            .columns
            .iter()
            .zip(&widths)
            .map(|(c, w)| head_cell(c, *w, size))
            .collect();
        let mut head = TableRow::new(head).cant_split();
        if table.repeat_head {
            head = head.row_height(HEAD_ROW_HEIGHT);
        }
        let rows = table
            .rows
            .iter()
            .map(|row| body_row(row, &table.columns, &widths, size));
        let rows = std::iter::once(head).chain(rows).collect();
        let drawn = DocxTable::new(rows)
            .set_grid(widths)
            .width(dxa(self.width), WidthType::Dxa)
            .margins(TableCellMargins::new().margin(40, 70, 40, 70))
            .layout(TableLayoutType::Fixed);
        out.push(Piece::from(drawn));
        out.push(Piece::from(spacer()));
        out
    }

    /// A chart as words and figures.
    fn figure(&self, figure: &Figure) -> Vec<Piece> {
        let caption = Paragraph::new()
            .style("Caption")
            .align(AlignmentType::Center)
            .keep_next(true);
        let mut out = vec![Piece::from(with_runs(
            caption,
            &[Run::bold(&figure.caption)],
            None,
        ))];
        match &figure.table {
            Some(table) => out.extend(self.table(table)),
            None => {
                let words = Paragraph::new()
                    .style("Caption")
                    .align(AlignmentType::Center);
                let where_to = self
                    .lang
                    .pick("(hình vẽ có trong bản PDF)", "(the drawing is in the PDF)");
                let text = format!("{} {where_to}", figure.alt);
                out.push(Piece::from(with_runs(words, &[Run::italic(text)], None)));
            }
        }
        out
    }
}

/// A heading in one of the styles Word builds its outline from.
pub(super) fn heading(level: u8, text: &str) -> Paragraph {
    let style = format!("Heading{}", level.clamp(1, 6));
    with_runs(
        Paragraph::new().style(&style).keep_next(true),
        &[Run::plain(text)],
        None,
    )
}

/// A small empty paragraph: Word wants one between two tables.
pub(super) fn spacer() -> Paragraph {
    let none = LineSpacing::new()
        .line_rule(LineSpacingType::Exact)
        .line(120)
        .before(0)
        .after(0);
    Paragraph::new().line_spacing(none)
}

fn head_cell(column: &Column, width: usize, size: u8) -> TableCell {
    let paragraph = Paragraph::new()
        .style("TableText")
        .align(AlignmentType::Center);
    TableCell::new()
        .width(width, WidthType::Dxa)
        .vertical_align(VAlignType::Center)
        .add_paragraph(with_runs(
            paragraph,
            &[Run::bold(&column.title)],
            Some(size),
        ))
}

fn body_row(row: &[Cell], columns: &[Column], widths: &[usize], size: u8) -> TableRow {
    let mut at = 0;
    let cells = row
        .iter()
        .map(|cell| {
            let span = usize::from(cell.span.max(1));
            let own = columns.get(at).map(|c| c.align).unwrap_or_default();
            let width = widths.iter().skip(at).take(span).sum();
            at += span;
            let align = alignment(cell.align.unwrap_or(own));
            let paragraph = Paragraph::new().style("TableText").align(align);
            let drawn = TableCell::new()
                .width(width, WidthType::Dxa)
                .add_paragraph(with_runs(paragraph, &cell.runs, Some(size)));
            if span > 1 {
                drawn.grid_span(span)
            } else {
                drawn
            }
        })
        .collect();
    TableRow::new(cells).cant_split()
}

fn alignment(align: Align) -> AlignmentType {
    match align {
        Align::Left => AlignmentType::Left,
        Align::Center => AlignmentType::Center,
        Align::Right => AlignmentType::Right,
    }
}

/// Adds runs to a paragraph, `size` in points where it differs from the style's.
pub(super) fn with_runs(paragraph: Paragraph, runs: &[Run], size: Option<u8>) -> Paragraph {
    runs.iter().fold(paragraph, |paragraph, run| {
        let Some(address) = run.reference.as_deref().and_then(web_address) else {
            return paragraph.add_run(drawn(run, size));
        };
        // A field rather than a relationship: the library numbers relationships per process, and the
        // same document must give the same bytes.
        let instruction = format!(" HYPERLINK \"{address}\" ");
        let open = DocxRun::new()
            .add_field_char(FieldCharType::Begin, false)
            .add_instr_text(InstrText::Unsupported(escape(&instruction)))
            .add_field_char(FieldCharType::Separate, false);
        let close = DocxRun::new().add_field_char(FieldCharType::End, false);
        paragraph
            .add_run(open)
            .add_run(drawn(run, size))
            .add_run(close)
    })
}

fn drawn(run: &Run, size: Option<u8>) -> DocxRun {
    let mut out = DocxRun::new();
    if run.bold {
        out = out.bold();
    }
    if run.italic {
        out = out.italic();
    }
    if let Some(size) = size {
        out = out.size(Measures::half_points(size));
    }
    for (index, line) in clean(&run.text).split('\n').enumerate() {
        if index > 0 {
            out = out.add_break(BreakType::TextWrapping);
        }
        out = out.add_text(line);
    }
    out
}
