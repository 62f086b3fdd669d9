//! Checks that no definition can make alone: what it refers to must exist, and no two may contradict each other.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use viet::{AreaCode, AreaKey, Lang};

use crate::area::{Area, Areas};
use crate::campaign::Campaign;
use crate::check_computed::check_computed;
use crate::definition::Definition;
use crate::fault::{Fault, FaultCode, nearest};
use crate::header::{Header, Id, Kind, Label};
use crate::indicator::{ORGANISATION, Periodicity};
use crate::organisation::{Hierarchy, Organisation, Organisations};
use crate::report::Report;

/// Checks definitions against each other. An empty answer means that the set may be activated.
pub fn check(definitions: &[Definition]) -> Vec<Fault> {
    let mut checker = Checker::new(definitions);
    checker.versions();
    for definition in definitions {
        match definition {
            Definition::Areas(areas) => checker.areas(areas),
            Definition::Organisations(organisations) => checker.organisations(organisations),
            Definition::Report(report) => checker.report(report),
            Definition::Campaign(campaign) => checker.campaign(campaign),
            Definition::Indicator(indicator) => {
                for (index, id) in indicator.linking.not.iter().enumerate() {
                    let keys = ["linking", "not", &index.to_string()];
                    checker.definition(&indicator.def, &keys, Kind::Indicator, id);
                }
                for (index, id) in indicator.series.disaggregations.iter().enumerate() {
                    let keys = ["series", "disaggregations", &index.to_string()];
                    checker.dimension(&indicator.def, &keys, id);
                }
            }
            Definition::Settings(settings) => {
                let weights = settings.scoring.iter().flat_map(|scoring| &scoring.weights);
                for (index, one) in weights.enumerate() {
                    let keys = ["scoring", "weights", &index.to_string(), "indicator"];
                    checker.definition(&settings.def, &keys, Kind::Indicator, &one.indicator);
                }
            }
            Definition::Codelist(_) | Definition::Format(_) => {}
        }
    }
    let indicators: Vec<_> = definitions
        .iter()
        .filter_map(|definition| match definition {
            Definition::Indicator(indicator) => Some(indicator),
            _ => None,
        })
        .collect();
    checker.faults.extend(check_computed(&indicators));
    checker.overlaps();
    checker.area_cycles();
    checker.organisation_cycles();
    checker.faults
}

struct Checker<'a> {
    definitions: &'a [Definition],
    ids: HashSet<(Kind, &'a str)>,
    areas: HashMap<AreaKey, (&'a Header, usize, &'a Area)>,
    organisations: BTreeMap<&'a Id, (&'a Header, usize, &'a Organisation)>,
    faults: Vec<Fault>,
}

impl<'a> Checker<'a> {
    fn new(definitions: &'a [Definition]) -> Self {
        let mut checker = Self {
            definitions,
            ids: HashSet::new(),
            areas: HashMap::new(),
            organisations: BTreeMap::new(),
            faults: Vec::new(),
        };
        for definition in definitions {
            checker
                .ids
                .insert((definition.kind(), definition.id().as_str()));
            match definition {
                Definition::Areas(areas) => checker.index_areas(areas),
                Definition::Organisations(organisations) => {
                    checker.index_organisations(organisations)
                }
                _ => {}
            }
        }
        checker
    }

    fn index_areas(&mut self, areas: &'a Areas) {
        for (index, area) in areas.list.areas.iter().enumerate() {
            if self
                .areas
                .insert(area.key(), (&areas.def, index, area))
                .is_some()
            {
                let keys = ["list", "areas", &index.to_string(), "code"];
                self.push(
                    FaultCode::Duplicate,
                    &areas.def,
                    &keys,
                    twice(&area.key().to_string()),
                    None,
                );
            }
        }
    }

    fn index_organisations(&mut self, organisations: &'a Organisations) {
        for (index, organisation) in organisations.list.organisations.iter().enumerate() {
            let entry = (&organisations.def, index, organisation);
            if self.organisations.insert(&organisation.id, entry).is_some() {
                let keys = ["list", "organisations", &index.to_string(), "id"];
                self.push(
                    FaultCode::Duplicate,
                    &organisations.def,
                    &keys,
                    twice(organisation.id.as_str()),
                    None,
                );
            }
        }
    }

    fn push(
        &mut self,
        code: FaultCode,
        header: &Header,
        keys: &[&str],
        found: Label,
        nearest: Option<String>,
    ) {
        let place = header.origin.place(keys);
        self.faults.push(Fault {
            code,
            found,
            expected: Vec::new(),
            nearest,
            place,
        });
    }

    fn versions(&mut self) {
        let mut seen = HashSet::new();
        for definition in self.definitions {
            if !seen.insert((definition.kind(), definition.id(), definition.version())) {
                let name = format!("{} {}", definition.id(), definition.version());
                self.push(
                    FaultCode::Duplicate,
                    definition.header(),
                    &["def", "id"],
                    twice(&name),
                    None,
                );
            }
        }
    }

    fn definition(&mut self, header: &Header, keys: &[&str], kind: Kind, id: &Id) {
        if self.ids.contains(&(kind, id.as_str())) {
            return;
        }
        let near = nearest(
            id.as_str(),
            self.ids
                .iter()
                .filter(|(k, _)| *k == kind)
                .map(|(_, name)| *name),
        );
        self.push(
            FaultCode::UnknownReference,
            header,
            keys,
            unknown(
                &kind.label(Lang::Vi).to_lowercase(),
                kind.word(),
                id.as_str(),
            ),
            near,
        );
    }

    /// What parts of a whole may be told by: organisations, or the codes of a list.
    fn dimension(&mut self, header: &Header, keys: &[&str], id: &Id) {
        let lists = self.ids.iter().filter(|(kind, _)| *kind == Kind::Codelist);
        let known: Vec<&str> = lists.map(|(_, id)| *id).chain([ORGANISATION]).collect();
        if known.contains(&id.as_str()) {
            return;
        }
        let near = nearest(id.as_str(), known);
        let found = unknown("chiều phân tổ", "dimension", id.as_str());
        self.push(FaultCode::UnknownReference, header, keys, found, near);
    }

    fn area(&mut self, header: &Header, keys: &[&str], key: AreaKey) -> Option<&'a Area> {
        if let Some((_, _, area)) = self.areas.get(&key) {
            return Some(area);
        }
        let lives = self
            .areas
            .keys()
            .filter(|other| other.code == key.code)
            .max()
            .map(AreaKey::to_string);
        self.push(
            FaultCode::UnknownReference,
            header,
            keys,
            unknown("địa bàn", "area", &key.to_string()),
            lives,
        );
        None
    }

    fn organisation(&mut self, header: &Header, keys: &[&str], id: &Id) {
        if self.organisations.contains_key(id) {
            return;
        }
        let near = nearest(
            id.as_str(),
            self.organisations.keys().map(|name| name.as_str()),
        );
        self.push(
            FaultCode::UnknownReference,
            header,
            keys,
            unknown("cơ quan", "organisation", id.as_str()),
            near,
        );
    }

    fn areas(&mut self, areas: &'a Areas) {
        for (index, area) in areas.list.areas.iter().enumerate() {
            let index = index.to_string();
            if let Some(parent) = area.parent {
                let keys = ["list", "areas", &index, "parent"];
                if let Some(parent) = self.area(&areas.def, &keys, parent)
                    && parent.level >= area.level
                {
                    let found = Label::new(
                        format!(
                            "{} không thể trực thuộc {}",
                            area.full_name, parent.full_name
                        ),
                        format!("{} cannot lie in {}", area.full_name, parent.full_name),
                    );
                    self.push(FaultCode::WrongValue, &areas.def, &keys, found, None);
                }
            }
            for successor in &area.successors {
                self.area(
                    &areas.def,
                    &["list", "areas", &index, "successors"],
                    successor.to,
                );
            }
        }
    }

    fn organisations(&mut self, organisations: &'a Organisations) {
        let def = &organisations.def;
        for (index, organisation) in organisations.list.organisations.iter().enumerate() {
            let index = index.to_string();
            self.area(
                def,
                &["list", "organisations", &index, "area"],
                organisation.area,
            );
            for (at, membership) in organisation.memberships.iter().enumerate() {
                let keys = [
                    "list",
                    "organisations",
                    &index,
                    "memberships",
                    &at.to_string(),
                    "parent",
                ];
                self.organisation(def, &keys, &membership.parent);
            }
            for (at, succession) in organisation.succession.iter().enumerate() {
                let keys = [
                    "list",
                    "organisations",
                    &index,
                    "succession",
                    &at.to_string(),
                    "to",
                ];
                self.organisation(def, &keys, &succession.to);
            }
        }
    }

    fn report(&mut self, report: &'a Report) {
        self.definition(
            &report.def,
            &["report", "format"],
            Kind::Format,
            &report.report.format,
        );
        self.organisation(&report.def, &["report", "sender"], &report.report.sender);
        self.organisation(
            &report.def,
            &["report", "receiver"],
            &report.report.receiver,
        );
    }

    fn campaign(&mut self, campaign: &'a Campaign) {
        let def = &campaign.def;
        let index = &campaign.campaign.index;
        self.definition(def, &["campaign", "index"], Kind::Indicator, index);
        for (at, request) in campaign.requests.iter().enumerate() {
            let at = at.to_string();
            if let Some(indicator) = &request.indicator {
                let keys = ["requests", &at, "indicator"];
                self.definition(def, &keys, Kind::Indicator, indicator);
                self.yearly(def, &keys, indicator);
            }
            let keys = ["requests", &at, "organisation"];
            self.organisation(def, &keys, &request.organisation);
        }
    }

    /// A season asks about a year: an indicator of quarters has no figure for it that anybody reports.
    fn yearly(&mut self, header: &Header, keys: &[&str], id: &Id) {
        let periodicity = self
            .definitions
            .iter()
            .find_map(|definition| match definition {
                Definition::Indicator(indicator) if indicator.def.id == *id => {
                    Some(indicator.series.periodicity)
                }
                _ => None,
            });
        if periodicity.is_some_and(|periodicity| periodicity != Periodicity::Year) {
            let found = Label::new(
                format!("`{id}` không phải số liệu năm"),
                format!("`{id}` is not reported by the year"),
            );
            self.push(FaultCode::WrongValue, header, keys, found, None);
        }
    }

    /// Two lives of one code must not share a day.
    fn overlaps(&mut self) {
        let mut lives: BTreeMap<AreaCode, Vec<(&'a Header, usize, &'a Area)>> = BTreeMap::new();
        for entry in self.areas.values() {
            lives.entry(entry.2.code).or_default().push(*entry);
        }
        for group in lives.values_mut() {
            group.sort_by_key(|(_, _, area)| area.key());
            for pair in group.windows(2) {
                let [(_, _, earlier), (header, index, later)] = pair else {
                    continue;
                };
                if earlier.overlaps(later) {
                    let (one, two) = (earlier.key(), later.key());
                    let found = Label::new(
                        format!("{two} chồng lên {one}: cùng một mã, cùng một ngày"),
                        format!("{two} overlaps {one}: one code on one day"),
                    );
                    let keys = ["list", "areas", &index.to_string(), "code"];
                    self.push(FaultCode::Overlap, header, &keys, found, None);
                }
            }
        }
    }

    /// No area may lie in itself. Levels forbid it already unless one is wrong; successors may not return either.
    fn area_cycles(&mut self) {
        let mut keys: Vec<AreaKey> = self.areas.keys().copied().collect();
        keys.sort();
        for key in keys {
            let next = |at: &AreaKey| {
                self.areas
                    .get(at)
                    .into_iter()
                    .flat_map(|(_, _, area)| &area.successors)
            };
            if returns(key, |at| next(at).map(|successor| successor.to).collect()) {
                let Some((header, index, _)) = self.areas.get(&key).copied() else {
                    continue;
                };
                let found = Label::new(
                    format!("{key} kế thừa chính nó"),
                    format!("{key} succeeds itself"),
                );
                self.push(
                    FaultCode::Cycle,
                    header,
                    &["list", "areas", &index.to_string()],
                    found,
                    None,
                );
            }
        }
    }

    /// No organisation may stand above itself, in any hierarchy on any day on which some membership begins.
    fn organisation_cycles(&mut self) {
        let mut found_in = HashSet::new();
        for hierarchy in [Hierarchy::State, Hierarchy::Party, Hierarchy::Front] {
            for day in self.membership_days(hierarchy) {
                for id in self.organisations.keys().copied() {
                    let parent = |at: &&'a Id| {
                        let above = self
                            .organisations
                            .get(at)
                            .and_then(|(_, _, o)| o.parent_on(hierarchy, day));
                        above.into_iter().collect()
                    };
                    if returns(id, parent) {
                        found_in.insert(id);
                    }
                }
            }
        }
        let mut found_in: Vec<&Id> = found_in.into_iter().collect();
        found_in.sort();
        for id in found_in {
            let Some((header, index, _)) = self.organisations.get(id).copied() else {
                continue;
            };
            let keys = ["list", "organisations", &index.to_string(), "memberships"];
            let found = Label::new(
                format!("`{id}` đứng trên chính mình"),
                format!("`{id}` stands above itself"),
            );
            self.push(FaultCode::Cycle, header, &keys, found, None);
        }
    }

    /// The days on which a hierarchy can change for somebody; the first stands for all the time before.
    fn membership_days(&self, hierarchy: Hierarchy) -> Vec<Date> {
        let memberships = self
            .organisations
            .values()
            .flat_map(|(_, _, o)| &o.memberships);
        let mut days: Vec<Date> = memberships
            .filter(|m| m.hierarchy == hierarchy)
            .map(|m| m.from.unwrap_or(Date::MIN))
            .collect();
        days.sort();
        days.dedup();
        days
    }
}

/// Whether a walk from a node comes back to it.
fn returns<K: Copy + Eq + std::hash::Hash>(start: K, next: impl Fn(&K) -> Vec<K>) -> bool {
    let mut seen = HashSet::new();
    let mut open = next(&start);
    while let Some(at) = open.pop() {
        if at == start {
            return true;
        }
        if seen.insert(at) {
            open.extend(next(&at));
        }
    }
    false
}

fn unknown(vi: &str, en: &str, name: &str) -> Label {
    Label::new(
        format!("không có {vi} `{name}`"),
        format!("there is no {en} `{name}`"),
    )
}

fn twice(name: &str) -> Label {
    Label::new(
        format!("`{name}` có hai lần"),
        format!("`{name}` stands twice"),
    )
}
