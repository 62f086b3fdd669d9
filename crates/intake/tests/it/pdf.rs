use super::fixture::{limits, pdf, pdf_of, pieces, refuse, take};
use intake::pdf::ChildCommand;
use intake::{Fault, Format, Limits, Measure, Notice, Place};
use std::time::{Duration, Instant};

fn line(x: i32, y: i32, words: &str) -> (i32, i32, String) {
    (x, y, words.to_owned())
}

/// A page with a running head, a page number and a paragraph of two lines of its own.
fn page(n: usize) -> Vec<(i32, i32, String)> {
    let own = ["alpha", "beta", "gamma", "delta"][n - 1];
    vec![
        line(70, 800, "Programme of a province"),
        line(
            90,
            700,
            &format!("The {own} department shall report every quarter on the"),
        ),
        line(
            70,
            684,
            "share of enterprises that use digital platforms at work.",
        ),
        line(90, 668, &format!("Next {own}.")),
        line(300, 30, &n.to_string()),
    ]
}

#[test]
fn pages_become_paragraphs_without_their_heads() {
    let intake = take(&pdf(&[page(1), page(2), page(3)]));
    assert_eq!(intake.format, Format::Pdf);
    let body = |own: &str| {
        format!(
            "The {own} department shall report every quarter on the share of enterprises that use digital platforms at work.\nNext {own}."
        )
    };
    assert_eq!(
        pieces(&intake),
        [body("alpha"), body("beta"), body("gamma")]
    );
    assert_eq!(intake.text.matches("\n\u{c}\n").count(), 2);
    assert_eq!(intake.map[2].place, Place::Page { number: 3 });
    let notices: Vec<&Notice> = intake.diagnostics.iter().map(|d| &d.notice).collect();
    let head = |text: &str| Notice::RunningLineRemoved {
        text: text.into(),
        pages: 3,
    };
    assert_eq!(notices, [&head("1"), &head("Programme of a province")]);
}

#[test]
fn columns_of_one_row_stay_apart() {
    let intake = take(&pdf(&[vec![
        line(70, 700, "Agency"),
        line(300, 700, "Deadline"),
    ]]));
    assert_eq!(intake.text, "Agency\tDeadline\n");
}

#[test]
fn lines_of_a_turned_page_run_upwards() {
    let page = "BT /F 12 Tf 0 1 -1 0 100 70 Tm (Annex) Tj ET\nBT /F 12 Tf 0 1 -1 0 100 106 Tm (one) Tj ET\nBT /F 12 Tf 0 1 -1 0 140 70 Tm (of the plan) Tj ET\n";
    assert_eq!(
        take(&pdf_of(&[page.into()])).text,
        "Annex one\nof the plan\n"
    );
}

#[test]
fn a_scan_is_refused_with_the_remedy() {
    let scan = pdf(&[vec![], vec![]]);
    assert_eq!(
        refuse(&scan),
        Fault::NoText {
            format: Format::Pdf
        }
    );
    let error = intake::take(&scan, "quet.pdf", &limits()).unwrap_err();
    assert!(error.message("vi").contains("OCR") && error.message("en").contains("OCR"));
}

#[test]
fn a_page_without_text_is_told() {
    let intake = take(&pdf(&[page(1), vec![]]));
    let told = intake
        .diagnostics
        .iter()
        .any(|d| d.notice == Notice::PageWithoutText && d.place == Some(Place::Page { number: 2 }));
    assert!(told, "{:?}", intake.diagnostics);
}

#[test]
fn a_broken_pdf_is_refused() {
    assert!(matches!(
        refuse(b"%PDF-1.7\nnothing more"),
        Fault::Broken { .. }
    ));
}

fn with_child(script: &str) -> Limits {
    Limits {
        pdf_child: Some(ChildCommand {
            program: "/bin/sh".into(),
            args: vec!["-c".into(), script.into()],
        }),
        pdf_timeout: Duration::from_millis(400),
        pdf_output: 1000,
        ..limits()
    }
}

#[cfg(unix)]
#[test]
fn a_child_that_misbehaves_is_ended() {
    let file = pdf(&[page(1)]);
    let fault = |script: &str| {
        intake::take(&file, "a.pdf", &with_child(script))
            .unwrap_err()
            .fault
    };
    let started = Instant::now();
    assert!(matches!(fault("exec sleep 30"), Fault::Slow { .. }));
    assert!(matches!(
        fault("cat >/dev/null; exec sleep 30"),
        Fault::Slow { .. }
    ));
    let much = Fault::TooLarge {
        what: Measure::ReaderBytes,
        limit: 1000,
    };
    assert_eq!(fault("exec cat /dev/zero"), much);
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
    assert!(matches!(fault("kill -SEGV $$"), Fault::Broken { .. }));
    assert!(matches!(fault("echo not json"), Fault::Broken { .. }));
    assert!(matches!(fault("exit 3"), Fault::Broken { .. }));
}

#[cfg(unix)]
#[test]
fn a_reader_that_is_not_there_is_a_fault_of_the_installation() {
    let mut limits = limits();
    limits.pdf_child = Some(ChildCommand {
        program: "/nonexistent/dotpha".into(),
        args: Vec::new(),
    });
    let error = intake::take(&pdf(&[page(1)]), "a.pdf", &limits).unwrap_err();
    assert!(matches!(error.fault, Fault::NoReader { .. }), "{error:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn memory_is_limited() {
    let starved = Limits {
        pdf_memory: 4 << 20,
        ..limits()
    };
    let fault = intake::take(&pdf(&[page(1)]), "a.pdf", &starved)
        .unwrap_err()
        .fault;
    assert!(
        matches!(fault, Fault::Broken { .. } | Fault::NoReader { .. }),
        "{fault:?}"
    );
}

#[test]
fn the_second_reader_helps_where_it_is_installed() {
    if std::process::Command::new("pdftotext")
        .arg("-v")
        .output()
        .is_err()
    {
        println!("left out: pdftotext is not installed");
        return;
    }
    let limits = Limits {
        pdf_second_reader: true,
        pdf_timeout: Duration::from_secs(30),
        pdf_output: 1 << 20,
        ..with_child("exit 1")
    };
    let intake = intake::take(&pdf(&[page(1), page(2), page(3)]), "a.pdf", &limits).unwrap();
    super::fixture::check(&intake);
    assert_eq!(intake.diagnostics[0].notice, Notice::SecondReader);
    assert_eq!(intake.map.len(), 3);
    assert!(
        intake
            .text
            .contains("every quarter on the share of enterprises"),
        "{}",
        intake.text
    );
    assert!(!intake.text.contains("Programme of a province"));
}
