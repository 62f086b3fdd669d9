//! The examination beside this folder: sentences and documents with answers, in a half to learn from and a
//! half that is only measured. Counted as `score.py` of the annotated texts counts.

use super::read;
use reading::{Comparator, Reading, Target};
use serde_json::Value;
use std::collections::HashSet;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use viet::Span;

/// What was asked for, given and right.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    asked: usize,
    found: usize,
    given: usize,
    right: usize,
}

impl Count {
    fn f1(self) -> f64 {
        let ratio = |a: usize, b: usize| if b == 0 { 1.0 } else { a as f64 / b as f64 };
        let (recall, precision) = (ratio(self.found, self.asked), ratio(self.right, self.given));
        2.0 * recall * precision / (recall + precision).max(f64::MIN_POSITIVE)
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.asked += other.asked;
        self.found += other.found;
        self.given += other.given;
        self.right += other.right;
    }
}

/// The counts of a half of the examination.
#[derive(Debug, Default)]
struct Marks {
    targets: Count,
    states: Count,
    tasks: Count,
    duties: Count,
    cites: Count,
    outline: Count,
}

fn folder(part: &str, half: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/exam")
        .join(part)
        .join(half)
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the examination")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    out.sort();
    assert!(!out.is_empty(), "nothing in {}", folder.display());
    out
}

fn span(value: &Value) -> Option<Span> {
    let place = |i: usize| usize::try_from(value.get(i)?.as_u64()?).ok();
    Span::new(place(0)?, place(1)?)
}

fn iou(a: Span, b: Span) -> f64 {
    let common = a.overlap(b);
    common as f64 / (a.len() + b.len() - common).max(1) as f64
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

fn class(unit: &str) -> &str {
    match unit {
        u if u.starts_with("percent") || u.contains('%') => "percent",
        "times" | "lần" => "times",
        u if u.starts_with("level") => "level",
        u if u.starts_with("per_") || u.contains('/') => "rate",
        "rank" | "index" => unit,
        _ => "count",
    }
}

fn sign(comparator: Comparator) -> &'static str {
    match comparator {
        Comparator::AtLeast => ">=",
        Comparator::AtMost => "<=",
        Comparator::Equal => "=",
        Comparator::About => "~",
        Comparator::Between => "between",
        Comparator::MultiplyBy => "multiply_by",
        Comparator::IncreaseByPct => "increase_by_pct",
        Comparator::IncreaseCount => "increase_count",
    }
}

/// Whether value, unit, comparator and year are those asked for.
fn facts_right(given: &Target, asked: &Value) -> bool {
    let number = |key: &str| asked.get(key).and_then(Value::as_f64);
    let near = |a: Option<rust_decimal::Decimal>, b: Option<f64>| {
        let a = a.map(|v| v.to_string().parse::<f64>().expect("a decimal is a number"));
        match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (a, b) => a.is_none() && b.is_none(),
        }
    };
    let scales: Vec<f64> = asked
        .get("accept_values")
        .and_then(Value::as_array)
        .map(|all| all.iter().filter_map(Value::as_f64).collect())
        .unwrap_or_default();
    let value = near(given.value, number("value"))
        || scales.iter().any(|scale| near(given.value, Some(*scale)));
    let comparators: Vec<&str> = match asked.get("accept_comparators").and_then(Value::as_array) {
        Some(all) => all.iter().filter_map(Value::as_str).collect(),
        None => asked
            .get("comparator")
            .and_then(Value::as_str)
            .into_iter()
            .collect(),
    };
    let year = asked
        .get("period")
        .and_then(|p| p.get("year"))
        .and_then(Value::as_i64);
    value
        && near(given.value_max, number("value_max"))
        && class(given.unit.as_deref().unwrap_or_default())
            == class(text(asked, "unit").as_deref().unwrap_or_default())
        && given
            .comparator
            .is_some_and(|c| comparators.contains(&sign(c)))
        && given.period.year.map(i64::from) == year
}

/// Numbered targets, and states that can be decided.
fn targets(reading: &Reading, asked: &[Value], numbers_alone: bool) -> (Count, Count) {
    let (mut count, mut states) = (Count::default(), Count::default());
    let mut used: HashSet<usize> = HashSet::new();
    let required = |asked: &Value| asked.get("scoring").and_then(Value::as_str) == Some("required");
    let is_state = |asked: &Value| asked.get("qualitative").and_then(Value::as_bool) == Some(true);
    let fits = |given: &Target, asked: &Value| {
        asked
            .get("span")
            .and_then(span)
            .is_some_and(|s| iou(given.span, s) >= 0.4)
    };
    let mut hits = 0;
    for asked in asked.iter().filter(|a| !is_state(a)) {
        let Some(value) = asked.get("value_span").and_then(span) else {
            continue;
        };
        let best = reading
            .targets
            .iter()
            .enumerate()
            .filter(|(i, given)| {
                let at = given.value_span.unwrap_or(given.span);
                !used.contains(i)
                    && given.value.is_some()
                    && at.overlap(value) > 0
                    && given.span.contains(value)
                    && fits(given, asked)
            })
            .max_by_key(|(_, given)| facts_right(given, asked));
        count.asked += usize::from(required(asked));
        if let Some((i, given)) = best {
            used.insert(i);
            hits += usize::from(required(asked));
            count.found += usize::from(required(asked) && facts_right(given, asked));
        }
    }
    let unasked = reading.targets.iter().enumerate().filter(|(i, given)| {
        let may_be = asked
            .iter()
            .any(|a| fits(given, a) && (is_state(a) && given.value.is_none() || !required(a)));
        !(used.contains(i) || may_be || numbers_alone && given.value.is_none())
    });
    count.given = hits + unasked.count();
    count.right = count.found;
    for asked in asked.iter().filter(|a| is_state(a) && required(a)) {
        states.asked += 1;
        states.found += usize::from(reading.targets.iter().any(|given| fits(given, asked)));
    }
    (count, states)
}

fn sentence(case: &toml::Table) -> (String, Vec<Value>) {
    let text = case
        .get("text")
        .and_then(toml::Value::as_str)
        .expect("a text");
    let zone = case
        .get("zone")
        .and_then(toml::Value::as_str)
        .expect("a zone");
    let head = match (
        zone,
        case.get("heading_year").and_then(toml::Value::as_integer),
    ) {
        ("news", _) => String::new(),
        ("objectives", Some(year)) => format!("I. MỤC TIÊU ĐẾN NĂM {year}\n"),
        ("objectives", None) => "I. MỤC TIÊU\n".into(),
        ("task", _) => "I. NHIỆM VỤ, GIẢI PHÁP\n".into(),
        ("duty", _) => "I. TỔ CHỨC THỰC HIỆN\n".into(),
        ("past", _) => "I. ĐÁNH GIÁ TÌNH HÌNH\n".into(),
        (other, _) => panic!("no such zone: {other}"),
    };
    let before = head.chars().count() as u64;
    let moved = |value: &Value| -> Option<Value> {
        let at = span(value)?;
        Some(Value::from(vec![
            at.start() as u64 + before,
            at.end() as u64 + before,
        ]))
    };
    let given = case
        .get("target")
        .and_then(toml::Value::as_array)
        .cloned()
        .unwrap_or_default();
    let asked = given
        .iter()
        .map(|target| {
            let mut asked = serde_json::to_value(target).expect("JSON");
            for key in ["span", "value_span"] {
                if let Some(place) = asked.get(key).and_then(&moved) {
                    asked[key] = place;
                }
            }
            let optional = asked.get("optional").and_then(Value::as_bool) == Some(true);
            asked["scoring"] = if optional { "optional" } else { "required" }.into();
            asked["period"] = serde_json::json!({ "year": asked.get("year") });
            asked
        })
        .collect();
    (format!("{head}{text}\n"), asked)
}

fn sentences(half: &str) -> Marks {
    let mut marks = Marks::default();
    for path in files(&folder("sentences", half), "toml") {
        let shown = std::fs::read_to_string(&path).expect("a file of sentences");
        let file: toml::Table = toml::from_str(&shown).expect("sentences in TOML");
        for case in file["case"].as_array().expect("cases") {
            let (text, asked) = sentence(case.as_table().expect("a case"));
            let (targets, states) = targets(&read(&text), &asked, false);
            marks.targets += targets;
            marks.states += states;
        }
    }
    marks
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// How many spans are met, and how many of those given meet one.
fn spans(asked: &[Span], given: &[Span], least: f64) -> Count {
    let meets = |a: &Span, all: &[Span]| all.iter().any(|b| iou(*a, *b) >= least);
    Count {
        asked: asked.len(),
        found: asked.iter().filter(|a| meets(a, given)).count(),
        given: given.len(),
        right: given.iter().filter(|g| meets(g, asked)).count(),
    }
}

fn sets(asked: &HashSet<String>, given: &HashSet<String>) -> Count {
    let common = asked.intersection(given).count();
    Count {
        asked: asked.len(),
        found: common,
        given: given.len(),
        right: common,
    }
}

fn document(marks: &mut Marks, path: &Path) {
    let answer = std::fs::read_to_string(path).expect("an answer");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    let text = std::fs::read_to_string(path.with_extension("txt")).expect("its text");
    let reading = read(&text);
    let examined = answer.get("tasks").is_some();
    let (targets, states) = targets(&reading, array(&answer, "targets"), !examined);
    marks.targets += targets;
    marks.states += states;
    let places = |key: &str| -> Vec<Span> {
        array(&answer, key)
            .iter()
            .filter_map(|t| span(t.get("span")?))
            .collect()
    };
    if examined {
        let tasks: Vec<Span> = reading.tasks.iter().map(|t| t.span).collect();
        marks.tasks += spans(&places("tasks"), &tasks, 0.8);
        let duties: Vec<Span> = reading.assignments.iter().map(|a| a.span).collect();
        marks.duties += spans(&places("assignments"), &duties, 0.5);
        let key = |number: String| {
            number
                .to_uppercase()
                .replace(' ', "")
                .trim_start_matches('0')
                .to_owned()
        };
        let asked = array(&answer["document"], "cites")
            .iter()
            .filter_map(|c| crate::exam::text(c, "number"));
        let given = reading.cites.iter().filter_map(|c| c.number.clone());
        marks.cites += sets(&asked.map(key).collect(), &given.map(key).collect());
    }
    let outlined = answer.get("outline_examined").and_then(Value::as_bool) != Some(false);
    if outlined && answer["document"]["kind"] != "news" {
        let asked = array(&answer, "sections")
            .iter()
            .filter(|s| matches!(s["kind"].as_str(), Some("heading" | "numbered_item")))
            .filter_map(|s| crate::exam::text(s, "path"));
        let given = reading.sections.iter().map(|s| s.path.clone());
        marks.outline += sets(&asked.collect(), &given.collect());
    }
}

fn documents(half: &str) -> Marks {
    let mut marks = Marks::default();
    for path in files(&folder("documents", half), "json") {
        document(&mut marks, &path);
    }
    marks
}

fn at_least(name: &str, count: Count, least: f64) {
    println!("{name}: {:.3} {count:?}", count.f1());
    assert!(count.asked > 0, "{name}: nothing was asked");
    assert!(
        count.f1() >= least,
        "{name} is {:.3}, asked for {least}: {count:?}",
        count.f1()
    );
}

#[test]
fn sentences_to_learn_from_are_read() {
    let marks = sentences("dev");
    at_least("targets", marks.targets, 0.98);
    at_least("states", marks.states, 0.9);
}

#[test]
fn sentences_never_looked_at_are_read() {
    let marks = sentences("heldout");
    at_least("targets", marks.targets, 0.93);
    at_least("states", marks.states, 0.9);
}

#[test]
fn documents_to_learn_from_are_read() {
    let marks = documents("dev");
    at_least("targets", marks.targets, 0.98);
    at_least("states", marks.states, 0.9);
    at_least("tasks", marks.tasks, 0.98);
    at_least("duties", marks.duties, 0.97);
    at_least("citations", marks.cites, 0.98);
    at_least("outline", marks.outline, 0.98);
}

#[test]
fn documents_never_looked_at_are_read() {
    let marks = documents("heldout");
    at_least("targets", marks.targets, 0.92);
    at_least("states", marks.states, 0.8);
    at_least("tasks", marks.tasks, 0.92);
    at_least("duties", marks.duties, 0.98);
    at_least("citations", marks.cites, 0.98);
    at_least("outline", marks.outline, 0.95);
}
