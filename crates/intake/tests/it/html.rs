use super::fixture::{limits, pieces, take};
use intake::{Encoding, Fault, Format, Intake, Limits, Measure, Notice, Place, Trick};

fn page(body: &str) -> Intake {
    take(format!("<!DOCTYPE html><html><head><title>Trang</title><style>p {{}}</style></head><body>{body}</body></html>").as_bytes())
}

fn text(body: &str) -> String {
    page(body).text
}

#[test]
fn paragraphs_and_cells_lead_back() {
    let intake = page(
        "<h1>KẾ HOẠCH</h1>\n<p>Ủy ban\n nhân dân <b>tỉnh</b>: R&amp;D &gt; 2%, &#8805; 5&nbsp;%.<p>Hết\
         <table><caption>Bảng 1</caption><tr><th>Chỉ tiêu<th>2027<tr><td><p>Doanh nghiệp</p><p>số</p><td></table>Cuối",
    );
    assert_eq!(intake.format, Format::Html);
    assert_eq!(
        intake.text,
        "KẾ HOẠCH\nỦy ban nhân dân tỉnh: R&D > 2%, ≥ 5\u{a0}%.\nHết\nBảng 1\nChỉ tiêu | 2027\nDoanh nghiệp số | \nCuối\n"
    );
    assert_eq!(
        pieces(&intake)[4..7],
        ["Chỉ tiêu", "2027", "Doanh nghiệp số"]
    );
    assert_eq!(intake.map[0].place, Place::Paragraph { index: 1 });
    let cell = Place::Cell {
        table: 1,
        row: 2,
        column: 1,
    };
    assert_eq!(intake.map[6].place, cell);
    assert!(intake.diagnostics.is_empty());
}

#[test]
fn lists_count() {
    let read = text(
        "<ol type=I><li>Mục tiêu<li>Nhiệm vụ<ol start=3><li><p>Ba</p><li value=7>Bảy\
         <ul><li>gạch</ul></ol></ol><ol style='list-style-type: lower-alpha'><li>đầu</ol>\
         <ul style='list-style: none'><li>trơn</ul><ol><li>1. đã có số</ol>",
    );
    assert_eq!(
        read,
        "I. Mục tiêu\nII. Nhiệm vụ\n3. Ba\n7. Bảy\n- gạch\na. đầu\ntrơn\n1. đã có số\n"
    );
}

#[test]
fn merged_cells_leave_their_columns() {
    let read = text(
        "<table><tr><td rowspan=2>Chỉ tiêu<td colspan=2>Mốc<tr><td>2027<td>2030<tr><td>Số<td>1<td>2</table>",
    );
    assert_eq!(read, "Chỉ tiêu | Mốc | \n | 2027 | 2030\nSố | 1 | 2\n");
}

#[test]
fn tables_that_only_arrange_the_page_are_its_blocks() {
    let inner = "<table><tr><td>a<td>b<tr><td>c<td>d</table>";
    let read = text(&format!(
        "<table><tr><td>trái<td><h2>Tiêu đề</h2><p>Thân</p>{inner}</table>"
    ));
    assert_eq!(read, "trái\nTiêu đề\nThân\na | b\nc | d\n");
    assert_eq!(
        text("<table><tr><td><p>một<p>hai<tr><td>ba</table>"),
        "một\nhai\nba\n"
    );
}

#[test]
fn what_is_no_text_is_left_out_and_told() {
    let intake = page(
        "<header>Cổng thông tin</header><nav><ul><li>Trang chủ</ul></nav><script>if (a<b) {}</script>\
         <div style='display:none'>ẩn</div><article><header>Tên bài</header>Thân bài<img src=x>\
         <svg><text>x</text></svg></article><form><button>Gửi</button></form><footer>Bản quyền</footer>",
    );
    assert_eq!(intake.text, "Tên bài\nThân bài\n");
    let notices: Vec<&Notice> = intake.diagnostics.iter().map(|d| &d.notice).collect();
    assert_eq!(
        notices,
        [
            &Notice::PageFurnitureLeftOut,
            &Notice::HiddenTextLeftOut,
            &Notice::PicturesLeftOut { count: 2 }
        ]
    );
}

#[test]
fn a_menu_that_is_never_closed_does_not_take_the_page_away() {
    assert_eq!(text("<nav>Trang chủ<p>Thân bài"), "Trang chủ\nThân bài\n");
}

#[test]
fn breaks_and_preformatted_lines() {
    assert_eq!(
        text("<p>một<br>hai</p><pre>a\n  b</pre><p>tie\u{302}\u{309}u, m&shy;ột"),
        "một\nhai\na\n  b\ntiểu, một\n"
    );
    assert_eq!(
        text("đạt 35%<a href='#n1'><sup>1</sup></a> và 10 m<sup>2</sup>"),
        "đạt 35%[^1] và 10 m2\n"
    );
}

#[test]
fn pages_of_every_encoding() {
    let source = "<html><head><meta charset=\"windows-1258\"></head><p>Ủy ban nhân dân tỉnh Lâm Hà, số 7</p>";
    let words = "Ủy ban nhân dân tỉnh Lâm Hà, số 7\n";
    let utf16: Vec<u8> = source.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(take(&utf16).text, words);
    assert_eq!(take(&[b"\xFF\xFE", &utf16[..]].concat()).text, words);
    let marked = take(&[b"\xEF\xBB\xBF", source.as_bytes()].concat());
    assert_eq!(marked.text, words);
    assert_eq!(marked.diagnostics[0].notice, Notice::ByteOrderMarkLeftOut);
    let tcvn3 =
        b"<font face=.VnTime>\xF1y ban nh\xA9n d\xA9n t\xD8nh, k\xD5 ho\xB9ch v\xBF ch\xADa</font>";
    let read = take(tcvn3);
    assert!(
        read.text.starts_with("ủy ban nhân dân tỉnh, kế hoạch"),
        "{}",
        read.text
    );
    assert!(read.text.trim_end().ends_with("chưa"), "{}", read.text);
    let encoding = Encoding::Tcvn3;
    assert_eq!(read.diagnostics[0].notice, Notice::Converted { encoding });
    // Too little to prove an encoding: as browsers read it.
    let western = take(b"<p>caf\xE9</p>");
    assert_eq!(western.text, "café\n");
    let greek = take(b"<meta charset=iso-8859-7><p>\xE1\xE2</p>");
    assert_eq!(greek.text, "αβ\n");
}

#[test]
fn hostile_pages_cost_no_more_than_their_length() {
    let limits = limits();
    let read = |body: &str| intake::take(format!("<html>{body}").as_bytes(), "a.html", &limits);
    for nested in ["<ul><li>", "<table><tr><td>", "<ol>"] {
        let fault = read(&nested.repeat(10_000)).unwrap_err().fault;
        let deep = Fault::Hostile {
            part: "HTML".into(),
            trick: Trick::DeepNesting,
        };
        assert_eq!(fault, deep, "{nested}");
    }
    // Were the cost more than the length, these would take hours.
    for nested in [
        "<div>",
        "<b>",
        "<p hidden>",
        "<a>",
        "<div hidden>",
        "</table>",
        "<td>",
        "<x a=1>",
    ] {
        let body = nested.repeat(100_000) + "chữ";
        assert_eq!(read(&body).unwrap().text, "chữ\n", "{nested}");
    }
    let wide = format!(
        "<table>{}",
        "<tr><td colspan=9999 rowspan=9999>a".repeat(300_000)
    );
    let few = Limits {
        max_chars: 1_000_000,
        ..limits.clone()
    };
    let fault = intake::take(format!("<html>{wide}").as_bytes(), "a.html", &few)
        .unwrap_err()
        .fault;
    assert!(
        matches!(
            fault,
            Fault::TooLarge {
                what: Measure::TextChars,
                ..
            }
        ),
        "{fault:?}"
    );
}

#[test]
fn what_is_no_part_of_the_text_is_put_aside() {
    let intake = page(
        "<div title=header><p>TỐI  <b>MẬT</b></p><table><tr><td>a<td>b<br>c</table></div><p>Chữ</p><span style='display:none'>ẩn</span><script>x</script>",
    );
    assert_eq!(intake.text, "Chữ\n");
    assert_eq!(intake.aside, ["Trang", "TỐI MẬT", "a", "b", "c", "ẩn"]);
}
