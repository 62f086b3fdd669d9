//! What the address of an indicator's page asks for: which area, on which map, for which period, against which.

use std::collections::BTreeSet;

use catalogue::{Indicator, Level};
use measure::rollup::View;
use observation::columns::own_map;
use observation::{Filter, SeriesKey};
use programme::target::TargetFilter;
use viet::{AreaCode, AreaKey, Period};

use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;

/// The map, as the address says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Map {
    /// Values of former areas are carried to the areas of the day.
    OfDay,
    /// Every value stays in the area of its own time.
    AsItWas,
}

impl Map {
    /// Both, with their words in addresses.
    pub const ALL: [(Map, &str); 2] = [(Map::OfDay, "today"), (Map::AsItWas, "then")];

    /// `?map=then`; the map of the day without it.
    pub fn of(ctx: &Ctx) -> Result<Self, Failure> {
        let Some(word) = ctx.query("map").filter(|word| !word.is_empty()) else {
            return Ok(Map::OfDay);
        };
        let found = Map::ALL.into_iter().find(|(_, known)| *known == word);
        found.map(|(map, _)| map).ok_or_else(|| {
            Failure::bad_request(
                format!("map={word}: chỉ có today (bản đồ hiện nay) và then (bản đồ khi đó)."),
                format!("map={word}: there are today (the map of the day) and then (the map of each period)."),
            )
        })
    }

    /// What it is called.
    pub fn label(self, ctx: &Ctx) -> &'static str {
        match self {
            Map::OfDay => ctx.lang.pick("quy về địa bàn hiện nay", "on today's map"),
            Map::AsItWas => ctx.lang.pick("theo địa bàn khi đó", "as it was then"),
        }
    }

    /// The view of one area: a map on which it lives, where it has ended.
    pub fn view_of(self, ctx: &Ctx, area: AreaKey) -> View {
        match self {
            Map::AsItWas => View::AsItWas,
            Map::OfDay => own_map(&ctx.directory, area, ctx.as_known.day),
        }
    }

    /// The view of all areas.
    pub fn view(self, ctx: &Ctx) -> View {
        match self {
            Map::AsItWas => View::AsItWas,
            Map::OfDay => View::OnMapOf(ctx.as_known.day),
        }
    }
}

/// A parameter of the address that is written like `66@2025-07-01`, `2025-Q3`, `province`.
pub fn parsed<T: std::str::FromStr>(ctx: &Ctx, name: &str) -> Result<Option<T>, Failure> {
    let Some(text) = ctx.query(name).filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    let value = text.trim().parse();
    value.map(Some).map_err(|_| odd(name, &text))
}

/// A parameter that cannot be read.
pub fn odd(name: &str, text: &str) -> Failure {
    Failure::bad_request(
        format!(
            "{name}={text}: không phải giá trị hợp lệ. Kỳ viết như 2025, 2025-Q3, 2025-H1; địa bàn như 66@2025-07-01; cấp là province, commune."
        ),
        format!(
            "{name}={text} is not a valid value. Write periods like 2025, 2025-Q3, 2025-H1; areas like 66@2025-07-01; levels are province, commune."
        ),
    )
}

/// `?level=commune`; provinces without it.
pub fn level(ctx: &Ctx) -> Result<Level, Failure> {
    match ctx.query("level").as_deref() {
        None | Some("" | "province") => Ok(Level::Province),
        Some("commune") => Ok(Level::Commune),
        Some("district") => Ok(Level::District),
        Some(other) => Err(odd("level", other)),
    }
}

/// The area asked for; otherwise the first one for which a target is set, that of a programme, the one last recorded,
/// the country.
pub async fn area(app: &App, ctx: &Ctx, indicator: &Indicator) -> Result<AreaKey, Failure> {
    let areas = ctx.directory.areas();
    if let Some(asked) = parsed::<AreaKey>(ctx, "area")? {
        return match areas.get(asked) {
            Some(_) => Ok(asked),
            None => Err(Failure::NotFound),
        };
    }
    let one = access::Page {
        limit: 1,
        offset: 0,
    };
    let (scope, as_known) = (&ctx.scope, ctx.as_known);
    let filter = TargetFilter {
        indicator: Some(indicator.def.id.clone()),
        ..TargetFilter::default()
    };
    let targets = programme::target::list(&app.journal, scope, as_known, &filter, one).await?;
    if let Some(row) = targets.rows.first() {
        return Ok(row.target.area);
    }
    // The province whose programmes the reader reads, where it has any value.
    let programmes = programme::programme::list(&app.journal, scope, as_known, one).await?;
    let fields = programmes
        .rows
        .first()
        .and_then(|row| row.state.fields.as_ref());
    if let Some(fields) = fields {
        let key = SeriesKey::new(indicator.def.id.clone(), fields.area);
        let series = app
            .columns
            .series_of(scope, as_known, &BTreeSet::from([key]))
            .await?;
        if series.values().any(|values| !values.is_empty()) {
            return Ok(fields.area);
        }
    }
    let filter = Filter {
        indicator: Some(indicator.def.id.clone()),
        ..Filter::default()
    };
    let figures = observation::list(app.journal.db(), scope, &as_known, &filter, one).await?;
    let recorded = figures.rows.first().map(|figure| figure.key.area);
    let country = areas
        .on(AreaCode::COUNTRY, as_known.day)
        .map(|area| area.key());
    recorded
        .or(country)
        .ok_or_else(|| Failure::Broken("no areas are in force; activate definitions/areas".into()))
}

/// The areas to choose from: the country, the provinces of the day, those before the last merger, and the one asked
/// for.
pub fn area_options(ctx: &Ctx, chosen: Option<AreaKey>) -> Vec<(String, String)> {
    let areas = ctx.directory.areas();
    let day = ctx.as_known.day;
    let mut options: Vec<(String, String)> = Vec::new();
    let country = areas.on(AreaCode::COUNTRY, day);
    options.extend(country.map(|area| (area.key().to_string(), area.full_name_on(day).to_owned())));
    let mut provinces: Vec<_> = areas
        .all()
        .filter(|area| area.level == Level::Province)
        .collect();
    // Names sort by their letters; those of today stand first.
    provinces.sort_by_key(|area| (area.valid_to.is_some(), viet::fold::fold(&area.name)));
    options.extend(provinces.into_iter().map(|area| {
        let name = area.full_name_on(day);
        let label = match area.valid_to.and_then(|end| end.yesterday().ok()) {
            Some(last) => format!(
                "{name} ({} {})",
                ctx.t("đến hết", "until"),
                viet::date::format(last, ctx.lang)
            ),
            None => name.to_owned(),
        };
        (area.key().to_string(), label)
    }));
    if let Some(chosen) = chosen
        && !options.iter().any(|(key, _)| *key == chosen.to_string())
    {
        options.insert(
            0,
            (chosen.to_string(), crate::parts::area_name(ctx, chosen)),
        );
    }
    options
}

/// Periods to choose from, the latest first.
pub fn period_options(ctx: &Ctx, periods: &[Period]) -> Vec<(String, String)> {
    let latest = periods.iter().rev();
    latest
        .map(|period| (period.to_string(), period.label(ctx.lang)))
        .collect()
}
