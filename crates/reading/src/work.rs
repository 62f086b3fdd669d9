//! Tasks and duties: what a block gives to be done, and to whom.

use crate::agency;
use crate::assignment::{self, Duty};
use crate::block::{Block, BlockKind};
use crate::label::Style;
use crate::model::{Assignment, Task};
use crate::outline::Place;
use crate::read::{Open, Reader};
use crate::target::Draft;
use crate::task::{self, Detail};
use crate::text::Extent;
use crate::theme;
use crate::token::{Phrases, Token};
use crate::words::Words;
use crate::zone::Zone;

/// How the last paragraph of a document begins: it is no duty of the agency above it.
static CLOSING: Words = Words::new(&[
    "trên đây",
    "trong quá trình",
    "quá trình",
    "nghị quyết này",
    "kế hoạch này",
    "chương trình này",
    "quyết định này",
]);

impl Reader<'_> {
    /// Tasks and duties of a block, by the zone it stands in.
    pub(crate) fn work(
        &mut self,
        tokens: &[Token],
        block: &Block,
        place: &Place,
        targets: &[Draft],
    ) {
        if self.news {
            let duties = assignment::told(self.text, tokens);
            for at in task::told(tokens, targets) {
                // What an agency is answerable for is its duty, not a task of all.
                if !duties.iter().any(|d| d.standing && d.at.touches(at)) {
                    self.push_task(tokens, at, place);
                }
            }
            for duty in duties {
                self.duty(duty, place);
            }
            return;
        }
        let open = place.zone == Zone::Open && !self.has_tasks && block.kind == BlockKind::Bullet;
        match place.zone {
            Zone::Task if !place.parent => self.task(tokens, block.body, place),
            Zone::Open if self.is_duty(tokens, block) => self.duties(tokens, block, place),
            Zone::Open if open && !place.parent && !task::told(tokens, &[]).is_empty() => {
                self.task(tokens, block.body, place)
            }
            Zone::Duty => self.duties(tokens, block, place),
            _ => {}
        }
    }

    pub(crate) fn task(&mut self, tokens: &[Token], at: Extent, place: &Place) {
        if let Some(detail) = task::detail(self.text, tokens) {
            if let Some(last) = self.reading.tasks.last_mut() {
                match detail {
                    Detail::Lead(name) => last.lead_agency = Some(name),
                    Detail::Deadline(when) => last.deadline = Some(when),
                    Detail::Other => {}
                }
            }
            return;
        }
        let introduces = tokens.last().is_some_and(|t| t.mark() == Some(':'));
        if tokens.len() >= 4 && !introduces {
            self.push_task(tokens, at, place);
        }
    }

    pub(crate) fn push_task(&mut self, tokens: &[Token], at: Extent, place: &Place) {
        let from = tokens
            .iter()
            .position(|t| t.at.start >= at.start)
            .unwrap_or(0);
        let to = tokens
            .iter()
            .rposition(|t| t.at.end <= at.end)
            .map_or(from, |p| p + 1)
            .max(from);
        let heading = self.heading.as_deref().filter(|_| !self.news);
        self.reading.tasks.push(Task {
            id: format!("k{}", self.reading.tasks.len() + 1),
            span: self.text.span(at),
            section: place.path.clone(),
            theme: theme::theme(&self.text.folded(at), heading),
            lead_agency: task::lead(self.text, tokens, from, to),
            deadline: task::deadline(self.text, tokens, from, to),
        });
    }

    pub(crate) fn open_agency(&mut self, tokens: &[Token], block: &Block) {
        let style = block.label.as_ref().map(|l| l.style);
        self.agencies
            .retain(|open| open.style.is_some() && open.style < style);
        if let (Some(name), _) = assignment::duties(self.text, tokens, None) {
            self.agencies.push(Open {
                style,
                name: name.trim_end_matches(':').to_owned(),
                heading: true,
            });
        }
    }

    /// In a paper without parts: an item that begins with an agency and its verb, or what stands under one.
    pub(crate) fn is_duty(&self, tokens: &[Token], block: &Block) -> bool {
        let Some(label) = &block.label else {
            return false;
        };
        if !label.style.is_numbered() {
            return self
                .agencies
                .last()
                .is_some_and(|open| open.style < Some(label.style));
        }
        let agency = agency::agency(tokens, 0, tokens.len().min(60));
        agency.is_some_and(|a| a.duty < tokens.len() || tokens.mark(tokens.len() - 1, ':'))
            && tokens.first().is_some_and(|t| t.capital)
    }

    fn duties(&mut self, tokens: &[Token], block: &Block, place: &Place) {
        if block.label.is_none() && tokens.longest(0, &CLOSING).is_some() {
            return;
        }
        let style = block.label.as_ref().map(|l| l.style);
        let numbered = style.is_some_and(Style::is_numbered);
        if numbered {
            self.agencies
                .retain(|open| open.style.is_some() && open.style < style);
        }
        let above = self
            .agencies
            .last()
            .filter(|open| style.is_some() || open.heading)
            .map(|open| open.name.clone());
        let (own, found) = assignment::duties(self.text, tokens, above.as_deref());
        if let Some(name) = own.filter(|_| numbered || place.parent) {
            self.agencies.push(Open {
                style,
                name,
                heading: false,
            });
        }
        for duty in found {
            self.duty(duty, place);
        }
    }

    fn duty(&mut self, duty: Duty, place: &Place) {
        self.reading.assignments.push(Assignment {
            id: format!("a{}", self.reading.assignments.len() + 1),
            agency: duty.agency,
            span: self.text.span(duty.at),
            cadence: duty.cadence,
            section: place.path.clone(),
        });
    }
}
