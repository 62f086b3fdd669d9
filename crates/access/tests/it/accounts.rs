use std::collections::BTreeSet;

use access::{
    Account, AccountChange, AccountFact, AccountState, Accounts, AsKnown, DisplayName, NewAccount,
    OrgId, Page, Permission, Refusal, Role, Scope, account_stream, decide_account,
};
use jiff::civil::date;
use journal::testing::{TestJournal, journal};
use journal::{ActorId, FactFamily, Vault, Written, params};
use proptest::prelude::*;

const PASSWORD: &str = "cà phê sáng thứ bảy";

fn today() -> AsKnown {
    AsKnown::now(date(2026, 3, 2))
}

async fn start() -> (TestJournal, Accounts) {
    let test = journal(access::projections()).await;
    let accounts = Accounts::new(&test.journal).await.expect("credentials");
    (test, accounts)
}

fn form(login: &str, role: Role, organisation: Option<&str>) -> NewAccount {
    NewAccount {
        login: login.into(),
        name: format!("Người dùng {login}"),
        password: PASSWORD.into(),
        role,
        organisation: organisation.map(|org| OrgId(org.into())),
        key: None,
    }
}

fn scope_of(account: &Account) -> Scope {
    account.scope(account.organisation.iter().cloned().collect())
}

fn fields(refusal: &Refusal) -> Vec<&str> {
    match refusal {
        Refusal::Invalid { faults } => faults.iter().map(|f| f.field.as_str()).collect(),
        other => panic!("expected faults, got {other}"),
    }
}

#[tokio::test]
async fn an_account_lives() {
    let (test, accounts) = start().await;
    let system = Scope::system();
    let operator = accounts
        .open(&system, &form("quan.tri", Role::Operator, None))
        .await
        .expect("opens");
    let operator = scope_of(
        &accounts
            .get(&system, operator, today())
            .await
            .expect("there"),
    );
    let actor = accounts
        .open(
            &operator,
            &form("Đào.Lan", Role::FocalOfficer, Some("so-cong-thuong")),
        )
        .await
        .expect("opens");

    // Capitals and diacritics of the login do not matter; those of the password do.
    let account = accounts
        .sign_in(" dao.lan", PASSWORD)
        .await
        .expect("signs in");
    assert_eq!((account.actor, account.role), (actor, Role::FocalOfficer));
    for (login, password) in [
        ("dao.lan", "ca phe sang thu bay"),
        ("dao.lam", PASSWORD),
        ("", ""),
    ] {
        assert!(matches!(
            accounts.sign_in(login, password).await,
            Err(Refusal::NotAllowed(_))
        ));
    }

    let own = scope_of(&account);
    assert!(own.may_for(Permission::SubmitResult, &OrgId("so-cong-thuong".into())));
    let told = accounts
        .set_password(&own, actor, "12345")
        .await
        .expect_err("poor");
    assert_eq!(fields(&told), ["password", "password"]);
    accounts
        .set_password(&own, actor, "một mật khẩu dài khác hẳn")
        .await
        .expect("sets");
    assert!(accounts.sign_in("dao.lan", PASSWORD).await.is_err());
    let changed = accounts
        .sign_in("dao.lan", "một mật khẩu dài khác hẳn")
        .await
        .expect("signs in");
    assert!(changed.password_since > account.password_since);

    let org = Some(OrgId("so-y-te".into()));
    let stale = accounts.give_role(
        &operator,
        actor,
        Role::Leader,
        org.clone(),
        Some(account.version),
    );
    assert!(matches!(stale.await, Err(Refusal::Stale)));
    accounts
        .give_role(&operator, actor, Role::Leader, org, Some(changed.version))
        .await
        .expect("gives");
    accounts
        .close(&operator, actor, None)
        .await
        .expect("closes");
    assert!(
        accounts
            .sign_in("dao.lan", "một mật khẩu dài khác hẳn")
            .await
            .is_err()
    );
    let again = accounts
        .close(&operator, actor, None)
        .await
        .expect("nothing to do");
    assert_eq!(again, Written::Nothing);
    accounts
        .reopen(&operator, actor, None)
        .await
        .expect("reopens");
    let account = accounts
        .sign_in("dao.lan", "một mật khẩu dài khác hẳn")
        .await
        .expect("signs in");
    assert_eq!(account.role, Role::Leader);

    // As known before the role was given.
    let then = accounts
        .get(
            &operator,
            actor,
            AsKnown::at(changed.version, date(2026, 3, 2)),
        )
        .await;
    assert_eq!(then.expect("there").role, Role::FocalOfficer);
    assert_eq!(
        test.journal.verify(None).await.expect("verifies").faults,
        vec![]
    );
}

#[tokio::test]
async fn what_is_personal_lies_outside_the_journal() {
    let (test, accounts) = start().await;
    let system = Scope::system();
    let actor = accounts
        .open(&system, &form("mai.huong", Role::Citizen, None))
        .await
        .expect("opens");
    let entries = test.journal.entries_after(0, 10).await.expect("entries");
    let payload = String::from_utf8_lossy(&entries[0].payload);
    for personal in ["mai.huong", "Người dùng", PASSWORD, "argon2"] {
        assert!(
            !payload.contains(personal),
            "{personal} stands in {payload}"
        );
    }
    let facts = test.journal.facts_after(0, 10).await.expect("facts");
    let Ok(Some(AccountFact::Opened {
        person,
        login,
        name,
        ..
    })) = AccountFact::read(&facts[0])
    else {
        panic!("{facts:?}");
    };
    let db = test.journal.db();
    for (field, commitment) in [("login", &login), ("name", &name)] {
        assert_eq!(
            Vault::matches(db, person, field, commitment)
                .await
                .expect("reads"),
            Some(true)
        );
    }
    let shown = DisplayName::Shown("Người dùng mai.huong".into());
    assert_eq!(
        accounts.display_name(&system, actor).await.expect("reads"),
        shown
    );
    assert_eq!(
        accounts
            .display_name(&Scope::anonymous(), actor)
            .await
            .expect("reads"),
        DisplayName::Masked
    );
    assert_eq!(
        accounts
            .display_name(&Scope::anonymous(), ActorId::SYSTEM)
            .await
            .expect("reads"),
        DisplayName::System
    );
    db.execute("DELETE FROM vault WHERE person = $1", params![person])
        .await
        .expect("erases");
    assert_eq!(
        accounts.display_name(&system, actor).await.expect("reads"),
        DisplayName::Erased
    );
}

#[tokio::test]
async fn forms_are_refused_field_by_field() {
    let (_test, accounts) = start().await;
    let system = Scope::system();
    accounts
        .open(&system, &form("minh", Role::Citizen, None))
        .await
        .expect("opens");
    let taken = accounts
        .open(&system, &form("MINH", Role::Citizen, None))
        .await;
    assert_eq!(fields(&taken.expect_err("taken")), ["login"]);
    let nowhere = accounts
        .open(&system, &form("thu", Role::Leader, None))
        .await;
    assert_eq!(
        fields(&nowhere.expect_err("no organisation")),
        ["organisation"]
    );
    let mut bad = form("a b", Role::Citizen, None);
    (bad.name, bad.password) = (" ".into(), "ngắn".into());
    let all = accounts.open(&system, &bad).await.expect_err("all wrong");
    assert_eq!(
        fields(&all).into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from(["login", "name", "password"])
    );

    let listed = accounts
        .list(&system, today(), Page::first(10))
        .await
        .expect("lists");
    assert_eq!(
        (listed.total, listed.rows.len()),
        (1, 1),
        "nothing refused left a trace"
    );
}

#[tokio::test]
async fn a_form_sent_twice_opens_one_account() {
    let (_test, accounts) = start().await;
    let system = Scope::system();
    let mut new = form("hai.lan", Role::Citizen, None);
    new.key = Some("k1".into());
    let first = accounts.open(&system, &new).await.expect("opens");
    assert_eq!(accounts.open(&system, &new).await.expect("the same"), first);
}

#[tokio::test]
async fn accounts_are_for_those_who_manage_them() {
    let (_test, accounts) = start().await;
    let system = Scope::system();
    let mut actors = vec![];
    for (login, role) in [
        ("lanh.dao", Role::Leader),
        ("kiem.tra", Role::Inspector),
        ("nghien.cuu", Role::Researcher),
    ] {
        let org = role.is_internal().then_some("vp-ubnd");
        actors.push(
            accounts
                .open(&system, &form(login, role, org))
                .await
                .expect("opens"),
        );
    }
    let leader = scope_of(
        &accounts
            .get(&system, actors[0], today())
            .await
            .expect("there"),
    );
    assert!(
        accounts.get(&leader, actors[0], today()).await.is_ok(),
        "one's own"
    );
    assert!(matches!(
        accounts.get(&leader, actors[1], today()).await,
        Err(Refusal::NotFound)
    ));
    assert!(matches!(
        accounts.list(&leader, today(), Page::ALL).await,
        Err(Refusal::NotAllowed(_))
    ));
    assert!(matches!(
        accounts.close(&leader, actors[1], None).await,
        Err(Refusal::NotAllowed(_))
    ));
    let other = accounts
        .set_password(&leader, actors[1], "một mật khẩu dài khác")
        .await;
    assert!(matches!(other, Err(Refusal::NotFound)));
    let opened = accounts
        .open(&leader, &form("them", Role::Citizen, None))
        .await;
    assert!(matches!(opened, Err(Refusal::NotAllowed(_))));

    let page = accounts
        .list(
            &system,
            today(),
            Page {
                limit: 2,
                offset: 1,
            },
        )
        .await
        .expect("lists");
    assert_eq!(page.total, 3);
    let newest_first: Vec<_> = page.rows.iter().map(|account| account.actor).collect();
    assert_eq!(newest_first, [actors[1], actors[0]]);
    let researcher = scope_of(
        &accounts
            .get(&system, actors[2], today())
            .await
            .expect("there"),
    );
    let names = accounts
        .display_names(&researcher, actors.clone())
        .await
        .expect("reads");
    assert_eq!(names[&actors[0]], DisplayName::Masked);
    assert_eq!(
        names[&actors[2]],
        DisplayName::Shown("Người dùng nghien.cuu".into())
    );
}

/// All rows of the projection, readable and comparable.
async fn dump(test: &TestJournal) -> Vec<String> {
    let sql = "SELECT actor, role, organisation, state, password_since, known_from, known_to \
               FROM account ORDER BY actor, known_from";
    let rows = test.journal.db().rows(sql, vec![]).await.expect("rows");
    let line = |row: &journal::Row| {
        let texts = ["actor", "role", "organisation", "state"].map(|c| row.opt_text(c).expect(c));
        let numbers =
            ["password_since", "known_from", "known_to"].map(|c| row.opt_int(c).expect(c));
        format!("{texts:?} {numbers:?}")
    };
    rows.iter().map(line).collect()
}

fn any_change() -> impl Strategy<Value = AccountChange> {
    let role = prop::sample::select(Role::ALL.to_vec());
    let organisation = prop::option::of((0..3u8).prop_map(|n| OrgId(format!("co-quan-{n}"))));
    prop_oneof![
        3 => (role, organisation).prop_map(|(role, organisation)| AccountChange::GiveRole { role, organisation }),
        1 => Just(AccountChange::Close),
        1 => Just(AccountChange::Reopen),
    ]
}

/// Opens an account, changes it (what is refused changes nothing), and compares what is known as of every
/// entry with the fold of the facts up to it.
async fn live_through(test: &TestJournal, accounts: &Accounts, changes: &[AccountChange]) {
    let system = Scope::system();
    let login = format!("u{}", ActorId::new());
    let actor = accounts
        .open(&system, &form(&login, Role::Citizen, None))
        .await
        .expect("opens");
    for change in changes {
        let _ = match change.clone() {
            AccountChange::GiveRole { role, organisation } => {
                accounts
                    .give_role(&system, actor, role, organisation, None)
                    .await
            }
            AccountChange::Close => accounts.close(&system, actor, None).await,
            _ => accounts.reopen(&system, actor, None).await,
        };
    }
    let stream = account_stream(actor);
    let head = test.journal.head().await.expect("head").seq;
    for seq in 1..=head {
        let facts = test
            .journal
            .stream(&stream, Some(seq))
            .await
            .expect("stream");
        let folded = facts
            .fold(None, |account, fact, recorded| {
                Account::evolve(account, actor, recorded.seq, fact)
            })
            .expect("folds");
        let known = accounts
            .get(&system, actor, AsKnown::at(seq, date(2026, 3, 2)))
            .await
            .ok();
        assert_eq!(known, folded, "as known after {seq}");
    }
    let before = dump(test).await;
    test.journal.rebuild().await.expect("rebuilds");
    assert_eq!(dump(test).await, before);
}

#[test]
fn what_is_known_then_is_the_fold_then_and_survives_a_rebuild() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (test, accounts) = runtime.block_on(start());
    let config = ProptestConfig {
        cases: 8,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(changes in prop::collection::vec(any_change(), 0..6))| {
        runtime.block_on(live_through(&test, &accounts, &changes));
    });
}

#[test]
fn decisions() {
    let own = ActorId::new();
    let account = Account {
        actor: own,
        person: uuid::Uuid::now_v7(),
        role: Role::Operator,
        organisation: None,
        state: AccountState::Open,
        password_since: 1,
        version: 1,
    };
    let closed = Account {
        state: AccountState::Closed,
        ..account.clone()
    };
    let erased = Account {
        state: AccountState::Erased,
        ..account.clone()
    };
    let as_self = account.scope(BTreeSet::new());
    let other = Scope::of_account(ActorId::new(), Role::Operator, None, BTreeSet::new());
    let give = |role| AccountChange::GiveRole {
        role,
        organisation: None,
    };
    // account, change, by whom, facts or refusal
    let cases = [
        (&account, give(Role::Citizen), &other, Ok(1)),
        (&account, give(Role::Operator), &other, Ok(0)),
        (&account, give(Role::Leader), &other, Err("invalid")),
        (&account, give(Role::Citizen), &as_self, Err("conflict")),
        (&account, AccountChange::Close, &as_self, Err("conflict")),
        (&account, AccountChange::Close, &other, Ok(1)),
        (&account, AccountChange::Reopen, &other, Ok(0)),
        (&closed, AccountChange::Reopen, &other, Ok(1)),
        (&closed, AccountChange::SetPassword, &other, Err("conflict")),
        (&account, AccountChange::SetPassword, &as_self, Ok(1)),
        (&account, AccountChange::Erase, &other, Ok(1)),
        (&closed, AccountChange::Erase, &other, Ok(1)),
        (&account, AccountChange::Erase, &as_self, Err("conflict")),
        (&erased, AccountChange::Erase, &other, Ok(0)),
        (&erased, AccountChange::Reopen, &other, Err("conflict")),
        (&erased, AccountChange::Close, &other, Err("conflict")),
        (&erased, AccountChange::SetPassword, &other, Err("conflict")),
        (&erased, give(Role::Citizen), &other, Err("conflict")),
    ];
    for (account, change, scope, expected) in cases {
        let got = decide_account(account, &change, scope)
            .map(|facts| facts.len())
            .map_err(|e| match e {
                Refusal::Invalid { .. } => "invalid",
                Refusal::Conflict(_) => "conflict",
                _ => "other",
            });
        assert_eq!(got, expected, "{change:?} of {:?}", account.state);
    }
    let anonymous = decide_account(&account, &AccountChange::SetPassword, &Scope::anonymous());
    assert!(matches!(anonymous, Err(Refusal::NotAllowed(_))));
    assert_eq!(
        closed.scope(BTreeSet::new()).role(),
        None,
        "a closed account is nobody"
    );
}
