//! Why a value is asked back before it becomes a fact.

use access::Say;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use viet::{Lang, Period, number};

/// Why a value may be wrong although it can be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum Doubt {
    /// Outside the range in which the definition expects values.
    Implausible {
        /// Smallest value expected.
        min: Decimal,
        /// Largest value expected.
        max: Decimal,
    },
    /// Far from the value of the period before.
    Jump {
        /// The period before.
        period: Period,
        /// Its value.
        value: Decimal,
    },
    /// Reported as reached although the period is not over; such a figure is usually an estimate.
    PeriodRunning,
    /// Numerator and denominator give another value.
    PartsDisagree {
        /// The value they give.
        computed: Decimal,
    },
    /// The parts of the area add up to something else.
    WholeDiffers {
        /// Their sum.
        sum: Decimal,
        /// How many parts have a value.
        parts: u32,
        /// How many parts there are.
        of: u32,
    },
    /// The parts of organisations add up to more than the whole. Which organisations have a part is written
    /// nowhere, so a smaller sum says nothing.
    PartsExceed {
        /// Their sum.
        sum: Decimal,
        /// How many organisations have a value.
        parts: u32,
        /// The value of the whole.
        whole: Decimal,
    },
    /// Other figures of the area and period say otherwise, by what the definition holds to be so.
    DoesNotFit {
        /// What it should be, as the definition has it.
        expression: String,
        /// What that gives.
        should: Decimal,
    },
    /// Neither a source of its own nor an address nor a paper shows where it comes from.
    NoEvidence,
}

impl Doubt {
    /// The question put to whoever enters the value.
    pub fn say(&self) -> Say {
        let vi = |value: &Decimal| number::format(*value, Lang::Vi);
        let en = |value: &Decimal| number::format(*value, Lang::En);
        match self {
            Doubt::Implausible { min, max } => Say::new(
                format!(
                    "Giá trị nằm ngoài khoảng thường gặp ({} đến {}).",
                    vi(min),
                    vi(max)
                ),
                format!(
                    "The value lies outside the expected range ({} to {}).",
                    en(min),
                    en(max)
                ),
            ),
            Doubt::Jump { period, value } => Say::new(
                format!(
                    "Giá trị chênh lệch lớn so với {}: {}.",
                    period.label(Lang::Vi),
                    vi(value)
                ),
                format!(
                    "The value is far from that of {}: {}.",
                    period.label(Lang::En),
                    en(value)
                ),
            ),
            Doubt::PeriodRunning => Say::new(
                "Kỳ số liệu chưa kết thúc; số liệu loại này thường là ước thực hiện.",
                "The period is not over; such a figure is usually an estimate.",
            ),
            Doubt::PartsDisagree { computed } => Say::new(
                format!("Tử số chia mẫu số cho giá trị {}.", vi(computed)),
                format!("Numerator and denominator give {}.", en(computed)),
            ),
            Doubt::WholeDiffers { sum, parts, of } => Say::new(
                format!(
                    "Tổng {parts}/{of} địa bàn thành phần là {}, không khớp số của cả địa bàn.",
                    vi(sum)
                ),
                format!(
                    "The {parts} of {of} parts of the area add up to {}, which does not fit the whole.",
                    en(sum)
                ),
            ),
            Doubt::PartsExceed { sum, parts, whole } => Say::new(
                format!(
                    "Tổng phần của {parts} cơ quan là {}, lớn hơn số chung ({}).",
                    vi(sum),
                    vi(whole)
                ),
                format!(
                    "The parts of {parts} organisations add up to {}, more than the whole ({}).",
                    en(sum),
                    en(whole)
                ),
            ),
            Doubt::DoesNotFit { expression, should } => Say::new(
                format!(
                    "Không khớp các số đã ghi của cùng địa bàn và kỳ: {expression} = {}.",
                    vi(should)
                ),
                format!(
                    "It does not fit the figures of the same area and period: {expression} = {}.",
                    en(should)
                ),
            ),
            Doubt::NoEvidence => Say::new(
                "Chưa có minh chứng: dòng không ghi nguồn riêng hay địa chỉ, và chưa đính kèm văn bản.",
                "There is no evidence: the row names no source of its own and no address, and no paper is attached.",
            ),
        }
    }
}
