//! Which organisation a written name means.
//!
//! Texts write one agency in many ways: `Sở Khoa học và Công nghệ`, `Sở KH&CN`, `UBND tỉnh`, and in lists
//! with one head (`các sở: Tài chính, Nội vụ`). A name is compared word by word, folded; an abbreviation
//! is read as the initials of the words it stands for, so no list of abbreviations is needed. The area in a
//! name is compared apart from the rest: `Sở Tài chính tỉnh Gia Lai` is not the department of another
//! province.

mod qualifier;
mod tokens;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::OrgId;
use catalogue::Organisation;
use jiff::civil::Date;
use viet::{AreaKey, Span};

use crate::areas::Areas;
use crate::organisations::id_of;
use qualifier::{AreaName, Fit};
use tokens::{AND, Gap, Token, end_of_words, tokens, words};

/// An organisation named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyMatch {
    /// Which.
    pub organisation: OrgId,
    /// Where, in code points of the text.
    pub span: Span,
}

/// One way to name one organisation.
#[derive(Debug)]
struct Bearer {
    organisation: OrgId,
    key: AreaKey,
    area: Vec<AreaName>,
    /// The name as written contains the area, so that without it, it is a common noun (`công an`).
    needs_area: bool,
    /// Days on which the organisation lived and bore the name, half-open.
    lived: (Option<Date>, Option<Date>),
    borne: (Option<Date>, Option<Date>),
}

fn holds(days: (Option<Date>, Option<Date>), day: Date) -> bool {
    days.0.is_none_or(|from| from <= day) && days.1.is_none_or(|end| day < end)
}

/// A name without the remark that tells it from its successor: `Sở Tài chính (đến 30/6/2025)`.
fn unremarked(name: &str) -> &str {
    name.split('(').next().unwrap_or(name)
}

/// What a text is read for: the day for which it speaks, and the areas it speaks from, if that is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub day: Date,
    pub home: &'a [AreaKey],
}

/// All names of all organisations, by the words before the area and then by their first letter.
#[derive(Debug, Default)]
pub(crate) struct AgencyIndex {
    names: BTreeMap<Vec<String>, Vec<Bearer>>,
    by_initial: HashMap<char, Vec<Vec<String>>>,
}

/// Head of the names of departments, which lists leave out after the first.
const DEPARTMENT: &str = "so";

/// What was found at a place.
struct Found {
    organisation: OrgId,
    end: usize,
}

impl AgencyIndex {
    pub(crate) fn new<'a>(
        organisations: impl Iterator<Item = &'a Organisation>,
        areas: Areas<'_>,
    ) -> Self {
        let mut index = Self::default();
        for organisation in organisations {
            let area = AreaName::all(organisation.area, areas);
            let names = organisation.names.iter().enumerate().flat_map(|(i, name)| {
                let until = organisation.names.get(i + 1).and_then(|next| next.from);
                [
                    (&name.vi, (name.from, until)),
                    (&name.short, (name.from, until)),
                ]
            });
            let aliases = organisation
                .aliases
                .iter()
                .map(|alias| (alias, (None, None)));
            let mut seen = BTreeSet::new();
            for (name, borne) in names.chain(aliases) {
                let (core, needs_area) = qualifier::core(&words(unremarked(name)), &area);
                if core.is_empty() || !seen.insert((core.clone(), borne)) {
                    continue;
                }
                index.names.entry(core).or_default().push(Bearer {
                    organisation: id_of(organisation),
                    key: organisation.area,
                    area: area.clone(),
                    needs_area,
                    lived: (organisation.valid_from, organisation.valid_to),
                    borne,
                });
            }
        }
        for core in index.names.keys() {
            let initial = core.first().and_then(|word| word.chars().next());
            if let Some(initial) = initial {
                index
                    .by_initial
                    .entry(initial)
                    .or_default()
                    .push(core.clone());
            }
        }
        index
    }

    pub(crate) fn find(&self, text: &str, context: Context<'_>) -> Vec<AgencyMatch> {
        let text = tokens(text);
        let mut found = Vec::new();
        let (mut at, mut in_list) = (0, false);
        while at < text.len() {
            let match_here = self
                .longest(&text, at, context)
                .or_else(|| in_list.then(|| self.listed(&text, at, context)).flatten());
            if let Some(one) = match_here {
                let span = text[at].span.cover(text[one.end - 1].span);
                found.push(AgencyMatch {
                    organisation: one.organisation,
                    span,
                });
                in_list = in_list || text[at].folded == DEPARTMENT;
                at = one.end;
            } else {
                let word = text[at].folded.as_str();
                in_list = word == DEPARTMENT || (in_list && word == AND);
                at += 1;
            }
        }
        found
    }

    /// The longest name that begins here.
    fn longest(&self, text: &[Token], at: usize, context: Context<'_>) -> Option<Found> {
        let initial = text[at].folded.chars().next()?;
        let cores = self.by_initial.get(&initial)?.iter();
        cores
            .filter_map(|core| self.bearer(text, at, end_of_words(text, at, core)?, core, context))
            .max_by_key(|found| found.end)
    }

    /// A department in a list whose head stands before: `các sở: Tài chính, Nội vụ`. It begins with a
    /// capital, since its words are also common nouns.
    fn listed(&self, text: &[Token], at: usize, context: Context<'_>) -> Option<Found> {
        let follows = at.checked_sub(1).map(|before| &text[before].folded)?;
        let separated = text[at].gap > Gap::Soft || follows == AND || follows == DEPARTMENT;
        if !(text[at].capital && separated) {
            return None;
        }
        let departments = self.by_initial.get(&'s')?.iter();
        departments
            .filter(|core| core.len() > 1 && core[0] == DEPARTMENT)
            .filter_map(|core| {
                self.bearer(text, at, end_of_words(text, at, &core[1..])?, core, context)
            })
            .max_by_key(|found| found.end)
    }

    /// Which bearer of a name is meant whose words end before `end`, by the area that follows them, by the
    /// day and by where the text comes from; nothing when several remain.
    fn bearer(
        &self,
        text: &[Token],
        from: usize,
        end: usize,
        core: &[String],
        context: Context<'_>,
    ) -> Option<Found> {
        let noun = !text[from].capital;
        let fits = self.names.get(core)?.iter().filter_map(|bearer| {
            let (fit, end) = qualifier::fit(text, end, &bearer.area)?;
            let common = fit == Fit::Unsaid && bearer.needs_area && noun;
            let time = match (
                holds(bearer.lived, context.day),
                holds(bearer.borne, context.day),
            ) {
                (true, true) => 2,
                (true, false) => 1,
                (false, _) => 0,
            };
            let near = context.home.contains(&bearer.key);
            (!common).then_some(((fit, time, near), &bearer.organisation, end))
        });
        let fits: Vec<_> = fits.collect();
        let best = fits.iter().map(|fit| fit.0).max()?;
        let mut chosen = fits.iter().filter(|fit| fit.0 == best);
        let (_, organisation, end) = chosen.next()?;
        chosen.all(|other| other.1 == *organisation).then(|| Found {
            organisation: (*organisation).clone(),
            end: *end,
        })
    }
}
