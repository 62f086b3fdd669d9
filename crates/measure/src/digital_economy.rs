//! The share of the digital economy in GDP or GRDP.
//!
//! `share = (Σ core VA_i + Σ others d_j·VA_j) / GDP`. Definition: Thông tư 13/2021/TT-BKHĐT of 31/12/2021 (often
//! misquoted as of 2022), Nghị định 94/2022/NĐ-CP, QĐ 05/2023/QĐ-TTg for provinces. That value added is that of the
//! core plus what digitalisation adds elsewhere is the statistics office's practice (press releases of 12/2023 and
//! 06/01/2025). Which activities are core, and the coefficients `d_j` from input-output tables, are unverified and
//! come in with their source. Method and vintage belong to the key of the figure: other methods gave 14.26 for
//! 2022 where this one gave 12.67, later 12.63 and 12.83.
//!
//! The share of value added that depends on the core is another figure: [`crate::input_output`].

use catalogue::Source;
use serde::{Deserialize, Serialize};

use crate::figure::{Figure, Refusal};

/// How an activity takes part in the digital economy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// All of it.
    Core,
    /// The part of its value added that is due to digitalisation.
    Digitalised {
        /// d, from 0 to 1.
        coefficient: f64,
        /// Where it was read or computed.
        source: Source,
    },
    /// None of it.
    None,
}

/// An activity and its value added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Its code in the classification of activities.
    pub code: String,
    /// Value added, in the unit of the GDP.
    pub value_added: f64,
    /// How it takes part.
    pub part: Part,
}

/// The share and what it is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DigitalShare {
    /// Core activities, in per cent of GDP.
    pub core: Figure,
    /// Value added due to digitalisation elsewhere, in per cent of GDP.
    pub digitalised: Figure,
    /// Both.
    pub share: Figure,
    /// A coefficient rests on a source that nobody has verified; screens must say so.
    pub unverified: bool,
}

/// The share of the digital economy. `gdp` is at current prices, of the same year, area, stage and vintage; product
/// taxes make it larger than the sum of value added.
pub fn digital_share(activities: &[Activity], gdp: f64) -> Result<DigitalShare, Refusal> {
    if !(gdp.is_finite() && gdp > 0.0) {
        return Err(Refusal::new(
            "GDP/GRDP phải lớn hơn 0",
            "GDP must be above 0",
        ));
    }
    let (mut core, mut digitalised, mut unverified) = (0.0, 0.0, false);
    for (at, activity) in activities.iter().enumerate() {
        let twice = activities[..at]
            .iter()
            .any(|other| other.code == activity.code);
        let coefficient = match &activity.part {
            Part::Digitalised { coefficient, .. } => *coefficient,
            Part::Core | Part::None => 0.0,
        };
        if twice || !activity.value_added.is_finite() || !(0.0..=1.0).contains(&coefficient) {
            return Err(Refusal::new(
                format!(
                    "ngành “{}” bị lặp, thiếu giá trị tăng thêm hoặc có hệ số ngoài khoảng 0–1",
                    activity.code
                ),
                format!(
                    "activity \"{}\" stands twice, has no value added or a coefficient outside 0–1",
                    activity.code
                ),
            ));
        }
        match &activity.part {
            Part::Core => core += activity.value_added,
            Part::Digitalised { source, .. } => {
                digitalised += coefficient * activity.value_added;
                unverified |= source.is_unverified();
            }
            Part::None => {}
        }
    }
    Ok(DigitalShare {
        core: Figure::percent(core / gdp)?,
        digitalised: Figure::percent(digitalised / gdp)?,
        share: Figure::percent((core + digitalised) / gdp)?,
        unverified,
    })
}
