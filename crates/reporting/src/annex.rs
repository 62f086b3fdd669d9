//! The annexes: a row a target or a task, with the columns the definition names.

use catalogue::{Annex, AnnexRows, Column};
use press::document::{Align, Block, Cell, Column as Printed, Run, Table};
use programme::DocumentId;
use viet::Lang;

use crate::demand::{Style, demand};
use crate::figure::{Figures, NOTHING, day};
use crate::inputs::{ReportInputs, TargetInput, TaskInput, ValueInput};

/// An annex as printed.
pub(crate) fn annex(
    inputs: &ReportInputs,
    definition: &Annex,
    figures: &mut Figures,
) -> press::document::Annex {
    let columns = definition
        .columns
        .iter()
        .map(|column| printed(*column))
        .collect();
    let mut rows = Rows::new(inputs, definition);
    match definition.rows {
        AnnexRows::Targets => {
            for target in &inputs.targets {
                rows.group(target.document);
                let number = rows.number();
                rows.add(|column| target_cell(inputs, target, column, number, figures));
            }
        }
        AnnexRows::Tasks => {
            for task in &inputs.tasks {
                rows.group(task.document);
                let number = rows.number();
                rows.add(|column| task_cell(inputs, task, column, number, figures));
            }
        }
    }
    press::document::Annex {
        title: definition.heading.vi.clone(),
        landscape: definition.landscape,
        blocks: vec![Block::Table(Table {
            caption: None,
            columns,
            rows: rows.rows,
            repeat_head: true,
        })],
    }
}

struct Rows<'a> {
    inputs: &'a ReportInputs,
    definition: &'a Annex,
    several: bool,
    last: Option<DocumentId>,
    count: usize,
    rows: Vec<Vec<Cell>>,
}

impl<'a> Rows<'a> {
    fn new(inputs: &'a ReportInputs, definition: &'a Annex) -> Self {
        Self {
            inputs,
            definition,
            several: inputs.programme.documents.len() > 1,
            last: None,
            count: 0,
            rows: Vec::new(),
        }
    }

    /// A heading row where another document begins, when there are several.
    fn group(&mut self, document: DocumentId) {
        if !self.several || self.last == Some(document) {
            return;
        }
        self.last = Some(document);
        let width = u16::try_from(self.definition.columns.len()).unwrap_or(u16::MAX);
        let title = self
            .inputs
            .documents
            .get(&document)
            .map_or("", |d| d.title.as_str());
        self.rows.push(vec![Cell::group(title, width)]);
    }

    fn number(&mut self) -> usize {
        self.count += 1;
        self.count
    }

    fn add(&mut self, mut cell: impl FnMut(Column) -> Cell) {
        let row = self
            .definition
            .columns
            .iter()
            .map(|column| cell(*column))
            .collect();
        self.rows.push(row);
    }
}

fn printed(column: Column) -> Printed {
    let (weight, align) = match column {
        Column::Number => (2, Align::Center),
        Column::Unit => (3, Align::Center),
        Column::Deadline | Column::Achieved => (4, Align::Center),
        Column::TargetValue | Column::Previous | Column::Current => (5, Align::Right),
        Column::Status => (4, Align::Left),
        Column::Basis | Column::Note | Column::Lead | Column::Support => (5, Align::Left),
        Column::Product | Column::Source => (6, Align::Left),
        Column::Result | Column::Target => (9, Align::Left),
        Column::Task => (11, Align::Left),
    };
    Printed::new(column.label(Lang::Vi), weight, align)
}

fn words(text: Option<&str>) -> Cell {
    Cell::text(
        text.map(str::trim)
            .filter(|text| !text.is_empty())
            .unwrap_or(NOTHING),
    )
}

fn basis(inputs: &ReportInputs, document: DocumentId, anchor: Option<&str>) -> Cell {
    match (inputs.cited(document), anchor) {
        ("", _) => words(None),
        (cited, Some(anchor)) => Cell::text(format!("{cited}, {anchor}")),
        (cited, None) => Cell::text(cited),
    }
}

fn target_cell(
    inputs: &ReportInputs,
    target: &TargetInput,
    column: Column,
    number: usize,
    figures: &mut Figures,
) -> Cell {
    match column {
        Column::Number => Cell::text(number.to_string()),
        Column::Target => Cell::text(target.name()),
        Column::Unit => words(target.unit.as_deref()),
        Column::Basis => basis(inputs, target.document, target.anchor.as_deref()),
        Column::Lead => words(target.responsible.as_deref()),
        Column::TargetValue => Cell::of(vec![figures.demand(target, demand(target, Style::Table))]),
        Column::Previous => value_cell(target, target.previous.as_ref(), figures),
        Column::Current => value_cell(target, target.current.as_ref(), figures),
        Column::Achieved => match figures.achieved(target) {
            Some(share) => Cell::of(vec![share]),
            None => words(None),
        },
        Column::Status => Cell::text(target.status.label(Lang::Vi)),
        Column::Source => match &target.current {
            Some(value) => Cell::text(format!(
                "{} (công bố {})",
                value.source.trim(),
                day(value.vintage)
            )),
            None => words(None),
        },
        // The cause stands in the note: the path, the missing baseline, the missing figure.
        Column::Note => words(target.current.is_none().then_some(target.reason.as_str())),
        // The definition of a report is checked: these columns belong to tasks.
        Column::Task | Column::Support | Column::Deadline | Column::Product | Column::Result => {
            words(None)
        }
    }
}

/// The figure, its period and its stage: a bare number would not say enough.
fn value_cell(target: &TargetInput, value: Option<&ValueInput>, figures: &mut Figures) -> Cell {
    let Some(value) = value else {
        return words(None);
    };
    Cell::of(vec![
        figures.value(target, value, false),
        Run::plain(format!(
            "\n({}, {})",
            value.period.label(Lang::Vi),
            value.stage.label(Lang::Vi)
        )),
    ])
}

fn task_cell(
    inputs: &ReportInputs,
    task: &TaskInput,
    column: Column,
    number: usize,
    figures: &mut Figures,
) -> Cell {
    match column {
        Column::Number => Cell::text(number.to_string()),
        Column::Task => Cell::text(task.title.as_str()),
        Column::Basis => basis(inputs, task.document, task.anchor.as_deref()),
        Column::Lead => words(task.lead.as_deref()),
        Column::Support => words(Some(task.supporting.join("; ").as_str())),
        Column::Deadline => match task.deadline {
            Some(deadline) => Cell::of(vec![figures.deadline(task, day(deadline))]),
            None => words(task.deadline_written.as_deref()),
        },
        Column::Product => words(task.product.as_deref()),
        Column::Result => words(task.result.as_ref().map(|result| result.text.as_str())),
        Column::Status => Cell::text(task.status.label(Lang::Vi)),
        Column::Note => words(Some(note(task).as_str())),
        // The definition of a report is checked: these columns belong to targets.
        Column::Target
        | Column::Unit
        | Column::TargetValue
        | Column::Previous
        | Column::Current
        | Column::Achieved
        | Column::Source => words(None),
    }
}

fn note(task: &TaskInput) -> String {
    let mut notes = Vec::new();
    if let Some(result) = &task.result {
        if result.waiting {
            notes.push("Kết quả đang chờ xác nhận".to_owned());
        }
        if let Some(reason) = &result.returned {
            notes.push(format!("Yêu cầu bổ sung: {}", reason.trim()));
        }
    }
    if task.extensions > 0 {
        notes.push("Đã được gia hạn".to_owned());
    }
    notes.join("; ")
}
