//! Structure messages of SDMX-ML 2.1.

use std::collections::BTreeSet;
use std::io::{self, Write};

use catalogue::Label;
use viet::Lang;

use super::availability::Availability;
use super::{Attribute, Code, Codelist, Dimension, Header, Kind, Structure, TIME, VALUE};
use crate::xml::Stream;

pub(super) const MESSAGE: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message";
const STRUCTURE: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure";
pub(super) const COMMON: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common";

/// What a structure message can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// The agency.
    AgencyScheme,
    /// The flow.
    Dataflow,
    /// Lists of codes.
    Codelist,
    /// The concepts.
    ConceptScheme,
    /// The definition of the structure.
    DataStructure,
    /// For which keys and times there are data.
    ContentConstraint,
}

impl Resource {
    /// Every resource, in the order in which a message holds them.
    pub const ALL: [Resource; 6] = [
        Resource::AgencyScheme,
        Resource::Dataflow,
        Resource::Codelist,
        Resource::ConceptScheme,
        Resource::DataStructure,
        Resource::ContentConstraint,
    ];

    /// Its name in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Resource::AgencyScheme => "agencyscheme",
            Resource::Dataflow => "dataflow",
            Resource::Codelist => "codelist",
            Resource::ConceptScheme => "conceptscheme",
            Resource::DataStructure => "datastructure",
            Resource::ContentConstraint => "contentconstraint",
        }
    }

    /// The resources it refers to.
    pub(super) fn children(self) -> &'static [Resource] {
        match self {
            Resource::ContentConstraint => &[Resource::Dataflow],
            Resource::Dataflow => &[Resource::DataStructure],
            Resource::DataStructure => &[Resource::Codelist, Resource::ConceptScheme],
            _ => &[],
        }
    }
}

/// What of a structure goes into a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Which resources.
    pub resources: BTreeSet<Resource>,
    /// One list of codes alone.
    pub codelist: Option<String>,
    /// Names only.
    pub stubs: bool,
    /// Only the codes there are data for, and those above them; takes an availability.
    pub partial: bool,
}

impl Selection {
    /// Everything but availability.
    pub fn all() -> Self {
        let but = |r: &Resource| *r != Resource::ContentConstraint;
        Self {
            resources: Resource::ALL.into_iter().filter(but).collect(),
            codelist: None,
            stubs: false,
            partial: false,
        }
    }
}

/// Writes a structure message. Availability is written where it is selected and handed in.
///
/// # Errors
/// When the place it goes to fails.
pub fn write<W: Write>(
    out: W,
    structure: &Structure,
    header: &Header,
    selection: &Selection,
    availability: Option<&Availability>,
) -> io::Result<W> {
    let mut xml = Stream::begin(out)?;
    xml.open(
        "mes:Structure",
        &[
            ("xmlns:mes", MESSAGE),
            ("xmlns:str", STRUCTURE),
            ("xmlns:com", COMMON),
        ],
    )?;
    write_header(&mut xml, header)?;
    xml.close()?;
    xml.open("mes:Structures", &[])?;
    let mut message = Message {
        xml,
        of: structure,
        stubs: selection.stubs,
        used: availability.filter(|_| selection.partial),
    };
    for resource in &selection.resources {
        match resource {
            Resource::AgencyScheme => message.agencies()?,
            Resource::Dataflow => message.flow()?,
            Resource::Codelist => message.codelists(selection.codelist.as_deref())?,
            Resource::ConceptScheme => message.concepts()?,
            Resource::DataStructure => message.data_structure()?,
            Resource::ContentConstraint => {
                if let Some(availability) = availability {
                    message.constraint(availability)?;
                }
            }
        }
    }
    message.xml.end()
}

/// The header of a message, left open for what else belongs into it.
pub(super) fn write_header<W: Write>(xml: &mut Stream<W>, header: &Header) -> io::Result<()> {
    xml.open("mes:Header", &[])?;
    xml.leaf("mes:ID", &[], header.id.as_str())?;
    xml.leaf("mes:Test", &[], "false")?;
    xml.leaf("mes:Prepared", &[], &header.prepared.to_string())?;
    xml.empty("mes:Sender", [("id", header.sender.as_str())])
}

struct Message<'s, W: Write> {
    xml: Stream<W>,
    of: &'s Structure,
    stubs: bool,
    /// To the codes of which the lists are reduced.
    used: Option<&'s Availability>,
}

impl<W: Write> Message<'_, W> {
    fn names(&mut self, name: &Label) -> io::Result<()> {
        for lang in [Lang::Vi, Lang::En] {
            self.xml
                .leaf("com:Name", &[("xml:lang", lang.code())], name.get(lang))?;
        }
        Ok(())
    }

    /// Opens an artefact of the agency and names it.
    fn artefact(&mut self, element: &'static str, id: &str, name: &Label) -> io::Result<()> {
        self.artefact_with(element, id, name, None)
    }

    fn artefact_with(
        &mut self,
        element: &'static str,
        id: &str,
        name: &Label,
        more: Option<(&str, &str)>,
    ) -> io::Result<()> {
        let of = self.of;
        let mut attributes = vec![
            ("id", id),
            ("agencyID", of.agency()),
            ("version", of.version()),
        ];
        if self.stubs {
            attributes.push(("isExternalReference", "true"));
        }
        attributes.extend(more);
        self.xml.open(element, &attributes)?;
        self.names(name)
    }

    fn reference(&mut self, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.xml.empty("Ref", attributes.iter().copied())
    }

    fn agencies(&mut self) -> io::Result<()> {
        let of = self.of;
        self.xml.open("str:OrganisationSchemes", &[])?;
        self.xml.open(
            "str:AgencyScheme",
            &[("id", "AGENCIES"), ("agencyID", "SDMX"), ("version", "1.0")],
        )?;
        self.names(&Label::new("Cơ quan", "Agencies"))?;
        self.xml.open("str:Agency", &[("id", of.agency())])?;
        self.names(&of.agency_name)?;
        self.xml.close()?;
        self.xml.close()?;
        self.xml.close()
    }

    fn flow(&mut self) -> io::Result<()> {
        let of = self.of;
        self.xml.open("str:Dataflows", &[])?;
        self.artefact("str:Dataflow", of.flow(), &of.name)?;
        if !self.stubs {
            self.xml.open("str:Structure", &[])?;
            self.reference(&[
                ("id", &of.dsd()),
                ("version", of.version()),
                ("agencyID", of.agency()),
                ("package", "datastructure"),
                ("class", "DataStructure"),
            ])?;
            self.xml.close()?;
        }
        self.xml.close()?;
        self.xml.close()
    }

    fn codelists(&mut self, only: Option<&str>) -> io::Result<()> {
        self.xml.open("str:Codelists", &[])?;
        for list in lists(self.of).filter(|list| only.is_none_or(|id| list.id.as_str() == id)) {
            let used = self.used.and_then(|used| used.of_list(self.of, list));
            let partial = used.as_ref().map(|_| ("isPartial", "true"));
            self.artefact_with("str:Codelist", list.id.as_str(), &list.name, partial)?;
            let kept = |code: &&Code| used.as_ref().is_none_or(|used| used.contains(code.id()));
            for code in list.codes.iter().filter(|_| !self.stubs).filter(kept) {
                self.xml.open("str:Code", &[("id", &code.id)])?;
                for lang in [Lang::Vi, Lang::En] {
                    let text = code.name.get(lang);
                    self.xml
                        .leaf("com:Name", &[("xml:lang", lang.code())], text)?;
                }
                if let Some(parent) = &code.parent {
                    self.xml.open("str:Parent", &[])?;
                    self.xml.empty("Ref", [("id", parent.as_str())])?;
                    self.xml.close()?;
                }
                self.xml.close()?;
            }
            self.xml.close()?;
        }
        self.xml.close()
    }

    fn concepts(&mut self) -> io::Result<()> {
        let of = self.of;
        self.xml.open("str:Concepts", &[])?;
        self.artefact("str:ConceptScheme", &of.concepts(), &of.name)?;
        let time = Label::new("Kỳ số liệu", "Time period");
        let value = Label::new("Giá trị", "Observation value");
        let dimensions = of.dimensions.iter().map(|d| (d.id.as_str(), &d.name));
        let attributes = of.attributes.iter().map(|a| (a.id.as_str(), &a.name));
        let all = dimensions
            .chain([(TIME, &time), (VALUE, &value)])
            .chain(attributes);
        let stubs = self.stubs;
        for (id, name) in all.filter(|_| !stubs) {
            self.xml.open("str:Concept", &[("id", id)])?;
            self.names(name)?;
            self.xml.close()?;
        }
        self.xml.close()?;
        self.xml.close()
    }

    fn data_structure(&mut self) -> io::Result<()> {
        let of = self.of;
        self.xml.open("str:DataStructures", &[])?;
        self.artefact("str:DataStructure", &of.dsd(), &of.name)?;
        if !self.stubs {
            self.xml.open("str:DataStructureComponents", &[])?;
            self.xml
                .open("str:DimensionList", &[("id", "DimensionDescriptor")])?;
            for (position, dimension) in (1..).zip(&of.dimensions) {
                self.dimension(position, dimension)?;
            }
            self.time_dimension(of.dimensions.len() + 1)?;
            self.xml.close()?;
            if !of.attributes.is_empty() {
                self.xml
                    .open("str:AttributeList", &[("id", "AttributeDescriptor")])?;
                for attribute in &of.attributes {
                    self.attribute(attribute)?;
                }
                self.xml.close()?;
            }
            self.measure()?;
            self.xml.close()?;
        }
        self.xml.close()?;
        self.xml.close()
    }

    fn concept(&mut self, id: &str) -> io::Result<()> {
        let of = self.of;
        self.xml.open("str:ConceptIdentity", &[])?;
        self.reference(&[
            ("id", id),
            ("maintainableParentID", &of.concepts()),
            ("maintainableParentVersion", of.version()),
            ("agencyID", of.agency()),
            ("package", "conceptscheme"),
            ("class", "Concept"),
        ])?;
        self.xml.close()
    }

    fn coded(&mut self, list: &Codelist) -> io::Result<()> {
        let of = self.of;
        self.xml.open("str:LocalRepresentation", &[])?;
        self.xml.open("str:Enumeration", &[])?;
        self.reference(&[
            ("id", list.id.as_str()),
            ("version", of.version()),
            ("agencyID", of.agency()),
            ("package", "codelist"),
            ("class", "Codelist"),
        ])?;
        self.xml.close()?;
        self.xml.close()
    }

    fn typed(&mut self, kind: &str) -> io::Result<()> {
        self.xml.open("str:LocalRepresentation", &[])?;
        self.xml.empty("str:TextFormat", [("textType", kind)])?;
        self.xml.close()
    }

    fn dimension(&mut self, position: usize, dimension: &Dimension) -> io::Result<()> {
        let position = position.to_string();
        let id = dimension.id.as_str();
        self.xml
            .open("str:Dimension", &[("id", id), ("position", &position)])?;
        self.concept(id)?;
        self.coded(&dimension.codes)?;
        self.xml.close()
    }

    fn time_dimension(&mut self, position: usize) -> io::Result<()> {
        let position = position.to_string();
        self.xml.open(
            "str:TimeDimension",
            &[("id", TIME), ("position", &position)],
        )?;
        self.concept(TIME)?;
        self.typed("ObservationalTimePeriod")?;
        self.xml.close()
    }

    fn attribute(&mut self, attribute: &Attribute) -> io::Result<()> {
        let id = attribute.id.as_str();
        self.xml.open(
            "str:Attribute",
            &[("id", id), ("assignmentStatus", "Conditional")],
        )?;
        self.concept(id)?;
        match &attribute.kind {
            Kind::Coded(list) => self.coded(list)?,
            Kind::Text => self.typed("String")?,
            Kind::Decimal => self.typed("Decimal")?,
            Kind::Day => self.typed("GregorianDay")?,
        }
        self.xml.open("str:AttributeRelationship", &[])?;
        self.xml.open("str:PrimaryMeasure", &[])?;
        self.reference(&[("id", VALUE)])?;
        self.xml.close()?;
        self.xml.close()?;
        self.xml.close()
    }

    fn measure(&mut self) -> io::Result<()> {
        self.xml
            .open("str:MeasureList", &[("id", "MeasureDescriptor")])?;
        self.xml.open("str:PrimaryMeasure", &[("id", VALUE)])?;
        self.concept(VALUE)?;
        self.typed("Decimal")?;
        self.xml.close()?;
        self.xml.close()
    }

    fn constraint(&mut self, availability: &Availability) -> io::Result<()> {
        let of = self.of;
        self.xml.open("str:Constraints", &[])?;
        let id = format!("CC_{}", of.flow());
        let attributes = [
            ("id", id.as_str()),
            ("agencyID", of.agency()),
            ("version", of.version()),
            ("type", "Actual"),
        ];
        self.xml.open("str:ContentConstraint", &attributes)?;
        self.xml.open("com:Annotations", &[])?;
        self.xml.open("com:Annotation", &[("id", "obs_count")])?;
        self.xml.leaf(
            "com:AnnotationTitle",
            &[],
            &availability.observations.to_string(),
        )?;
        self.xml.leaf("com:AnnotationType", &[], "sdmx_metrics")?;
        self.xml.close()?;
        self.xml.close()?;
        self.names(&Label::new("Số liệu hiện có", "Data available"))?;
        self.xml.open("str:ConstraintAttachment", &[])?;
        self.xml.open("str:Dataflow", &[])?;
        self.reference(&[
            ("id", of.flow()),
            ("version", of.version()),
            ("agencyID", of.agency()),
            ("package", "datastructure"),
            ("class", "Dataflow"),
        ])?;
        self.xml.close()?;
        self.xml.close()?;
        self.xml.open("str:CubeRegion", &[("include", "true")])?;
        self.region(availability)?;
        self.xml.close()?;
        self.xml.close()?;
        self.xml.close()
    }

    fn region(&mut self, availability: &Availability) -> io::Result<()> {
        let of = self.of;
        for (dimension, codes) in of.dimensions.iter().zip(&availability.codes) {
            if codes.is_empty() {
                continue;
            }
            self.xml
                .open("com:KeyValue", &[("id", dimension.id.as_str())])?;
            for code in codes {
                self.xml.leaf("com:Value", &[], code)?;
            }
            self.xml.close()?;
        }
        let Some((from, to)) = availability.time else {
            return Ok(());
        };
        self.xml.open("com:KeyValue", &[("id", TIME)])?;
        self.xml.open("com:TimeRange", &[])?;
        for (element, day) in [("com:StartPeriod", from), ("com:EndPeriod", to)] {
            let day = format!("{day}T00:00:00");
            self.xml.leaf(element, &[("isInclusive", "true")], &day)?;
        }
        self.xml.close()?;
        self.xml.close()
    }
}

/// Every list of codes, once.
pub(super) fn lists(of: &Structure) -> impl Iterator<Item = &Codelist> {
    let of_attributes = of.attributes.iter().filter_map(|a| match &a.kind {
        Kind::Coded(list) => Some(list),
        _ => None,
    });
    let mut seen = BTreeSet::new();
    of.dimensions
        .iter()
        .map(|d| &d.codes)
        .chain(of_attributes)
        .filter(move |list| seen.insert(list.id.as_str()))
}
