//! A document as the data of the template: text cleaned and showable, links checked, drawings apart.

use serde_json::{Map, Value, json};

use super::fonts::fonts;
use super::world::PressWorld;
use crate::PressError;
use crate::columns::{motto_share, page_width, widths};
use crate::document::{AdminDocument, Align, Block, Cell, Figure, Run, Table};
use crate::text::{PIECE, WORD, breaks_line, clean, web_address};

/// Data for the template and the drawings it names.
pub(super) struct Prepared {
    pub data: Vec<u8>,
    pub figures: Vec<String>,
}

/// Prepares a checked document.
pub(super) fn prepare(doc: &AdminDocument) -> Result<Prepared, PressError> {
    let mut press = Preparer {
        figures: Vec::new(),
        size: doc.format.sizes.table,
    };
    let lang = doc.lang;
    let mut data = Map::new();
    let format = serde_json::to_value(&doc.format).map_err(|e| PressError::Pdf(e.to_string()))?;
    data.insert("format".into(), format);
    data.insert(
        "fonts".into(),
        json!(fonts().families(&doc.format.typeface)),
    );
    data.insert("lang".into(), json!(lang.code()));
    data.insert(
        "recipients_head".into(),
        json!(lang.pick("Nơi nhận:", "Recipients:")),
    );
    data.insert(
        "addressees_head".into(),
        json!(lang.pick("Kính gửi:", "To:")),
    );
    for (name, text) in [
        ("title", doc.title()),
        ("place_date", doc.place_date()),
        ("issuer", doc.issuer.clone()),
        (
            "issuer_parent",
            doc.issuer_parent.clone().unwrap_or_default(),
        ),
        ("number_symbol", doc.number_symbol.clone()),
        ("mark", doc.mark.clone().unwrap_or_default()),
        ("kind_title", doc.kind_title.clone()),
        ("summary", doc.summary.clone()),
        ("imprint", doc.imprint.clone()),
    ] {
        data.insert(name.into(), lines(&text));
    }
    data.insert("motto_share".into(), json!(motto_share(doc)));
    data.insert("motto".into(), list(&doc.motto));
    data.insert("addressees".into(), list(&doc.addressees));
    data.insert("recipients".into(), list(&doc.recipients));
    data.insert("signature".into(), signature(doc));
    data.insert(
        "body".into(),
        press.blocks(&doc.body, 0, page_width(&doc.format, false)),
    );
    let annexes: Vec<Value> = doc
        .annexes
        .iter()
        .map(|a| {
            let blocks = press.blocks(&a.blocks, 1, page_width(&doc.format, a.landscape));
            json!({"title": lines(&a.title), "landscape": a.landscape, "blocks": blocks})
        })
        .collect();
    data.insert("annexes".into(), Value::Array(annexes));
    let data = serde_json::to_vec(&data).map_err(|e| PressError::Pdf(e.to_string()))?;
    Ok(Prepared {
        data,
        figures: press.figures,
    })
}

fn signature(doc: &AdminDocument) -> Value {
    let Some(signature) = &doc.signature else {
        return Value::Null;
    };
    json!({
        "authority": list(&signature.authority),
        "position": lines(&signature.position),
        "signer": lines(signature.signer.as_deref().unwrap_or_default()),
    })
}

fn list(texts: &[String]) -> Value {
    texts.iter().map(|text| lines(text)).collect()
}

/// Text as its lines, so that a line feed is a line break.
fn lines(text: &str) -> Value {
    let text = breakable(&fonts().showable(&clean(text)), LINE_WORD);
    json!(text.split('\n').collect::<Vec<_>>())
}

struct Preparer {
    figures: Vec<String>,
    /// Size of type in tables.
    size: u8,
}

impl Preparer {
    /// Blocks with headings that never skip a level, as an accessible outline must not; `base` is
    /// the level of the heading above them, `width` the room across the page.
    fn blocks(&mut self, blocks: &[Block], base: u8, width: u32) -> Value {
        let mut above = base;
        let mut out = Vec::with_capacity(blocks.len());
        for block in blocks {
            out.push(match block {
                Block::Heading { level, text } => {
                    above = level.saturating_add(base).clamp(base + 1, above + 1);
                    json!({"kind": "heading", "level": above, "text": lines(text)})
                }
                Block::Paragraph { runs } => {
                    json!({"kind": "paragraph", "runs": runs_of(runs, false)})
                }
                Block::Bullets { items } => {
                    let items: Vec<Value> = items.iter().map(|item| runs_of(item, false)).collect();
                    json!({"kind": "bullets", "items": items})
                }
                Block::Table(table) => table_of(table, &widths(table, width, self.size)),
                Block::Chart(figure) => self.figure(figure),
            });
        }
        Value::Array(out)
    }

    fn figure(&mut self, figure: &Figure) -> Value {
        let file = PressWorld::figure_name(self.figures.len());
        self.figures.push(fonts().showable(&clean(&figure.svg)));
        let alt = fonts().showable(&clean(&figure.alt));
        json!({"kind": "chart", "file": file, "alt": alt, "caption": lines(&figure.caption)})
    }
}

fn runs_of(runs: &[Run], in_cell: bool) -> Value {
    runs.iter()
        .map(|run| {
            let text = if in_cell {
                breakable(&run.text, WORD)
            } else {
                run.text.clone()
            };
            let link = run.reference.as_deref().and_then(web_address);
            json!({"text": lines(&text), "bold": run.bold, "italic": run.italic, "link": link})
        })
        .collect()
}

fn table_of(table: &Table, widths: &[u32]) -> Value {
    let columns: Vec<Value> = table
        .columns
        .iter()
        .zip(widths)
        .map(|(c, width)| {
            json!({"title": lines(&breakable(&c.title, WORD)), "width": width, "align": align(c.align)})
        })
        .collect();
    let cell = |c: &Cell| json!({"runs": runs_of(&c.runs, true), "align": c.align.map(align), "span": c.span.max(1)});
    let rows: Vec<Vec<Value>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(cell).collect())
        .collect();
    let caption = table.caption.as_deref().map(lines);
    json!({"kind": "table", "columns": columns, "rows": rows, "repeat": table.repeat_head, "caption": caption})
}

fn align(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    }
}

/// The longest word that is left whole where a line is as wide as the page.
const LINE_WORD: usize = 40;

/// Gives words longer than `limit` places to break (U+200B, which has no width), so that none runs
/// out of its cell or off the page.
fn breakable(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(breaks_line) {
        let long = word.trim_end_matches(breaks_line).chars().count() > limit;
        for (index, c) in word.chars().enumerate() {
            if long && index > 0 && index % PIECE == 0 && !breaks_line(c) {
                out.push('\u{200B}');
            }
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_words_get_places_to_break() {
        assert_eq!(
            breakable("nghiêng ngả chuyển đổi", WORD),
            "nghiêng ngả chuyển đổi"
        );
        assert_eq!(
            breakable("AAAAAAAAAAAAAAAAAA b", WORD),
            "AAAAAAAA\u{200B}AAAAAAAA\u{200B}AA b"
        );
    }

    #[test]
    fn headings_never_skip_a_level() {
        let mut press = Preparer {
            figures: Vec::new(),
            size: 12,
        };
        let blocks = [
            Block::heading(3, "a"),
            Block::heading(3, "b"),
            Block::heading(9, "c"),
            Block::heading(1, "d"),
        ];
        let levels = |value: Value| -> Vec<u64> {
            value
                .as_array()
                .unwrap()
                .iter()
                .map(|b| b["level"].as_u64().unwrap())
                .collect()
        };
        assert_eq!(levels(press.blocks(&blocks, 0, 9000)), [1, 2, 3, 1]);
        assert_eq!(levels(press.blocks(&blocks, 1, 9000)), [2, 3, 4, 2]);
    }
}
