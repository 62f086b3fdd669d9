//! Which values an answer rests on.

use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::Period;

use super::columns::{CellSlot, Columns, search};
use super::roll::{Counted, Request, dated, within};
use super::territory::{AreaSlot, Goes};

/// A value behind an answer. With a ratio or a weighted mean it stands for both parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Its period.
    pub period: Period,
    /// Its area.
    pub area: AreaSlot,
    /// Its cell.
    pub cell: CellSlot,
    /// Which part of it counts; none where nobody knows, and then it is not in the answer.
    pub share: Option<Decimal>,
    /// Its other part is missing, so that it is not in the answer.
    pub unpaired: bool,
}

/// The values behind the answer of [`super::roll`] for a group and a period of a request. `outside_life` is what that
/// answer says of itself.
pub fn used(
    columns: &Columns,
    request: &Request<'_>,
    group: usize,
    period: Period,
    outside_life: bool,
) -> Vec<Used> {
    let other = request.rule.series().1.map(|slot| columns.block(slot));
    let time = request.rule.time();
    let mut counted = Counted::new(time);
    let mut found = Vec::new();
    for (run, range) in within(time, period, &dated(columns, request)) {
        let epoch = request.assignment.ending(range.to().unwrap_or(Date::MAX));
        let partner = other.map(|block| block.and_then(|block| block.run_of(run.period)));
        for (at, (area, cell)) in run.areas.iter().zip(run.cells).enumerate() {
            let asked = request.cell.is_none_or(|asked| asked.0 == *cell);
            if !asked || !counted.counts(&run, at) {
                continue;
            }
            let share = match epoch.goes(*area, outside_life) {
                Goes::Whole(to) if to == group => Some(Decimal::ONE),
                Goes::Nowhere | Goes::Whole(_) => continue,
                Goes::Parts(parts) => match parts.iter().find(|(to, _)| *to as usize == group) {
                    Some((_, share)) => *share,
                    None => continue,
                },
            };
            let paired = match &partner {
                None => true,
                Some(run) => run
                    .as_ref()
                    .is_some_and(|run| search(run, (*area, *cell)).is_ok()),
            };
            found.push(Used {
                period: run.period,
                area: AreaSlot(*area),
                cell: CellSlot(*cell),
                share,
                unpaired: !paired,
            });
        }
    }
    found
}
