//! One season: who has given what, what to send to whom is late, and everything to take along.

use std::collections::BTreeMap;

use access::{OrgId, Permission};
use axum::extract::{Path, State};
use maud::{Markup, html};
use observation::campaign::{CampaignRow, RequestRow, RequestStatus};
use serde::Serialize;

use super::matrix::{self, Names, Tally};
use super::{Season, late};
use crate::answer::{Answer, Table, View, answer};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, hidden};
use crate::parts;

#[derive(Serialize)]
pub struct Show {
    #[serde(flatten)]
    row: CampaignRow,
    name: String,
    by_organisation: BTreeMap<OrgId, Tally>,
    requests: Vec<RequestRow>,
    #[serde(skip)]
    season: Season,
    #[serde(skip)]
    names: Names,
    #[serde(skip)]
    filter: FormState,
    #[serde(skip)]
    form: FormState,
}

impl View for Show {
    fn title(&self, _ctx: &Ctx) -> String {
        self.name.clone()
    }

    fn html(&self, ctx: &Ctx) -> Markup {
        let shown: Vec<&RequestRow> = self.requests.iter().collect();
        html! {
            p.crumbs { a href="/campaigns" { (ctx.t("Mùa chỉ số", "Index seasons")) } }
            (self.form.summary(ctx))
            (self.facts(ctx))
            h2 { (ctx.t("Theo cơ quan", "By organisation")) }
            (matrix::counts(ctx, &self.by_organisation))
            h2 id="requests" { (ctx.t("Theo chỉ số thành phần", "By sub-indicator")) }
            (self.filters(ctx))
            @if shown.is_empty() { (parts::empty(ctx.t("Không có yêu cầu nào khớp trong phạm vi của bạn.", "No request within your scope matches."), Some((&format!("/campaigns/{}", self.row.id), ctx.t("Bỏ lọc", "Remove the filter"))))) }
            @else { (matrix::matrix(ctx, &self.season, &self.names, &shown)) }
            (self.take_along(ctx))
            (self.messages(ctx))
            @if ctx.as_known_on.is_none() && ctx.scope.may(Permission::KeepProgramme) && self.row.closed_on.is_none() { (self.forms(ctx)) }
            @if ctx.scope.sees_everything() && ctx.scope.may(Permission::ReadHistory) { p { a href=(format!("/history/campaign/{}", self.row.id)) { (ctx.t("Lịch sử", "History")) } } }
        }
    }

    fn table(&self) -> Table {
        matrix::table(&self.requests)
    }

    fn knows_the_past(&self) -> bool {
        true
    }
}

impl Show {
    fn facts(&self, ctx: &Ctx) -> Markup {
        let definition = &self.season.definition;
        let unverified = |source: &catalogue::Source| html! { @if source.is_unverified() { " " span.muted { "(" (source.as_str()) ")" } } };
        html! {
            @if self.row.closed_on.is_some() {
                p.notice { (ctx.t("Mùa đã đóng ngày ", "The season was closed on ")) (parts::date(self.row.closed_on, ctx.lang)) "."
                    @if let Some(reason) = &self.row.closed_reason { " " (reason) } }
            }
            dl.facts {
                dt { (ctx.t("Bộ chỉ số", "Index")) } dd { a href=(format!("/indicators/{}", definition.campaign.index)) { (parts::indicator_name(ctx, definition.campaign.index.as_str())) } }
                dt { (ctx.t("Địa bàn", "Area")) } dd { (parts::area_link(ctx, self.row.area)) }
                dt { (ctx.t("Kỳ số liệu", "Period of the figures")) } dd { (self.row.period.label(ctx.lang)) (unverified(&definition.campaign.years_source)) }
                dt { (ctx.t("Hạn chung", "Deadline")) } dd { (parts::date(Some(self.row.deadline), ctx.lang)) (unverified(&definition.campaign.deadline_source)) }
                dt { (ctx.t("Căn cứ", "Basis")) } dd {
                    @for (at, basis) in definition.def.basis.iter().enumerate() { @if at > 0 { "; " } (basis.document) @if let Some(note) = &basis.note { " " span.muted { "(" (note) ")" } } }
                    @if let Some(source) = &definition.def.source { br; small.muted { (source.as_str()) } } }
                dt { (ctx.t("Mở ngày", "Opened")) } dd { (parts::date(Some(self.row.opened_on), ctx.lang)) }
            }
        }
    }

    fn filters(&self, ctx: &Ctx) -> Markup {
        let mut organisations = vec![(
            String::new(),
            ctx.t("mọi cơ quan", "every organisation").to_owned(),
        )];
        let mut named: Vec<_> = self
            .by_organisation
            .keys()
            .map(|id| (id.0.clone(), parts::org_name(ctx, id)))
            .collect();
        named.sort_by_cached_key(|(_, name)| viet::fold::fold(name));
        organisations.extend(named);
        let mut states = vec![(
            String::new(),
            ctx.t("mọi trạng thái", "every state").to_owned(),
        )];
        states.extend(
            RequestStatus::ALL.map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())),
        );
        html! { form.filters action=(format!("/campaigns/{}#requests", self.row.id)) {
            (self.filter.select(ctx, "organisation", ctx.t("Cơ quan", "Organisation"), None, &organisations))
            (self.filter.select(ctx, "status", ctx.t("Trạng thái", "State"), None, &states))
            button type="submit" { (ctx.t("Lọc", "Filter")) }
        } }
    }

    fn take_along(&self, ctx: &Ctx) -> Markup {
        let papers: usize = self
            .requests
            .iter()
            .map(|row| super::export::papers_of(row).count())
            .sum();
        let with = |path: &str| {
            let pairs: Vec<(String, String)> = ["organisation", "status"]
                .into_iter()
                .filter_map(|name| {
                    Some((name.to_owned(), self.filter.values.given(name)?.to_owned()))
                })
                .collect();
            let query = crate::ctx::form_urlencode(&pairs);
            let mark = if query.is_empty() { "" } else { "?" };
            format!("/campaigns/{}/{path}{mark}{query}", self.row.id)
        };
        html! { ul.actions {
            li { a.button href=(with("workbook")) { (ctx.t("Tải bảng", "Fetch the table")) " (.xlsx)" } }
            @if papers > 0 { li { a.button href=(with("papers")) { (ctx.t("Tải minh chứng", "Fetch the papers")) " (.zip, " (papers) " " (ctx.t("tệp", "files")) ")" } } }
        } }
    }

    /// A text for each agency that is late, to paste into a messenger.
    fn messages(&self, ctx: &Ctx) -> Markup {
        if !ctx.scope.sees_everything() || self.row.closed_on.is_some() {
            return html! {};
        }
        let pressing = |row: &&RequestRow| {
            matches!(row.status, RequestStatus::Overdue | RequestStatus::Returned)
        };
        let mut of: BTreeMap<&OrgId, Vec<&RequestRow>> = BTreeMap::new();
        for row in self.season.requests.iter().filter(pressing) {
            of.entry(&row.state.organisation).or_default().push(row);
        }
        html! { @if !of.is_empty() {
            h2 id="messages" { (ctx.t("Tin nhắn đôn đốc", "Messages to those who are late")) }
            p.muted { (ctx.t("Chép vào Zalo hoặc thư điện tử; đây là nhắc việc, không phải công văn.", "Paste it into Zalo or mail; it reminds and is no official letter.")) }
            @for (id, rows) in &of { details {
                summary { (parts::org_name(ctx, id)) " (" (rows.len()) ")" }
                @let text = self.message(ctx, id, rows);
                textarea readonly rows=(text.lines().count().min(14)) aria-label=(parts::org_name(ctx, id)) { (text) }
            } }
        } }
    }

    fn message(&self, ctx: &Ctx, id: &OrgId, rows: &[&RequestRow]) -> String {
        let day = viet::date::format(ctx.as_known.day, ctx.lang);
        let mut text = format!(
            "{} {}\n{} {day}, {}:\n",
            ctx.t("Kính gửi", "To:"),
            parts::org_name(ctx, id),
            ctx.t("Đến ngày", "As of"),
            match ctx.lang {
                viet::Lang::Vi =>
                    format!("«{}» còn {} nội dung chưa nhận được", self.name, rows.len()),
                viet::Lang::En => format!("“{}” still waits for {} answers", self.name, rows.len()),
            }
        );
        for row in rows {
            let due = viet::date::format(row.state.due, ctx.lang);
            let how = match row.status {
                RequestStatus::Returned => ctx.t("yêu cầu bổ sung", "returned").to_owned(),
                _ => late(ctx, row).unwrap_or_default(),
            };
            text.push_str(&format!(
                "- {} ({} {due}; {how})\n",
                row.state.request.label.get(ctx.lang),
                ctx.t("hạn", "due"),
            ));
        }
        text.push_str(ctx.t(
            "Đề nghị nộp trên hệ thống Đột Phá, mục «Việc của tôi».",
            "Please answer in Đột Phá, under “My work”.",
        ));
        text
    }

    fn forms(&self, ctx: &Ctx) -> Markup {
        let id = self.row.id;
        let expected = html! { input type="hidden" name="expected" value=(self.row.version); };
        html! {
            h2 { (ctx.t("Quản lý mùa", "Keep the season")) }
            p { a.button href=(format!("/campaigns/{id}/requests/new")) { (ctx.t("Thêm yêu cầu", "Ask for something more")) } }
            details open[self.form.fault("due").is_some()] {
                summary { (ctx.t("Lùi hạn cả mùa", "Extend the deadline of all")) }
                form method="post" action=(format!("/campaigns/{id}/extend")) { (hidden(ctx)) (expected)
                    (self.form.input(ctx, "text", "due", ctx.t("Hạn mới", "New deadline"), Some(ctx.t("Áp dụng cho mọi yêu cầu chưa xác nhận, ví dụ 30/8/2026", "For everything not confirmed, e.g. 30/8/2026"))))
                    (self.form.text_area(ctx, "reason", ctx.t("Lý do", "Reason"), None, 2))
                    button type="submit" { (ctx.t("Lùi hạn", "Extend")) }
                }
            }
            details {
                summary { (ctx.t("Đóng mùa", "Close the season")) }
                form method="post" action=(format!("/campaigns/{id}/close")) { (hidden(ctx)) (expected)
                    (self.form.text_area(ctx, "closing", ctx.t("Ghi chú", "Note"), Some(ctx.t("Sau khi đóng không nhận thêm câu trả lời.", "Nothing more is taken in afterwards.")), 2))
                    button.danger type="submit" { (ctx.t("Đóng mùa", "Close")) }
                }
            }
        }
    }
}

/// What the address asks for: an agency, a state.
pub fn wanted(ctx: &Ctx, rows: Vec<RequestRow>) -> Result<Vec<RequestRow>, Failure> {
    let organisation = ctx.query("organisation").filter(|id| !id.is_empty());
    let status = match ctx.query("status").filter(|word| !word.is_empty()) {
        Some(word) => Some(RequestStatus::from_word(&word).ok_or_else(|| {
            Failure::bad_request(
                format!("status={word}: không có trạng thái này."),
                format!("status={word}: there is no such state."),
            )
        })?),
        None => None,
    };
    let fits = |row: &RequestRow| {
        organisation
            .as_ref()
            .is_none_or(|id| row.state.organisation.0 == *id)
            && status.is_none_or(|status| row.status == status)
    };
    Ok(rows.into_iter().filter(fits).collect())
}

/// The page of a season, with a form that was refused.
pub async fn view(app: &App, ctx: &Ctx, id: &str, form: FormState) -> Result<Show, Failure> {
    let season = super::load(app, ctx, id).await?;
    let values = FormValues::of(
        ["organisation", "status"].map(|name| (name, ctx.query(name).unwrap_or_default())),
    );
    let answers = season.requests.iter().filter_map(|row| row.state.answer());
    let actors: Vec<journal::ActorId> = answers.map(|answer| answer.actor).collect();
    Ok(Show {
        names: app.accounts.display_names(&ctx.scope, actors).await?,
        row: season.row.clone(),
        name: season.name(ctx),
        by_organisation: matrix::by_organisation(&season.requests),
        requests: wanted(ctx, season.requests.clone())?,
        season,
        filter: FormState::prefilled(values),
        form,
    })
}

/// `GET /campaigns/{id}?organisation=&status=`
pub async fn show(State(app): State<App>, ctx: Ctx, Path(id): Path<String>) -> Answer {
    super::inside(&ctx)?;
    let view = view(&app, &ctx, &id, FormState::default()).await?;
    answer(&ctx, &view)
}
