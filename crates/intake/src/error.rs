//! Why a file was refused, in words an officer can act on.

use crate::Format;
use thiserror::Error;
use viet::Lang;

/// A file that could not be taken, by name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", self.message("en"))]
pub struct IntakeError {
    /// The file's name as given by whoever handed it in.
    pub name: String,
    pub fault: Fault,
}

impl IntakeError {
    /// What is wrong, where, and what to do, in the language of a code ("vi", "en"; English for any
    /// other).
    pub fn message(&self, lang: &str) -> String {
        let lang = Lang::from_code(lang).unwrap_or(Lang::En);
        let file = lang.pick("Tệp", "File");
        format!("{file} “{}”: {}", self.name, self.fault.message(lang))
    }
}

/// What may be wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    #[error("empty file")]
    Empty,
    #[error("neither UTF-8 nor UTF-16 at byte {offset}")]
    NotUnicode { offset: usize },
    #[error("not a format read here: {0:?}")]
    Foreign(Foreign),
    #[error("protected by a password")]
    Encrypted,
    #[error("too large: {what:?} over {limit}")]
    TooLarge { what: Measure, limit: u64 },
    /// A part of the container that is missing or cannot be read.
    #[error("broken part {part}: {reason}")]
    Broken { part: String, reason: String },
    /// Something no word processor writes and that serves to harm readers.
    #[error("hostile part {part}: {trick:?}")]
    Hostile { part: String, trick: Trick },
    #[error("no text in {format:?}")]
    NoText { format: Format },
    /// The process that reads PDFs could not be started: a fault of the installation, not of the file.
    #[error("cannot start the PDF reader: {reason}")]
    NoReader { reason: String },
    #[error("the PDF reader took longer than {seconds} s")]
    Slow { seconds: u64 },
    /// Whoever watched broke off; nothing is wrong with the file.
    #[error("stopped")]
    Stopped,
}

/// Known formats that are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    OldOffice,
    Sheet,
    Slides,
    OpenDocument,
    Rtf,
    Xml,
    Picture,
    Archive,
    Binary,
}

/// What a limit is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    FileBytes,
    Entries,
    InflatedBytes,
    TextChars,
    ReaderBytes,
}

/// Tricks of hostile containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trick {
    DuplicateEntries,
    DocumentType,
    DeepNesting,
}

impl Fault {
    /// What is wrong, where, and what to do.
    pub fn message(&self, lang: Lang) -> String {
        let (vi, en) = self.messages();
        match lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    fn messages(&self) -> (String, String) {
        match self {
            Self::NotUnicode { offset } => (
                format!("không phải UTF-8 hay UTF-16 (lỗi đầu tiên ở byte {offset}). Hãy mở tệp và lưu lại với mã UTF-8; nếu tệp dùng TCVN3 hoặc VNI, chuyển mã sang Unicode trước."),
                format!("is neither UTF-8 nor UTF-16 (first fault at byte {offset}). Open it and save it again as UTF-8; if it is in TCVN3 or VNI, convert it to Unicode first."),
            ),
            Self::Foreign(foreign) => foreign.messages(),
            Self::TooLarge { what, limit } => {
                let (vi, en) = what.words();
                (
                    format!("vượt giới hạn {limit} {vi}. Hãy tách tệp thành nhiều phần nhỏ hơn hoặc bỏ bớt hình ảnh."),
                    format!("exceeds the limit of {limit} {en}. Split it into smaller files or take out pictures."),
                )
            }
            Self::Broken { part, reason } => (
                format!("phần “{part}” bị hỏng ({reason}). Hãy mở bằng phần mềm soạn thảo, lưu lại dưới tên khác rồi nộp lại."),
                format!("part “{part}” is broken ({reason}). Open it in a word processor, save it under another name and hand it in again."),
            ),
            Self::Hostile { part, trick } => {
                let (vi, en) = trick.words();
                (
                    format!("phần “{part}” {vi}, dấu hiệu của tệp độc hại. Hãy báo bộ phận an toàn thông tin; nếu tệp đáng tin, mở ra và lưu lại thành .docx mới."),
                    format!("part “{part}” {en}, the mark of a hostile file. Tell your information security; if you trust the file, open it and save it as a new .docx."),
                )
            }
            Self::NoText { format: Format::Pdf } => (
                "không có lớp chữ (bản quét) và không nhận dạng được chữ. Hãy nộp bản .docx hoặc PDF xuất từ phần mềm soạn thảo; để đọc bản quét (OCR), người quản trị cài các gói Debian tesseract-ocr, tesseract-ocr-vie và poppler-utils.".into(),
                "has no text layer (a scan), and no words were recognised. Hand in the .docx or a PDF exported by the word processor; to read scans (OCR) the administrator installs the Debian packages tesseract-ocr, tesseract-ocr-vie and poppler-utils.".into(),
            ),
            Self::NoReader { reason } => (
                format!("chưa đọc được vì không khởi động được bộ đọc PDF ({reason}). Đây là lỗi cài đặt, hãy báo người quản trị; có thể nộp bản .docx thay thế."),
                format!("could not be read since the PDF reader did not start ({reason}). This is a fault of the installation, tell the administrator; a .docx works meanwhile."),
            ),
            Self::Slow { seconds } => (
                format!("đọc quá {seconds} giây nên đã dừng. Hãy nộp bản .docx hoặc in lại PDF với ít hình hơn."),
                format!("took more than {seconds} seconds and was stopped. Hand in the .docx or a PDF with fewer pictures."),
            ),
            Self::Stopped => (
                "chưa đọc xong vì đã được dừng. Hãy nộp lại khi cần.".into(),
                "was not read to its end, since it was stopped. Hand it in again when wanted.".into(),
            ),
            Self::Empty | Self::NoText { .. } => (
                "không có chữ nào. Hãy kiểm tra có chọn nhầm tệp không; văn bản chỉ gồm hình quét thì nộp bản có chữ.".into(),
                "holds no words. Check that it is the file you meant; if it is made of scans, hand in a version with text.".into(),
            ),
            Self::Encrypted => (
                "được bảo vệ bằng mật khẩu. Hãy gỡ mật khẩu rồi nộp lại.".into(),
                "is protected by a password. Take the password off and hand it in again.".into(),
            ),
        }
    }
}

impl Foreign {
    fn messages(self) -> (String, String) {
        let (vi, en) = match self {
            Self::OldOffice => (
                "là tệp Office kiểu cũ (.doc, .xls, .ppt)",
                "is an old Office file (.doc, .xls, .ppt)",
            ),
            Self::Sheet => ("là bảng tính (.xlsx)", "is a spreadsheet (.xlsx)"),
            Self::Slides => ("là bản trình chiếu (.pptx)", "is a presentation (.pptx)"),
            Self::OpenDocument => (
                "là tệp OpenDocument (.odt)",
                "is an OpenDocument file (.odt)",
            ),
            Self::Rtf => ("là tệp RTF", "is an RTF file"),
            Self::Xml => ("là tệp XML", "is an XML file"),
            Self::Archive => (
                "là tệp nén, không phải văn bản",
                "is an archive, not a document",
            ),
            Self::Binary => ("không phải văn bản", "is not a document"),
            Self::Picture => ("là hình ảnh", "is a picture"),
        };
        match self {
            Self::Picture => (
                format!(
                    "{vi}. Hãy nộp bản .docx hoặc PDF có lớp chữ; ảnh PNG, JPEG, TIFF đọc được khi người quản trị cài các gói Debian tesseract-ocr và tesseract-ocr-vie."
                ),
                format!(
                    "{en}. Hand in the .docx or a PDF with a text layer; PNG, JPEG and TIFF are read once the administrator installs the Debian packages tesseract-ocr and tesseract-ocr-vie."
                ),
            ),
            Self::OldOffice | Self::OpenDocument | Self::Rtf => (
                format!(
                    "{vi}. Hãy mở tệp và lưu lại thành .docx rồi nộp; .doc, .odt và .rtf đọc được khi người quản trị cài gói Debian libreoffice-writer-nogui."
                ),
                format!(
                    "{en}. Open it and save it as .docx; .doc, .odt and .rtf are read once the administrator installs the Debian package libreoffice-writer-nogui."
                ),
            ),
            _ => (
                format!(
                    "{vi}. Chỉ nhận .docx, PDF, .html và .txt: hãy lưu lại thành .docx rồi nộp."
                ),
                format!(
                    "{en}. Only .docx, PDF, .html and .txt are taken: save it as .docx and hand it in."
                ),
            ),
        }
    }
}

impl Measure {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::FileBytes => ("byte của tệp", "bytes of the file"),
            Self::Entries => ("mục trong tệp nén", "entries of the container"),
            Self::InflatedBytes => ("byte sau khi giải nén", "bytes after inflating"),
            Self::TextChars => ("ký tự", "characters of text"),
            Self::ReaderBytes => ("byte đọc được từ PDF", "bytes read from the PDF"),
        }
    }
}

impl Trick {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::DuplicateEntries => ("có hai mục trùng tên", "has two entries of one name"),
            Self::DocumentType => ("có khai báo DTD", "declares a document type (DTD)"),
            Self::DeepNesting => ("lồng nhau quá sâu", "is nested too deeply"),
        }
    }
}
