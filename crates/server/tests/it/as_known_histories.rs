//! A page asked "as known on" a day says what it said at the end of that day, over random histories.
//!
//! At the end of each day every page is fetched for every reader, as data; when the whole history is over
//! the same addresses are asked "as known on" that day and must answer the same. Left out, because they
//! are of now by design:
//!
//! - who may see what: permissions are today's, so nothing of the histories gives anybody another role,
//!   another task or a published paper (`as_known.rs` shows what happens then);
//! - search, which shows now, and `/accounts`, `/jobs` and `/system`, which are about the running system;
//! - the forms (`…/new`, `…/adopt`), which lead to a command and commands are given now.

use std::collections::BTreeMap;

use access::{AsKnown, Refusal};
use activation::Change;
use jiff::civil::Date;
use journal::Written;
use observation::{AcceptBatch, BatchId, BatchRow, Book, ObservationId, SeriesKey, UndoBatch};
use programme::document::{DocumentCommand, HeaderFields};
use programme::target::TargetCommand;
use programme::task::TaskCommand;
use programme::{DocumentId, Given, ProgrammeId, TargetId, TaskId};
use reporting::ReportId;
use serde_json::Value as Json;

use crate::everything::{paper, terms};
use crate::history::{Maker, area, figure};
use crate::removal::assert_as_rebuilt;
use crate::words;
use crate::world::{World, run};

const READERS: [&str; 7] = [
    "visitor",
    "officer",
    "focal",
    "other",
    "assigner",
    "leader",
    "inspector",
];

/// Days of a history; between them nothing happens.
const DAYS: [&str; 5] = [
    "2026-10-06",
    "2026-10-07",
    "2026-10-15",
    "2026-11-02",
    "2026-12-31",
];

const STEPS_A_DAY: usize = 7;

/// Lists and pages that are always there.
const ALWAYS: [&str; 15] = [
    "/areas",
    "/areas/66",
    "/indicators",
    "/indicators/innovating_enterprises_pct",
    "/indicators/digital_economy_share_of_grdp",
    "/definitions",
    "/organisations",
    "/organisations/so-y-te",
    "/programmes",
    "/tasks",
    "/documents",
    "/observations",
    "/reports",
    "/history",
    "/my-work",
];

/// Numbers that look random and are the same for one seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A world with a history that goes on, and everything there is in it.
struct Going {
    world: World,
    dice: Dice,
    programmes: Vec<ProgrammeId>,
    documents: Vec<DocumentId>,
    targets: Vec<TargetId>,
    tasks: Vec<TaskId>,
    observations: Vec<ObservationId>,
    batches: Vec<BatchId>,
    reports: Vec<ReportId>,
    /// How often each kind of step was taken and not refused.
    taken: BTreeMap<&'static str, usize>,
}

/// The steps, each as often as it shall come up against the others.
const STEPS: [(&str, usize); 17] = [
    ("submit", 4),
    ("withdraw result", 1),
    ("return", 2),
    ("confirm", 2),
    ("extend", 2),
    ("withdraw task", 1),
    ("name officer", 1),
    ("link", 1),
    ("amend", 2),
    ("withdraw target", 1),
    ("observe", 4),
    ("withdraw figure", 2),
    ("batch", 2),
    ("undo batch", 1),
    ("correct header", 1),
    ("adopt", 1),
    ("rename", 1),
];

impl Going {
    async fn new(seed: u64) -> Self {
        let world = World::own().await;
        let (inner, public) = (world.inner.clone(), world.public.clone());
        let join = |a: &[TaskId], b: &[TaskId]| [a, b].concat();
        Self {
            programmes: vec![inner.programme, public.programme],
            documents: vec![inner.document, public.document],
            targets: [inner.targets.as_slice(), &public.targets].concat(),
            tasks: join(&inner.tasks, &public.tasks),
            observations: vec![world.inner_figure, world.public_figure],
            batches: Vec::new(),
            reports: Vec::new(),
            taken: BTreeMap::new(),
            dice: Dice(seed),
            world,
        }
    }

    fn maker(&self) -> &Maker {
        &self.world.maker
    }

    /// One step, that makes sense or is refused; whether anything was written.
    async fn step(&mut self) -> bool {
        let weights: usize = STEPS.iter().map(|(_, weight)| weight).sum();
        let mut at = self.dice.below(weights);
        let mut chosen = "report";
        for (step, weight) in STEPS {
            if at < weight {
                chosen = step;
                break;
            }
            at -= weight;
        }
        let written = self.take(chosen).await;
        if written {
            *self.taken.entry(chosen).or_default() += 1;
        }
        written
    }

    /// Whether anything was written.
    async fn take(&mut self, step: &'static str) -> bool {
        match step {
            "submit" | "withdraw result" | "name officer" => self.of_the_lead(step).await,
            "return" | "confirm" | "extend" => self.of_the_assigner(step).await,
            "withdraw task" => self.of_the_officer(step).await,
            "link" | "amend" | "withdraw target" => self.of_a_target(step).await,
            "observe" => {
                let value = format!("{}.{}", 10 + self.dice.below(40), self.dice.below(10));
                let indicator = self.dice.one(&[
                    "digital_economy_share_of_grdp",
                    "innovating_enterprises_pct",
                    "cashless_transactions_pct",
                ]);
                let who = self.dice.one(&["focal", "other", "officer"]);
                let source = words::PUBLIC_SOURCE;
                let (made, outcome) = (self.maker())
                    .try_record(who, indicator, figure("2025", &value, source))
                    .await;
                let written = written(outcome);
                if written {
                    self.observations.push(made);
                }
                written
            }
            "withdraw figure" => {
                let id = self.dice.one(&self.observations.clone());
                let reason = "ghi nhầm kỳ".to_owned();
                let command = observation::Withdraw {
                    id,
                    reason,
                    expected: None,
                };
                let scope = self.maker().scope("officer").await;
                written(observation::withdraw(self.world.journal(), &scope, &command, None).await)
            }
            "batch" => self.batch().await,
            "undo batch" => {
                let Some(batch) = self.batches.pop() else {
                    return false;
                };
                let reason = "nhầm tệp".to_owned();
                let command = UndoBatch { batch, reason };
                let scope = self.maker().scope("officer").await;
                written(observation::undo_batch(self.world.journal(), &scope, &command, None).await)
            }
            "correct header" => {
                let id = self.dice.one(&self.documents.clone());
                let fields = HeaderFields {
                    kind: reading::DocumentKind::Plan,
                    number: Some(format!("{}/KH-UBND", self.dice.below(900))),
                    issuer: Some("ỦY BAN NHÂN DÂN TỈNH ĐẮK LẮK".into()),
                    date: "2026-08-04".parse().ok(),
                    area: Some("Đắk Lắk".into()),
                    title: Some("Kế hoạch đã sửa".into()),
                };
                let command = DocumentCommand::CorrectHeader(fields);
                let (scope, given) = (self.maker().scope("officer").await, Given::default());
                let journal = self.world.journal();
                written(programme::document::command(journal, &scope, &given, id, &command).await)
            }
            "adopt" => {
                let leads = ["so-y-te", "so-gddt", "so-y-te"];
                let made = self.maker().adopt(words::INNER, &leads).await;
                self.documents.push(made.document);
                self.programmes.push(made.programme);
                self.targets.extend(made.targets);
                self.tasks.extend(made.tasks);
                true
            }
            "rename" => self.rename().await,
            other => panic!("{other}: what step is that?"),
        }
    }

    async fn task(&mut self, who: &str, command: TaskCommand) -> bool {
        let task = self.dice.one(&self.tasks.clone());
        let scope = self.maker().scope(who).await;
        let journal = self.world.journal();
        written(programme::task::command(journal, &scope, &Given::default(), task, &command).await)
    }

    async fn of_the_lead(&mut self, step: &str) -> bool {
        let who = self.dice.one(&["focal", "other"]);
        let command = match step {
            "submit" => TaskCommand::SubmitResult {
                text: format!("Đã làm đến bước {}", self.dice.below(100)),
                evidence: vec![],
                no_occurrence: false,
            },
            "withdraw result" => TaskCommand::WithdrawResult,
            _ => TaskCommand::NameOfficer(Some(self.maker().people[who])),
        };
        self.task(who, command).await
    }

    async fn of_the_assigner(&mut self, step: &str) -> bool {
        let reason = format!("lý do {}", self.dice.below(100));
        let command = match step {
            "return" => TaskCommand::ReturnResult { reason },
            "confirm" => TaskCommand::ConfirmResult,
            _ => TaskCommand::Extend {
                deadline: day("2027-01-01")
                    .saturating_add(jiff::Span::new().days(self.dice.below(300) as i64)),
                paper: paper(),
                reason,
            },
        };
        self.task("assigner", command).await
    }

    async fn of_the_officer(&mut self, _step: &str) -> bool {
        let reason = "không còn phù hợp".to_owned();
        self.task(
            "officer",
            TaskCommand::Withdraw {
                reason,
                paper: paper(),
            },
        )
        .await
    }

    async fn of_a_target(&mut self, step: &str) -> bool {
        let target = self.dice.one(&self.targets.clone());
        let scope = self.maker().scope("officer").await;
        let reason = "điều chỉnh theo nghị quyết".to_owned();
        let command = match step {
            "link" => TargetCommand::Link("cashless_transactions_pct".parse().ok()),
            "withdraw target" => TargetCommand::Withdraw {
                reason,
                paper: paper(),
            },
            _ => TargetCommand::Amend {
                terms: terms(20 + self.dice.below(30) as i64),
                reason,
                paper: paper(),
            },
        };
        let journal = self.world.journal();
        written(
            programme::target::command(journal, &scope, &Given::default(), target, &command).await,
        )
    }

    async fn batch(&mut self) -> bool {
        let scope = self.maker().scope("officer").await;
        let now = AsKnown::now(self.world.journal().today());
        let directory = self
            .maker()
            .directories
            .load(&scope, now)
            .await
            .expect("directory");
        let batch = BatchId::new();
        let rows = ["2021", "2022", "2023"].map(|period| BatchRow {
            key: SeriesKey::new("innovating_enterprises_pct".parse().expect("an id"), area()),
            figure: figure(
                period,
                &(10 + self.dice.below(20)).to_string(),
                words::PUBLIC_SOURCE,
            ),
        });
        let command = AcceptBatch {
            batch,
            rows: rows.into(),
            source: words::PUBLIC_SOURCE.into(),
            organisation: scope.organisation().expect("an organisation").clone(),
            evidence: vec![],
            note: None,
            acknowledge: true,
            papers: vec![],
            left_out: 0,
            import: None,
            against: None,
        };
        let book = Book::new(&directory);
        let outcome =
            observation::accept_batch(self.world.journal(), &scope, command, book, None).await;
        self.batches.push(batch);
        written(outcome)
    }

    /// An agency is called otherwise from now on.
    async fn rename(&mut self) -> bool {
        let text = include_str!("../../../../definitions/organisations/dak-lak.toml");
        let name = format!("Sở Y tế (tên {})", self.dice.below(1000));
        let text = text.replace("\"Sở Y tế\"", &format!("{name:?}"));
        let definition = catalogue::parse("organisations/dak-lak.toml", &text).expect("it stands");
        let activation = activation::Activation {
            changes: vec![Change::activate(definition)],
            ..activation::Activation::default()
        };
        let scope = access::Scope::system();
        written(activation::change(self.world.journal(), &scope, &activation).await)
    }

    /// Every address there is by now.
    fn addresses(&self) -> Vec<String> {
        let mut all: Vec<String> = ALWAYS.map(str::to_owned).into();
        for id in &self.programmes {
            all.extend([
                format!("/programmes/{id}"),
                format!("/history/programme/{id}"),
            ]);
        }
        for id in &self.documents {
            all.extend([
                format!("/documents/{id}"),
                format!("/documents/{id}/reading"),
                format!("/history/document/{id}"),
            ]);
        }
        for id in &self.targets {
            all.extend([format!("/targets/{id}"), format!("/history/target/{id}")]);
        }
        for id in &self.tasks {
            all.extend([format!("/tasks/{id}"), format!("/history/task/{id}")]);
        }
        all.extend(
            self.observations
                .iter()
                .map(|id| format!("/observations/{id}")),
        );
        all.extend(self.reports.iter().map(|id| format!("/reports/{id}")));
        all
    }

    /// What each reader is answered at each address, with a query.
    async fn answers(
        &self,
        addresses: &[String],
        query: &str,
    ) -> BTreeMap<(&'static str, String), Answer> {
        let mut answers = BTreeMap::new();
        for reader in READERS {
            let mut client = self.world.anybody(reader).await;
            for address in addresses {
                let asked = format!("{address}{query}");
                let reply = client.get_as(&asked, "application/json").await;
                let body = if reply.status == 200 {
                    reply.json()
                } else {
                    Json::Null
                };
                answers.insert((reader, address.clone()), (reply.status, body));
            }
        }
        answers
    }
}

/// Status and body.
type Answer = (u16, Json);

fn written(outcome: Result<Written, Refusal>) -> bool {
    match outcome {
        Ok(Written::New(_)) => true,
        Ok(_) => false,
        Err(Refusal::Store(error)) => panic!("{error}"),
        // What is waiting for nobody cannot be confirmed: refused like any other.
        Err(_) => false,
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// Where two answers part, for the message of a failed test.
fn difference(path: &str, then: &Json, now: &Json, found: &mut Vec<String>) {
    match (then, now) {
        (Json::Object(a), Json::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let null = Json::Null;
                let (x, y) = (a.get(key).unwrap_or(&null), b.get(key).unwrap_or(&null));
                difference(&format!("{path}/{key}"), x, y, found);
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (i, (x, y)) in a.iter().zip(b).enumerate() {
                difference(&format!("{path}/{i}"), x, y, found);
            }
        }
        _ if then == now => {}
        _ => found.push(format!("{path}: then {then}, as known {now}")),
    }
}

#[test]
fn a_page_as_known_on_a_day_is_the_page_of_that_day() {
    run(async {
        // Another history every time; the one of a failed run is told anew by naming its seed.
        let seed = std::env::var("DOTPHA_TEST_SEED").ok().map_or_else(
            || uuid::Uuid::new_v4().as_u64_pair().0,
            |seed| seed.parse().expect("a seed is a number"),
        );
        println!("seed {seed}");
        let mut going = Going::new(seed).await;
        let mut days = Vec::new();
        for day in DAYS {
            going.maker().go_to(day);
            for _ in 0..STEPS_A_DAY {
                // Many a step is refused; some step is always possible.
                while !going.step().await {}
            }
            if day == DAYS[1] {
                let made = going.maker().report(&going.world.public).await;
                going.reports.push(made);
            } else if day == DAYS[3] {
                let (scope, given) = (going.maker().scope("officer").await, Given::default());
                let report = going.reports[0];
                let frozen = reporting::freeze(going.world.journal(), &scope, &given, report).await;
                assert!(written(frozen), "the report is frozen");
            }
            let addresses = going.addresses();
            let then = going.answers(&addresses, "").await;
            days.push((day, addresses, then));
        }
        println!("{:?}", going.taken);
        let (mut compared, mut found) = (0, Vec::new());
        for (day, addresses, then) in &days {
            let query = format!("?as_known_on={day}");
            let as_known = going.answers(addresses, &query).await;
            for (at, (status, body)) in then {
                let (status_now, body_now) = &as_known[at];
                compared += 1;
                if status != status_now {
                    found.push(format!(
                        "{day} {at:?}: {status} then, {status_now} as known"
                    ));
                }
                let mut parts = Vec::new();
                difference("", body, body_now, &mut parts);
                found.extend(parts.iter().map(|part| format!("{day} {at:?} {part}")));
            }
        }
        assert!(
            found.is_empty(),
            "seed {seed}, {} differences:\n{}",
            found.len(),
            found
                .iter()
                .take(60)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n")
        );
        println!("{compared} pages compared");
        assert_as_rebuilt(going.world.journal()).await;
    });
}
