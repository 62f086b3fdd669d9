//! What must hold between figures that are each stated: a share of growth that would need another growth.

use access::{OrgId, Refusal};
use activation::{Directory, Pinned};
use catalogue::{Definition, Stage};
use observation::{
    AcceptBatch, BatchRow, Book, Doubt, ObservationProjection, Record, Standing, decide_record,
    looked_at, record, review,
};

use crate::store::written;
use crate::support::{TODAY, figure, focal, key, verdict};

fn indicator(id: &str, relations: &str) -> Definition {
    let text = format!(
        r#"[def]
kind = "indicator"
id = "{id}"
version = "1"
label = {{ vi = "Chỉ số {id}", en = "Indicator {id}" }}
source = "đặt ra để thử"
valid_from = "2020-01-01"

[value]
unit = "percent"
direction = "higher_is_better"
decimals = 2

[series]
periodicity = "year"
prevailing = {{ stages = ["official", "preliminary", "estimated", "reported"], vintage = "latest" }}
merger = "not_combined"
merger_source = "chưa xác định"
source_agency = {{ vi = "Chi cục", en = "Branch" }}
{relations}"#
    );
    catalogue::parse("thu.toml", &text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn directory() -> Directory {
    let relation = |of: &str, tolerance: &str| {
        format!(
            "\n[[relations]]\nexpression = \"{of}\"\ntolerance = \"{tolerance}\"\nsource = \"đặt ra để thử\"\n"
        )
    };
    let areas = r#"[def]
kind = "areas"
id = "thu"
version = "1"
label = { vi = "Địa bàn thử", en = "Areas to test with" }
source = "đặt ra để thử"

[[list.areas]]
code = "12"
valid_from = "2025-07-01"
level = "province"
name = "Mới"
full_name = "Tỉnh Mới"

[[list.areas]]
code = "14"
level = "province"
name = "Bên Cạnh"
full_name = "Tỉnh Bên Cạnh"
"#;
    let definitions = [
        catalogue::parse("thu.toml", areas).unwrap_or_else(|faults| panic!("{faults:?}")),
        indicator("growth", ""),
        indicator("productivity_growth", &relation("share * growth", "0.1")),
        indicator("share", &relation("productivity_growth / growth", "1")),
    ];
    let pinned = definitions.into_iter().map(|definition| Pinned {
        hash: catalogue::hash_hex(&definition),
        definition,
    });
    Directory::of(1, pinned.collect())
}

fn told(indicator: &str, area: &str, value: &str) -> Record {
    Record {
        key: key(indicator, area),
        figure: figure("2025", value, Stage::Reported),
        organisation: OrgId("so-nong".into()),
        ..crate::support::record("place", "2025", "1")
    }
}

/// Kon Tum 2016–2020 fits (35.95 % of 7.51 % a year is 2.7 %); Hà Giang 2011–2020 does not (10.26 % of 13.3 % would be
/// needed for 1.36 %).
#[tokio::test]
async fn a_figure_that_others_contradict_is_asked_back() {
    let test = journal::testing::journal(vec![Box::new(ObservationProjection)]).await;
    let (journal, directory, sender) = (&test.journal, directory(), focal("so-nong"));
    let book = Book::new(&directory);
    let enter = async |command: &Record| record(journal, &sender, command, book, None).await;
    let here = "12@2025-07-01";
    written(enter(&told("growth", here, "7.51")).await);
    written(enter(&told("productivity_growth", here, "2.70")).await);
    written(enter(&told("share", here, "35.95")).await);

    // Nothing is said while a part is missing; the last of the three is asked about.
    written(enter(&told("share", "14@", "10.26")).await);
    written(enter(&told("growth", "14@", "6.2")).await);
    let last = told("productivity_growth", "14@", "1.36");
    match enter(&last).await {
        Err(Refusal::Invalid { faults }) => {
            let said = &faults[0].say;
            assert!(said.en.contains("share * growth = 0.63612"), "{}", said.en);
            assert!(said.vi.contains("0,63612"), "{}", said.vi);
        }
        other => panic!("{}", verdict(other)),
    }
    let mut noted = last;
    noted.acknowledge = true;
    noted.figure.note = Some("theo niên giám, đã hỏi lại".into());
    written(enter(&noted).await);
}

/// The rows of a file are held against each other as well as against what stands.
#[test]
fn rows_of_a_file_are_held_against_each_other() {
    let directory = directory();
    let book = Book::new(&directory);
    let row = |indicator: &str, value: &str| BatchRow {
        key: key(indicator, "14@"),
        figure: figure("2025", value, Stage::Reported),
    };
    let rows = vec![
        row("growth", "13.3"),
        row("productivity_growth", "1.36"),
        row("share", "10.26"),
    ];
    let sent =
        |rows: &[BatchRow]| AcceptBatch::new(OrgId("so-nong".into()), "niên giám", rows.to_vec());
    let found = |rows: &[BatchRow]| -> Vec<bool> {
        let reviewed = review(
            &sent(rows),
            &Standing::new(),
            book,
            &focal("so-nong"),
            TODAY,
        );
        let odd = |doubts: &[Doubt]| doubts.iter().any(|d| matches!(d, Doubt::DoesNotFit { .. }));
        reviewed.iter().map(|one| odd(&one.doubts)).collect()
    };
    assert_eq!(found(&rows), [false, false, false]);
    let mut wrong = rows.clone();
    wrong[0] = row("growth", "6.2");
    assert_eq!(found(&wrong), [false, true, true]);
    assert_eq!(found(&wrong[1..]), [false, false], "growth is not there");
    let looked_at = looked_at(&rows[2..], &directory);
    assert!(looked_at.contains(&key("growth", "14@")));

    // Another area's figures, or another year's, say nothing.
    let state = observation::SeriesState::default();
    let outcome = decide_record(
        &state,
        &[],
        &told("share", "14@", "99"),
        book,
        &focal("so-nong"),
        TODAY,
    );
    assert_eq!(verdict(outcome), "ok");
}
