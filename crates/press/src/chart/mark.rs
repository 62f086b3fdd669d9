//! A status or a stage is told by a word and a shape; colour only repeats it.

/// A shape that is told apart without colour, at 8 px and in a black-and-white print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shape {
    /// ●
    Disc,
    /// ○
    Ring,
    /// ▲
    Triangle,
    /// ■
    Square,
    /// □
    HollowSquare,
    /// ◆
    Diamond,
    /// ◇
    HollowDiamond,
}

impl Shape {
    /// The same shape as a character, for text and tables.
    pub fn glyph(self) -> &'static str {
        match self {
            Self::Disc => "●",
            Self::Ring => "○",
            Self::Triangle => "▲",
            Self::Square => "■",
            Self::HollowSquare => "□",
            Self::Diamond => "◆",
            Self::HollowDiamond => "◇",
        }
    }
}

/// The meaning of a colour. Inks have a contrast of at least 4.5 : 1 on white; a page may give
/// others through the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tone {
    /// Met, done.
    Good,
    /// At risk, due soon.
    Warn,
    /// Missed, overdue.
    Bad,
    /// Not yet measurable, not begun.
    Neutral,
    /// Not a judgement: the colour of data.
    Accent,
}

impl Tone {
    /// Class for the page's own colours: `tone-good` and so on.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "tone-good",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
            Self::Neutral => "tone-neutral",
            Self::Accent => "tone-accent",
        }
    }

    /// Colour used where no page gives another.
    pub(super) fn ink(self) -> &'static str {
        match self {
            Self::Good => "#1a7037",
            Self::Warn => "#8a5a00",
            Self::Bad => "#b3261e",
            Self::Neutral => "#5a636d",
            Self::Accent => "#14508c",
        }
    }
}

/// A word with its shape and tone: "▲ sắp đến hạn".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mark {
    /// The word shown; it carries the meaning.
    pub word: String,
    /// The shape beside it.
    pub shape: Shape,
    /// The colour that repeats it.
    pub tone: Tone,
}

impl Mark {
    /// A mark from its three parts.
    pub fn new(word: impl Into<String>, shape: Shape, tone: Tone) -> Self {
        Self {
            word: word.into(),
            shape,
            tone,
        }
    }
}
