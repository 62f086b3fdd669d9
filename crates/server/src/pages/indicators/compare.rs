//! `GET /compare`: areas × periods for one indicator, or several indicators × periods for one area.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use catalogue::{Indicator, Level};
use maud::{Markup, html};
use observation::SeriesKey;
use observation::columns::{Ask, Value};
use serde::Serialize;
use viet::{AreaKey, Period};

use super::asked::{self, Map, odd, parsed};
use super::series::{HEAD, Line};
use super::{bare_link, value_link};
use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::{Ctx, query_pairs};
use crate::failure::Failure;
use crate::form::{FormState, FormValues};
use crate::pages::observations;
use crate::parts;

/// Indicators compared at most: more do not fit on a page, and each costs a series.
const MOST: usize = 60;
/// Periods shown while the address names none.
const PERIODS: usize = 6;

#[derive(Serialize)]
struct Compared {
    /// Every value there is, one a line.
    values: Vec<Line>,
    #[serde(skip)]
    rows: Vec<Row>,
    #[serde(skip)]
    periods: Vec<Period>,
    #[serde(skip)]
    all_periods: Vec<Period>,
    #[serde(skip)]
    asked: Asked,
}

/// One row of the table: what an indicator has in an area.
struct Row {
    indicator: Indicator,
    area: AreaKey,
    values: BTreeMap<Period, Value>,
}

/// What the address asks for.
struct Asked {
    indicators: Vec<Indicator>,
    /// The area whose indicators are compared; none where areas are.
    area: Option<AreaKey>,
    level: Level,
    within: Option<AreaKey>,
    from: Option<Period>,
    to: Option<Period>,
    map: Map,
}

impl Asked {
    fn of(ctx: &Ctx) -> Result<Self, Failure> {
        let ids: BTreeSet<String> = query_pairs(&ctx.uri)
            .filter(|(name, value)| name == "indicator" && !value.is_empty())
            .map(|(_, id)| id)
            .collect();
        if ids.len() > MOST {
            return Err(Failure::bad_request(
                format!("Chỉ so sánh được {MOST} chỉ số một lần; hãy bớt chỉ số."),
                format!("{MOST} indicators can be compared at once; leave some out."),
            ));
        }
        let known = |id: &String| {
            let pinned = ctx.directory.indicators().get(id);
            pinned
                .map(|pinned| pinned.definition.clone())
                .ok_or(Failure::NotFound)
        };
        let area = |name| -> Result<Option<AreaKey>, Failure> {
            let asked = parsed::<AreaKey>(ctx, name)?;
            match asked {
                Some(key) if ctx.directory.areas().get(key).is_none() => Err(Failure::NotFound),
                other => Ok(other),
            }
        };
        Ok(Self {
            indicators: ids.iter().map(known).collect::<Result<_, _>>()?,
            area: area("area")?,
            level: asked::level(ctx)?,
            within: area("within")?,
            from: parsed(ctx, "from")?,
            to: parsed(ctx, "to")?,
            map: Map::of(ctx)?,
        })
    }

    /// The one indicator whose areas are compared.
    fn of_areas(&self) -> Option<&Indicator> {
        match (self.indicators.as_slice(), self.area) {
            ([one], None) => Some(one),
            _ => None,
        }
    }

    /// The periods between those asked for, or the last ones.
    fn chosen(&self, all: &[Period]) -> Vec<Period> {
        let inside = |period: &&Period| {
            let day = |period: Period| period.range(viet::Calendar::Civil).from();
            let from = self.from.is_none_or(|from| day(from) <= day(**period));
            from && self.to.is_none_or(|to| day(**period) <= day(to))
        };
        let chosen: Vec<Period> = all.iter().filter(inside).copied().collect();
        match (self.from, self.to) {
            (None, None) => chosen[chosen.len().saturating_sub(PERIODS)..].to_vec(),
            _ => chosen,
        }
    }
}

impl View for Compared {
    fn title(&self, ctx: &Ctx) -> String {
        let area = self.asked.area.map(|area| parts::area_name(ctx, area));
        match (self.asked.of_areas(), area) {
            (Some(one), _) => format!(
                "{}: {}",
                ctx.t("So sánh địa bàn", "Areas compared"),
                one.def.label.get(ctx.lang)
            ),
            (None, Some(area)) => {
                format!("{}: {area}", ctx.t("So sánh chỉ số", "Indicators compared"))
            }
            (None, None) => ctx.t("So sánh", "Compare").to_owned(),
        }
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            p.crumbs { a href="/indicators" { (ctx.t("Chỉ số", "Indicators")) } }
            (self.choices(ctx))
            @if self.asked.indicators.is_empty() {
                (parts::empty(ctx.t("Chọn một chỉ số để so sánh các địa bàn, hoặc chọn địa bàn và nhiều chỉ số.", "Choose one indicator to compare areas, or an area and several indicators."), None))
            } @else if self.rows.iter().all(|row| row.values.values().all(|value| value.shown().is_none())) {
                (parts::empty(ctx.t("Chưa có số liệu nào trong phạm vi đã chọn.", "There is no figure within what was chosen."), Some(("/observations/new", ctx.t("Ghi số liệu", "Enter a figure")))))
            } @else {
                (self.grid(ctx))
                p.small { a href=(ctx.address_with("format", "csv")) download { (ctx.t("Tải CSV", "Download CSV")) } " · "
                    a href=(ctx.address_with("format", "json")) { "JSON" } }
            }
        }
    }

    fn table(&self) -> Table {
        Table {
            head: HEAD.to_vec(),
            rows: self.values.iter().map(Line::cells).collect(),
        }
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl Compared {
    fn choices(&self, ctx: &Ctx) -> Markup {
        let asked = &self.asked;
        let none = |vi, en| (String::new(), ctx.lang.pick(vi, en).to_owned());
        let word = |map| Map::ALL.iter().find(|(known, _)| *known == map);
        let text = |period: Option<Period>| period.map(|p| p.to_string()).unwrap_or_default();
        let key = |area: Option<AreaKey>| area.map(|key| key.to_string()).unwrap_or_default();
        let form = FormState::prefilled(FormValues::of([
            ("area", key(asked.area)),
            (
                "level",
                if asked.level == Level::Commune {
                    "commune"
                } else {
                    "province"
                }
                .to_owned(),
            ),
            ("within", key(asked.within)),
            ("from", text(asked.from)),
            ("to", text(asked.to)),
            (
                "map",
                word(asked.map).map_or("", |(_, word)| word).to_owned(),
            ),
        ]));
        let mut areas = vec![none("mọi địa bàn của cấp", "every area of the level")];
        let mut within = vec![none("cả nước", "the country")];
        let all = asked::area_options(ctx, asked.area.or(asked.within));
        within.extend(all.iter().cloned());
        areas.extend(all);
        let levels = [(Level::Province, "province"), (Level::Commune, "commune")]
            .map(|(level, word)| (word.to_owned(), level.label(ctx.lang).to_owned()));
        let maps = Map::ALL.map(|(map, word)| (word.to_owned(), map.label(ctx).to_owned()));
        let mut periods = vec![none("tự chọn", "by itself")];
        periods.extend(asked::period_options(ctx, &self.all_periods));
        html! {
            form.filters action="/compare" method="get" {
                details open[asked.indicators.is_empty()] {
                    summary { (ctx.t("Chỉ số", "Indicators")) " (" (asked.indicators.len()) ")" }
                    ul.choices { @for (id, label) in observations::indicator_options(ctx) { li { label {
                        input type="checkbox" name="indicator" value=(id) checked[asked.indicators.iter().any(|one| one.def.id.as_str() == id)]; " " (label) } } } }
                }
                (form.select(ctx, "area", ctx.t("Địa bàn", "Area"), None, &areas))
                (form.select(ctx, "level", ctx.t("Cấp", "Level"), None, &levels))
                (form.select(ctx, "within", ctx.t("Trong", "Within"), None, &within))
                (form.select(ctx, "from", ctx.t("Từ kỳ", "From"), None, &periods))
                (form.select(ctx, "to", ctx.t("Đến kỳ", "To"), None, &periods))
                (form.select(ctx, "map", ctx.t("Bản đồ", "Map"), None, &maps))
                @if let Some(day) = ctx.query("as_known_on") { input type="hidden" name="as_known_on" value=(day); }
                button type="submit" { (ctx.t("So sánh", "Compare")) }
            }
        }
    }

    fn grid(&self, ctx: &Ctx) -> Markup {
        let of_areas = self.asked.of_areas();
        html! {
            @if let Some(one) = of_areas { p { (ctx.t("Đơn vị: ", "Unit: ")) (one.value.unit.label(ctx.lang)) ". " a href=(format!("/indicators/{}", one.def.id)) { (ctx.t("Định nghĩa và chuỗi số liệu", "Definition and series")) } } }
            div.scroll { table {
                caption.hidden { (self.title(ctx)) }
                thead { tr {
                    th scope="col" { @if of_areas.is_some() { (ctx.t("Địa bàn", "Area")) } @else { (ctx.t("Chỉ số", "Indicator")) } }
                    @for period in &self.periods { th.num scope="col" { (period.label(ctx.lang)) } }
                } }
                tbody { @for row in &self.rows { tr {
                    th scope="row" { @if of_areas.is_some() { a href=(format!("/indicators/{}?area={}", row.indicator.def.id, row.area)) { (parts::area_name(ctx, row.area)) } }
                        @else { a href=(format!("/indicators/{}?area={}", row.indicator.def.id, row.area)) { (row.indicator.def.label.get(ctx.lang)) } } }
                    @for period in &self.periods { td.num { @match row.values.get(period) {
                        Some(value) => @if of_areas.is_some() { (bare_link(ctx, &row.indicator, row.area, value)) } @else { (value_link(ctx, &row.indicator, row.area, value)) },
                        None => span.muted { "–" },
                    } } }
                } } }
            } }
        }
    }
}

/// Areas for one indicator: one row an area that has some value.
async fn of_areas(
    app: &App,
    ctx: &Ctx,
    asked: &Asked,
    indicator: &Indicator,
) -> Result<(Vec<Row>, Vec<Period>), Failure> {
    let ask = Ask {
        scope: &ctx.scope,
        as_known: ctx.as_known,
        indicator: &indicator.def.id,
        view: asked.map.view(ctx),
    };
    let all = app.columns.periods(&ask, asked.level).await?;
    let mut rows: BTreeMap<AreaKey, BTreeMap<Period, Value>> = BTreeMap::new();
    for period in asked.chosen(&all) {
        let ranked = app
            .columns
            .compare(&ask, asked.level, asked.within, period)
            .await?;
        for ranked in ranked.into_iter().filter(|ranked| ranked.rank.is_some()) {
            let row = rows.entry(ranked.value.area).or_default();
            row.insert(period, ranked.value);
        }
    }
    let mut rows: Vec<Row> = rows
        .into_iter()
        .map(|(area, values)| Row {
            indicator: indicator.clone(),
            area,
            values,
        })
        .collect();
    rows.sort_by_cached_key(|row| viet::fold::fold(&parts::area_name(ctx, row.area)));
    Ok((rows, all))
}

/// Indicators of one area: one row an indicator.
async fn of_indicators(
    app: &App,
    ctx: &Ctx,
    asked: &Asked,
    area: AreaKey,
) -> Result<(Vec<Row>, Vec<Period>), Failure> {
    let (mut rows, mut all) = (Vec::new(), BTreeSet::new());
    for indicator in &asked.indicators {
        let ask = Ask {
            scope: &ctx.scope,
            as_known: ctx.as_known,
            indicator: &indicator.def.id,
            view: asked.map.view_of(ctx, area),
        };
        let series = app
            .columns
            .series(&ask, area, indicator.series.periodicity)
            .await?;
        all.extend(series.iter().map(|value| value.period));
        rows.push(Row {
            indicator: indicator.clone(),
            area,
            values: series
                .into_iter()
                .map(|value| (value.period, value))
                .collect(),
        });
    }
    Ok((rows, all.into_iter().collect()))
}

/// `GET /compare?indicator=&level=&within=&from=&to=&map=`, `GET /compare?area=&indicator=&indicator=`
pub async fn show(State(app): State<App>, ctx: Ctx) -> Answer {
    let asked = Asked::of(&ctx)?;
    if let (Some(from), Some(to)) = (asked.from, asked.to)
        && to < from
    {
        return Err(odd("to", &to.to_string()));
    }
    let (rows, all) = match (asked.of_areas(), asked.indicators.first()) {
        (Some(indicator), _) => of_areas(&app, &ctx, &asked, indicator).await?,
        (None, Some(first)) => {
            let area = asked::area(&app, &ctx, first).await?;
            of_indicators(&app, &ctx, &asked, area).await?
        }
        (None, None) => (Vec::new(), Vec::new()),
    };
    let periods = asked.chosen(&all);
    let values = rows.iter().flat_map(|row| {
        let key = SeriesKey::new(row.indicator.def.id.clone(), row.area);
        let shown = periods.iter().filter_map(|period| row.values.get(period));
        shown
            .filter_map(|value| Line::of(&key, value))
            .collect::<Vec<_>>()
    });
    let first = rows.first().map(|row| row.area);
    let area = asked.area.or(first.filter(|_| asked.of_areas().is_none()));
    let view = Compared {
        values: values.collect(),
        asked: Asked { area, ..asked },
        rows,
        periods,
        all_periods: all,
    };
    answer(&ctx, &view)
}
