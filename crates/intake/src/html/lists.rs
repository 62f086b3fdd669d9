//! Numbers of lists, which stand nowhere in the text of a page.

use super::reader::Tag;
use crate::numerals::numeral;

/// An open list and where it has got to.
pub(super) struct List {
    /// The format of its numbers; none for a list of bullets, "none" for one without any mark.
    format: Option<&'static str>,
    next: u32,
}

impl List {
    pub(super) fn open(tag: &Tag<'_>) -> Self {
        let ordered = tag.name == "ol";
        let own = tag
            .attribute("type")
            .and_then(|t| format(&t))
            .or_else(|| tag.style("list-style-type").and_then(|t| format(&t)))
            .or_else(|| {
                tag.style("list-style")
                    .and_then(|t| t.split(' ').find_map(format))
            });
        Self {
            format: match (own, ordered) {
                (Some("bullet"), _) | (None, false) => None,
                (Some(own), _) => Some(own),
                (None, true) => Some("decimal"),
            },
            next: number(tag, "start").unwrap_or(1),
        }
    }

    /// The label of the next item, with the space behind it.
    pub(super) fn label(&mut self, tag: &Tag<'_>) -> String {
        let count = number(tag, "value").unwrap_or(self.next);
        self.next = count.saturating_add(1);
        let own = tag.attribute("type").and_then(|t| format(&t));
        match own.or(self.format) {
            None | Some("bullet") => "- ".to_owned(),
            Some("none") => String::new(),
            Some(format) => match numeral(format, count) {
                Some(number) => format!("{number}. "),
                None => format!("{count}. "),
            },
        }
    }
}

fn number(tag: &Tag<'_>, name: &str) -> Option<u32> {
    tag.attribute(name)?.trim().parse().ok()
}

/// The format a `type` or a `list-style-type` asks for.
fn format(kind: &str) -> Option<&'static str> {
    Some(match kind.trim() {
        "1" | "decimal" => "decimal",
        "a" | "lower-alpha" | "lower-latin" => "lowerLetter",
        "A" | "upper-alpha" | "upper-latin" => "upperLetter",
        "i" | "lower-roman" => "lowerRoman",
        "I" | "upper-roman" => "upperRoman",
        "decimal-leading-zero" => "decimalZero",
        "disc" | "circle" | "square" => "bullet",
        "none" => "none",
        _ => return None,
    })
}
