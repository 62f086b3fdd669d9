//! An expression as text that reads back as the same expression.

use std::fmt;

use super::{AreaShift, Expression, Input, NOT, Node, NodeKind, PeriodShift, SIGN, is_reserved};

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_node(f, &self.root, 0)
    }
}

/// Writes a part; in brackets when it binds less closely than its place asks for.
fn write_node(f: &mut fmt::Formatter<'_>, node: &Node, least: u8) -> fmt::Result {
    let strength = match &node.kind {
        NodeKind::Binary(operator, ..) => operator.strength(),
        NodeKind::Not(_) => NOT,
        NodeKind::Negate(_) => SIGN,
        _ => u8::MAX,
    };
    let bracketed = strength < least;
    if bracketed {
        f.write_str("(")?;
    }
    match &node.kind {
        NodeKind::Number { value, percent } => {
            write!(f, "{value}{}", if *percent { "%" } else { "" })?;
        }
        NodeKind::Date(day) => write!(f, "@{day}")?,
        NodeKind::Moment(moment) => f.write_str(moment.word())?,
        NodeKind::Input(input) => write!(f, "{input}")?,
        NodeKind::Parameter(id) => write!(f, "${id}")?,
        NodeKind::Negate(of) => {
            f.write_str("-")?;
            write_node(f, of, SIGN)?;
        }
        NodeKind::Not(of) => {
            f.write_str("not ")?;
            write_node(f, of, NOT)?;
        }
        NodeKind::Binary(operator, left, right) => {
            let before = if operator.is_comparison() {
                strength + 1
            } else {
                strength
            };
            write_node(f, left, before)?;
            write!(f, " {} ", operator.word())?;
            write_node(f, right, strength + 1)?;
        }
        NodeKind::Call(function, arguments) => {
            write!(f, "{}(", function.word())?;
            for (index, argument) in arguments.iter().enumerate() {
                if index > 0 {
                    f.write_str(", ")?;
                }
                write_node(f, argument, 0)?;
            }
            f.write_str(")")?;
        }
    }
    if bracketed {
        f.write_str(")")?;
    }
    Ok(())
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.indicator.as_str();
        let plain = id.starts_with(|c: char| c.is_ascii_lowercase())
            && !id.contains('-')
            && !is_reserved(id);
        if plain {
            f.write_str(id)?;
        } else {
            write!(f, "`{id}`")?;
        }
        let period = match self.period {
            PeriodShift::Same => None,
            PeriodShift::Previous => Some("previous".to_owned()),
            PeriodShift::SamePeriodLastYear => Some("same_period_last_year".to_owned()),
            PeriodShift::Base => Some("base".to_owned()),
            PeriodShift::Fixed(period) => Some(period.to_string()),
        };
        let area = match self.area {
            AreaShift::Same => None,
            AreaShift::Parent => Some("parent".to_owned()),
            AreaShift::Country => Some("country".to_owned()),
        };
        let words: Vec<String> = period.into_iter().chain(area).collect();
        if words.is_empty() {
            return Ok(());
        }
        write!(f, "[{}]", words.join(", "))
    }
}
