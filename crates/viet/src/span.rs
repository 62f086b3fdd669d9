//! A place in a text.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A half-open range `[start, end)` of Unicode code points of a text. Written `[start,end]` in JSON.
/// The default is the empty span at the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    start: usize,
    end: usize,
}

impl Span {
    /// The span from `start` up to and without `end`; none when the end lies before the start.
    pub fn new(start: usize, end: usize) -> Option<Self> {
        (start <= end).then_some(Self { start, end })
    }

    /// The smallest span that holds both.
    pub fn cover(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// First code point.
    pub fn start(self) -> usize {
        self.start
    }

    /// The code point after the last.
    pub fn end(self) -> usize {
        self.end
    }

    /// Number of code points.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it holds nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// How many code points both have in common.
    pub fn overlap(self, other: Self) -> usize {
        let start = self.start.max(other.start);
        self.end.min(other.end).saturating_sub(start)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        [self.start, self.end].serialize(s)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let [start, end] = <[usize; 2]>::deserialize(d)?;
        Span::new(start, end)
            .ok_or_else(|| serde::de::Error::custom("a span that ends before its start"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_never_runs_backwards() {
        assert!(Span::new(5, 4).is_none());
        assert!(serde_json::from_str::<Span>("[5,4]").is_err());
        assert_eq!(serde_json::from_str::<Span>("[4,5]").ok(), Span::new(4, 5));
    }

    proptest::proptest! {
        #[test]
        fn overlap_is_symmetric_and_bounded(a in 0usize..50, b in 0usize..50, c in 0usize..50, d in 0usize..50) {
            if let (Some(x), Some(y)) = (Span::new(a, b), Span::new(c, d)) {
                proptest::prop_assert_eq!(x.overlap(y), y.overlap(x));
                proptest::prop_assert!(x.overlap(y) <= x.len().min(y.len()));
                proptest::prop_assert!(x.cover(y).contains(x) && x.cover(y).contains(y));
                if x.contains(y) { proptest::prop_assert_eq!(x.overlap(y), y.len()); }
            }
        }
    }
}
