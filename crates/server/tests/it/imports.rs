//! Figures that come in by files: staged, shown, accepted or thrown away, confirmed or returned.

use access::{NewAccount, OrgId, Role, Scope};
use interchange::cell::CellFault;
use interchange::workbook::{self, Field};
use interchange::xlsx::{Limits, Value};

use crate::client::{Client, Reply};
use crate::world::{PASSWORD, World, run};

/// An officer of the department of science and technology who reports its figures and keeps nothing.
async fn reporter(world: &World) -> Client {
    let new = NewAccount {
        login: "reporter".into(),
        name: "Người báo cáo".into(),
        password: PASSWORD.into(),
        role: Role::FocalOfficer,
        organisation: Some(OrgId("so-khcn".into())),
        key: None,
    };
    let opened = world.app.accounts.open(&Scope::system(), &new).await;
    opened.expect("an account");
    world.person("reporter").await
}

async fn send(client: &mut Client, name: &str, content: &[u8]) -> Reply {
    client
        .upload("/imports", &[], &[("file", name, content)])
        .await
}

/// Where a form led.
fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text());
    reply.header("location").to_owned()
}

const TABLE: &str = "Chỉ số;Địa bàn;Năm;Giá trị;Loại số liệu\n\
    innovating_enterprises;66;2025;120;báo cáo\n\
    Doanh nghiệp có hoạt động đổi mới sáng tạo, nghiên cứu và phát triển;Tỉnh Đắk Lắk;2026;130;ước thực hiện\n";

const ROLES: [(&str, &str); 5] = [
    ("role-0", "indicator"),
    ("role-1", "area"),
    ("role-2", "period"),
    ("role-3", "value"),
    ("role-4", "stage"),
];

/// Sends a table and says what its columns mean; the address of the difference.
async fn staged(client: &mut Client, content: &str) -> String {
    let columns = location(&send(client, "so-lieu.csv", content.as_bytes()).await);
    client.get(&columns).await.assert_page(200);
    location(&client.post(&columns, &ROLES).await)
}

#[test]
fn a_table_is_mapped_shown_accepted_once_and_taken_back_whole() {
    run(async {
        let world = World::own().await;
        let mut reporter = reporter(&world).await;
        let text = TABLE;
        let before = world.head().await;
        let columns = location(&send(&mut reporter, "so-lieu.csv", text.as_bytes()).await);
        let page = reporter.get(&columns).await.assert_page(200);
        assert!(
            columns.ends_with("/columns") && page.contains("120 · 130"),
            "{page}"
        );
        let guessed = reporter.rows(&columns).await;
        let roles: Vec<&str> = guessed.iter().map(|row| row[2].as_str()).collect();
        assert_eq!(roles, ["indicator", "area", "period", "value", "stage"]);
        let twice = [("role-0", "indicator"), ("role-1", "indicator")];
        reporter.post(&columns, &twice).await.assert_page(422);
        let address = location(&reporter.post(&columns, &ROLES).await);
        let shown = reporter.json(&address).await;
        assert_eq!(shown["counts"]["new"], 2, "{shown}");
        assert_eq!(shown["counts"]["doubtful"], 2, "no paper is attached");
        assert_eq!(world.head().await, before, "nothing is recorded yet");

        // Seen by the sender and by whoever confirms; accepted by the sender alone.
        for (who, status) in [
            ("officer", 200),
            ("focal", 404),
            ("leader", 404),
            ("inspector", 404),
        ] {
            let mut client = world.person(who).await;
            client.get(&address).await.assert_page(status);
        }
        let accept = format!("{address}/accept");
        let mut officer = world.person("officer").await;
        officer.post(&accept, &[]).await.assert_page(403);

        let page = reporter.post(&accept, &[]).await.assert_page(422);
        assert!(page.contains("2 dòng có giá trị khác thường"), "{page}");
        let stale = [("sign", "0000"), ("acknowledge", "yes"), ("note", "đã đếm")];
        reporter.post(&accept, &stale).await.assert_page(409);
        let agreed = [
            ("acknowledge", "yes"),
            ("note", "đã đếm"),
            ("source", "Biểu quý"),
        ];
        let batch = location(&reporter.post(&accept, &agreed).await);
        assert_eq!(
            location(&reporter.post(&accept, &agreed).await),
            batch,
            "sent twice"
        );
        assert_eq!(location(&reporter.get(&address).await), batch);
        assert_eq!(world.head().await, before + 1, "one entry");
        let accepted = reporter.json(&batch).await;
        assert_eq!(
            (&accepted["count"], &accepted["state"]),
            (&2.into(), &"waiting".into())
        );

        // The next table with these headings is understood without asking.
        let again = text.replace(";130;", ";131;");
        let address = location(&send(&mut reporter, "lan-hai.csv", again.as_bytes()).await);
        let shown = reporter.json(&address).await;
        assert_eq!(shown["counts"]["same"], 1, "{shown}");
        assert_eq!(shown["counts"]["revised"], 1);
        let row = shown["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .find(|row| row["change"] == "revised");
        let row = row.expect("the changed one");
        assert_eq!((&row["old"], &row["value"]), (&"130".into(), &"131".into()));
        let page = reporter.get(&address).await.assert_page(200);
        assert!(page.contains("+1"), "{page}");
        let gone = location(&reporter.post(&format!("{address}/discard"), &[]).await);
        assert_eq!(gone, "/imports");
        reporter.get(&address).await.assert_page(404);

        let undo = format!("{batch}/undo");
        reporter.post(&undo, &[]).await.assert_faults(&["reason"]);
        let reason = [("reason", "nhầm tệp")];
        assert_eq!(location(&reporter.post(&undo, &reason).await), batch);
        let left = reporter
            .json("/observations?indicator=innovating_enterprises")
            .await;
        assert_eq!(left["total"], 0, "{left}");
        assert_eq!(reporter.json(&batch).await["state"], "undone");
    });
}

#[test]
fn faulty_rows_are_told_by_their_cells_and_left_out_only_when_that_is_said() {
    run(async {
        let world = World::own().await;
        let mut reporter = reporter(&world).await;
        let text = "Chỉ số;Địa bàn;Năm;Giá trị;Loại số liệu\n\
            innovating_enterprises;66;2025;120;báo cáo\n\
            innovating_enterprises;66;2031;120;báo cáo\n\
            innovating_enterprises;Tỉnh Không Có;2025;12;báo cáo\n\
            innovating_enterprises;66;2024;mười;báo cáo\n\
            cashless_transactions;66;2024;10;báo cáo\n\
            innovating_enterprises;66;2023;-;báo cáo\n";
        let address = staged(&mut reporter, text).await;
        let shown = reporter.json(&address).await;
        assert_eq!(shown["counts"]["faulty"], 4, "{shown}");
        assert_eq!(shown["counts"]["new"], 2, "nothing arose is a zero");
        let cells: Vec<&str> = shown["faults"]
            .as_array()
            .expect("faults")
            .iter()
            .filter_map(|fault| fault["at"].as_str())
            .collect();
        assert!(
            ["C3", "B4", "D5", "A6"].iter().all(|c| cells.contains(c)),
            "{cells:?}"
        );
        let accept = format!("{address}/accept");
        let agreed = [("acknowledge", "yes"), ("note", "đã đếm")];
        let page = reporter.post(&accept, &agreed).await.assert_page(422);
        assert!(page.contains("không có 4 dòng lỗi"), "{page}");
        let wrong = [("acknowledge", "yes"), ("note", "đã đếm"), ("without", "3")];
        reporter.post(&accept, &wrong).await.assert_page(422);
        let said = [("acknowledge", "yes"), ("note", "đã đếm"), ("without", "4")];
        let batch = location(&reporter.post(&accept, &said).await);
        let accepted = reporter.json(&batch).await;
        assert_eq!(
            (&accepted["count"], &accepted["left_out"]),
            (&2.into(), &4.into())
        );
        let other = reporter
            .json("/observations?indicator=cashless_transactions")
            .await;
        assert_eq!(other["total"], 0, "not an indicator of this department");
    });
}

/// The workbook as it was fetched, with some cells filled in.
fn filled(bytes: &[u8], fill: &[(&str, Field, Value)]) -> Vec<u8> {
    let mut back = workbook::read(bytes, Limits::default()).expect("ours");
    for (indicator, field, value) in fill {
        let asked = back
            .form
            .rows
            .iter()
            .position(|row| row.indicator.as_str() == *indicator);
        let asked = asked.expect("an indicator of the form");
        let row = back
            .rows
            .iter_mut()
            .find(|row| row.asked == asked)
            .expect("its row");
        row.cells.insert(*field, value.clone());
    }
    workbook::mark(&back, &[] as &[CellFault]).expect("a workbook")
}

#[test]
fn a_workbook_goes_out_comes_back_and_is_sent_again_with_its_faults() {
    run(async {
        let world = World::own().await;
        let mut reporter = reporter(&world).await;
        let offer = reporter.json("/workbooks").await;
        assert_eq!(
            (&offer["organisation"], &offer["period"]),
            (&"so-khcn".into(), &"2025".into())
        );
        let asked = offer["rows"].as_array().expect("rows");
        assert!(
            asked
                .iter()
                .any(|row| row["indicator"] == "innovating_enterprises"),
            "{offer}"
        );
        assert!(
            asked
                .iter()
                .all(|row| row["indicator"] != "innovating_enterprises_pct"),
            "computed"
        );
        let file = reporter
            .get("/workbooks/file?organisation=so-khcn&period=2025")
            .await;
        assert_eq!(file.status, 200);
        let text = |text: &str| Value::Text(text.into());
        let wrong = filled(
            &file.bytes,
            &[
                (
                    "innovating_enterprises",
                    Field::Value,
                    Value::Number("12.5".parse().expect("a number")),
                ),
                ("innovating_enterprises", Field::Stage, text("báo cáo")),
                (
                    "innovating_enterprises",
                    Field::Evidence,
                    text("12/BC-SKHCN"),
                ),
            ],
        );
        let address = location(&send(&mut reporter, "bieu.xlsx", &wrong).await);
        let shown = reporter.json(&address).await;
        assert_eq!(
            (&shown["kind"], &shown["counts"]["faulty"]),
            (&"workbook".into(), &1.into())
        );
        let page = reporter.get(&address).await.assert_page(200);
        assert!(
            page.contains("Số liệu!I"),
            "the sheet and the cell are named: {page}"
        );
        let marked = reporter.get(&format!("{address}/marked")).await;
        assert_eq!(marked.status, 200);
        let mut book =
            interchange::xlsx::Book::open(&marked.bytes, Limits::default()).expect("a book");
        assert!(
            book.sheets().iter().any(|sheet| sheet == "Lỗi cần sửa"),
            "{:?}",
            book.sheets()
        );
        assert!(book.cells("Lỗi cần sửa").expect("cells").len() > 3);

        let right = filled(
            &marked.bytes,
            &[(
                "innovating_enterprises",
                Field::Value,
                Value::Number(12.into()),
            )],
        );
        let address = location(&send(&mut reporter, "bieu.xlsx", &right).await);
        let shown = reporter.json(&address).await;
        assert_eq!(shown["counts"]["new"], 1, "{shown}");
        assert_eq!(shown["counts"]["doubtful"], 0, "its paper is named");
        let batch = location(&reporter.post(&format!("{address}/accept"), &[]).await);
        assert_eq!(reporter.json(&batch).await["count"], 1);

        // A workbook made for somebody else is not taken for one's own.
        let mut focal = world.person("focal").await;
        let address = location(&send(&mut focal, "bieu.xlsx", &right).await);
        let page = focal.get(&address).await.assert_page(200);
        assert!(page.contains("biểu này lập cho"), "{page}");
        focal
            .get("/workbooks/file?organisation=so-khcn&period=2025")
            .await
            .assert_page(403);
    });
}

#[test]
fn sdmx_csv_comes_in() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let text = "DATAFLOW,FREQ,INDICATOR,REF_AREA,STAGE,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,VINTAGE,SOURCE,NUMERATOR,DENOMINATOR,METHOD,NOTE\n\
            VN66:INDICATORS(1.0),A,cashless_transactions_pct,66@2025-07-01,official,2024,55.25,PERCENT,2025-03-01,NGTK,,,,\n\
            VN66:INDICATORS(1.0),A,no_such,66@2025-07-01,official,2024,1,PERCENT,2025-03-01,NGTK,,,,\n";
        let address = location(&send(&mut officer, "sdmx.csv", text.as_bytes()).await);
        let shown = officer.json(&address).await;
        assert_eq!(
            (
                &shown["kind"],
                &shown["counts"]["new"],
                &shown["counts"]["faulty"]
            ),
            (&"sdmx".into(), &1.into(), &1.into()),
            "{shown}"
        );
        let said = [("without", "1")];
        let batch = location(&officer.post(&format!("{address}/accept"), &said).await);
        let accepted = officer.json(&batch).await;
        assert_eq!(
            (&accepted["state"], &accepted["left_out"]),
            (&"accepted".into(), &1.into())
        );
    });
}

#[test]
fn odd_files_are_refused_with_what_to_do() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        let mut officer = world.person("officer").await;
        for (name, content, says) in [
            (
                "cu.xls",
                &[0xD0u8, 0xCF, 0x11, 0xE0, 0, 0][..],
                "lưu lại dạng .xlsx",
            ),
            ("rong.csv", b"", "Chưa chọn tệp"),
            (
                "hong.xlsx",
                b"PK\x03\x04 khong phai zip",
                "Không đọc được tệp",
            ),
            (
                "bang.ods",
                b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
                "định dạng .ods; hãy lưu lại dạng .xlsx",
            ),
            ("mat.csv", "MẬT\n\nChỉ số;Giá trị\n".as_bytes(), "dấu mật"),
            (
                "anh.csv",
                &[0x89, b'P', b'N', b'G', 0, 0, 0, 1],
                "Không đọc được tệp",
            ),
        ] {
            let page = send(&mut officer, name, content).await.assert_page(422);
            assert!(page.contains(says), "{name}: {page}");
        }
        assert_eq!(world.head().await, head);
    });
}

#[test]
fn a_staged_file_is_there_in_another_process() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let address = staged(&mut officer, TABLE).await;
        let beside = world.beside().await;
        let mut there = officer.on(beside.router.clone());
        let shown = there.json(&address).await;
        assert_eq!(shown["counts"]["new"], 2, "{shown}");
    });
}

#[test]
fn what_was_handed_in_is_confirmed_or_returned_and_completeness_follows() {
    run(async {
        let world = World::own().await;
        let mut reporter = reporter(&world).await;
        let own = "/completeness?period=2025";
        let status = |told: &serde_json::Value| {
            let figures = told["figures"].as_array().expect("figures").iter();
            let figure = figures
                .clone()
                .find(|f| f["indicator"] == "innovating_enterprises");
            let figure = figure.expect("it is owed");
            (
                figure["status"].as_str().expect("a status").to_owned(),
                figure["waiting"].as_bool(),
            )
        };
        let told = reporter.json(own).await;
        let organisations = told["organisations"].as_array().expect("organisations");
        assert_eq!(
            organisations.len(),
            1,
            "no other organisation is counted: {told}"
        );
        assert_eq!(status(&told), ("owed".into(), Some(false)));
        let mut focal = world.person("focal").await;
        assert_eq!(focal.json(own).await["figures"], serde_json::json!([]));
        let mut leader = world.person("leader").await;
        let all = leader.json(own).await;
        assert!(
            all["organisations"]
                .as_array()
                .expect("organisations")
                .len()
                > 1,
            "{all}"
        );
        let mine = reporter.json("/my-work").await;
        let owed_before = mine["figures_owed"].as_array().expect("owed").len();
        assert!(owed_before > 0);

        let agreed = [("acknowledge", "yes"), ("note", "đã đếm")];
        let address = staged(&mut reporter, TABLE).await;
        let batch = location(&reporter.post(&format!("{address}/accept"), &agreed).await);
        assert_eq!(
            status(&reporter.json(own).await),
            ("given".into(), Some(true))
        );
        let mut officer = world.person("officer").await;
        assert_eq!(officer.json("/my-work").await["batches_to_confirm"], 1);
        assert_eq!(officer.json("/batches?state=waiting").await["total"], 1);
        for who in ["reporter", "focal", "leader", "assigner"] {
            let mut client = world.person(who).await;
            client
                .post(&format!("{batch}/confirm"), &[])
                .await
                .assert_page(403);
        }
        officer
            .post(&format!("{batch}/return"), &[])
            .await
            .assert_faults(&["reason"]);
        let reason = [("reason", "thiếu bảng kê")];
        location(&officer.post(&format!("{batch}/return"), &reason).await);
        assert_eq!(
            status(&reporter.json(own).await),
            ("returned".into(), Some(false))
        );
        let page = reporter.get(&batch).await.assert_page(200);
        assert!(
            page.contains("thiếu bảng kê") && page.contains("yêu cầu bổ sung"),
            "{page}"
        );

        // The same file is new again, and confirmed this time.
        let address = location(&send(&mut reporter, "lai.csv", TABLE.as_bytes()).await);
        let batch = location(&reporter.post(&format!("{address}/accept"), &agreed).await);
        location(&officer.post(&format!("{batch}/confirm"), &[]).await);
        assert_eq!(
            status(&reporter.json(own).await),
            ("given".into(), Some(false))
        );
        reporter
            .post(&format!("{batch}/undo"), &reason)
            .await
            .assert_page(403);
        let mine = reporter.json("/my-work").await;
        assert_eq!(
            mine["figures_owed"].as_array().expect("owed").len(),
            owed_before - 1
        );
    });
}

/// Waits until a job has come to its end; where its outcome is seen.
async fn done(client: &mut Client, job: &str) -> String {
    for _ in 0..1200 {
        let told = client.json(job).await;
        if told["ended"] == true {
            assert_eq!(told["state"], "done", "{told}");
            return told["see"].as_str().expect("an outcome").to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{job} did not come to its end");
}

const LONG_ROLES: [(&str, &str); 6] = [
    ("role-0", "indicator"),
    ("role-1", "area"),
    ("role-2", "period"),
    ("role-3", "value"),
    ("role-4", "stage"),
    ("role-5", "vintage"),
];

/// A file of so many rows, twelve thousand at most: four indicators by months, in two stages.
fn long_table(rows: usize) -> String {
    let indicators = [
        "innovating_enterprises",
        "enterprises_total",
        "dossiers_total",
        "transactions_total",
    ];
    let mut text = "Chỉ số;Địa bàn;Kỳ;Giá trị;Loại số liệu;Ngày công bố\n".to_owned();
    for number in 0..rows {
        let (indicator, month) = (indicators[number % 4], number / 4 % 1_500);
        let (year, month) = (1900 + month / 12, month % 12 + 1);
        let stage = ["chính thức", "sơ bộ"][number / 6_000 % 2];
        text += &format!("{indicator};66@2025-07-01;{year}-M{month:02};5;{stage};2026-02-01\n");
    }
    text
}

#[test]
fn a_large_file_is_checked_and_accepted_by_jobs_and_taken_back_whole() {
    run(async {
        let world = World::own().await;
        let stop = tokio_util::sync::CancellationToken::new();
        let _guard = stop.clone().drop_guard();
        tokio::spawn(server::run_jobs(world.app.clone(), stop));
        let mut officer = world.person("officer").await;
        let mut text = long_table(12_000);
        text += "innovating_enterprises;66@2025-07-01;1900-M01;7;chính thức;2026-02-01\n";
        text += "innovating_enterprises;66@2025-07-01;2031-M01;7;chính thức;2026-02-01\n";
        let columns = location(&send(&mut officer, "dai.csv", text.as_bytes()).await);
        let head = world.head().await;
        let job = location(&officer.post(&columns, &LONG_ROLES).await);
        let address = done(&mut officer, &job).await;
        let shown = officer.json(&address).await;
        assert_eq!(
            shown["counts"]["faulty"], 2,
            "a double far away, and a period to come: {shown}"
        );
        let changed = &shown["counts"];
        let total = changed["new"].as_u64().unwrap_or(0) + changed["revised"].as_u64().unwrap_or(0);
        assert_eq!(total, 12_000, "{changed}");
        assert_eq!(world.head().await, head, "nothing is recorded yet");
        let accept = format!("{address}/accept");
        officer.post(&accept, &[]).await.assert_page(422);
        let said = [
            ("without", "2"),
            ("acknowledge", "yes"),
            ("note", "đã rà soát"),
        ];
        let job = location(&officer.post(&accept, &said).await);
        let list = done(&mut officer, &job).await;
        assert_eq!(
            world.head().await,
            head + 2,
            "an entry for ten thousand rows"
        );
        let batches = officer.json(&list).await;
        let counts = batches["batches"].as_array().expect("batches").iter();
        let sum: u64 = counts.filter_map(|batch| batch["count"].as_u64()).sum();
        assert_eq!(sum, 12_000, "{batches}");
        let listed = officer.json("/observations?indicator=dossiers_total").await;
        assert_eq!(listed["total"], 3_000);
        let import = list.split('=').nth(1).expect("an import").to_owned();
        let undo = format!("/imports/{import}/undo");
        officer.post(&undo, &[]).await.assert_faults(&["reason"]);
        let mut focal = world.person("focal").await;
        focal.post(&undo, &[("reason", "x")]).await.assert_page(403);
        location(&officer.post(&undo, &[("reason", "nhầm tệp")]).await);
        assert_eq!(world.head().await, head + 3, "one entry");
        let listed = officer.json("/observations?indicator=dossiers_total").await;
        assert_eq!(listed["total"], 0);
    });
}

/// Cancelled after its first batch, a file is not accepted: what was recorded of it goes in one entry. Whoever is so
/// late that the work was done finds all of it. Accepted again, it is all there.
#[test]
fn a_large_file_cancelled_in_the_middle_is_taken_back_whole_and_can_be_accepted_again() {
    run(async {
        let world = World::own().await;
        let stop = tokio_util::sync::CancellationToken::new();
        let _guard = stop.clone().drop_guard();
        tokio::spawn(server::run_jobs(world.app.clone(), stop));
        let mut officer = world.person("officer").await;
        // Every figure and a revision of it: three batches.
        let mut text = long_table(12_000);
        for line in long_table(12_000).lines().skip(1) {
            text += &line
                .replace("2026-02-01", "2026-03-01")
                .replace(";5;", ";6;");
            text.push('\n');
        }
        let rows = text.lines().count() - 1;
        let columns = location(&send(&mut officer, "dai.csv", text.as_bytes()).await);
        let job = location(&officer.post(&columns, &LONG_ROLES).await);
        let address = done(&mut officer, &job).await;
        let shown = officer.json(&address).await;
        let said = [("acknowledge", "yes"), ("note", "đã rà soát")];
        let count = async |officer: &mut Client| {
            let mut sum = 0;
            for indicator in [
                "innovating_enterprises",
                "enterprises_total",
                "dossiers_total",
                "transactions_total",
            ] {
                let told = officer
                    .json(&format!("/observations?indicator={indicator}"))
                    .await;
                sum += told["total"].as_u64().expect("a total");
            }
            sum
        };
        let before = count(&mut officer).await;
        let head = world.head().await;
        let mut follow = world.journal().follow();
        let job = location(&officer.post(&format!("{address}/accept"), &said).await);
        let moved = follow.wait_for(|at| at.head.seq > head).await;
        drop(moved.expect("a batch is recorded"));
        location(&officer.post(&format!("{job}/cancel"), &[]).await);
        // Until the last batch is in or what came is taken back, both are written by the job alone.
        let import = address.trim_start_matches("/imports/").to_owned();
        let stands = async |officer: &mut Client| {
            let told = officer
                .json(&format!("/batches?import={import}&state=standing"))
                .await;
            told["total"].as_u64().expect("a total")
        };
        let whole = rows.div_ceil(10_000) as u64;
        loop {
            let standing = stands(&mut officer).await;
            let waiting = officer.get(&address).await.status == 200;
            match (standing, waiting) {
                (0, true) => break,
                (all, false) if all == whole => return,
                _ => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
        assert_eq!(count(&mut officer).await, before, "nothing of it stands");
        let told = officer.json(&job).await;
        assert_eq!(told["state"], "cancelled", "{told}");
        let page = officer.get(&job).await.assert_page(200);
        assert!(page.contains("được rút lại cả"), "{page}");
        let head = world.head().await;
        let job = location(&officer.post(&format!("{address}/accept"), &said).await);
        done(&mut officer, &job).await;
        assert_eq!(world.head().await, head + whole as i64);
        assert_eq!(count(&mut officer).await, before + rows as u64, "{shown}");
    });
}

/// Marks are looked for in all of a file, whatever it is written in, and in every sheet.
#[test]
fn a_mark_far_down_in_a_file_is_found_and_nothing_of_it_is_kept() {
    run(async {
        let world = World::own().await;
        let mut reporter = reporter(&world).await;
        let head = world.head().await;
        let long = long_table(4_000);
        let marked = format!(
            "{long};;\"TỐI MẬT\";;;\n{}",
            "innovating_enterprises;66;2025;1;báo cáo;2026-02-01\n"
        );
        assert!(long.len() > 64 << 10, "behind the beginning");
        let wide: Vec<u8> = std::iter::once(0xFEFF)
            .chain(marked.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for (name, content) in [("dai.csv", marked.as_bytes()), ("dai.txt", &wide)] {
            let page = send(&mut reporter, name, content).await.assert_page(422);
            assert!(page.contains("dấu mật"), "{name}: {page}");
        }
        let file = reporter
            .get("/workbooks/file?organisation=so-khcn&period=2025")
            .await;
        let note = Value::Text("TUYỆT MẬT".into());
        let ours = filled(
            &file.bytes,
            &[("innovating_enterprises", Field::Note, note)],
        );
        let page = send(&mut reporter, "bieu.xlsx", &ours)
            .await
            .assert_page(422);
        assert!(page.contains("dấu mật"), "{page}");
        let listed = reporter.json("/imports").await;
        assert_eq!(listed["waiting"], serde_json::json!([]), "{listed}");
        let kept = world
            .journal()
            .db()
            .row("SELECT COUNT(*) AS n FROM staged_piece", vec![])
            .await;
        assert_eq!(
            kept.expect("a table")
                .expect("a row")
                .int("n")
                .expect("a number"),
            0
        );
        assert_eq!(world.head().await, head);
        // The same without the mark is taken, however long.
        location(&send(&mut reporter, "dai.csv", long.as_bytes()).await);
    });
}

/// Of whoever does not show the token of the session before the file, no byte is taken.
#[test]
fn a_file_sent_before_the_token_is_refused() {
    run(async {
        let world = World::shared().await;
        let mut officer = world.person("officer").await;
        let token = officer.token.clone();
        for (token, status) in [("", 403), ("0000", 403)] {
            officer.token = token.to_owned();
            let reply = send(&mut officer, "so-lieu.csv", TABLE.as_bytes()).await;
            assert_eq!(reply.status, status, "{}", reply.text());
        }
        let body = format!(
            "--grenze\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{TABLE}\r\n\
             --grenze\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--grenze--\r\n"
        );
        let request = axum::http::Request::post("/imports")
            .header("accept", "text/html")
            .header("content-type", "multipart/form-data; boundary=grenze")
            .body(axum::body::Body::from(body));
        let reply = officer.send(request.expect("a request")).await;
        assert_eq!(reply.status, 403, "{}", reply.text());
    });
}
