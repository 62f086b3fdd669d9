//! What a number measures: its dimension and the power of ten in which it is written.

use viet::Lang;

use crate::indicator::Unit;

/// Base of every amount of money.
const MONEY: &str = "đồng";

/// The noun of persons, as units of definitions write it.
const PERSON: &str = "người";

/// Points of an index are added and averaged, never taken for a share.
const POINT: &str = "điểm";

/// A dimension and a power of ten. A percentage is a bare number written in hundredths.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Quantity {
    /// Nouns with their exponents, sorted, none of them 0.
    nouns: Vec<(String, i32)>,
    /// A value of 1 stands for `10^exponent` of the base.
    pub(super) exponent: i32,
}

impl Quantity {
    fn new(nouns: &[(&str, i32)], exponent: i32) -> Self {
        let nouns = nouns
            .iter()
            .map(|(noun, power)| ((*noun).to_owned(), *power));
        Self {
            nouns: nouns.collect(),
            exponent,
        }
    }

    /// A number of nothing.
    pub(super) fn bare() -> Self {
        Self::default()
    }

    /// Hundredths of nothing.
    pub(super) fn percent() -> Self {
        Self::new(&[], -2)
    }

    /// What a value of a unit measures; none for levels, ranks and states, with which nobody reckons.
    pub(super) fn of(unit: &Unit) -> Option<Self> {
        Some(match unit {
            Unit::Percent | Unit::PercentPerYear => Self::percent(),
            Unit::Count(noun) => Self::new(&[(noun.vi.as_str(), 1)], 0),
            Unit::Times | Unit::Ratio | Unit::Index => Self::bare(),
            Unit::Points => Self::new(&[(POINT, 1)], 0),
            Unit::Per10kPeople => Self::new(&[], -4),
            Unit::BillionVnd => Self::new(&[(MONEY, 1)], 9),
            Unit::MillionVndPerPerson => Self::new(&[(PERSON, -1), (MONEY, 1)], 6).sorted(),
            Unit::LevelOf7 | Unit::Rank | Unit::YesNo => return None,
        })
    }

    fn sorted(mut self) -> Self {
        self.nouns.sort();
        self
    }

    pub(super) fn is_bare(&self) -> bool {
        self.nouns.is_empty()
    }

    pub(super) fn is_percent(&self) -> bool {
        *self == Self::percent()
    }

    /// Whether both measure the same, in whichever power of ten.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        self.nouns == other.nouns
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        self.combined(other, 1)
    }

    pub(super) fn over(&self, other: &Self) -> Self {
        self.combined(other, -1)
    }

    fn combined(&self, other: &Self, sign: i32) -> Self {
        let mut nouns = self.nouns.clone();
        for (noun, power) in &other.nouns {
            match nouns.iter_mut().find(|(known, _)| known == noun) {
                Some((_, known)) => *known += sign * power,
                None => nouns.push((noun.clone(), sign * power)),
            }
        }
        nouns.retain(|(_, power)| *power != 0);
        Self {
            nouns,
            exponent: self.exponent + sign * other.exponent,
        }
        .sorted()
    }

    /// As said in a message: "tỷ đồng", "%", "tỷ đồng/người".
    pub(super) fn label(&self, lang: Lang) -> String {
        let scale = |exponent: i32| match exponent {
            0 => String::new(),
            3 => lang.pick("nghìn ", "thousand ").to_owned(),
            6 => lang.pick("triệu ", "million ").to_owned(),
            9 => lang.pick("tỷ ", "billion ").to_owned(),
            other => format!("10^{other} "),
        };
        if self.is_bare() {
            return match self.exponent {
                0 => lang
                    .pick("số không đơn vị", "a number without unit")
                    .to_owned(),
                -2 => "%".to_owned(),
                other => scale(other).trim_end().to_owned(),
            };
        }
        let side = |above: bool| {
            let on_side = self.nouns.iter().filter(|(_, power)| (*power > 0) == above);
            let words = on_side.map(|(noun, power)| match power.abs() {
                1 => noun.clone(),
                more => format!("{noun}^{more}"),
            });
            words.collect::<Vec<_>>().join("·")
        };
        let (above, below) = (side(true), side(false));
        let above = if above.is_empty() { "1" } else { &above };
        let scale = scale(self.exponent);
        if below.is_empty() {
            format!("{scale}{above}")
        } else {
            format!("{scale}{above}/{below}")
        }
    }
}
