//! Published scores of indices, recomputed from their parts.

use measure::composite::{Component, PointPart, innovation_index, points_index};

use crate::shared::{close, shared_json};

#[test]
fn the_published_provinces_of_2022() {
    let Some(case) = shared_json("dti_case.json") else {
        return;
    };
    // Most points of the eight main indices, as the case names them.
    let most = [100.0, 100.0, 100.0, 100.0, 100.0, 200.0, 150.0, 150.0];
    let rows = case["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 5);
    for row in rows {
        let value = |at: usize| row[at].as_f64().expect("a number");
        let parts: Vec<PointPart> = most
            .iter()
            .enumerate()
            .map(|(at, most)| PointPart {
                code: at.to_string(),
                most: *most,
                part: value(at + 1),
            })
            .collect();
        let score = points_index(&parts).expect("a score");
        assert!((score.value() - value(9)).abs() < 1e-4, "{row}: {score:?}");
    }
}

#[test]
fn input_and_output_weigh_the_same() {
    let score = innovation_index(&[51.50], &[47.23]).expect("a score");
    assert!(close(score.value(), 49.365, 1e-12));
    let uneven = innovation_index(&[10.0, 20.0, 30.0, 40.0, 50.0], &[60.0, 80.0]);
    assert!(close(uneven.expect("a score").value(), 50.0, 1e-12));
    assert!(innovation_index(&[], &[1.0]).is_err());
    assert!(innovation_index(&[1.0], &[101.0]).is_err());
}

#[test]
fn rules_of_components() {
    for (component, part) in [
        (Component::AllOrNothing { reached: true }, 1.0),
        (Component::AllOrNothing { reached: false }, 0.0),
        (Component::InHalves { halves: 1 }, 0.5),
        (Component::InHalves { halves: 7 }, 1.0),
        (Component::Proportion { share: 0.3 }, 0.3),
        (Component::Proportion { share: 1.3 }, 1.0),
    ] {
        assert_eq!(component.part(), part, "{component:?}");
    }
    let part = |most, part| PointPart {
        code: "x".into(),
        most,
        part,
    };
    assert!(points_index(&[]).is_err());
    assert!(points_index(&[part(0.0, 1.0)]).is_err());
    let refusal = points_index(&[part(10.0, 1.5)]).expect_err("a refusal");
    assert!(refusal.reason.en.contains("\"x\""));
}
