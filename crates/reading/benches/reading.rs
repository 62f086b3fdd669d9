//! How fast plain text is read: `cargo bench -p reading`. Documents of our own, one after another, through
//! the whole reading with the indicators of the catalogue's size to link to.

use divan::Bencher;
use divan::counter::BytesCount;
use reading::{IndicatorTerm, Lexicon};

fn main() {
    divan::main();
}

const DOCUMENTS: [&str; 3] = [
    include_str!("../tests/cases/plan.txt"),
    include_str!("../tests/cases/news.txt"),
    include_str!("../tests/cases/annex.txt"),
];

/// Copies of a document until they are so many bytes, each with other figures, for the same figures twice
/// are one target.
fn text(document: &str, bytes: usize) -> String {
    let mut out = String::with_capacity(bytes + document.len());
    let mut copy = 10;
    while out.len() < bytes {
        out.push_str(&document.replace("40%", &format!("{}%", copy % 90)));
        out.push('\n');
        copy += 1;
    }
    out
}

fn lexicon() -> Lexicon {
    let things = [
        "hộ dân",
        "doanh nghiệp",
        "hồ sơ",
        "trường học",
        "hợp tác xã",
        "xã, phường",
    ];
    let states = [
        "có mạng cáp quang",
        "dùng chữ ký số",
        "được xử lý trực tuyến",
        "đổi mới sáng tạo",
    ];
    let indicators = things
        .iter()
        .flat_map(|thing| states.iter().map(move |state| (thing, state)))
        .enumerate()
        .map(|(n, (thing, state))| IndicatorTerm {
            id: format!("indicator_{n}"),
            terms: vec![
                format!("tỷ lệ {thing} {state}"),
                format!("số {thing} {state}"),
            ],
            unit_class: "percent".into(),
        })
        .collect();
    Lexicon { indicators }
}

/// A resolution of usual length, and far more than any: the speed must be the same.
#[divan::bench(args = [30_000, 3_000_000])]
fn reads(bencher: Bencher<'_, '_>, bytes: usize) {
    let lexicon = lexicon();
    let all = DOCUMENTS.map(|document| text(document, bytes / 3));
    bencher
        .counter(BytesCount::new(all.iter().map(String::len).sum::<usize>()))
        .bench(|| all.each_ref().map(|text| reading::read(text, &lexicon)));
}
