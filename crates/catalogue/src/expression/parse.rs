//! From words to the tree of an expression.

use std::ops::Range;

use viet::Period;

use super::fault::ExpressionFault;
use super::token::{Placed, Token, tokens};
use super::{
    AreaShift, Function, Input, MOST_DEPTH, MOST_NODES, Moment, NOT, Node, NodeKind, Operator,
    PeriodShift, SIGN, is_reserved,
};
use crate::fault::{FaultCode, nearest};
use crate::header::Id;

pub(super) fn read(text: &str) -> Result<Node, ExpressionFault> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        end: text.len(),
        nodes: 0,
        depth: 0,
    };
    let root = parser.operand(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(root),
        Some((_, span)) => Err(ExpressionFault::syntax(
            span.clone(),
            "công thức phải dừng ở đây",
            "the expression should end here",
        )
        .expecting("`+` `-` `*` `/` `=` `and` `or`")),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    end: usize,
    nodes: usize,
    depth: usize,
}

impl Parser {
    /// An operand and every operator after it that binds closer than `least`.
    fn operand(&mut self, least: u8) -> Result<Node, ExpressionFault> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.too_deep());
        }
        let mut left = self.prefix()?;
        while let Some(operator) = self.operator() {
            let strength = operator.strength();
            if strength <= least {
                break;
            }
            self.at += 1;
            let right = self.operand(strength)?;
            let span = left.span.start..right.span.end;
            let kind = NodeKind::Binary(operator, Box::new(left), Box::new(right));
            left = self.node(kind, span)?;
            if operator.is_comparison() && self.operator().is_some_and(Operator::is_comparison) {
                return Err(self.refusal(
                    "không so sánh liền hai lần; hãy dùng `and`",
                    "two comparisons in a row; join them by `and`",
                ));
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefix(&mut self) -> Result<Node, ExpressionFault> {
        let start = self.span().start;
        let (strength, wrap): (u8, fn(Box<Node>) -> NodeKind) = match self.peek() {
            Some(Token::Operator(Operator::Subtract)) => (SIGN, NodeKind::Negate),
            Some(Token::Name {
                word,
                quoted: false,
            }) if word == "not" => (NOT, NodeKind::Not),
            _ => return self.primary(),
        };
        self.at += 1;
        let of = self.operand(strength)?;
        let span = start..of.span.end;
        self.node(wrap(Box::new(of)), span)
    }

    fn primary(&mut self) -> Result<Node, ExpressionFault> {
        let span = self.span();
        let Some(token) = self.peek().cloned() else {
            return Err(self.missing());
        };
        self.at += 1;
        match token {
            Token::Number { value, percent } => {
                self.node(NodeKind::Number { value, percent }, span)
            }
            Token::Date(day) => self.node(NodeKind::Date(day), span),
            Token::Parameter(id) => self.node(NodeKind::Parameter(id), span),
            Token::Open => {
                let inside = self.operand(0)?;
                self.expect(&Token::Close, "`)`")?;
                Ok(inside)
            }
            Token::Name { word, quoted } => {
                if !quoted && matches!(self.peek(), Some(Token::Open)) {
                    return self.call(&word, span);
                }
                let moment = Moment::ALL.into_iter().find(|moment| moment.word() == word);
                match moment {
                    Some(moment) if !quoted => self.node(NodeKind::Moment(moment), span),
                    _ if !quoted && is_reserved(&word) => {
                        self.at -= 1;
                        Err(self.missing())
                    }
                    _ => self.input(&word, span),
                }
            }
            Token::Shift(_) | Token::Operator(_) | Token::Close | Token::Comma => {
                self.at -= 1;
                Err(self.missing())
            }
        }
    }

    fn input(&mut self, word: &str, span: Range<usize>) -> Result<Node, ExpressionFault> {
        let indicator: Id = word.parse().map_err(|_| {
            ExpressionFault::syntax(
                span.clone(),
                format!("`{word}` không phải mã chỉ số"),
                format!("`{word}` is no id of an indicator"),
            )
            .expecting("a-z 0-9 - _")
        })?;
        let mut input = Input {
            indicator,
            period: PeriodShift::Same,
            area: AreaShift::Same,
        };
        let mut end = span.end;
        if let Some((Token::Shift(inside), at)) = self.tokens.get(self.at).cloned() {
            self.at += 1;
            end = at.end;
            shift(&mut input, &inside, &at)?;
        }
        self.node(NodeKind::Input(input), span.start..end)
    }

    fn call(&mut self, word: &str, span: Range<usize>) -> Result<Node, ExpressionFault> {
        let Some(function) = Function::ALL.into_iter().find(|f| f.word() == word) else {
            let near = nearest(word, Function::ALL.iter().map(|f| f.word()));
            return Err(ExpressionFault::new(
                FaultCode::UnknownReference,
                span,
                format!("không có hàm `{word}`"),
                format!("there is no function `{word}`"),
            )
            .near(near)
            .expecting(Function::ALL.map(Function::word).join(", ")));
        };
        self.at += 1;
        let mut arguments = Vec::new();
        while !matches!(self.peek(), Some(Token::Close)) {
            arguments.push(self.operand(0)?);
            match self.peek() {
                Some(Token::Comma) => self.at += 1,
                _ => break,
            }
        }
        let end = self.expect(&Token::Close, "`,` `)`")?.end;
        let (fewest, most) = function.arity();
        if arguments.len() < fewest || arguments.len() > most {
            return Err(ExpressionFault::new(
                FaultCode::WrongValue,
                span.start..end,
                format!("`{word}` không nhận {} đối số", arguments.len()),
                format!("`{word}` does not take {} arguments", arguments.len()),
            )
            .expecting(function.usage()));
        }
        self.node(NodeKind::Call(function, arguments), span.start..end)
    }

    fn node(&mut self, kind: NodeKind, span: Range<usize>) -> Result<Node, ExpressionFault> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(self.refusal(
                format!("công thức có hơn {MOST_NODES} phần tử"),
                format!("more than {MOST_NODES} parts"),
            ));
        }
        let node = Node::new(kind, span);
        if node.depth > MOST_DEPTH {
            return Err(self.too_deep());
        }
        Ok(node)
    }

    fn too_deep(&self) -> ExpressionFault {
        self.refusal(
            format!("công thức lồng sâu hơn {MOST_DEPTH} tầng"),
            format!("nested deeper than {MOST_DEPTH}"),
        )
        .expecting("sum(a, b, …)")
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    /// The place of the word at hand; the end of the text after the last.
    fn span(&self) -> Range<usize> {
        self.tokens
            .get(self.at)
            .map_or(self.end..self.end, |(_, span)| span.clone())
    }

    fn operator(&self) -> Option<Operator> {
        match self.peek()? {
            Token::Operator(operator) => Some(*operator),
            Token::Name {
                word,
                quoted: false,
            } if word == "and" => Some(Operator::And),
            Token::Name {
                word,
                quoted: false,
            } if word == "or" => Some(Operator::Or),
            _ => None,
        }
    }

    fn expect(&mut self, token: &Token, shown: &str) -> Result<Range<usize>, ExpressionFault> {
        let span = self.span();
        if self.peek() == Some(token) {
            self.at += 1;
            return Ok(span);
        }
        Err(
            ExpressionFault::syntax(span, "chưa đóng ngoặc", "a bracket is not closed")
                .expecting(shown),
        )
    }

    fn missing(&self) -> ExpressionFault {
        self.refusal("thiếu một giá trị ở đây", "a value is missing here")
            .expecting("số, mã chỉ số, `$tham_số`, hàm(…), ( … )")
    }

    fn refusal(&self, vi: impl Into<String>, en: impl Into<String>) -> ExpressionFault {
        ExpressionFault::syntax(self.span(), vi, en)
    }
}

/// Words by which another period or area is meant.
const SHIFTS: [&str; 5] = [
    "previous",
    "same_period_last_year",
    "base",
    "parent",
    "country",
];

/// Reads what stands in square brackets after an indicator: a period, an area or both.
fn shift(input: &mut Input, inside: &str, at: &Range<usize>) -> Result<(), ExpressionFault> {
    for word in inside.split(',').map(str::trim) {
        let area = match word {
            "parent" => Some(AreaShift::Parent),
            "country" => Some(AreaShift::Country),
            _ => None,
        };
        let period = match word {
            "previous" => Some(PeriodShift::Previous),
            "same_period_last_year" => Some(PeriodShift::SamePeriodLastYear),
            "base" => Some(PeriodShift::Base),
            _ => word.parse::<Period>().ok().map(PeriodShift::Fixed),
        };
        let twice = (area.is_some() && input.area != AreaShift::Same)
            || (period.is_some() && input.period != PeriodShift::Same);
        if twice {
            return Err(ExpressionFault::syntax(
                at.clone(),
                "chỉ nêu một kỳ và một địa bàn",
                "one period and one area only",
            ));
        }
        match (area, period) {
            (Some(area), _) => input.area = area,
            (None, Some(period)) => input.period = period,
            (None, None) => {
                return Err(ExpressionFault::new(
                    FaultCode::WrongValue,
                    at.clone(),
                    format!("không hiểu `[{word}]`"),
                    format!("`[{word}]` names no period and no area"),
                )
                .near(nearest(word, SHIFTS))
                .expecting(format!("{}, 2020, 2025-Q1", SHIFTS.join(", "))));
            }
        }
    }
    Ok(())
}
