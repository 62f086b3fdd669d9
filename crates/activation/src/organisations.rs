use std::collections::{BTreeMap, BTreeSet};

use access::OrgId;
use catalogue::{Hierarchy, Organisation, OrganisationName};
use jiff::civil::Date;
use viet::AreaKey;
use viet::fold::fold;

use crate::agency::{AgencyIndex, AgencyMatch, Context};
use crate::areas::Areas;

/// The organisations of a [`crate::Directory`].
#[derive(Debug, Clone, Copy)]
pub struct Organisations<'a> {
    pub(crate) by_id: &'a BTreeMap<OrgId, Organisation>,
    pub(crate) agencies: &'a AgencyIndex,
    pub(crate) areas: Areas<'a>,
}

/// An organisation and those directly below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeNode {
    /// The organisation.
    pub id: OrgId,
    /// Those below, by name.
    pub children: Vec<TreeNode>,
}

/// The identity of an organisation of a definition.
pub(crate) fn id_of(organisation: &Organisation) -> OrgId {
    OrgId(organisation.id.as_str().to_owned())
}

impl<'a> Organisations<'a> {
    /// The organisation of an id, alive or ended.
    pub fn get(self, id: &OrgId) -> Option<&'a Organisation> {
        self.by_id.get(id)
    }

    /// All organisations, alive and ended, by id.
    pub fn all(self) -> impl Iterator<Item = &'a Organisation> {
        self.by_id.values()
    }

    /// The organisations alive on a day, by the name they bore then.
    pub fn list(self, day: Date) -> Vec<&'a Organisation> {
        let mut list: Vec<&Organisation> = self.all().filter(|o| o.valid_on(day)).collect();
        list.sort_by_cached_key(|o| (sort_name(o, day), o.id.as_str()));
        list
    }

    /// The name an organisation bore on a day.
    pub fn name(self, id: &OrgId, day: Date) -> Option<&'a OrganisationName> {
        self.get(id)?.name_on(day)
    }

    /// The hierarchy of a day from its tops down. An organisation whose superior has ended, or that stands
    /// in no hierarchy at all, is a top of the State's, so that none is lost from sight.
    pub fn tree(self, hierarchy: Hierarchy, day: Date) -> Vec<TreeNode> {
        let below = self.below(hierarchy, day);
        let has_superior: BTreeSet<&OrgId> = below.values().flatten().copied().collect();
        let is_top = |id: &&OrgId| {
            let member = |o: &&Organisation| match hierarchy {
                Hierarchy::State if o.memberships.is_empty() => true,
                _ => o.parent_on(hierarchy, day).is_some(),
            };
            !has_superior.contains(*id)
                && (below.contains_key(*id) || self.get(id).as_ref().is_some_and(member))
        };
        let alive = self
            .by_id
            .iter()
            .filter(|(_, o)| o.valid_on(day))
            .map(|(id, _)| id);
        let tops: Vec<&OrgId> = alive.filter(is_top).collect();
        self.nodes(&tops, &below, &mut BTreeSet::new(), day)
    }

    fn nodes(
        self,
        ids: &[&'a OrgId],
        below: &BTreeMap<&OrgId, Vec<&'a OrgId>>,
        seen: &mut BTreeSet<&'a OrgId>,
        day: Date,
    ) -> Vec<TreeNode> {
        let mut sorted: Vec<&OrgId> = ids.to_vec();
        sorted.sort_by_cached_key(|id| self.get(id).map(|o| sort_name(o, day)));
        let mut nodes = Vec::with_capacity(sorted.len());
        for id in sorted {
            if seen.insert(id) {
                let children = below.get(id).map_or(&[][..], Vec::as_slice);
                nodes.push(TreeNode {
                    id: id.clone(),
                    children: self.nodes(children, below, seen, day),
                });
            }
        }
        nodes
    }

    /// Who stood directly under whom on a day, both alive.
    fn below(self, hierarchy: Hierarchy, day: Date) -> BTreeMap<&'a OrgId, Vec<&'a OrgId>> {
        let mut below: BTreeMap<&OrgId, Vec<&OrgId>> = BTreeMap::new();
        for (id, organisation) in self.by_id.iter().filter(|(_, o)| o.valid_on(day)) {
            let parent = organisation
                .parent_on(hierarchy, day)
                .and_then(|parent| self.by_id.get_key_value(&OrgId(parent.to_string())));
            if let Some((parent, superior)) = parent
                && superior.valid_on(day)
            {
                below.entry(parent).or_default().push(id);
            }
        }
        below
    }

    /// An organisation and all below it on a day: what [`access::Scope::of_account`] asks for. The
    /// organisation itself belongs to it even when it is not alive or not known.
    pub fn subtree(self, id: &OrgId, hierarchy: Hierarchy, day: Date) -> BTreeSet<OrgId> {
        let below = self.below(hierarchy, day);
        let mut reached = BTreeSet::from([id.clone()]);
        let mut open = vec![id];
        while let Some(superior) = open.pop() {
            for child in below.get(superior).into_iter().flatten().copied() {
                if reached.insert(child.clone()) {
                    open.push(child);
                }
            }
        }
        reached
    }

    /// The organisations that hold an organisation's duties on a day: itself while it lives, afterwards
    /// those that took over, and those that took over from them. Empty when that is not known.
    pub fn holders(self, id: &OrgId, day: Date) -> BTreeSet<OrgId> {
        let (mut held, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![id.clone()]);
        while let Some(id) = open.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            match self.get(&id) {
                Some(organisation) if organisation.valid_to.is_some_and(|end| end <= day) => {
                    let after = organisation
                        .succession
                        .iter()
                        .filter(|next| next.from.is_none_or(|from| from <= day));
                    open.extend(after.map(|next| OrgId(next.to.to_string())));
                }
                Some(_) => {
                    held.insert(id);
                }
                None => {}
            }
        }
        held
    }

    /// The one organisation that a written name means on a day: `Sở KH&CN`, `UBND tỉnh`. `home` is the area
    /// the text speaks from, which decides between namesakes of several provinces. None when the text
    /// names none, several, or one that cannot be told from another.
    pub fn resolve_agency(self, text: &str, day: Date, home: Option<AreaKey>) -> Option<OrgId> {
        let named: BTreeSet<OrgId> = self
            .agencies_in(text, day, home)
            .into_iter()
            .map(|found| found.organisation)
            .collect();
        let mut named = named.into_iter();
        named.next().filter(|_| named.next().is_none())
    }

    /// Every organisation that a text names, with its place, in the order of the text. A list with a
    /// common head (`các sở: Tài chính, Nội vụ`) is understood. Names of other provinces' organisations
    /// and names that cannot be told apart are left out.
    pub fn agencies_in(self, text: &str, day: Date, home: Option<AreaKey>) -> Vec<AgencyMatch> {
        let home: Vec<AreaKey> = home.map_or_else(Vec::new, |key| self.areas.above(key));
        self.agencies.find(text, Context { day, home: &home })
    }
}

fn sort_name(organisation: &Organisation, day: Date) -> String {
    organisation
        .name_on(day)
        .map(|name| fold(&name.vi))
        .unwrap_or_default()
}
