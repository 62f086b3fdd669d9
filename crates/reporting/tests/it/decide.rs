use access::{OrgId, Refusal, Role, Scope};
use jiff::civil::{Date, date};
use journal::{ActorId, FileHash, RecordedFact};
use programme::{FileRef, ProgrammeId};
use reporting::{
    DrawnUp, ReportFact, ReportId, ReportState, ReportStatus, SignedCopy, decide_attach,
    decide_draw_up, decide_freeze, evolve,
};

use crate::sample::{inputs, uuid};

pub fn scope(role: Role) -> Scope {
    let org = OrgId("so-khcn".into());
    Scope::of_account(ActorId::new(), role, Some(org.clone()), [org].into())
}

pub fn verdict<T>(outcome: Result<T, Refusal>) -> String {
    match outcome {
        Ok(_) => "ok".into(),
        Err(Refusal::NotAllowed(_)) => "not allowed".into(),
        Err(Refusal::NotFound) => "not found".into(),
        Err(Refusal::Stale) => "stale".into(),
        Err(Refusal::Conflict(_)) => "conflict".into(),
        Err(Refusal::Store(error)) => format!("store: {error}"),
        Err(Refusal::Invalid { faults }) => faults
            .iter()
            .map(|f| f.field.as_str())
            .collect::<Vec<_>>()
            .join(","),
    }
}

fn drawn_up() -> DrawnUp {
    let inputs = inputs();
    let hash = |text: &str| FileHash::of(text.as_bytes());
    DrawnUp {
        definition: inputs.definition,
        format: inputs.format,
        period: inputs.period,
        calendar: inputs.calendar,
        area: inputs.area.key,
        sender: inputs.sender.id,
        receiver: inputs.receiver.id,
        programme: ProgrammeId(uuid(9)),
        title: "Kết quả".into(),
        as_of: inputs.as_of,
        as_known: inputs.as_known,
        head: inputs.head,
        figures: 3,
        inputs: hash("inputs"),
        composed: hash("composed"),
        docx: hash("docx"),
        pdf: hash("pdf"),
    }
}

fn after(state: ReportState, fact: ReportFact, seq: i64) -> ReportState {
    let at = RecordedFact {
        seq,
        ix: 0,
        recorded_at: seq,
        actor: ActorId::SYSTEM,
        stream: ReportId(uuid(7)).stream(),
        kind: String::new(),
        version: 1,
        data: serde_json::Value::Null,
    };
    evolve(state, fact, &at)
}

pub fn copy(number: &str, signed_on: Date, size: u64) -> SignedCopy {
    SignedCopy {
        file: FileRef {
            hash: FileHash::of(b"signed"),
            name: "da-ky.pdf".into(),
            media: "application/pdf".into(),
            size,
        },
        number: number.into(),
        signed_on,
    }
}

#[test]
fn a_report_is_drawn_up_again_until_it_is_frozen_and_signed_only_then() {
    let officer = scope(Role::ProgrammeOfficer);
    let today = date(2026, 10, 1);
    let good = copy(" 15/BC-SKHCN ", date(2026, 9, 25), 10);
    let empty = ReportState::default();
    assert_eq!(empty.status(), None);
    assert_eq!(verdict(decide_freeze(&empty, None, &officer)), "not found");
    assert_eq!(
        verdict(decide_attach(&empty, &good, None, &officer, today)),
        "not found"
    );
    let first = decide_draw_up(&empty, drawn_up(), Some(0), &officer).expect("drawn up");
    let draft = after(empty, first, 1);
    assert_eq!(draft.status(), Some(ReportStatus::DrawnUp));
    assert_eq!(
        verdict(decide_draw_up(&draft, drawn_up(), Some(1), &officer)),
        "ok"
    );
    assert_eq!(
        verdict(decide_draw_up(&draft, drawn_up(), Some(0), &officer)),
        "stale"
    );
    assert_eq!(
        verdict(decide_attach(&draft, &good, None, &officer, today)),
        "conflict"
    );
    assert_eq!(verdict(decide_freeze(&draft, Some(9), &officer)), "stale");
    let frozen = decide_freeze(&draft, Some(1), &officer).expect("frozen");
    let frozen = after(draft, frozen, 2);
    assert_eq!(frozen.status(), Some(ReportStatus::Frozen));
    assert_eq!(verdict(decide_freeze(&frozen, None, &officer)), "conflict");
    assert_eq!(
        verdict(decide_draw_up(&frozen, drawn_up(), None, &officer)),
        "conflict"
    );
    for (copy, wanted) in [
        (copy("", date(2026, 9, 25), 10), "number"),
        (copy("15", date(2026, 10, 2), 10), "signed_on"),
        (copy("15", date(2026, 9, 1), 10), "signed_on"),
        (copy(" ", date(2027, 1, 1), 0), "number,signed_on,file"),
    ] {
        assert_eq!(
            verdict(decide_attach(&frozen, &copy, None, &officer, today)),
            wanted
        );
    }
    let attached = decide_attach(&frozen, &good, Some(2), &officer, today).expect("attached");
    let signed = after(frozen, attached, 3);
    assert_eq!(signed.status(), Some(ReportStatus::Signed));
    assert_eq!(signed.signed[0].number, "15/BC-SKHCN");
}

#[test]
fn only_those_who_draw_reports_may() {
    let empty = ReportState::default();
    for role in Role::ALL {
        let wanted = match role {
            Role::ProgrammeOfficer | Role::Assigner => "ok",
            _ => "not allowed",
        };
        let found = verdict(decide_draw_up(&empty, drawn_up(), None, &scope(role)));
        assert_eq!(found, wanted, "{role}");
    }
}

#[test]
fn words_of_statuses_come_back() {
    for status in ReportStatus::ALL {
        assert_eq!(ReportStatus::from_word(status.word()), Some(status));
    }
}
