//! What stands around the body: page, styles, heading, title, signature, recipients, annexes.

use docx_rs::{
    AbstractNumbering, AlignmentType, BorderType, Docx, Footer, FooterReference, Header,
    HeaderReference, Level, LevelJc, LevelText, LineSpacing, LineSpacingType, NumberFormat,
    Numbering, PageNum, PageNumType, Paragraph, ParagraphBorder, ParagraphBorderPosition,
    ParagraphBorders, RunFonts, SectionProperty, SectionType, SpecialIndentType, Start, Style,
    StyleType, Table, TableCell, TableCellMargins, TableLayoutType, TableRow, WidthType,
};

use super::blocks::{DASHES, Setter, heading as heading_paragraph, spacer, with_runs};
use super::measure::{Measures, size as dxa};
use super::{Piece, add};
use crate::columns::{line_percent, motto_share, page_width, shares};
use crate::document::{AdminDocument, IssuerMark, Run};

/// Relationships that docx-rs gives to the first header and the two footers, in order of adding.
const HEADER: &str = "rIdHeader1";
const FOOTER: &str = "rIdFooter1";
const FIRST_FOOTER: &str = "rIdFooter2";

/// A document with its page, headers and styles.
pub(super) fn open(doc: &AdminDocument, measures: &Measures) -> Docx {
    let sizes = &doc.format.sizes;
    let imprint = || {
        let paragraph = flush(Paragraph::new());
        Footer::new().add_paragraph(with_runs(
            paragraph,
            &[Run::plain(&doc.imprint)],
            Some(sizes.imprint),
        ))
    };
    let number = flush(Paragraph::new())
        .align(AlignmentType::Center)
        .size(Measures::half_points(sizes.page_number))
        .add_page_num(PageNum::new());
    let at = doc.drawn_up.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let face = &doc.format.typeface;
    let fonts = RunFonts::new()
        .ascii(face)
        .hi_ansi(face)
        .cs(face)
        .east_asia(face);
    let docx = Docx::new()
        .default_fonts(fonts)
        .default_size(Measures::half_points(sizes.body))
        .header(Header::new().add_paragraph(number))
        .footer(imprint())
        .first_footer(imprint())
        .created_at(&at)
        .updated_at(&at)
        .add_abstract_numbering(dashes(measures))
        .add_numbering(Numbering::new(DASHES, DASHES));
    styles(doc, measures)
        .into_iter()
        .fold(docx, Docx::add_style)
}

/// A list led by dashes, as administrative documents have it.
fn dashes(measures: &Measures) -> AbstractNumbering {
    let level = Level::new(
        0,
        Start::new(1),
        NumberFormat::new("bullet"),
        LevelText::new("-"),
        LevelJc::new("left"),
    );
    let hanging = SpecialIndentType::Hanging(200);
    AbstractNumbering::new(DASHES).add_level(level.indent(
        Some(measures.first_line() + 200),
        Some(hanging),
        None,
        None,
    ))
}

fn styles(doc: &AdminDocument, measures: &Measures) -> Vec<Style> {
    let sizes = &doc.format.sizes;
    let spacing = || lines(measures.line()).before(0).after(measures.after());
    let body = Style::new("BodyText", StyleType::Paragraph)
        .name("Body Text")
        .based_on("Normal")
        .size(Measures::half_points(sizes.body))
        .line_spacing(spacing());
    let caption = Style::new("Caption", StyleType::Paragraph)
        .name("caption")
        .based_on("Normal")
        .size(Measures::half_points(sizes.caption))
        .line_spacing(single().before(measures.after()).after(60));
    let table = Style::new("TableText", StyleType::Paragraph)
        .name("Table Text")
        .based_on("Normal")
        .size(Measures::half_points(sizes.table))
        .line_spacing(single().before(0).after(0));
    let headings = (1..=6u8).map(|level| {
        let style = Style::new(format!("Heading{level}"), StyleType::Paragraph)
            .name(format!("heading {level}"))
            .based_on("Normal")
            .next("BodyText")
            .size(Measures::half_points(sizes.body))
            .line_spacing(spacing())
            .indent(Some(measures.first_line()), None, None, None)
            .outline_lvl(usize::from(level) - 1);
        match level {
            1 | 2 => style.bold(),
            3 => style.italic(),
            _ => style,
        }
    });
    let annex = Style::new("AnnexTitle", StyleType::Paragraph)
        .name("Annex Title")
        .based_on("Heading1")
        .next("BodyText")
        .size(Measures::half_points(sizes.summary))
        .line_spacing(spacing())
        .indent(Some(0), None, None, None)
        .align(AlignmentType::Center)
        .outline_lvl(0)
        .bold();
    [body, caption, table, annex]
        .into_iter()
        .chain(headings)
        .collect()
}

/// Lines of a share of their height, in 240ths. The rule is written out: LibreOffice takes a spacing
/// without one for points.
fn lines(share: i32) -> LineSpacing {
    LineSpacing::new()
        .line_rule(LineSpacingType::Auto)
        .line(share)
}

/// Single spacing.
fn single() -> LineSpacing {
    lines(240)
}

/// Without the spacing of running text.
fn flush(paragraph: Paragraph) -> Paragraph {
    paragraph.line_spacing(single().before(0).after(0))
}

fn centred(runs: &[Run], size: u8) -> Paragraph {
    with_runs(
        flush(Paragraph::new()).align(AlignmentType::Center),
        runs,
        Some(size),
    )
}

/// Edges of a paragraph, drawn as thin black lines.
fn edged(paragraph: Paragraph, edges: &[ParagraphBorderPosition]) -> Paragraph {
    let mut paragraph = paragraph;
    let borders = edges
        .iter()
        .fold(ParagraphBorders::with_empty(), |borders, edge| {
            let line = ParagraphBorder::new(edge.clone())
                .val(BorderType::Single)
                .size(6)
                .space(1);
            borders.set(line.color("000000"))
        });
    paragraph.property = paragraph.property.set_borders(borders);
    paragraph
}

/// A rule of a share of the width, as the upper edge of a small paragraph indented from both sides.
fn rule(width: u32, percent: u32) -> Paragraph {
    let side = i32::try_from(width * (100 - percent.min(100)) / 200).unwrap_or(0);
    let low = LineSpacing::new()
        .line_rule(LineSpacingType::Exact)
        .line(100)
        .before(40)
        .after(0);
    let paragraph = Paragraph::new()
        .line_spacing(low)
        .indent(Some(side), None, Some(side), None);
    edged(paragraph, &[ParagraphBorderPosition::Top])
}

/// Two columns side by side without borders.
fn side_by_side(
    measures: &Measures,
    weights: [u32; 2],
    left: Vec<Paragraph>,
    right: Vec<Paragraph>,
) -> Table {
    let width = measures.width(false);
    let widths = shares(width, &weights);
    let cells = [left, right]
        .into_iter()
        .zip(&widths)
        .map(|(paragraphs, width)| {
            let cell = TableCell::new().width(dxa(*width), WidthType::Dxa);
            // A cell must hold a paragraph.
            let paragraphs = if paragraphs.is_empty() {
                vec![spacer()]
            } else {
                paragraphs
            };
            paragraphs.into_iter().fold(cell, TableCell::add_paragraph)
        })
        .collect();
    Table::without_borders(vec![TableRow::new(cells).cant_split()])
        .set_grid(widths.into_iter().map(dxa).collect())
        .width(dxa(width), WidthType::Dxa)
        .margins(TableCellMargins::new().margin(0, 0, 0, 0))
        .layout(TableLayoutType::Fixed)
}

/// Issuer and number on the left, motto, place and date on the right.
pub(super) fn heading(doc: &AdminDocument, measures: &Measures) -> Vec<Piece> {
    let sizes = &doc.format.sizes;
    let share = motto_share(doc);
    let columns = [100 - share, share];
    let widths = shares(measures.width(false), &columns);
    let [left_width, right_width] = [widths[0], widths[1]];
    let mut left = Vec::new();
    if let Some(parent) = &doc.issuer_parent {
        left.push(centred(&[Run::plain(parent)], sizes.issuer_parent));
    }
    left.push(centred(&[Run::bold(&doc.issuer)], sizes.issuer));
    left.push(match doc.format.issuer_mark {
        IssuerMark::Rule => rule(left_width, 35),
        IssuerMark::Star => centred(&[Run::plain("*")], sizes.issuer),
    });
    left.push(centred(&[Run::plain(&doc.number_symbol)], sizes.number));
    if let Some(mark) = &doc.mark {
        left.push(spacer());
        left.push(framed(mark, left_width, sizes.number));
    }
    let mut right = Vec::new();
    for (index, line) in doc.motto.iter().enumerate() {
        let size = if index == 0 {
            sizes.motto_first
        } else {
            sizes.motto_rest
        };
        right.push(centred(&[Run::bold(line)], size));
        if index + 1 == doc.motto.len() {
            right.push(rule(right_width, line_percent(line, size, right_width)));
        }
    }
    right.push(centred(&[Run::italic(doc.place_date())], sizes.place_date));
    vec![
        Piece::from(side_by_side(measures, columns, left, right)),
        Piece::from(spacer()),
    ]
}

/// A word in a frame.
fn framed(word: &str, width: u32, size: u8) -> Paragraph {
    let taken = (line_percent(word, size, width) + 8).min(100);
    let side = i32::try_from(width * (100 - taken) / 200).unwrap_or(0);
    let paragraph = centred(&[Run::bold(word)], size).indent(Some(side), None, Some(side), None);
    let all = [
        ParagraphBorderPosition::Top,
        ParagraphBorderPosition::Bottom,
        ParagraphBorderPosition::Left,
        ParagraphBorderPosition::Right,
    ];
    edged(paragraph, &all)
}

/// Kind, summary and addressees.
pub(super) fn title(doc: &AdminDocument) -> Vec<Piece> {
    let sizes = &doc.format.sizes;
    let width = page_width(&doc.format, false);
    let mut out = vec![
        spacer(),
        centred(&[Run::bold(&doc.kind_title)], sizes.kind_title),
    ];
    if !doc.summary.is_empty() {
        out.push(centred(&[Run::bold(&doc.summary)], sizes.summary));
    }
    out.push(rule(width, 25));
    let head = doc.lang.pick("Kính gửi:", "To:");
    match doc.addressees.as_slice() {
        [] => {}
        [only] => out.push(centred(&[Run::plain(format!("{head} {only}"))], sizes.body)),
        several => {
            out.push(centred(&[Run::plain(head)], sizes.body));
            out.extend(
                several
                    .iter()
                    .map(|to| centred(&[Run::plain(format!("- {to}"))], sizes.body)),
            );
        }
    }
    out.push(spacer());
    out.into_iter().map(Piece::from).collect()
}

/// Recipients on the left, signature on the right.
pub(super) fn closing(doc: &AdminDocument, measures: &Measures) -> Vec<Piece> {
    let sizes = &doc.format.sizes;
    let mut left = Vec::new();
    if !doc.recipients.is_empty() {
        let head = Run {
            italic: true,
            ..Run::bold(doc.lang.pick("Nơi nhận:", "Recipients:"))
        };
        left.push(with_runs(
            flush(Paragraph::new()),
            &[head],
            Some(sizes.recipients_head),
        ));
        let line = |to: &String| {
            with_runs(
                flush(Paragraph::new()),
                &[Run::plain(format!("- {to}"))],
                Some(sizes.recipients),
            )
        };
        left.extend(doc.recipients.iter().map(line));
    }
    let mut right = Vec::new();
    if let Some(signature) = &doc.signature {
        let words = signature
            .authority
            .iter()
            .chain(std::iter::once(&signature.position));
        right
            .extend(words.map(|line| centred(&[Run::bold(line)], sizes.signature).keep_next(true)));
        // Room for a signature and a seal: 24 mm.
        let room = single().before(0).after(1360);
        right.push(Paragraph::new().line_spacing(room).keep_next(true));
        right.push(centred(
            &[Run::bold(signature.signer.as_deref().unwrap_or_default())],
            sizes.signer,
        ));
    }
    if left.is_empty() && right.is_empty() {
        return Vec::new();
    }
    vec![
        Piece::from(spacer()),
        Piece::from(side_by_side(measures, [1, 1], left, right)),
    ]
}

/// Ends the body's section and gives each annex its own; without annexes, the body's section is the
/// document's. Later sections take over the header and the footer of the first.
pub(super) fn annexes(docx: Docx, doc: &AdminDocument, measures: &Measures) -> Docx {
    let mut docx = docx;
    let Some((last, before)) = doc.annexes.split_last() else {
        docx.document.section_property.page_size = measures.page(false);
        docx.document.section_property.page_margin = measures.margin();
        return docx;
    };
    let mut first = section(measures, false);
    first.header_reference = Some(HeaderReference::new("default", HEADER));
    first.footer_reference = Some(FooterReference::new("default", FOOTER));
    first.first_footer_reference = Some(FooterReference::new("first", FIRST_FOOTER));
    docx = docx.add_paragraph(spacer().section_property(first.title_pg()));
    let number = |section: SectionProperty| match doc.format.annex_counts_own_pages {
        true => section.page_num_type(PageNumType::new().start(1)),
        false => section,
    };
    for annex in before {
        docx = annex_content(docx, doc, measures, annex);
        let section = number(section(measures, annex.landscape));
        docx = docx.add_paragraph(spacer().section_property(section));
    }
    docx = annex_content(docx, doc, measures, last);
    let end = &mut docx.document.section_property;
    end.page_size = measures.page(last.landscape);
    end.page_margin = measures.margin();
    end.section_type = Some(SectionType::NextPage);
    // The first page of an annex is not the first of the document: its number is shown.
    end.title_pg = false;
    if doc.format.annex_counts_own_pages {
        end.page_num_type = Some(PageNumType::new().start(1));
    }
    docx
}

fn section(measures: &Measures, landscape: bool) -> SectionProperty {
    let mut section = SectionProperty::new()
        .page_size(measures.page(landscape))
        .page_margin(measures.margin());
    section.section_type = Some(SectionType::NextPage);
    section
}

fn annex_content(
    docx: Docx,
    doc: &AdminDocument,
    measures: &Measures,
    annex: &crate::document::Annex,
) -> Docx {
    let title = heading_paragraph(1, &annex.title).style("AnnexTitle");
    let setter = Setter::new(doc.lang, measures, measures.width(annex.landscape));
    setter
        .blocks(&annex.blocks, 1)
        .into_iter()
        .fold(docx.add_paragraph(title), add)
}
