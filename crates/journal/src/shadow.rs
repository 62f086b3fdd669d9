//! Other names for the tables of a projection, so that its own statements fill tables beside the live
//! ones.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

/// The tables and indexes of one projection under the names they have while they are filled.
pub(crate) struct Shadow {
    tables: &'static [&'static str],
    generation: i64,
    /// Texts rewritten before: a projection has few.
    known: Mutex<HashMap<String, String>>,
}

/// Statements remembered before all are forgotten: texts with varying lists must not fill the memory.
const REMEMBERED: usize = 500;

impl Shadow {
    /// Names of these tables; indexes carry the generation, which differs from every earlier one.
    pub fn new(tables: &'static [&'static str], generation: i64) -> Self {
        Self {
            tables,
            generation,
            known: Mutex::default(),
        }
    }

    /// Name of a table while it is filled.
    pub fn beside(table: &str) -> String {
        format!("{table}_beside")
    }

    /// Name of a table that was just replaced.
    pub fn replaced(table: &str) -> String {
        format!("{table}_replaced")
    }

    /// The statement with the other names in it.
    pub fn rewrite(&self, sql: &str) -> String {
        // A thread that panicked while it held the lock left whole texts behind, if any.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = known.get(sql) {
            return text.clone();
        }
        let text = self.renamed(sql);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(sql.to_owned(), text.clone());
        text
    }

    /// Columns are often called like tables (`task_result.task`): a word is a table's name only after a
    /// word that is followed by one, or before a dot.
    fn renamed(&self, sql: &str) -> String {
        let mut out = String::with_capacity(sql.len() + 16);
        let mut rest = sql;
        let (mut first, mut before) = (String::new(), String::new());
        while let Some(letter) = rest.chars().next() {
            if letter == '\'' {
                let end = rest[1..].find('\'').map_or(rest.len(), |at| at + 2);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
                before.clear();
                continue;
            }
            if !is_word(letter) {
                out.push(letter);
                rest = &rest[letter.len_utf8()..];
                if !letter.is_whitespace() {
                    before.clear();
                }
                continue;
            }
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            let creates_index = first == "CREATE";
            if self.tables.contains(&word)
                && (tail.starts_with('.') || names_a_table(&before, creates_index))
            {
                out.push_str(&Self::beside(word));
            } else {
                out.push_str(word);
                if before == "INDEX" && creates_index {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "_{}", self.generation);
                }
            }
            before = word.to_ascii_uppercase();
            if first.is_empty() {
                first.clone_from(&before);
            }
            rest = tail;
        }
        out
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn names_a_table(before: &str, creates: bool) -> bool {
    matches!(
        before,
        "FROM" | "JOIN" | "INTO" | "UPDATE" | "TABLE" | "EXISTS"
    ) || (creates && before == "ON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_renamed_and_columns_of_the_same_name_are_not() {
        let shadow = Shadow::new(&["task", "task_org"], 3);
        for (sql, expected) in [
            (
                "UPDATE task_org SET known_to = $1 WHERE task = $2",
                "UPDATE task_org_beside SET known_to = $1 WHERE task = $2",
            ),
            (
                "INSERT INTO task (id, task) VALUES ($1, 'from task')",
                "INSERT INTO task_beside (id, task) VALUES ($1, 'from task')",
            ),
            (
                "SELECT t.task FROM task_org t JOIN task ON task.id = t.task",
                "SELECT t.task FROM task_org_beside t JOIN task_beside ON task_beside.id = t.task",
            ),
            (
                "CREATE INDEX task_org_task ON task_org (task, org)",
                "CREATE INDEX task_org_task_3 ON task_org_beside (task, org)",
            ),
            (
                "CREATE TABLE task (\n  id TEXT, task TEXT)",
                "CREATE TABLE task_beside (\n  id TEXT, task TEXT)",
            ),
            (
                "DROP TABLE IF EXISTS task",
                "DROP TABLE IF EXISTS task_beside",
            ),
            (
                "DELETE FROM document WHERE task IN (SELECT task FROM task)",
                "DELETE FROM document WHERE task IN (SELECT task FROM task_beside)",
            ),
            (
                "INSERT INTO task (n) VALUES (1) ON CONFLICT (task) DO UPDATE SET n = task.n + 1",
                "INSERT INTO task_beside (n) VALUES (1) ON CONFLICT (task) DO UPDATE SET n = task_beside.n + 1",
            ),
        ] {
            assert_eq!(shadow.rewrite(sql), expected);
            assert_eq!(shadow.rewrite(sql), expected, "once more");
        }
    }
}
