//! What a document is: names at the levels of FRBR, and the documents it refers to.

use reading::{Cite, DocumentKind, Relation};

use super::Outline;
use super::xml::Xml;

/// Whoever states the metadata: the reader of this program.
const SOURCE: &str = "#dotpha";

/// Word of a kind in names (naming convention of Akoma Ntoso, part 2: lower case, no spaces).
pub(super) fn kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Resolution => "resolution",
        DocumentKind::Programme => "programme",
        DocumentKind::Plan => "plan",
        DocumentKind::Decision => "decision",
        DocumentKind::Directive => "directive",
        DocumentKind::Conclusion => "conclusion",
        DocumentKind::Scheme => "scheme",
        DocumentKind::Strategy => "strategy",
        DocumentKind::Submission => "submission",
        DocumentKind::Letter => "letter",
        DocumentKind::Report => "report",
        DocumentKind::Annex => "annex",
        DocumentKind::News => "news",
        DocumentKind::Unknown => "document",
    }
}

/// A part of a name: letters and digits stay, `/` and the rest become `-`.
fn part(text: &str) -> String {
    let dashed = |c: char| if c.is_alphanumeric() { c } else { '-' };
    text.chars().map(dashed).collect()
}

/// Name of a document of the country at work level: `/akn/vn/doc/plan/2026-03-15/99-CTr-TU`.
fn work(kind: &str, date: &str, number: &str) -> String {
    format!("/akn/vn/doc/{kind}/{date}/{}", part(number))
}

pub(super) fn write(xml: &mut Xml, outline: &Outline<'_>) {
    xml.open("meta", &[]);
    identification(xml, outline);
    references(xml, outline);
    xml.close();
}

fn identification(xml: &mut Xml, outline: &Outline<'_>) {
    let document = outline.document;
    let read_on = outline.read_on.to_string();
    let (date, date_name) = match document.date {
        Some(date) => (date.to_string(), "issued"),
        None => (read_on.clone(), "read"),
    };
    let number = document.number.as_deref().unwrap_or(outline.identity);
    let work = work(kind(document.kind), &date, number);
    let expression = format!("{work}/vie@{date}");
    xml.open("identification", &[("source", SOURCE)]);
    xml.open("FRBRWork", &[]);
    core(xml, &work, (&date, date_name), "#issuer");
    xml.empty("FRBRcountry", &[("value", "vn")]);
    if let Some(number) = &document.number {
        xml.empty("FRBRnumber", &[("value", number)]);
    }
    if let Some(title) = &document.title {
        xml.empty("FRBRname", &[("value", title)]);
    }
    xml.close();
    xml.open("FRBRExpression", &[]);
    core(xml, &expression, (&date, date_name), "#issuer");
    xml.empty("FRBRlanguage", &[("language", "vie")]);
    xml.close();
    xml.open("FRBRManifestation", &[]);
    core(
        xml,
        &format!("{expression}.xml"),
        (&read_on, "read"),
        SOURCE,
    );
    xml.empty("FRBRformat", &[("value", "application/akn+xml")]);
    xml.close();
    xml.close();
}

fn core(xml: &mut Xml, name: &str, (date, what): (&str, &str), author: &str) {
    xml.empty("FRBRthis", &[("value", &format!("{name}/!main"))]);
    xml.empty("FRBRuri", &[("value", name)]);
    xml.empty("FRBRdate", &[("date", date), ("name", what)]);
    xml.empty("FRBRauthor", &[("href", author)]);
}

/// Name by which a document is referred to: its sort is not always said, its number is.
pub(super) fn reference(cite: &Cite) -> Option<String> {
    let number = cite.number.as_deref()?;
    let date = cite.date.map_or_else(String::new, |date| date.to_string());
    Some(work("document", &date, number))
}

/// Documents that this one changes ("active" in the words of the standard), and who is spoken of.
/// Documents that are only named stand as `ref` where the text names them.
fn references(xml: &mut Xml, outline: &Outline<'_>) {
    xml.open("references", &[("source", SOURCE)]);
    for cite in outline.cites {
        let changes = matches!(
            cite.relation,
            Relation::Amends | Relation::Replaces | Relation::Merges
        );
        if let (true, Some(href), Some(number)) = (changes, reference(cite), &cite.number) {
            let id = format!("active_{}", cite.id);
            xml.empty(
                "activeRef",
                &[("eId", &id), ("href", &href), ("showAs", number)],
            );
        }
    }
    let issuer = outline.document.issuer.as_deref();
    let organisations = [
        (
            "issuer",
            "/akn/ontology/organization/vn/issuer",
            issuer.unwrap_or("chưa xác định"),
        ),
        ("dotpha", "/akn/ontology/organization/dotpha", "Đột Phá"),
    ];
    for (id, href, name) in organisations {
        xml.empty(
            "TLCOrganization",
            &[("eId", id), ("href", href), ("showAs", name)],
        );
    }
    xml.close();
}
