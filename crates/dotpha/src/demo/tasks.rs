//! The tasks of `demo/tasks.toml` and what becomes of them.

use access::{OrgId, Scope};
use jiff::civil::Date;
use programme::task::TaskCommand;
use programme::{Evidence, Given, Paper};
use serde::Deserialize;

use super::world::World;
use crate::{Fault, embedded};

/// A task of a document, as a person assigns it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assigned {
    /// The file it stands in.
    #[serde(default = "programme_file")]
    pub file: String,
    /// Its place among the tasks read in that file, from 1.
    pub order: usize,
    /// What lists call it.
    pub title: String,
    /// Who leads.
    pub lead: OrgId,
    /// Who supports.
    #[serde(default)]
    pub support: Vec<OrgId>,
    /// By when.
    pub deadline: Option<Date>,
    /// What is to come out.
    pub product: Option<String>,
    /// What became of it.
    #[serde(default)]
    pub events: Vec<Event>,
}

fn programme_file() -> String {
    "programme.txt".into()
}

/// Something that became of a task.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The lead says what was done.
    Submit {
        /// Day.
        on: Date,
        /// What was done.
        text: String,
    },
    /// The assigner confirms it.
    Confirm {
        /// Day.
        on: Date,
    },
    /// The assigner returns it.
    Return {
        /// Day.
        on: Date,
        /// What is missing.
        text: String,
    },
    /// The assigner grants more time.
    Extend {
        /// Day.
        on: Date,
        /// The new deadline.
        to: Date,
        /// Why.
        text: String,
        /// Number of the paper.
        paper: String,
    },
}

impl Event {
    /// When it happened.
    pub fn on(&self) -> Date {
        match self {
            Event::Submit { on, .. }
            | Event::Confirm { on }
            | Event::Return { on, .. }
            | Event::Extend { on, .. } => *on,
        }
    }
}

/// All tasks of the file.
pub fn assigned() -> Result<Vec<Assigned>, Fault> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        tasks: Vec<Assigned>,
    }
    Ok(toml::from_str::<File>(&embedded::demo_text("tasks.toml")?)?.tasks)
}

/// Carries an event out, by whoever has to.
pub async fn happen(world: &World, task: &Assigned, event: &Event) -> Result<(), Fault> {
    let place = (task.file.clone(), task.order);
    let id = *world
        .tasks
        .get(&place)
        .ok_or_else(|| format!("task {} of {} has not been adopted", task.order, task.file))?;
    let (scope, command) = match event {
        Event::Submit { text, .. } => {
            let command = TaskCommand::SubmitResult {
                text: text.clone(),
                evidence: vec![evidence(world, task, text).await?],
                no_occurrence: false,
            };
            (world.officer(&task.lead).await?, command)
        }
        Event::Confirm { .. } => (judge(world, task).await?, TaskCommand::ConfirmResult),
        Event::Return { text, .. } => {
            let reason = text.clone();
            (
                judge(world, task).await?,
                TaskCommand::ReturnResult { reason },
            )
        }
        Event::Extend {
            on,
            to,
            text,
            paper,
        } => {
            let command = TaskCommand::Extend {
                deadline: *to,
                paper: Paper {
                    number: paper.clone(),
                    date: *on,
                },
                reason: text.clone(),
            };
            (judge(world, task).await?, command)
        }
    };
    programme::task::command(&world.journal, &scope, &Given::default(), id, &command)
        .await
        .map_err(|refusal| format!("task {} of {}: {refusal:?}", task.order, task.file))?;
    Ok(())
}

/// Whoever judges: the office of the People's Committee, of whose own work the leader judges.
async fn judge(world: &World, task: &Assigned) -> Result<Scope, Fault> {
    let own = task.lead.0 == "vp-ubnd-tinh";
    world.scope(if own { "lanhdao" } else { "vpubnd" }).await
}

/// A small text in the file store that stands for the paper an agency would attach.
async fn evidence(world: &World, task: &Assigned, text: &str) -> Result<Evidence, Fault> {
    let product = task.product.as_deref().unwrap_or("Kết quả");
    let content = format!(
        "{product}\n\n{text}\n\nTệp minh họa của bản trình diễn Đột Phá; không phải văn bản đã ban hành.\n"
    );
    Ok(Evidence {
        hash: world.journal.files().put(content.as_bytes()).await?,
        name: format!("ket-qua-nhiem-vu-{}.txt", task.order),
        media: "text/plain; charset=utf-8".into(),
        size: content.len() as u64,
        link: None,
    })
}
