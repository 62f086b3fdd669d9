use access::{Audience, OrgId, Scope};
use catalogue::Stage;
use jiff::civil::date;
use journal::{ActorId, FileHash, RecordedFact, Seq};
use observation::{
    AcceptBatch, BatchFact, BatchId, BatchRow, BatchState, Doubt, Publish, Record, SeriesFact,
    SeriesState, UndoBatch, Withdraw, decide_accept_batch, decide_publish, decide_record,
    decide_undo_batch, decide_withdraw, doubts, encode_batch,
};

use crate::support::{TODAY, book, citizen, figure, focal, key, officer, record, verdict};

/// A fact as the journal would hand it back.
fn at(seq: Seq, record: &Record) -> RecordedFact {
    RecordedFact {
        seq,
        ix: 0,
        recorded_at: seq * 10,
        actor: ActorId::SYSTEM,
        stream: record.key.stream(),
        kind: String::new(),
        version: 1,
        data: serde_json::Value::Null,
    }
}

/// The state after these records, each its own entry from 1.
fn after(records: &[Record]) -> SeriesState {
    let mut state = SeriesState::default();
    for (seq, record) in (1..).zip(records) {
        let fact =
            decide_record(&state, &[], record, book(), &officer(), TODAY).expect("a good record");
        state = state.evolve(&record.key, fact, &at(seq, record));
    }
    state
}

fn decided(state: &SeriesState, record: &Record, scope: &Scope) -> String {
    verdict(decide_record(state, &[], record, book(), scope, TODAY))
}

#[test]
fn what_cannot_be_true_is_refused_with_its_field() {
    type Change = fn(&mut Record);
    let table: &[(&str, Change, &str)] = &[
        ("a good one", |_| (), "ok"),
        (
            "unknown indicator",
            |r| r.key = key("nothing", "12@2025-07-01"),
            "indicator",
        ),
        (
            "unknown area",
            |r| r.key = key("forest_cover", "13@"),
            "area",
        ),
        (
            "another life of the code",
            |r| r.key = key("forest_cover", "12@"),
            "ok",
        ),
        (
            "period to come",
            |r| r.figure.period = "2027".parse().unwrap(),
            "period,vintage",
        ),
        (
            "published before the period",
            |r| r.figure.vintage = date(2024, 12, 1),
            "vintage",
        ),
        (
            "published tomorrow",
            |r| r.figure.vintage = date(2026, 3, 21),
            "vintage",
        ),
        (
            "official before the end",
            |r| {
                r.figure.stage = Stage::Official;
                r.figure.vintage = date(2025, 11, 29);
            },
            "vintage",
        ),
        (
            "estimated before the end",
            |r| {
                r.figure.stage = Stage::Estimated;
                r.figure.vintage = date(2025, 11, 29);
            },
            "ok",
        ),
        ("no source", |r| r.figure.source = "  ".into(), "source"),
        (
            "no address",
            |r| r.figure.source_url = Some("javascript:x".into()),
            "source_url",
        ),
        (
            "an address",
            |r| r.figure.source_url = Some("https://a.vn/b".into()),
            "ok",
        ),
        (
            "half a ratio",
            |r| r.figure.numerator = Some(5.into()),
            "denominator",
        ),
        (
            "the other half",
            |r| r.figure.denominator = Some(5.into()),
            "numerator",
        ),
        (
            "nothing below the line",
            |r| (r.figure.numerator, r.figure.denominator) = (Some(5.into()), Some(0.into())),
            "denominator",
        ),
        (
            "parts that agree",
            |r| (r.figure.numerator, r.figure.denominator) = (Some(2.into()), Some(3.into())),
            "ok",
        ),
        (
            "parts that do not",
            |r| (r.figure.numerator, r.figure.denominator) = (Some(1.into()), Some(3.into())),
            "acknowledge",
        ),
        (
            "implausible",
            |r| r.figure.value = 130.into(),
            "acknowledge",
        ),
        (
            "implausible and acknowledged without a word",
            |r| (r.figure.value, r.acknowledge) = (130.into(), true),
            "note",
        ),
        (
            "implausible, acknowledged and explained",
            |r| {
                (r.figure.value, r.acknowledge) = (130.into(), true);
                r.figure.note = Some("đã đối chiếu".into());
            },
            "ok",
        ),
        (
            "reported for a running year",
            |r| r.figure.period = "2026".parse().unwrap(),
            "acknowledge",
        ),
        (
            "several faults at once",
            |r| {
                r.figure.source.clear();
                r.key.area = "99@".parse().unwrap();
            },
            "area,source",
        ),
        ("stale", |r| r.expected = Some(4), "stale"),
        ("fresh", |r| r.expected = Some(0), "ok"),
    ];
    for (name, change, wanted) in table {
        let mut command = record("forest_cover", "2025", "66.7");
        change(&mut command);
        assert_eq!(
            decided(&SeriesState::default(), &command, &officer()),
            *wanted,
            "{name}"
        );
    }
}

#[test]
fn units_exclude_what_they_cannot_hold() {
    for (indicator, value, wanted) in [
        ("new_firms", "12", "ok"),
        ("new_firms", "12.5", "value"),
        ("new_firms", "-1", "value"),
        ("new_firms", "0", "ok"),
        ("place", "0", "value"),
        ("place", "33", "ok"),
        ("maturity", "8", "value"),
        ("maturity", "7", "ok"),
        ("forest_cover", "-0.5", "acknowledge"),
    ] {
        let command = record(indicator, "2025", value);
        let found = decided(&SeriesState::default(), &command, &officer());
        assert_eq!(found, wanted, "{indicator} {value}");
    }
}

#[test]
fn a_jump_is_asked_back_against_the_prevailing_value_before() {
    let mut official = record("new_firms", "2024", "100");
    official.figure.stage = Stage::Official;
    let mut reported = record("new_firms", "2024", "145");
    reported.figure.vintage = date(2026, 3, 1);
    let state = after(&[official, reported]);
    for (value, wanted) in [
        ("150", "ok"),
        ("151", "acknowledge"),
        ("50", "ok"),
        ("49", "acknowledge"),
    ] {
        assert_eq!(
            decided(&state, &record("new_firms", "2025", value), &officer()),
            wanted,
            "{value}"
        );
    }
    let far = record("new_firms", "2025", "400");
    let found = doubts(&far.key, &far.figure, &state.observations, book(), TODAY);
    let before = "2024".parse().unwrap();
    assert_eq!(
        found,
        [Doubt::Jump {
            period: before,
            value: 100.into()
        }]
    );
    // Another kind of period is no neighbour.
    assert_eq!(
        decided(&state, &record("new_firms", "2025-Q4", "9"), &officer()),
        "ok"
    );
}

#[test]
fn the_largest_decimals_do_not_panic() {
    let largest = rust_decimal::Decimal::MAX.to_string();
    let mut first = record("forest_cover", "2024", &format!("-{largest}"));
    first.acknowledge = true;
    first.figure.note = Some("để thử".into());
    let state = after(&[first]);
    let next = record("forest_cover", "2025", &largest);
    let found = doubts(&next.key, &next.figure, &state.observations, book(), TODAY);
    assert_eq!(
        found.len(),
        2,
        "implausible, and a jump that no decimal can hold"
    );
    let mut ratio = record("forest_cover", "2025", "50");
    let tiny = "0.0000000000000000000000000001".parse().unwrap();
    (ratio.figure.numerator, ratio.figure.denominator) =
        (Some(rust_decimal::Decimal::MAX), Some(tiny));
    assert_eq!(decided(&SeriesState::default(), &ratio, &officer()), "ok");
}

#[test]
fn a_double_is_refused_and_a_revision_is_not() {
    let first = record("forest_cover", "2025", "66.7");
    let state = after(std::slice::from_ref(&first));
    let mut again = record("forest_cover", "2025", "66.7");
    assert_eq!(decided(&state, &again, &officer()), "value");
    again.figure.vintage = date(2026, 3, 15);
    assert_eq!(decided(&state, &again, &officer()), "ok");
}

#[test]
fn only_the_agency_and_those_above_record() {
    let command = record("forest_cover", "2025", "66.7");
    let empty = SeriesState::default();
    for (scope, wanted) in [
        (officer(), "ok"),
        (focal("so-nong"), "ok"),
        (focal("so-y-te"), "not allowed"),
        (citizen(), "not allowed"),
        (Scope::anonymous(), "not allowed"),
    ] {
        assert_eq!(
            decided(&empty, &command, &scope),
            wanted,
            "{:?}",
            scope.role()
        );
    }
}

#[test]
fn withdrawing_and_publishing() {
    let first = record("forest_cover", "2025", "66.7");
    let state = after(std::slice::from_ref(&first));
    let withdraw = |id, reason: &str, expected| Withdraw {
        id,
        reason: reason.into(),
        expected,
    };
    let other = observation::ObservationId::new();
    for (command, scope, wanted) in [
        (withdraw(first.id, "nhập nhầm kỳ", Some(1)), officer(), "ok"),
        (
            withdraw(first.id, "nhập nhầm kỳ", None),
            focal("so-nong"),
            "ok",
        ),
        (withdraw(first.id, " ", None), officer(), "reason"),
        (withdraw(first.id, "nhầm", Some(9)), officer(), "stale"),
        (
            withdraw(first.id, "nhầm", None),
            focal("so-y-te"),
            "not allowed",
        ),
        (withdraw(other, "nhầm", None), officer(), "not found"),
    ] {
        assert_eq!(verdict(decide_withdraw(&state, &command, &scope)), wanted);
    }
    let publish = Publish {
        id: first.id,
        expected: None,
    };
    assert_eq!(
        verdict(decide_publish(&state, &publish, &focal("so-nong"))),
        "not allowed"
    );
    let fact = decide_publish(&state, &publish, &officer())
        .unwrap()
        .expect("a fact");
    assert_eq!(state.observations[0].audience, Audience::Internal);
    let published = state.evolve(&first.key, fact, &at(2, &first));
    assert_eq!(published.observations[0].audience, Audience::Public);
    assert!(
        decide_publish(&published, &publish, &officer())
            .unwrap()
            .is_none()
    );
    let gone = SeriesFact::Withdrawn(observation::Withdrawn {
        id: first.id,
        reason: "x".into(),
    });
    let gone = published.evolve(&first.key, gone, &at(3, &first));
    assert!(gone.observations.is_empty() && gone.version == 3);
    assert_eq!(
        verdict(decide_publish(&gone, &publish, &officer())),
        "not found"
    );
}

fn batch(rows: Vec<BatchRow>) -> AcceptBatch {
    AcceptBatch {
        batch: BatchId::new(),
        rows,
        source: "bảng tổng hợp".into(),
        organisation: OrgId("so-nong".into()),
        evidence: vec![],
        note: None,
        acknowledge: false,
        papers: vec![],
        left_out: 0,
        import: None,
        against: None,
    }
}

fn row(period: &str, value: &str) -> BatchRow {
    BatchRow {
        key: key("new_firms", "14@"),
        figure: figure(period, value, Stage::Reported),
    }
}

fn accept(state: &BatchState, command: &AcceptBatch, scope: &Scope) -> String {
    let content = FileHash::of(&encode_batch(&command.rows).unwrap());
    verdict(decide_accept_batch(
        state,
        command,
        content,
        book(),
        scope,
        TODAY,
    ))
}

#[test]
fn batches() {
    let empty = BatchState::default();
    let good = batch(vec![row("2024", "10"), row("2025", "12")]);
    assert_eq!(accept(&empty, &good, &officer()), "ok");
    assert_eq!(accept(&empty, &good, &focal("so-y-te")), "not allowed");
    assert_eq!(accept(&empty, &batch(vec![]), &officer()), "rows");
    let double = batch(vec![row("2024", "10"), row("2024", "12")]);
    assert_eq!(accept(&empty, &double, &officer()), "rows[1].period");
    let wrong = batch(vec![row("2024", "1.5"), row("2028", "12")]);
    assert_eq!(
        accept(&empty, &wrong, &officer()),
        "rows[0].value,rows[1].period,rows[1].vintage"
    );
    let mut jump = batch(vec![row("2024", "10"), row("2025", "99")]);
    assert_eq!(accept(&empty, &jump, &officer()), "acknowledge");
    jump.acknowledge = true;
    assert_eq!(accept(&empty, &jump, &officer()), "note");
    jump.note = Some("mở rộng địa bàn thống kê".into());
    assert_eq!(accept(&empty, &jump, &officer()), "ok");
}

#[test]
fn many_faults_are_counted_not_listed() {
    let rows = (0..1000)
        .map(|n| row(&format!("{}", 1000 + n), "0.5"))
        .collect();
    let found = accept(&BatchState::default(), &batch(rows), &officer());
    assert_eq!(found.split(',').count(), 201);
    assert!(found.ends_with(",rows"));
}

#[test]
fn a_batch_is_accepted_once_and_undone_once() {
    let command = batch(vec![row("2024", "10")]);
    let content = FileHash::of(&encode_batch(&command.rows).unwrap());
    let empty = BatchState::default();
    let fact = decide_accept_batch(&empty, &command, content, book(), &officer(), TODAY).unwrap();
    assert!(matches!(&fact, BatchFact::Accepted(data) if data.count == 1 && data.doubts == 0));
    let state = empty.evolve(fact);
    assert_eq!(accept(&state, &command, &officer()), "conflict");
    let undo = |reason: &str| UndoBatch {
        batch: command.batch,
        reason: reason.into(),
    };
    assert_eq!(
        verdict(decide_undo_batch(
            &BatchState::default(),
            &undo("sai"),
            &officer()
        )),
        "not found"
    );
    assert_eq!(
        verdict(decide_undo_batch(&state, &undo(""), &officer())),
        "reason"
    );
    assert_eq!(
        verdict(decide_undo_batch(&state, &undo("sai"), &focal("so-y-te"))),
        "not allowed"
    );
    let undone = decide_undo_batch(&state, &undo("sai tệp"), &focal("so-nong")).unwrap();
    let state = state.evolve(undone);
    assert_eq!(
        verdict(decide_undo_batch(&state, &undo("sai"), &officer())),
        "conflict"
    );
}
