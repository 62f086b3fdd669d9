//! From inputs to a document. Pure: the same inputs and definitions give the same document.

use catalogue::{Format, Report};
use jiff::ToSpan;
use jiff::civil::DateTime;
use press::document::{AdminDocument, Block, Run, Signature};
use serde::{Deserialize, Serialize};
use viet::Lang;

use crate::annex::annex;
use crate::figure::{Figure, Figures, day};
use crate::format::{measures, motto};
use crate::inputs::{DocumentInput, Party, ReportInputs};
use crate::narrative::fill;

/// A report as it is printed, and where each of its figures comes from. Kept as it is when the report is
/// frozen, so that it can be opened unchanged whatever becomes of this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    /// The document.
    pub document: AdminDocument,
    /// Its figures in the order of printing.
    pub figures: Vec<Figure>,
}

/// Draws a report from its inputs, in Vietnamese.
pub fn compose(inputs: &ReportInputs, definition: &Report, format: &Format) -> Composed {
    let mut figures = Figures::default();
    let mut body = vec![opening(inputs)];
    for section in &definition.sections {
        let heading = section.heading.vi.to_uppercase();
        body.push(Block::heading(1, format!("{}. {heading}", section.number)));
        let written = inputs
            .remarks
            .get(&section.id)
            .map_or(&[][..], Vec::as_slice);
        body.extend(written.iter().map(|text| Block::plain(text.trim())));
        body.extend(fill(
            inputs,
            section.fill,
            !written.is_empty(),
            &mut figures,
        ));
    }
    let annexes = definition.annexes.iter();
    let annexes = annexes
        .map(|definition| annex(inputs, definition, &mut figures))
        .collect();
    let spec = &definition.report;
    let recipients: Vec<&str> = spec
        .recipients
        .iter()
        .map(|label| label.vi.as_str())
        .collect();
    let document = AdminDocument {
        format: measures(format),
        lang: Lang::Vi,
        drawn_up: inputs.drawn_up,
        issuer_parent: inputs
            .sender
            .parent
            .as_ref()
            .map(|name| name.to_uppercase()),
        issuer: inputs.sender.name.to_uppercase(),
        number_symbol: format!("Số:        /BC-{}", symbol(&inputs.sender)),
        mark: None,
        place: inputs.area.short.clone(),
        date: None,
        motto: motto(&format.heading),
        kind_title: "BÁO CÁO".to_owned(),
        summary: definition.title(Lang::Vi, &inputs.period.label(Lang::Vi), &inputs.area.name),
        addressees: vec![inputs.receiver.name.clone()],
        body,
        signature: Some(Signature {
            authority: Vec::new(),
            position: spec.signer.vi.clone(),
            signer: None,
        }),
        recipients: closed(&recipients),
        annexes,
        imprint: imprint(inputs),
    };
    Composed {
        document,
        figures: figures.into_list(),
    }
}

/// What is reported on, by which documents, for which days.
fn opening(inputs: &ReportInputs) -> Block {
    let range = inputs.period.range(inputs.calendar);
    let last = range.last_day().unwrap_or(inputs.as_of);
    let documents: Vec<String> = inputs
        .programme
        .documents
        .iter()
        .filter_map(|id| inputs.documents.get(id))
        .map(in_full)
        .collect();
    let on_what = match documents.as_slice() {
        [] => inputs.programme.title.clone(),
        documents => documents.join("; "),
    };
    Block::Paragraph {
        runs: vec![Run::plain(format!(
            "Thực hiện {on_what}, {} báo cáo kết quả {} (từ ngày {} đến ngày {}; số liệu và tiến độ tính đến hết ngày {}) như sau:",
            inputs.sender.name,
            inputs.period.label(Lang::Vi),
            day(range.from()),
            day(last),
            day(inputs.as_of),
        ))],
    }
}

/// A document at its first mention: title, number and day.
fn in_full(document: &DocumentInput) -> String {
    match (&document.number, document.date) {
        (Some(number), Some(date)) => {
            format!("{} (số {number} ngày {})", document.title, day(date))
        }
        (Some(number), None) => format!("{} (số {number})", document.title),
        (None, Some(date)) => format!("{} (ngày {})", document.title, day(date)),
        (None, None) => document.title.clone(),
    }
}

/// Letters of the sender in the document's symbol: "Sở KH&CN" gives "SKHCN", "UBND tỉnh" "UBND".
fn symbol(sender: &Party) -> String {
    let letters = |word: &str| -> String {
        let capitals = word.chars().filter(|c| c.is_uppercase());
        let spelled = word.chars().any(char::is_lowercase);
        capitals
            .take(if spelled { 1 } else { usize::MAX })
            .collect()
    };
    sender.short.split_whitespace().map(letters).collect()
}

/// Recipients with their closing marks: semicolons, a full stop at the end.
fn closed(recipients: &[&str]) -> Vec<String> {
    let last = recipients.len().saturating_sub(1);
    let mark = |index: usize| if index == last { "." } else { ";" };
    recipients
        .iter()
        .enumerate()
        .map(|(index, text)| format!("{text}{}", mark(index)))
        .collect()
}

fn imprint(inputs: &ReportInputs) -> String {
    let local = in_vietnam(inputs.drawn_up);
    format!(
        "Lập bằng Đột Phá lúc {:02}:{:02} ngày {}, theo dữ liệu đã ghi nhận đến bản ghi số {}; đầu nhật ký {}",
        local.hour(),
        local.minute(),
        day(local.date()),
        inputs.as_known,
        inputs.head
    )
}

/// Vietnam keeps UTC+7 all year.
fn in_vietnam(utc: DateTime) -> DateTime {
    utc.checked_add(7.hours()).unwrap_or(utc)
}

#[cfg(test)]
mod tests {
    use access::OrgId;

    use super::*;

    #[test]
    fn symbols_are_made_of_capitals() {
        for (short, wanted) in [
            ("Sở KH&CN", "SKHCN"),
            ("UBND tỉnh", "UBND"),
            ("VP UBND tỉnh", "VPUBND"),
            ("Sở Y tế", "SY"),
            ("Đảng ủy UBND tỉnh", "ĐUBND"),
        ] {
            let party = Party {
                id: OrgId("x".into()),
                name: String::new(),
                short: short.into(),
                parent: None,
            };
            assert_eq!(symbol(&party), wanted, "{short}");
        }
    }

    #[test]
    fn recipients_are_closed() {
        assert_eq!(closed(&["Như trên", "Lưu: VT"]), ["Như trên;", "Lưu: VT."]);
        assert!(closed(&[]).is_empty());
    }
}
