//! Which data there are, and queries for it: `availableconstraint`.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;

use super::query::{DataQuery, QueryFault};
use super::structure::{Resource, Selection};
use super::{Code, Codelist, Structure};

/// For which keys and times there are data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Availability {
    /// For each dimension but time, the codes there are data for.
    pub codes: Vec<BTreeSet<String>>,
    /// First day, and last day, of the periods there are data for.
    pub time: Option<(Date, Date)>,
    /// How many observations.
    pub observations: u64,
}

impl Availability {
    /// Takes observations of one key into account: the first day of their periods, and the day after the last.
    pub fn add(&mut self, key: &[String], (first, after): (Date, Date), observations: u64) {
        self.codes
            .resize_with(self.codes.len().max(key.len()), BTreeSet::new);
        for (codes, code) in self.codes.iter_mut().zip(key) {
            if !codes.contains(code) {
                codes.insert(code.clone());
            }
        }
        let last = after.yesterday().unwrap_or(after);
        self.time = Some(match self.time {
            None => (first, last),
            Some((from, to)) => (from.min(first), to.max(last)),
        });
        self.observations += observations;
    }

    /// The codes of a list there are data for, and those above them; none for the list of an attribute.
    pub(super) fn of_list<'l>(
        &self,
        of: &Structure,
        list: &'l Codelist,
    ) -> Option<BTreeSet<&'l str>> {
        let at = of.dimensions.iter().position(|d| d.codes.id == list.id)?;
        let parents: HashMap<&str, &str> = list
            .codes
            .iter()
            .filter_map(|code| Some((code.id(), code.parent.as_deref()?)))
            .collect();
        let known: HashSet<&str> = list.codes.iter().map(Code::id).collect();
        let mut kept = BTreeSet::new();
        for code in self.codes.get(at).into_iter().flatten() {
            let mut next = known.get(code.as_str()).copied();
            while let Some(code) = next.filter(|code| kept.insert(*code)) {
                next = parents.get(code).copied();
            }
        }
        Some(kept)
    }
}

/// Which values are told of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// Those that the query finds.
    #[default]
    Exact,
    /// Those that could be asked for, the rest of the query left as it is.
    Available,
}

/// A query for availability.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AvailabilityQuery {
    /// Of which data.
    pub data: DataQuery,
    /// Of which dimension alone.
    pub component: Option<String>,
    /// Which values.
    pub mode: Mode,
    /// What besides, with the codes in use alone.
    pub references: Vec<Resource>,
}

impl AvailabilityQuery {
    /// Reads what follows `/availableconstraint/` in an address, `{flow}/{key}/{provider}/{component}`, and its
    /// parameters, both decoded.
    ///
    /// # Errors
    /// When a part is not understood or not served.
    pub fn parse<'a>(
        path: &str,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, QueryFault> {
        let path = path.trim_matches('/');
        let (path, component) = match path.splitn(4, '/').nth(3) {
            Some(component) => (&path[..path.len() - component.len() - 1], component),
            None => (path, "all"),
        };
        let mut query = Self {
            component: (component != "all").then(|| component.to_owned()),
            ..Self::default()
        };
        let mut of_data = Vec::new();
        for (name, value) in parameters {
            match name {
                "mode" => query.mode = mode(value)?,
                "references" => query.references = references(value)?,
                "startPeriod" | "endPeriod" | "asOf" => of_data.push((name, value)),
                "updatedAfter" => {
                    return Err(QueryFault::unsupported(name, value, "/data?updatedAfter="));
                }
                _ => return Err(QueryFault::unknown(name, &PARAMETERS)),
            }
        }
        query.data = DataQuery::parse(path, of_data)?;
        Ok(query)
    }

    /// Which dimension alone is asked for, by its place; none for all.
    ///
    /// # Errors
    /// When the structure has no such dimension.
    pub fn dimension(&self, of: &Structure) -> Result<Option<usize>, QueryFault> {
        let Some(component) = &self.component else {
            return Ok(None);
        };
        let mut names = of.dimensions().iter().map(|d| d.id.as_str());
        let found = names.position(|name| name == component);
        found.map(Some).ok_or_else(|| {
            let names: Vec<&str> = of.dimensions().iter().map(|d| d.id.as_str()).collect();
            QueryFault::expected("componentID", component, &names.join(", "))
        })
    }

    /// What goes into the message: the constraint, and what it refers to with the codes in use.
    pub fn select(&self) -> Selection {
        let mut resources: BTreeSet<Resource> = self.references.iter().copied().collect();
        resources.insert(Resource::ContentConstraint);
        Selection {
            resources,
            partial: true,
            ..Selection::all()
        }
    }
}

const PARAMETERS: [&str; 5] = ["mode", "references", "startPeriod", "endPeriod", "asOf"];

fn mode(value: &str) -> Result<Mode, QueryFault> {
    match value {
        "exact" => Ok(Mode::Exact),
        "available" => Ok(Mode::Available),
        _ => Err(QueryFault::expected("mode", value, "exact, available")),
    }
}

fn references(value: &str) -> Result<Vec<Resource>, QueryFault> {
    let all = [
        Resource::Dataflow,
        Resource::DataStructure,
        Resource::Codelist,
        Resource::ConceptScheme,
    ];
    match value {
        "none" => Ok(Vec::new()),
        "all" => Ok(all.to_vec()),
        word => {
            let found = all.into_iter().find(|resource| resource.word() == word);
            found.map(|resource| vec![resource]).ok_or_else(|| {
                let words = all.map(Resource::word).join(", ");
                QueryFault::expected("references", value, &format!("none, all, {words}"))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_of_clients() {
        for (path, key, component) in [
            ("INDICATORS", false, None),
            ("VN66,INDICATORS,1.0/A.../all/all/", true, None),
            ("INDICATORS/all/all/REF_AREA", false, Some("REF_AREA")),
        ] {
            let query = AvailabilityQuery::parse(path, [("mode", "available")]).expect(path);
            assert_eq!(query.mode, Mode::Available);
            assert_eq!(query.component.as_deref(), component, "{path}");
            assert_eq!(query.data.key != Default::default(), key, "{path}");
        }
        let all = AvailabilityQuery::parse("A", [("references", "all")]).unwrap();
        assert_eq!(all.select().resources.len(), 5);
        for (name, value) in [
            ("mode", "some"),
            ("references", "flows"),
            ("detail", "full"),
            ("startPeriod", "x"),
        ] {
            assert!(AvailabilityQuery::parse("A", [(name, value)]).is_err());
        }
        assert!(AvailabilityQuery::parse("A/all/all/B/C", []).is_ok_and(|q| q.component.is_some()));
    }
}
