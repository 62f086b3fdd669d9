//! PDF by Typst: a fixed template, and the document as data beside it, so that no text of a
//! document can ever become markup.
//!
//! The file is tagged, carries its language and title, and conforms to PDF/UA-1 (accessible) and
//! PDF/A-2a (for archiving). Should a text hold a cluster of signs that the fonts cannot show
//! together, those standards cannot be met; the file is then written tagged but without the claim.
//! The same document on the same machine gives the same bytes; between machines they differ when
//! the fonts found differ: Times New Roman, else Liberation Serif, else the embedded Libertinus.

mod data;
mod fonts;
mod world;

use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::PressError;
use crate::document::AdminDocument;
use world::PressWorld;

const STANDARDS: [PdfStandard; 2] = [PdfStandard::Ua_1, PdfStandard::A_2a];

/// Draws up the document as PDF.
///
/// # Errors
/// What [`AdminDocument::check`] refuses; [`PressError::Pdf`] when a chart is not an SVG.
pub fn write(doc: &AdminDocument) -> Result<Vec<u8>, PressError> {
    doc.check()?;
    let prepared = data::prepare(doc)?;
    let world = PressWorld::new(prepared.data, prepared.figures)
        .ok_or_else(|| PressError::Pdf("the template has no path".to_owned()))?;
    let Warned { output, .. } = typst::compile::<PagedDocument>(&world);
    let written = output
        .map_err(|errors| told(&errors))
        .and_then(|laid_out| export(doc, &laid_out));
    // After every compilation, failed ones too, or the cache grows for as long as the process lives.
    comemo::evict(0);
    written
}

fn export(doc: &AdminDocument, laid_out: &PagedDocument) -> Result<Vec<u8>, PressError> {
    let strict =
        PdfStandards::new(&STANDARDS).map_err(|e| PressError::Pdf(e.message().to_string()))?;
    typst_pdf::pdf(laid_out, &options(doc, strict))
        .or_else(|_| typst_pdf::pdf(laid_out, &options(doc, PdfStandards::default())))
        .map_err(|errors| told(&errors))
}

fn options(doc: &AdminDocument, standards: PdfStandards) -> PdfOptions {
    let at = doc.drawn_up;
    let small = |n: i8| u8::try_from(n).unwrap_or_default();
    let (date, time) = (at.date(), at.time());
    let datetime = Datetime::from_ymd_hms(
        i32::from(date.year()),
        small(date.month()),
        small(date.day()),
        small(time.hour()),
        small(time.minute()),
        small(time.second()),
    );
    PdfOptions {
        ident: Smart::Custom(format!("{} {} {at}", doc.issuer, doc.imprint)),
        timestamp: datetime.map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    }
}

fn told(errors: &[SourceDiagnostic]) -> PressError {
    let messages: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
    PressError::Pdf(messages.join("; "))
}
