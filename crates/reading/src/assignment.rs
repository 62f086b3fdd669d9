//! Duties of named agencies.

use crate::agency::{self, Agency};
use crate::sentence::{Segment, segments};
use crate::target::tight;
use crate::text::{Extent, Text};
use crate::token::{Phrases, Token};
use crate::words::words;

/// A duty before it gets its id.
#[derive(Debug, Clone)]
pub(crate) struct Duty {
    pub agency: String,
    pub at: Extent,
    pub cadence: Option<String>,
    /// The agency is answerable for it by itself, not by an order told in passing.
    pub standing: bool,
}

/// Duties of one item; `above` is the agency of the heading it stands under.
pub(crate) fn duties(
    text: &Text,
    tokens: &[Token],
    above: Option<&str>,
) -> (Option<String>, Vec<Duty>) {
    let parts = segments(tokens);
    let Some(first) = parts.first() else {
        return (None, Vec::new());
    };
    // "Giám đốc các sở; Chủ tịch các xã: …" goes on to the colon.
    let colon = (0..tokens.len().min(50)).find(|i| tokens.mark(*i, ':'));
    // Several agencies can be parted by semicolons before what they all do.
    let sentence = parts
        .iter()
        .take_while(|p| p.sentence == first.sentence)
        .last()
        .map_or(first.to, |p| p.to);
    let own = agency::agency(tokens, 0, colon.map_or(sentence, |c| (c + 1).max(first.to)));
    let (name, duty) = match (own, above) {
        (Some(own), _) => (agency_name(text, tokens, own), own.duty),
        (None, Some(above)) => (above.to_owned(), 0),
        (None, None) => return (None, Vec::new()),
    };
    let mut out: Vec<Duty> = Vec::new();
    for part in merged(tokens, &parts) {
        if part.to <= duty {
            continue;
        }
        let from = agency::after_partners(tokens, part.from.max(duty), part.to);
        if part.to - from < 4 {
            continue;
        }
        if let Some(at) = whole(text, tokens, from, part.to) {
            out.push(Duty {
                agency: name.clone(),
                at,
                cadence: agency::cadence(tokens, from, part.to),
                standing: true,
            });
        }
    }
    (own.map(|_| name), out)
}

pub(crate) fn agency_name(text: &Text, tokens: &[Token], agency: Agency) -> String {
    tokens
        .extent(agency.from, agency.to)
        .map_or_else(String::new, |at| text.line(at))
}

/// The duty with the full stop that ends it, as it stands in the text.
fn whole(text: &Text, tokens: &[Token], from: usize, to: usize) -> Option<Extent> {
    let at = tight(tokens, from, to)?;
    let stop = text.at(at.end) == '.';
    Some(Extent::new(at.start, at.end + usize::from(stop)))
}

/// Segments of duties: a colon does not part them, nor "; trong đó".
fn merged(tokens: &[Token], parts: &[Segment]) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for part in parts {
        let goes_on = out.last().is_some_and(|last| {
            last.stop == ':'
                || last.stop == ';'
                    && tokens
                        .longest(part.from, words!["trong đó", "nhất là", "đặc biệt"])
                        .is_some()
                || part.listed && last.stop == ';' && last.listed
        });
        match out.last_mut() {
            Some(last) if goes_on => {
                last.to = part.to;
                last.stop = part.stop;
                last.listed |= part.listed;
            }
            _ => out.push(*part),
        }
    }
    out
}

/// Duties told in running text: "giao Sở X …", "chỉ đạo các cơ quan Y …", "Sở X có trách nhiệm …".
pub(crate) fn told(text: &Text, tokens: &[Token]) -> Vec<Duty> {
    let mut out: Vec<Duty> = Vec::new();
    let parts = segments(tokens);
    let mut i = 0;
    while let Some(part) = parts.get(i) {
        if let Some((agency, given)) = named(tokens, part) {
            let name = agency_name(text, tokens, agency);
            let mut rest = vec![Segment {
                from: agency.duty,
                ..*part
            }];
            // What one agency is answerable for goes on to the end of the paragraph.
            let end = if given {
                i + 1
                    + parts[i + 1..]
                        .iter()
                        .take_while(|p| given_on(tokens, part, p))
                        .count()
            } else {
                parts.len()
            };
            rest.extend_from_slice(&parts[i + 1..end]);
            let rest = if given {
                rest.into_iter()
                    .reduce(|a, b| Segment { to: b.to, ..a })
                    .into_iter()
                    .collect()
            } else {
                rest
            };
            for part in rest {
                let from = if given {
                    part.from
                } else {
                    tokens
                        .longest(part.from, words!["có trách nhiệm", "chịu trách nhiệm"])
                        .unwrap_or(part.from)
                };
                if let (Some(at), true) = (tight(tokens, from, part.to), part.to - from >= 4) {
                    out.push(Duty {
                        agency: name.clone(),
                        at,
                        cadence: agency::cadence(tokens, from, part.to),
                        standing: !given,
                    });
                }
            }
            i = end;
        } else {
            i += 1;
        }
    }
    out
}

/// The agency of a told duty, and whether another one gave it the order.
fn named(tokens: &[Token], part: &Segment) -> Option<(Agency, bool)> {
    for i in part.from..part.to {
        if let Some(at) = tokens.longest(i, words!["đã giao", "giao", "chỉ đạo"]) {
            let head = tokens.longest(
                at,
                words![
                    "các cơ quan",
                    "các sở",
                    "sở",
                    "ban",
                    "văn phòng",
                    "công an",
                    "các đơn vị",
                    "các địa phương",
                    "các ngành",
                ],
            );
            let found = head.and_then(|_| agency::agency(tokens, at, part.to));
            if let Some(found) = found.filter(|f| f.duty < part.to) {
                return Some((found, true));
            }
        }
    }
    let found = agency::agency(tokens, part.from, part.to)?;
    let answerable = tokens
        .longest(found.duty, words!["có trách nhiệm", "chịu trách nhiệm"])
        .is_some();
    answerable.then_some((found, false))
}

/// Orders to unnamed bodies ("các cơ quan liên quan") hold to the end of the sentence; to a named one,
/// to the next semicolon.
fn given_on(tokens: &[Token], first: &Segment, next: &Segment) -> bool {
    let related = tokens
        .find(first.from, first.to, words!["liên quan"])
        .is_some();
    related && next.sentence == first.sentence
}
