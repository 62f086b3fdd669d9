//! Messages: put with what they tell of, delivered at least once, put off, given up, told.

use std::time::Duration;

use journal::testing::{TestJournal, journal};
use journal::{
    Channel, Delivery, JournalError, Message, Outbox, Posted, PostedState, Undelivered, Written,
};

use crate::support::*;

const LEASE: Duration = Duration::from_secs(60);
const SECOND: i64 = 1_000_000;

async fn outbox() -> (TestJournal, Outbox) {
    let test = journal(notes()).await;
    let outbox = Outbox::new(test.journal.db().clone());
    (test, outbox)
}

fn message(id: &str) -> Message {
    Message {
        id: id.to_owned(),
        channel: Channel::Mail,
        recipient: "vanhanh@tinh.gov.vn".to_owned(),
        subject: "Đầu sổ".to_owned(),
        body: "1:ab\n".to_owned(),
    }
}

async fn put(test: &TestJournal, message: &Message, now: i64) {
    let mut tx = test.journal.db().begin().await.unwrap();
    Outbox::put_in(&mut tx, message, now).await.unwrap();
    tx.commit().await.unwrap();
}

fn arrived() -> Delivery {
    Delivery::Arrived("250 ok".to_owned())
}

#[tokio::test]
async fn a_message_is_there_exactly_when_what_it_tells_of_is() {
    let (test, outbox) = outbox().await;
    for (id, refused) in [("refused", true), ("accepted", false)] {
        let outcome: Result<Written, JournalError> = test
            .journal
            .write(&command(), async |tx| {
                Outbox::put_in(tx.sql(), &message(id), 0).await?;
                if refused {
                    return Err(JournalError::Invariant("refused".into()));
                }
                Ok(vec![written(&note(1), "một")])
            })
            .await;
        assert_eq!(outcome.is_err(), refused);
        assert_eq!(outbox.get(id).await.unwrap().is_none(), refused);
    }
}

#[tokio::test]
async fn the_same_id_is_one_message_and_goes_to_one_worker_at_a_time() {
    let (test, outbox) = outbox().await;
    put(&test, &message("a"), 1).await;
    put(&test, &message("a"), 2).await;
    let held = outbox.claim("w1", 10, LEASE).await.unwrap().unwrap();
    assert!(outbox.claim("w2", 11, LEASE).await.unwrap().is_none());
    // The worker dies: after its lease another delivers it, perhaps for the second time.
    let again = outbox
        .claim("w2", 61 * SECOND, LEASE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((again.id.as_str(), again.attempts), ("a", 2));
    assert!(
        !outbox
            .delivered(&held, "w1", &arrived(), 62 * SECOND)
            .await
            .unwrap()
    );
    assert!(
        outbox
            .delivered(&again, "w2", &arrived(), 63 * SECOND)
            .await
            .unwrap()
    );
    let sent = outbox.get("a").await.unwrap().unwrap();
    assert_eq!(
        (sent.state, sent.note.as_str()),
        (PostedState::Sent, "250 ok")
    );
    assert!(
        outbox
            .claim("w3", i64::MAX / 4, LEASE)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        !outbox.retry("a", 0).await.unwrap(),
        "what was sent stays sent"
    );
}

/// The newest message that tells of a dead letter.
async fn notices(outbox: &Outbox) -> Vec<Posted> {
    let all = outbox.newest(50).await.unwrap();
    all.into_iter()
        .filter(|m| m.channel == Channel::Role)
        .collect()
}

#[tokio::test]
async fn tries_come_ever_later_until_the_letter_is_dead_and_the_operator_told() {
    let (test, outbox) = outbox().await;
    put(&test, &message("a"), 0).await;
    let mut now = 0;
    let mut pauses = Vec::new();
    loop {
        let held = outbox.claim("w", now, LEASE).await.unwrap().unwrap();
        let why = Undelivered::Later("connection refused".to_owned());
        assert!(outbox.undelivered(&held, "w", &why, now).await.unwrap());
        let stored = outbox.get("a").await.unwrap().unwrap();
        assert_eq!(stored.note, "connection refused");
        if stored.state == PostedState::Dead {
            break;
        }
        assert!(
            outbox
                .claim("w", stored.next_at - 1, LEASE)
                .await
                .unwrap()
                .is_none()
        );
        pauses.push((stored.next_at - now) / SECOND);
        now = stored.next_at;
    }
    assert_eq!(pauses[..4], [30, 60, 120, 240]);
    assert_eq!((pauses.len(), pauses[18]), (19, 6 * 3600));
    assert!(now > 2 * 86_400 * SECOND, "a weekend is not long enough");
    let told = notices(&outbox).await;
    assert_eq!(told.len(), 1);
    assert!(
        told[0].body.contains("connection refused"),
        "{}",
        told[0].body
    );
    assert_eq!(outbox.counts().await.unwrap()[&PostedState::Dead], 1);

    assert!(outbox.retry("a", now).await.unwrap());
    let held = outbox.claim("w", now, LEASE).await.unwrap().unwrap();
    assert_eq!((held.id.as_str(), held.attempts), ("a", 1));
}

#[tokio::test]
async fn a_refusal_for_good_is_not_tried_again_and_a_dead_notice_makes_no_other() {
    let (test, outbox) = outbox().await;
    put(&test, &message("a"), 0).await;
    let never = Undelivered::Never("550 no such user".to_owned());
    for expected in [1, 1] {
        let held = outbox.claim("w", 1, LEASE).await.unwrap().unwrap();
        assert!(outbox.undelivered(&held, "w", &never, 1).await.unwrap());
        assert_eq!(notices(&outbox).await.len(), expected);
    }
    assert!(outbox.claim("w", 2, LEASE).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_passed_on_and_its_closing_are_one_step() {
    let (test, outbox) = outbox().await;
    put(&test, &message("a"), 0).await;
    let held = outbox.claim("w", 1, LEASE).await.unwrap().unwrap();
    let others = Delivery::PassedOn(vec![message("a/1"), message("a/2")]);
    assert!(!outbox.delivered(&held, "late", &others, 2).await.unwrap());
    assert!(outbox.get("a/1").await.unwrap().is_none());
    assert!(outbox.delivered(&held, "w", &others, 2).await.unwrap());
    assert_eq!(outbox.counts().await.unwrap()[&PostedState::Waiting], 2);
}

#[tokio::test]
async fn a_message_put_off_while_a_clock_was_ahead_is_not_lost() {
    let (test, outbox) = outbox().await;
    put(&test, &message("a"), 0).await;
    let year = 365 * 86_400 * SECOND;
    let held = outbox.claim("w", year, LEASE).await.unwrap().unwrap();
    let later = Undelivered::Later("busy".to_owned());
    outbox.undelivered(&held, "w", &later, year).await.unwrap();
    assert!(
        outbox
            .claim("w", 10 * SECOND, LEASE)
            .await
            .unwrap()
            .is_some()
    );
}
