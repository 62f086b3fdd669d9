//! The tables of index seasons against the journal.

use access::{AsKnown, Refusal};
use jiff::civil::date;
use journal::{Content, FactFamily, Grounds, Journal, RemovalFact, Seq, WriteContext, Written};
use observation::CampaignId;
use observation::campaign::{
    CampaignCommand, CampaignFact, CampaignState, RequestFilter, RequestStatus, Says, campaign,
    requests,
};
use proptest::prelude::*;

use crate::campaign::{
    SOON, confirm, does, figure, fresh, give_back, id, move_to, opened, paper, row, says,
};
use crate::store::{now, written};
use crate::support::{TODAY, focal, officer};

#[tokio::test]
async fn a_removed_file_leaves_the_answer_without_its_name() {
    let test = fresh().await;
    let journal = &test.journal;
    let id = opened(journal).await;
    let hash = journal.files().put(b"42.1").await.unwrap();
    written(does(journal, &focal("so-nong"), id, &figure("rung", "42.1")).await);
    let content = Content {
        streams: vec![],
        reduced: vec![],
        files: vec![hash.clone()],
    };
    let grounds = Grounds {
        reason: "thử".into(),
        authority: "thử".into(),
    };
    let context = WriteContext::new(journal::ActorId::SYSTEM, "removal.test");
    let removed: Result<Written, Refusal> = journal
        .write(&context, async |tx| {
            let out = journal
                .take_out(tx, uuid::Uuid::now_v7(), &content, &grounds)
                .await?;
            Ok(out.map(|out| out.facts).unwrap_or_default())
        })
        .await;
    let seq = written(removed);
    let facts = journal.facts_after(seq - 1, 1).await.unwrap();
    let left: usize = facts
        .iter()
        .filter_map(|fact| RemovalFact::read(fact).unwrap())
        .map(|fact| match fact {
            RemovalFact::FactsRemoved(removed) => removed.left.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(left, 2, "the answer and the figure it was recorded as");
    let after = row(journal, &now(), id, "rung").await;
    assert_eq!(after.status, RequestStatus::Given);
    let paper = &after.state.answers[0].papers[0];
    assert!(paper.is_removed() && paper.hash == hash);
    let before = tables(journal).await;
    journal.rebuild().await.unwrap();
    assert_eq!(before, tables(journal).await);
}

async fn tables(journal: &Journal) -> Vec<String> {
    let mut all = Vec::new();
    for (table, columns, order) in [
        (
            "campaign",
            "id, definition, hash, year, period, area_key, deadline, opened_on, closed_on, closed_reason, version, audience, known_from, known_to",
            "id, known_from",
        ),
        (
            "campaign_request",
            "campaign, code, position, organisation, seen_by, due, audience, state, known_from, known_to",
            "campaign, position, known_from",
        ),
    ] {
        let sql = format!("SELECT {columns} FROM {table} ORDER BY {order}");
        for row in journal.db().rows(&sql, vec![]).await.unwrap() {
            all.push(crate::store::line(&row, columns));
        }
    }
    all
}

/// What the facts say of a season, folded without any table.
async fn folded(journal: &Journal, id: CampaignId, until: Seq) -> CampaignState {
    let stream = journal.stream(&id.stream(), Some(until)).await.unwrap();
    stream
        .fold(CampaignState::default(), |state, fact: CampaignFact, at| {
            state.evolve(fact, at)
        })
        .unwrap()
}

fn step() -> impl Strategy<Value = (u8, usize, bool)> {
    (0u8..8, 0usize..3, any::<bool>())
}

/// One of the commands about one of the requests.
pub fn command_of((kind, of, yes): (u8, usize, bool)) -> CampaignCommand {
    let name = ["rung", "doanh-nghiep", "giay-to"][of];
    let request = id(name);
    let reason = || "thử".to_owned();
    match kind {
        0 | 1 if of == 2 => says(name, Says::Papers, vec![paper(b"a")]),
        0 | 1 => figure(name, if yes { "40" } else { "41" }),
        2 => says(name, Says::NotAvailable { reason: reason() }, vec![]),
        3 => CampaignCommand::WithdrawAnswer {
            request,
            reason: reason(),
        },
        4 => confirm(name),
        5 => give_back(name),
        6 => move_to(name, if yes { "so-y" } else { "so-nong" }),
        _ => CampaignCommand::Extend {
            request: yes.then_some(request),
            due: date(2026, 4, 1 + i8::try_from(of).unwrap()),
            reason: reason(),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60,
        failure_persistence: None, ..ProptestConfig::default() })]

    /// After any history: the tables are what a rebuild makes of the facts, and what is read as known after
    /// each entry is what the facts up to it fold to.
    #[test]
    fn seasons_are_the_fold_of_facts_now_and_then(steps in prop::collection::vec(step(), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let test = fresh().await;
            let journal = &test.journal;
            let id = opened(journal).await;
            for step in steps {
                // Refusals are part of a random history.
                let _ = does(journal, &officer(), id, &command_of(step)).await;
            }
            let before = tables(journal).await;
            journal.rebuild().await.unwrap();
            assert_eq!(before, tables(journal).await);
            let filter = RequestFilter { campaign: Some(id), organisations: None };
            for seq in 1..=journal.head().await.unwrap().seq {
                let then = AsKnown::at(seq, TODAY);
                let state = folded(journal, id, seq).await;
                let read = requests(journal.db(), &officer(), &then, &filter, SOON).await.unwrap();
                let read: Vec<_> = read.into_iter().map(|row| row.state).collect();
                assert_eq!(read, state.requests, "after {seq}");
                let row = campaign(journal.db(), &officer(), &then, id).await.unwrap();
                assert_eq!(Some(row.deadline), state.opened.map(|o| o.deadline), "after {seq}");
                assert_eq!(row.version, state.version, "after {seq}");
            }
        });
    }
}
