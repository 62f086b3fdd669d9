//! Where each setting comes from: option, environment, credential, file, default, in this order.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use catalogue::{Fault, FaultCode, Label, Origin, Place, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{KEYS, Key, OTHER_VARIABLES, Shape};
use super::value::{self, HIDDEN, Value};

/// Everything that settings may come from, so that none of it is read behind the back of a test.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// The file, with its path.
    pub file: Option<(PathBuf, String)>,
    /// Variables of the environment.
    pub environment: Vec<(String, String)>,
    /// Options of the command line, as (setting, text).
    pub options: Vec<(String, String)>,
    /// Folder of the service manager's credentials.
    pub credentials: Option<PathBuf>,
}

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// On the command line.
    Option,
    /// In this variable.
    Variable(String),
    /// In a file that this variable or this line names.
    Apart(PathBuf),
    /// In the configuration file, at this line.
    File(PathBuf, usize),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Option => f.write_str("option"),
            Source::Variable(name) => f.write_str(name),
            Source::Apart(path) => write!(f, "{}", path.display()),
            Source::File(path, line) => write!(f, "{}:{line}", path.display()),
            Source::Default => f.write_str("default"),
        }
    }
}

/// A setting in force.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its value; `None` when it has none.
    pub value: Option<Value>,
    /// Where it came from.
    pub source: Source,
}

/// All settings by name, and what is odd without being wrong.
pub struct Resolved {
    /// A value for every key.
    pub found: BTreeMap<&'static str, Found>,
    /// Sentences for whoever starts the program.
    pub warnings: Vec<String>,
}

/// One text that was found for a setting, with the place to name when it is wrong.
struct Candidate {
    text: Result<String, Box<Fault>>,
    source: Source,
    place: Place,
}

/// Settles every setting, or tells every fault there is.
pub fn resolve(inputs: &Inputs) -> Result<Resolved, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut warnings = unknown_variables(inputs);
    let mut in_file = in_file(inputs, &mut faults);
    unknown_options(inputs, &mut faults);
    let mut found = BTreeMap::new();
    for key in KEYS {
        let candidate = on_command_line(inputs, key)
            .or_else(|| in_environment(inputs, key))
            .or_else(|| in_credential(inputs, key))
            .or_else(|| in_file.remove(key.name));
        let settled = match candidate {
            Some(candidate) => {
                if let Source::Apart(path) = &candidate.source {
                    warnings.extend(open_to_others(path));
                }
                settle(key, candidate)
            }
            None => Ok(by_default(key)),
        };
        match settled {
            Ok(one) => {
                found.insert(key.name, one);
            }
            Err(fault) => faults.push(*fault),
        }
    }
    if faults.is_empty() {
        Ok(Resolved { found, warnings })
    } else {
        Err(faults)
    }
}

fn by_default(key: &Key) -> Found {
    Found {
        value: value::check(key.shape, key.default)
            .ok()
            .filter(|_| !key.default.is_empty()),
        source: Source::Default,
    }
}

fn settle(key: &Key, candidate: Candidate) -> Result<Found, Box<Fault>> {
    let text = candidate.text?;
    match value::check(key.shape, &text) {
        Ok(value) => Ok(Found {
            value: Some(value),
            source: candidate.source,
        }),
        Err((vi, en)) => {
            let found = if text.is_empty() {
                Label::new(
                    format!("`{}` không đúng kiểu; cần {vi}", key.name),
                    format!("`{}` has the wrong type; expected {en}", key.name),
                )
            } else {
                let shown = if key.may_lie_apart() { HIDDEN } else { &text };
                Label::new(
                    format!("`{}` là `{shown}`; cần {vi}", key.name),
                    format!("`{}` is `{shown}`; expected {en}", key.name),
                )
            };
            Err(Box::new(Fault {
                code: FaultCode::WrongValue,
                found,
                expected: Vec::new(),
                nearest: None,
                place: veil(candidate.place),
            }))
        }
    }
}

fn on_command_line(inputs: &Inputs, key: &Key) -> Option<Candidate> {
    let (_, text) = inputs.options.iter().rfind(|(name, _)| name == key.name)?;
    Some(Candidate {
        text: Ok(text.clone()),
        source: Source::Option,
        place: elsewhere(format!("--set {}=…", key.name)),
    })
}

fn in_environment(inputs: &Inputs, key: &Key) -> Option<Candidate> {
    let given = |wanted: &str| {
        inputs
            .environment
            .iter()
            .find(|(name, text)| name == wanted && !text.is_empty())
            .map(|(_, text)| text.clone())
    };
    let variable = key.variable();
    if let Some(text) = given(&variable) {
        return Some(Candidate {
            text: Ok(text),
            place: elsewhere(variable.clone()),
            source: Source::Variable(variable),
        });
    }
    let variable = format!("{variable}_FILE");
    let path = given(&variable).filter(|_| key.may_lie_apart())?;
    Some(from_apart(PathBuf::from(path), elsewhere(variable)))
}

fn in_credential(inputs: &Inputs, key: &Key) -> Option<Candidate> {
    let folder = inputs
        .credentials
        .as_ref()
        .filter(|_| key.may_lie_apart())?;
    let path = folder.join(key.name.replace('.', "_"));
    path.exists()
        .then(|| from_apart(path.clone(), elsewhere(path.display().to_string())))
}

/// A value that lies in a file of its own, without the end of its line.
fn from_apart(path: PathBuf, place: Place) -> Candidate {
    let text = std::fs::read_to_string(&path)
        .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
        .map_err(|error| {
            Box::new(Fault {
                code: FaultCode::WrongValue,
                found: Label::new(
                    format!("{}: không đọc được: {error}", path.display()),
                    format!("{}: cannot be read: {error}", path.display()),
                ),
                expected: Vec::new(),
                nearest: None,
                place: place.clone(),
            })
        });
    Candidate {
        text,
        source: Source::Apart(path),
        place,
    }
}

/// The settings of the file; what does not belong there is a fault.
fn in_file(inputs: &Inputs, faults: &mut Vec<Fault>) -> BTreeMap<&'static str, Candidate> {
    let mut found = BTreeMap::new();
    let Some((path, text)) = &inputs.file else {
        return found;
    };
    let origin = Origin::new(&path.display().to_string(), text);
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            faults.push(Fault {
                code: FaultCode::Syntax,
                found: Label::new(
                    format!("tệp không đúng cú pháp TOML: {}", error.message()),
                    format!("this is no TOML: {}", error.message()),
                ),
                expected: Vec::new(),
                nearest: None,
                place: veil(origin.place_of(error.span())),
            });
            return found;
        }
    };
    let mut lines = Vec::new();
    flatten("", table.get_ref(), &mut lines);
    for (name, at, value) in lines {
        let place = origin.place_of(Some(at));
        let bare = name.strip_suffix("_file").unwrap_or(&name);
        let key = KEYS.iter().find(|key| key.name == name);
        let apart = KEYS
            .iter()
            .find(|key| key.name == bare && key.may_lie_apart());
        match (key, apart) {
            (Some(key), _) => {
                let source = Source::File(path.clone(), place.line);
                let place = origin.place_of(Some(value.span()));
                found.insert(
                    key.name,
                    Candidate {
                        text: Ok(as_text(key.shape, value.get_ref())),
                        source,
                        place,
                    },
                );
            }
            (None, Some(key)) => {
                let beside = path.parent().unwrap_or(Path::new(""));
                let named = beside.join(as_text(Shape::Path, value.get_ref()));
                found
                    .entry(key.name)
                    .or_insert_with(|| from_apart(named, veil(place)));
            }
            (None, None) => faults.push(unknown(&name, veil(place))),
        }
    }
    found
}

type Line<'a> = (String, std::ops::Range<usize>, &'a Spanned<DeValue<'a>>);

/// Tables become names with dots; only the settings themselves remain.
fn flatten<'a>(before: &str, table: &'a DeTable<'a>, lines: &mut Vec<Line<'a>>) {
    for (key, value) in table {
        let name = format!("{before}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => flatten(&format!("{name}."), inner, lines),
            _ => lines.push((name, key.span(), value)),
        }
    }
}

/// What the file says, as the text that the environment would say. A value of the wrong type becomes a
/// text that its shape refuses.
fn as_text(shape: Shape, value: &DeValue<'_>) -> String {
    let quoted_only = !matches!(shape, Shape::Number(..) | Shape::Flag);
    match value {
        DeValue::String(text) if quoted_only => text.to_string(),
        DeValue::Integer(number) if matches!(shape, Shape::Number(..)) => number.to_string(),
        DeValue::Boolean(flag) if shape == Shape::Flag => flag.to_string(),
        DeValue::Array(items) if matches!(shape, Shape::Machines | Shape::Mailboxes) => items
            .iter()
            .map(|item| as_text(Shape::Text, item.get_ref()))
            .collect::<Vec<_>>()
            .join(", "),
        DeValue::String(text) => format!("\"{text}\""),
        // No shape takes an empty text.
        _ => String::new(),
    }
}

fn unknown_options(inputs: &Inputs, faults: &mut Vec<Fault>) {
    for (name, _) in &inputs.options {
        if !KEYS.iter().any(|key| key.name == name) {
            faults.push(unknown(name, elsewhere(format!("--set {name}=…"))));
        }
    }
}

fn unknown(name: &str, place: Place) -> Fault {
    Fault {
        code: FaultCode::UnknownKey,
        found: Label::new(
            format!("không có thiết lập `{name}`"),
            format!("there is no setting `{name}`"),
        ),
        expected: Vec::new(),
        nearest: nearest(name, KEYS.iter().map(|key| key.name)),
        place,
    }
}

/// A variable that begins like ours and sets nothing was mistyped, or belongs to another version.
fn unknown_variables(inputs: &Inputs) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for key in KEYS {
        known.push(key.variable());
        if key.may_lie_apart() {
            known.push(format!("{}_FILE", key.variable()));
        }
    }
    inputs
        .environment
        .iter()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("DOTPHA_"))
        .filter(|name| !known.contains(name) && !OTHER_VARIABLES.contains(&name.as_str()))
        .map(|name| {
            let meant = nearest(name, known.iter().map(String::as_str));
            let meant = meant.map_or(String::new(), |name| format!("; did you mean {name}?"));
            format!("the variable {name} sets nothing{meant}")
        })
        .collect()
}

/// A secret that everybody on the machine can read is none.
fn open_to_others(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o004 != 0).then(|| {
        format!(
            "{} holds a secret and is readable by everybody: chmod 0640 or less",
            path.display()
        )
    })
}

/// A place that is no file of ours.
fn elsewhere(name: String) -> Place {
    Place {
        file: name,
        line: 0,
        column: 0,
        width: 0,
        excerpt: String::new(),
    }
}

/// The line of a fault is shown only when what stands there is known to be no secret: a mistyped name may
/// stand before a password.
fn veil(mut place: Place) -> Place {
    let line = place.excerpt.clone();
    let Some((name, _)) = line.split_once('=') else {
        place.excerpt = if line.trim_start().starts_with('[') {
            line
        } else {
            HIDDEN.to_owned()
        };
        return clamp(place);
    };
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).trim().to_owned();
    let open = KEYS
        .iter()
        .any(|key| !key.may_lie_apart() && last(key.name) == last(name));
    if !open {
        place.excerpt = format!("{}= {HIDDEN}", name);
    }
    clamp(place)
}

/// Keeps the mark inside the line that is shown.
fn clamp(mut place: Place) -> Place {
    if place.line == 0 {
        return place;
    }
    let length = place.excerpt.chars().count();
    place.column = place.column.min(length.max(1));
    place.width = place
        .width
        .min((length + 1).saturating_sub(place.column))
        .max(1);
    place
}
