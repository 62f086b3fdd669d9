//! What is wrong with an expression, by its place within the text.

use std::ops::Range;

use crate::fault::FaultCode;
use crate::header::Label;

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionFault {
    /// What sort of fault.
    pub code: FaultCode,
    /// What was found.
    pub found: Label,
    /// What was expected; empty when the message says it all.
    pub expected: Vec<String>,
    /// A name that exists and looks much like the one found.
    pub nearest: Option<String>,
    /// The bytes of the expression's text it stands in.
    pub span: Range<usize>,
}

impl ExpressionFault {
    pub(super) fn new(
        code: FaultCode,
        span: Range<usize>,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self {
            code,
            found: Label::new(vi, en),
            expected: Vec::new(),
            nearest: None,
            span,
        }
    }

    pub(super) fn syntax(span: Range<usize>, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(FaultCode::Syntax, span, vi, en)
    }

    pub(super) fn unit(span: Range<usize>, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(FaultCode::WrongUnit, span, vi, en)
    }

    pub(super) fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected.push(expected.into());
        self
    }

    pub(super) fn near(mut self, nearest: Option<String>) -> Self {
        self.nearest = nearest;
        self
    }
}
