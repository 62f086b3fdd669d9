//! Figures: every number that is printed, with what it rests on.

use catalogue::Unit;
use jiff::civil::Date;
use press::document::Run;
use programme::{DocumentId, TargetId, TaskId};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use viet::{Lang, Period, date, number};

use crate::inputs::{IndicatorInput, Origin, TargetInput, ValueInput};

/// A number as printed and where it comes from. `Run::reference` of the printed text is
/// [`Figure::reference`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Its number within the report, from 1, in the order of printing.
    pub ref_no: u32,
    /// As printed.
    pub text: String,
    /// What it rests on.
    #[serde(flatten)]
    pub kind: FigureKind,
    /// The document that ordered what it is about; none for a count over several.
    pub document: Option<DocumentId>,
    /// The passage there.
    pub anchor: Option<String>,
}

/// What a number rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FigureKind {
    /// A value that was recorded, or computed from such.
    Observation {
        /// Which.
        #[serde(flatten)]
        origin: Origin,
        /// The target it was compared with.
        target: TargetId,
        /// Its period.
        period: Period,
    },
    /// The value a target demands.
    Target {
        /// Which.
        target: TargetId,
    },
    /// A value as a share of what the target demands.
    Achieved {
        /// The value.
        #[serde(flatten)]
        origin: Origin,
        /// The target.
        target: TargetId,
    },
    /// Tasks counted.
    Tasks {
        /// What was counted, in Vietnamese.
        of: String,
        /// Which.
        tasks: Vec<TaskId>,
    },
    /// Tasks as a share of others.
    TaskShare {
        /// The tasks counted.
        tasks: Vec<TaskId>,
        /// Among these.
        among: Vec<TaskId>,
    },
    /// Targets counted.
    Targets {
        /// What was counted, in Vietnamese.
        of: String,
        /// Which.
        targets: Vec<TargetId>,
    },
    /// The last day of a task, or the days past it.
    Deadline {
        /// Which.
        task: TaskId,
    },
}

impl Figure {
    /// The reference that the printed text carries.
    pub fn reference(&self) -> String {
        reference(self.ref_no)
    }
}

/// `figure:12`.
fn reference(ref_no: u32) -> String {
    format!("figure:{ref_no}")
}

/// Collects figures while a report is written.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    list: Vec<Figure>,
}

impl Figures {
    pub(crate) fn into_list(self) -> Vec<Figure> {
        self.list
    }

    fn add(
        &mut self,
        text: String,
        kind: FigureKind,
        place: Option<(DocumentId, Option<String>)>,
    ) -> Run {
        let ref_no = u32::try_from(self.list.len() + 1).unwrap_or(u32::MAX);
        let (document, anchor) = place.map_or((None, None), |(d, a)| (Some(d), a));
        self.list.push(Figure {
            ref_no,
            text: text.clone(),
            kind,
            document,
            anchor,
        });
        Run::figure(text, reference(ref_no))
    }

    /// "12": how many tasks.
    pub(crate) fn tasks(&mut self, of: &str, tasks: Vec<TaskId>) -> Run {
        let text = tasks.len().to_string();
        self.add(
            text,
            FigureKind::Tasks {
                of: of.to_owned(),
                tasks,
            },
            None,
        )
    }

    /// "41,7%": how many of others; a dash where there are none.
    pub(crate) fn share(&mut self, tasks: Vec<TaskId>, among: Vec<TaskId>) -> Run {
        let text = percent(Decimal::from(tasks.len()), Decimal::from(among.len()))
            .unwrap_or_else(|| NOTHING.to_owned());
        self.add(text, FigureKind::TaskShare { tasks, among }, None)
    }

    /// "5": how many targets.
    pub(crate) fn targets(&mut self, of: &str, targets: Vec<TargetId>) -> Run {
        let text = targets.len().to_string();
        self.add(
            text,
            FigureKind::Targets {
                of: of.to_owned(),
                targets,
            },
            None,
        )
    }

    /// The value of a figure, with its unit where asked.
    pub(crate) fn value(&mut self, target: &TargetInput, value: &ValueInput, unit: bool) -> Run {
        let text = match &target.indicator {
            Some(indicator) if unit => with_unit(value.value, indicator),
            Some(indicator) => printed(value.value, indicator),
            None => number::format(value.value, Lang::Vi),
        };
        let kind = FigureKind::Observation {
            origin: value.origin.clone(),
            target: target.id,
            period: value.period,
        };
        self.add(text, kind, place(target))
    }

    /// What a target demands.
    pub(crate) fn demand(&mut self, target: &TargetInput, text: String) -> Run {
        self.add(
            text,
            FigureKind::Target { target: target.id },
            place(target),
        )
    }

    /// A value as a share of what is demanded; none where that says nothing.
    pub(crate) fn achieved(&mut self, target: &TargetInput) -> Option<Run> {
        let (goal, value) = (target.goal?, target.current.as_ref()?);
        let rising = matches!(
            target.spec.direction,
            catalogue::Direction::HigherIsBetter | catalogue::Direction::Maintain
        );
        if !rising || goal <= Decimal::ZERO || value.value.is_sign_negative() {
            return None;
        }
        let text = percent(value.value, goal)?;
        let kind = FigureKind::Achieved {
            origin: value.origin.clone(),
            target: target.id,
        };
        Some(self.add(text, kind, place(target)))
    }

    /// A day or a number of days of a task's deadline.
    pub(crate) fn deadline(&mut self, task: &crate::inputs::TaskInput, text: String) -> Run {
        let place = Some((task.document, task.anchor.clone()));
        self.add(text, FigureKind::Deadline { task: task.id }, place)
    }
}

fn place(target: &TargetInput) -> Option<(DocumentId, Option<String>)> {
    Some((target.document, target.anchor.clone()))
}

/// What stands where there is nothing to print.
pub(crate) const NOTHING: &str = "–";

/// One decimal, half away from zero, as offices round; none when it cannot be computed.
fn percent(part: Decimal, whole: Decimal) -> Option<String> {
    let share = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
    let share = share.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    Some(format!("{}%", number::format(share, Lang::Vi)))
}

/// A value without its unit, with all the decimals it was published with: a report that is signed prints
/// the published figure.
pub(crate) fn printed(value: Decimal, indicator: &IndicatorInput) -> String {
    match indicator.unit {
        Unit::YesNo if value.is_zero() => "chưa".to_owned(),
        Unit::YesNo => "có".to_owned(),
        _ => number::format(value, Lang::Vi),
    }
}

/// The same with its unit: "42,1%", "12 doanh nghiệp".
pub(crate) fn with_unit(value: Decimal, indicator: &IndicatorInput) -> String {
    let text = printed(value, indicator);
    match (&indicator.unit, indicator.unit.label(Lang::Vi)) {
        (Unit::YesNo | Unit::Index | Unit::Ratio, _) => text,
        (Unit::Rank, _) => format!("hạng {text}"),
        (Unit::Percent | Unit::PercentPerYear, label) => format!("{text}{label}"),
        (_, label) => format!("{text} {label}"),
    }
}

/// A day as printed.
pub(crate) fn day(day: Date) -> String {
    date::format(day, Lang::Vi)
}
