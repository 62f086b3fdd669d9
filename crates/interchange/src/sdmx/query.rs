//! Queries of the REST interface of SDMX 2.1, with `asOf` and `includeHistory` as the later one has them.

use catalogue::Label;
use jiff::Timestamp;

use super::data::{Detail, Layout};
use super::period::{self, Window};
use super::structure::{Resource, Selection};
use super::{Structure, TIME};

/// Why a query is not understood. Answered by status 400, or 501 where it is understood and not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFault {
    /// Which part of the address.
    pub at: String,
    /// What is wrong with it and what it should be.
    pub reason: Label,
    /// Whether it is well formed and just not served.
    pub unsupported: bool,
}

impl QueryFault {
    fn new(at: &str, vi: String, en: String) -> Self {
        Self {
            at: at.to_owned(),
            reason: Label::new(vi, en),
            unsupported: false,
        }
    }

    pub(super) fn expected(at: &str, found: &str, example: &str) -> Self {
        Self::new(
            at,
            format!("«{found}» không hợp lệ; ví dụ: {example}."),
            format!("“{found}” is not understood; for example: {example}."),
        )
    }

    pub(super) fn unknown(name: &str, known: &[&str]) -> Self {
        let known = known.join(", ");
        Self::new(
            name,
            format!("Không có tham số này; có: {known}."),
            format!("There is no such parameter; there are: {known}."),
        )
    }

    pub(super) fn unsupported(at: &str, found: &str, served: &str) -> Self {
        Self {
            unsupported: true,
            ..Self::new(
                at,
                format!("«{found}» chưa được hỗ trợ; có thể dùng: {served}."),
                format!("“{found}” is not served; there is: {served}."),
            )
        }
    }
}

/// Something by agency, identifier and version; what is not said is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    /// Its agency.
    pub agency: Option<String>,
    /// Its identifier.
    pub id: Option<String>,
    /// Its version; none for the latest.
    pub version: Option<String>,
}

impl Reference {
    fn part(text: &str) -> Option<String> {
        let open = matches!(text, "" | "all" | "latest" | "*" | "+" | "~");
        (!open).then(|| text.to_owned())
    }

    /// `ID`, `AGENCY,ID` or `AGENCY,ID,VERSION`.
    fn flow(text: &str) -> Result<Self, QueryFault> {
        let parts: Vec<&str> = text.split(',').collect();
        let (agency, id, version) = match parts[..] {
            [id] => ("", id, ""),
            [agency, id] => (agency, id, ""),
            [agency, id, version] => (agency, id, version),
            _ => return Err(QueryFault::expected("flow", text, "AGENCY,FLOW,1.0")),
        };
        if id.is_empty() {
            return Err(QueryFault::expected("flow", text, "AGENCY,FLOW,1.0"));
        }
        Ok(Self {
            agency: Self::part(agency),
            id: Self::part(id),
            version: Self::part(version),
        })
    }

    fn is(&self, agency: &str, id: &str, version: &str) -> bool {
        let same = |said: &Option<String>, is: &str| said.as_deref().is_none_or(|said| said == is);
        same(&self.agency, agency) && same(&self.id, id) && same(&self.version, version)
    }

    /// Whether it means the flow of a structure.
    pub fn is_flow(&self, structure: &Structure) -> bool {
        self.is(structure.agency(), structure.flow(), structure.version())
    }
}

/// Which keys: for each dimension the codes asked for, none for all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Key(Option<Vec<Vec<String>>>);

impl Key {
    /// `A.TFP+GRDP..`, `all` or nothing.
    fn read(text: &str) -> Result<Self, QueryFault> {
        if matches!(text, "" | "all" | "ALL" | "*") {
            return Ok(Self(None));
        }
        let mut parts = Vec::new();
        for part in text.split('.') {
            let codes = match part {
                "" | "*" => Vec::new(),
                part => part.split('+').map(str::to_owned).collect(),
            };
            if codes.iter().any(String::is_empty) {
                return Err(QueryFault::expected("key", text, "A.CODE1+CODE2.."));
            }
            parts.push(codes);
        }
        Ok(Self(Some(parts)))
    }

    /// For each dimension of a structure the codes asked for; an empty list asks for all.
    ///
    /// # Errors
    /// When the key has not as many parts as there are dimensions.
    pub fn of(&self, structure: &Structure) -> Result<Vec<Vec<String>>, QueryFault> {
        let dimensions = structure.dimensions();
        match &self.0 {
            None => Ok(vec![Vec::new(); dimensions.len()]),
            Some(parts) if parts.len() == dimensions.len() => Ok(parts.clone()),
            Some(parts) => {
                let names: Vec<&str> = dimensions.iter().map(|d| d.id.as_str()).collect();
                Err(QueryFault::new(
                    "key",
                    format!("Khoá có {} phần, cần: {}.", parts.len(), names.join(".")),
                    format!(
                        "The key has {} parts; it takes: {}.",
                        parts.len(),
                        names.join(".")
                    ),
                ))
            }
        }
    }
}

/// A query for data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataQuery {
    /// Of which flow.
    pub flow: Reference,
    /// Which keys.
    pub key: Key,
    /// Reported by whom: agency and provider.
    pub provider: Option<String>,
    /// Which periods.
    pub window: Window,
    /// What has changed since.
    pub updated_after: Option<Timestamp>,
    /// As it was known then.
    pub as_of: Option<Timestamp>,
    /// How observations are put together.
    pub layout: Layout,
    /// How much is said.
    pub detail: Detail,
    /// Whether earlier publications are told too.
    pub include_history: bool,
    /// No more than so many observations of a series, the earliest.
    pub first: Option<u64>,
    /// No more than so many observations of a series, the latest.
    pub last: Option<u64>,
    /// The form asked for by `format`, in place of the header `Accept`.
    pub format: Option<String>,
}

impl DataQuery {
    /// Reads what follows `/data/` in an address, decoded, and its parameters, decoded.
    ///
    /// # Errors
    /// When a part is not understood or not served; parameters of no meaning here are refused, since
    /// passing them over would answer another question.
    pub fn parse<'a>(
        path: &str,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, QueryFault> {
        let path = path.trim_start_matches('/');
        let parts: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
        let (flow, key, provider) = match parts[..] {
            [flow] => (flow, "", ""),
            [flow, key] => (flow, key, ""),
            [flow, key, provider] => (flow, key, provider),
            _ => {
                return Err(QueryFault::expected(
                    "path",
                    path,
                    "/data/AGENCY,FLOW,1.0/KEY/all",
                ));
            }
        };
        let mut query = Self {
            flow: Reference::flow(flow)?,
            key: Key::read(key)?,
            provider: Reference::part(provider),
            ..Self::default()
        };
        for (name, value) in parameters {
            query.parameter(name, value)?;
        }
        Ok(query)
    }

    fn parameter(&mut self, name: &str, value: &str) -> Result<(), QueryFault> {
        let bad = |example: &str| QueryFault::expected(name, value, example);
        let days = || period::days(value).ok_or_else(|| bad("2026, 2026-Q3, 2026-10"));
        let count = || {
            value
                .parse()
                .ok()
                .filter(|n| *n > 0)
                .ok_or_else(|| bad("1"))
        };
        match name {
            "startPeriod" => self.window.from = Some(days()?.0),
            "endPeriod" => self.window.before = Some(days()?.1),
            "updatedAfter" => self.updated_after = Some(moment(name, value)?),
            "asOf" => self.as_of = Some(moment(name, value)?),
            "firstNObservations" => self.first = Some(count()?),
            "lastNObservations" => self.last = Some(count()?),
            "includeHistory" => {
                self.include_history = value.parse().map_err(|_| bad("true, false"))?;
            }
            "detail" => {
                self.detail = match value {
                    "full" => Detail::Full,
                    "dataonly" => Detail::DataOnly,
                    "serieskeysonly" => Detail::SeriesKeysOnly,
                    "nodata" => Detail::NoData,
                    _ => return Err(bad("full, dataonly, serieskeysonly, nodata")),
                }
            }
            "dimensionAtObservation" => {
                self.layout = match value {
                    TIME => Layout::Series,
                    "AllDimensions" => Layout::Flat,
                    _ => {
                        let served = "TIME_PERIOD, AllDimensions";
                        return Err(QueryFault::unsupported(name, value, served));
                    }
                }
            }
            "format" => self.format = Some(value.to_owned()),
            _ => return Err(QueryFault::unknown(name, &PARAMETERS)),
        }
        Ok(())
    }
}

const PARAMETERS: [&str; 10] = [
    "startPeriod",
    "endPeriod",
    "updatedAfter",
    "asOf",
    "firstNObservations",
    "lastNObservations",
    "includeHistory",
    "detail",
    "dimensionAtObservation",
    "format",
];

/// A moment with its offset; a day or moment without one is meant where the service stands, in Vietnam. A `+` that
/// was decoded into a space is one again.
fn moment(name: &str, value: &str) -> Result<Timestamp, QueryFault> {
    let text = value.replace(' ', "+");
    let wrong = || QueryFault::expected(name, value, "2026-10-01T00:00:00+07:00");
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let local: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
    local
        .to_zoned(viet::date::VIETNAM.to_time_zone())
        .map(|zoned| zoned.timestamp())
        .map_err(|_| wrong())
}

/// Which related artefacts a query for structures asks for besides its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum References {
    /// None.
    #[default]
    None,
    /// Those that refer to it.
    Parents,
    /// Those that refer to it, and what they refer to.
    ParentsAndSiblings,
    /// What it refers to.
    Children,
    /// What it refers to, and so on.
    Descendants,
    /// All of these.
    All,
    /// Those of one kind.
    Only(Resource),
}

/// A query for structures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StructureQuery {
    /// Which kind; none for all.
    pub resource: Option<Resource>,
    /// Which.
    pub reference: Reference,
    /// What besides.
    pub references: References,
    /// Names only.
    pub stubs: bool,
    /// Only the codes there are data for.
    pub partial: bool,
}

impl StructureQuery {
    /// Reads what follows the root of the interface, `/{resource}/{agency}/{id}/{version}`, and its
    /// parameters.
    ///
    /// # Errors
    /// When a part is not understood or not served.
    pub fn parse<'a>(
        path: &str,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, QueryFault> {
        let mut parts = path.trim_matches('/').split('/');
        let word = parts.next().unwrap_or("");
        let resource = match word {
            "structure" => None,
            word => Some(resource(word).ok_or_else(|| {
                QueryFault::unsupported(
                    "resource",
                    word,
                    &Resource::ALL.map(Resource::word).join(", "),
                )
            })?),
        };
        let mut part = || Reference::part(parts.next().unwrap_or(""));
        let reference = Reference {
            agency: part(),
            id: part(),
            version: part(),
        };
        // The fifth part is an item of a scheme or list.
        match (Reference::part(parts.next().unwrap_or("")), parts.next()) {
            (None, None) => {}
            (Some(item), None) => return Err(QueryFault::unsupported("item", &item, "all")),
            _ => {
                let known = "/dataflow/AGENCY/FLOW/latest";
                return Err(QueryFault::expected("path", path, known));
            }
        }
        let mut query = Self {
            resource,
            reference,
            references: References::None,
            stubs: false,
            partial: false,
        };
        for (name, value) in parameters {
            match name {
                "references" => query.references = references(value)?,
                "detail" => {
                    query.stubs = stubs(value)?;
                    query.partial = value == "referencepartial";
                }
                _ => return Err(QueryFault::unknown(name, &["references", "detail"])),
            }
        }
        Ok(query)
    }

    /// What of a structure it asks for; none when it asks for something else.
    pub fn select(&self, structure: &Structure) -> Option<Selection> {
        let asked = match self.resource {
            None => Resource::ALL.to_vec(),
            Some(resource) => vec![resource],
        };
        let found: Vec<Resource> = asked
            .into_iter()
            .filter(|resource| self.means(*resource, structure))
            .collect();
        if found.is_empty() {
            return None;
        }
        let one_list =
            self.resource == Some(Resource::Codelist) && self.references == References::None;
        let mut resources: std::collections::BTreeSet<Resource> = found.iter().copied().collect();
        for resource in found {
            resources.extend(related(resource, self.references));
        }
        Some(Selection {
            resources,
            codelist: self.reference.id.clone().filter(|_| one_list),
            stubs: self.stubs,
            partial: self.partial,
        })
    }

    fn means(&self, resource: Resource, of: &Structure) -> bool {
        let is = |id: &str| self.reference.is(of.agency(), id, of.version());
        match resource {
            Resource::AgencyScheme => {
                self.reference.is("SDMX", "AGENCIES", "1.0") || is("AGENCIES")
            }
            Resource::Dataflow => is(of.flow()),
            Resource::Codelist => super::structure::lists(of).any(|list| is(list.id.as_str())),
            Resource::ConceptScheme => is(&of.concepts()),
            Resource::DataStructure => is(&of.dsd()),
            Resource::ContentConstraint => is(&format!("CC_{}", of.flow())),
        }
    }
}

fn resource(word: &str) -> Option<Resource> {
    Resource::ALL
        .into_iter()
        .find(|resource| resource.word() == word)
}

fn references(value: &str) -> Result<References, QueryFault> {
    Ok(match value {
        "none" => References::None,
        "parents" => References::Parents,
        "parentsandsiblings" => References::ParentsAndSiblings,
        "children" => References::Children,
        "descendants" => References::Descendants,
        "all" => References::All,
        word => match resource(word) {
            Some(resource) => References::Only(resource),
            None => {
                let known = "none, parents, parentsandsiblings, children, descendants, all";
                return Err(QueryFault::expected("references", value, known));
            }
        },
    })
}

fn stubs(value: &str) -> Result<bool, QueryFault> {
    match value {
        "full" | "referencestubs" | "referencepartial" => Ok(false),
        "allstubs" | "allcompletestubs" => Ok(true),
        _ => Err(QueryFault::expected("detail", value, "full, allstubs")),
    }
}

fn related(of: Resource, references: References) -> Vec<Resource> {
    let children = |of: Resource| of.children().to_vec();
    let descendants = |of: Resource| {
        let mut found = children(of);
        let mut next = 0;
        while let Some(resource) = found.get(next) {
            found.extend(children(*resource));
            next += 1;
        }
        found
    };
    let parents = || -> Vec<Resource> {
        let refers = |r: &Resource| r.children().contains(&of);
        Resource::ALL.into_iter().filter(refers).collect()
    };
    match references {
        References::None => Vec::new(),
        References::Children => children(of),
        References::Descendants => descendants(of),
        References::Parents => parents(),
        References::ParentsAndSiblings => {
            let mut found = parents();
            found.extend(parents().into_iter().flat_map(children));
            found
        }
        References::All => {
            let mut found = descendants(of);
            found.extend(parents());
            found.extend(parents().into_iter().flat_map(children));
            found
        }
        References::Only(resource) => vec![resource],
    }
}
