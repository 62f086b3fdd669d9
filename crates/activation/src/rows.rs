//! The rows that a definition comes to.

use catalogue::{Area, Definition, Indicator, Organisation};
use journal::{Value, params};
use serde::Serialize;
use viet::Lang;
use viet::fold::fold;

/// Rows for one table, without the columns that say whose they are and since when.
pub(crate) struct TableRows {
    pub name: &'static str,
    pub columns: &'static str,
    pub rows: Vec<Vec<Value>>,
}

/// Rows of a definition, table by table; none for kinds that are read whole.
pub(crate) fn rows(definition: &Definition, hash: &str) -> Vec<TableRows> {
    match definition {
        Definition::Areas(areas) => of_areas(&areas.list.areas),
        Definition::Organisations(list) => of_organisations(&list.list.organisations),
        Definition::Indicator(indicator) => vec![of_indicator(indicator, hash)],
        Definition::Codelist(_)
        | Definition::Report(_)
        | Definition::Format(_)
        | Definition::Settings(_)
        | Definition::Campaign(_) => vec![],
    }
}

fn of_areas(areas: &[Area]) -> Vec<TableRows> {
    let lives = areas.iter().map(|area| {
        params![
            area.key().to_string(),
            area.code.as_str(),
            area.valid_from,
            area.valid_to,
            word(&area.level),
            area.name.as_str(),
            area.full_name.as_str(),
            fold(&area.full_name),
            area.parent.map(|key| key.to_string()),
        ]
    });
    let successions = areas.iter().flat_map(|area| {
        area.successors.iter().map(|successor| {
            params![
                area.key().to_string(),
                successor.to.to_string(),
                String::from(successor.share),
            ]
        })
    });
    vec![
        TableRows {
            name: "area",
            columns: "key, code, valid_from, valid_to, level, name, full_name, folded, parent",
            rows: lives.collect(),
        },
        TableRows {
            name: "area_succession",
            columns: "area, successor, share",
            rows: successions.collect(),
        },
    ]
}

fn of_organisations(organisations: &[Organisation]) -> Vec<TableRows> {
    let lives = organisations.iter().map(|organisation| {
        params![
            organisation.id.as_str(),
            word(&organisation.kind),
            organisation.area.to_string(),
            organisation.valid_from,
            organisation.valid_to,
        ]
    });
    let memberships = organisations.iter().flat_map(|organisation| {
        organisation.memberships.iter().map(|membership| {
            params![
                organisation.id.as_str(),
                word(&membership.hierarchy),
                membership.parent.as_str(),
                membership.from,
                membership.to,
            ]
        })
    });
    let successions = organisations.iter().flat_map(|organisation| {
        organisation.succession.iter().map(|succession| {
            params![
                organisation.id.as_str(),
                succession.to.as_str(),
                succession.from,
                succession.source.as_str(),
            ]
        })
    });
    vec![
        TableRows {
            name: "organisation",
            columns: "id, kind, area, valid_from, valid_to",
            rows: lives.collect(),
        },
        TableRows {
            name: "organisation_name",
            columns: "organisation, since, until, vi, en, short, folded",
            rows: organisations.iter().flat_map(names).collect(),
        },
        TableRows {
            name: "org_membership",
            columns: "organisation, hierarchy, parent, since, until",
            rows: memberships.collect(),
        },
        TableRows {
            name: "org_succession",
            columns: "organisation, successor, since, source",
            rows: successions.collect(),
        },
    ]
}

/// A name holds until the next one is taken.
fn names(organisation: &Organisation) -> impl Iterator<Item = Vec<Value>> + '_ {
    let names = &organisation.names;
    names.iter().enumerate().map(move |(index, name)| {
        let until = names.get(index + 1).and_then(|next| next.from);
        params![
            organisation.id.as_str(),
            name.from,
            until,
            name.vi.as_str(),
            name.en.as_str(),
            name.short.as_str(),
            fold(&name.vi),
        ]
    })
}

fn of_indicator(indicator: &Indicator, hash: &str) -> TableRows {
    let (label, value) = (&indicator.def.label, &indicator.value);
    TableRows {
        name: "indicator",
        columns: "id, hash, label_vi, label_en, folded, unit, unit_vi, unit_en, decimals, direction, periodicity",
        rows: vec![params![
            indicator.def.id.as_str(),
            hash,
            label.vi.as_str(),
            label.en.as_str(),
            fold(&label.vi),
            word(&value.unit),
            value.unit.label(Lang::Vi),
            value.unit.label(Lang::En),
            value.decimals,
            word(&value.direction),
            word(&indicator.series.periodicity),
        ]],
    }
}

/// The word a value is written with in a definition file; for one with content (a count and its noun) the
/// word alone.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(serde_json::Value::Object(map)) => map.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}
