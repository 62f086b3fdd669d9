//! Files as a word processor writes them, where LibreOffice is installed.

use super::fixture::take;
use intake::{Intake, Notice};
use std::path::Path;
use std::process::Command;

/// A document of our own writing: two-column head, articles, a list, a table, a note, two pages.
const SOURCE: &str = r#"<html><head><meta charset="utf-8"><style>
@page { size: A4; margin: 2cm } body { font: 14pt "Liberation Serif" } p { text-align: justify; text-indent: 1.27cm; margin: 6pt 0 }
</style></head><body>
<p style="text-align:center;text-indent:0"><b>KẾ HOẠCH</b></p>
<p>Căn cứ Nghị quyết của Hội đồng nhân dân tỉnh Lâm Hà về phát triển khoa học, công nghệ và đổi mới sáng tạo, Ủy ban nhân dân tỉnh ban hành kế hoạch thực hiện với các nội dung chủ yếu sau đây để các sở, ngành và địa phương thống nhất triển khai.</p>
<ol type="I"><li>Mục tiêu</li><li>Nhiệm vụ<ol><li>Phấn đấu ít nhất 35% doanh nghiệp nhỏ và vừa sử dụng nền tảng số &amp; hợp đồng điện tử</li><li>Tỷ lệ ≥ 90% hồ sơ trực tuyến</li></ol></li></ol>
<table border="1"><tr><td>Chỉ tiêu</td><td>Năm 2027</td></tr><tr><td>Số doanh nghiệp</td><td>1.250</td></tr></table>
<p style="page-break-before:always">Sở Khoa học và Công nghệ chủ trì, phối hợp với các cơ quan liên quan theo dõi, đôn đốc và báo cáo Ủy ban nhân dân tỉnh trước ngày 15 tháng 12 hằng năm.</p>
</body></html>"#;

/// Converts the source with LibreOffice; `None`, with a line that says so, where it is not installed.
fn office(folder: &Path, filter: &str, input: &str, extension: &str) -> Option<Vec<u8>> {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let run = Command::new("soffice")
        .args([
            &profile,
            "--headless",
            "--infilter=HTML (StarWriter)",
            "--convert-to",
            filter,
        ])
        .arg("--outdir")
        .arg(folder)
        .arg(folder.join(input))
        .output();
    let Ok(output) = run else {
        println!("left out: LibreOffice (soffice) is not installed");
        return None;
    };
    let file = folder.join(Path::new(input).with_extension(extension));
    let bytes = std::fs::read(file);
    Some(bytes.unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr))))
}

fn has(intake: &Intake, words: &str) {
    assert!(
        intake.text.contains(words),
        "{words} is not in:\n{}",
        intake.text
    );
}

#[test]
fn a_docx_and_a_pdf_of_libreoffice() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("nguon.html"), SOURCE).unwrap();
    let Some(docx) = office(folder.path(), "docx:MS Word 2007 XML", "nguon.html", "docx") else {
        return;
    };
    let read = take(&docx);
    has(
        &read,
        "\nI. Mục tiêu\nII. Nhiệm vụ\n1. Phấn đấu ít nhất 35% doanh nghiệp nhỏ và vừa sử dụng nền tảng số & hợp đồng điện tử\n2. Tỷ lệ ≥ 90% hồ sơ trực tuyến\n",
    );
    has(&read, "\nChỉ tiêu | Năm 2027\nSố doanh nghiệp | 1.250\n");

    let Some(pdf) = office(
        folder.path(),
        "pdf:writer_web_pdf_Export",
        "nguon.html",
        "pdf",
    ) else {
        return;
    };
    let read = take(&pdf);
    // Whole paragraphs, put together again from their lines.
    has(
        &read,
        "\nCăn cứ Nghị quyết của Hội đồng nhân dân tỉnh Lâm Hà về phát triển khoa học, công nghệ và đổi mới sáng tạo, Ủy ban nhân dân tỉnh ban hành kế hoạch thực hiện với các nội dung chủ yếu sau đây để các sở, ngành và địa phương thống nhất triển khai.\n",
    );
    has(&read, "≥ 90% hồ sơ trực tuyến");
    has(&read, "trước ngày 15 tháng 12 hằng năm.");
    let unread = |n: &Notice| matches!(n, Notice::PageUnreadable | Notice::SecondReader);
    assert!(!read.diagnostics.iter().any(|d| unread(&d.notice)));
}
