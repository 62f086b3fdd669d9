//! What a file would change: read, checked, and laid beside what stands.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use access::{Refusal, Scope};
use activation::Directory;
use catalogue::Label;
use interchange::cell::{Address, CellFault};
use interchange::table::sheet::Sheet;
use interchange::xlsx::{Book as Workbook, Limits};
use jiff::civil::Date;
use journal::{FileHash, Journal, Seq};
use observation::{
    AcceptBatch, Against, BatchId, BatchRow, Book, Change, Doubt, Duties, EvidenceFile, Reviewed,
    Standing, looked_at, review, standing,
};

use super::names::Names;
use super::read::{Given, Line, Out, Places, Unread, returned};
use super::staged::{Kind, Staged};
use crate::answer::aside;
use crate::failure::Failure;
use crate::pages::sdmx::structure;

/// A row that can be taken.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The cell of its value.
    pub at: Address,
    /// The figure.
    pub row: BatchRow,
    /// What it changes.
    pub change: Change,
    /// Why it may be wrong.
    pub doubts: Vec<Doubt>,
}

/// A file, checked.
pub struct Outcome {
    /// Rows that can be taken, in the order of the file.
    pub lines: Vec<Judged>,
    /// What is wrong with cells, by address.
    pub faults: Vec<CellFault>,
    /// How many rows cannot be taken.
    pub faulty_rows: u32,
    /// What the rows were compared with.
    pub against: Against,
}

/// How many rows do what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Bring a figure where there is none.
    pub new: usize,
    /// Bring another value.
    pub revised: usize,
    /// Bring the value that stands.
    pub same: usize,
    /// Are asked back.
    pub doubtful: usize,
    /// Cannot be taken.
    pub faulty: u32,
}

impl Outcome {
    /// How many rows do what.
    pub fn counts(&self) -> Counts {
        let of = |is: fn(&Judged) -> bool| self.lines.iter().filter(|line| is(line)).count();
        Counts {
            new: of(|line| line.change == Change::New),
            revised: of(|line| matches!(line.change, Change::Revised(_))),
            same: of(|line| line.change == Change::Same),
            doubtful: of(|line| line.change != Change::Same && !line.doubts.is_empty()),
            faulty: self.faulty_rows,
        }
    }

    /// The rows that change something.
    pub fn changing(&self) -> impl Iterator<Item = &Judged> {
        self.lines.iter().filter(|line| line.change != Change::Same)
    }

    /// A short sign of what would change: what was seen is what is accepted.
    pub fn sign(&self) -> String {
        let mut text = String::new();
        for line in self.changing() {
            let old = match &line.change {
                Change::Revised(old) => old.id.to_string(),
                Change::New | Change::Same => String::new(),
            };
            text += &format!("{} {} {old}\n", line.at, line.row.figure.value);
        }
        text += &format!("{}", self.faulty_rows);
        FileHash::of(text.as_bytes()).as_str()[..16].to_owned()
    }
}

/// A file with everything it is read by.
pub struct Reading<'a> {
    /// The file.
    pub staged: &'a Staged,
    /// The definitions in force.
    pub directory: &'a Directory,
    /// Who reads.
    pub scope: &'a Scope,
    /// Today in Vietnam.
    pub today: Date,
    /// The day on which it was sent.
    pub sent_on: Date,
}

impl Reading<'_> {
    /// The names by which its rows are understood.
    pub fn names(&self) -> Names<'_> {
        let organisations = self.directory.organisations();
        let own = organisations.get(&self.staged.organisation);
        Names::of(self.directory, own.map(|organisation| organisation.area))
    }

    /// Reads the rows of the file.
    ///
    /// # Errors
    /// Why it cannot be read on.
    pub fn rows(&self, content: &[u8], take: &mut dyn FnMut(Out)) -> Result<Places, Unread> {
        let names = self.names();
        let given = Given {
            names: &names,
            day: self.sent_on,
        };
        let mapping = || self.staged.mapping.as_ref().ok_or_else(no_mapping);
        match &self.staged.kind {
            Kind::Workbook => {
                let back = returned(content)?;
                if back.form.organisation != self.staged.organisation.0 {
                    return Err(other_organisation(&back.form.organisation_name));
                }
                Ok(given.workbook(&back, take))
            }
            Kind::Sheet { sheet } => {
                let mut book = Workbook::open(content, Limits::default())?;
                given.sheet(&Sheet::open(&mut book, sheet, None)?, mapping()?, take)
            }
            Kind::Table | Kind::Sdmx => self.stream(Cursor::new(content), take),
        }
    }

    /// Reads the rows of a text as they come; workbooks are read whole.
    ///
    /// # Errors
    /// Why it cannot be read on.
    pub fn stream(
        &self,
        source: impl std::io::Read,
        take: &mut dyn FnMut(Out),
    ) -> Result<Places, Unread> {
        let names = self.names();
        let given = Given {
            names: &names,
            day: self.sent_on,
        };
        match &self.staged.kind {
            Kind::Sdmx => {
                // The structure by which figures leave.
                let structure = structure(self.directory, self.today);
                let structure = structure.map_err(|failure| failure.say().vi)?;
                given.sdmx(source, &structure, take)
            }
            Kind::Table | Kind::Sheet { .. } | Kind::Workbook => {
                let mapping = self.staged.mapping.as_ref().ok_or_else(no_mapping)?;
                given.table(source, mapping, take)
            }
        }
    }

    /// The command that would accept some rows; a row without a source takes `source`.
    pub fn command(
        &self,
        mut rows: Vec<BatchRow>,
        source: &str,
        papers: Vec<EvidenceFile>,
    ) -> AcceptBatch {
        for row in &mut rows {
            if row.figure.source.trim().is_empty() {
                source.clone_into(&mut row.figure.source);
            }
        }
        AcceptBatch {
            batch: BatchId(self.staged.id.0),
            papers,
            ..AcceptBatch::new(self.staged.organisation.clone(), source, rows)
        }
    }

    /// Reads and checks the whole file.
    ///
    /// # Errors
    /// The store; within: why the file cannot be read.
    pub async fn outcome(
        &self,
        journal: &Journal,
        content: &[u8],
        source: &str,
        papers: &[EvidenceFile],
    ) -> Result<Result<Outcome, Unread>, Failure> {
        let read = aside(|| {
            let mut found = Read::default();
            let places = self.rows(content, &mut |out| found.take(out))?;
            Ok::<_, Unread>(Read { places, ..found })
        });
        let read = match read {
            Ok(read) => read,
            Err(unread) => return Ok(Err(unread)),
        };
        Ok(Ok(self.check(journal, read, source, papers).await?))
    }

    /// Checks rows that were read.
    ///
    /// # Errors
    /// The store.
    pub async fn check(
        &self,
        journal: &Journal,
        read: Read,
        source: &str,
        papers: &[EvidenceFile],
    ) -> Result<Outcome, Refusal> {
        let rows: Vec<BatchRow> = read.lines.iter().map(|line| line.row.clone()).collect();
        let seq = journal.head().await?.seq;
        let keys = looked_at(&rows, self.directory);
        let standing = standing(journal.db(), self.scope, &keys).await?;
        let duties = Duties::on(self.directory, self.today);
        let stands = (standing, seq);
        Ok(aside(|| self.judge(read, stands, &duties, source, papers)))
    }

    fn judge(
        &self,
        mut read: Read,
        (standing, seq): (Standing, Seq),
        duties: &Duties<'_>,
        source: &str,
        papers: &[EvidenceFile],
    ) -> Outcome {
        let book = Book::on(self.directory, self.today).with_duties(duties);
        let judge = |lines: &[Line]| {
            let rows = lines.iter().map(|line| line.row.clone()).collect();
            let command = self.command(rows, source, papers.to_vec());
            let reviewed = review(&command, &standing, book, self.scope, self.today);
            (command, reviewed)
        };
        let (mut command, mut reviewed) = judge(&read.lines);
        if read.take_faults(&reviewed) {
            // Without its faulty rows a file is judged anew: they may have been one of two doubles.
            (command, reviewed) = judge(&read.lines);
        }
        let rows = read.lines.iter().zip(command.rows).zip(reviewed);
        let lines = rows.map(|((line, row), reviewed)| Judged {
            at: line.at,
            row,
            change: reviewed.change,
            doubts: reviewed.doubts,
        });
        Outcome {
            lines: lines.collect(),
            faulty_rows: u32::try_from(read.faulty.len()).unwrap_or(u32::MAX),
            faults: read.faults,
            against: Against { standing, seq },
        }
    }
}

/// What a file says, or a stretch of it.
#[derive(Debug, Clone, Default)]
pub struct Read {
    lines: Vec<Line>,
    faults: Vec<CellFault>,
    faulty: BTreeSet<u32>,
    places: Places,
}

impl Read {
    /// Nothing yet, of a file that says what in these columns.
    pub fn of(places: Places) -> Self {
        Self {
            places,
            ..Self::default()
        }
    }

    /// How many rows it holds, faulty ones too.
    pub fn len(&self) -> usize {
        self.lines.len() + self.faulty.len()
    }

    /// Takes what came of a row.
    pub fn take(&mut self, out: Out) {
        match out {
            Out::Lines(lines) => self.lines.extend(lines),
            Out::Faults(faults) => {
                self.faulty.extend(faults.iter().map(|fault| fault.at.row));
                self.faults.extend(faults);
            }
        }
    }

    /// Makes faults of rows that came before in an earlier stretch of the file.
    pub fn drop_doubles(&mut self, mut is_new: impl FnMut(&BatchRow) -> bool) {
        let (faults, faulty) = (&mut self.faults, &mut self.faulty);
        self.lines.retain(|line| {
            let new = is_new(&line.row);
            if !new {
                faulty.insert(line.at.row);
                faults.push(CellFault::new(
                    line.at,
                    &shown(&line.row, "value"),
                    Label::new(
                        "Chỉ số, địa bàn, kỳ, loại số liệu và ngày công bố này đã có ở một dòng khác.",
                        "Another row has the same indicator, area, period, stage and day of publication.",
                    ),
                    Label::new("Xoá dòng thừa.", "Delete the double."),
                ));
            }
            new
        });
    }

    /// Makes faults of cells of what the review found, and drops the rows; yes when there were any.
    fn take_faults(&mut self, reviewed: &[Reviewed]) -> bool {
        for (line, reviewed) in self.lines.iter().zip(reviewed) {
            for fault in &reviewed.faults {
                let column = match fault.field.as_str() {
                    "value" => line.at.column,
                    field => self.places.get(field).copied().unwrap_or(line.at.column),
                };
                let at = Address::new(line.at.row, column);
                self.faulty.insert(at.row);
                let found = shown(&line.row, &fault.field);
                let reason = Label::new(fault.say.vi.clone(), fault.say.en.clone());
                let remedy = Label::new("Sửa ô này trong tệp.", "Mend the cell in the file.");
                self.faults.push(CellFault::new(at, &found, reason, remedy));
            }
        }
        self.faults.sort_by_key(|fault| fault.at);
        let before = self.lines.len();
        self.lines
            .retain(|line| !self.faulty.contains(&line.at.row));
        self.lines.len() < before
    }
}

/// What a figure says in a field, as it stands.
fn shown(row: &BatchRow, field: &str) -> String {
    let figure = &row.figure;
    let decimal = |value: Option<rust_decimal::Decimal>| value.map(|v| v.to_string());
    match field {
        "value" => figure.value.to_string(),
        "numerator" => decimal(figure.numerator).unwrap_or_default(),
        "denominator" => decimal(figure.denominator).unwrap_or_default(),
        "period" => figure.period.to_string(),
        "indicator" => row.key.indicator.to_string(),
        "area" => row.key.area.to_string(),
        "vintage" => figure.vintage.to_string(),
        "source" => figure.source.clone(),
        "source_url" => figure.source_url.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

fn no_mapping() -> Unread {
    "chưa chọn ý nghĩa của các cột (nobody has said what the columns mean)".into()
}

fn other_organisation(name: &str) -> Unread {
    format!("biểu này lập cho {name}; hãy gửi với đúng cơ quan (the workbook was made for another organisation)").into()
}

/// The organisations for which a reader may send figures: those asked for anything, and their own.
pub fn organisations(directory: &Directory, scope: &Scope, today: Date) -> Vec<access::OrgId> {
    let duties = Duties::on(directory, today);
    let own = scope.organisation().into_iter();
    let asked: BTreeMap<&access::OrgId, ()> = duties
        .organisations()
        .chain(own)
        .map(|id| (id, ()))
        .collect();
    let may = |id: &&access::OrgId| scope.may_for(access::Permission::RecordObservation, id);
    let below = directory.organisations();
    let mut found: Vec<access::OrgId> = asked.into_keys().filter(may).cloned().collect();
    let name = |id: &access::OrgId| below.name(id, today).map(|name| viet::fold::fold(&name.vi));
    // The reader's own first, those below it next.
    found.sort_by_cached_key(|id| (Some(id) != scope.organisation(), name(id)));
    found
}
