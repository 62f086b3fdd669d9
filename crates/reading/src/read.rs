//! The way of a text through the reader.

use crate::block::{self, Block, BlockKind, Layout};
use crate::cite::Citations;
use crate::header;
use crate::label::Style;
use crate::lines::{self, is_detail};
use crate::link::{Lexicon, Matcher};
use crate::model::{Diagnostic, DocumentKind, Reading, Target};
use crate::outline::{self, Place};
use crate::passage;
use crate::period;
use crate::row;
use crate::sentence;
use crate::spelling;
use crate::state;
use crate::table::{Row, Table};
use crate::target::{self, Draft, Setting, Timed};
use crate::task;
use crate::text::{Extent, Text};
use crate::token::{Phrases, Token, tokens};
use crate::words::words;
use crate::zone::Zone;
use std::collections::HashMap;
use std::ops::Range;

/// Reads a text. Never fails and never panics: what cannot be made out is left out, and `diagnostics`
/// says what was doubted. Indicators are linked to those of `lexicon`.
pub fn read(text: &str, lexicon: &Lexicon) -> Reading {
    let text = Text::new(text);
    let lines = lines::lines(&text);
    let layout = block::layout(&text, &lines);
    let (sections, places) = outline::outline(&text, &layout);
    let document = header::document(&text, &lines, &layout);
    let passages = passage::passages(&text, &layout, &places);
    let title_year = document
        .title
        .as_deref()
        .filter(|_| !layout.news)
        .and_then(|t| {
            let title = Text::new(t);
            period::title_year(&tokens(&title, Extent::new(0, title.len())))
        });
    let mut reader = Reader {
        cites: Citations::new(&text, document.number.as_deref()),
        matcher: Matcher::new(lexicon),
        text: &text,
        news: layout.news,
        written: document.date.map(jiff::civil::Date::year),
        title_year,
        has_tasks: places.iter().any(|p| p.zone == Zone::Task),
        flow: Flow::default(),
        agencies: Vec::new(),
        heading: None,
        recent: 0..0,
        seen: HashMap::new(),
        known: HashMap::new(),
        reading: Reading::default(),
    };
    for (i, (block, place)) in layout.blocks.iter().zip(&places).enumerate() {
        reader.block(&layout, block, place, layout.blocks.get(i + 1));
    }
    let mut reading = reader.reading;
    let (cites, mut odd) = reader.cites.finish();
    reading.cites = cites;
    reading.diagnostics.append(&mut odd);
    reading.document = document;
    reading.sections = sections;
    reading.passages = passages;
    doubts(&mut reading);
    reading
}

/// What running text hands on from paragraph to paragraph.
#[derive(Default)]
struct Flow {
    /// Aims were announced and go on.
    aiming: bool,
    /// The year last said to lead in aims.
    year: Option<i16>,
    /// The section that year was said in.
    path: Option<String>,
}

pub(crate) struct Reader<'a> {
    pub(crate) text: &'a Text,
    pub(crate) news: bool,
    written: Option<i16>,
    title_year: Option<i16>,
    pub(crate) has_tasks: bool,
    matcher: Matcher<'a>,
    cites: Citations<'a>,
    flow: Flow,
    /// Agencies of open headings and items.
    pub(crate) agencies: Vec<Open>,
    /// Title of the last heading, folded, for themes.
    pub(crate) heading: Option<String>,
    /// The targets of the block before.
    recent: Range<usize>,
    /// The words of targets already told, by what tells a repeated one from a new one.
    seen: HashMap<Said, Vec<Vec<usize>>>,
    /// Every word of a target with its number.
    known: HashMap<String, usize>,
    pub(crate) reading: Reading,
}

/// An agency under whose name duties stand.
pub(crate) struct Open {
    pub(crate) style: Option<Style>,
    pub(crate) name: String,
    /// It stands in a heading, so that paragraphs below it are its duties too.
    pub(crate) heading: bool,
}

/// Value, unit and year of a target.
type Said = (rust_decimal::Decimal, Option<String>, Option<i16>);

/// How many numbers stand in both of two rising lists.
fn common(a: &[usize], b: &[usize]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        count += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    count
}

impl Reader<'_> {
    fn block(&mut self, layout: &Layout, block: &Block, place: &Place, next: Option<&Block>) {
        if block.kind == BlockKind::Furniture {
            return;
        }
        let mut tokens = block.tokens(self.text);
        spelling::see_through(self.text, &mut tokens, &mut self.reading.diagnostics);
        self.joined(block);
        self.cites.block(&tokens, block.kind == BlockKind::Front);
        match block.kind {
            BlockKind::Heading => self.heading(&tokens, block, place, next),
            BlockKind::Front | BlockKind::Furniture => {}
            BlockKind::Row(t, r) => {
                if let Some(table) = layout.tables.get(t)
                    && let Some(row) = table.rows.get(r)
                {
                    self.row(table, row, place);
                }
            }
            BlockKind::Item | BlockKind::Bullet | BlockKind::Paragraph => {
                let before = self.reading.targets.len();
                self.body(&tokens, block, place);
                if is_detail(self.text, block.body) && before == self.reading.targets.len() {
                    self.detail(&tokens);
                }
                self.recent = before..self.reading.targets.len();
            }
        }
    }

    /// "Đơn vị chủ trì: …" on a line of its own tells who is answerable for the targets above it.
    fn detail(&mut self, tokens: &[Token]) {
        let lead = task::named_inside(self.text, tokens, 0, tokens.len());
        let above = self.reading.targets[self.recent.clone()].iter_mut();
        for target in above.filter(|t| t.lead_agency.is_none()) {
            target.lead_agency.clone_from(&lead);
        }
    }

    /// A row of a table of aims, or of a table of tasks.
    fn row(&mut self, table: &Table, row: &Row, place: &Place) {
        let mut setting = self.setting(place);
        if let Some(given) =
            row::task(self.text, table, row).filter(|_| place.zone != Zone::Funding)
        {
            setting.zone = Zone::Task;
            let words = tokens(self.text, given.name);
            self.push_task(&words, given.name, place);
            if let Some(task) = self.reading.tasks.last_mut() {
                task.lead_agency = given.lead.or(task.lead_agency.take());
                task.deadline = given.deadline.or(task.deadline.take());
            }
            let found = target::targets(&words, &target::timed(&words), &setting);
            self.targets(found, place);
        } else if row::aims(table, setting.zone) {
            setting.aiming = true;
            let found = row::targets(self.text, table, row, &setting);
            self.targets(found, place);
        }
    }

    fn setting(&mut self, place: &Place) -> Setting {
        if !self.news && self.flow.path != place.path {
            self.flow = Flow {
                path: place.path.clone(),
                ..Flow::default()
            };
        }
        let mut setting = Setting::of(place, self.news, self.written);
        if matches!(setting.zone, Zone::Goal | Zone::General) {
            setting.year = setting
                .year
                .or(self.title_year.filter(|_| self.flow.year.is_none()));
        }
        setting.carried = self.flow.year;
        setting.aiming = self.flow.aiming;
        setting
    }

    fn heading(&mut self, tokens: &[Token], block: &Block, place: &Place, next: Option<&Block>) {
        self.flow = Flow {
            path: place.path.clone(),
            ..Flow::default()
        };
        self.heading = Some(self.text.folded(block.body));
        if place.zone == Zone::Duty || place.zone == Zone::Open && self.is_duty(tokens, block) {
            self.open_agency(tokens, block);
        }
        if place.zone == Zone::Goal && !self.news {
            let setting = self.setting(place);
            let found = target::targets(tokens, &target::timed(tokens), &setting);
            self.targets(found, place);
        }
        // A numbered line without anything under it is itself the task.
        let own = block.label.as_ref().map(|l| l.style);
        let leaf = !place.parent
            && next.is_none_or(|n| {
                n.label
                    .as_ref()
                    .is_some_and(|l| l.style.is_numbered() && Some(l.style) <= own)
            });
        if leaf && place.zone == Zone::Task && own.is_some_and(|s| s > Style::Roman) {
            self.task(tokens, block.body, place);
        }
    }

    fn body(&mut self, tokens: &[Token], block: &Block, place: &Place) {
        let parts = target::timed(tokens);
        let mut setting = self.setting(place);
        // In a paper without parts a sentence of praise tells what was done.
        let praised = words!["đánh giá cao", "ghi nhận", "biểu dương", "hoan nghênh"];
        if setting.zone == Zone::Open && tokens.longest(0, praised).is_some() {
            setting.zone = Zone::Past;
        }
        let opens = opening(tokens, &parts, self.news);
        let purpose = words!["để đạt", "để thực hiện", "để hoàn thành"];
        let listing = tokens.last().is_some_and(|t| t.mark() == Some(':'))
            && tokens
                .find(0, tokens.len(), words!["chỉ tiêu", "mục tiêu"])
                .is_some();
        let bullet =
            block.kind == BlockKind::Bullet && (self.flow.aiming || self.flow.year.is_some());
        let another = self.flow.aiming && is_another(tokens);
        let goes_on =
            opens.is_some() || listing || bullet || another || task::begins_action(tokens);
        if self.news && (tokens.longest(0, purpose).is_some() || !goes_on) {
            // What does not go on with the aims ends them.
            self.flow = Flow::default();
            setting.aiming = false;
            setting.carried = None;
        }
        // What stands before the announcement is told, not aimed at.
        let from = match opens {
            Some(from) if setting.zone == Zone::Open && !setting.aiming => from,
            _ => 0,
        };
        let mut numbered = target::targets(tokens, &parts[..from], &setting);
        setting.aiming |= opens.is_some() && setting.zone == Zone::Open;
        numbered.extend(target::targets(tokens, &parts[from..], &setting));
        let states = state::states(tokens, &parts[from..], &setting, &numbered);
        let stated = self.news && !states.is_empty();
        self.hand_on(
            tokens,
            &parts,
            opens.is_some(),
            stated || !numbered.is_empty(),
        );
        let mut all: Vec<Draft> = numbered;
        all.extend(states);
        if self.news {
            all.extend(state::told(tokens, &parts, &setting, &all));
        }
        all.sort_by_key(|d| d.at.start);
        if let Some(lead) = task::named_inside(self.text, tokens, 0, tokens.len()) {
            for draft in &mut all {
                draft.lead = Some(lead.clone());
            }
        }
        self.work(tokens, block, place, &all);
        self.targets(all, place);
    }

    /// Remembers what the next paragraph goes on with.
    fn hand_on(&mut self, tokens: &[Token], parts: &[Timed], opens: bool, aims: bool) {
        let led = parts.iter().rev().find_map(|p| p.leads);
        let intro = tokens.last().is_some_and(|t| t.mark() == Some(':'));
        if opens && (aims || intro) {
            self.flow.aiming |= self.news;
            self.flow.year = led.or(self.flow.year);
        }
    }

    fn targets(&mut self, drafts: Vec<Draft>, place: &Place) {
        for draft in drafts {
            let unit = draft.unit.as_ref().map(|u| u.name(draft.growth));
            if self.repeats(&draft, unit.as_deref()) {
                continue;
            }
            let link = self.matcher.find(self.text, draft.at, unit.as_deref());
            self.reading.targets.push(Target {
                id: format!("t{}", self.reading.targets.len() + 1),
                span: self.text.span(draft.at),
                value_span: draft.value_at.map(|v| self.text.span(v)),
                section: place.path.clone(),
                indicator_score: link.as_ref().map_or(0, |(_, score)| *score),
                indicator: link.map(|(id, _)| id),
                comparator: draft.comparator,
                strict: draft.strict,
                value: draft.value,
                value_max: draft.value_max,
                unit,
                period: draft.period,
                lead_agency: draft.lead,
            });
        }
    }

    /// The numbers of the words of a stretch, each once, in order.
    fn words(&mut self, at: Extent) -> Vec<usize> {
        let folded = self.text.folded(at);
        let mut out: Vec<usize> = folded
            .split(' ')
            .map(|word| match self.known.get(word) {
                Some(number) => *number,
                None => {
                    let next = self.known.len();
                    self.known.insert(word.to_owned(), next);
                    next
                }
            })
            .collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    /// A value said twice with the same words for the same year is one target.
    fn repeats(&mut self, draft: &Draft, unit: Option<&str>) -> bool {
        let Some(value) = draft.value else {
            return false;
        };
        let key = (value, unit.map(str::to_owned), draft.period.year);
        let words = self.words(draft.at);
        let same = self.seen.entry(key).or_default();
        let again = same.iter().any(|seen| {
            let (fewer, more) = (seen.len().min(words.len()), seen.len().max(words.len()));
            fewer * 10 >= more * 8 && common(seen, &words) * 10 >= more * 8
        });
        // Of a number that stands everywhere only the first places are compared.
        if !again && same.len() < 200 {
            same.push(words);
        }
        again
    }

    fn joined(&mut self, block: &Block) {
        for join in &block.joins {
            self.reading.diagnostics.push(Diagnostic {
                code: "joined_line".into(),
                message: "Câu bị ngắt dòng hoặc ngắt trang, đã nối để đọc.".into(),
                span: self.text.span(*join),
            });
        }
    }
}

/// Whether a paragraph of news below aims tells another of them: "Tỷ lệ … đạt 100%", "Mục tiêu hướng đến …",
/// "Về xã hội, …".
fn is_another(tokens: &[Token]) -> bool {
    let topic = tokens.word(0, &["về"]) && (2..6).any(|i| tokens.mark(i, ','));
    let aim = words!["mục tiêu", "chỉ tiêu", "phấn đấu", "trong đó"];
    topic || sentence::starts_measure(tokens, 0) || tokens.longest(0, aim).is_some()
}

/// Whether a block announces aims: "mục tiêu phấn đấu đến năm 2027: …", "Đến năm 2030, …".
/// The first part that does. In news also "… đề ra 10 chỉ tiêu cụ thể".
fn opening(tokens: &[Token], parts: &[Timed], news: bool) -> Option<usize> {
    parts.iter().position(|part| {
        let (from, to) = (part.segment.from, part.segment.to);
        let deadline = part.moments.iter().find(|m| m.is_deadline());
        let surpassed = tokens.find(
            from,
            to,
            words!["vượt mục tiêu", "vượt chỉ tiêu", "so với mục tiêu"],
        );
        let aimed = surpassed.is_none()
            && tokens
                .find(from, to, words!["phấn đấu", "mục tiêu", "chỉ tiêu"])
                .is_some();
        let reported = tokens.longest(
            from,
            words!["theo", "cụ thể", "cũng", "riêng", "trước mắt", "dự kiến"],
        );
        let reach = if reported.is_some() { 8 } else { 2 };
        let leads =
            deadline.is_some_and(|m| m.from <= from + reach && m.used == period::Use::Deadline);
        let set = news
            && aimed
            && tokens
                .find(from, to, words!["đề ra", "đặt ra", "xác định"])
                .is_some()
            && tokens
                .find(
                    from,
                    to,
                    words!["đạt và vượt", "hoàn thành", "đến nay", "vượt"],
                )
                .is_none();
        deadline.is_some() && aimed || leads || set
    })
}

/// What an officer should look at before adopting.
fn doubts(reading: &mut Reading) {
    let mut found = Vec::new();
    for target in &reading.targets {
        if target.value.is_some() && target.period.year.is_none() {
            found.push(("no_deadline", "Chỉ tiêu không nêu thời hạn.", target.span));
        }
        if target.indicator.is_none() {
            found.push((
                "no_indicator",
                "Chưa rõ chỉ số theo dõi tương ứng.",
                target.span,
            ));
        }
    }
    if reading.document.kind == DocumentKind::Unknown {
        found.push((
            "unknown_kind",
            "Chưa nhận ra loại văn bản.",
            viet::Span::default(),
        ));
    }
    reading
        .diagnostics
        .extend(found.into_iter().map(|(code, message, span)| Diagnostic {
            code: code.into(),
            message: message.into(),
            span,
        }));
    reading.diagnostics.sort_by_key(|d| d.span);
}
