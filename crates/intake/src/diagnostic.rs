//! What was left out of a file or is doubtful in it.

use crate::{Encoding, Place};
use serde::{Deserialize, Serialize};
use viet::Lang;

/// Something the reader of the text should know, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    #[serde(flatten)]
    pub notice: Notice,
    /// Where in the original, when it stands in one place.
    pub place: Option<Place>,
}

impl Diagnostic {
    pub(crate) fn of(notice: Notice) -> Self {
        Self {
            notice,
            place: None,
        }
    }

    pub(crate) fn at(notice: Notice, place: Place) -> Self {
        Self {
            notice,
            place: Some(place),
        }
    }

    /// The notice in words, with its place.
    pub fn message(&self, lang: Lang) -> String {
        let what = self.notice.message(lang);
        match self.place {
            Some(place) => format!("{what} ({})", place.describe(lang)),
            None => what,
        }
    }
}

/// What there is to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Notice {
    /// The byte-order mark before the text is not part of the text.
    ByteOrderMarkLeftOut,
    /// Pictures and embedded objects hold text we do not read.
    PicturesLeftOut { count: usize },
    /// Pictures that nobody looked at for marks of secrecy: Tesseract is missing, they are of a kind it does
    /// not know, too many, too large, or could not be read.
    PicturesNotLookedAt { count: usize },
    /// Text the author hid.
    HiddenTextLeftOut,
    /// Tracked deletions are not part of the text.
    DeletedTextLeftOut,
    /// A font of the times before Unicode; its letters were converted.
    LegacyFont { font: String },
    /// The text was in an old encoding and was converted.
    Converted { encoding: Encoding },
    /// Menus, heads, feet and forms of a web page, which are no part of its text.
    PageFurnitureLeftOut,
    /// A sign of a symbol font we know no letter for; U+FFFD stands in the text.
    UnknownSymbol { font: String, sign: String },
    /// A way of numbering we do not know; digits stand in the text.
    UnknownNumbering { format: String },
    /// A running head, foot or page number, taken out of the text.
    RunningLineRemoved { text: String, pages: usize },
    /// A page our reader of PDF could not read.
    PageUnreadable,
    /// A page without text, possibly a scan.
    PageWithoutText,
    /// Read from a picture, with so many words in doubt.
    ReadByOcr { doubtful: usize },
    /// LibreOffice converted the file first.
    ConvertedByOffice,
    /// Read by `pdftotext`, since our own reader could not.
    SecondReader,
}

impl Notice {
    fn message(&self, lang: Lang) -> String {
        let (vi, en) = match self {
            Self::PicturesLeftOut { count } => (
                format!(
                    "{count} hình hoặc đối tượng nhúng không được đọc; nếu có chữ trong hình, hãy gõ lại"
                ),
                format!(
                    "{count} pictures or embedded objects are not read; retype any words in them"
                ),
            ),
            Self::PicturesNotLookedAt { count } => (
                format!(
                    "{count} hình chưa được xem có dấu mật hay không; hãy tự xem trước khi dùng văn bản"
                ),
                format!(
                    "{count} pictures were not looked at for marks of secrecy; look at them before you use the document"
                ),
            ),
            Self::LegacyFont { font } => (
                format!(
                    "phông {font} không dùng Unicode, chữ đã được chuyển sang Unicode; hãy đối chiếu với bản gốc"
                ),
                format!(
                    "font {font} is not Unicode, its letters were converted; compare with the original"
                ),
            ),
            Self::Converted { encoding } => {
                let name = encoding.name();
                (
                    format!(
                        "văn bản dùng bảng mã {name}, đã được chuyển sang Unicode; hãy đối chiếu với bản gốc"
                    ),
                    format!(
                        "the text is in {name} and was converted to Unicode; compare with the original"
                    ),
                )
            }
            Self::ReadByOcr { doubtful } => (
                format!(
                    "chữ được nhận dạng từ ảnh (OCR), {doubtful} từ chưa chắc; hãy đối chiếu từng số liệu với bản gốc"
                ),
                format!(
                    "the words were recognised from a picture (OCR), {doubtful} of them are doubtful; compare every figure with the original"
                ),
            ),
            Self::UnknownSymbol { font, sign } => (
                format!("ký hiệu {sign} của phông {font} không rõ là gì; hãy xem bản gốc"),
                format!("sign {sign} of font {font} is unknown; see the original"),
            ),
            Self::UnknownNumbering { format } => (
                format!("kiểu đánh số {format} chưa được hỗ trợ, ghi bằng chữ số thường"),
                format!("numbering {format} is not supported, shown in digits"),
            ),
            Self::RunningLineRemoved { text, pages } => (
                format!("dòng lặp ở {pages} trang được bỏ khỏi văn bản: “{text}”"),
                format!("a line repeated on {pages} pages was taken out of the text: “{text}”"),
            ),
            fixed => {
                let (vi, en) = fixed.fixed_message();
                (vi.to_owned(), en.to_owned())
            }
        };
        match lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    fn fixed_message(&self) -> (&'static str, &'static str) {
        match self {
            Self::ByteOrderMarkLeftOut => (
                "dấu thứ tự byte (BOM) ở đầu tệp không thuộc văn bản",
                "the byte-order mark at the start is not part of the text",
            ),
            Self::PageFurnitureLeftOut => (
                "trình đơn, đầu trang, chân trang và biểu mẫu của trang web không được đọc",
                "menus, heads, feet and forms of the web page are not read",
            ),
            Self::ConvertedByOffice => (
                "tệp được LibreOffice chuyển sang .docx trước khi đọc",
                "LibreOffice converted the file to .docx before it was read",
            ),
            Self::HiddenTextLeftOut => ("chữ ẩn không được đọc", "hidden text is not read"),
            Self::DeletedTextLeftOut => (
                "chữ đã xóa khi theo dõi thay đổi không được đọc",
                "tracked deletions are not read",
            ),
            Self::PageUnreadable => (
                "không đọc được trang này; hãy xem bản gốc",
                "this page could not be read; see the original",
            ),
            Self::PageWithoutText => (
                "trang không có lớp chữ, có thể là ảnh quét; hãy nộp bản có chữ",
                "the page has no text layer, perhaps a scan; hand in a version with text",
            ),
            _ => (
                "đọc bằng pdftotext vì bộ đọc chính không đọc được; hãy kiểm tra lại",
                "read by pdftotext since the main reader could not; check the text",
            ),
        }
    }
}
