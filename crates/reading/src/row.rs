//! Targets and tasks in rows of tables.

use crate::agency;
use crate::column::{Columns, Role};
use crate::model::{PeriodKind, PeriodSource, TargetPeriod};
use crate::period;
use crate::quantity::{self, Bound, Quantity};
use crate::rate;
use crate::state::reached;
use crate::table::{Row, Table, is_number};
use crate::target::{self, Draft, Setting};
use crate::text::{Extent, Text, is_letter};
use crate::token::{Phrases, Token, tokens};
use crate::unit::{self, Unit};
use crate::words::{Words, words};
use crate::zone::Zone;

/// Whether the rows of a table can be aims, by its heading and the part of the document it stands in.
pub(crate) fn aims(table: &Table, zone: Zone) -> bool {
    let columns = &table.columns;
    match zone {
        Zone::Past | Zone::Funding => false,
        _ if columns.funds && !columns.aims => false,
        Zone::Task | Zone::Duty | Zone::Aim => columns.aims,
        _ => true,
    }
}

/// Targets of one row: the name of what is measured, its unit, and a value for each year of the heading.
pub(crate) fn targets(text: &Text, table: &Table, row: &Row, setting: &Setting) -> Vec<Draft> {
    let Some(named) = Named::of(text, table, row) else {
        return Vec::new();
    };
    let unit = unit_of(text, &named);
    let figures = figures(text, table, row, &named, &unit, setting.written);
    if figures.is_empty() {
        let told = sentence(text, &named, setting);
        if told.is_empty() {
            return state(text, table, &named, setting).into_iter().collect();
        }
        return told;
    }
    let own = period::heading_year(&tokens(text, named.name));
    let lead = named.lead(text, table, row);
    figures
        .into_iter()
        .filter(|(role, ..)| *role != Role::Past)
        .map(|(role, cell, q)| {
            let column = match role {
                Role::Value(year) => year,
                _ => None,
            };
            let (year, source) = match (own, column, setting.year) {
                (Some(year), ..) => (Some(year), PeriodSource::Explicit),
                (_, Some(year), _) | (.., Some(year)) => (Some(year), PeriodSource::Heading),
                _ => (None, PeriodSource::None),
            };
            draft(text, named.name, cell, &q, year, source, lead.clone())
        })
        .collect()
}

/// The cells of a row by what they hold.
struct Named {
    name: Extent,
    unit: Option<Extent>,
    /// Cells behind the name.
    rest: Vec<Extent>,
    /// Each cell stands under its heading.
    aligned: bool,
}

impl Named {
    fn of(text: &Text, table: &Table, row: &Row) -> Option<Self> {
        let columns = &table.columns;
        let aligned = row.cells.len() == columns.roles.len();
        let cell = |role: Role| columns.place(role).and_then(|i| row.cells.get(i)).copied();
        let headed = cell(Role::Name).filter(|c| aligned && is_name(text, *c));
        let name = headed.or_else(|| row.cells.iter().copied().find(|c| is_name(text, *c)))?;
        let at = row.cells.iter().position(|c| *c == name)?;
        let rest: Vec<Extent> = row.cells[at + 1..]
            .iter()
            .copied()
            .filter(|c| !c.is_empty())
            .collect();
        let unit = match cell(Role::Unit) {
            Some(unit) if aligned => Some(unit).filter(|c| !c.is_empty()),
            _ => {
                let counted = cell_is_counted(columns) && rest.len() > 1;
                let is_unit = |c: &Extent| is_unit(text, *c) || counted && is_thing(text, *c);
                rest.first().copied().filter(is_unit)
            }
        };
        Some(Self {
            name,
            unit,
            rest,
            aligned,
        })
    }

    /// Who is answerable, as written.
    fn lead(&self, text: &Text, table: &Table, row: &Row) -> Option<String> {
        let at = table.columns.place(Role::Lead)?;
        let cell = if self.aligned {
            row.cells.get(at).copied()
        } else {
            let names_one =
                |c: &&Extent| Some(**c) != self.unit && agency::names(&tokens(text, **c));
            self.rest.iter().find(names_one).copied()
        };
        cell.filter(|c| !c.is_empty()).map(|c| text.line(c))
    }
}

/// The figures of a row with the columns they stand in.
fn figures(
    text: &Text,
    table: &Table,
    row: &Row,
    named: &Named,
    unit: &(Unit, bool),
    written: Option<i16>,
) -> Vec<(Role, Extent, Quantity)> {
    let columns = &table.columns;
    let mut found: Vec<(Role, Extent, Quantity)> =
        if named.aligned && columns.figures().next().is_some() {
            let under = columns.roles.iter().copied().zip(row.cells.iter().copied());
            under
                .filter(|(role, _)| matches!(role, Role::Past | Role::Value(_)))
                .filter_map(|(role, c)| value(text, c, unit).map(|q| (role, c, q)))
                .collect()
        } else {
            in_order(text, columns, named, unit)
        };
    for (role, ..) in &mut found {
        // What a year before the paper's own shows is a result.
        if matches!(role, Role::Value(Some(year)) if written.is_some_and(|w| *year < w)) {
            *role = Role::Past;
        }
    }
    found
}

/// Figures of a row whose empty cells are lost: they fill the columns in their order.
fn in_order(
    text: &Text,
    columns: &Columns,
    named: &Named,
    unit: &(Unit, bool),
) -> Vec<(Role, Extent, Quantity)> {
    let given: Vec<(Extent, Quantity)> = named
        .rest
        .iter()
        .filter(|c| Some(**c) != named.unit)
        .filter_map(|c| value(text, *c, unit).map(|q| (*c, q)))
        .collect();
    let all: Vec<Role> = columns.figures().collect();
    let aimed: Vec<Role> = columns.figures().filter(|r| *r != Role::Past).collect();
    let roles = if given.len() == all.len() {
        all
    } else if aimed.is_empty() {
        vec![Role::Value(None)]
    } else {
        aimed
    };
    roles
        .into_iter()
        .zip(given)
        .map(|(role, (cell, q))| (role, cell, q))
        .collect()
}

/// "Hoàn thành", "Có", "Đạt" in the column of what is aimed at: a state that is reached or not.
fn state(text: &Text, table: &Table, named: &Named, setting: &Setting) -> Option<Draft> {
    const STATES: [&str; 10] = [
        "toan tinh",
        "toan quoc",
        "hoan thanh",
        "dat",
        "co",
        "van hanh",
        "dua vao",
        "ban hanh",
        "duoc cong nhan",
        "duy tri",
    ];
    let column = table.columns.figures().find_map(|role| match role {
        Role::Value(year) => Some(year),
        _ => None,
    })?;
    let year = column.or(setting.year)?;
    let cell = named.rest.iter().find(|c| {
        let folded = text.folded(**c);
        c.len() <= 40
            && STATES.iter().any(|w| {
                folded == *w || folded.starts_with(w) && folded[w.len()..].starts_with(' ')
            })
    })?;
    let at = Extent::new(
        named.name.start.min(cell.start),
        cell.end.max(named.name.end),
    );
    let period = TargetPeriod {
        kind: Some(PeriodKind::ByYear),
        year: Some(year),
        baseline: None,
        source: PeriodSource::Heading,
    };
    Some(reached(at, period))
}

/// A row whose target is told in words: "Tỷ lệ … đạt tối thiểu 80%".
fn sentence(text: &Text, named: &Named, setting: &Setting) -> Vec<Draft> {
    let mut out = Vec::new();
    for cell in std::iter::once(&named.name).chain(&named.rest) {
        let tokens = tokens(text, *cell);
        let parts = target::timed(&tokens);
        let mut found = target::targets(&tokens, &parts, setting);
        // What a later cell says is said of the name.
        if let [only] = found.as_mut_slice() {
            only.at.start = named.name.start;
        }
        out.extend(found);
    }
    out
}

fn draft(
    text: &Text,
    name: Extent,
    cell: Extent,
    q: &Quantity,
    year: Option<i16>,
    source: PeriodSource,
    lead: Option<String>,
) -> Draft {
    let told = tokens(text, cell);
    let (comparator, strict, growth) = target::meant(&told, q);
    let value_at = told
        .extent(q.number, q.unit_end.max(q.number + 1))
        .unwrap_or(cell);
    let kind = if q.per_year {
        Some(PeriodKind::PerYear)
    } else {
        year.map(|_| PeriodKind::ByYear)
    };
    Draft {
        at: Extent::new(name.start.min(cell.start), cell.end.max(name.end)),
        value_at: Some(value_at),
        comparator: Some(comparator),
        strict,
        value: Some(q.value),
        value_max: q.value_max,
        unit: Some(q.unit.clone()),
        growth,
        period: TargetPeriod {
            kind,
            year,
            baseline: None,
            source,
        },
        lead,
    }
}

/// A cell with words that is no value.
fn is_name(text: &Text, cell: Extent) -> bool {
    let mut letters = text.chars()[cell.start..cell.end]
        .iter()
        .filter(|c| is_letter(**c));
    letters.nth(3).is_some() && !is_number(text, cell)
}

/// A short cell without digits that names no agency: "%", "Doanh nghiệp", "Người/vạn dân".
fn is_unit(text: &Text, cell: Extent) -> bool {
    let shown = text.line(cell);
    let digits = shown.replace("10.000", "").replace("1.000", "");
    shown.chars().count() <= 24
        && !digits.chars().any(|c| c.is_ascii_digit())
        && !agency::names(&tokens(text, cell))
}

/// Whether the heading has a column of units before that of who is answerable.
fn cell_is_counted(columns: &Columns) -> bool {
    let unit = columns.place(Role::Unit);
    unit.is_some_and(|unit| columns.place(Role::Lead).is_none_or(|lead| unit < lead))
}

/// "Doanh nghiệp", "Trường học", "Trung tâm": things that are counted, though agencies are called so too.
fn is_thing(text: &Text, cell: Extent) -> bool {
    static THINGS: Words = Words::new(&[
        "doanh nghiệp",
        "hợp tác xã",
        "trường",
        "trung tâm",
        "trạm",
        "viện",
        "phòng",
        "hội",
        "tổ chức",
        "cơ quan",
        "đơn vị",
        "công ty",
    ]);
    let words = tokens(text, cell);
    let named = words.iter().skip(1).any(|t| t.capital || !t.is_word());
    words.len() <= 4 && !named && words.longest(0, &THINGS).is_some()
}

/// The value of a cell, if it holds little else; a number without a unit is counted in that of its row.
fn value(text: &Text, cell: Extent, (unit, yearly): &(Unit, bool)) -> Option<Quantity> {
    let tokens = tokens(text, cell);
    let words = tokens
        .iter()
        .filter(|t| t.mark().is_none() && t.number().is_none())
        .count();
    if words > 9 || cell.len() > 70 {
        return None;
    }
    let mut found = quantity::quantities(&tokens)
        .into_iter()
        .next()
        .filter(|q| q.unit_end > q.number + 1 && q.unit != Unit::Index || q.unit == Unit::Rank)
        .or_else(|| quantity::bare(&tokens, unit))?;
    // "80 hộ" under the unit "%" is still 80 %.
    if found.unit == Unit::Count && *unit != Unit::Count {
        found.unit = unit.clone();
    }
    // "5 địa phương dẫn đầu" is a group, not a place.
    let group = tokens.find(
        0,
        tokens.len(),
        words!["dẫn đầu", "đứng đầu", "nhóm", "tốp", "top"],
    );
    if found.unit == Unit::Rank && group.is_some() {
        found.bound = found.bound.or(Some(Bound::AtMost));
    }
    found.per_year |= *yearly || tokens.find(0, tokens.len(), &period::YEARLY).is_some();
    Some(found)
}

/// The unit of a row, and whether it is one a year: a cell of its own, or the words of the name.
fn unit_of(text: &Text, named: &Named) -> (Unit, bool) {
    let name = tokens(text, named.name);
    let index = name
        .find(
            0,
            name.len(),
            words!["chỉ số", "hệ số", "dti", "pii", "hdi"],
        )
        .is_some();
    if let Some(cell) = named.unit {
        let shown = text.line(cell).to_lowercase();
        let points = ["điểm", "chỉ số", "index"]
            .iter()
            .any(|w| shown.starts_with(w));
        if index && points {
            return (Unit::Index, false);
        }
        return match unit::of_cell(&tokens(text, cell)) {
            (Unit::Count, yearly) => (rate::rate_of_name(&name).unwrap_or(Unit::Count), yearly),
            other => other,
        };
    }
    if let Some(given) = in_parens(&name) {
        return unit::of_cell(given);
    }
    let share = words![
        "tỷ lệ",
        "tỉ lệ",
        "tỷ trọng",
        "tỉ trọng",
        "tốc độ tăng",
        "mức độ hài lòng",
    ];
    if name
        .longest(
            0,
            words!["xếp hạng", "thứ hạng", "vị trí xếp hạng", "vị trí"],
        )
        .is_some()
    {
        (Unit::Rank, false)
    } else if name.find(0, name.len(), share).is_some() {
        (Unit::Percent, false)
    } else if index {
        (Unit::Index, false)
    } else {
        (rate::rate_of_name(&name).unwrap_or(Unit::Count), false)
    }
}

/// "Doanh thu (tỷ đồng)": what the name says in parentheses at its end, if it is a unit.
fn in_parens<'a, 'b>(name: &'b [Token<'a>]) -> Option<&'b [Token<'a>]> {
    let close = name.len().checked_sub(1).filter(|i| name.mark(*i, ')'))?;
    let open = (close.saturating_sub(6)..close).rfind(|i| name.mark(*i, '('))?;
    let inside = &name[open + 1..close];
    let short = !inside.is_empty() && inside.iter().all(|t| !t.capital && t.number().is_none());
    short.then_some(inside)
}

/// A task in a row of a table of tasks.
pub(crate) struct Given {
    pub name: Extent,
    pub lead: Option<String>,
    pub deadline: Option<String>,
}

/// The task of a row, when the heading of its table names tasks and no aims.
pub(crate) fn task(text: &Text, table: &Table, row: &Row) -> Option<Given> {
    let columns = &table.columns;
    if columns.aims || !columns.works {
        return None;
    }
    let named = Named::of(text, table, row)?;
    // Cells can be told apart only when none is missing.
    let cell = |role: Role| {
        let place = columns.place(role).filter(|_| named.aligned)?;
        let cell = row.cells.get(place).filter(|c| !c.is_empty())?;
        Some(text.line(*cell))
    };
    // A row without a second cell is a heading inside the table.
    let leads = named.rest.iter().any(|c| !c.is_empty());
    leads.then(|| Given {
        name: named.name,
        lead: cell(Role::Lead).or_else(|| named.lead(text, table, row)),
        deadline: cell(Role::Deadline).or_else(|| {
            cell(Role::Other)
                .filter(|s| s.chars().count() < 40 && s.chars().any(|c| c.is_ascii_digit()))
        }),
    })
}
