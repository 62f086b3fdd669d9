//! What is changed in a text changes in its reading, and nothing else: over all whole documents of our own.

use super::{facts, read};
use proptest::prelude::*;
use reading::{DocumentKind, Reading, Target};
use std::path::Path;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Every document of the cases, with its name.
static DOCUMENTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let shown = |path: &Path| std::fs::read_to_string(path).expect("a document");
    let mut out = Vec::new();
    for part in ["cases", "exam/documents/dev"] {
        for entry in std::fs::read_dir(folder.join(part)).expect("a folder of documents") {
            let path = entry.expect("a file").path();
            if path.extension().is_some_and(|e| e == "txt") {
                out.push((path.display().to_string(), shown(&path)));
            }
        }
    }
    let wholes: toml::Table = shown(&folder.join("cases/wholes.toml"))
        .parse()
        .expect("TOML");
    for (i, case) in wholes["case"].as_array().expect("cases").iter().enumerate() {
        let text = case["text"].as_str().expect("a text");
        out.push((format!("whole {i}"), text.to_owned()));
    }
    out.sort();
    out
});

/// Everything a reading says but where it stands and how it is worded.
fn sum(reading: &Reading) -> (Vec<String>, Vec<String>, [usize; 3]) {
    let paths = reading.sections.iter().map(|s| s.path.clone()).collect();
    let counts = [
        reading.tasks.len(),
        reading.assignments.len(),
        reading.cites.len(),
    ];
    (reading.targets.iter().map(facts).collect(), paths, counts)
}

/// The text with each run of digits replaced that `change` takes, given what stands behind it.
fn renumbered(
    text: &str,
    change: impl Fn(&str, Option<char>, Option<char>) -> Option<String>,
) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        if !chars[i].is_ascii_digit() {
            out.push(chars[i]);
            i += 1;
            continue;
        }
        let end = (i..chars.len())
            .find(|j| !chars[*j].is_ascii_digit())
            .unwrap_or(chars.len());
        let run: String = chars[i..end].iter().collect();
        let before = i.checked_sub(1).map(|j| chars[j]);
        out.push_str(&change(&run, before, chars.get(end).copied()).unwrap_or(run));
        i = end;
    }
    out
}

fn year(run: &str) -> Option<i32> {
    let year: i32 = run.parse().ok()?;
    (run.len() == 4 && (2010..2050).contains(&year)).then_some(year)
}

/// The facts of targets with their years moved.
fn moved(targets: &[Target], by: i16) -> Vec<String> {
    targets
        .iter()
        .cloned()
        .map(|mut target| {
            target.period.year = target.period.year.map(|y| y + by);
            facts(&target)
        })
        .collect()
}

/// Documents whose lines are cells or are told from each other by more than their words.
fn has_cells(text: &str) -> bool {
    let short = text.lines().filter(|l| l.chars().count() < 12).count();
    text.contains('|')
        || text.contains('\t')
        || text.contains("   ")
        || short * 3 > text.lines().count()
}

/// Lines broken as a page breaks them.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut length = 0;
        for (i, word) in line.split(' ').enumerate() {
            let word_length = word.chars().count();
            if i > 0 && length + 1 + word_length > width {
                out.push('\n');
                length = 0;
            } else if i > 0 {
                out.push(' ');
                length += 1;
            }
            out.push_str(word);
            length += word_length;
        }
        out.push('\n');
    }
    out
}

fn any_document() -> impl Strategy<Value = usize> {
    0..DOCUMENTS.len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn moving_all_years_moves_the_deadlines(pick in any_document(), by in 1i16..20) {
        let (name, text) = &DOCUMENTS[pick];
        let later = renumbered(text, |run, _, _| Some((year(run)? + i32::from(by)).to_string()));
        let (was, is) = (read(text), read(&later));
        prop_assert_eq!(moved(&was.targets, by), is.targets.iter().map(facts).collect::<Vec<_>>(), "{}", name);
        prop_assert_eq!(sum(&was).1, sum(&is).1);
        prop_assert_eq!(sum(&was).2, sum(&is).2);
    }

    #[test]
    fn raising_all_shares_raises_the_values_alone(pick in any_document()) {
        let (name, text) = &DOCUMENTS[pick];
        // Whole per cents below 90, directly before their sign: one more, as many digits.
        let raised = renumbered(text, |run, before, behind| {
            let value: u32 = run.parse().ok()?;
            let whole = !matches!(before, Some(',' | '.' | '/')) && behind == Some('%');
            (whole && run.len() == 2 && (10..90).contains(&value) && value % 10 < 9).then(|| (value + 1).to_string())
        });
        let (was, is) = (read(text), read(&raised));
        prop_assert_eq!(was.targets.len(), is.targets.len(), "{}", name);
        for (a, b) in was.targets.iter().zip(&is.targets) {
            prop_assert_eq!(a.span, b.span);
            prop_assert_eq!((a.comparator, a.strict, &a.unit, &a.period.year), (b.comparator, b.strict, &b.unit, &b.period.year));
            let written: String = raised.chars().skip(b.value_span.unwrap_or_default().start()).take(b.value_span.unwrap_or_default().len()).collect();
            let changed = a.value != b.value || a.value_max != b.value_max;
            prop_assert!(!changed || written.contains('%'), "{}: {} for {}", name, facts(b), facts(a));
        }
        prop_assert_eq!(sum(&was).1, sum(&is).1);
        prop_assert_eq!(sum(&was).2, sum(&is).2);
    }

    #[test]
    fn breaking_lines_at_any_width_changes_nothing(pick in any_document(), width in 60usize..110) {
        let (name, text) = &DOCUMENTS[pick];
        prop_assume!(!has_cells(text) && !text.contains('\r'));
        let broken = wrapped(text, width);
        let (was, is) = (read(text), read(&broken));
        // In running text a paragraph that ends with a full line cannot be told from one that goes on.
        prop_assume!(was.document.kind != DocumentKind::News);
        prop_assert_eq!(sum(&was).0, sum(&is).0, "{} at {}", name, width);
        prop_assert_eq!(sum(&was).1, sum(&is).1, "{} at {}", name, width);
    }
}

#[test]
fn composed_or_not_and_tones_in_either_place_read_the_same() {
    for (name, text) in DOCUMENTS.iter() {
        let expected = sum(&read(text));
        let apart: String = text.nfd().collect();
        let together: String = text.nfc().collect();
        let mut toned = together.clone();
        for (old, new) in [
            ("hóa", "hoá"),
            ("hòa", "hoà"),
            ("thủy", "thuỷ"),
            ("Ủy", "Uỷ"),
            ("ủy", "uỷ"),
            ("xóa", "xoá"),
            ("khóa", "khoá"),
            ("tòa", "toà"),
            ("lũy", "luỹ"),
        ] {
            toned = toned.replace(old, new);
        }
        let bound = together
            .replace(" tỷ lệ ", " tỷ\u{a0}lệ ")
            .replace(" đạt ", "\u{a0}đạt\u{a0}");
        for other in [apart, together, toned, bound] {
            assert_eq!(sum(&read(&other)), expected, "{name}");
        }
    }
}

#[test]
fn the_name_of_a_province_is_of_no_matter() {
    for (name, text) in DOCUMENTS.iter() {
        for (own, other) in [
            ("An Sơn", "Hà Tĩnh"),
            ("Hà Sơn", "Cà Mau"),
            ("Nam Sơn", "Thái Nguyên"),
            ("Đông Sơn", "Lai Châu"),
            ("Lâm Hà", "Đắk Lắk"),
        ] {
            let renamed = text
                .replace(own, other)
                .replace(&own.to_uppercase(), &other.to_uppercase());
            assert_eq!(
                sum(&read(&renamed)),
                sum(&read(text)),
                "{name}: {own} as {other}"
            );
        }
    }
}
