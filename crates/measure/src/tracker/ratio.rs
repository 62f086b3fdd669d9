//! What was done to what was needed, by the rules of others.

use catalogue::Unit;

use super::grade::{Grade, GradeThresholds};
use crate::figure::{Figure, Refusal};

/// What stands for a base or a target of zero, which has no growth rate. Fragile, and so the sources have it.
const ALMOST_ZERO: f64 = 0.001;

/// Compound growth a year from one value to another: `(to/from)^(1/years) − 1`. Refused over a change of sign and
/// without time in between.
pub fn growth_rate(from: f64, to: f64, years: f64) -> Result<f64, Refusal> {
    let nonzero = |value: f64| if value == 0.0 { ALMOST_ZERO } else { value };
    let quotient = nonzero(to) / nonzero(from);
    if years <= 0.0 || quotient <= 0.0 || !quotient.is_finite() {
        return Err(Refusal::new(
            "không tính được tốc độ tăng bình quân: giá trị đổi dấu hoặc không có khoảng cách thời gian",
            "there is no mean growth: the value changes its sign, or no time lies between",
        ));
    }
    Ok(quotient.powf(years.recip()) - 1.0)
}

/// The ratio of growth rates and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct CompoundRatio {
    /// Growth a year up to now.
    pub realised: Figure,
    /// Growth a year that was needed from the base to the target.
    pub needed: Figure,
    /// `R = d · realised / |needed|`, d = −1 where less is better.
    pub ratio: Figure,
    /// The grade by the trend alone; a target that is met is achieved whatever this says.
    pub grade: Grade,
}

/// R of Statistics Canada and Open SDG, derived from Eurostat (open-sdg `docs/progress-methodology.md`). Points are
/// (year, value).
pub fn compound_ratio(
    base: (f64, f64),
    now: (f64, f64),
    target: (f64, f64),
    falling: bool,
    thresholds: GradeThresholds,
) -> Result<CompoundRatio, Refusal> {
    let realised = growth_rate(base.1, now.1, now.0 - base.0)?;
    let needed = growth_rate(base.1, target.1, target.0 - base.0)?;
    let direction = if falling { -1.0 } else { 1.0 };
    let ratio = direction * realised / needed.abs();
    Ok(CompoundRatio {
        realised: Figure::percent_per_year(realised)?,
        needed: Figure::percent_per_year(needed)?,
        ratio: Figure::new(ratio, Unit::Ratio)?,
        grade: Grade::of_ratio(ratio, thresholds),
    })
}

/// Open SDG's score for averaging over targets: `50/7·R − 30/7` from R = 0.6 on, `25/6·R − 2.5` below, cut at ±5.
pub fn open_sdg_score(ratio: f64) -> f64 {
    let score = if ratio >= 0.6 {
        50.0 / 7.0 * ratio - 30.0 / 7.0
    } else {
        25.0 / 6.0 * ratio - 2.5
    };
    score.clamp(-5.0, 5.0)
}

/// Where growth as up to now leads, and what part of the way that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Extrapolation {
    /// `v_e = v_t (1 + growth)^(T − t)`, in the unit of the indicator.
    pub expected: f64,
    /// `p = (v_e − v_b) / (v_T − v_b)`.
    pub ratio: Figure,
    /// 3 from 0.95 on, 2 from 0.10 on, else 1.
    pub score: u8,
}

/// The method of the United Nations Statistics Division as Eustat describes it
/// (EUSTAT-DES/site `_pages/en/metodologia.md`).
pub fn extrapolate(
    base: (f64, f64),
    now: (f64, f64),
    target: (f64, f64),
) -> Result<Extrapolation, Refusal> {
    let growth = growth_rate(base.1, now.1, now.0 - base.0)?;
    let expected = now.1 * (1.0 + growth).powf(target.0 - now.0);
    let ratio = (expected - base.1) / (target.1 - base.1);
    Ok(Extrapolation {
        expected,
        ratio: Figure::new(ratio, Unit::Ratio)?,
        score: match ratio {
            ratio if ratio >= 0.95 => 3,
            ratio if ratio >= 0.10 => 2,
            _ => 1,
        },
    })
}
