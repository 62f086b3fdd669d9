//! The language in which a definition says how a value is computed: total, typed, without loops.
//!
//! An expression is read into a tree ([`Expression::read`]), checked against the units of what it names
//! ([`Expression::check`]) and evaluated over figures that are handed in ([`Checked::evaluate`]). Units are physical:
//! a quotient of two counts *is* a share, and its declared unit decides whether 0.42 or 42 is written. Nobody
//! multiplies by 100. Arithmetic is that of decimals; what cannot be computed is a reasoned [`Missing`], never a panic.

mod check;
mod evaluate;
mod fault;
mod parse;
mod print;
mod quantity;
mod step;
mod token;
mod units;

use std::ops::Range;

use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::{Lang, Period};

use crate::header::Id;

pub use check::Vocabulary;
pub use evaluate::{Evaluation, Figures, Missing};
pub use fault::ExpressionFault;
pub use step::Checked;

/// Longest text of an expression, in bytes.
const MOST_BYTES: usize = 4_000;

/// Most parts of an expression.
const MOST_NODES: usize = 400;

/// Deepest nesting of an expression: of its brackets and of its parts, so that walking it takes little room.
const MOST_DEPTH: usize = 40;

/// An expression as written: well formed, its names and units not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    root: Node,
}

impl Expression {
    /// Reads the text of an expression.
    ///
    /// # Errors
    /// The first place at which the text is no expression.
    pub fn read(text: &str) -> Result<Self, ExpressionFault> {
        parse::read(text).map(|root| Self { root })
    }

    /// Every figure that it may ask for, in the order of the text, each once.
    pub fn inputs(&self) -> Vec<&Input> {
        let mut found = Vec::new();
        self.root.walk(&mut |node| {
            if let NodeKind::Input(input) = &node.kind
                && !found.contains(&input)
            {
                found.push(input);
            }
        });
        found
    }

    /// Every parameter that it names, in the order of the text, each once.
    pub fn parameters(&self) -> Vec<&Id> {
        let mut found = Vec::new();
        self.root.walk(&mut |node| {
            if let NodeKind::Parameter(id) = &node.kind
                && !found.contains(&id)
            {
                found.push(id);
            }
        });
        found
    }
}

/// A figure that an expression asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Input {
    /// Of which indicator.
    pub indicator: Id,
    /// For which period.
    pub period: PeriodShift,
    /// For which area.
    pub area: AreaShift,
}

/// A period, seen from the one for which a value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodShift {
    /// That period.
    Same,
    /// The one of its kind just before.
    Previous,
    /// The same one a year earlier (cùng kỳ năm trước).
    SamePeriodLastYear,
    /// The base that the definition names.
    Base,
    /// The one named.
    Fixed(Period),
}

impl PeriodShift {
    /// The period meant; none when the base is asked for and there is none.
    pub fn of(self, asked: Period, base: Option<Period>) -> Option<Period> {
        match self {
            PeriodShift::Same => Some(asked),
            PeriodShift::Previous => Some(asked.previous()),
            PeriodShift::SamePeriodLastYear => Some(asked.same_period_last_year()),
            PeriodShift::Base => base,
            PeriodShift::Fixed(period) => Some(period),
        }
    }

    /// The words shown after the name of an indicator; none for the period itself.
    pub fn label(self, lang: Lang) -> Option<String> {
        match self {
            PeriodShift::Same => None,
            PeriodShift::Previous => Some(lang.pick("kỳ trước", "period before").to_owned()),
            PeriodShift::SamePeriodLastYear => Some(
                lang.pick("cùng kỳ năm trước", "same period of last year")
                    .to_owned(),
            ),
            PeriodShift::Base => Some(lang.pick("kỳ gốc", "base period").to_owned()),
            PeriodShift::Fixed(period) => Some(period.label(lang)),
        }
    }
}

/// An area, seen from the one for which a value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AreaShift {
    /// That area.
    Same,
    /// The area it lies in.
    Parent,
    /// The whole country.
    Country,
}

impl AreaShift {
    /// The words shown after the name of an indicator; none for the area itself.
    pub fn label(self, lang: Lang) -> Option<&'static str> {
        match self {
            AreaShift::Same => None,
            AreaShift::Parent => Some(lang.pick("cấp trên", "area above")),
            AreaShift::Country => Some(lang.pick("cả nước", "whole country")),
        }
    }
}

/// A part of an expression and the bytes it was written in. Parts that say the same are equal wherever they stand.
#[derive(Debug, Clone, Eq)]
struct Node {
    kind: NodeKind,
    span: Range<usize>,
    /// How many parts lie one in another below it.
    depth: usize,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum NodeKind {
    Number { value: Decimal, percent: bool },
    Date(Date),
    Moment(Moment),
    Input(Input),
    Parameter(Id),
    Negate(Box<Node>),
    Not(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

impl NodeKind {
    fn parts(&self) -> Vec<&Node> {
        match self {
            NodeKind::Negate(of) | NodeKind::Not(of) => vec![of],
            NodeKind::Binary(_, left, right) => vec![left, right],
            NodeKind::Call(_, arguments) => arguments.iter().collect(),
            NodeKind::Number { .. }
            | NodeKind::Date(_)
            | NodeKind::Moment(_)
            | NodeKind::Input(_)
            | NodeKind::Parameter(_) => Vec::new(),
        }
    }
}

impl Node {
    fn new(kind: NodeKind, span: Range<usize>) -> Self {
        let below = kind.parts().iter().map(|part| part.depth).max();
        let depth = below.map_or(0, |below| below + 1);
        Self { kind, span, depth }
    }

    fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Node)) {
        visit(self);
        for part in self.kind.parts() {
            part.walk(visit);
        }
    }
}

/// A day of the period for which a value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Its first day.
    PeriodStart,
    /// Its last day.
    PeriodEnd,
}

impl Moment {
    const ALL: [Moment; 2] = [Moment::PeriodStart, Moment::PeriodEnd];

    fn word(self) -> &'static str {
        match self {
            Moment::PeriodStart => "period_start",
            Moment::PeriodEnd => "period_end",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    fn word(self) -> &'static str {
        match self {
            Operator::Or => "or",
            Operator::And => "and",
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Greater => ">",
            Operator::AtLeast => ">=",
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
        }
    }

    /// How closely it binds; more binds closer.
    fn strength(self) -> u8 {
        match self {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Add | Operator::Subtract => 5,
            Operator::Multiply | Operator::Divide => 6,
            _ => 4,
        }
    }

    fn is_comparison(self) -> bool {
        self.strength() == 4
    }
}

/// Closeness of `not`, between that of `and` and that of comparisons.
const NOT: u8 = 3;

/// Closeness of the sign before a number.
const SIGN: u8 = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    If,
    Coalesce,
    Sum,
    Mean,
    Min,
    Max,
    Abs,
    Round,
    Growth,
    Year,
    Days,
}

impl Function {
    const ALL: [Function; 11] = [
        Function::If,
        Function::Coalesce,
        Function::Sum,
        Function::Mean,
        Function::Min,
        Function::Max,
        Function::Abs,
        Function::Round,
        Function::Growth,
        Function::Year,
        Function::Days,
    ];

    fn word(self) -> &'static str {
        match self {
            Function::If => "if",
            Function::Coalesce => "coalesce",
            Function::Sum => "sum",
            Function::Mean => "mean",
            Function::Min => "min",
            Function::Max => "max",
            Function::Abs => "abs",
            Function::Round => "round",
            Function::Growth => "growth",
            Function::Year => "year",
            Function::Days => "days",
        }
    }

    /// What it takes, as shown to somebody who gave it something else.
    fn usage(self) -> &'static str {
        match self {
            Function::If => "if(condition, then, else)",
            Function::Coalesce => "coalesce(first, second, …)",
            Function::Sum => "sum(a, b, …)",
            Function::Mean => "mean(a, b, …)",
            Function::Min => "min(a, b, …)",
            Function::Max => "max(a, b, …)",
            Function::Abs => "abs(a)",
            Function::Round => "round(a, 2)",
            Function::Growth => "growth(new, old)",
            Function::Year => "year(period_end)",
            Function::Days => "days(from, to)",
        }
    }

    /// Fewest and most arguments.
    fn arity(self) -> (usize, usize) {
        match self {
            Function::If => (3, 3),
            Function::Abs | Function::Year => (1, 1),
            Function::Round | Function::Growth | Function::Days => (2, 2),
            Function::Coalesce | Function::Sum | Function::Mean | Function::Min | Function::Max => {
                (1, MOST_NODES)
            }
        }
    }
}

/// Words that stand for no indicator unless they are written in backticks.
fn is_reserved(word: &str) -> bool {
    ["and", "or", "not"].contains(&word) || Moment::ALL.iter().any(|moment| moment.word() == word)
}
