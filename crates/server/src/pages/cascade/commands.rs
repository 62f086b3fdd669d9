//! Commands about parts of a target. A refused form comes back on the page with what was typed.

use access::{OrgId, Permission, Refusal};
use axum::extract::{Path, State};
use programme::TargetId;
use programme::cascade::{
    CascadeCommand, Gap, GuidanceForm, Holder, PartCommand, PathForm, numbers,
};

use super::holder_of;
use super::show::view;
use crate::answer::{Answer, answer_with, see};
use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{FormState, FormValues, Posted};
use crate::parts;

/// The target of the address, for readers who see it.
async fn seen(app: &App, ctx: &Ctx, id: &str) -> Result<programme::target::TargetRow, Failure> {
    ctx.signed_in()?;
    let id: TargetId = parts::id(id)?;
    Ok(programme::target::get(&app.journal, &ctx.scope, ctx.as_known, id).await?)
}

async fn finish(
    app: &App,
    ctx: &Ctx,
    id: TargetId,
    posted: Posted,
    outcome: Result<(), Refusal>,
) -> Answer {
    match outcome {
        Ok(()) => see(ctx, &format!("/targets/{id}/parts")),
        Err(refusal) => {
            let (status, form) = FormState::refused(refusal, posted.values)?;
            answer_with(ctx, status, &view(app, ctx, id, form).await?)
        }
    }
}

async fn about_whole(
    app: &App,
    ctx: &Ctx,
    id: &str,
    posted: Posted,
    command: impl FnOnce(&FormValues) -> Result<CascadeCommand, Refusal>,
) -> Answer {
    let target = seen(app, ctx, id).await?.id;
    ctx.scope.require(Permission::KeepProgramme)?;
    let given = parts::given(&posted.values);
    let outcome = match command(&posted.values) {
        Ok(command) => {
            programme::cascade::command(&app.journal, &ctx.scope, &given, target, &command)
                .await
                .map(drop)
        }
        Err(refusal) => Err(refusal),
    };
    finish(app, ctx, target, posted, outcome).await
}

/// `POST /targets/{id}/parts/guidance`
pub async fn guide(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    about_whole(&app, &ctx, &id, posted, |values| {
        let form = GuidanceForm {
            register: values.get("how_register").to_owned(),
            report: values.get("how_report").to_owned(),
            register_by: values.get("how_until").to_owned(),
            invited: values.get("how_invited").to_owned(),
            measured: values.get("how_measured").to_owned(),
        };
        form.parse()
    })
    .await
}

/// The numbers typed for years, by field `<prefix>_<year>`.
fn typed(values: &FormValues, prefix: &str) -> Vec<(i16, String)> {
    let fields = values.typed().into_iter();
    let years = fields.filter_map(|(name, value)| {
        let year = name.strip_prefix(prefix)?.strip_prefix('_')?.parse().ok()?;
        Some((year, value))
    });
    years.collect()
}

/// `POST /targets/{id}/parts/whole`
pub async fn state_path(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    about_whole(&app, &ctx, &id, posted, |values| {
        let form = PathForm {
            years: typed(values, "whole"),
            source: values.get("whole_source").to_owned(),
        };
        form.parse()
    })
    .await
}

/// `POST /targets/{id}/parts/gap`: the gap of a year as it is now.
pub async fn acknowledge(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let target = seen(&app, &ctx, &id).await?.id;
    ctx.scope.require(Permission::KeepProgramme)?;
    let page = view(&app, &ctx, target, FormState::default()).await?;
    let year = posted.values.get("gap_year").parse::<i16>().ok();
    let lines = page.years.iter().filter(|line| Some(line.year) == year);
    let gap = lines.filter_map(|line| line.open_gap()).next();
    about_whole(&app, &ctx, &id, posted, |values| match gap {
        Some(gap) => Ok(CascadeCommand::AcknowledgeGap(Gap {
            note: values.get("gap_note").to_owned(),
            ..gap
        })),
        None => Err(Refusal::invalid(
            "gap_year",
            "Chọn năm còn thiếu so với mức chung.",
            "Choose a year in which the parts fall short of the whole.",
        )),
    })
    .await
}

async fn about_part(
    app: &App,
    ctx: &Ctx,
    target: TargetId,
    posted: Posted,
    command: Result<(OrgId, PartCommand), Refusal>,
) -> Answer {
    let given = parts::given(&posted.values);
    let outcome = match command {
        Ok((organisation, command)) => {
            let (journal, of) = (&app.journal, (target, &organisation));
            programme::cascade::part_command(journal, &ctx.scope, &given, of, &command)
                .await
                .map(drop)
        }
        Err(refusal) => Err(refusal),
    };
    finish(app, ctx, target, posted, outcome).await
}

/// The agency a field names, as a holder of parts.
fn named(
    ctx: &Ctx,
    target: &programme::target::TargetRow,
    field: &str,
    id: &str,
) -> Result<Holder, Refusal> {
    holder_of(ctx, target.target.area, &OrgId(id.to_owned())).ok_or_else(|| {
        Refusal::invalid(
            field,
            "Hãy chọn một cơ quan hoặc xã, phường trong địa bàn của chỉ tiêu.",
            "Choose a department or a commune within the target's territory.",
        )
    })
}

/// `POST /targets/{id}/parts`: assign from above.
pub async fn assign(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let target = seen(&app, &ctx, &id).await?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let values = &posted.values;
    let organisation = values.get("assign_organisation");
    let command = named(&ctx, &target, "assign_organisation", organisation).and_then(|holder| {
        let command = PartCommand::Assign {
            values: numbers("assign", &typed(values, "assign"))?,
            reason: values.get("assign_reason").to_owned(),
            holder: holder.clone(),
        };
        Ok((holder.organisation, command))
    });
    about_part(&app, &ctx, target.id, posted, command).await
}

/// `POST /targets/{id}/parts/register`: what the reader's own organisation offers.
pub async fn register(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let target = seen(&app, &ctx, &id).await?;
    ctx.scope.require(Permission::SubmitResult)?;
    let own = ctx.scope.organisation().map(|own| own.0.clone());
    let own = own.unwrap_or_default();
    let command = named(&ctx, &target, "register", &own).and_then(|holder| {
        let command = PartCommand::Register {
            values: numbers("register", &typed(&posted.values, "register"))?,
            holder: holder.clone(),
        };
        Ok((holder.organisation, command))
    });
    about_part(&app, &ctx, target.id, posted, command).await
}

/// `POST /targets/{id}/parts/accept`
pub async fn accept(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let target = seen(&app, &ctx, &id).await?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let years = posted
        .values
        .all("year")
        .filter_map(|year| year.parse().ok());
    let command = PartCommand::Accept(years.collect());
    let organisation = OrgId(posted.values.get("organisation").to_owned());
    about_part(&app, &ctx, target.id, posted, Ok((organisation, command))).await
}

/// `POST /targets/{id}/parts/return`: everything of an agency that waits.
pub async fn give_back(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let target = seen(&app, &ctx, &id).await?;
    ctx.scope.require(Permission::KeepProgramme)?;
    let page = view(&app, &ctx, target.id, FormState::default()).await?;
    let organisation = OrgId(posted.values.get("return_organisation").to_owned());
    let row = page
        .rows
        .iter()
        .find(|row| row.organisation == organisation);
    let command = PartCommand::Return {
        years: row.map_or_else(Vec::new, |row| row.state.waiting().collect()),
        reason: posted.values.get("return_reason").to_owned(),
    };
    about_part(&app, &ctx, target.id, posted, Ok((organisation, command))).await
}

/// `POST /targets/{id}/parts/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let target = seen(&app, &ctx, &id).await?;
    ctx.scope.require(Permission::SubmitResult)?;
    let part = posted.values.get("withdraw_part").rsplit_once(':');
    let part = part.and_then(|(id, year)| Some((OrgId(id.to_owned()), year.parse().ok()?)));
    let command = part
        .map(|(organisation, year)| {
            let reason = posted.values.get("withdraw_reason").to_owned();
            (organisation, PartCommand::Withdraw { year, reason })
        })
        .ok_or_else(|| {
            Refusal::invalid(
                "withdraw_part",
                "Hãy chọn phần cần rút.",
                "Choose the part to withdraw.",
            )
        });
    about_part(&app, &ctx, target.id, posted, command).await
}
