//! The words of an expression.

use std::ops::Range;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::fault::ExpressionFault;
use super::{MOST_BYTES, Operator};
use crate::header::Id;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number {
        value: Decimal,
        percent: bool,
    },
    Date(Date),
    /// A name; `quoted` when it was written in backticks and can be nothing but an indicator.
    Name {
        word: String,
        quoted: bool,
    },
    Parameter(Id),
    /// What stands between square brackets.
    Shift(String),
    Operator(Operator),
    Open,
    Close,
    Comma,
}

/// A word and where it stands.
pub(super) type Placed = (Token, Range<usize>);

pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, ExpressionFault> {
    if text.len() > MOST_BYTES {
        return Err(ExpressionFault::syntax(
            0..0,
            format!("công thức dài hơn {MOST_BYTES} byte"),
            format!("the expression is longer than {MOST_BYTES} bytes"),
        ));
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut found = Vec::new();
    while let Some(next) = lexer.next()? {
        found.push(next);
    }
    Ok(found)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes the characters that satisfy a condition.
    fn take(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn eat(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    fn next(&mut self) -> Result<Option<Placed>, ExpressionFault> {
        self.take(char::is_whitespace);
        let start = self.at;
        let Some(first) = self.rest().chars().next() else {
            return Ok(None);
        };
        let token = match first {
            '0'..='9' => self.number()?,
            'a'..='z' => Token::Name {
                word: self.take(is_name).to_owned(),
                quoted: false,
            },
            '`' => self.enclosed('`', "`").map(|word| Token::Name {
                word: word.to_owned(),
                quoted: true,
            })?,
            '[' => Token::Shift(self.enclosed(']', "]")?.to_owned()),
            '$' => self.parameter()?,
            '@' => self.date()?,
            _ => self.sign(first)?,
        };
        Ok(Some((token, start..self.at)))
    }

    /// What stands between the character at hand and the next `end`.
    fn enclosed(&mut self, end: char, shown: &str) -> Result<&'a str, ExpressionFault> {
        let start = self.at;
        self.at += 1;
        let inside = self.take(|c| c != end);
        if self.eat(shown) {
            return Ok(inside);
        }
        Err(
            ExpressionFault::syntax(start..self.at, "ngoặc không đóng", "never closed")
                .expecting(format!("`{shown}`")),
        )
    }

    fn number(&mut self) -> Result<Token, ExpressionFault> {
        let start = self.at;
        self.take(|c| c.is_ascii_digit());
        if self.rest().starts_with('.') {
            self.at += 1;
            self.take(|c| c.is_ascii_digit());
        }
        let word = &self.text[start..self.at];
        let value = Decimal::from_str_exact(word)
            .ok()
            .filter(|_| !word.ends_with('.'));
        let Some(value) = value else {
            return Err(ExpressionFault::syntax(
                start..self.at,
                format!("không đọc được số `{word}`"),
                format!("`{word}` is no number that can be kept exactly"),
            )
            .expecting("`0.15`"));
        };
        let percent = self.eat("%");
        Ok(Token::Number { value, percent })
    }

    fn parameter(&mut self) -> Result<Token, ExpressionFault> {
        let start = self.at;
        self.at += 1;
        let word = self.take(is_name);
        word.parse().map(Token::Parameter).map_err(|_| {
            ExpressionFault::syntax(
                start..self.at,
                "thiếu tên tham số sau `$`",
                "no name of a parameter after `$`",
            )
            .expecting("`$depreciation`")
        })
    }

    fn date(&mut self) -> Result<Token, ExpressionFault> {
        let start = self.at;
        self.at += 1;
        let word = self.take(|c| c.is_ascii_digit() || c == '-');
        word.parse().map(Token::Date).map_err(|_| {
            ExpressionFault::syntax(
                start..self.at,
                format!("`@{word}` không phải một ngày"),
                format!("`@{word}` is no day"),
            )
            .expecting("`@2025-07-01`")
        })
    }

    fn sign(&mut self, first: char) -> Result<Token, ExpressionFault> {
        let signs = [
            ("!=", Token::Operator(Operator::NotEqual)),
            ("<=", Token::Operator(Operator::AtMost)),
            (">=", Token::Operator(Operator::AtLeast)),
            ("<", Token::Operator(Operator::Less)),
            (">", Token::Operator(Operator::Greater)),
            ("=", Token::Operator(Operator::Equal)),
            ("+", Token::Operator(Operator::Add)),
            ("-", Token::Operator(Operator::Subtract)),
            ("*", Token::Operator(Operator::Multiply)),
            ("/", Token::Operator(Operator::Divide)),
            ("(", Token::Open),
            (")", Token::Close),
            (",", Token::Comma),
        ];
        for (written, token) in signs {
            if self.eat(written) {
                return Ok(token);
            }
        }
        let end = self.at + first.len_utf8();
        Err(ExpressionFault::syntax(
            self.at..end,
            format!("ký tự `{first}` không dùng trong công thức"),
            format!("`{first}` has no place in an expression"),
        )
        .expecting("a-z 0-9 _ $ @ [ ] ( ) + - * / = != < <= > >="))
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}
