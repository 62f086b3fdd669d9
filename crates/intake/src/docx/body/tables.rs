//! Tables of a DOCX.

use super::super::xml::{Element, Node, Xml};
use super::{Body, words_within};
use crate::blocks::one_line;
use crate::{Fault, Notice};

/// What a cell says of itself.
#[derive(Default)]
pub(super) struct CellShape {
    columns: usize,
    deleted: bool,
}

impl Body<'_> {
    pub(super) fn rows(
        &mut self,
        xml: &mut Xml<'_>,
        rows: &mut Vec<Vec<String>>,
    ) -> Result<(), Fault> {
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "tr" => {
                    let mut cells = Vec::new();
                    if self.cells(xml, &mut cells)? {
                        rows.push(cells);
                    }
                }
                "tblPr" | "tblGrid" | "sdtPr" | "sdtEndPr" => xml.skip()?,
                _ => self.rows(xml, rows)?,
            }
        }
        Ok(())
    }

    /// Reads the cells of a row; false when the row is a tracked deletion. A cell over several columns
    /// is followed by empty ones, so that every column keeps its place.
    fn cells(&mut self, xml: &mut Xml<'_>, cells: &mut Vec<String>) -> Result<bool, Fault> {
        let mut stands = true;
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "tc" if stands => self.cell(xml, cells)?,
                "trPr" => stands &= self.row_properties(xml, cells)?,
                "tc" => {
                    let text = words_within(xml)?;
                    self.put_aside(&text);
                }
                "tblPrEx" | "sdtPr" | "sdtEndPr" => xml.skip()?,
                _ => stands &= self.cells(xml, cells)?,
            }
        }
        if !stands {
            self.notice(Notice::DeletedTextLeftOut);
        }
        Ok(stands)
    }

    /// Reads `w:trPr`: false for a tracked deletion; columns left free before the first cell are empty.
    fn row_properties(
        &mut self,
        xml: &mut Xml<'_>,
        cells: &mut Vec<String>,
    ) -> Result<bool, Fault> {
        let mut stands = true;
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            match e.name().as_str() {
                "del" => stands = false,
                "gridBefore" => self.leave_empty(span(&e), cells)?,
                _ => {}
            }
            xml.skip()?;
        }
        Ok(stands)
    }

    fn cell(&mut self, xml: &mut Xml<'_>, cells: &mut Vec<String>) -> Result<(), Fault> {
        let outer = self.cell.replace(CellShape::default());
        let mut blocks = Vec::new();
        self.blocks(xml, &mut blocks)?;
        let shape = std::mem::replace(&mut self.cell, outer).unwrap_or_default();
        if shape.deleted {
            self.notice(Notice::DeletedTextLeftOut);
            self.put_aside(&one_line(&blocks));
            return Ok(());
        }
        self.spend(4)?;
        cells.push(one_line(&blocks));
        self.leave_empty(shape.columns.saturating_sub(1), cells)
    }

    /// Reads the `w:tcPr` of the cell being read.
    pub(super) fn cell_properties(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        while let Some(node) = xml.child()? {
            let Node::Start(e) = node else { continue };
            if let Some(cell) = &mut self.cell {
                match e.name().as_str() {
                    "gridSpan" => cell.columns = span(&e),
                    "cellDel" => cell.deleted = true,
                    _ => {}
                }
            }
            xml.skip()?;
        }
        Ok(())
    }

    fn leave_empty(&mut self, columns: usize, cells: &mut Vec<String>) -> Result<(), Fault> {
        self.spend(columns * 4)?;
        cells.extend(std::iter::repeat_n(String::new(), columns));
        Ok(())
    }
}

/// A number of columns; Word has 63 at most.
fn span(e: &Element<'_>) -> usize {
    let given = e.val().and_then(|v| v.parse().ok()).unwrap_or(0_usize);
    given.min(63)
}
