//! A history in which every kind of fact of every family happens at least once: what a stored journal of
//! a release has to hold.

use access::{AsKnown, Audience, NewAccount, OrgId, Role, Scope};
use activation::{Activation, Change};
use catalogue::{CampaignRequest, Kind, Label, Source, Stage};
use journal::{
    BatchRemoved, FactPlace, FactsRemoved, FileRemoved, Grounds, NewFact, PersonErased,
    RemovalFact, StreamId, WriteContext, Written,
};
use measure::cascade::{Line, Measured, Scored};
use observation::campaign::{CampaignCommand, Says};
use observation::{
    AcceptBatch, AnswerRow, BatchId, BatchRow, Book, EvidenceFile, JudgeBatch, Judgement,
    ObservationId, ReceiveSurvey, SeriesKey, StratumSize, SurveyId, SurveyQuestion, SurveyReceived,
    TellSurvey, UndoBatch, Withdraw,
};
use programme::cascade::{
    CascadeCommand, Gap, Guidance, Holder, HolderKind, Invited, PartCommand, RankingCommand,
    YearValue,
};
use programme::document::{DocumentCommand, HeaderFields, StoredReading};
use programme::programme::ProgrammeCommand;
use programme::target::TargetCommand;
use programme::task::{Agencies, TaskCommand};
use programme::{DocumentId, FileRef, Given, Paper, TargetId, TargetTerms, TaskId};
use reporting::{ReportId, SignedCopy};
use uuid::Uuid;

use crate::history::{area, figure, intake_of};
use crate::words;
use crate::world::{PASSWORD, World};

/// Lets everything happen that did not happen yet when the world was made.
pub async fn happen(world: &World) {
    world.maker.go_to("2026-10-06");
    accounts(world).await;
    definitions(world).await;
    document(world).await;
    programme(world).await;
    cascade(world).await;
    figures(world).await;
    survey(world).await;
    seasons(world).await;
    reports(world).await;
    removals(world).await;
}

async fn accounts(world: &World) {
    let (scope, accounts) = (Scope::system(), &world.app.accounts);
    let person = world.people["other"];
    accounts
        .set_password(&scope, person, &format!("{PASSWORD} nữa"))
        .await
        .expect("a password");
    let organisation = Some(OrgId("so-gddt".into()));
    let role = Role::ProgrammeOfficer;
    accounts
        .give_role(&scope, person, role, organisation, None)
        .await
        .expect("a role");
    accounts.close(&scope, person, None).await.expect("closed");
    accounts
        .reopen(&scope, person, None)
        .await
        .expect("open again");
}

async fn definitions(world: &World) {
    let retire = Change::Retire {
        kind: Kind::Report,
        id: "bao-cao-nam".parse().expect("an id"),
        reason: "Không còn thu thập".into(),
    };
    let activation = Activation {
        changes: vec![retire],
        ..Activation::default()
    };
    activation::change(world.journal(), &Scope::system(), &activation)
        .await
        .expect("retired");
}

/// A document that is read, corrected in every way and kept as a reference, and one that was refused.
async fn document(world: &World) {
    let id = DocumentId::new();
    let scope = world.maker.scope("officer").await;
    let directory = world
        .maker
        .directories
        .load(&scope, AsKnown::now(world.journal().today()));
    let directory = directory.await.expect("a directory");
    let text = words::INNER.replace("901/KH-UBND", "902/KH-UBND");
    let reading = reading::read(&text, &server::lexicon(&directory));
    let stored = StoredReading::of(text.as_str(), &reading);
    let (target, task) = (stored.targets[0].clone(), stored.tasks[0].clone());
    let mut header = HeaderFields::from(&stored.header);
    header.title = Some("Kế hoạch (bản tham khảo)".into());
    let files = world.journal().files();
    let receive = DocumentCommand::Receive {
        file: file(world, "tham-khao.txt", text.as_bytes()).await,
        intake: files.put(&intake_of(&text)).await.expect("stored"),
        title: None,
    };
    let (t, k) = (target.0, task.0);
    let commands = [
        receive,
        DocumentCommand::Read {
            reading: Box::new(stored),
            reader: "thử".into(),
        },
        DocumentCommand::CorrectHeader(header),
        DocumentCommand::CorrectTarget {
            id: t.clone(),
            fields: with_value(target.1.clone(), 28),
        },
        DocumentCommand::AddTarget(with_value(target.1, 29)),
        DocumentCommand::LinkTarget {
            id: t.clone(),
            indicator: None,
        },
        DocumentCommand::RejectTarget {
            id: t.clone(),
            reason: "trùng".into(),
        },
        DocumentCommand::RestoreTarget { id: t },
        DocumentCommand::CorrectTask {
            id: k.clone(),
            fields: with_lead(task.1.clone(), "Sở Nội vụ"),
        },
        DocumentCommand::AddTask(with_lead(task.1, "Sở Tài chính")),
        DocumentCommand::RejectTask {
            id: k.clone(),
            reason: "trùng".into(),
        },
        DocumentCommand::RestoreTask { id: k },
        DocumentCommand::KeepAsReference,
    ];
    for command in commands {
        let given = Given::default();
        programme::document::command(world.journal(), &scope, &given, id, &command)
            .await
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", command.name()));
    }
    let level = reading::SecrecyLevel::Secret;
    programme::document::refuse_secret(
        world.journal(),
        &scope,
        &Given::default(),
        DocumentId::new(),
        level,
    )
    .await
    .expect("refused, and that recorded");
}

fn with_value(
    mut draft: programme::document::TargetDraft,
    value: i64,
) -> programme::document::TargetDraft {
    draft.terms.value = Some(value.into());
    draft
}

fn with_lead(
    mut draft: programme::document::TaskDraft,
    lead: &str,
) -> programme::document::TaskDraft {
    draft.lead = Some(lead.to_owned());
    draft
}

async fn file(world: &World, name: &str, content: &[u8]) -> FileRef {
    FileRef {
        hash: world.journal().files().put(content).await.expect("stored"),
        name: name.into(),
        media: "text/plain; charset=utf-8".into(),
        size: content.len() as u64,
    }
}

pub fn paper() -> Paper {
    Paper {
        number: "77/QĐ-UBND".into(),
        date: "2026-09-30".parse().expect("a day"),
    }
}

/// At least so many percent by 2030, of the digital economy.
pub fn terms(value: i64) -> TargetTerms {
    TargetTerms {
        indicator: "digital_economy_share_of_grdp".parse().ok(),
        comparator: Some(reading::Comparator::AtLeast),
        strict: false,
        value: Some(value.into()),
        value_max: None,
        unit: Some("percent".into()),
        period: reading::TargetPeriod {
            kind: Some(reading::PeriodKind::ByYear),
            year: Some(2030),
            ..reading::TargetPeriod::default()
        },
    }
}

/// Another programme, whose targets and tasks go through everything, and which is closed.
async fn programme(world: &World) {
    let made = world
        .maker
        .adopt(words::INNER, &["so-y-te", "so-gddt", "so-y-te"])
        .await;
    let reason = || "điều chỉnh theo nghị quyết".to_owned();
    target(world, made.targets[0], TargetCommand::Link(None)).await;
    let amend = TargetCommand::Amend {
        terms: terms(30),
        reason: reason(),
        paper: paper(),
    };
    target(world, made.targets[0], amend).await;
    let withdraw = TargetCommand::Withdraw {
        reason: reason(),
        paper: paper(),
    };
    target(world, made.targets[1], withdraw).await;
    let officer = TaskCommand::NameOfficer(Some(world.people["focal"]));
    task(world, "focal", made.tasks[0], officer).await;
    let submit = TaskCommand::SubmitResult {
        text: words::RESULT.into(),
        evidence: vec![],
        no_occurrence: false,
    };
    task(world, "focal", made.tasks[0], submit).await;
    task(world, "focal", made.tasks[0], TaskCommand::WithdrawResult).await;
    let agencies = Agencies {
        lead: Some(OrgId("so-tai-chinh".into())),
        lead_written: Some("Sở Tài chính".into()),
        supporting: vec![],
        supporting_written: vec![],
    };
    let reassign = TaskCommand::Reassign {
        agencies,
        reason: reason(),
    };
    task(world, "officer", made.tasks[1], reassign).await;
    let withdraw = TaskCommand::Withdraw {
        reason: reason(),
        paper: paper(),
    };
    task(world, "officer", made.tasks[2], withdraw).await;
    let scope = world.maker.scope("officer").await;
    let close = ProgrammeCommand::Close { reason: reason() };
    programme::programme::command(
        world.journal(),
        &scope,
        &Given::default(),
        made.programme,
        &close,
    )
    .await
    .expect("closed");
}

async fn target(world: &World, id: TargetId, command: TargetCommand) {
    let scope = world.maker.scope("officer").await;
    programme::target::command(world.journal(), &scope, &Given::default(), id, &command)
        .await
        .unwrap_or_else(|refusal| panic!("{}: {refusal}", command.name()));
}

async fn task(world: &World, who: &str, id: TaskId, command: TaskCommand) {
    let scope = world.maker.scope(who).await;
    programme::task::command(world.journal(), &scope, &Given::default(), id, &command)
        .await
        .unwrap_or_else(|refusal| panic!("{}: {refusal}", command.name()));
}

/// A target broken down: parts assigned, registered, returned and withdrawn, and a ranking published and taken back.
async fn cascade(world: &World) {
    let target = world.inner.targets[0];
    let guidance = Guidance {
        register: "Ghi mức từng năm".into(),
        report: "Báo cáo năm".into(),
        register_by: "2026-12-31".parse().ok(),
        invited: Invited::Both,
        measured: Measured::State,
    };
    let value = |year: i16, value: i64| YearValue {
        year,
        value: value.into(),
    };
    let gap = Gap {
        year: 2027,
        whole: 20.into(),
        parts: 12.into(),
        note: "giao tiếp".into(),
    };
    let commands = [
        CascadeCommand::Guide(guidance),
        CascadeCommand::StatePath {
            values: vec![value(2027, 20)],
            source: "901/KH-UBND".into(),
        },
        CascadeCommand::AcknowledgeGap(gap),
    ];
    let (journal, given) = (world.journal(), Given::default());
    let keeper = world.maker.scope("officer").await;
    for command in commands {
        programme::cascade::command(journal, &keeper, &given, target, &command)
            .await
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", command.name()));
    }
    let agency = world.maker.scope("focal").await;
    let organisation = agency.organisation().expect("an organisation").clone();
    let holder = Holder {
        organisation: organisation.clone(),
        kind: HolderKind::Department,
    };
    let assign = |of: i64| PartCommand::Assign {
        holder: holder.clone(),
        values: vec![value(2027, of)],
        reason: "rà soát".into(),
    };
    let register = PartCommand::Register {
        holder: holder.clone(),
        values: vec![value(2028, 15), value(2029, 16)],
    };
    let back = PartCommand::Return {
        years: vec![2029],
        reason: "thấp".into(),
    };
    let withdraw = PartCommand::Withdraw {
        year: 2029,
        reason: "nhầm năm".into(),
    };
    for (scope, command) in [
        (&keeper, assign(11)),
        (&keeper, assign(12)),
        (&agency, register),
        (&keeper, PartCommand::Accept(vec![2028])),
        (&keeper, back),
        (&agency, withdraw),
    ] {
        let of = (target, &organisation);
        programme::cascade::part_command(journal, scope, &given, of, &command)
            .await
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", command.name()));
    }
    let line = Line {
        who: organisation,
        rank: Some(1),
        scored: Scored {
            points: Some(80.into()),
            parts: 1,
            counted: 1,
            reached: 0,
            not_reported: 0,
        },
    };
    let publish = RankingCommand::Publish {
        to: Audience::Internal,
        rule: "0".repeat(64),
        lines: vec![line],
    };
    let withdraw = RankingCommand::Withdraw {
        reason: "số chưa chốt".into(),
    };
    for command in [publish, withdraw] {
        let of = (world.inner.programme, 2027);
        programme::cascade::ranking_command(journal, &keeper, &given, of, &command)
            .await
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", command.name()));
    }
}

/// A batch that stands, one that was undone, and a figure that was withdrawn.
async fn figures(world: &World) {
    let scope = world.maker.scope("officer").await;
    let now = AsKnown::now(world.journal().today());
    let directory = world
        .maker
        .directories
        .load(&scope, now)
        .await
        .expect("a directory");
    let reason = || "nhầm tệp".to_owned();
    for (undone, value) in [(false, "21"), (true, "22")] {
        let batch = BatchId::new();
        let rows = ["2021", "2022", "2023"].map(|period| BatchRow {
            key: SeriesKey::new("innovating_enterprises_pct".parse().expect("an id"), area()),
            figure: figure(period, value, words::PUBLIC_SOURCE),
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
        observation::accept_batch(world.journal(), &scope, command, book, None)
            .await
            .expect("accepted");
        if undone {
            let undo = UndoBatch {
                batch,
                reason: reason(),
            };
            observation::undo_batch(world.journal(), &scope, &undo, None)
                .await
                .expect("undone");
        }
    }
    judged(world, Book::new(&directory)).await;
    let indicator = "cashless_transactions_pct";
    let id = world
        .maker
        .observe("officer", indicator, "55.5", words::PUBLIC_SOURCE)
        .await;
    let withdraw = Withdraw {
        id,
        reason: reason(),
        expected: None,
    };
    observation::withdraw(world.journal(), &scope, &withdraw, None)
        .await
        .expect("withdrawn");
}

/// A season in which everything happens that can.
async fn seasons(world: &World) {
    let (maker, season) = (&world.maker, world.season);
    let id = |text: &str| text.parse().expect("an id");
    let reason = || "theo công văn của Bộ".to_owned();
    let about = |request: &str| (id(request), reason());
    let never = || Says::NothingOccurred { reason: reason() };
    maker
        .campaign(
            "officer",
            season,
            CampaignCommand::Confirm {
                request: id("giay-to"),
            },
        )
        .await;
    let (request, why) = about("thanh-toan");
    let figure = Says::Figure {
        id: observation::ObservationId::new(),
        value: 56.into(),
        source: words::INNER_SOURCE.into(),
        acknowledge: false,
    };
    let paper = maker.paper("bao-cao", "báo cáo năm").await;
    maker
        .answer("focal", season, "thanh-toan", figure, vec![paper])
        .await;
    let back = CampaignCommand::Return {
        request,
        reason: why,
    };
    maker.campaign("officer", season, back).await;
    maker
        .answer("other", season, "lop-hoc", never(), vec![])
        .await;
    let (request, reason_of) = about("lop-hoc");
    let take_back = CampaignCommand::WithdrawAnswer {
        request,
        reason: reason_of,
    };
    maker.campaign("other", season, take_back).await;
    let (request, why) = about("lop-hoc");
    let organisation = OrgId("so-noi-vu".into());
    let moved = CampaignCommand::Move {
        request,
        organisation,
        reason: why,
    };
    maker.campaign("officer", season, moved).await;
    let due = "2026-11-15".parse().expect("a day");
    let later = CampaignCommand::Extend {
        request: None,
        due,
        reason: reason(),
    };
    maker.campaign("officer", season, later).await;
    let more = CampaignRequest {
        id: id("them-bao-cao"),
        code: None,
        label: Label::new("Báo cáo thêm", "Another report"),
        pillar: id("kinh-te"),
        indicator: None,
        papers: vec![Label::new("Báo cáo", "Report")],
        organisation: id("so-tai-chinh"),
        guidance: None,
        source: Source::new(reason()),
    };
    let add = CampaignCommand::Add {
        request: Box::new(more),
        due: None,
        reason: reason(),
    };
    maker.campaign("officer", season, add).await;
    let close = CampaignCommand::Close {
        reason: Some(reason()),
    };
    maker.campaign("officer", season, close).await;
}

/// Two batches of an agency, one confirmed and one returned.
async fn judged(world: &World, book: Book<'_>) {
    let (agency, keeper) = (
        world.maker.scope("focal").await,
        world.maker.scope("officer").await,
    );
    let returned = Judgement::Return {
        reason: "thiếu năm 2024".into(),
    };
    for (period, judgement) in [("2019", Judgement::Confirm), ("2020", returned)] {
        let row = BatchRow {
            key: SeriesKey::new("innovating_enterprises_pct".parse().expect("an id"), area()),
            figure: figure(period, "20", words::PUBLIC_SOURCE),
        };
        let organisation = agency.organisation().expect("an organisation").clone();
        let command = AcceptBatch::new(organisation, words::PUBLIC_SOURCE, vec![row]);
        let batch = command.batch;
        observation::accept_batch(world.journal(), &agency, command, book, None)
            .await
            .expect("accepted");
        let judge = JudgeBatch { batch, judgement };
        observation::judge_batch(world.journal(), &keeper, &judge, None)
            .await
            .expect("judged");
    }
}

/// A survey of a dozen firms, what it tells, and that it was a mistake.
async fn survey(world: &World) {
    let scope = world.maker.scope("officer").await;
    let now = AsKnown::now(world.journal().today());
    let directory = (world.maker.directories.load(&scope, now).await).expect("a directory");
    let (book, journal) = (Book::new(&directory), world.journal());
    let answers = file(world, "phieu-tra-loi.csv", b"stratum,weight,co doi moi").await;
    let rows: Vec<AnswerRow> = (0..12)
        .map(|at| AnswerRow {
            stratum: 0,
            weight: None,
            answers: vec![Some(rust_decimal::Decimal::from(at % 2))],
        })
        .collect();
    let command = ReceiveSurvey {
        id: SurveyId::new(),
        survey: SurveyReceived {
            title: "Khảo sát đổi mới 2024".into(),
            area: area(),
            period: "2024".parse().expect("a period"),
            ended_on: "2026-09-01".parse().expect("a day"),
            organisation: scope.organisation().expect("an organisation").clone(),
            strata: vec![StratumSize {
                name: String::new(),
                population: Some(900),
            }],
            questions: vec![SurveyQuestion {
                heading: "có đổi mới".into(),
                indicator: "innovating_enterprises_pct".parse().expect("an id"),
            }],
            answers: EvidenceFile {
                hash: answers.hash,
                name: answers.name,
                media: answers.media,
                size: answers.size,
            },
            asked: 12,
            left_out: vec![],
        },
        rows,
    };
    observation::receive_survey(journal, &scope, &command, book, None)
        .await
        .expect("received");
    let told = TellSurvey {
        survey: command.id,
        question: 0,
        observation: ObservationId::new(),
        stage: Stage::Estimated,
        acknowledge: true,
        note: Some("mẫu nhỏ".into()),
    };
    observation::tell_survey(journal, &scope, &told, &command.rows, book, None)
        .await
        .expect("told");
    observation::withdraw_survey(journal, &scope, command.id, "nhầm tệp", None)
        .await
        .expect("withdrawn");
}

/// A report is drawn up, frozen, and its signed copy laid beside it.
pub async fn reports(world: &World) -> ReportId {
    let (scope, given) = (world.maker.scope("officer").await, Given::default());
    let report = world.maker.report(&world.public).await;
    reporting::freeze(world.journal(), &scope, &given, report)
        .await
        .expect("frozen");
    let copy = SignedCopy {
        file: file(world, "ban-ky.txt", b"ban da ky").await,
        number: "12/BC-SKHCN".into(),
        signed_on: "2026-10-06".parse().expect("a day"),
    };
    reporting::attach_signed_copy(world.journal(), &scope, &given, report, &copy)
        .await
        .expect("attached");
    report
}

/// Values of a person, a file, a batch and a fact, each of which nothing else needs.
async fn removals(world: &World) {
    let journal = world.journal();
    let grounds = || Grounds {
        reason: "tiếp nhận nhầm".into(),
        authority: "12/QĐ-SKHCN".into(),
    };
    let file = file(world, "nham.txt", b"tep tiep nhan nham").await.hash;
    journal.files().remove(&file).await.expect("gone");
    let context = WriteContext::new(journal::ActorId::SYSTEM, "fixture.make");
    let taken: Result<Written, journal::JournalError> = journal
        .write(&context, async |tx| {
            tx.store_batch(b"nobody's batch").await?;
            // Of a kind that no projection follows: rows are taken away by whoever removes a fact.
            Ok(vec![NewFact {
                stream: StreamId::new("note", Uuid::now_v7()),
                kind: "note.taken_in_error".into(),
                version: 1,
                data: serde_json::json!({"text": "không nên có ở đây"}),
            }])
        })
        .await;
    let Ok(Written::New(seq)) = taken else {
        panic!("{taken:?}")
    };
    let batch = journal::FileHash::of(b"nobody's batch");
    let place = FactPlace { seq, ix: 0 };
    let facts = [
        RemovalFact::PersonErased(PersonErased {
            person: Uuid::now_v7(),
            fields: vec!["name".into()],
            grounds: grounds(),
        }),
        RemovalFact::FileRemoved(FileRemoved {
            file,
            grounds: grounds(),
        }),
        RemovalFact::BatchRemoved(BatchRemoved {
            batch: batch.clone(),
            grounds: grounds(),
        }),
        RemovalFact::FactsRemoved(FactsRemoved {
            facts: vec![place],
            left: vec![],
            things: vec![],
            grounds: grounds(),
        }),
    ];
    let stream = StreamId::new("removal", Uuid::now_v7());
    let removed: Result<Written, journal::JournalError> = journal
        .write(&context, async |tx| {
            tx.remove_batch(&batch).await?;
            tx.remove_facts(&[place]).await?;
            facts
                .iter()
                .map(|fact| NewFact::of(stream.clone(), fact))
                .collect()
        })
        .await;
    removed.expect("removed");
    erase(world, &grounds()).await;
}

/// Somebody whose account was opened by mistake.
async fn erase(world: &World, grounds: &Grounds) {
    let accounts = &world.app.accounts;
    let new = NewAccount {
        login: "mo.nham".into(),
        name: "Người mở nhầm".into(),
        password: PASSWORD.into(),
        role: Role::Citizen,
        organisation: None,
        key: None,
    };
    let system = Scope::system();
    let actor = accounts.open(&system, &new).await.expect("opened");
    accounts
        .erase(&system, actor, grounds, None)
        .await
        .expect("erased");
}
