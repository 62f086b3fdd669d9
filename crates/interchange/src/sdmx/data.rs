//! Data messages, written observation by observation.

use std::io::{self, Write};

use jiff::Timestamp;

use super::csv::CsvWriter;
use super::structure::write_header;
use super::{Action, Header, Observation, Structure, TIME, VALUE, period};
use crate::xml::Stream;

const MESSAGE: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message";
const COMMON: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common";
const SPECIFIC: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// In what form data are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataFormat {
    /// StructureSpecificData of SDMX-ML 2.1.
    Ml21,
    /// SDMX-CSV 1.0.
    Csv1,
    /// SDMX-CSV 2.0.
    Csv2,
}

/// By what observations are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Layout {
    /// In series over time.
    #[default]
    Series,
    /// Each with its whole key (`AllDimensions`).
    Flat,
}

impl Layout {
    /// As addresses and headers name it.
    pub fn word(self) -> &'static str {
        match self {
            Layout::Series => TIME,
            Layout::Flat => "AllDimensions",
        }
    }
}

/// How much is said of each series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Detail {
    /// Everything.
    #[default]
    Full,
    /// Values without attributes.
    DataOnly,
    /// Keys alone.
    SeriesKeysOnly,
    /// Series and what is said of them, without observations.
    NoData,
}

impl Detail {
    /// Whether observations are left out.
    pub fn keys_alone(self) -> bool {
        matches!(self, Detail::SeriesKeysOnly | Detail::NoData)
    }
}

/// What a set of data says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DataSet {
    /// What the receiver does with it.
    pub action: Action,
    /// Since when it was what the sender held, where history is told.
    pub valid_from: Option<Timestamp>,
    /// Until when.
    pub valid_to: Option<Timestamp>,
}

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// In which form.
    pub format: DataFormat,
    /// How observations are put together; CSV knows one way only.
    pub layout: Layout,
    /// How much is said.
    pub detail: Detail,
}

impl Options {
    /// Everything, in series.
    pub fn new(format: DataFormat) -> Self {
        Self {
            format,
            layout: Layout::default(),
            detail: Detail::default(),
        }
    }
}

/// A message of data on its way out. Observations of one series are pushed one after the other; a series
/// that comes again is written again.
pub struct DataWriter<'s, W: Write>(Inner<'s, W>);

enum Inner<'s, W: Write> {
    Ml(MlWriter<'s, W>),
    Csv(Box<CsvWriter<'s, W>>),
}

impl<'s, W: Write> DataWriter<'s, W> {
    /// Begins a message.
    ///
    /// # Errors
    /// When the place it goes to fails.
    pub fn begin(
        out: W,
        structure: &'s Structure,
        header: &Header,
        options: Options,
    ) -> io::Result<Self> {
        Ok(Self(match options.format {
            DataFormat::Ml21 => Inner::Ml(MlWriter::begin(out, structure, header, options)?),
            DataFormat::Csv1 | DataFormat::Csv2 => {
                Inner::Csv(Box::new(CsvWriter::begin(out, structure, options)?))
            }
        }))
    }

    /// Begins a set of data; what comes before the first belongs to one that is only looked at.
    ///
    /// # Errors
    /// When the place it goes to fails.
    pub fn data_set(&mut self, set: DataSet) -> io::Result<()> {
        match &mut self.0 {
            Inner::Ml(ml) => ml.data_set(set),
            Inner::Csv(csv) => {
                csv.action(set.action);
                Ok(())
            }
        }
    }

    /// The next observation.
    ///
    /// # Errors
    /// When the place it goes to fails, or key and attributes are not those of the structure.
    pub fn push(&mut self, observation: &Observation) -> io::Result<()> {
        match &mut self.0 {
            Inner::Ml(ml) => ml.push(observation),
            Inner::Csv(csv) => csv.push(observation),
        }
    }

    /// Ends the message and gives back where it went.
    ///
    /// # Errors
    /// When the place it goes to fails.
    pub fn end(self) -> io::Result<W> {
        match self.0 {
            Inner::Ml(ml) => ml.end(),
            Inner::Csv(csv) => csv.end(),
        }
    }
}

/// Whether an observation has the components of a structure.
pub(super) fn fitting(structure: &Structure, observation: &Observation) -> io::Result<()> {
    let fits = observation.key.len() == structure.dimensions.len()
        && observation.attributes.len() == structure.attributes.len();
    fits.then_some(()).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "quan sát {:?} không đúng cấu trúc {} (an observation does not fit its structure)",
                observation.key,
                structure.reference()
            ),
        )
    })
}

struct MlWriter<'s, W: Write> {
    xml: Stream<W>,
    of: &'s Structure,
    dsd: String,
    options: Options,
    in_set: bool,
    series: Option<Vec<String>>,
}

impl<'s, W: Write> MlWriter<'s, W> {
    fn begin(out: W, of: &'s Structure, header: &Header, options: Options) -> io::Result<Self> {
        let dsd = of.dsd();
        let layout = options.layout.word();
        let own = format!(
            "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={}:{dsd}({}):ObsLevelDim:{layout}",
            of.agency(),
            of.version()
        );
        let mut xml = Stream::begin(out)?;
        xml.open(
            "mes:StructureSpecificData",
            &[
                ("xmlns:mes", MESSAGE),
                ("xmlns:com", COMMON),
                ("xmlns:ss", SPECIFIC),
                ("xmlns:xsi", INSTANCE),
                ("xmlns:own", &own),
            ],
        )?;
        write_header(&mut xml, header)?;
        xml.open(
            "mes:Structure",
            &[
                ("structureID", &dsd),
                ("namespace", &own),
                ("dimensionAtObservation", layout),
            ],
        )?;
        xml.open("com:Structure", &[])?;
        let reference = [
            ("id", dsd.as_str()),
            ("version", of.version()),
            ("agencyID", of.agency()),
            ("package", "datastructure"),
            ("class", "DataStructure"),
        ];
        xml.empty("Ref", reference)?;
        for _ in 0..3 {
            xml.close()?;
        }
        Ok(Self {
            xml,
            of,
            dsd,
            options,
            in_set: false,
            series: None,
        })
    }

    fn data_set(&mut self, set: DataSet) -> io::Result<()> {
        self.close_set()?;
        let action = match set.action {
            Action::Information => "Information",
            Action::Append => "Append",
            Action::Replace => "Replace",
            Action::Delete => "Delete",
        };
        let (from, to) = (set.valid_from, set.valid_to);
        let [from, to] = [from, to].map(|time| time.map(|time| time.to_string()));
        let mut attributes = vec![
            ("ss:structureRef", self.dsd.as_str()),
            ("xsi:type", "own:DataSetType"),
            ("ss:dataScope", "DataStructure"),
            ("ss:action", action),
        ];
        attributes.extend(from.as_deref().map(|time| ("ss:validFromDate", time)));
        attributes.extend(to.as_deref().map(|time| ("ss:validToDate", time)));
        self.xml.open("mes:DataSet", &attributes)?;
        self.in_set = true;
        Ok(())
    }

    fn close_set(&mut self) -> io::Result<()> {
        if self.series.take().is_some() {
            self.xml.close()?;
        }
        if self.in_set {
            self.xml.close()?;
        }
        self.in_set = false;
        Ok(())
    }

    fn push(&mut self, observation: &Observation) -> io::Result<()> {
        fitting(self.of, observation)?;
        if !self.in_set {
            self.data_set(DataSet::default())?;
        }
        let names = self.of.dimensions.iter().map(|d| d.id.as_str());
        let key = names.zip(observation.key.iter().map(String::as_str));
        let flat = self.options.layout == Layout::Flat;
        if !flat && self.series.as_ref() != Some(&observation.key) {
            if self.series.is_some() {
                self.xml.close()?;
            }
            let attributes: Vec<_> = key.clone().collect();
            self.xml.open("Series", &attributes)?;
            self.series = Some(observation.key.clone());
        }
        if self.options.detail.keys_alone() {
            return Ok(());
        }
        let time = period::write(observation.time);
        let value = observation.value.map(|value| value.to_string());
        let all = self.options.detail == Detail::Full;
        let said = observation.attributes.iter().filter(|_| all);
        let attributes = self.of.attributes.iter().zip(said);
        self.xml.empty(
            "Obs",
            key.filter(|_| flat)
                .chain([(TIME, time.as_str())])
                .chain(value.as_deref().map(|value| (VALUE, value)))
                .chain(attributes.filter_map(|(a, said)| Some((a.id.as_str(), said.as_deref()?)))),
        )
    }

    fn end(mut self) -> io::Result<W> {
        if !self.in_set {
            self.data_set(DataSet::default())?;
        }
        self.xml.end()
    }
}
