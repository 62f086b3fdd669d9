//! A target broken down, through the journal: what the tables say, then and now, to whom.

use access::{AsKnown, Audience, Scope};
use measure::cascade::{Line, Measured, Scored};
use programme::cascade::{
    self, CascadeCommand, Guidance, Holder, HolderKind, Invited, PartCommand, PartFilter,
    RankingCommand, Standing, YearValue,
};
use programme::{Given, TargetId};

use crate::fixtures::*;

async fn guide(world: &World, target: TargetId) {
    let command = CascadeCommand::Guide(Guidance {
        register: "Ghi mức".into(),
        report: "Báo cáo năm".into(),
        register_by: Some(day("2026-06-30")),
        invited: Invited::Both,
        measured: Measured::State,
    });
    cascade::command(
        world.journal(),
        &officer(),
        &Given::default(),
        target,
        &command,
    )
    .await
    .expect("guided");
}

fn offer(id: &str, value: i64) -> PartCommand {
    PartCommand::Register {
        holder: Holder {
            organisation: org(id),
            kind: HolderKind::Department,
        },
        values: vec![YearValue {
            year: 2026,
            value: value.into(),
        }],
    }
}

async fn part(world: &World, scope: &Scope, target: TargetId, id: &str, command: PartCommand) {
    let given = Given::default();
    cascade::part_command(world.journal(), scope, &given, (target, &org(id)), &command)
        .await
        .unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
}

async fn seen(world: &World, scope: &Scope, as_known: AsKnown) -> Vec<String> {
    let rows = cascade::parts(world.journal(), scope, as_known, &PartFilter::default()).await;
    let mut lines = Vec::new();
    for row in rows.expect("parts") {
        for (year, part) in &row.state.years {
            let standing = match part.standing {
                Standing::Waiting => "waits",
                Standing::InForce => "stands",
                Standing::Returned { .. } => "returned",
                Standing::Withdrawn { .. } => "withdrawn",
            };
            lines.push(format!(
                "{} {year} {} {standing}",
                row.organisation, part.value
            ));
        }
    }
    lines
}

#[tokio::test]
async fn parts_then_and_now_for_those_concerned() {
    let world = World::new().await;
    let ids = adopted(&world).await;
    guide(&world, ids.target).await;
    part(
        &world,
        &focal(SO_GDDT),
        ids.target,
        SO_GDDT,
        offer(SO_GDDT, 10),
    )
    .await;
    part(&world, &focal(SO_TC), ids.target, SO_TC, offer(SO_TC, 20)).await;
    let then = world.journal().head().await.expect("a head").seq;
    part(
        &world,
        &officer(),
        ids.target,
        SO_GDDT,
        PartCommand::Accept(vec![2026]),
    )
    .await;
    let now = AsKnown::now(day("2026-01-05"));
    assert_eq!(
        seen(&world, &officer(), now).await,
        ["so-gddt 2026 10 stands", "so-tc 2026 20 waits"]
    );
    assert_eq!(
        seen(&world, &focal(SO_GDDT), now).await,
        ["so-gddt 2026 10 stands"]
    );
    assert_eq!(seen(&world, &focal(SO_KHCN), now).await, [""; 0]);
    assert_eq!(seen(&world, &Scope::anonymous(), now).await, [""; 0]);
    let before = AsKnown::at(then, day("2026-01-05"));
    assert_eq!(
        seen(&world, &officer(), before).await,
        ["so-gddt 2026 10 waits", "so-tc 2026 20 waits"]
    );

    let journal = world.journal();
    let told = |scope: Scope| async move {
        let row = cascade::cascade(journal, &scope, now, ids.target).await;
        row.expect("a read").is_some()
    };
    assert!(told(focal(SO_KHCN)).await);
    assert!(!told(Scope::anonymous()).await);
}

#[tokio::test]
async fn a_form_filled_before_another_command_is_stale() {
    let world = World::new().await;
    let ids = adopted(&world).await;
    guide(&world, ids.target).await;
    part(
        &world,
        &focal(SO_GDDT),
        ids.target,
        SO_GDDT,
        offer(SO_GDDT, 10),
    )
    .await;
    let seq = world.journal().head().await.expect("a head").seq;
    let own = org(SO_GDDT);
    let of = (ids.target, &own);
    let accept = PartCommand::Accept(vec![2026]);
    let stale = Given::new("k1", seq - 1);
    let outcome = cascade::part_command(world.journal(), &officer(), &stale, of, &accept).await;
    assert_eq!(kind(&outcome), "stale");
    let fresh = Given::new("k2", seq);
    let outcome = cascade::part_command(world.journal(), &officer(), &fresh, of, &accept).await;
    assert_eq!(kind(&outcome), "ok");
    let nowhere = (TargetId::new(), &own);
    let outcome = cascade::part_command(
        world.journal(),
        &officer(),
        &Given::default(),
        nowhere,
        &accept,
    )
    .await;
    assert_eq!(kind(&outcome), "not found");
}

#[tokio::test]
async fn a_ranking_is_seen_by_those_it_was_published_to() {
    let world = World::new().await;
    let ids = adopted(&world).await;
    let of = (ids.programme, 2026);
    let line = Line {
        who: org(SO_GDDT),
        rank: Some(1),
        scored: Scored {
            points: Some(70.into()),
            parts: 1,
            counted: 1,
            reached: 0,
            not_reported: 0,
        },
    };
    let now = AsKnown::now(day("2026-01-05"));
    let journal = world.journal();
    let lines = |scope: Scope| async move {
        let row = cascade::ranking(journal, &scope, now, of)
            .await
            .expect("a read");
        row.map(|row| row.state.lines.len())
    };
    for (to, inside, outside) in [
        (Audience::Internal, Some(1), None),
        (Audience::Public, Some(1), Some(1)),
    ] {
        let command = RankingCommand::Publish {
            to,
            rule: "h".into(),
            lines: vec![line.clone()],
        };
        cascade::ranking_command(journal, &officer(), &Given::default(), of, &command)
            .await
            .expect("published");
        assert_eq!(lines(focal(SO_TC)).await, inside, "{to:?}");
        assert_eq!(lines(Scope::anonymous()).await, outside, "{to:?}");
    }
    let withdraw = RankingCommand::Withdraw {
        reason: "sai số".into(),
    };
    cascade::ranking_command(journal, &officer(), &Given::default(), of, &withdraw)
        .await
        .expect("taken back");
    assert_eq!(lines(focal(SO_TC)).await, None);
    assert_eq!(lines(Scope::anonymous()).await, None);
    assert_eq!(lines(officer()).await, Some(0));
    // What hangs on the target and the programme is found when they go.
    guide(&world, ids.target).await;
    part(
        &world,
        &focal(SO_GDDT),
        ids.target,
        SO_GDDT,
        offer(SO_GDDT, 10),
    )
    .await;
    let streams = cascade::streams_of(journal, Some(ids.target), Some(ids.programme)).await;
    let families: Vec<String> = streams
        .expect("streams")
        .iter()
        .map(|stream| stream.family().to_owned())
        .collect();
    assert_eq!(families, ["cascade", "part", "ranking"]);
}
