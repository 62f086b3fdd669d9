//! Definitions: parse, check, hash, overlay.
//!
//! Everything that a province may want different is a definition: a TOML file with its legal basis and its days of
//! validity. This crate turns such a text into a typed value, says what is wrong with it and where, prints the
//! canonical JSON that the journal keeps, and hashes it. It reads no files and asks no clock. Values that are computed
//! from others are said by an [`expression`], a quotient or a named [`Method`].

mod area;
mod campaign;
mod check;
mod check_computed;
mod codelist;
mod computed;
mod definition;
pub mod expression;
mod fault;
mod header;
mod indicator;
mod method;
mod needs;
mod organisation;
mod overlay;
mod relation;
mod report;
mod settings;

pub use area::{Area, AreaList, Areas, Level, Renaming, Share, Successor, Tile};
pub use campaign::{Campaign, CampaignRequest, CampaignSpec, Pillar, YearDay};
pub use check::check;
pub use codelist::{Codelist, Entries, Entry};
pub use computed::{Computed, Formula, MethodInput, MethodUse, Parameter, Ratio};
pub use definition::{
    CanonicalError, Definition, canonical_json, from_canonical, hash, hash_hex, parse, print,
};
pub use fault::{Fault, FaultCode, Origin, Place, nearest};
pub use header::{BadId, Basis, Header, Id, Kind, Label, Source, UNVERIFIED};
pub use indicator::{
    Aggregation, Direction, Indicator, Linking, MergerRule, ORGANISATION, OverArea, OverTime,
    Periodicity, Plausible, Prevailing, SeriesSpec, Stage, Unit, ValueSpec, VintageRule,
};
pub use method::Method;
pub use needs::{Needs, needs};
pub use organisation::{
    Hierarchy, Membership, Organisation, OrganisationKind, OrganisationList, OrganisationName,
    Organisations, Succession,
};
pub use overlay::overlay;
pub use relation::Relation;
pub use report::{
    Annex, AnnexRows, Column, Fill, Format, Heading, Measure, Page, Report, ReportSpec, Section,
    TextStyle,
};
pub use settings::{
    CalendarSettings, CheckSettings, NotReported, ScoringSettings, ScoringWeight, SecrecyMark,
    SecrecySettings, Setting, Settings, ThresholdSettings,
};
