use super::fixture::{pieces, refuse, take};
use intake::{Fault, Foreign, Format, Notice, Place};

#[test]
fn text_is_kept_as_it_is() {
    // Decomposed letters, CRLF, a no-break space, a page break: nothing may change.
    let text = "Phê duye\u{302}\u{323}t\r\nđạt 12\u{a0}%\u{c}\n\n  hết";
    let intake = take(text.as_bytes());
    assert_eq!(intake.format, Format::Text);
    assert_eq!(intake.text, text);
    assert_eq!(
        pieces(&intake),
        ["Phê duye\u{302}\u{323}t", "đạt 12\u{a0}%\u{c}", "  hết"]
    );
    assert_eq!(intake.map[2].place, Place::Line { number: 4 });
    assert!(intake.diagnostics.is_empty());
}

#[test]
fn byte_order_marks_are_not_text() {
    let words = "Kế hoạch 🌾 số 7\n";
    let utf16 = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
        let units = words.encode_utf16().flat_map(unit);
        mark.into_iter().chain(units).collect::<Vec<u8>>()
    };
    let files = [
        [b"\xEF\xBB\xBF", words.as_bytes()].concat(),
        utf16([0xFF, 0xFE], u16::to_le_bytes),
        utf16([0xFE, 0xFF], u16::to_be_bytes),
    ];
    for file in files {
        let intake = take(&file);
        assert_eq!(intake.text, words);
        assert_eq!(intake.diagnostics[0].notice, Notice::ByteOrderMarkLeftOut);
    }
}

#[test]
fn what_is_not_unicode_is_refused_at_its_byte() {
    // "Kế" in windows-1258 after seven good bytes; half a surrogate pair; half a unit.
    let files: [(&[u8], usize); 3] = [
        (b"Ke hoa\nK\xEA\xEC hoach", 8),
        (b"\xFF\xFEA\x00\x3C\xD8B\x00", 4),
        (b"\xFF\xFEA\x00B", 4),
    ];
    for (file, offset) in files {
        assert_eq!(refuse(file), Fault::NotUnicode { offset });
    }
}

#[test]
fn other_formats_are_refused_with_the_remedy() {
    let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 a Word 97 document".to_vec();
    let files: [(&[u8], Foreign); 9] = [
        (&ole, Foreign::OldOffice),
        (b"\x89PNG\r\n\x1a\n....", Foreign::Picture),
        (b"\xFF\xD8\xFF\xE0..JFIF", Foreign::Picture),
        (b"{\\rtf1\\ansi abc}", Foreign::Rtf),
        (b"<?xml version='1.0'?><a/>", Foreign::Xml),
        (b"<!DOCTYPE book SYSTEM 'a.dtd'><book/>", Foreign::Xml),
        (b"a\0b", Foreign::Binary),
        (b"\x7FELF\x02\x01\x01\x00\x00\x90\xFF", Foreign::Binary),
        (
            &super::fixture::zip(&[("xl/workbook.xml", "")]),
            Foreign::Sheet,
        ),
    ];
    for (file, foreign) in files {
        assert_eq!(refuse(file), Fault::Foreign(foreign), "{:?}", &file[..3]);
    }
    let error = intake::take(&ole, "cũ.doc", &super::fixture::limits()).unwrap_err();
    assert!(error.message("vi").contains("lưu lại thành .docx"));
    assert!(error.message("en").contains("save it as .docx"));
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(refuse(b""), Fault::Empty);
    assert_eq!(refuse(b" \r\n\t"), Fault::Empty);
    assert_eq!(
        refuse("\u{a0}\n".as_bytes()),
        Fault::NoText {
            format: Format::Text
        }
    );
}

#[test]
fn a_file_with_a_password_says_so() {
    let stream: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let file = [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &stream].concat();
    assert_eq!(refuse(&file), Fault::Encrypted);
}
