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
    assert_eq!(intake.aside, ["1", "Programme of a province"]);
    assert!(!intake.is_from_scan());
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
    assert!(intake.is_from_scan());
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

/// A page that draws with this font, and what stands behind it.
fn with_font(font: &str, more: &[&str]) -> Vec<u8> {
    let drawn = "BT /F 12 Tf 70 700 Td (Some words) Tj ET\n";
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F {font}>>>>/Contents 4 0 R>>").into_bytes(),
        format!("<</Length {}>>stream\n{drawn}endstream", drawn.len()).into_bytes(),
    ];
    objects.extend(more.iter().map(|o| o.as_bytes().to_vec()));
    super::fixture::pdf_of_objects(&objects)
}

#[test]
fn broken_fonts_end_in_a_refusal_or_in_text() {
    let garbage = "<</Length 12>>stream\nbeginbfchar<\nendstream";
    let fonts: [(&str, &[&str]); 6] = [
        ("99 0 R", &[]),
        (
            "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H>>",
            &[],
        ),
        (
            "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[5 0 R]>>",
            &["<</Type/Font/Subtype/CIDFontType2/FontDescriptor 5 0 R>>"],
        ),
        (
            "<</Type/Font/Subtype/TrueType/BaseFont/X/ToUnicode 5 0 R/Widths[1]>>",
            &[garbage],
        ),
        (
            "<</Type/Font/Subtype/Type1/BaseFont/X/FontDescriptor<</FontFile 5 0 R>>>>",
            &[garbage],
        ),
        (
            "<</Type/Font/Subtype/Type3/CharProcs 5 0 R/Encoding 5 0 R>>",
            &[garbage],
        ),
    ];
    for (font, more) in fonts {
        match intake::take(&with_font(font, more), "a.pdf", &limits()) {
            Ok(intake) => super::fixture::check(&intake),
            Err(error) => assert!(
                matches!(error.fault, Fault::Broken { .. } | Fault::NoText { .. }),
                "{font}: {error}"
            ),
        }
    }
}

#[test]
fn structures_without_end_are_refused_in_time() {
    let started = Instant::now();
    let nested = format!(
        "<</Length 9>>/A{}{}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let cycle: &[&[u8]] = &[
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>",
    ];
    let cycle: Vec<Vec<u8>> = cycle.iter().map(|o| o.to_vec()).collect();
    // A page that inherits from itself.
    let own_parent = String::from_utf8(pdf(&[page(1)])).unwrap();
    let own_parent = own_parent.replace("/Parent 2 0 R/MediaBox", "/Parent 4 0 R/MediaBux");
    assert!(own_parent.contains("/Parent 4 0 R"));
    for file in [
        with_font("5 0 R", &[&nested]),
        super::fixture::pdf_of_objects(&cycle),
        own_parent.into_bytes(),
    ] {
        if let Ok(intake) = intake::take(&file, "a.pdf", &limits()) {
            super::fixture::check(&intake);
        }
    }
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn cells_with_borders_are_rows() {
    // Thin filled boxes, as Word draws borders, in a turned measure; the second cell wraps.
    let mut drawn = String::from("q 2 0 0 2 0 0 cm\n");
    for y in [300, 330, 345] {
        drawn += &format!("35 {y} 200 0.25 re f*\n");
    }
    for x in [35, 90, 235] {
        drawn += &format!("{x} 300 0.25 45 re\nf*\n");
    }
    drawn += "Q\n";
    for (x, y, words) in [
        (75, 675, "Target"),
        (190, 675, "Agency in charge"),
        (75, 645, "35%"),
        (190, 645, "Department of science"),
        (190, 630, "and technology"),
    ] {
        drawn += &format!("BT /F 12 Tf {x} {y} Td ({words}) Tj ET\n");
    }
    assert_eq!(
        take(&pdf_of(&[drawn])).text,
        "Target | Agency in charge\n35% | Department of science and technology\n"
    );
}

#[test]
fn a_paragraph_runs_on_over_the_page() {
    let first = vec![
        line(
            90,
            700,
            "The department shall report every quarter on the share of firms",
        ),
        line(
            70,
            684,
            "that use digital platforms at work and on those that do not yet",
        ),
    ];
    let second = vec![
        line(70, 800, "use them, by district and by size of the firm."),
        line(90, 784, "Next."),
    ];
    let intake = take(&pdf(&[first, second]));
    assert_eq!(
        intake.text,
        "The department shall report every quarter on the share of firms that use digital platforms at work and on those that do not yet use them, by district and by size of the firm.\nNext.\n"
    );
    let places: Vec<Place> = intake.map.iter().map(|e| e.place).collect();
    assert_eq!(
        places,
        [Place::Page { number: 1 }, Place::Page { number: 2 }]
    );
}

/// Two columns of running text, a line of the left one and a line of the right one in turn.
#[test]
fn columns_drawn_line_by_line_are_untangled() {
    let left = [
        "The department shall report each quarter",
        "on the share of enterprises in the area",
        "that use digital platforms at their work",
        "and on all those that do not yet do so,",
        "by commune and also by size of the firm.",
        "Every commune has a team for digital",
        "work and names one officer who leads it,",
    ];
    let right = [
        "who answers to the head of the office of",
        "the commune and meets each month with an",
        "officer of the department of science and",
        "technology, who brings the plan up to it.",
        "Schools have fast lines to the internet",
        "and health stations have them too, by the",
        "coming year 2027, as the plan asks.",
    ];
    let indent = |i: usize, at: usize| if i == at { 18 } else { 0 };
    let mut lines = vec![line(
        70,
        740,
        "Programme of the area for science and technology, for innovation and for the digital turn",
    )];
    for i in 0..7 {
        let y = 700 - 16 * i32::try_from(i).unwrap();
        lines.push(line(70 + indent(i, 5), y, left[i]));
        lines.push(line(320 + indent(i, 4), y, right[i]));
    }
    lines.push(line(
        70,
        540,
        "Both columns end here, and what stands below reaches over the whole page again.",
    ));
    let text = take(&pdf(&[lines])).text;
    let got: Vec<&str> = text.lines().collect();
    let want = [
        "Programme of the area for science and technology, for innovation and for the digital turn"
            .to_owned(),
        left[..5].join(" "),
        format!("{} {}", left[5..].join(" "), right[..4].join(" ")),
        right[4..].join(" "),
        "Both columns end here, and what stands below reaches over the whole page again."
            .to_owned(),
    ];
    assert_eq!(got, want);
}

/// A table without borders is no columns of text, however many rows it has.
#[test]
fn rows_without_borders_stay_rows() {
    let names = [
        "Firms",
        "Schools with fast lines",
        "Communes",
        "Health stations in the area",
        "Teams",
        "Officers named",
    ];
    let agencies = [
        "Finance",
        "Education and training",
        "Home affairs",
        "Health",
        "Science",
        "Home affairs",
    ];
    let rows = (0..6).flat_map(|i| {
        let y = 700 - 16 * i32::try_from(i).unwrap();
        [line(70, y, names[i]), line(320, y, agencies[i])]
    });
    let text = take(&pdf(&[rows.collect()])).text;
    let want: String = names
        .iter()
        .zip(agencies)
        .map(|(n, a)| format!("{n}\t{a}\n"))
        .collect();
    assert_eq!(text, want);
}

/// A row whose cells wrap is one row, also without borders; the next one is another.
#[test]
fn rows_without_borders_that_wrap_are_one() {
    let rows = vec![
        line(70, 700, "No"),
        line(110, 700, "Target of the plan"),
        line(300, 700, "Unit"),
        line(370, 700, "Year 2030"),
        line(460, 700, "In charge"),
        line(70, 680, "1"),
        line(110, 680, "Enterprises of science and"),
        line(300, 680, "Enter-"),
        line(370, 680, "120"),
        line(460, 680, "Science and"),
        line(110, 666, "technology in the area"),
        line(300, 666, "prise"),
        line(460, 666, "technology"),
        line(70, 646, "2"),
        line(110, 646, "Schools with fast lines"),
        line(300, 646, "School"),
        line(370, 646, "90"),
        line(460, 646, "Education"),
        line(110, 632, "Of them in the hills"),
        line(370, 632, "30"),
    ];
    let text = take(&pdf(&[rows])).text;
    assert_eq!(
        text,
        "No\tTarget of the plan\tUnit\tYear 2030\tIn charge\n\
         1\tEnterprises of science and technology in the area\tEnter-prise\t120\tScience and technology\n\
         2\tSchools with fast lines\tSchool\t90\tEducation\n\
         Of them in the hills\t30\n"
    );
}
