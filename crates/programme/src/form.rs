//! From typed text to typed commands: every field is looked at, every fault is named.

use access::{FieldFault, Refusal};
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{Span, date, number};

/// Collects the faults of one form.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// Names a fault of a field.
    pub fn add(&mut self, field: &str, vi: impl Into<String>, en: impl Into<String>) {
        self.0.push(FieldFault::new(field, vi, en));
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The value when no field was at fault, all faults otherwise.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Refusal> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Refusal::Invalid { faults: self.0 }),
        }
    }

    /// Refuses when there is a fault.
    pub fn check(self) -> Result<(), Refusal> {
        self.finish(Some(()))
    }

    /// Text that may not be empty, without the white space around it and in composed form.
    pub fn text(&mut self, field: &str, text: &str) -> Option<String> {
        let found = optional(text);
        if found.is_none() {
            self.add(
                field,
                "Chưa nhập nội dung.",
                "Nothing has been entered here.",
            );
        }
        found
    }

    /// A date or nothing.
    pub fn date(&mut self, field: &str, text: &str) -> Option<Date> {
        let text = optional(text)?;
        // A browser's date field sends the ISO form, people type the Vietnamese one.
        let found = date::parse(&text).or_else(|| text.parse().ok());
        if found.is_none() {
            self.add(
                field,
                format!("“{text}” không phải là ngày. Viết như 30/6/2026."),
                format!("“{text}” is not a date. Write it like 30/6/2026."),
            );
        }
        found
    }

    /// A number or nothing, written the Vietnamese way.
    pub fn number(&mut self, field: &str, text: &str) -> Option<Decimal> {
        let text = optional(text)?;
        let found = number::parse(&text);
        if found.is_none() {
            self.add(
                field,
                format!(
                    "“{text}” không phải là số. Viết như 1.234,5 (dấu phẩy trước phần thập phân)."
                ),
                format!("“{text}” is not a number. Write it like 1.234,5 (comma before decimals)."),
            );
        }
        found
    }

    /// A year or nothing.
    pub fn year(&mut self, field: &str, text: &str) -> Option<i16> {
        let text = optional(text)?;
        let found = text
            .parse()
            .ok()
            .filter(|year| (1990..=2100).contains(year));
        if found.is_none() {
            self.add(
                field,
                format!("“{text}” không phải là năm từ 1990 đến 2100."),
                format!("“{text}” is not a year from 1990 to 2100."),
            );
        }
        found
    }

    /// A span "120-180" within a text of so many code points.
    pub fn span(&mut self, field: &str, text: &str, length: usize) -> Option<Span> {
        let parts = text.trim().split_once(['-', '–', ',']);
        let found = parts.and_then(|(start, end)| {
            Span::new(start.trim().parse().ok()?, end.trim().parse().ok()?)
        });
        let found = found.filter(|span| !span.is_empty() && span.end() <= length);
        if found.is_none() {
            self.add(
                field,
                format!("Chưa chọn đoạn văn bản. Viết vị trí đầu và cuối như 120-180, không quá {length}."),
                format!("No stretch of text is chosen. Write its first and last position like 120-180, at most {length}."),
            );
        }
        found
    }
}

/// Text without the white space around it, composed; nothing when nothing is left.
pub fn optional(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| viet::fold::nfc(text))
}

/// "on", "1", "true", "yes": a ticked box.
pub fn ticked(text: &str) -> bool {
    matches!(text.trim(), "on" | "1" | "true" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_faulty_field_is_named() {
        let mut faults = Faults::default();
        assert_eq!(
            faults.number("value", " 1.234,5 "),
            Some(Decimal::new(12345, 1))
        );
        assert_eq!(faults.number("value", "  "), None);
        assert_eq!(
            faults.date("due", "30/6/2026"),
            Some(Date::constant(2026, 6, 30))
        );
        assert_eq!(
            faults.date("due", "2026-06-30"),
            Some(Date::constant(2026, 6, 30))
        );
        assert_eq!(faults.span("span", "3 - 8", 8), Span::new(3, 8));
        assert!(faults.0.is_empty());
        for span in ["", "8-3", "3-9", "a-b", "3", "4-4"] {
            assert_eq!(faults.span("span", span, 8), None, "{span}");
        }
        faults.number("value", "4.0");
        faults.date("due", "31/6/2026");
        faults.year("year", "203");
        faults.text("reason", " ");
        let named: Vec<&str> = faults.0.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(named[6..], ["value", "due", "year", "reason"]);
        assert!(faults.check().is_err());
    }
}
