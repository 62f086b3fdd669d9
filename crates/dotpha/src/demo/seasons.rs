//! The index seasons of `demo/season.toml`: opened, answered, returned, late and missing.

use std::collections::BTreeMap;

use access::{OrgId, Scope};
use catalogue::{CampaignRequest, Id, Label, Source};
use jiff::civil::Date;
use observation::campaign::{
    CampaignCommand, Differs, Give, Open, Says, command_campaign, open_campaign,
};
use observation::{Book, CampaignId, EvidenceFile, ObservationId};
use rust_decimal::Decimal;
use serde::Deserialize;
use viet::AreaKey;

use super::world::World;
use crate::{Fault, embedded};

/// The province whose seasons they are.
const AREA: &str = "66@2025-07-01";

/// What every invented figure and paper says of itself.
const INVENTED: &str = "Số minh họa, hư cấu";

/// A season.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Season {
    definition: Id,
    /// Its year: with the definition, what it is found by.
    pub year: i16,
    /// The day on which it is opened.
    pub opened: Date,
    deadline: Date,
    #[serde(default)]
    due: BTreeMap<Id, Date>,
    /// What happens in it.
    pub events: Vec<Event>,
}

/// One thing that happens in a season.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// An agency answers: a figure, papers, or why there is none.
    Answer {
        /// Day.
        on: Date,
        /// Which agency.
        by: OrgId,
        /// Which request.
        request: Id,
        /// The figure.
        value: Option<Decimal>,
        /// Names of papers.
        #[serde(default)]
        papers: Vec<String>,
        /// Nothing occurred, and how that is known.
        nothing: Option<String>,
        /// Not available, and why.
        missing: Option<String>,
    },
    /// The keeper confirms.
    Confirm {
        /// Day.
        on: Date,
        /// Which request.
        request: Id,
    },
    /// The keeper returns.
    Return {
        /// Day.
        on: Date,
        /// Which request.
        request: Id,
        /// What is missing.
        text: String,
    },
    /// Another agency owes it.
    Move {
        /// Day.
        on: Date,
        /// Which request.
        request: Id,
        /// Which agency.
        to: OrgId,
        /// Why.
        text: String,
    },
    /// Papers more are asked for.
    Add {
        /// Day.
        on: Date,
        /// Which agency owes them.
        by: Id,
        /// What is asked.
        label: String,
        /// Of which pillar.
        pillar: Id,
        /// The kind of paper.
        paper: String,
        /// By when.
        due: Date,
        /// Why.
        text: String,
    },
    /// The season is over.
    Close {
        /// Day.
        on: Date,
        /// What is said about it.
        text: String,
    },
}

impl Event {
    /// When it happened.
    pub fn on(&self) -> Date {
        match self {
            Event::Answer { on, .. }
            | Event::Confirm { on, .. }
            | Event::Return { on, .. }
            | Event::Move { on, .. }
            | Event::Add { on, .. }
            | Event::Close { on, .. } => *on,
        }
    }
}

/// All seasons of the file.
pub fn seasons() -> Result<Vec<Season>, Fault> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        seasons: Vec<Season>,
    }
    Ok(toml::from_str::<File>(&embedded::demo_text("season.toml")?)?.seasons)
}

/// Opens a season.
pub async fn open(world: &mut World, season: &Season) -> Result<(), Fault> {
    let own_day = |(id, due): (&Id, &Date)| {
        let differs = Differs {
            organisation: None,
            due: Some(*due),
        };
        (id.clone(), differs)
    };
    let command = Open {
        definition: season.definition.clone(),
        year: season.year,
        area: AREA.parse::<AreaKey>()?,
        deadline: Some(season.deadline),
        differs: season.due.iter().map(own_day).collect(),
    };
    let (id, scope) = (CampaignId::new(), world.scope("khcn").await?);
    let directory = world.directory().await?;
    open_campaign(&world.journal, &scope, id, &command, &directory, None)
        .await
        .map_err(|refusal| format!("season {}: {refusal:?}", season.year))?;
    world.seasons.insert(season.year, id);
    Ok(())
}

/// Carries an event out, by whoever has to.
pub async fn happen(world: &World, year: i16, event: &Event) -> Result<(), Fault> {
    let id = *world
        .seasons
        .get(&year)
        .ok_or_else(|| format!("the season of {year} was not opened"))?;
    let (scope, command) = command(world, event).await?;
    let directory = world.directory().await?;
    let book = Book::new(&directory);
    command_campaign(&world.journal, &scope, id, &command, book, (None, None))
        .await
        .map_err(|refusal| format!("season {year}, {event:?}: {refusal:?}"))?;
    Ok(())
}

async fn command(world: &World, event: &Event) -> Result<(Scope, CampaignCommand), Fault> {
    let request = |id: &Id| id.clone();
    let command = match event {
        Event::Answer { by, .. } => {
            return Ok((world.officer(by).await?, answer(world, event).await?));
        }
        Event::Confirm { request: id, .. } => CampaignCommand::Confirm {
            request: request(id),
        },
        Event::Return {
            request: id, text, ..
        } => CampaignCommand::Return {
            request: request(id),
            reason: text.clone(),
        },
        Event::Move {
            request: id,
            to,
            text,
            ..
        } => CampaignCommand::Move {
            request: request(id),
            organisation: to.clone(),
            reason: text.clone(),
        },
        Event::Add {
            by,
            label,
            pillar,
            paper,
            due,
            text,
            ..
        } => CampaignCommand::Add {
            request: Box::new(CampaignRequest {
                id: "them-minh-hoa".parse()?,
                code: None,
                label: Label::new(label, label),
                pillar: pillar.clone(),
                indicator: None,
                papers: vec![Label::new(paper, paper)],
                organisation: by.clone(),
                guidance: None,
                source: Source::new(text),
            }),
            due: Some(*due),
            reason: text.clone(),
        },
        Event::Close { text, .. } => CampaignCommand::Close {
            reason: Some(text.clone()),
        },
    };
    Ok((world.scope("khcn").await?, command))
}

async fn answer(world: &World, event: &Event) -> Result<CampaignCommand, Fault> {
    let Event::Answer {
        request,
        value,
        papers,
        nothing,
        missing,
        ..
    } = event
    else {
        return Err("no answer".into());
    };
    let says = match (value, nothing, missing) {
        (Some(value), None, None) => Says::Figure {
            id: ObservationId::new(),
            value: *value,
            source: INVENTED.into(),
            acknowledge: true,
        },
        (None, Some(reason), None) => Says::NothingOccurred {
            reason: reason.clone(),
        },
        (None, None, Some(reason)) => Says::NotAvailable {
            reason: reason.clone(),
        },
        (None, None, None) => Says::Papers,
        _ => return Err(format!("demo/season.toml: {request} says two things").into()),
    };
    let mut given = Vec::with_capacity(papers.len());
    for name in papers {
        given.push(paper(world, name).await?);
    }
    Ok(CampaignCommand::Answer(Box::new(Give {
        request: request.clone(),
        says,
        papers: given,
        note: value.map(|_| format!("{INVENTED}; không phải số liệu của tỉnh Đắk Lắk")),
    })))
}

/// A small text in the file store that stands for the paper an agency would hand in.
async fn paper(world: &World, name: &str) -> Result<EvidenceFile, Fault> {
    let content = format!(
        "{name}\n\nTệp minh họa của bản trình diễn Đột Phá; không phải văn bản đã ban hành.\n"
    );
    Ok(EvidenceFile {
        hash: world.journal.files().put(content.as_bytes()).await?,
        name: name.to_owned(),
        media: "text/plain; charset=utf-8".into(),
        size: content.len() as u64,
    })
}
