//! The definition of an indicator, as a person reads it: what is measured, on which basis, how it is computed.

use catalogue::{Computed, Formula, Indicator, OverArea, OverTime, Parameter, UNVERIFIED};
use maud::{Markup, html};
use viet::Lang;

use super::rounded;
use crate::ctx::Ctx;
use crate::parts;

/// The definition in full.
pub fn facts(ctx: &Ctx, indicator: &Indicator, hash: &str) -> Markup {
    html! {
        dl.facts {
            dt { "ID" } dd { code { (indicator.def.id) } }
            dt { (ctx.t("Đơn vị", "Unit")) } dd { (indicator.value.unit.label(ctx.lang)) }
            @if let Some(above) = &indicator.value.numerator { dt { (ctx.t("Tử số", "Numerator")) } dd { (above.get(ctx.lang)) } }
            @if let Some(below) = &indicator.value.denominator { dt { (ctx.t("Mẫu số", "Denominator")) } dd { (below.get(ctx.lang)) } }
            dt { (ctx.t("Kỳ số liệu", "Periodicity")) } dd { (indicator.series.periodicity.label(ctx.lang)) }
            dt { (ctx.t("Cơ quan cung cấp", "Source agency")) } dd { (indicator.series.source_agency.get(ctx.lang)) }
            dt { (ctx.t("Hạn báo cáo", "Reporting deadline")) } dd {
                @match indicator.series.due_after_days {
                    Some(days) => { (days) " " (ctx.t("ngày sau khi hết kỳ", "days after the period")) }
                    None => (UNVERIFIED),
                }
                @if let Some(source) = indicator.series.due_source.as_ref().filter(|s| s.as_str() != UNVERIFIED) { br; small.muted { (source.as_str()) } } }
            @if let Some(range) = plausible(ctx, indicator) { dt { (ctx.t("Khoảng hợp lý", "Plausible")) } dd { (range) } }
            dt { (ctx.t("Căn cứ", "Legal basis")) }
            dd {
                @if indicator.def.basis.is_empty() { (UNVERIFIED) }
                @for basis in &indicator.def.basis { (basis.document) @if let Some(passage) = &basis.passage { ", " (passage) } @if let Some(note) = &basis.note { " " span.muted { "(" (note) ")" } } br; }
            }
        }
        @for computed in &indicator.computed { (computed_so(ctx, indicator, computed)) }
        details {
            summary { (ctx.t("Cách gộp, sáp nhập, nguồn định nghĩa", "Aggregation, mergers, source of the definition")) }
            dl.facts {
                @if let Some(aggregation) = &indicator.series.aggregation {
                    dt { (ctx.t("Gộp theo thời gian", "Over time")) } dd { (over_time(aggregation.over_time, ctx.lang)) }
                    dt { (ctx.t("Gộp theo địa bàn", "Over areas")) } dd { (over_area(aggregation.over_area, ctx.lang)) }
                    dt { (ctx.t("Cấp thu thập", "Collected at")) } dd { (aggregation.collected_at.label(ctx.lang)) " " span.muted { "(" (aggregation.source.as_str()) ")" } }
                }
                dt { (ctx.t("Khi sáp nhập địa bàn", "When areas merge")) }
                dd { (indicator.series.merger.label(ctx.lang)) " " span.muted { "(" (indicator.series.merger_source.as_str()) ")" } }
                dt { (ctx.t("Số liệu được ưu tiên", "What prevails")) }
                dd { @for (at, stage) in indicator.series.prevailing.stages.iter().enumerate() { @if at > 0 { " › " } (stage.label(ctx.lang)) } }
                dt { (ctx.t("Nguồn định nghĩa", "Source of the definition")) } dd { (indicator.def.source.as_ref().map_or(UNVERIFIED, |s| s.as_str())) }
                dt { (ctx.t("Phiên bản", "Version")) } dd { (indicator.def.version) " · " code { (hash) } }
            }
        }
    }
}

/// One way of computing: formula or method, parameters with their admissible ranges, source.
fn computed_so(ctx: &Ctx, indicator: &Indicator, computed: &Computed) -> Markup {
    html! {
        p { strong { (ctx.t("Cách tính: ", "Computed: ")) } (formula(ctx, &computed.formula))
            @if computed.valid_from.is_some() || computed.valid_to.is_some() {
                " " span.muted { "(" (ctx.t("kỳ kết thúc từ ", "periods ending from ")) (parts::date(computed.valid_from, ctx.lang)) (ctx.t(" đến trước ", " until before ")) (parts::date(computed.valid_to, ctx.lang)) ")" } }
            br; small.muted { (ctx.t("Nguồn: ", "Source: ")) (computed.source.as_str()) } }
        @if !computed.parameters.is_empty() { details {
            summary { (ctx.t("Tham số", "Parameters")) " (" (computed.parameters.len()) ")" }
            (parameters(ctx, indicator, &computed.parameters))
        } }
    }
}

/// A formula in words, every indicator in it a link.
pub fn formula(ctx: &Ctx, formula: &Formula) -> Markup {
    let link = |id: &catalogue::Id| {
        html! { a href=(format!("/indicators/{id}")) { (parts::indicator_name(ctx, id.as_str())) } }
    };
    html! {
        @match formula {
            Formula::Ratio(ratio) => { (link(&ratio.numerator)) " ÷ " (link(&ratio.denominator)) },
            Formula::Expression(text) => {
                code { (text) }
                @for id in formula.indicators().unwrap_or_default() { br; small { code { (id) } ": " (link(&id)) } }
            },
            Formula::Method(method) => {
                (ctx.t("phương pháp ", "method ")) (method.name.label(ctx.lang)) ": "
                @for (at, input) in method.inputs.iter().enumerate() { @if at > 0 { "; " } (link(&input.indicator))
                    @if let Some(most) = input.most { " " span.muted { "(" (viet::number::format(most, ctx.lang)) " " (ctx.t("điểm", "points")) ")" } } }
            },
        }
    }
}

/// The parameters of a way of computing.
pub fn parameters(ctx: &Ctx, indicator: &Indicator, all: &[Parameter]) -> Markup {
    let number = |value| viet::number::format(value, ctx.lang);
    html! { div.scroll { table.stack {
        caption.hidden { (ctx.t("Tham số của", "Parameters of")) " " (indicator.def.label.get(ctx.lang)) }
        thead { tr { th scope="col" { (ctx.t("Tham số", "Parameter")) } th.num scope="col" { (ctx.t("Giá trị", "Value")) }
            th.num scope="col" { (ctx.t("Khoảng cho phép", "Admissible")) } th scope="col" { (ctx.t("Nguồn", "Source")) } } }
        tbody { @for parameter in all { tr {
            td.main { code { (parameter.id) } }
            td.num data-label=(ctx.t("Giá trị", "Value")) { @match (&parameter.value, &parameter.choice) {
                (Some(value), _) => (number(*value)),
                (None, Some(choice)) => (choice),
                (None, None) => span.muted { (UNVERIFIED) },
            } }
            td.num data-label=(ctx.t("Khoảng cho phép", "Admissible")) { @match (parameter.min, parameter.max) {
                (Some(min), Some(max)) => { (number(min)) " – " (number(max)) }
                _ => "–",
            } }
            td data-label=(ctx.t("Nguồn", "Source")) { (parameter.source.as_str()) }
        } } }
    } } }
}

fn over_time(rule: OverTime, lang: Lang) -> &'static str {
    match rule {
        OverTime::Sum => lang.pick("cộng", "sum"),
        OverTime::Last => lang.pick("số cuối kỳ", "the last one"),
        OverTime::RecomputeFromParts => {
            lang.pick("tính lại từ các thành phần", "recomputed from its parts")
        }
        OverTime::NotCombined => lang.pick("không gộp", "not combined"),
    }
}

fn over_area(rule: OverArea, lang: Lang) -> &'static str {
    match rule {
        OverArea::Sum => lang.pick("cộng", "sum"),
        OverArea::RecomputeFromParts => {
            lang.pick("tính lại từ các thành phần", "recomputed from its parts")
        }
        OverArea::Mean => lang.pick("trung bình cộng", "mean"),
        OverArea::WeightedMean => lang.pick("trung bình có quyền số", "weighted mean"),
        OverArea::Distinct => lang.pick("đếm không trùng", "distinct count"),
        OverArea::NotCombined => lang.pick("không gộp", "not combined"),
    }
}

/// The plausible range, as values are shown.
fn plausible(ctx: &Ctx, indicator: &Indicator) -> Option<String> {
    let range = indicator.value.plausible?;
    let shown = |value| rounded(ctx, indicator, value);
    Some(format!("{} – {}", shown(range.min), shown(range.max)))
}
