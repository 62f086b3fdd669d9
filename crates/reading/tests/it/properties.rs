//! Properties: change one thing and the reading changes there and nowhere else; nothing makes it panic.

use super::holds::{self, sound};
use super::{numbers, part, read};
use proptest::prelude::*;

const PLAN: &str = include_str!("../cases/plan.txt");
const NEWS: &str = include_str!("../cases/news.txt");
const ANNEX: &str = include_str!("../cases/annex.txt");

fn document(year: i16, clause: &str) -> String {
    format!(
        "II. MỤC TIÊU\n1. Đến năm {year}\n- Hoàn thiện hạ tầng số.\n- {clause}.\n- Tỷ lệ xã có tổ công nghệ đạt 77%.\nIII. NHIỆM VỤ\n- Làm tốt."
    )
}

fn is_sound(text: &str) {
    assert_eq!(sound(text), read(text), "the same text reads the same");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_number_changes_the_value(value in 1u32..99, tenth in 0u32..10, year in 2026i16..2046) {
        let written = if tenth == 0 { format!("{value}") } else { format!("{value},{tenth}") };
        let expected = if tenth == 0 { format!("{value}") } else { format!("{value}.{tenth}") };
        let text = document(year, &format!("Tỷ lệ hộ dân có chữ ký số đạt {written}%"));
        prop_assert_eq!(numbers(&read(&text)), [format!("= {expected} percent {year}"), format!("= 77 percent {year}")]);
    }

    #[test]
    fn the_comparator_changes_the_comparator(
        (words, sign) in prop::sample::select(vec![
            ("đạt", "="), ("đạt ít nhất", ">="), ("đạt tối thiểu", ">="), ("đạt khoảng", "~"), ("không quá", "<="), ("tối đa", "<="), ("đạt không dưới", ">="),
        ]),
        value in 2u32..90,
    ) {
        let text = document(2031, &format!("Tỷ lệ hồ sơ trực tuyến {words} {value}%"));
        prop_assert_eq!(numbers(&read(&text)), [format!("{sign} {value} percent 2031"), "= 77 percent 2031".to_owned()]);
    }

    #[test]
    fn a_year_in_the_clause_wins_over_the_heading(heading in 2028i16..2040, own in 2026i16..2028, behind in any::<bool>()) {
        let clause = if behind {
            format!("Tỷ lệ thôn có cáp quang đạt 88% vào năm {own}")
        } else {
            format!("Đến năm {own}, tỷ lệ thôn có cáp quang đạt 88%")
        };
        let read = numbers(&read(&document(heading, &clause)));
        prop_assert_eq!(read, [format!("= 88 percent {own}"), format!("= 77 percent {heading}")]);
    }

    #[test]
    fn thousands_are_read(value in 1_000u64..9_999_999) {
        let written = viet::number::format(value.into(), viet::Lang::Vi);
        let text = document(2030, &format!("Đào tạo ít nhất {written} lượt người"));
        prop_assert_eq!(numbers(&read(&text)), [format!(">= {value} count 2030"), "= 77 percent 2030".to_owned()]);
    }

    #[test]
    fn the_order_of_bullets_is_of_no_matter(a in 1u32..99, b in 1u32..99) {
        let one = format!("- Tỷ lệ hộ có mạng đạt {a}%.\n- Số hợp tác xã số đạt ít nhất {b} hợp tác xã.\n");
        let two = format!("- Số hợp tác xã số đạt ít nhất {b} hợp tác xã.\n- Tỷ lệ hộ có mạng đạt {a}%.\n");
        let wrap = |body: &str| format!("II. MỤC TIÊU\n1. Đến năm 2029\n{body}");
        let (mut x, mut y) = (numbers(&read(&wrap(&one))), numbers(&read(&wrap(&two))));
        x.sort();
        y.sort();
        prop_assert_eq!(x, y);
    }

    #[test]
    fn breaking_a_line_in_a_sentence_changes_nothing(at in 20usize..60, gap in any::<bool>()) {
        let clause = "Tỷ lệ hộ sản xuất nông nghiệp được hỗ trợ truy xuất nguồn gốc sản phẩm đạt 58% tổng số hộ";
        let chars: Vec<char> = clause.chars().collect();
        let Some(cut) = (at..chars.len()).find(|i| chars[*i] == ' ') else { return Ok(()) };
        let broken: String = [&chars[..cut], if gap { &['\n', '\n'][..] } else { &['\n'][..] }, &chars[cut + 1..]].concat().into_iter().collect();
        // A line that begins with the value itself could as well be a list of values.
        prop_assume!(chars[cut + 1].is_lowercase());
        // A page ends with a full line.
        prop_assume!(!gap || cut > 45);
        let text = document(2030, &broken);
        let reading = read(&text);
        prop_assert_eq!(numbers(&reading), ["= 58 percent 2030", "= 77 percent 2030"]);
        prop_assert_eq!(part(&text, reading.targets[0].span), broken);
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,300}") {
        is_sound(&text);
    }

    #[test]
    fn any_mixture_of_the_genre_is_read(parts in prop::collection::vec(prop::sample::select(vec![
        "\n", "\n\n", " ", "I. ", "2.1. ", "- ", "+ ", "a) ", "(", ")", ";", ":", ".", ",", "…", "%", "/", "-", "|", "TT\n", "1\n", "2\n", "3\n", "MỤC TIÊU", "đến năm 2030",
        "giai đoạn 2021-2025", "đạt", "trên", "từ", "trở lên", "ít nhất", "tăng", "lần", "3/7", "57-NQ/TW", "ngày 22/12/2024", "1,5", "10.000", "5G", "tỷ lệ",
        "doanh nghiệp", "trong đó", "và", "Sở Khoa học", "chủ trì", "phối hợp với", "liên quan", "Nơi nhận:", "“", "”", "gấp đôi", "so với", "người trên một vạn dân", "\u{301}",
        "thuộc nhóm", "Ảnh:", "PHỤ LỤC", "Điều 1.", "**", "#", "9999999999999999999999999999999",
    ]), 0..60)) {
        is_sound(&parts.concat());
    }

    #[test]
    fn a_mutilated_document_is_read(pick in 0usize..3, cuts in prop::collection::vec((0.0f64..1.0, 0usize..40, "\\PC{0,3}"), 1..6)) {
        let mut chars: Vec<char> = [PLAN, NEWS, ANNEX][pick].chars().collect();
        for (place, length, put) in cuts {
            let at = (place * chars.len() as f64) as usize;
            let end = (at + length).min(chars.len());
            chars.splice(at..end, put.chars());
        }
        is_sound(&chars.into_iter().collect::<String>());
    }
}

#[test]
fn long_odd_texts_take_linear_time() {
    let deep = "- ".repeat(20_000);
    let parens = "(".repeat(50_000);
    let commas = "1% xã, ".repeat(4_000);
    let labels = "1.1.\n".repeat(20_000);
    for text in [
        deep,
        parens,
        format!("I. MỤC TIÊU\n1. Đến năm 2030\n- {commas}"),
        labels,
    ] {
        let start = std::time::Instant::now();
        let _ = read(&text);
        assert!(
            start.elapsed().as_secs() < 20,
            "{} took {:?}",
            &text[..20],
            start.elapsed()
        );
    }
}

#[test]
fn decomposed_and_spaced_text_reads_the_same() {
    for text in [PLAN, NEWS, ANNEX] {
        let apart: String = unicode_normalization::UnicodeNormalization::nfd(text).collect();
        let spaced = text
            .replace("tỷ lệ", "tỷ\u{a0}lệ")
            .replace(" đạt ", "\u{a0}đạt ");
        let expected = read(text);
        for other in [apart, spaced, text.replace('\n', "\r\n")] {
            let found = read(&other);
            assert_eq!(numbers(&found), numbers(&expected));
            assert_eq!(found.tasks.len(), expected.tasks.len());
            assert_eq!(found.assignments.len(), expected.assignments.len());
            let paths = |r: &reading::Reading| {
                r.sections
                    .iter()
                    .map(|s| s.path.clone())
                    .collect::<Vec<_>>()
            };
            assert_eq!(paths(&found), paths(&expected));
        }
    }
}

/// Texts the fuzzer found worth keeping, and those on which a reading once failed.
#[test]
fn known_texts_replay() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the known texts") {
        let path = entry.expect("a file").path();
        println!("{}", path.display());
        holds::bytes(&std::fs::read(&path).expect("a text"));
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}
