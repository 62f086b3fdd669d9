//! The forms of the page of parts: for whoever keeps programmes, and for the agency itself.

use access::Permission;
use maud::{Markup, html};
use measure::cascade::Measured;
use programme::cascade::{Guidance, Invited, Standing, part_stream};

use super::show::Parts;
use super::{amount, holder_of, holders};
use crate::ctx::Ctx;
use crate::form::{FormState, FormValues, hidden};
use crate::parts;

impl Parts {
    /// Everything the reader may do here.
    pub(super) fn forms(&self, ctx: &Ctx) -> Markup {
        if ctx.as_known_on.is_some() || self.broken.row.state.withdrawn.is_some() {
            return html! {};
        }
        html! {
            (self.register(ctx))
            @if ctx.scope.may(Permission::KeepProgramme) {
                (self.waiting(ctx))
                (self.assign(ctx))
                (self.gap_form(ctx))
                (self.path(ctx))
                (self.guidance_form(ctx))
            }
            (self.withdraw(ctx))
        }
    }

    fn address(&self, command: &str) -> String {
        format!("/targets/{}/parts{command}", self.broken.row.id)
    }

    fn guidance(&self) -> Option<&Guidance> {
        self.broken.cascade.as_ref()?.state.guidance.as_ref()
    }

    /// Was this form refused? Its fields begin with a word of their own; it stays open with what was typed.
    fn refused(&self, prefix: &str) -> bool {
        let typed = self.form.values.typed();
        let typed = typed.iter().map(|(name, _)| name);
        let faulty = self.form.faults.iter().map(|fault| &fault.field);
        typed.chain(faulty).any(|field| field.starts_with(prefix))
    }

    /// A form with what was typed, or with what stands now.
    fn filled<'a>(
        &self,
        prefix: &str,
        now: impl IntoIterator<Item = (&'a str, String)>,
    ) -> FormState {
        match self.refused(prefix) {
            true => self.form.clone(),
            false => FormState::prefilled(FormValues::of(now)),
        }
    }

    fn cascade_version(&self) -> i64 {
        self.broken.cascade.as_ref().map_or(0, |c| c.state.version)
    }

    /// One number a year that is not over, but for those left out; of the whole also for years that are.
    fn numbers(&self, ctx: &Ctx, form: &FormState, prefix: &str, left_out: &[i16]) -> Markup {
        let this = ctx.today.year();
        let years = self.years.iter().map(|line| line.year);
        let open: Vec<i16> = years
            .filter(|year| !left_out.contains(year) && (*year >= this || prefix == "whole"))
            .collect();
        html! { div.filters id=(format!("f-{prefix}")) { @for year in open {
            @let name = format!("{prefix}_{year}");
            (form.input(ctx, "text", &name, &year.to_string(), None))
        } } }
    }

    fn register(&self, ctx: &Ctx) -> Markup {
        let Some(own) = ctx.scope.organisation() else {
            return html! {};
        };
        let speaks = ctx.scope.may_for(Permission::SubmitResult, own);
        let row = self.rows.iter().find(|row| row.organisation == *own);
        let returned = row.is_some_and(|row| {
            let mut years = row.state.years.values();
            years.any(|part| matches!(part.standing, Standing::Returned { .. }))
        });
        let holder = holder_of(ctx, self.broken.row.target.area, own);
        let Some((guidance, holder)) = self.guidance().zip(holder).filter(|_| speaks) else {
            return html! {};
        };
        if !guidance.is_open_to(holder.kind, ctx.today) && !returned {
            return html! {};
        }
        // What is demanded already is amended by whoever keeps the programme.
        let settled: Vec<i16> = row
            .into_iter()
            .flat_map(|row| row.state.in_force())
            .map(|(year, _)| year)
            .collect();
        let standing = row.into_iter().flat_map(|row| &row.state.years);
        let offered = standing.filter(|(_, part)| part.standing != Standing::InForce);
        let names: Vec<(String, String)> = offered
            .map(|(year, part)| {
                let value = viet::number::format(part.value.normalize(), viet::Lang::Vi);
                (format!("register_{year}"), value)
            })
            .collect();
        let form = self.filled(
            "register",
            names
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone())),
        );
        html! {
            h2 { (ctx.t("Đăng ký của đơn vị", "Registration of your organisation")) }
            form method="post" action=(self.address("/register")) { (hidden(ctx))
                input type="hidden" name="expected" value=(row.map_or(0, |row| row.state.version));
                p.hint { (ctx.t("Ghi mức đơn vị đăng ký đạt từng năm; năm để trống là không đăng ký.", "Enter what you offer to reach by year; an empty year is not registered.")) }
                (self.numbers(ctx, &form, "register", &settled))
                button.primary type="submit" { (ctx.t("Đăng ký", "Register")) }
            }
        }
    }

    /// Registrations that wait: accepted one by one, or returned with a reason.
    fn waiting(&self, ctx: &Ctx) -> Markup {
        let terms = &self.broken.row.target.terms;
        let rows: Vec<_> = self
            .rows
            .iter()
            .filter(|row| row.state.waiting().next().is_some())
            .collect();
        if rows.is_empty() {
            return html! {};
        }
        let options: Vec<(String, String)> = rows
            .iter()
            .map(|row| {
                (
                    row.organisation.0.clone(),
                    parts::org_name(ctx, &row.organisation),
                )
            })
            .collect();
        html! {
            h2 { (ctx.t("Đăng ký chờ xét", "Registrations to judge")) " (" (rows.len()) ")" }
            ul { @for row in &rows { li {
                strong { (parts::org_name(ctx, &row.organisation)) } ": "
                @for (number, year) in row.state.waiting().enumerate() {
                    @if number > 0 { "; " }
                    (year) ": " (row.state.years.get(&year).map(|part| amount(ctx, terms, part.value)).unwrap_or_default())
                }
                form.inline method="post" action=(self.address("/accept")) { (hidden(ctx))
                    input type="hidden" name="organisation" value=(row.organisation);
                    input type="hidden" name="expected" value=(row.state.version);
                    @for year in row.state.waiting() { input type="hidden" name="year" value=(year); }
                    button type="submit" { (ctx.t("Chấp nhận", "Accept")) span.hidden { " " (parts::org_name(ctx, &row.organisation)) } }
                }
            } } }
            details open[self.refused("return")] { summary { (ctx.t("Trả lại để đăng ký lại", "Return")) }
                form method="post" action=(self.address("/return")) { (hidden(ctx))
                    (self.form.select(ctx, "return_organisation", ctx.t("Đơn vị", "Agency"), None, &options))
                    (self.form.text_area(ctx, "return_reason", ctx.t("Cần sửa gì", "What is to be changed"), None, 2))
                    button type="submit" { (ctx.t("Trả lại", "Return")) } }
            }
        }
    }

    fn assign(&self, ctx: &Ctx) -> Markup {
        if self.guidance().is_none() {
            return html! {};
        }
        let mut options = vec![(
            String::new(),
            ctx.t("chọn đơn vị", "choose an agency").to_owned(),
        )];
        options.extend(
            holders(ctx, self.broken.row.target.area)
                .into_iter()
                .map(|holder| {
                    let name = parts::org_name(ctx, &holder.organisation);
                    (holder.organisation.0, name)
                }),
        );
        html! { details open[self.refused("assign")] { summary { (ctx.t("Giao hoặc điều chỉnh phần của một đơn vị", "Assign or amend the part of an agency")) }
            form method="post" action=(self.address("")) { (hidden(ctx))
                (self.form.select(ctx, "assign_organisation", ctx.t("Đơn vị", "Agency"), None, &options))
                p.hint { (ctx.t("Mức phải đạt từng năm, cùng đơn vị tính và cách so sánh với chỉ tiêu; năm để trống giữ nguyên.", "What it shall reach by year, in the target's unit and compared as it is; an empty year stays as it is.")) }
                (self.numbers(ctx, &self.form, "assign", &[]))
                (self.form.text_area(ctx, "assign_reason", ctx.t("Lý do (khi điều chỉnh phần đang áp dụng)", "Reason (where a part in force changes)"), None, 2))
                button.primary type="submit" { (ctx.t("Giao", "Assign")) } }
        } }
    }

    fn gap_form(&self, ctx: &Ctx) -> Markup {
        let terms = &self.broken.row.target.terms;
        let options: Vec<(String, String)> = self
            .years
            .iter()
            .filter_map(|line| Some((line, line.open_gap()?, line.held?.short?)))
            .map(|(line, _, short)| {
                let label = format!(
                    "{}: {} {}",
                    line.year,
                    ctx.t("thiếu", "short by"),
                    amount(ctx, terms, short.round_dp(4))
                );
                (line.year.to_string(), label)
            })
            .collect();
        if options.is_empty() {
            return html! {};
        }
        html! { details open[self.refused("gap")] { summary { (ctx.t("Xem xét chênh lệch với mức chung", "Look at a gap to the whole")) }
            form method="post" action=(self.address("/gap")) { (hidden(ctx))
                input type="hidden" name="expected" value=(self.cascade_version());
                (self.form.select(ctx, "gap_year", ctx.t("Năm", "Year"), None, &options))
                (self.form.text_area(ctx, "gap_note", ctx.t("Vì sao để như vậy", "Why it stands"), Some(ctx.t("Khi phần hoặc mức chung đổi, chênh lệch lại chờ xem xét.", "When a part or the whole changes, the gap is open again.")), 2))
                button type="submit" { (ctx.t("Ghi nhận", "Record")) } }
        } }
    }

    fn path(&self, ctx: &Ctx) -> Markup {
        let state = self.broken.cascade.as_ref().map(|c| &c.state);
        let mut now: Vec<(String, String)> = state
            .into_iter()
            .flat_map(|state| &state.path)
            .map(|one| {
                let value = viet::number::format(one.value.normalize(), viet::Lang::Vi);
                (format!("whole_{}", one.year), value)
            })
            .collect();
        now.push((
            "whole_source".into(),
            state.map(|s| s.path_source.clone()).unwrap_or_default(),
        ));
        let refused = self.refused("whole");
        let form = self.filled(
            "whole",
            now.iter()
                .map(|(name, value)| (name.as_str(), value.clone())),
        );
        html! { details open[refused] { summary { (ctx.t("Mức chung từng năm", "Yearly values of the whole")) }
            form method="post" action=(self.address("/whole")) { (hidden(ctx))
                input type="hidden" name="expected" value=(self.cascade_version());
                (self.numbers(ctx, &form, "whole", &[]))
                (form.input(ctx, "text", "whole_source", ctx.t("Căn cứ", "Source"), Some(ctx.t("Văn bản nêu lộ trình, hoặc ai quyết định", "The document that states them, or who decided them"))))
                button type="submit" { (ctx.t("Ghi mức chung", "Record the values")) } }
        } }
    }

    fn guidance_form(&self, ctx: &Ctx) -> Markup {
        let guidance = self.guidance();
        let invited = guidance.map_or(Invited::Both, |g| g.invited);
        let measured = guidance.map_or(Measured::State, |g| g.measured);
        let now = [
            (
                "how_register",
                guidance.map(|g| g.register.clone()).unwrap_or_default(),
            ),
            (
                "how_report",
                guidance.map(|g| g.report.clone()).unwrap_or_default(),
            ),
            (
                "how_until",
                guidance
                    .and_then(|g| g.register_by)
                    .map(|day| viet::date::format(day, viet::Lang::Vi))
                    .unwrap_or_default(),
            ),
            (
                "how_invited",
                match invited {
                    Invited::Departments => "departments",
                    Invited::Communes => "communes",
                    Invited::Both => "both",
                }
                .into(),
            ),
            (
                "how_measured",
                match measured {
                    Measured::State => "state",
                    Measured::Flow => "flow",
                }
                .into(),
            ),
        ];
        let form = self.filled("how", now);
        let option = |value: &str, vi: &'static str, en: &'static str| {
            (value.to_owned(), ctx.t(vi, en).to_owned())
        };
        let who = [
            option(
                "both",
                "sở, ban, ngành và xã, phường, đặc khu",
                "departments and communes",
            ),
            option("departments", "sở, ban, ngành", "departments"),
            option("communes", "xã, phường, đặc khu", "communes"),
        ];
        let what = [
            option(
                "state",
                Measured::State.label(viet::Lang::Vi),
                Measured::State.label(viet::Lang::En),
            ),
            option(
                "flow",
                Measured::Flow.label(viet::Lang::Vi),
                Measured::Flow.label(viet::Lang::En),
            ),
        ];
        let open = guidance.is_none() || self.refused("how");
        html! { details open[open] { summary { (ctx.t("Hướng dẫn đăng ký và báo cáo", "How to register and report")) }
            form method="post" action=(self.address("/guidance")) { (hidden(ctx))
                input type="hidden" name="expected" value=(self.cascade_version());
                (form.text_area(ctx, "how_register", ctx.t("Cách đăng ký", "How to register"), None, 3))
                (form.input(ctx, "text", "how_until", ctx.t("Hạn đăng ký", "Registration until"), Some(ctx.t("Ví dụ 15/12/2026; để trống nếu chỉ giao từ trên", "E.g. 15/12/2026; empty where parts are only assigned"))))
                (form.select(ctx, "how_invited", ctx.t("Ai đăng ký", "Who registers"), None, &who))
                (form.text_area(ctx, "how_report", ctx.t("Cách báo cáo", "How to report"), None, 3))
                (form.select(ctx, "how_measured", ctx.t("Số báo cáo là", "A value tells"), None, &what))
                button type="submit" { (ctx.t("Ghi hướng dẫn", "Record")) } }
        } }
    }

    /// Taking back: one's own registration, or anything for whoever keeps programmes.
    fn withdraw(&self, ctx: &Ctx) -> Markup {
        let keeps = ctx.scope.may(Permission::KeepProgramme);
        let mut options = Vec::new();
        for row in &self.rows {
            let own = ctx
                .scope
                .may_for(Permission::SubmitResult, &row.organisation);
            for (year, part) in &row.state.years {
                let may = match part.standing {
                    Standing::InForce => keeps,
                    Standing::Waiting | Standing::Returned { .. } => keeps || own,
                    Standing::Withdrawn { .. } => false,
                };
                if may {
                    let name = parts::org_name(ctx, &row.organisation);
                    options.push((
                        format!("{}:{year}", row.organisation),
                        format!("{name}, {year}"),
                    ));
                }
            }
        }
        if options.is_empty() {
            return html! {};
        }
        html! { details open[self.refused("withdraw")] { summary { (ctx.t("Rút phần của một năm", "Withdraw the part of a year")) }
            form method="post" action=(self.address("/withdraw")) { (hidden(ctx))
                (self.form.select(ctx, "withdraw_part", ctx.t("Phần", "Part"), None, &options))
                (self.form.text_area(ctx, "withdraw_reason", ctx.t("Lý do", "Reason"), None, 2))
                button.danger type="submit" { (ctx.t("Rút", "Withdraw")) } }
            @if let [only] = self.rows.as_slice() && ctx.scope.may(Permission::ReadHistory) {
                p { a href=(format!("/history/{}", part_stream(self.broken.row.id, &only.organisation))) { (ctx.t("Lịch sử phần của đơn vị", "History of the organisation's parts")) } }
            }
        } }
    }
}
