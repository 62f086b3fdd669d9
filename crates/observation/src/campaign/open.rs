//! Opening a season, and what is decided about it. Pure.

use std::collections::BTreeMap;

use access::{FieldFault, OrgId, Permission, Refusal, Scope};
use activation::{Directory, Pinned};
use catalogue::{CampaignRequest, Id};
use jiff::civil::Date;
use viet::{AreaKey, Period};

use super::fact::{Asked, CampaignFact, Opened};
use crate::decide::all_good;

/// Open a season.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Id of the definition in force.
    pub definition: Id,
    /// The year of the season.
    pub year: i16,
    /// The territory whose index it is.
    pub area: AreaKey,
    /// Last day for what has none of its own; none to take the definition's.
    pub deadline: Option<Date>,
    /// What differs from the definition, by request.
    pub differs: BTreeMap<Id, Differs>,
}

/// What differs from the definition in one season.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differs {
    /// Who owes it.
    pub organisation: Option<OrgId>,
    /// The last day.
    pub due: Option<Date>,
}

/// Decides on [`Open`]. `is_open` tells whether this year's season of the definition was opened for the area
/// already.
///
/// # Errors
/// Not allowed; no such definition, area or organisation; a year that is not at hand; no deadline, or one
/// that is past; opened already.
pub fn decide_open(
    command: &Open,
    is_open: bool,
    directory: &Directory,
    scope: &Scope,
    today: Date,
) -> Result<CampaignFact, Refusal> {
    scope.require(Permission::KeepProgramme)?;
    let Pinned { definition, hash } =
        directory
            .campaign(command.definition.as_str())
            .ok_or_else(|| {
                Refusal::invalid(
                    "definition",
                    "Hãy chọn bộ chỉ số.",
                    "Choose the index of the season.",
                )
            })?;
    if is_open {
        return Err(Refusal::conflict(
            format!("Mùa {} của bộ chỉ số này đã được mở.", command.year),
            format!("The {} season of this index is open already.", command.year),
        ));
    }
    let mut faults = Vec::new();
    if directory.areas().get(command.area).is_none() {
        faults.push(FieldFault::new(
            "area",
            "Hãy chọn địa bàn.",
            "Choose an area.",
        ));
    }
    let near = (command.year - today.year()).abs() <= 1 && definition.def.valid_on(today);
    if !near {
        faults.push(FieldFault::new(
            "year",
            "Mùa chỉ số mở cho năm nay, năm trước hoặc năm sau, khi định nghĩa còn hiệu lực.",
            "A season is opened for this year, the one before or after, while its definition is valid.",
        ));
    }
    let of_year = definition.campaign.deadline;
    let deadline = command
        .deadline
        .or_else(|| of_year.and_then(|day| day.in_year(command.year)));
    if deadline.is_none() {
        faults.push(FieldFault::new(
            "deadline",
            "Hãy đặt hạn nộp, ví dụ 30/8/2026: định nghĩa không có hạn.",
            "Set a deadline, e.g. 30/8/2026: the definition has none.",
        ));
    }
    let deadline = deadline.unwrap_or(today);
    faults.extend(past("deadline", deadline, today));
    let requests: Vec<Asked> = definition
        .requests
        .iter()
        .map(|request| asked(command, request, deadline))
        .collect();
    for asked in &requests {
        faults.extend(asked_faults(asked, directory, today));
    }
    all_good(faults)?;
    let back = i16::try_from(definition.campaign.years_back).unwrap_or(i16::MAX);
    Ok(CampaignFact::Opened(Box::new(Opened {
        definition: command.definition.clone(),
        hash: hash.clone(),
        year: command.year,
        period: Period::Year(command.year.saturating_sub(back)),
        area: command.area,
        deadline,
        on: today,
        requests,
    })))
}

fn asked(command: &Open, request: &CampaignRequest, deadline: Date) -> Asked {
    let differs = command.differs.get(&request.id);
    let organisation = differs.and_then(|d| d.organisation.clone());
    Asked {
        organisation: organisation.unwrap_or_else(|| OrgId(request.organisation.to_string())),
        due: differs.and_then(|d| d.due).unwrap_or(deadline),
        request: request.clone(),
    }
}

fn asked_faults(asked: &Asked, directory: &Directory, today: Date) -> Vec<FieldFault> {
    let id = &asked.request.id;
    let mut faults = organisation_fault(
        &format!("organisation-{id}"),
        &asked.organisation,
        directory,
        today,
    );
    faults.extend(past(&format!("due-{id}"), asked.due, today));
    faults
}

pub(super) fn organisation_fault(
    field: &str,
    organisation: &OrgId,
    directory: &Directory,
    today: Date,
) -> Vec<FieldFault> {
    let known = directory.organisations().get(organisation);
    match known.is_some_and(|o| o.valid_on(today)) {
        true => vec![],
        false => vec![FieldFault::new(
            field,
            format!("Không có cơ quan «{organisation}» đang hoạt động."),
            format!("There is no organisation “{organisation}” today."),
        )],
    }
}

pub(super) fn past(field: &str, due: Date, today: Date) -> Option<FieldFault> {
    (due < today).then(|| {
        FieldFault::new(
            field,
            "Hạn nộp đã qua; hãy đặt một ngày từ hôm nay.",
            "The deadline is past; set a day from today on.",
        )
    })
}
