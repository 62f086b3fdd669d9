//! The form of an adoption: what it begins with, and the command it comes to.

use std::collections::BTreeSet;

use access::{FieldFault, OrgId, Refusal};
use programme::document::{CorrectedReading, DocumentView, Origin, TargetItem, TaskItem};
use programme::programme::ProgrammeForm;
use programme::{
    AdoptReading, ChosenTarget, ChosenTask, IntoProgramme, ProgrammeId, TargetId, TaskId,
};
use viet::AreaKey;

use super::{choices, identity};
use crate::ctx::Ctx;
use crate::form::FormValues;

/// The value of `into` that founds a programme.
pub const NEW: &str = "new";

/// Targets that can be adopted.
pub fn open_targets(reading: &CorrectedReading) -> impl Iterator<Item = &TargetItem> {
    let standing = |item: &&TargetItem| item.is_open() && item.origin != Origin::Rejected;
    reading.targets.iter().filter(standing)
}

/// Tasks that can be adopted.
pub fn open_tasks(reading: &CorrectedReading) -> impl Iterator<Item = &TaskItem> {
    let standing = |item: &&TaskItem| item.is_open() && item.origin != Origin::Rejected;
    reading.tasks.iter().filter(standing)
}

/// Name of the field that holds the lead of a task.
pub fn lead_field(item: &str) -> String {
    format!("lead-{item}")
}

/// Name of the field that holds who answers for a target.
pub fn responsible_field(item: &str) -> String {
    format!("responsible-{item}")
}

/// The organisations a task's supporting agencies are.
pub fn supporting(ctx: &Ctx, home: Option<AreaKey>, item: &TaskItem) -> Vec<OrgId> {
    let written = item.fields.supporting.iter();
    written
        .filter_map(|written| choices::resolved(ctx, home, written))
        .collect()
}

/// What the form shows first: everything ticked, agencies as far as they are told by their names, the
/// programme named after the document.
pub fn prefilled(ctx: &Ctx, view: &DocumentView, reading: &CorrectedReading) -> FormValues {
    let header = &reading.header;
    let home = choices::home(ctx, header);
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
    let into = view
        .row
        .summary
        .programme
        .map_or(NEW.to_owned(), |id| id.to_string());
    put("into", into);
    put("title", header.title.clone().unwrap_or_default());
    put("number", header.number.clone().unwrap_or_default());
    put("issuer", header.issuer.clone().unwrap_or_default());
    put(
        "area",
        choices::area_of(ctx, &reading.header)
            .map(|key| key.to_string())
            .unwrap_or_default(),
    );
    put(
        "from",
        first_year(header.title.as_deref())
            .or(header.date.map(|day| day.year()))
            .map(|year| year.to_string())
            .unwrap_or_default(),
    );
    let years = open_targets(reading).filter_map(|item| item.fields.terms.period.year);
    put(
        "to",
        years.max().map(|year| year.to_string()).unwrap_or_default(),
    );
    let named = |written: Option<&str>| {
        let found = written.and_then(|written| choices::resolved(ctx, home, written));
        found.map(|id| id.0).unwrap_or_default()
    };
    for item in open_targets(reading) {
        put("targets", item.id.clone());
        put(
            &responsible_field(&item.id),
            named(item.fields.lead.as_deref()),
        );
    }
    for item in open_tasks(reading) {
        put("tasks", item.id.clone());
        put(&lead_field(&item.id), named(item.fields.lead.as_deref()));
    }
    FormValues::of(
        pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone())),
    )
}

/// The first year of the span of years that a title names: "giai đoạn 2021-2025".
fn first_year(title: Option<&str>) -> Option<i16> {
    let years = title?.split(|c: char| !c.is_ascii_digit());
    let mut years = years.filter(|digits| digits.len() == 4);
    let (first, last): (i16, i16) = (years.next()?.parse().ok()?, years.next()?.parse().ok()?);
    (first < last).then_some(first)
}

/// Areas to choose from: the provinces of the day of issue and of today, the country, and the one
/// chosen.
pub fn areas(ctx: &Ctx, reading: &CorrectedReading, chosen: &str) -> choices::Options {
    let areas = ctx.directory.areas();
    let then = reading.header.date.unwrap_or(ctx.today);
    let mut keys: Vec<AreaKey> = chosen.parse().into_iter().collect();
    for day in [ctx.today, then] {
        let provinces = areas.provinces(day);
        keys.extend(provinces.iter().map(|area| area.key()));
        keys.extend(provinces.iter().filter_map(|area| area.parent));
    }
    let mut seen = BTreeSet::new();
    let label = |key: &AreaKey| {
        let area = areas.get(*key)?;
        let name = area.full_name_on(then).to_owned();
        let name = match area.valid_to {
            Some(end) => format!(
                "{name} ({} {})",
                ctx.t("đến", "until"),
                viet::date::format(end, ctx.lang)
            ),
            None => name,
        };
        Some((key.to_string(), name))
    };
    let none = (
        String::new(),
        ctx.t("chọn địa bàn", "choose an area").to_owned(),
    );
    let known = keys
        .iter()
        .filter(|key| seen.insert(**key))
        .filter_map(label);
    [none].into_iter().chain(known).collect()
}

/// The command a form comes to; every field that cannot be read is named.
pub fn typed(
    ctx: &Ctx,
    view: &DocumentView,
    reading: &CorrectedReading,
    values: &FormValues,
) -> Result<AdoptReading, Refusal> {
    let mut faults = Vec::new();
    let into = into(values).map_err(|refusal| match refusal {
        Refusal::Invalid { faults: found } => faults.extend(found),
        _ => faults.push(no_programme()),
    });
    let mut organisation = |field: &str| -> Option<OrgId> {
        let id = OrgId(values.given(field)?.to_owned());
        let known = ctx.directory.organisations().get(&id).is_some();
        if !known {
            faults.push(FieldFault::new(
                field,
                "Không có cơ quan này.",
                "There is no such organisation.",
            ));
        }
        Some(id).filter(|_| known)
    };
    let targets = values
        .all("targets")
        .map(|item| ChosenTarget {
            item: item.to_owned(),
            id: TargetId::new(),
            responsible: organisation(&responsible_field(item)),
        })
        .collect();
    let home = choices::home(ctx, &reading.header);
    let tasks = values
        .all("tasks")
        .map(|item| ChosenTask {
            lead: organisation(&lead_field(item)),
            supporting: reading
                .task(item)
                .map(|task| supporting(ctx, home, task))
                .unwrap_or_default(),
            ..ChosenTask::as_read(item, TaskId::new())
        })
        .collect();
    match into {
        Ok(into) if faults.is_empty() => Ok(AdoptReading {
            document: view.row.id,
            into,
            targets,
            tasks,
        }),
        _ => Err(Refusal::Invalid { faults }),
    }
}

/// Which programme takes the reading. A new one gets the same identity when the form is sent again.
fn into(values: &FormValues) -> Result<IntoProgramme, Refusal> {
    let chosen = values.get("into");
    if chosen != NEW {
        return match chosen.parse::<ProgrammeId>() {
            Ok(id) => Ok(IntoProgramme::Existing(id)),
            Err(_) => Err(Refusal::Invalid {
                faults: vec![no_programme()],
            }),
        };
    }
    let text = |name: &str| values.get(name).to_owned();
    let form = ProgrammeForm {
        title: text("title"),
        number: text("number"),
        issuer: text("issuer"),
        area: text("area"),
        from: text("from"),
        to: text("to"),
    };
    let id = ProgrammeId(identity(values.given("key"), b"programme"));
    Ok(IntoProgramme::New(id, form.parse()?))
}

fn no_programme() -> FieldFault {
    FieldFault::new(
        "into",
        "Hãy chọn chương trình, hoặc lập chương trình mới.",
        "Choose a programme, or found a new one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programme_is_new_or_one_that_exists() {
        let id = ProgrammeId::new();
        let values = FormValues::of([("into", id.to_string())]);
        assert!(matches!(into(&values), Ok(IntoProgramme::Existing(found)) if found == id));
        for wrong in ["", "khong"] {
            let values = FormValues::of([("into", wrong.to_owned())]);
            assert!(
                matches!(into(&values), Err(Refusal::Invalid { faults }) if faults[0].field == "into")
            );
        }
    }

    #[test]
    fn a_new_programme_sent_twice_is_one() {
        let key = uuid::Uuid::now_v7().to_string();
        let values = FormValues::of([
            ("into", NEW.to_owned()),
            ("key", key),
            ("title", "Chương trình thử".to_owned()),
            ("area", "66@2025-07-01".to_owned()),
            ("from", "2025".to_owned()),
            ("to", "2030".to_owned()),
        ]);
        let first = into(&values).expect("a programme");
        assert_eq!(first.id(), into(&values).expect("the same").id());
    }
}
