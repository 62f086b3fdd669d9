//! Conditions of the statements that read observations.

use std::collections::BTreeSet;

use access::{AsKnown, Scope, SqlFilter, Visible};
use journal::Value;

use crate::SeriesKey;
use crate::projection::COLUMNS;

const VISIBLE: Visible = Visible {
    audience: "o.audience",
    organisations: &["o.organisation"],
    related: None,
};

/// The same where the table is asked within a statement about it.
const VISIBLE_WITHIN: Visible = Visible {
    audience: "p.audience",
    organisations: &["p.organisation"],
    related: None,
};

/// The columns of an observation in a statement with other tables.
pub(crate) fn qualified() -> String {
    let columns: Vec<String> = COLUMNS
        .split(',')
        .map(|column| format!("o.{}", column.trim()))
        .collect();
    columns.join(", ")
}

/// The conditions of a statement and their parameters, numbered as they come.
pub(crate) struct Conditions {
    pub(crate) sql: Vec<String>,
    pub(crate) params: Vec<Value>,
}

impl Conditions {
    /// Seen by the reader and known then.
    pub(crate) fn seen(scope: &Scope, as_known: &AsKnown) -> Self {
        let mut all = Self::visible(scope);
        all.add(as_known.condition("o", all.next()));
        all
    }

    pub(crate) fn visible(scope: &Scope) -> Self {
        let mut all = Self {
            sql: vec![],
            params: vec![],
        };
        all.add(scope.sql(&VISIBLE, 1));
        all
    }

    pub(crate) fn next(&self) -> usize {
        self.params.len() + 1
    }

    pub(crate) fn add(&mut self, filter: SqlFilter) {
        self.sql.push(filter.sql);
        self.params.extend(filter.params);
    }

    /// A column of `observation` (a name of ours) equals a value.
    pub(crate) fn equals(&mut self, column: &str, value: impl Into<Value>) {
        self.sql.push(format!("o.{column} = ${}", self.next()));
        self.params.push(value.into());
    }

    /// A column of `observation` (a name of ours) holds one of these values; all of them when there are none.
    pub(crate) fn any_of<V: Into<Value>>(&mut self, column: &str, values: impl Iterator<Item = V>) {
        let places: Vec<String> = values.map(|value| self.value(value)).collect();
        if !places.is_empty() {
            self.sql
                .push(format!("o.{column} IN ({})", places.join(", ")));
        }
    }

    pub(crate) fn key(&mut self, key: &SeriesKey) {
        self.equals("indicator", key.indicator.as_str());
        self.equals("area_key", key.area.to_string());
        self.equals("breakdown", key.breakdown.to_string());
    }

    /// Of the whole only: what an indicator has in an area.
    pub(crate) fn whole(&mut self) {
        self.sql.push("o.breakdown = ''".to_owned());
    }

    /// Rows of a `VALUES` with the keys: indicator, area and breakdown.
    pub(crate) fn keys(&mut self, keys: &BTreeSet<&SeriesKey>) -> String {
        let mut pairs = Vec::with_capacity(keys.len());
        for key in keys {
            let indicator = self.value(key.indicator.as_str());
            let area = self.value(key.area.to_string());
            let breakdown = self.value(key.breakdown.to_string());
            pairs.push(format!("({indicator}, {area}, {breakdown})"));
        }
        pairs.join(", ")
    }

    /// A parameter by its number.
    pub(crate) fn value(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    /// What [`Conditions::seen`] says, over the table as `p`; only its parameters are added.
    pub(crate) fn seen_again(&mut self, scope: &Scope, as_known: &AsKnown) -> String {
        let visible = scope.sql(&VISIBLE_WITHIN, self.next());
        self.params.extend(visible.params);
        let known = as_known.condition("p", self.next());
        self.params.extend(known.params);
        format!("{} AND {}", visible.sql, known.sql)
    }

    pub(crate) fn text(&self) -> String {
        self.sql.join(" AND ")
    }
}
