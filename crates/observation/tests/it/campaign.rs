//! Index seasons: what is decided, and how requests stand.

use std::collections::BTreeMap;

use access::{AsKnown, OrgId, Permission, Refusal, Scope};
use catalogue::{CampaignRequest, Id, Label, Source};
use jiff::civil::{Date, date};
use journal::testing::TestJournal;
use journal::{FileHash, Journal, Written};
use observation::campaign::{
    CampaignCommand, CampaignFact, CampaignProjection, CampaignState, Differs, Give, Judgement,
    Open, RequestFilter, RequestRow, RequestStatus, Says, campaign, campaigns, command_campaign,
    decide_campaign, decide_open, open_campaign, request, requests, status,
};
use observation::{CampaignId, EvidenceFile, ObservationId, ObservationProjection, get, withdraw};

use crate::campaign_tables::command_of;
use crate::store::{now, written};
use crate::support::{TODAY, book, citizen, focal, officer, verdict};

/// Due soon within so many days.
pub const SOON: u32 = 7;

pub async fn fresh() -> TestJournal {
    let noon = TODAY
        .at(5, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .expect("a moment");
    let clock = std::sync::Arc::new(move || noon.timestamp());
    let projections: Vec<Box<dyn journal::Projection>> = vec![
        Box::new(ObservationProjection),
        Box::new(CampaignProjection),
    ];
    journal::testing::journal_with_clock(projections, clock).await
}

pub fn id(text: &str) -> Id {
    text.parse().expect("an id")
}

fn opening() -> Open {
    Open {
        definition: id("thu"),
        year: 2026,
        area: "12@2025-07-01".parse().expect("an area"),
        deadline: None,
        differs: BTreeMap::new(),
    }
}

pub fn paper(content: &[u8]) -> EvidenceFile {
    EvidenceFile {
        hash: FileHash::of(content),
        name: "bieu.pdf".into(),
        media: "application/pdf".into(),
        size: content.len() as u64,
    }
}

pub fn figure(request: &str, value: &str) -> CampaignCommand {
    CampaignCommand::Answer(Box::new(Give {
        request: id(request),
        says: Says::Figure {
            id: ObservationId::new(),
            value: value.parse().expect("a number"),
            source: "Báo cáo số 9".into(),
            acknowledge: false,
        },
        papers: vec![paper(value.as_bytes())],
        note: None,
    }))
}

pub fn says(request: &str, says: Says, papers: Vec<EvidenceFile>) -> CampaignCommand {
    CampaignCommand::Answer(Box::new(Give {
        request: id(request),
        says,
        papers,
        note: None,
    }))
}

pub fn confirm(request: &str) -> CampaignCommand {
    CampaignCommand::Confirm {
        request: id(request),
    }
}

pub fn give_back(request: &str) -> CampaignCommand {
    CampaignCommand::Return {
        request: id(request),
        reason: "thiếu chữ ký".into(),
    }
}

pub fn move_to(request: &str, organisation: &str) -> CampaignCommand {
    CampaignCommand::Move {
        request: id(request),
        organisation: OrgId(organisation.into()),
        reason: "đã chuyển việc".into(),
    }
}

pub async fn opened(journal: &Journal) -> CampaignId {
    let campaign = CampaignId::new();
    let directory = book().directory;
    written(open_campaign(journal, &officer(), campaign, &opening(), directory, None).await);
    campaign
}

pub async fn does(
    journal: &Journal,
    scope: &Scope,
    campaign: CampaignId,
    command: &CampaignCommand,
) -> Result<Written, Refusal> {
    command_campaign(journal, scope, campaign, command, book(), (None, None)).await
}

pub async fn row(
    journal: &Journal,
    as_known: &AsKnown,
    campaign: CampaignId,
    of: &str,
) -> RequestRow {
    request(
        journal.db(),
        &officer(),
        as_known,
        (campaign, &id(of)),
        SOON,
    )
    .await
    .unwrap_or_else(|refusal| panic!("{of}: {refusal}"))
}

#[tokio::test]
async fn a_figure_is_given_returned_given_again_and_confirmed() {
    let test = fresh().await;
    let (journal, db) = (&test.journal, test.journal.db());
    let campaign = opened(journal).await;
    let nong = focal("so-nong");
    let first = figure("rung", "42.1");
    let key = || (Some("k".to_owned()), None);
    let given = written(command_campaign(journal, &nong, campaign, &first, book(), key()).await);
    let again = command_campaign(journal, &nong, campaign, &first, book(), key()).await;
    assert!(
        matches!(again, Ok(Written::Again(seq)) if seq == given),
        "{again:?}"
    );
    let kinds: Vec<String> = journal
        .facts_after(given - 1, 1)
        .await
        .unwrap()
        .into_iter()
        .map(|fact| fact.kind)
        .collect();
    assert_eq!(kinds, ["campaign.request_answered", "series.recorded"]);

    let answered = row(journal, &now(), campaign, "rung").await;
    assert_eq!(answered.status, RequestStatus::Given);
    let figure_of = |row: &RequestRow| row.state.answer().unwrap().said.observation().unwrap();
    let observation = figure_of(&answered);
    let recorded = get(db, &nong, &now(), observation).await.unwrap();
    assert_eq!(recorded.figure.value.to_string(), "42.1");
    assert_eq!(recorded.figure.period.to_string(), "2025");
    assert_eq!(recorded.organisation, OrgId("so-nong".into()));
    assert_eq!(recorded.evidence, answered.state.answers[0].papers);

    let returned = written(does(journal, &officer(), campaign, &give_back("rung")).await);
    let after = row(journal, &now(), campaign, "rung").await;
    assert_eq!(after.status, RequestStatus::Returned);
    assert_eq!(
        verdict(get(db, &nong, &now(), observation).await),
        "not found"
    );
    assert!(matches!(&after.state.answers[0].judgement,
        Judgement::Returned { reason, .. } if reason == "thiếu chữ ký"));
    written(does(journal, &nong, campaign, &figure("rung", "42.3")).await);
    written(does(journal, &officer(), campaign, &confirm("rung")).await);
    let done = row(journal, &now(), campaign, "rung").await;
    assert_eq!(
        (done.status, done.state.answers.len()),
        (RequestStatus::Confirmed, 2)
    );
    assert_eq!(
        verdict(does(journal, &nong, campaign, &figure("rung", "42.4")).await),
        "conflict"
    );

    // What was known then is what is told then.
    let then = row(journal, &AsKnown::at(given, TODAY), campaign, "rung").await;
    assert_eq!(then.status, RequestStatus::Given);
    let then = row(journal, &AsKnown::at(returned, TODAY), campaign, "rung").await;
    assert_eq!(then.status, RequestStatus::Returned);
}

#[tokio::test]
async fn a_figure_taken_back_elsewhere_is_not_given() {
    let test = fresh().await;
    let journal = &test.journal;
    let campaign = opened(journal).await;
    let nong = focal("so-nong");
    written(does(journal, &nong, campaign, &figure("rung", "42.1")).await);
    let given = row(journal, &now(), campaign, "rung").await;
    let command = observation::Withdraw {
        id: given.state.answer().unwrap().said.observation().unwrap(),
        reason: "ghi nhầm".into(),
        expected: None,
    };
    written(withdraw(journal, &nong, &command, None).await);
    let after = row(journal, &now(), campaign, "rung").await;
    assert_eq!(
        (after.stands, after.status),
        (false, RequestStatus::NotYetDue)
    );
    // The answer itself can still be returned, and nothing is taken back twice.
    written(does(journal, &officer(), campaign, &give_back("rung")).await);
}

#[tokio::test]
async fn an_agency_sees_what_it_is_asked_and_nobody_outside_sees_anything() {
    let test = fresh().await;
    let (journal, db) = (&test.journal, test.journal.db());
    let id = opened(journal).await;
    let before = now();
    let count = async |scope: &Scope| {
        let filter = RequestFilter {
            campaign: Some(id),
            organisations: None,
        };
        let seen = requests(db, scope, &before, &filter, SOON).await.unwrap();
        (
            campaigns(db, scope, &before).await.unwrap().len(),
            seen.len(),
        )
    };
    assert_eq!(count(&officer()).await, (1, 3));
    assert_eq!(count(&focal("so-nong")).await, (1, 2));
    assert_eq!(count(&focal("so-y")).await, (0, 0));
    assert_eq!(count(&citizen()).await, (0, 0));
    assert_eq!(
        verdict(campaign(db, &focal("so-y"), &now(), id).await),
        "not found"
    );
    let other = figure("rung", "42.1");
    assert_eq!(
        verdict(does(journal, &focal("so-y"), id, &other).await),
        "not found"
    );
    assert_eq!(
        verdict(does(journal, &citizen(), id, &other).await),
        "not allowed"
    );

    let moved = written(does(journal, &officer(), id, &move_to("rung", "so-y")).await);
    assert_eq!(count(&focal("so-y")).await, (1, 1));
    assert_eq!(count(&focal("so-nong")).await, (1, 1));
    // Permissions are today's, also for what was known before it was moved.
    let then = AsKnown::at(moved - 1, TODAY);
    let own = async |scope: &Scope| {
        let of = (id, &"rung".parse().unwrap());
        request(db, scope, &then, of, SOON)
            .await
            .map(|row| row.state.organisation.0)
    };
    assert_eq!(own(&focal("so-y")).await.unwrap(), "so-nong");
    assert_eq!(verdict(own(&focal("so-nong")).await), "not found");
    written(does(journal, &focal("so-y"), id, &other).await);
}

#[tokio::test]
async fn a_season_is_opened_once_a_year_and_asks_until_it_is_closed() {
    let test = fresh().await;
    let (journal, directory) = (&test.journal, book().directory);
    let id = opened(journal).await;
    let twin = open_campaign(
        journal,
        &officer(),
        CampaignId::new(),
        &opening(),
        directory,
        None,
    )
    .await;
    assert_eq!(verdict(twin), "conflict");
    let next = Open {
        year: 2027,
        deadline: Some(date(2027, 3, 1)),
        ..opening()
    };
    written(
        open_campaign(
            journal,
            &officer(),
            CampaignId::new(),
            &next,
            directory,
            None,
        )
        .await,
    );

    let more = CampaignRequest {
        id: "them-1".parse().unwrap(),
        code: None,
        label: Label::new("Thêm", "More"),
        pillar: "tru-cot".parse().unwrap(),
        indicator: None,
        papers: vec![Label::new("Quyết định", "Decision")],
        organisation: "so-y".parse().unwrap(),
        guidance: None,
        source: Source::new("hỏi thêm"),
    };
    let add = CampaignCommand::Add {
        request: Box::new(more),
        due: None,
        reason: "Bộ hỏi thêm".into(),
    };
    written(does(journal, &officer(), id, &add).await);
    assert_eq!(verdict(does(journal, &officer(), id, &add).await), "label");
    let added = row(journal, &now(), id, "them-1").await;
    assert_eq!(
        (added.state.due, added.state.organisation.0.as_str()),
        (date(2026, 3, 31), "so-y")
    );
    let extend = |request: Option<&str>, due| CampaignCommand::Extend {
        request: request.map(|r| r.parse().unwrap()),
        due,
        reason: "Bộ lùi hạn".into(),
    };
    written(
        does(
            journal,
            &officer(),
            id,
            &extend(Some("rung"), date(2026, 4, 9)),
        )
        .await,
    );
    assert_eq!(
        row(journal, &now(), id, "giay-to").await.state.due,
        date(2026, 3, 31)
    );
    written(does(journal, &officer(), id, &extend(None, date(2026, 4, 15))).await);
    let season = campaign(journal.db(), &officer(), &now(), id)
        .await
        .unwrap();
    assert_eq!(season.deadline, date(2026, 4, 15));
    assert_eq!(
        row(journal, &now(), id, "rung").await.state.due,
        date(2026, 4, 15)
    );
    assert_eq!(
        row(journal, &now(), id, "rung")
            .await
            .state
            .extensions
            .len(),
        2
    );
    // Whoever filled the form before that is told so.
    let old = (None, Some(1));
    let stale = command_campaign(
        journal,
        &focal("so-nong"),
        id,
        &figure("rung", "1"),
        book(),
        old,
    )
    .await;
    assert_eq!(verdict(stale), "stale");

    written(
        does(
            journal,
            &officer(),
            id,
            &CampaignCommand::Close { reason: None },
        )
        .await,
    );
    for command in [figure("rung", "42.1"), extend(None, date(2026, 5, 1))] {
        assert_eq!(
            verdict(does(journal, &officer(), id, &command).await),
            "conflict"
        );
    }
    let open = requests(
        journal.db(),
        &officer(),
        &now(),
        &RequestFilter::default(),
        SOON,
    )
    .await;
    assert!(
        open.unwrap().iter().all(|row| row.campaign != id),
        "a closed season owes nothing"
    );
}

#[tokio::test]
async fn what_is_asked_decides_what_an_answer_must_hold() {
    let test = fresh().await;
    let journal = &test.journal;
    let id = opened(journal).await;
    let nong = focal("so-nong");
    let reason = |text: &str| Says::NotAvailable {
        reason: text.into(),
    };
    let mut bare = figure("rung", "42.1");
    if let CampaignCommand::Answer(give) = &mut bare {
        give.papers.clear();
    }
    for (command, want) in [
        (bare, "papers"),
        (says("rung", Says::Papers, vec![paper(b"a")]), "value"),
        (says("rung", reason(" "), vec![]), "reason"),
        (figure("rung", "420"), "acknowledge"),
        (figure("giay-to", "1"), "value"),
        (says("giay-to", Says::Papers, vec![]), "papers"),
        (says("khong-co", Says::Papers, vec![]), "not found"),
        (confirm("giay-to"), "not allowed"),
        (move_to("rung", "so-y"), "not allowed"),
    ] {
        assert_eq!(
            verdict(does(journal, &nong, id, &command).await),
            want,
            "{command:?}"
        );
    }
    for (command, want) in [
        (confirm("giay-to"), "conflict"),
        (move_to("giay-to", "khong-co"), "organisation"),
        (
            CampaignCommand::Extend {
                request: None,
                due: date(2026, 3, 19),
                reason: "thử".into(),
            },
            "due",
        ),
    ] {
        assert_eq!(
            verdict(does(journal, &officer(), id, &command).await),
            want,
            "{command:?}"
        );
    }
    written(
        does(
            journal,
            &nong,
            id,
            &says("giay-to", Says::Papers, vec![paper(b"a")]),
        )
        .await,
    );
    let never = Says::NothingOccurred {
        reason: "không có dự án".into(),
    };
    written(does(journal, &nong, id, &says("rung", never, vec![])).await);
    assert_eq!(
        verdict(does(journal, &officer(), id, &move_to("rung", "so-y")).await),
        "conflict"
    );
    let back = CampaignCommand::WithdrawAnswer {
        request: "rung".parse().unwrap(),
        reason: "nhầm năm".into(),
    };
    written(does(journal, &nong, id, &back).await);
    assert_eq!(
        row(journal, &now(), id, "rung").await.status,
        RequestStatus::NotYetDue
    );
}

#[test]
fn opening_names_what_is_wrong() {
    let directory = book().directory;
    let open = |change: &dyn Fn(&mut Open), scope: &Scope| {
        let mut command = opening();
        change(&mut command);
        verdict(decide_open(&command, false, directory, scope, TODAY))
    };
    assert_eq!(open(&|_| {}, &officer()), "ok");
    assert_eq!(open(&|_| {}, &focal("so-nong")), "not allowed");
    assert_eq!(
        open(&|c| c.definition = id("pii"), &officer()),
        "definition"
    );
    assert_eq!(open(&|c| c.year = 2031, &officer()), "year");
    let past = |c: &mut Open| c.deadline = Some(date(2026, 3, 19));
    assert_eq!(
        open(&past, &officer()),
        "deadline,due-rung,due-doanh-nghiep,due-giay-to"
    );
    let differs = |c: &mut Open| {
        let other = Differs {
            organisation: Some(OrgId("khong-co".into())),
            due: Some(date(2026, 1, 1)),
        };
        c.differs.insert(id("rung"), other);
    };
    assert_eq!(open(&differs, &officer()), "organisation-rung,due-rung");
    assert!(!focal("so-nong").may(Permission::KeepProgramme));
}

#[test]
fn how_a_request_stands_follows_from_its_deadline_its_answers_and_today() {
    let fact = decide_open(&opening(), false, book().directory, &officer(), TODAY).unwrap();
    let CampaignFact::Opened(opened) = fact else {
        panic!("{fact:?}")
    };
    let mut one = observation::campaign::RequestState::asked(opened.requests[0].clone(), None, 1);
    let due = one.due;
    let on =
        |day: Date, request: &observation::campaign::RequestState| status(request, true, day, SOON);
    assert_eq!(on(date(2026, 3, 20), &one), RequestStatus::NotYetDue);
    assert_eq!(on(date(2026, 3, 24), &one), RequestStatus::DueSoon);
    assert_eq!(on(due, &one), RequestStatus::DueSoon);
    assert_eq!(on(date(2026, 4, 1), &one), RequestStatus::Overdue);
    let answer = |day: Date, judgement| observation::campaign::Answer {
        seq: 2,
        actor: journal::ActorId::SYSTEM,
        by: OrgId("so-nong".into()),
        on: day,
        said: observation::campaign::Said::Papers,
        papers: vec![],
        note: None,
        judgement,
    };
    let late = date(2026, 4, 3);
    for (day, judgement, want) in [
        (due, Judgement::Waiting, RequestStatus::Given),
        (late, Judgement::Waiting, RequestStatus::GivenLate),
        (
            late,
            Judgement::Confirmed {
                on: late,
                by: journal::ActorId::SYSTEM,
            },
            RequestStatus::Confirmed,
        ),
        (
            due,
            Judgement::Returned {
                on: late,
                by: journal::ActorId::SYSTEM,
                reason: "thiếu".into(),
            },
            RequestStatus::Returned,
        ),
        (
            due,
            Judgement::Withdrawn {
                on: due,
                reason: "nhầm".into(),
            },
            RequestStatus::Overdue,
        ),
    ] {
        one.answers = vec![answer(day, judgement)];
        assert_eq!(on(date(2026, 4, 5), &one), want);
    }
    for status in RequestStatus::ALL {
        assert_eq!(RequestStatus::from_word(status.word()), Some(status));
        assert!(!(status.is_owed() && status.waits()));
    }
}

#[test]
fn nothing_is_decided_about_a_season_that_was_never_opened() {
    let state = CampaignState::default();
    for kind in 0..8 {
        let command = command_of((kind, 0, true));
        let outcome = decide_campaign(&state, &command, book().directory, &officer(), TODAY);
        assert_eq!(verdict(outcome), "not found", "{command:?}");
    }
}
