//! Methods that no expression can say: their names, what they take and what they give.
//!
//! The arithmetic is elsewhere. Here stands what a definition must hand to it, so that a wrong definition is
//! refused when it is read and not when somebody asks for the figure.

use serde::{Deserialize, Serialize};
use viet::Lang;

use crate::indicator::Unit;

/// A method with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Growth of total factor productivity and contributions to growth.
    Tfp,
    /// The digital economy: core activities and what digitalisation adds elsewhere.
    DigitalEconomy,
    /// An index of points: `Σ most·part / Σ most`.
    PointsIndex,
    /// The mean of the mean of input pillars and the mean of output pillars.
    InnovationIndex,
}

/// What a role of a method takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Money,
    People,
    Index,
    Points,
}

impl Takes {
    pub(crate) fn accepts(self, unit: &Unit) -> bool {
        match self {
            Takes::Money => *unit == Unit::BillionVnd,
            Takes::People => matches!(unit, Unit::Count(noun) if noun.vi == "người"),
            Takes::Index => *unit == Unit::Index,
            Takes::Points => *unit == Unit::Points,
        }
    }

    pub(crate) fn shown(self) -> &'static str {
        match self {
            Takes::Money => "billion_vnd",
            Takes::People => "{ count = { vi = \"người\", en = \"people\" } }",
            Takes::Index => "index",
            Takes::Points => "points",
        }
    }
}

/// A part that indicators play in a method.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    pub(crate) many: bool,
    pub(crate) weight: Weight,
}

/// Which number goes with each indicator of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    None,
    /// Most points it can bring.
    Most,
    /// Part (0 to 1) of it that counts; not known is allowed.
    Coefficient,
}

/// A parameter that a method takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) name: &'static str,
    pub(crate) needed: bool,
    pub(crate) form: Form,
}

/// What values a parameter may have.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// A number between two whole numbers, both included.
    Between(i64, i64),
    /// Any number.
    Any,
    /// One of these words.
    Word(&'static [&'static str]),
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 4] = [
        Method::Tfp,
        Method::DigitalEconomy,
        Method::PointsIndex,
        Method::InnovationIndex,
    ];

    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Method::Tfp => lang.pick(
                "năng suất các nhân tố tổng hợp (TFP)",
                "total factor productivity (TFP)",
            ),
            Method::DigitalEconomy => lang.pick("kinh tế số", "digital economy"),
            Method::PointsIndex => lang.pick("chỉ số cộng điểm", "index of points"),
            Method::InnovationIndex => lang.pick("chỉ số đổi mới sáng tạo", "innovation index"),
        }
    }

    /// Words for what the method gives, with the units in which it can be given.
    pub(crate) fn results(self) -> &'static [(&'static str, &'static [Unit])] {
        const SHARE: &[Unit] = &[Unit::Percent];
        match self {
            Method::Tfp => &[
                ("tfp", &[Unit::PercentPerYear, Unit::Percent]),
                ("contribution_of_capital", SHARE),
                ("contribution_of_labour", SHARE),
                ("contribution_of_tfp", SHARE),
            ],
            Method::DigitalEconomy => &[("core", SHARE), ("digitalised", SHARE), ("share", SHARE)],
            Method::PointsIndex => &[("score", &[Unit::Index])],
            Method::InnovationIndex => &[("score", &[Unit::Points])],
        }
    }

    pub(crate) fn roles(self) -> &'static [Role] {
        const fn one(name: &'static str, takes: Takes) -> Role {
            Role {
                name,
                takes,
                many: false,
                weight: Weight::None,
            }
        }
        const fn many(name: &'static str, takes: Takes, weight: Weight) -> Role {
            Role {
                name,
                takes,
                many: true,
                weight,
            }
        }
        match self {
            Method::Tfp => {
                const {
                    &[
                        one("output", Takes::Money),
                        one("employed", Takes::People),
                        one("investment", Takes::Money),
                    ]
                }
            }
            Method::DigitalEconomy => {
                const {
                    &[
                        many("core", Takes::Money, Weight::None),
                        many("digitalised", Takes::Money, Weight::Coefficient),
                        one("gdp", Takes::Money),
                    ]
                }
            }
            Method::PointsIndex => const { &[many("part", Takes::Index, Weight::Most)] },
            Method::InnovationIndex => {
                const {
                    &[
                        many("input", Takes::Points, Weight::None),
                        many("output", Takes::Points, Weight::None),
                    ]
                }
            }
        }
    }

    pub(crate) fn parameters(self) -> &'static [Wanted] {
        const fn wanted(name: &'static str, needed: bool, form: Form) -> Wanted {
            Wanted { name, needed, form }
        }
        match self {
            Method::Tfp => {
                const {
                    &[
                        wanted("depreciation", true, Form::Between(0, 1)),
                        wanted("initial", true, Form::Word(&["steady_growth", "given"])),
                        wanted("growth", false, Form::Any),
                        wanted("stock", false, Form::Any),
                        wanted("timing", true, Form::Word(&["year_end", "year_average"])),
                        wanted("labour_share", true, Form::Between(0, 1)),
                        wanted("period", true, Form::Word(&["A", "B", "D"])),
                        wanted("smallest_growth", true, Form::Between(0, 1)),
                    ]
                }
            }
            Method::DigitalEconomy | Method::PointsIndex | Method::InnovationIndex => &[],
        }
    }
}
