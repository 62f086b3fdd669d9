//! The straight lines drawn on a page, of which the borders of tables are made.
//!
//! Our reader of PDF leaves out some of the operators that word processors draw borders with (`f*`, `B`),
//! so the page's own stream is read here. Drawings within forms are left out: no word processor puts a
//! table's borders there.

use pdf_extract::content::Content;
use pdf_extract::{Document, Object, ObjectId};

/// A line along or across the page, in the page's own measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub(super) from: (f64, f64),
    pub(super) to: (f64, f64),
}

/// A page with more is a drawing, not a table.
const MOST: usize = 3000;
/// A filled box no thicker than this is a line.
const THICK: f64 = 3.0;

/// The lines on a page; none when there are too many, or the page's stream cannot be read: what else it
/// holds is the business of the reader of text.
pub(super) fn of_page(document: &Document, page: ObjectId) -> Vec<Rule> {
    let content = document
        .get_page_content(page)
        .ok()
        .and_then(|bytes| Content::decode(&bytes).ok());
    let mut pen = Pen::default();
    for operation in content.iter().flat_map(|c| &c.operations) {
        let numbers: Vec<f64> = operation.operands.iter().filter_map(number).collect();
        pen.draw(&operation.operator, &numbers);
        if pen.rules.len() > MOST {
            return Vec::new();
        }
    }
    pen.rules
}

fn number(object: &Object) -> Option<f64> {
    object
        .as_float()
        .ok()
        .map(f64::from)
        .filter(|n| n.is_finite())
}

type Matrix = [f64; 6];

const UNIT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// States kept with `q` and not given back; a page with more is hostile.
const MOST_SAVED: usize = 1000;

struct Pen {
    at: Matrix,
    saved: Vec<Matrix>,
    point: Option<(f64, f64)>,
    start: Option<(f64, f64)>,
    lines: Vec<Rule>,
    boxes: Vec<[f64; 4]>,
    rules: Vec<Rule>,
}

impl Default for Pen {
    fn default() -> Self {
        Self {
            at: UNIT,
            saved: Vec::new(),
            point: None,
            start: None,
            lines: Vec::new(),
            boxes: Vec::new(),
            rules: Vec::new(),
        }
    }
}

impl Pen {
    fn draw(&mut self, operator: &str, numbers: &[f64]) {
        match (operator, numbers) {
            ("q", _) if self.saved.len() < MOST_SAVED => self.saved.push(self.at),
            ("Q", _) => self.at = self.saved.pop().unwrap_or(UNIT),
            ("cm", &[a, b, c, d, e, f]) => self.at = times([a, b, c, d, e, f], self.at),
            ("m", &[x, y]) => {
                self.point = Some((x, y));
                self.start = self.point;
            }
            ("l", &[x, y]) => {
                if let Some(from) = self.point.replace((x, y)) {
                    self.line(from, (x, y));
                }
            }
            ("h", _) => self.close(),
            // Curves are no borders, but they move the pen.
            ("c", &[.., x, y]) | ("v", &[.., x, y]) | ("y", &[.., x, y]) => {
                self.point = Some((x, y));
            }
            ("re", &[x, y, width, height]) if self.boxes.len() <= MOST => {
                self.boxes.push([x, y, width, height]);
            }
            ("S" | "B" | "B*", _) => self.stroke(),
            ("s" | "b" | "b*", _) => {
                self.close();
                self.stroke();
            }
            ("f" | "F" | "f*", _) => self.fill(),
            ("n", _) => self.forget(),
            _ => {}
        }
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        if self.lines.len() <= MOST {
            self.lines.push(Rule { from, to });
        }
    }

    fn close(&mut self) {
        if let (Some(from), Some(to)) = (self.point, self.start) {
            self.line(from, to);
            self.point = self.start;
        }
    }

    fn stroke(&mut self) {
        for rule in std::mem::take(&mut self.lines) {
            self.add(rule.from, rule.to);
        }
        for [x, y, w, h] in std::mem::take(&mut self.boxes) {
            let corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)];
            for side in corners.windows(2) {
                self.add(side[0], side[1]);
            }
        }
        self.forget();
    }

    fn fill(&mut self) {
        for [x, y, w, h] in std::mem::take(&mut self.boxes) {
            let (a, b) = (apply(self.at, (x, y)), apply(self.at, (x + w, y + h)));
            let (width, height) = ((b.0 - a.0).abs(), (b.1 - a.1).abs());
            let (middle_x, middle_y) = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
            if height <= THICK && height < width {
                self.push((a.0, middle_y), (b.0, middle_y));
            } else if width <= THICK {
                self.push((middle_x, a.1), (middle_x, b.1));
            }
        }
        self.forget();
    }

    fn forget(&mut self) {
        self.lines.clear();
        self.boxes.clear();
        self.point = None;
        self.start = None;
    }

    fn add(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.push(apply(self.at, from), apply(self.at, to));
    }

    fn push(&mut self, from: (f64, f64), to: (f64, f64)) {
        if [from.0, from.1, to.0, to.1].iter().all(|v| v.is_finite()) {
            self.rules.push(Rule { from, to });
        }
    }
}

fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

fn apply(m: Matrix, (x, y): (f64, f64)) -> (f64, f64) {
    (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
}
