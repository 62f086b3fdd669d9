//! Areas and their lives.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use catalogue::{Area, Share};
use maud::{Markup, html};
use serde::Serialize;
use viet::{AreaCode, AreaKey};

use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::parts;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/areas", get(list))
        .route("/areas/{key}", get(show))
}

#[derive(Serialize)]
struct Row {
    key: AreaKey,
    #[serde(flatten)]
    area: Area,
}

fn rows<'a>(areas: impl IntoIterator<Item = &'a Area>) -> Vec<Row> {
    areas
        .into_iter()
        .map(|area| Row {
            key: area.key(),
            area: area.clone(),
        })
        .collect()
}

fn table_of(rows: &[Row]) -> Table {
    let day = |date: Option<jiff::civil::Date>| date.map(|d| d.to_string()).unwrap_or_default();
    Table {
        head: vec![
            "key",
            "code",
            "name",
            "full_name",
            "valid_from",
            "valid_to",
            "parent",
        ],
        rows: rows
            .iter()
            .map(|row| {
                vec![
                    row.key.to_string(),
                    row.area.code.to_string(),
                    row.area.name.clone(),
                    row.area.full_name.clone(),
                    day(row.area.valid_from),
                    day(row.area.valid_to),
                    row.area
                        .parent
                        .map(|key| key.to_string())
                        .unwrap_or_default(),
                ]
            })
            .collect(),
    }
}

fn draw(ctx: &Ctx, rows: &[Row]) -> Markup {
    html! { div.scroll { table {
        thead { tr {
            th scope="col" { (ctx.t("Mã", "Code")) } th scope="col" { (ctx.t("Tên", "Name")) }
            th scope="col" { (ctx.t("Cấp", "Level")) }
            th scope="col" { (ctx.t("Từ ngày", "From")) } th scope="col" { (ctx.t("Đến trước ngày", "Until before")) }
        } }
        tbody { @for row in rows { tr {
            td { code { (row.area.code) } }
            td { a href=(format!("/areas/{}", row.key)) { (row.area.full_name_on(ctx.as_known.day)) } }
            td { (row.area.level.label(ctx.lang)) }
            td { @match row.area.valid_from { Some(date) => (parts::date(Some(date), ctx.lang)), None => span.muted { "chưa xác định" } } }
            td { (parts::date(row.area.valid_to, ctx.lang)) }
        } } }
    } } }
}

#[derive(Serialize)]
struct Provinces {
    areas: Vec<Row>,
}

impl View for Provinces {
    fn title(&self, ctx: &Ctx) -> String {
        ctx.t("Địa bàn", "Areas").into()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        html! {
            p { (ctx.t("Các tỉnh, thành phố vào ngày ", "Provinces and cities on "))
                (viet::date::format(ctx.as_known.day, ctx.lang)) ". "
                (ctx.t("Mã được dùng lại sau sáp nhập, nên khoá của một địa bàn là mã và ngày bắt đầu.", "Codes are recycled after mergers, so the key of an area is its code and its first day.")) }
            (draw(ctx, &self.areas))
        }
    }

    fn table(&self) -> Table {
        table_of(&self.areas)
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// `GET /areas`: the provinces of the day.
async fn list(ctx: Ctx) -> Answer {
    let areas = rows(ctx.directory.areas().provinces(ctx.as_known.day));
    answer(&ctx, &Provinces { areas })
}

#[derive(Serialize)]
struct OneArea {
    key: AreaKey,
    area: Area,
    /// Other lives under the same code.
    same_code: Vec<Row>,
    /// Areas that went into this one.
    predecessors: Vec<Row>,
    children: Vec<Row>,
}

impl View for OneArea {
    fn title(&self, ctx: &Ctx) -> String {
        self.area.full_name_on(ctx.as_known.day).to_owned()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let area = &self.area;
        html! {
            p.crumbs { a href="/areas" { (ctx.t("Địa bàn", "Areas")) }
                @if let Some(parent) = area.parent { " › " (parts::area_link(ctx, parent)) } }
            dl.facts {
                dt { (ctx.t("Khoá", "Key")) } dd { code { (self.key) } }
                dt { (ctx.t("Cấp", "Level")) } dd { (area.level.label(ctx.lang)) }
                dt { (ctx.t("Hiệu lực", "Valid")) } dd {
                    (ctx.t("từ ", "from "))
                    @match area.valid_from { Some(date) => (parts::date(Some(date), ctx.lang)), None => "chưa xác định" }
                    @if area.valid_to.is_some() { (ctx.t(" đến trước ", " until before ")) (parts::date(area.valid_to, ctx.lang)) }
                }
                @if !area.successors.is_empty() {
                    dt { (ctx.t("Nhập vào", "Went into")) }
                    dd { @for successor in &area.successors {
                        (parts::area_link(ctx, successor.to)) " "
                        span.muted { (ctx.t("phần: ", "share: "))
                            @match successor.share { Share::Known(part) => (viet::number::format(part, ctx.lang)), Share::Unknown => "chưa xác định" } }
                        br;
                    } }
                } @else if let Some(why) = &area.succession {
                    dt { (ctx.t("Nhập vào", "Went into")) } dd { (why.as_str()) }
                }
            }
            @if !self.same_code.is_empty() {
                p.notice.notice-warn { strong { (ctx.t("Mã này còn chỉ địa bàn khác.", "This code also names another area.")) } " "
                    (ctx.t("Số liệu của chúng không bao giờ được trộn.", "Their figures are never mixed.")) }
                (draw(ctx, &self.same_code))
            }
            @if !self.predecessors.is_empty() { h2 { (ctx.t("Được lập từ", "Formed from")) } (draw(ctx, &self.predecessors)) }
            p { a href=(format!("/observations?area={}", self.key)) { (ctx.t("Số liệu của địa bàn này", "Observations of this area")) } }
            @if !self.children.is_empty() { h2 { (ctx.t("Gồm", "Consists of")) " (" (self.children.len()) ")" } (draw(ctx, &self.children)) }
        }
    }

    fn table(&self) -> Table {
        table_of(&self.children)
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

/// `GET /areas/{key}`: one life of an area, by `66@2025-07-01`; by a bare code the life of the day.
async fn show(ctx: Ctx, Path(key): Path<String>) -> Answer {
    let areas = ctx.directory.areas();
    let day = ctx.as_known.day;
    let area = match key.parse::<AreaKey>() {
        Ok(key) => areas.get(key),
        Err(_) => key
            .parse::<AreaCode>()
            .ok()
            .and_then(|code| areas.on(code, day)),
    };
    let area = area.ok_or(Failure::NotFound)?;
    let key = area.key();
    let view = OneArea {
        same_code: rows(areas.lives(area.code).filter(|other| other.key() != key)),
        predecessors: rows(
            areas
                .all()
                .filter(|other| other.successors.iter().any(|s| s.to == key)),
        ),
        children: rows(areas.children(key, day)),
        key,
        area: area.clone(),
    };
    answer(&ctx, &view)
}
