//! Running heads, running feet and page numbers, which are no part of the text.

use super::Page;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many lines from the top and from the bottom of a page may be furniture.
const DEPTH: usize = 3;
/// Fewest pages on which a line of words must come back to be a running one, and the share of pages.
const FEWEST: usize = 3;
const SHARE: (usize, usize) = (3, 5);

/// A line taken out, as it stands on the first of its pages.
#[derive(Debug)]
pub(super) struct RunningLine {
    pub(super) text: String,
    pub(super) pages: usize,
}

/// Takes running lines out of the pages and tells which.
pub(super) fn remove(pages: &mut [Page]) -> Vec<RunningLine> {
    let seen = count(pages);
    let total = pages.len();
    let running = |edge: Edge, key: &str| {
        let times = seen.get(&(edge, key.to_owned())).copied().unwrap_or(0);
        times >= FEWEST && times * SHARE.1 >= total * SHARE.0
    };
    let mut found: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for (i, page) in pages.iter_mut().enumerate() {
        let number = i + 1;
        let mut out: Vec<usize> = Vec::new();
        for edge in [Edge::Top, Edge::Bottom] {
            // From the edge inwards, up to the first line that belongs to the text.
            for at in outermost(page, edge) {
                let text = &page.lines[at].text;
                let key = key(text, number);
                let own_number = total > 1 && page_number(text) == Some(number);
                if !own_number && !running(edge, &key) {
                    break;
                }
                found.entry(key).or_insert((text.clone(), 0)).1 += 1;
                out.push(at);
            }
        }
        let mut at = 0..;
        page.lines
            .retain(|_| at.next().is_some_and(|at| !out.contains(&at)));
    }
    found
        .into_values()
        .map(|(text, pages)| RunningLine { text, pages })
        .collect()
}

/// On how many pages each line stands near each edge.
fn count(pages: &[Page]) -> HashMap<(Edge, String), usize> {
    let mut seen = HashMap::new();
    for (i, page) in pages.iter().enumerate() {
        for edge in [Edge::Top, Edge::Bottom] {
            let here: HashSet<String> = outermost(page, edge)
                .into_iter()
                .map(|at| key(&page.lines[at].text, i + 1))
                .collect();
            for key in here {
                *seen.entry((edge, key)).or_insert(0) += 1;
            }
        }
    }
    seen
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Edge {
    Top,
    Bottom,
}

/// The outermost lines at an edge, the very outermost first. No line is at both edges.
fn outermost(page: &Page, edge: Edge) -> Vec<usize> {
    // The heading row of a table that comes again on every page belongs to the table.
    let mut order: Vec<usize> = (0..page.lines.len())
        .filter(|at| page.lines[*at].cell.is_none())
        .collect();
    order.sort_by(|a, b| page.lines[*a].y.total_cmp(&page.lines[*b].y));
    let (upper, lower) = order.split_at(order.len().div_ceil(2));
    match edge {
        Edge::Top => upper.iter().take(DEPTH).copied().collect(),
        Edge::Bottom => lower.iter().rev().take(DEPTH).copied().collect(),
    }
}

/// What is alike on every page in a running line: its text, with the page's number made "#"; of a line
/// that is a mere number, by how much it differs from the page's, as documents need not begin at 1.
fn key(text: &str, page: usize) -> String {
    if let Some(number) = page_number(text) {
        return format!("#{:+}", number as i128 - page as i128);
    }
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (own, mut key, mut digits) = (page.to_string(), String::new(), String::new());
    for c in bare.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        key.push_str(if digits == own { "#" } else { &digits });
        digits.clear();
        key.push(c);
    }
    key
}

/// The number of a line that is nothing but a page number: "5", "- 5 -", "Trang 5", "5/12".
fn page_number(text: &str) -> Option<usize> {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "-–—".contains(c));
    let bare = bare
        .strip_prefix("Trang")
        .or_else(|| bare.strip_prefix("Page"))
        .unwrap_or(bare);
    let (number, total) = bare.split_once('/').unwrap_or((bare, "1"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let number = number.trim();
    if !digits(number) || !digits(total.trim()) {
        return None;
    }
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::Line;
    use super::*;

    fn page(lines: &[&str]) -> Page {
        let lines = lines.iter().enumerate().map(|(i, text)| Line {
            text: (*text).to_owned(),
            left: 0.0,
            right: 100.0,
            y: i as f64 * 20.0,
            size: 13.0,
            cell: None,
        });
        Page {
            lines: lines.collect(),
            ..Page::default()
        }
    }

    fn texts(page: &Page) -> Vec<&str> {
        page.lines.iter().map(|l| l.text.as_str()).collect()
    }

    #[test]
    fn heads_and_numbers_go_and_the_text_stays() {
        let words = ["một", "hai", "ba", "bốn"];
        let mut pages: Vec<Page> = (1..=4)
            .map(|n| {
                page(&[
                    &format!("Chương trình số 9 - trang {n}/4"),
                    &format!("câu {}", words[n - 1]),
                    "câu chung của mọi trang",
                    "Lưu: VT",
                    &format!("- {} -", n + 20),
                ])
            })
            .collect();
        let notices = remove(&mut pages);
        // A foot may have two lines; a line beyond one of the text is never taken.
        assert_eq!(texts(&pages[1]), ["câu hai", "câu chung của mọi trang"]);
        assert_eq!(notices.len(), 3);
    }

    #[test]
    fn what_is_a_page_number() {
        let cases = [
            ("5", Some(5)),
            ("- 5 -", Some(5)),
            ("Trang 5", Some(5)),
            ("Trang 5/12", Some(5)),
            ("5 / 12", Some(5)),
            ("02/04/2021", None),
            ("02/04/2021 về việc", None),
            ("5%", None),
            ("Trang", None),
            ("", None),
        ];
        for (text, want) in cases {
            assert_eq!(page_number(text), want, "{text}");
        }
    }

    #[test]
    fn numbers_that_do_not_count_pages_stay() {
        let mut pages: Vec<Page> = [17, 3, 250]
            .iter()
            .map(|n| page(&["đầu", "giữa", &n.to_string()]))
            .collect();
        pages[0].lines[0].text = "khác".into();
        pages[2].lines[0].text = "nữa".into();
        assert!(remove(&mut pages).is_empty());
        let mut two = vec![page(&["một", "câu"]), page(&["2", "hai", "câu"])];
        assert_eq!(remove(&mut two).len(), 1);
        assert_eq!(texts(&two[1]), ["hai", "câu"]);
        assert!(remove(&mut [page(&["1", "một trang"])]).is_empty());
    }
}
