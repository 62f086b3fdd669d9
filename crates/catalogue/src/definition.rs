//! A definition of any kind: read from TOML, printed, made canonical and hashed.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::area::Areas;
use crate::campaign::Campaign;
use crate::codelist::Codelist;
use crate::fault::{Fault, FaultCode, Faults, Origin, nearest};
use crate::header::{Header, Id, Kind, Label};
use crate::indicator::Indicator;
use crate::organisation::Organisations;
use crate::report::{Format, Report};
use crate::settings::Settings;

/// A definition of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Definition {
    /// Something that is measured.
    Indicator(Indicator),
    /// Territories and their lives.
    Areas(Areas),
    /// Agencies and their lives.
    Organisations(Organisations),
    /// A closed list of codes.
    Codelist(Codelist),
    /// A periodic report.
    Report(Report),
    /// How a kind of document must look.
    Format(Box<Format>),
    /// Thresholds, calendars and marks.
    Settings(Settings),
    /// What the season of an index asks of whom.
    Campaign(Campaign),
}

/// Does the same with the definition inside, whatever its kind.
macro_rules! each {
    ($definition:expr, $inner:ident => $body:expr) => {
        match $definition {
            Definition::Indicator($inner) => $body,
            Definition::Areas($inner) => $body,
            Definition::Organisations($inner) => $body,
            Definition::Codelist($inner) => $body,
            Definition::Report($inner) => $body,
            Definition::Format($inner) => $body,
            Definition::Settings($inner) => $body,
            Definition::Campaign($inner) => $body,
        }
    };
}

impl Definition {
    /// What the definition says about itself.
    pub fn header(&self) -> &Header {
        each!(self, inner => &inner.def)
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.header().kind
    }

    /// Its identifier.
    pub fn id(&self) -> &Id {
        &self.header().id
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.header().version
    }

    fn header_mut(&mut self) -> &mut Header {
        each!(self, inner => &mut inner.def)
    }

    fn faults(&self) -> Vec<Fault> {
        let origin = &self.header().origin;
        let mut faults = Faults::new(origin);
        self.header().validate(&mut faults);
        each!(self, inner => inner.validate(&mut faults));
        faults.into_list()
    }

    pub(crate) fn to_value(&self) -> Value {
        // Serialising fails only for maps whose keys are no strings; the types here hold none.
        each!(self, inner => serde_json::to_value(inner)).unwrap_or(Value::Null)
    }
}

/// Reads a definition from the text of a file.
///
/// # Errors
/// Every fault that was found, each with its place. `path` is used for naming the file only.
pub fn parse(path: &str, text: &str) -> Result<Definition, Vec<Fault>> {
    let origin = Origin::new(path, text);
    let kind = kind_of(&origin, text).map_err(|fault| vec![*fault])?;
    let read = match kind {
        Kind::Indicator => toml::from_str(text).map(Definition::Indicator),
        Kind::Areas => toml::from_str(text).map(Definition::Areas),
        Kind::Organisations => toml::from_str(text).map(Definition::Organisations),
        Kind::Codelist => toml::from_str(text).map(Definition::Codelist),
        Kind::Report => toml::from_str(text).map(Definition::Report),
        Kind::Format => toml::from_str(text).map(Definition::Format),
        Kind::Settings => toml::from_str(text).map(Definition::Settings),
        Kind::Campaign => toml::from_str(text).map(Definition::Campaign),
    };
    let mut definition = read.map_err(|error| vec![translate(&origin, &error)])?;
    definition.header_mut().origin = origin;
    match definition.faults() {
        faults if faults.is_empty() => Ok(definition),
        faults => Err(faults),
    }
}

/// Why bytes are no canonical definition.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// The bytes are not the JSON of a definition of their kind.
    #[error("not the JSON of a definition: {0}")]
    Json(#[from] serde_json::Error),
    /// `def.kind` names no kind.
    #[error("`def.kind` names no kind of definition")]
    Kind,
    /// The definition contradicts itself.
    #[error("{}", .0.iter().map(Fault::to_string).collect::<String>())]
    Faults(Vec<Fault>),
}

/// Reads a definition back from its canonical JSON, as the journal keeps it.
///
/// # Errors
/// When the bytes are not the JSON of a definition, or of one that contradicts itself.
pub fn from_canonical(bytes: &[u8]) -> Result<Definition, CanonicalError> {
    let value: Value = serde_json::from_slice(bytes)?;
    let word = value.pointer("/def/kind").and_then(Value::as_str);
    let kind = word.and_then(Kind::from_word).ok_or(CanonicalError::Kind)?;
    let definition = match kind {
        Kind::Indicator => Definition::Indicator(serde_json::from_value(value)?),
        Kind::Areas => Definition::Areas(serde_json::from_value(value)?),
        Kind::Organisations => Definition::Organisations(serde_json::from_value(value)?),
        Kind::Codelist => Definition::Codelist(serde_json::from_value(value)?),
        Kind::Report => Definition::Report(serde_json::from_value(value)?),
        Kind::Format => Definition::Format(serde_json::from_value(value)?),
        Kind::Settings => Definition::Settings(serde_json::from_value(value)?),
        Kind::Campaign => Definition::Campaign(serde_json::from_value(value)?),
    };
    match definition.faults() {
        faults if faults.is_empty() => Ok(definition),
        faults => Err(CanonicalError::Faults(faults)),
    }
}

/// Prints a definition as TOML that reads back as the same definition.
///
/// # Errors
/// When the TOML writer refuses a value, which no definition that was read contains.
pub fn print(definition: &Definition) -> Result<String, toml::ser::Error> {
    each!(definition, inner => toml::to_string_pretty(inner))
}

/// The canonical JSON: keys sorted, no spaces, decimals as text. This is what the journal keeps and what is hashed.
pub fn canonical_json(definition: &Definition) -> Vec<u8> {
    let mut out = Vec::new();
    write_sorted(&definition.to_value(), &mut out);
    out
}

/// SHA-256 of the canonical JSON.
pub fn hash(definition: &Definition) -> [u8; 32] {
    Sha256::digest(canonical_json(definition)).into()
}

/// SHA-256 of the canonical JSON as 64 hexadecimal digits.
pub fn hash_hex(definition: &Definition) -> String {
    hash(definition)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Writes JSON with sorted keys. Done here, since the map of `serde_json` keeps its order only as long as
/// no other crate of the build asks for insertion order.
fn write_sorted(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            out.push(b'{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_sorted(&Value::String(key.clone()), out);
                out.push(b':');
                write_sorted(&map[key], out);
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_sorted(item, out);
            }
            out.push(b']');
        }
        plain => out.extend_from_slice(plain.to_string().as_bytes()),
    }
}

/// Reads `def.kind`, which says how to read the rest.
fn kind_of(origin: &Origin, text: &str) -> Result<Kind, Box<Fault>> {
    let root =
        toml::de::DeTable::parse(text).map_err(|error| Box::new(translate(origin, &error)))?;
    let word = root
        .get_ref()
        .get("def")
        .and_then(|def| def.get_ref().get("kind"));
    let Some(word) = word else {
        let found = Label::new("thiếu `kind` trong [def]", "`kind` is missing in [def]");
        return Err(Box::new(Fault {
            code: FaultCode::MissingKey,
            found,
            expected: kinds(),
            nearest: None,
            place: origin.place(&["def"]),
        }));
    };
    let written = word.get_ref().as_str().unwrap_or_default();
    Kind::from_word(written).ok_or_else(|| {
        Box::new(Fault {
            code: FaultCode::WrongValue,
            found: Label::new(
                format!("không có loại `{written}`"),
                format!("there is no kind `{written}`"),
            ),
            expected: kinds(),
            nearest: nearest(written, Kind::ALL.iter().map(|kind| kind.word())),
            place: origin.place_of(Some(word.span())),
        })
    })
}

fn kinds() -> Vec<String> {
    Kind::ALL
        .iter()
        .map(|kind| format!("`{}`", kind.word()))
        .collect()
}

/// Turns an error of the TOML reader into a fault. The reader words four cases always alike; anything else
/// is passed on as it stands.
fn translate(origin: &Origin, error: &toml::de::Error) -> Fault {
    let message = error.message();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let place = origin.place_of(error.span());
    let first = quoted.first().copied().unwrap_or_default();
    let rest = quoted.get(1..).unwrap_or_default();
    let listed = || rest.iter().map(|name| format!("`{name}`")).collect();
    let fault = |code, found, expected, nearest| Fault {
        code,
        found,
        expected,
        nearest,
        place: place.clone(),
    };
    if message.starts_with("unknown field") {
        let found = Label::new(
            format!("không có khoá `{first}` ở đây"),
            format!("there is no key `{first}` here"),
        );
        fault(
            FaultCode::UnknownKey,
            found,
            listed(),
            nearest(first, rest.iter().copied()),
        )
    } else if message.starts_with("unknown variant") {
        let found = Label::new(
            format!("không có giá trị `{first}`"),
            format!("there is no value `{first}`"),
        );
        fault(
            FaultCode::WrongValue,
            found,
            listed(),
            nearest(first, rest.iter().copied()),
        )
    } else if message.starts_with("missing field") {
        let found = Label::new(format!("thiếu `{first}`"), format!("`{first}` is missing"));
        fault(FaultCode::MissingKey, found, Vec::new(), None)
    } else if let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .and_then(|text| text.split_once(", expected "))
    {
        let found = Label::new(
            format!("giá trị sai kiểu: {found}"),
            format!("a value of the wrong type: {found}"),
        );
        fault(
            FaultCode::WrongValue,
            found,
            vec![expected.to_owned()],
            None,
        )
    } else if toml::de::DeTable::parse(origin.text()).is_err() {
        let found = Label::new(
            format!("không đọc được TOML: {message}"),
            format!("this is no TOML: {message}"),
        );
        fault(FaultCode::Syntax, found, Vec::new(), None)
    } else {
        let found = Label::new(
            format!("giá trị không hợp lệ: {message}"),
            format!("not a valid value: {message}"),
        );
        fault(FaultCode::WrongValue, found, Vec::new(), None)
    }
}
