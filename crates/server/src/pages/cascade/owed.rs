//! What an organisation owes for its parts of targets: to register, to register again, to report.

use std::collections::BTreeMap;

use access::{OrgId, Permission};
use jiff::civil::Date;
use maud::{Markup, html};
use measure::cascade::PartStatus;
use programme::TargetId;
use programme::cascade::{PartFilter, Standing};
use serde::Serialize;

use super::{Broken, holder_of, judge};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::{assess, parts};

/// A part of a target that waits for somebody.
#[derive(Serialize)]
struct OwedPart {
    target: TargetId,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<i16>,
    /// Last day of registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Date>,
    /// Why it was returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// What waits for a reader about parts of targets.
#[derive(Default, Serialize)]
pub struct PartsOwed {
    /// Targets whose registration is open and for which the organisation has no part.
    to_register: Vec<OwedPart>,
    /// Registrations that were returned.
    returned: Vec<OwedPart>,
    /// Parts of this year or before for which nothing was reported.
    to_report: Vec<OwedPart>,
    /// Registrations that wait for this reader to accept or return them, by target.
    to_judge: Vec<OwedPart>,
}

/// What waits for the reader and for the reader's organisation.
pub async fn parts_owed(app: &App, ctx: &Ctx) -> Result<PartsOwed, Failure> {
    let (journal, scope, known) = (&app.journal, &ctx.scope, ctx.as_known);
    let mut owed = PartsOwed::default();
    let keeps = scope.may(Permission::KeepProgramme);
    let own = scope
        .organisation()
        .filter(|own| scope.may_for(Permission::SubmitResult, own));
    if own.is_none() && !keeps {
        return Ok(owed);
    }
    let mut targets = BTreeMap::new();
    for cascade in programme::cascade::cascades(journal, scope, known).await? {
        let row = programme::target::get(journal, scope, known, cascade.target).await?;
        if row.state.withdrawn.is_none() {
            let cascade = Some(cascade);
            targets.insert(row.id, Broken { row, cascade });
        }
    }
    if keeps {
        let rows = programme::cascade::parts(journal, scope, known, &PartFilter::default()).await?;
        for row in rows
            .iter()
            .filter(|row| row.state.waiting().next().is_some())
        {
            if let Some(broken) = targets.get(&row.target) {
                let name = parts::org_name(ctx, &row.organisation);
                owed.to_judge.push(OwedPart {
                    title: format!("{}: {name}", title(ctx, broken)),
                    ..of(ctx, broken)
                });
            }
        }
    }
    if let Some(own) = own {
        of_own(app, ctx, own, &targets, &mut owed).await?;
    }
    Ok(owed)
}

async fn of_own(
    app: &App,
    ctx: &Ctx,
    own: &OrgId,
    targets: &BTreeMap<TargetId, Broken>,
    owed: &mut PartsOwed,
) -> Result<(), Failure> {
    let filter = PartFilter {
        organisation: Some(own.clone()),
        ..PartFilter::default()
    };
    let rows = programme::cascade::parts(&app.journal, &ctx.scope, ctx.as_known, &filter).await?;
    let holds = |id: &TargetId| rows.iter().any(|row| row.target == *id);
    for (id, broken) in targets.iter().filter(|(id, _)| !holds(id)) {
        let guidance = broken
            .cascade
            .as_ref()
            .and_then(|c| c.state.guidance.as_ref());
        let holder = holder_of(ctx, broken.row.target.area, own);
        if let Some((guidance, holder)) = guidance.zip(holder)
            && guidance.is_open_to(holder.kind, ctx.as_known.day)
        {
            owed.to_register.push(OwedPart {
                target: *id,
                by: guidance.register_by,
                ..of(ctx, broken)
            });
        }
    }
    for one in judge(app, ctx, targets, &rows).await? {
        let Some(broken) = targets.get(&one.target) else {
            continue;
        };
        let about = OwedPart {
            year: Some(one.year),
            ..of(ctx, broken)
        };
        if let Standing::Returned { reason } = one.part.standing {
            let reason = Some(reason);
            owed.returned.push(OwedPart { reason, ..about });
        } else if one.assessment.map(|a| a.status) == Some(PartStatus::NotReported) {
            owed.to_report.push(about);
        }
    }
    Ok(())
}

fn title(ctx: &Ctx, broken: &Broken) -> String {
    match &broken.row.target.terms.indicator {
        Some(id) => parts::indicator_name(ctx, id.as_str()),
        None => crate::pages::programmes::short(&broken.row.target.text),
    }
}

fn of(ctx: &Ctx, broken: &Broken) -> OwedPart {
    OwedPart {
        target: broken.row.id,
        title: format!(
            "{} ({})",
            title(ctx, broken),
            assess::demand(ctx, &broken.row.target.terms)
        ),
        year: None,
        by: None,
        reason: None,
    }
}

impl PartsOwed {
    fn is_empty(&self) -> bool {
        let lists = [
            &self.to_register,
            &self.returned,
            &self.to_report,
            &self.to_judge,
        ];
        lists.into_iter().all(Vec::is_empty)
    }

    /// The section of "việc của tôi"; nothing where nothing waits.
    pub fn html(&self, ctx: &Ctx) -> Markup {
        if self.is_empty() {
            return html! {};
        }
        let sections = [
            (
                "warn",
                '△',
                ctx.t("cần đăng ký", "to register"),
                &self.to_register,
            ),
            (
                "bad",
                '▲',
                ctx.t("yêu cầu đăng ký lại", "returned"),
                &self.returned,
            ),
            (
                "warn",
                '□',
                ctx.t("chưa báo cáo", "to report"),
                &self.to_report,
            ),
            (
                "info",
                '○',
                ctx.t("đăng ký chờ xét", "registrations to judge"),
                &self.to_judge,
            ),
        ];
        html! {
            h2 { (ctx.t("Chỉ tiêu được phân bổ", "Parts of targets")) }
            ul { @for (class, shape, word, list) in sections { @for one in list {
                li { (parts::status(class, shape, word)) " " a href=(format!("/targets/{}/parts", one.target)) { (one.title) }
                    @if let Some(year) = one.year { ", " (ctx.t("năm ", "year ")) (year) }
                    @if let Some(day) = one.by { ", " (ctx.t("trước hết ngày ", "by ")) (parts::date(Some(day), ctx.lang)) }
                    @if let Some(reason) = &one.reason { ": " (reason) } }
            } } }
        }
    }
}
