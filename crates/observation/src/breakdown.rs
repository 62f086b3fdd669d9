//! By what a part of a series is told apart from the whole.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use access::OrgId;
use catalogue::{Id, ORGANISATION};
use serde::{Deserialize, Serialize};

/// The part of the whole that a series tells: at most one code for each dimension, sorted by dimension. Empty for the
/// whole itself. Written `dimension=code;dimension=code`, which also names its stream and fills its column.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Breakdown(BTreeMap<Id, Id>);

impl Breakdown {
    /// The whole.
    pub const WHOLE: Breakdown = Breakdown(BTreeMap::new());

    /// The part of one organisation; none when its identity is no code.
    pub fn of_organisation(organisation: &OrgId) -> Option<Self> {
        let code = organisation.0.parse().ok()?;
        // Its own name is an identifier.
        let dimension = ORGANISATION.parse().ok()?;
        Some(Self(BTreeMap::from([(dimension, code)])))
    }

    /// Is it the whole?
    pub fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// Its dimensions with their codes, by dimension.
    pub fn codes(&self) -> impl Iterator<Item = (&Id, &Id)> {
        self.0.iter()
    }

    /// The organisation whose part it is.
    pub fn organisation(&self) -> Option<OrgId> {
        let code = self.0.iter().find(|(d, _)| d.as_str() == ORGANISATION)?.1;
        Some(OrgId(code.to_string()))
    }

    /// Does it tell the part of an organisation and nothing narrower?
    pub fn is_organisation_alone(&self) -> bool {
        self.0.len() == 1 && self.organisation().is_some()
    }
}

impl fmt::Display for Breakdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (dimension, code)) in self.0.iter().enumerate() {
            let between = if number == 0 { "" } else { ";" };
            write!(f, "{between}{dimension}={code}")?;
        }
        Ok(())
    }
}

impl FromStr for Breakdown {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || {
            format!(
                "phân tổ `{text}`: viết chiều=mã, mỗi chiều một lần (breakdown: dimension=code, each dimension once)"
            )
        };
        let mut codes = BTreeMap::new();
        for part in text.split(';').filter(|_| !text.is_empty()) {
            let (dimension, code) = part.split_once('=').ok_or_else(bad)?;
            let dimension = dimension.parse().map_err(|_| bad())?;
            let code = code.parse().map_err(|_| bad())?;
            if codes.insert(dimension, code).is_some() {
                return Err(bad());
            }
        }
        Ok(Self(codes))
    }
}

impl TryFrom<String> for Breakdown {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Breakdown> for String {
    fn from(breakdown: Breakdown) -> String {
        breakdown.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::SeriesKey;

    #[test]
    fn texts_that_are_breakdowns_and_that_are_not() {
        let told = |text: &str| text.parse::<Breakdown>().map(|b| b.to_string()).ok();
        for (text, want) in [
            ("", Some("")),
            ("organisation=so-y-te", Some("organisation=so-y-te")),
            (
                "sex=f;organisation=so-y-te",
                Some("organisation=so-y-te;sex=f"),
            ),
            ("organisation", None),
            ("organisation=", None),
            ("=so-y-te", None),
            ("organisation=a;organisation=b", None),
            ("organisation=a;", None),
            ("organisation=A", None),
        ] {
            assert_eq!(told(text).as_deref(), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn streams_and_rows_tell_the_key_again(
            codes in prop::collection::btree_map("[a-z][a-z0-9_-]{0,9}", "[a-z0-9][a-z0-9_-]{0,9}", 0..3)
        ) {
            let text: Vec<String> = codes.iter().map(|(d, c)| format!("{d}={c}")).collect();
            let breakdown: Breakdown = text.join(";").parse().unwrap();
            let whole = SeriesKey::new("so-hoc".parse().unwrap(), "66@2025-07-01".parse().unwrap());
            let key = whole.clone().told_by(breakdown.clone());
            prop_assert_eq!(SeriesKey::of_stream(&key.stream()), Some(key.clone()));
            prop_assert_eq!(key.stream() == whole.stream(), breakdown.is_whole());
            let json = serde_json::to_string(&key).unwrap();
            prop_assert_eq!(json.contains("breakdown"), !breakdown.is_whole());
            prop_assert_eq!(serde_json::from_str::<SeriesKey>(&json).unwrap(), key);
        }
    }
}
