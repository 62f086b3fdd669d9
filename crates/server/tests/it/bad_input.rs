//! Every form, filled in badly: what was typed comes back, the fault stands beside its field, nothing is
//! recorded.

use crate::client::Client;
use crate::world::{World, run};

/// What hands and machines put into fields.
fn hostile() -> Vec<String> {
    vec![
        "<script>alert('x')</script>".to_owned(),
        "\"><img src=x onerror=alert(1)>".to_owned(),
        "=HYPERLINK(\"http://evil.example\";\"xem\")".to_owned(),
        "\u{202e}gnợưl ốs\u{200f}".to_owned(),
        "a\0b".to_owned(),
        "'; DROP TABLE task; --".to_owned(),
        "ệ".repeat(10_000),
        "-99999999999999999999999999999999999999".to_owned(),
        "2026-02-30".to_owned(),
    ]
}

/// A form: where it is sent, its other fields, and the fields that must have a fault with such content.
struct Form {
    who: &'static str,
    address: &'static str,
    /// Fields that hold text of one's own: sent hostile, given back as typed.
    typed: &'static [&'static str],
    /// Fields of a choice: sent hostile too, but a choice that is none is not drawn again.
    chosen: &'static [&'static str],
    /// Fields with a fault when all is hostile.
    faults: &'static [&'static str],
    /// Fields with a fault when all is empty.
    empty: &'static [&'static str],
}

const FORMS: [Form; 7] = [
    Form {
        who: "officer",
        address: "/observations",
        typed: &[
            "period",
            "value",
            "vintage",
            "source",
            "source_url",
            "method",
            "note",
        ],
        chosen: &["indicator", "area", "stage"],
        faults: &["indicator", "area", "period", "value", "stage", "vintage"],
        empty: &["indicator", "area", "period", "value", "stage", "vintage"],
    },
    Form {
        who: "focal",
        address: "/observations/{inner-figure}/withdraw",
        typed: &["reason"],
        chosen: &[],
        faults: &[],
        empty: &["reason"],
    },
    Form {
        who: "operator",
        address: "/accounts",
        typed: &["login", "name"],
        chosen: &["role", "organisation"],
        faults: &["role"],
        empty: &["role"],
    },
    Form {
        who: "officer",
        address: "/targets/{inner-target}/withdraw",
        typed: &["paper_number", "paper_date", "reason"],
        chosen: &[],
        faults: &["paper_date"],
        empty: &["paper_number", "paper_date", "reason"],
    },
    Form {
        who: "assigner",
        address: "/tasks/{school}/extend",
        typed: &["deadline", "paper_number", "paper_date", "reason"],
        chosen: &[],
        faults: &["deadline", "paper_date"],
        empty: &["deadline", "paper_number", "paper_date", "reason"],
    },
    Form {
        who: "officer",
        address: "/reports",
        typed: &["period"],
        chosen: &["definition", "programme"],
        faults: &["definition", "programme", "period"],
        empty: &["definition", "programme", "period"],
    },
    Form {
        who: "assigner",
        address: "/tasks/{school}/return",
        typed: &["reason"],
        chosen: &[],
        faults: &[],
        empty: &["reason"],
    },
];

/// As HTML has it in text and attributes.
fn escaped(text: &str) -> String {
    text.trim()
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

async fn send(
    client: &mut Client,
    world: &World,
    form: &Form,
    value: &str,
) -> crate::client::Reply {
    let all = form.typed.iter().chain(form.chosen);
    let fields: Vec<(&str, &str)> = all.map(|field| (*field, value)).collect();
    client.post(&world.address(form.address), &fields).await
}

#[test]
fn an_empty_form_names_what_is_missing() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        for form in &FORMS {
            let mut client = world.person(form.who).await;
            for empty in ["", "   ", "\u{a0}\t"] {
                let reply = send(&mut client, &world, form, empty).await;
                reply.assert_faults(form.empty);
            }
        }
        assert_eq!(world.head().await, head);
    });
}

#[test]
fn hostile_input_comes_back_harmless_and_is_not_recorded() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        // A reason may be any text: such a form would be accepted.
        for form in FORMS.iter().filter(|form| !form.faults.is_empty()) {
            let mut client = world.person(form.who).await;
            for value in hostile() {
                let reply = send(&mut client, &world, form, &value).await;
                let text = reply.assert_faults(form.faults);
                let times = text.matches(&escaped(&value)).count();
                let short: String = value.chars().take(40).collect();
                assert!(
                    times >= form.typed.len(),
                    "{} gives {short:?} back {times} times",
                    form.address
                );
                for dangerous in ["<script>alert", "<img src=x"] {
                    assert!(!text.contains(dangerous), "{}: {dangerous}", form.address);
                }
            }
        }
        assert_eq!(world.head().await, head);
    });
}

#[test]
fn the_summary_above_leads_to_each_fault() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        let text = officer.post("/observations", &[]).await.assert_page(422);
        for field in ["indicator", "area", "period", "value", "stage", "vintage"] {
            assert!(text.contains(&format!("href=\"#f-{field}\"")), "{text}");
            assert!(text.contains(&format!("id=\"f-{field}\"")), "{text}");
        }
        assert!(text.contains("aria-invalid=\"true\""), "{text}");
        assert!(
            text.contains("aria-describedby=\"h-period e-period\""),
            "{text}"
        );
    });
}

#[test]
fn clients_are_told_the_faults_as_data() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        let token = officer.token.clone();
        let reply = officer
            .post_raw("/observations?format=json", &[("csrf", &token)])
            .await;
        assert_eq!(reply.status, 422, "{}", reply.text());
        assert_eq!(reply.header("content-type"), "application/json");
        let text = reply.text();
        assert!(text.contains("value") && text.contains("period"), "{text}");
    });
}

/// A figure that is well-formed but cannot be, field by field.
#[test]
fn figures_that_cannot_be_are_refused_beside_their_field() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        let mut officer = world.person("officer").await;
        let good = [
            ("indicator", "innovating_enterprises_pct"),
            ("area", "66@2025-07-01"),
            ("period", "2025"),
            ("value", "31,5"),
            ("stage", "official"),
            ("vintage", "30/6/2026"),
            ("source", "Niên giám"),
        ];
        for (field, value) in [
            ("indicator", "khong_co"),
            ("area", "98@2025-07-01"),
            ("area", "66@1999-01-01"),
            ("period", "2035"),
            ("value", "31,5,7"),
            ("value", "nhiều"),
            ("value", "1e5"),
            ("vintage", "31/2/2026"),
            ("vintage", "1/1/2030"),
            ("source", ""),
        ] {
            let fields: Vec<(&str, &str)> = good
                .iter()
                .map(|(name, kept)| (*name, if *name == field { value } else { *kept }))
                .collect();
            let reply = officer.post("/observations", &fields).await;
            assert_eq!(reply.status, 422, "{field}={value} is taken");
            let text = reply.assert_faults(&[field]);
            assert!(
                text.contains("31,5") || field == "value",
                "what was right is kept: {text}"
            );
        }
        assert_eq!(world.head().await, head);
    });
}

#[test]
fn files_that_are_no_documents_are_refused_by_name() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        let mut officer = world.person("officer").await;
        for (name, content) in [
            ("trong.docx", b"".as_slice()),
            ("anh.png", b"\x89PNG\r\n\x1a\n\0\0\0\0"),
            ("hong.docx", b"PK\x03\x04hong"),
            ("hong.pdf", b"%PDF-1.7 hong"),
            ("<b>.exe", b"MZ\x90\0\x03"),
        ] {
            let reply = officer
                .upload("/documents", &[], &[("file", name, content)])
                .await;
            let text = reply.assert_faults(&["file"]);
            assert!(text.contains(&escaped(name)), "{name}: {text}");
            assert!(!text.contains("<b>.exe"), "{text}");
        }
        officer
            .upload("/documents", &[], &[])
            .await
            .assert_faults(&["file"]);
        assert_eq!(world.head().await, head);
    });
}
