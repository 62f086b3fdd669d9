//! What must hold for the reading of any text. Property tests, the replay of `tests/corpus` and the fuzzer
//! (`fuzz/`) call these.

use reading::{Lexicon, Reading};
use viet::Span;

/// Reads without indicators and checks what must hold.
///
/// # Panics
/// When something does not.
pub fn sound(text: &str) -> Reading {
    let reading = reading::read(text, &Lexicon::default());
    let length = text.chars().count();
    for span in spans(&reading) {
        assert!(span.end() <= length, "{span:?} of {length}");
    }
    for target in &reading.targets {
        assert!(!target.span.is_empty());
        if let Some(value) = target.value_span {
            assert!(target.span.contains(value), "{target:?}");
        }
        assert_eq!(target.value.is_some(), target.comparator.is_some());
    }
    let stored = serde_json::to_string(&reading).expect("a reading can be written");
    serde_json::from_str::<Reading>(&stored).expect("and read again");
    reading
}

fn spans(reading: &Reading) -> impl Iterator<Item = Span> + '_ {
    let document = reading.document.secrecy.iter().map(|mark| mark.span);
    document
        .chain(reading.cites.iter().map(|c| c.span))
        .chain(reading.sections.iter().map(|s| s.span))
        .chain(reading.passages.iter().map(|p| p.span))
        .chain(reading.targets.iter().map(|t| t.span))
        .chain(reading.tasks.iter().map(|t| t.span))
        .chain(reading.assignments.iter().map(|a| a.span))
        .chain(reading.diagnostics.iter().map(|d| d.span))
}

/// Any bytes as a text, once and many times over: what takes more than its share of time shows in the
/// limit the fuzzer sets.
///
/// # Panics
/// When something does not hold.
pub fn bytes(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    sound(&text);
    sound(&text.repeat(16));
}
