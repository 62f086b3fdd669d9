//! Tables as CSV, definitions as JSON.

use std::ops::ControlFlow;

use interchange::csv::Table;
use journal::backup::{PrivateFile, private_folder};
use journal::{Engine, Tx, Value, params};

use super::files::safe;
use super::{ExportError, Views, put};

impl Views<'_> {
    /// Every row of a table that is made from the log.
    pub(super) async fn table(
        &self,
        tx: &mut Tx,
        table: &str,
    ) -> Result<(String, i64), ExportError> {
        let columns = columns(tx, table).await?;
        let select = format!("SELECT * FROM {table} ORDER BY 1, 2");
        self.csv(tx, table, &columns, &select).await
    }

    /// Names and logins, which the log holds no more than a fingerprint of.
    pub(super) async fn people(&self, tx: &mut Tx) -> Result<(String, i64), ExportError> {
        let columns = ["person", "field", "value"].map(str::to_owned);
        let select = "SELECT person, field, value FROM vault ORDER BY person, field";
        self.csv(tx, "people", &columns, select).await
    }

    async fn csv(
        &self,
        tx: &mut Tx,
        name: &str,
        columns: &[String],
        select: &str,
    ) -> Result<(String, i64), ExportError> {
        let fault = |source| ExportError::Table {
            table: name.to_owned(),
            source,
        };
        let folder = self.to.join("tables");
        let headers: Vec<&str> = columns.iter().map(String::as_str).collect();
        let file = PrivateFile::create_in(&folder)?;
        let mut csv = Table::begin(file, &headers).map_err(fault)?;
        let mut rows = 0;
        tx.each(select, params![], |row| {
            let cells: Vec<String> = row.values()?.into_iter().map(|(_, v)| cell(v)).collect();
            csv.push(cells.iter().map(String::as_str)).map_err(fault)?;
            rows += 1;
            Ok::<_, ExportError>(ControlFlow::Continue(()))
        })
        .await?;
        let file = csv.end().map_err(fault)?;
        file.finish(&folder.join(format!("{name}.csv")))?;
        Ok((name.to_owned(), rows))
    }

    /// The definitions in force, each in a file of its own.
    pub(super) async fn definitions(&self, tx: &mut Tx) -> Result<(), ExportError> {
        let folder = self.to.join("definitions");
        private_folder(&folder)?;
        let select =
            "SELECT kind, id, canonical FROM definition WHERE known_to IS NULL ORDER BY 1, 2";
        for row in tx.rows(select, params![]).await? {
            let folder = folder.join(safe(&row.text("kind")?));
            private_folder(&folder)?;
            let definition: serde_json::Value = row.json("canonical")?;
            let path = folder.join(format!("{}.json", safe(&row.text("id")?)));
            put(&path, format!("{definition:#}\n").as_bytes())?;
        }
        Ok(())
    }
}

fn cell(value: Value) -> String {
    match value {
        Value::Int(n) => n.map(|n| n.to_string()).unwrap_or_default(),
        Value::Text(text) => text.unwrap_or_default(),
        Value::Bytes(bytes) => bytes
            .unwrap_or_default()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    }
}

/// Names of a table's columns, in their order.
async fn columns(tx: &mut Tx, table: &str) -> Result<Vec<String>, ExportError> {
    let sql = match tx.engine() {
        Engine::Sqlite => "SELECT name FROM pragma_table_info($1) ORDER BY cid",
        Engine::Postgres => {
            "SELECT CAST(column_name AS TEXT) AS name FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
        }
    };
    let rows = tx.rows(sql, params![table]).await?;
    Ok(rows
        .iter()
        .map(|row| row.text("name"))
        .collect::<Result<_, _>>()?)
}
