use std::collections::BTreeSet;
use std::fmt::Write;

use press::document::{Block, Cell, Run};
use reporting::{Composed, FigureKind, Origin, ReportInputs, compose};
use viet::Lang;

use crate::sample::{format, inputs, report};

fn composed(inputs: &ReportInputs) -> Composed {
    compose(inputs, &report(), &format())
}

/// Every stretch of text, the body's first.
fn runs(composed: &Composed) -> Vec<&Run> {
    let document = &composed.document;
    let annexes = document.annexes.iter().flat_map(|annex| &annex.blocks);
    document
        .body
        .iter()
        .chain(annexes)
        .flat_map(of_block)
        .collect()
}

fn of_block(block: &Block) -> Vec<&Run> {
    match block {
        Block::Paragraph { runs } => runs.iter().collect(),
        Block::Bullets { items } => items.iter().flatten().collect(),
        Block::Table(table) => table
            .rows
            .iter()
            .flatten()
            .flat_map(|cell| &cell.runs)
            .collect(),
        Block::Heading { .. } | Block::Chart(_) => vec![],
    }
}

/// The document as text; a figure stands in brackets with its number.
fn text(composed: &Composed) -> String {
    let mut out = String::new();
    let document = &composed.document;
    let heads = [
        document.issuer_parent.as_deref().unwrap_or(""),
        &document.issuer,
        &document.number_symbol,
        &document.kind_title,
        &document.summary,
        &document.addressees.join("; "),
    ];
    for line in heads {
        writeln!(out, "{line}").unwrap();
    }
    document
        .body
        .iter()
        .for_each(|block| print(block, &mut out));
    for annex in &document.annexes {
        writeln!(out, "\n{}", annex.title).unwrap();
        annex.blocks.iter().for_each(|block| print(block, &mut out));
    }
    writeln!(out, "\nNơi nhận: {}", document.recipients.join(" ")).unwrap();
    writeln!(out, "{}", document.imprint).unwrap();
    writeln!(out, "\nSố liệu:").unwrap();
    for figure in &composed.figures {
        writeln!(
            out,
            "{} = {} <- {}",
            figure.ref_no,
            figure.text,
            origin(&figure.kind)
        )
        .unwrap();
    }
    out
}

fn origin(kind: &FigureKind) -> String {
    let last = |id: uuid::Uuid| id.to_string()[33..].to_owned();
    let value = |origin: &Origin| match origin {
        Origin::Observation(id) => format!("observation {}", last(id.0)),
        Origin::Computed { from, .. } => format!("computed from {}", from.len()),
    };
    match kind {
        FigureKind::Observation { origin, period, .. } => {
            format!("{} of {period}", value(origin))
        }
        FigureKind::Target { target } => format!("target {}", last(target.0)),
        FigureKind::Achieved { origin, target } => {
            format!("{} over target {}", value(origin), last(target.0))
        }
        FigureKind::Tasks { of, tasks } => format!("{of}: {}", tasks.len()),
        FigureKind::TaskShare { tasks, among } => format!("{} of {}", tasks.len(), among.len()),
        FigureKind::Targets { of, targets } => format!("{of}: {}", targets.len()),
        FigureKind::Deadline { task } => format!("deadline of {}", last(task.0)),
    }
}

fn print(block: &Block, out: &mut String) {
    match block {
        Block::Heading { text, .. } => writeln!(out, "\n# {text}").unwrap(),
        Block::Paragraph { runs } => writeln!(out, "{}", joined(runs)).unwrap(),
        Block::Bullets { items } => {
            items
                .iter()
                .for_each(|item| writeln!(out, "- {}", joined(item)).unwrap());
        }
        Block::Table(table) => {
            let heads: Vec<_> = table.columns.iter().map(|c| c.title.as_str()).collect();
            writeln!(out, "{}", heads.join(" | ")).unwrap();
            for row in &table.rows {
                let cells: Vec<_> = row.iter().map(|Cell { runs, .. }| joined(runs)).collect();
                writeln!(out, "{}", cells.join(" | ")).unwrap();
            }
        }
        Block::Chart(_) => {}
    }
}

fn joined(runs: &[Run]) -> String {
    let one = |run: &Run| match run
        .reference
        .as_deref()
        .and_then(|r| r.strip_prefix("figure:"))
    {
        Some(number) => format!("[{}#{number}]", run.text),
        None => run.text.replace('\n', " "),
    };
    runs.iter().map(one).collect()
}

#[test]
fn a_quarterly_report_reads_as_it_should() {
    insta::assert_snapshot!(text(&composed(&inputs())));
}

#[test]
fn drawing_again_from_the_stored_inputs_gives_the_same() {
    let inputs = inputs();
    let first = composed(&inputs);
    let stored = journal::canonical_json(&inputs).expect("inputs hold no floats");
    let read: ReportInputs = serde_json::from_slice(&stored).expect("inputs are read back");
    assert_eq!(read, inputs);
    assert_eq!(composed(&read), first);
    let kept = journal::canonical_json(&first).expect("a document holds no floats");
    assert_eq!(
        serde_json::from_slice::<Composed>(&kept).expect("a document is read back"),
        first
    );
}

#[test]
fn every_figure_is_printed_once_and_leads_back() {
    let composed = composed(&inputs());
    let all = runs(&composed);
    let printed: Vec<(&str, &str)> = all
        .iter()
        .filter_map(|run| Some((run.reference.as_deref()?, run.text.as_str())))
        .collect();
    let listed: Vec<(String, &str)> = composed
        .figures
        .iter()
        .map(|f| (f.reference(), f.text.as_str()))
        .collect();
    let listed: Vec<(&str, &str)> = listed.iter().map(|(r, t)| (r.as_str(), *t)).collect();
    assert_eq!(printed, listed);
    let placed = composed.figures.iter().filter(|figure| {
        let single = !matches!(
            figure.kind,
            FigureKind::Tasks { .. } | FigureKind::Targets { .. } | FigureKind::TaskShare { .. }
        );
        single && (figure.document.is_none() || figure.anchor.is_none())
    });
    assert_eq!(
        placed.count(),
        0,
        "a figure about one thing leads to the paragraph that ordered it"
    );
}

#[test]
fn no_number_stands_in_the_text_without_its_origin() {
    let inputs = inputs();
    let composed = composed(&inputs);
    let mut periods: BTreeSet<String> = BTreeSet::new();
    for target in &inputs.targets {
        for value in [&target.current, &target.previous].into_iter().flatten() {
            periods.insert(value.period.label(Lang::Vi));
        }
    }
    periods.insert("quý IV năm 2026".into());
    // The first paragraph says what is reported on; its days and numbers are the report's own.
    for run in composed.document.body.iter().skip(1).flat_map(of_block) {
        if run.reference.is_some() {
            continue;
        }
        let mut rest = run.text.replace("14/09/2026", "");
        for period in &periods {
            rest = rest.replace(period, "");
        }
        assert!(!rest.contains(|c: char| c.is_ascii_digit()), "{}", run.text);
    }
}

#[test]
fn the_counts_are_those_of_the_tasks() {
    let inputs = inputs();
    let composed = composed(&inputs);
    let of_statuses: usize = composed
        .figures
        .iter()
        .filter_map(|figure| match &figure.kind {
            FigureKind::TaskShare { tasks, .. } => Some(tasks.len()),
            _ => None,
        })
        .sum();
    assert_eq!(
        of_statuses,
        inputs.tasks.len(),
        "each task is counted in one status"
    );
    for figure in &composed.figures {
        if let FigureKind::Tasks { tasks, .. } = &figure.kind {
            assert_eq!(figure.text, tasks.len().to_string());
            assert!(
                tasks
                    .iter()
                    .all(|id| inputs.tasks.iter().any(|task| task.id == *id))
            );
        }
    }
}

#[test]
fn nothing_to_report_is_said_and_can_be_printed() {
    let mut inputs = inputs();
    inputs.tasks.clear();
    inputs.targets.clear();
    inputs.remarks.clear();
    inputs.documents.clear();
    inputs.programme.documents.clear();
    let composed = composed(&inputs);
    composed
        .document
        .check()
        .expect("an empty report makes a page");
    let text = text(&composed);
    for wanted in [
        "chương trình có [0#2] nhiệm vụ được giao.",
        "Chương trình đặt ra [0#1] chỉ tiêu.",
        "chưa ghi nhận nhiệm vụ quá hạn",
        "[Cơ quan soạn thảo bổ sung nội dung này trước khi trình ký.]",
        "Thực hiện Chương trình chuyển đổi số, Sở Khoa học và Công nghệ báo cáo",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
}

#[test]
fn what_is_left_out_of_the_text_stands_in_the_annex() {
    let mut inputs = inputs();
    let many = inputs.tasks[2].clone();
    inputs.tasks = (0..3000)
        .map(|n| {
            let mut task = many.clone();
            task.id = programme::TaskId(crate::sample::uuid(10_000 + n));
            task
        })
        .collect();
    let composed = composed(&inputs);
    let text = text(&composed);
    assert!(text.contains("… (chi tiết tại các phụ lục kèm theo)."));
    let rows: usize = composed.document.annexes[1]
        .blocks
        .iter()
        .map(|block| match block {
            Block::Table(table) => table.rows.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(rows, 3001, "a row a task and the heading of their document");
}
