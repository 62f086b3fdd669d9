//! Putting statements together.

use access::{AsKnown, Listed, Page, Refusal, Scope, SqlFilter, Visible};
use journal::{Db, JournalError, Row, Value};

/// Conditions joined by AND, with their parameters numbered as they come.
pub(crate) struct Select {
    from: &'static str,
    conditions: Vec<String>,
    params: Vec<Value>,
}

impl Select {
    /// Rows of `from` that count as known and that the reader sees.
    pub fn scoped(
        from: &'static str,
        alias: &str,
        scope: &Scope,
        visible: &Visible,
        as_known: AsKnown,
    ) -> Self {
        let mut select = Self {
            from,
            conditions: vec![],
            params: vec![],
        };
        select.filter(|n| as_known.condition(alias, n));
        select.filter(|n| scope.sql(visible, n));
        select
    }

    /// A condition that numbers its own parameters.
    pub fn filter(&mut self, make: impl FnOnce(usize) -> SqlFilter) {
        let filter = make(self.params.len() + 1);
        self.conditions.push(filter.sql);
        self.params.extend(filter.params);
    }

    /// A condition on one value, written `{}` in it.
    pub fn when(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            let number = format!("${}", self.params.len() + 1);
            self.conditions.push(condition.replace("{}", &number));
            self.params.push(value.into());
        }
    }

    /// Every word of a text somewhere in a folded column.
    pub fn words(&mut self, column: &str, text: Option<&str>) {
        for word in viet::fold::fold(text.unwrap_or_default()).split_whitespace() {
            let pattern = format!("%{}%", escaped(word));
            self.when(&format!("{column} LIKE {{}} ESCAPE '!'"), Some(pattern));
        }
    }

    fn text(&self, columns: &str) -> String {
        format!(
            "SELECT {columns} FROM {} WHERE {}",
            self.from,
            self.conditions.join(" AND ")
        )
    }

    /// All rows, with what comes after the WHERE.
    pub async fn rows(&self, db: &Db, columns: &str, tail: &str) -> Result<Vec<Row>, JournalError> {
        let sql = format!("{} {tail}", self.text(columns));
        db.rows(&sql, self.params.clone()).await
    }

    /// Counts rows `n` by some columns and by a computed `value`.
    pub async fn grouped(
        &self,
        db: &Db,
        columns: &str,
        names: &str,
        value: impl FnOnce(usize) -> SqlFilter,
    ) -> Result<Vec<Row>, JournalError> {
        let value = value(self.params.len() + 1);
        let inner = self.text(&format!("{columns}, {} AS value", value.sql));
        let sql = format!(
            "SELECT {names}, value, COUNT(*) AS n FROM ({inner}) AS g GROUP BY {names}, value"
        );
        let mut params = self.params.clone();
        params.extend(value.params);
        db.rows(&sql, params).await
    }

    /// The rows of a page in an order, and how many there are.
    pub async fn page<T>(
        &self,
        db: &Db,
        columns: &str,
        order: &str,
        page: Page,
        read: impl Fn(&Row) -> Result<T, JournalError>,
    ) -> Result<Listed<T>, Refusal> {
        let order = |_| SqlFilter {
            sql: order.to_owned(),
            params: vec![],
        };
        self.page_by(db, columns, order, page, read).await
    }

    /// The same in an order that has parameters of its own.
    pub async fn page_by<T>(
        &self,
        db: &Db,
        columns: &str,
        order: impl FnOnce(usize) -> SqlFilter,
        page: Page,
        read: impl Fn(&Row) -> Result<T, JournalError>,
    ) -> Result<Listed<T>, Refusal> {
        let mut params = self.params.clone();
        let order = order(params.len() + 1);
        params.extend(order.params);
        let limit = page.sql(params.len() + 1);
        params.extend(limit.params);
        let sql = format!(
            "{} ORDER BY {} {}",
            self.text(columns),
            order.sql,
            limit.sql
        );
        let rows = db.rows(&sql, params).await?;
        let rows = rows.iter().map(read).collect::<Result<Vec<T>, _>>()?;
        let counted = db
            .row(&self.text("COUNT(*) AS n"), self.params.clone())
            .await?;
        let total = counted.map_or(Ok(0), |row| row.int("n"))?;
        Ok(Listed {
            rows,
            total: total.unsigned_abs(),
        })
    }
}

/// A word with the wildcards of LIKE made plain.
fn escaped(word: &str) -> String {
    word.chars()
        .flat_map(|c| match c {
            '%' | '_' | '!' => vec!['!', c],
            _ => vec![c],
        })
        .collect()
}
