//! Surveys: what is taken in, what is told, who sees it.

use access::{AsKnown, OrgId, Page};
use catalogue::Stage;
use jiff::civil::date;
use journal::FileHash;
use observation::{
    AnswerRow, EvidenceFile, ObservationId, ObservationProjection, ReceiveSurvey, StratumSize,
    SurveyId, SurveyProjection, SurveyQuestion, SurveyReceived, TellSurvey, Withdraw, estimate,
    get, receive_survey, survey, survey_that_told, surveys, tell_survey, withdraw, withdraw_survey,
};
use rust_decimal::Decimal;

use crate::store::{now, written};
use crate::support::{TODAY, book, citizen, focal, key, officer, verdict};

/// A sample of 40 of 200 small firms and 20 of 50 large ones; so many of each said yes.
fn sample(small_yes: usize, large_yes: usize) -> ReceiveSurvey {
    let stratum = |stratum: usize, n: usize, yes: usize| {
        (0..n).map(move |at| AnswerRow {
            stratum,
            weight: None,
            answers: vec![Some(Decimal::from(i32::from(at < yes))), None],
        })
    };
    let size = |name: &str, population| StratumSize {
        name: name.into(),
        population: Some(population),
    };
    let question = |heading: &str, indicator: &str| SurveyQuestion {
        heading: heading.into(),
        indicator: indicator.parse().expect("an id"),
    };
    ReceiveSurvey {
        id: SurveyId::new(),
        survey: SurveyReceived {
            title: "Khảo sát thử 2025".into(),
            area: "12@2025-07-01".parse().expect("an area"),
            period: "2025".parse().expect("a period"),
            ended_on: date(2026, 2, 1),
            organisation: OrgId("so-nong".into()),
            strata: vec![size("nhỏ", 200), size("lớn", 50)],
            questions: vec![question("Có rừng", "forest_cover")],
            answers: EvidenceFile {
                hash: FileHash::of(b"answers"),
                name: "phieu-tra-loi.csv".into(),
                media: "text/csv".into(),
                size: 7,
            },
            asked: 60,
            left_out: vec!["Tên doanh nghiệp".into()],
        },
        rows: stratum(0, 40, small_yes)
            .chain(stratum(1, 20, large_yes))
            .collect(),
    }
}

fn tell(survey: &ReceiveSurvey) -> TellSurvey {
    TellSurvey {
        survey: survey.id,
        question: 0,
        observation: ObservationId::new(),
        stage: Stage::Reported,
        acknowledge: false,
        note: None,
    }
}

async fn fresh() -> journal::testing::TestJournal {
    let noon = TODAY
        .at(5, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .expect("a moment");
    let clock = std::sync::Arc::new(move || noon.timestamp());
    let projections: Vec<Box<dyn journal::Projection>> =
        vec![Box::new(ObservationProjection), Box::new(SurveyProjection)];
    journal::testing::journal_with_clock(projections, clock).await
}

#[tokio::test]
async fn what_a_survey_tells_is_an_observation_that_leads_back_to_it() {
    let test = fresh().await;
    let (journal, db, sender) = (&test.journal, test.journal.db(), focal("so-nong"));
    let command = sample(10, 15);
    let received = written(receive_survey(journal, &sender, &command, book(), None).await);
    let again = receive_survey(journal, &sender, &command, book(), None).await;
    assert_eq!(verdict(again), "conflict");

    // 200 · 10/40 + 50 · 15/20 of 250.
    let found = estimate(&command.survey, &command.rows, 0, book()).expect("an estimate");
    assert!((found.figure.value() - 35.0).abs() < 1e-9);
    let telling = tell(&command);
    let told = written(tell_survey(journal, &sender, &telling, &command.rows, book(), None).await);
    let figure = get(db, &sender, &now(), telling.observation)
        .await
        .expect("recorded")
        .figure;
    assert_eq!(figure.value, Decimal::from(35));
    let method = figure.method.expect("a method");
    assert!(
        method.contains("60 phiếu trả lời, khoảng tin cậy 95 %"),
        "{method}"
    );
    let twice = TellSurvey {
        observation: ObservationId::new(),
        ..telling.clone()
    };
    let outcome = tell_survey(journal, &sender, &twice, &command.rows, book(), None).await;
    assert_eq!(verdict(outcome), "conflict");

    let back = async |scope: &access::Scope| {
        let found = survey_that_told(db, scope, &now(), telling.observation)
            .await
            .expect("read");
        found.map(|info| info.id)
    };
    assert_eq!(back(&officer()).await, Some(command.id));
    assert_eq!(back(&focal("so-y-te")).await, None);
    let info = survey(db, &officer(), &now(), command.id)
        .await
        .expect("a survey");
    let estimate = &info.state.told[0].estimate;
    assert!(estimate.low < figure.value && figure.value < estimate.high && estimate.firm);

    // As it was before anything was told, and tables as a rebuild gives them.
    let before = AsKnown {
        seq: Some(received),
        ..now()
    };
    let then = survey(db, &officer(), &before, command.id)
        .await
        .expect("known then");
    assert!(then.state.told.is_empty() && told > received);
    let tables = async || {
        let mut all = Vec::new();
        for table in ["survey", "survey_told"] {
            let sql = format!("SELECT * FROM {table} ORDER BY 1, 2");
            let rows = db.rows(&sql, vec![]).await.expect("rows");
            all.extend(rows.iter().map(|row| row.values().expect("values")));
        }
        all
    };
    let live = tables().await;
    journal.rebuild().await.expect("rebuilt");
    assert_eq!(live, tables().await);

    // A figure that was withdrawn may be told again; nothing is told from a survey that was.
    let taken_back = Withdraw {
        id: telling.observation,
        reason: "nhầm loại".into(),
        expected: None,
    };
    written(withdraw(journal, &sender, &taken_back, None).await);
    written(tell_survey(journal, &sender, &twice, &command.rows, book(), None).await);
    written(withdraw_survey(journal, &sender, command.id, "gửi nhầm tệp", None).await);
    let late = tell_survey(
        journal,
        &sender,
        &tell(&command),
        &command.rows,
        book(),
        None,
    )
    .await;
    assert_eq!(verdict(late), "conflict");
    assert_eq!(
        get(db, &sender, &now(), twice.observation)
            .await
            .expect("stands")
            .key,
        key("forest_cover", "12@2025-07-01")
    );
}

#[tokio::test]
async fn surveys_are_seen_and_handed_in_by_those_concerned() {
    let test = fresh().await;
    let (journal, db) = (&test.journal, test.journal.db());
    let command = sample(10, 15);
    for other in [focal("so-y-te"), citizen(), access::Scope::anonymous()] {
        let outcome = receive_survey(journal, &other, &command, book(), None).await;
        assert_eq!(verdict(outcome), "not allowed");
    }
    written(receive_survey(journal, &focal("so-nong"), &command, book(), None).await);
    let page = Page::first(10);
    for (reader, seen) in [
        (officer(), 1),
        (focal("so-nong"), 1),
        (focal("so-y-te"), 0),
        (citizen(), 0),
    ] {
        let listed = surveys(db, &reader, &now(), page).await.expect("a list");
        assert_eq!((listed.total, listed.rows.len()), (seen, seen as usize));
        let one = survey(db, &reader, &now(), command.id).await;
        assert_eq!(verdict(one), if seen == 1 { "ok" } else { "not found" });
    }
    let telling = tell(&command);
    let outcome = tell_survey(
        journal,
        &focal("so-y-te"),
        &telling,
        &command.rows,
        book(),
        None,
    )
    .await;
    assert_eq!(verdict(outcome), "not allowed");
    let outcome = withdraw_survey(journal, &focal("so-y-te"), command.id, "không", None).await;
    assert_eq!(verdict(outcome), "not allowed");
    let outcome = withdraw_survey(journal, &focal("so-nong"), command.id, " ", None).await;
    assert_eq!(verdict(outcome), "reason");
}

#[tokio::test]
async fn what_cannot_be_told_is_refused_and_what_is_weak_asked_back() {
    let test = fresh().await;
    let (journal, sender) = (&test.journal, focal("so-nong"));
    let refused = async |change: &dyn Fn(&mut ReceiveSurvey)| {
        let mut command = sample(10, 15);
        change(&mut command);
        verdict(receive_survey(journal, &sender, &command, book(), None).await)
    };
    assert_eq!(refused(&|c| c.survey.title = " ".into()).await, "title");
    assert_eq!(
        refused(&|c| c.survey.ended_on = date(2026, 4, 1)).await,
        "ended_on"
    );
    assert_eq!(
        refused(&|c| c.survey.area = "99@".parse().expect("a key")).await,
        "area"
    );
    assert_eq!(
        refused(&|c| c.survey.strata[0].population = Some(9)).await,
        "file"
    );
    assert_eq!(
        refused(&|c| c.rows[3].answers[0] = Some(Decimal::TWO)).await,
        "file"
    );
    let unknown = |c: &mut ReceiveSurvey| {
        c.survey.questions[0].indicator = "no_such_thing".parse().expect("an id");
    };
    assert_eq!(refused(&unknown).await, "file");

    // Five answers of two hundred.
    let mut weak = sample(2, 10);
    weak.rows.drain(5..40);
    written(receive_survey(journal, &sender, &weak, book(), None).await);
    let telling = tell(&weak);
    let outcome = tell_survey(journal, &sender, &telling, &weak.rows, book(), None).await;
    assert_eq!(verdict(outcome), "acknowledge");
    let noted = TellSurvey {
        acknowledge: true,
        note: Some("mẫu nhỏ, chỉ dùng tham khảo".into()),
        ..telling
    };
    written(tell_survey(journal, &sender, &noted, &weak.rows, book(), None).await);
}
