//! What stands behind a target's status: grades by rule and vintage, the pace needed, a forecast.

use crate::history::figure;
use crate::world::{World, run};

#[test]
fn grades_by_rule_and_vintage_and_a_forecast_stand_behind_a_target() {
    run(async {
        let world = World::own().await;
        let mut officer = world.person("officer").await;
        let target = world.inner.targets[0];
        let address = format!("/targets/{target}");
        let indicator = officer.json(&address).await["target"]["target"]["terms"]["indicator"]
            .as_str()
            .expect("a linked target")
            .to_owned();
        let record = async |year: i16, value: &str, vintage: &str| {
            let mut figure = figure(&year.to_string(), value, "Niên giám thống kê");
            figure.vintage = vintage.parse().expect("a day");
            world.maker.record("officer", &indicator, figure).await;
        };
        for (year, value) in [
            (2019, "10"),
            (2020, "11"),
            (2021, "12.5"),
            (2022, "13"),
            (2023, "14.5"),
            (2024, "15"),
        ] {
            record(year, value, "2025-04-01").await;
        }
        let page = officer.get(&address).await.assert_page(200);
        for words in [
            "Phân tích",
            "Đánh giá theo từng cách tính",
            "Dự báo",
            "Trung bình của",
            "2026",
            "điểm %",
        ] {
            assert!(page.contains(words), "{words} is not in {page}");
        }
        assert!(!page.contains("công bố lần đầu"), "one vintage only");
        let grades = officer.json(&address).await["grades"].clone();
        let rules: Vec<&str> = grades
            .as_array()
            .expect("grades")
            .iter()
            .map(|g| g["rule"].as_str().expect("a rule"))
            .collect();
        assert_eq!(rules, ["way", "compound", "extrapolated"]);

        // Revised: what was published first may say something else, and is shown beside it.
        record(2025, "9", "2026-04-01").await;
        let page = officer.get(&address).await.assert_page(200);
        assert!(page.contains("công bố lần đầu"), "{page}");
        assert!(page.contains("cho kết luận khác nhau"), "{page}");
        let grades = officer.json(&address).await["grades"].clone();
        assert_eq!(grades.as_array().map(Vec::len), Some(6), "{grades}");
        assert_eq!(grades[0]["grade"], "deteriorating", "{grades}");

        // Whoever may not open the target learns nothing of it.
        assert_eq!(world.visitor().get(&address).await.status, 404);
    });
}
