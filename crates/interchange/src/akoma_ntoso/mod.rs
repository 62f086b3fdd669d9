//! The outline of a document as Akoma Ntoso 3.0 (OASIS LegalDocML), valid against `akomantoso30.xsd`.
//!
//! A Vietnamese resolution, programme or plan is no act in the standard's sense: it is written as a `doc`,
//! its numbered places as `hcontainer`s, whose `eId` is the anchor by which every figure here points to a
//! passage. Texts are those of the stored text, white space folded; nothing is corrected.

mod body;
mod meta;
mod xml;

use jiff::civil::Date;
use reading::{Cite, Document, Passage, Reading, Section};

use xml::Xml;

/// What is written: a text with its outline, and what the text itself does not say.
#[derive(Debug, Clone, Copy)]
pub struct Outline<'a> {
    /// The text that the spans count in.
    pub text: &'a str,
    /// Header data, as read or as corrected.
    pub document: &'a Document,
    /// Other documents it names.
    pub cites: &'a [Cite],
    /// Its numbered places, in the order of the text.
    pub sections: &'a [Section],
    /// Its citable pieces, in the order of the text.
    pub passages: &'a [Passage],
    /// Identity of the document where it is kept; stands for its number when it has none.
    pub identity: &'a str,
    /// The day it was read; stands for its date when it has none.
    pub read_on: Date,
}

impl<'a> Outline<'a> {
    /// A reading with the text it was made from.
    pub fn of(text: &'a str, reading: &'a Reading, identity: &'a str, read_on: Date) -> Self {
        Outline {
            text,
            document: &reading.document,
            cites: &reading.cites,
            sections: &reading.sections,
            passages: &reading.passages,
            identity,
            read_on,
        }
    }
}

/// Writes the outline of a text with its passages, its header data and the documents it names.
///
/// ```
/// use interchange::akoma_ntoso::{Outline, write};
///
/// let text = "I. MỤC TIÊU\n- Đạt 30%.";
/// let reading = reading::read(text, &reading::Lexicon::default());
/// let outline = Outline::of(text, &reading, "d1", jiff::civil::date(2026, 11, 27));
/// let section = r#"<hcontainer eId="I" name="section"><num>I</num><heading>MỤC TIÊU</heading>"#;
/// assert!(write(&outline).contains(section));
/// ```
pub fn write(outline: &Outline<'_>) -> String {
    let mut xml = Xml::begin();
    xml.open(
        "akomaNtoso",
        &[("xmlns", "http://docs.oasis-open.org/legaldocml/ns/akn/3.0")],
    );
    xml.open("doc", &[("name", meta::kind(outline.document.kind))]);
    meta::write(&mut xml, outline);
    body::write(&mut xml, outline);
    xml.close();
    xml.close();
    xml.end()
}
