//! Citable pieces of the text with stable anchors.

use crate::block::{Block, BlockKind, Layout};
use crate::model::{Passage, PassageKind};
use crate::outline::Place;
use crate::text::Text;
use std::collections::HashMap;

/// Every block that is no furniture, with its anchor. An anchor depends only on the outline and on the
/// order inside a section, so the same text always has the same anchors.
pub(crate) fn passages(text: &Text, layout: &Layout, places: &[Place]) -> Vec<Passage> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut out = Vec::new();
    for (block, place) in layout.blocks.iter().zip(places) {
        let Some((kind, letter)) = kind_of(block) else {
            continue;
        };
        let labelled = block.label.as_ref().is_some_and(|l| l.style.is_numbered()) && !layout.news;
        let base = match (&place.path, kind) {
            (Some(path), PassageKind::Heading | PassageKind::NumberedItem)
                if labelled || layout.news =>
            {
                path.clone()
            }
            (Some(path), PassageKind::Paragraph) if layout.news => path.clone(),
            (Some(path), _) => format!("{path}.{letter}"),
            (None, _) => letter.to_uppercase(),
        };
        let whole = place.path.as_ref() == Some(&base);
        let count = counts.entry(base.clone()).or_insert(0);
        *count += 1;
        let anchor = match (whole, *count, place.path.is_some()) {
            (true, 1, _) => base,
            // The same label twice in one document: the later one is told apart.
            (true, n, _) => format!("{base}~{n}"),
            (false, n, true) => format!("{base}{n}"),
            (false, n, false) => format!("{base}.{n}"),
        };
        out.push(Passage {
            anchor,
            kind,
            span: text.span(block.at),
            section: place.path.clone(),
        });
    }
    out
}

fn kind_of(block: &Block) -> Option<(PassageKind, &'static str)> {
    match block.kind {
        BlockKind::Front => Some((PassageKind::Front, "d")),
        BlockKind::Heading => Some((PassageKind::Heading, "h")),
        BlockKind::Item => Some((PassageKind::NumberedItem, "i")),
        BlockKind::Bullet => Some((PassageKind::Bullet, "b")),
        BlockKind::Paragraph => Some((PassageKind::Paragraph, "p")),
        BlockKind::Row(..) => Some((PassageKind::Row, "r")),
        BlockKind::Furniture => None,
    }
}
