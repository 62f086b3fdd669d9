//! Indicators: what is measured, in which unit, and which of several published figures a page shows.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::Lang;

use crate::area::Level;
use crate::computed::{self, Computed, Formula, Ratio};
use crate::fault::Faults;
use crate::header::{Header, Id, Label, Source};
use crate::relation::{self, Relation};

/// The definition of an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// What the definition says about itself.
    pub def: Header,
    /// What a value is.
    pub value: ValueSpec,
    /// How values form a series.
    pub series: SeriesSpec,
    /// By which words texts mean the indicator.
    #[serde(default)]
    pub linking: Linking,
    /// How values are computed from those of other indicators; empty when they are only reported or published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub computed: Vec<Computed>,
    /// What must hold between its figures and others that are stated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
}

/// What a value of an indicator is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueSpec {
    /// The unit of a value.
    pub unit: Unit,
    /// Which way is better.
    pub direction: Direction,
    /// How many decimals a page shows; the stored value keeps all it was given.
    pub decimals: u32,
    /// Values outside are questioned on entry, never refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausible: Option<Plausible>,
    /// What stands above the line of a ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numerator: Option<Label>,
    /// What stands below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denominator: Option<Label>,
}

/// The range in which values are expected, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plausible {
    /// Smallest value that is believed without question.
    pub min: Decimal,
    /// Largest value that is believed without question.
    pub max: Decimal,
}

impl Plausible {
    /// Whether a value is believed without question.
    pub fn holds(&self, value: Decimal) -> bool {
        self.min <= value && value <= self.max
    }
}

/// The unit of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Hundredth part of a whole.
    Percent,
    /// Growth a year, in per cent.
    PercentPerYear,
    /// Things counted, with their noun.
    Count(Label),
    /// So many times another value.
    Times,
    /// One value over another.
    Ratio,
    /// A level of seven.
    #[serde(rename = "level_of_7")]
    LevelOf7,
    /// A place in a ranking; 1 is best.
    Rank,
    /// A number without unit, between 0 and 1 unless the indicator says otherwise.
    Index,
    /// Points of 100.
    Points,
    /// Persons in ten thousand inhabitants.
    #[serde(rename = "per_10k_people")]
    Per10kPeople,
    /// 1 when the state is reached, 0 when it is not.
    YesNo,
    /// Thousand million đồng.
    BillionVnd,
    /// Million đồng for one person.
    MillionVndPerPerson,
}

impl Unit {
    /// The unit as written after a number; empty for a bare number.
    pub fn label(&self, lang: Lang) -> &str {
        match self {
            Unit::Percent => "%",
            Unit::PercentPerYear => lang.pick("%/năm", "% a year"),
            Unit::Count(noun) => noun.get(lang),
            Unit::Times => lang.pick("lần", "times"),
            Unit::Ratio => lang.pick("tỷ số", "ratio"),
            Unit::LevelOf7 => lang.pick("cấp độ (trên 7)", "level (of 7)"),
            Unit::Rank => lang.pick("thứ hạng", "rank"),
            Unit::Index => lang.pick("chỉ số", "index"),
            Unit::Points => lang.pick("điểm", "points"),
            Unit::Per10kPeople => lang.pick("người/vạn dân", "per 10,000 people"),
            Unit::YesNo => lang.pick("có/không", "yes/no"),
            Unit::BillionVnd => lang.pick("tỷ đồng", "billion VND"),
            Unit::MillionVndPerPerson => lang.pick("triệu đồng/người", "million VND per person"),
        }
    }

    /// Whether values may be summed over areas.
    pub fn is_additive(&self) -> bool {
        matches!(self, Unit::Count(_) | Unit::BillionVnd)
    }
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    HigherIsBetter,
    /// Less is better.
    LowerIsBetter,
    /// Staying is good, falling is not.
    Maintain,
    /// A state that is reached or not.
    Reach,
}

/// How often a value is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Periodicity {
    /// Every month.
    Month,
    /// Every quarter.
    Quarter,
    /// Every half-year.
    HalfYear,
    /// Every year.
    Year,
    /// Once in several years.
    Years,
}

impl Periodicity {
    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Periodicity::Month => lang.pick("hằng tháng", "monthly"),
            Periodicity::Quarter => lang.pick("hằng quý", "quarterly"),
            Periodicity::HalfYear => lang.pick("6 tháng", "half-yearly"),
            Periodicity::Year => lang.pick("hằng năm", "yearly"),
            Periodicity::Years => lang.pick("theo giai đoạn", "once in several years"),
        }
    }
}

/// How far a published figure has come on its way to being final, least settled first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Said by an agency.
    Reported,
    /// Estimated before the period was over.
    Estimated,
    /// Published as preliminary.
    Preliminary,
    /// Published as final.
    Official,
}

impl Stage {
    /// Every stage, least settled first.
    pub const ALL: [Stage; 4] = [
        Stage::Reported,
        Stage::Estimated,
        Stage::Preliminary,
        Stage::Official,
    ];

    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Stage::Reported => lang.pick("báo cáo", "reported"),
            Stage::Estimated => lang.pick("ước thực hiện", "estimated"),
            Stage::Preliminary => lang.pick("sơ bộ", "preliminary"),
            Stage::Official => lang.pick("chính thức", "official"),
        }
    }

    /// The word written in files.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Reported => "reported",
            Stage::Estimated => "estimated",
            Stage::Preliminary => "preliminary",
            Stage::Official => "official",
        }
    }

    /// The stage a word stands for.
    pub fn from_word(word: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

/// Which publication of one stage prevails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VintageRule {
    /// The one published last.
    Latest,
    /// The one published first.
    First,
}

/// Which of several figures for one area and period a page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prevailing {
    /// Stages, the one that prevails first.
    pub stages: Vec<Stage>,
    /// Among several publications of that stage.
    pub vintage: VintageRule,
}

/// How a series is carried over a merger of areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergerRule {
    /// Values of the former areas are added.
    Sum,
    /// Numerators and denominators are added, then divided.
    RecomputeFromParts,
    /// The arithmetic mean of the former areas, as the publisher of the index did it.
    Mean,
    /// The former values are shown beside each other and never combined.
    NotCombined,
}

impl MergerRule {
    /// The name shown on screen.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            MergerRule::Sum => lang.pick("cộng số liệu các đơn vị cũ", "sum of the former areas"),
            MergerRule::RecomputeFromParts => lang.pick(
                "tính lại từ tử số và mẫu số",
                "recomputed from numerators and denominators",
            ),
            MergerRule::Mean => {
                lang.pick("trung bình cộng các đơn vị cũ", "mean of the former areas")
            }
            MergerRule::NotCombined => lang.pick("không gộp", "not combined"),
        }
    }
}

/// The dimension whose codes are the organisations of the definitions: what each of them has of the whole.
pub const ORGANISATION: &str = "organisation";

/// How values form a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesSpec {
    /// How often a value is due.
    pub periodicity: Periodicity,
    /// Which of several figures a page shows.
    pub prevailing: Prevailing,
    /// How the series is carried over a merger of areas.
    pub merger: MergerRule,
    /// Where the merger rule was read.
    pub merger_source: Source,
    /// Who publishes or collects it.
    pub source_agency: Label,
    /// How values of shorter periods and smaller areas become one; none while nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<Aggregation>,
    /// By which dimensions parts of the whole may be told: [`ORGANISATION`], or the id of a code list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disaggregations: Vec<Id>,
    /// Days after the end of the period by which a value is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_after_days: Option<u32>,
    /// Where the deadline was read, or that it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_source: Option<Source>,
}

/// What becomes of the values of several periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverTime {
    /// They are added: flows, such as products or đồng.
    Sum,
    /// The last one holds: stocks, such as enterprises there are.
    Last,
    /// The formula is computed anew from its inputs.
    RecomputeFromParts,
    /// A longer period has a value of its own or none.
    NotCombined,
}

/// What becomes of the values of several areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverArea {
    /// They are added.
    Sum,
    /// The formula is computed anew from its inputs.
    RecomputeFromParts,
    /// Their arithmetic mean, each area counting the same.
    Mean,
    /// Their mean, each area counting by the indicator named as weight.
    WeightedMean,
    /// Things counted once however many areas report them; needs the records behind the number.
    Distinct,
    /// A larger area has a value of its own or none.
    NotCombined,
}

/// How values of shorter periods and smaller areas become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregation {
    /// Over time.
    pub over_time: OverTime,
    /// Over areas.
    pub over_area: OverArea,
    /// Id of the indicator by which areas count in a weighted mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Id>,
    /// The level at which values are collected. What is reported at another level is never added to them.
    pub collected_at: Level,
    /// Where it was read.
    pub source: Source,
}

impl Aggregation {
    fn validate(&self, unit: &Unit, is_computed: bool, faults: &mut Faults<'_>) {
        let sums = [
            ("over_time", self.over_time == OverTime::Sum),
            ("over_area", self.over_area == OverArea::Sum),
        ];
        for (key, _) in sums
            .iter()
            .filter(|(_, is_sum)| *is_sum && !unit.is_additive())
        {
            faults.value(
                &["series", "aggregation", key],
                "không thể cộng các giá trị có đơn vị này",
                "values of this unit cannot be added",
                "recompute_from_parts | not_combined",
            );
        }
        if self.over_area == OverArea::Distinct && !matches!(unit, Unit::Count(_)) {
            faults.value(
                &["series", "aggregation", "over_area"],
                "chỉ đếm không trùng những gì đếm được",
                "only things counted can be counted once",
                "{ count = … }",
            );
        }
        if (self.over_area == OverArea::WeightedMean) != self.weight.is_some() {
            faults.missing(
                &["series", "aggregation"],
                "over_area = \"weighted_mean\" + weight",
            );
        }
        let recomputes = self.over_time == OverTime::RecomputeFromParts
            || self.over_area == OverArea::RecomputeFromParts;
        if recomputes && !is_computed {
            faults.missing(&["series", "aggregation"], "computed");
        }
    }
}

/// By which words texts mean the indicator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linking {
    /// Vietnamese names in use, as a text would write them.
    #[serde(default)]
    pub terms: Vec<String>,
    /// Indicators that are easily taken for this one and are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<Id>,
}

/// Decimals that a page can usefully show.
const MOST_DECIMALS: u32 = 6;

impl Indicator {
    /// How values of periods ending on a day are computed, if they are.
    pub fn computed_on(&self, day: Date) -> Option<&Computed> {
        self.computed.iter().find(|computed| computed.valid_on(day))
    }

    /// The indicators whose quotient it is, for periods ending on a day.
    pub fn ratio_on(&self, day: Date) -> Option<&Ratio> {
        match &self.computed_on(day)?.formula {
            Formula::Ratio(ratio) => Some(ratio),
            Formula::Expression(_) | Formula::Method(_) => None,
        }
    }

    pub(crate) fn validate(&self, faults: &mut Faults<'_>) {
        let value = &self.value;
        if value.decimals > MOST_DECIMALS {
            faults.value(
                &["value", "decimals"],
                "quá nhiều chữ số thập phân",
                "too many decimals",
                "0–6",
            );
        }
        if value.plausible.is_some_and(|range| range.min > range.max) {
            faults.value(
                &["value", "plausible"],
                "khoảng hợp lý bị đảo ngược",
                "the plausible range is upside down",
                "min <= max",
            );
        }
        if value.numerator.is_some() != value.denominator.is_some() {
            faults.missing(&["value"], "numerator + denominator");
        }
        self.validate_series(faults);
        computed::validate(&self.computed, &self.value.unit, faults);
        relation::validate(&self.relations, faults);
        for (index, term) in self.linking.terms.iter().enumerate() {
            let at = index.to_string();
            if term.trim().is_empty() {
                faults.value(
                    &["linking", "terms", &at],
                    "tên gọi trống",
                    "an empty term",
                    "…",
                );
            } else if self.linking.terms[..index].contains(term) {
                faults.duplicate(&["linking", "terms", &at], term);
            }
        }
    }

    fn validate_series(&self, faults: &mut Faults<'_>) {
        let stages = &self.series.prevailing.stages;
        if stages.is_empty() {
            faults.missing(&["series", "prevailing"], "stages");
        }
        for (index, stage) in stages.iter().enumerate() {
            if stages[..index].contains(stage) {
                faults.duplicate(
                    &["series", "prevailing", "stages", &index.to_string()],
                    stage.word(),
                );
            }
        }
        let dimensions = &self.series.disaggregations;
        for (index, dimension) in dimensions.iter().enumerate() {
            if dimensions[..index].contains(dimension) {
                let at = ["series", "disaggregations", &index.to_string()];
                faults.duplicate(&at, dimension.as_str());
            }
        }
        if let Some(aggregation) = &self.series.aggregation {
            aggregation.validate(&self.value.unit, !self.computed.is_empty(), faults);
        }
        let due_source = self.series.due_source.as_ref();
        let complete = match self.series.due_after_days {
            Some(_) => due_source.is_some(),
            None => due_source.is_none_or(Source::is_unverified),
        };
        if !complete {
            faults.missing(&["series"], "due_after_days + due_source");
        }
        if self.series.merger == MergerRule::Sum && !self.value.unit.is_additive() {
            faults.value(
                &["series", "merger"],
                "không thể cộng các giá trị có đơn vị này",
                "values of this unit cannot be added",
                "recompute_from_parts | mean | not_combined",
            );
        }
    }
}
