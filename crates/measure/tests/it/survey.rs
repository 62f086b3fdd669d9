//! Estimates from samples, against R 4.2 with its package survey 4.1 on the same answers.

use catalogue::Unit;
use measure::survey::{Estimate, Parameters, Response, Sought, Stratum, estimate};
use proptest::prelude::*;

const SIZES: [(&str, u64); 3] = [("lon", 40), ("vua", 260), ("nho", 2_100)];
const YES: [&[u8]; 3] = [
    &[1, 1, 0, 1, 1, 0],
    &[1, 0, 0, 1, 0, 1, 0, 0, 1, 0],
    &[0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1],
];
const WEIGHTS: [&[f64]; 3] = [
    &[6.0, 7.0, 6.5, 8.0, 6.0, 7.0],
    &[25.0, 26.0, 27.0, 25.0, 24.0, 28.0, 26.0, 25.0, 26.0, 27.0],
    &[
        150.0, 151.0, 140.0, 160.0, 148.0, 152.0, 150.0, 149.0, 155.0, 145.0, 150.0, 151.0, 149.0,
        150.0,
    ],
];
const SPENT: [&[f64]; 3] = [
    &[12.5, 30.0, 4.0, 18.2, 22.0, 9.0],
    &[3.0, 5.5, 4.2, 6.0, 2.1, 7.7, 3.3, 4.4, 5.0, 2.0],
    &[
        0.5, 0.8, 1.2, 0.1, 0.0, 0.4, 2.2, 1.9, 0.7, 0.3, 0.9, 1.1, 0.6, 0.2,
    ],
];

fn strata(sized: bool) -> Vec<Stratum> {
    (SIZES.iter())
        .map(|(name, size)| Stratum {
            name: (*name).into(),
            population: sized.then_some(*size),
        })
        .collect()
}

fn responses(answer: impl Fn(usize, usize) -> f64, weighted: bool) -> Vec<Response> {
    let of = |h: usize| (0..YES[h].len()).map(move |i| (h, i));
    (0..3)
        .flat_map(of)
        .map(|(h, i)| Response {
            stratum: h,
            weight: weighted.then(|| WEIGHTS[h][i]),
            answer: Some(answer(h, i)),
        })
        .collect()
}

fn yes(h: usize, i: usize) -> f64 {
    f64::from(YES[h][i])
}

fn asked(strata: &[Stratum], responses: &[Response], sought: Sought) -> Estimate {
    let unit = match sought {
        Sought::Share => Unit::Percent,
        Sought::Total => Unit::Count(catalogue::Label::new("doanh nghiệp", "enterprises")),
        Sought::Mean => Unit::BillionVnd,
    };
    estimate(strata, responses, sought, &unit, Parameters::default()).expect("an estimate")
}

/// Estimate, standard error, lower and upper end.
fn close(found: &Estimate, expected: [f64; 4], tolerance: f64) {
    let told = [
        found.figure.value(),
        found.standard_error,
        found.interval.low.value(),
        found.interval.high.value(),
    ];
    for (told, expected) in told.iter().zip(expected) {
        assert!((told - expected).abs() < tolerance, "{told} for {expected}");
    }
}

#[test]
fn a_share_of_a_stratified_sample_of_a_known_population() {
    let found = asked(&strata(true), &responses(yes, false), Sought::Share);
    let expected = [
        24.194_444_444_4,
        10.080_267_540_3,
        7.507_264_540_4,
        49.804_891_696_9,
    ];
    close(&found, expected, 1e-8);
    assert_eq!((found.asked, found.answers), (30, 30));
    // p(1 − p) over the variance.
    let effective = 0.241_944_444_444 * (1.0 - 0.241_944_444_444) / 0.100_802_675_403_f64.powi(2);
    assert!((found.effective.expect("it varies") - effective).abs() < 1e-6);
    assert!(
        !found.firm,
        "an interval 42 points wide, on 18 answers' worth"
    );
}

#[test]
fn a_total_is_the_population_times_the_share() {
    let found = asked(&strata(true), &responses(yes, false), Sought::Total);
    let expected = [
        580.666_666_667,
        241.926_420_968,
        0.075_072_645_404 * 2_400.0,
        0.498_048_916_969 * 2_400.0,
    ];
    close(&found, expected, 1e-6);
}

#[test]
fn weights_without_a_known_population() {
    let spent = responses(|h, i| SPENT[h][i], true);
    let found = asked(&strata(false), &spent, Sought::Mean);
    let expected = [
        1.419_045_634_507,
        0.179_284_169_386,
        1.051_184_904_639,
        1.786_906_364_376,
    ];
    close(&found, expected, 1e-8);
    let found = asked(&strata(false), &spent, Sought::Total);
    assert!((found.figure.value() - 3_405.0).abs() < 1e-6);
    assert!((found.standard_error - 426.719_292_828).abs() < 1e-6);
    let found = asked(&strata(false), &responses(yes, true), Sought::Share);
    let expected = [
        23.754_948_947_7,
        9.959_214_773_7,
        7.322_104_099_9,
        49.167_152_869_7,
    ];
    close(&found, expected, 1e-8);
}

#[test]
fn one_stratum_is_a_simple_random_sample() {
    let all = [Stratum {
        name: "all".into(),
        population: None,
    }];
    let mut answers = responses(yes, false);
    for answer in &mut answers {
        *answer = Response {
            stratum: 0,
            weight: Some(80.0),
            ..*answer
        };
    }
    let found = asked(&all, &answers, Sought::Share);
    assert!((found.figure.value() - 36.666_666_666_7).abs() < 1e-8);
    assert!((found.interval.low.value() - 19.668_513_459_7).abs() < 1e-8);
    assert!((found.interval.high.value() - 56.499_628_878_7).abs() < 1e-8);
}

#[test]
fn who_did_not_answer_counts_for_nothing_but_is_told() {
    let mut answers = responses(yes, false);
    let before = asked(&strata(true), &answers, Sought::Share);
    answers.push(Response {
        stratum: 2,
        weight: None,
        answer: None,
    });
    let after = asked(&strata(true), &answers, Sought::Share);
    assert_eq!(after.figure, before.figure);
    assert_eq!((after.asked, after.answers), (31, 30));
    assert_eq!((after.parts[2].asked, after.parts[2].answers), (15, 14));
}

#[test]
fn where_everybody_was_asked_there_is_no_error() {
    let counted: Vec<Stratum> = (strata(true).into_iter().zip(YES))
        .map(|(stratum, answers)| Stratum {
            population: Some(answers.len() as u64),
            ..stratum
        })
        .collect();
    for sought in [Sought::Share, Sought::Mean, Sought::Total] {
        let found = asked(&counted, &responses(yes, false), sought);
        assert_eq!(found.interval.low, found.figure);
        assert_eq!(found.interval.high, found.figure);
    }
}

#[test]
fn nobody_said_yes_is_not_nothing() {
    let found = asked(&strata(true), &responses(|_, _| 0.0, false), Sought::Share);
    assert!(found.figure.value().abs() < 1e-12 && found.interval.low.value().abs() < 1e-12);
    // The rule of three: about 3 in 30, a little more for the degrees of freedom the strata take.
    let high = found.interval.high.value();
    assert!((11.0..12.5).contains(&high), "{high}");
}

#[test]
fn what_cannot_be_estimated_is_refused_by_name() {
    let good = responses(yes, false);
    let refused = |strata: &[Stratum], responses: &[Response], sought| {
        let unit = Unit::Percent;
        let told = estimate(strata, responses, sought, &unit, Parameters::default());
        told.expect_err("it is refused").to_string()
    };
    let mut lonely = good.clone();
    lonely.retain(|r| r.stratum != 0);
    assert!(refused(&strata(true), &lonely, Sought::Share).contains("“lon” has no answer"));
    lonely.push(good[0]);
    assert!(refused(&strata(true), &lonely, Sought::Share).contains("a single answer"));
    assert!(refused(&strata(false), &good, Sought::Share).contains("one of them is needed"));
    let mut small = strata(true);
    small[1].population = Some(9);
    assert!(refused(&small, &good, Sought::Share).contains("10 answers but a population of 9"));
    let spent = responses(|h, i| SPENT[h][i], false);
    assert!(refused(&strata(true), &spent, Sought::Share).contains("takes 1 (yes) or 0 (no)"));
    let mut odd = responses(yes, true);
    odd[3].weight = Some(-1.0);
    assert!(refused(&strata(false), &odd, Sought::Share).contains("above 0"));
    odd[3].stratum = 7;
    assert!(refused(&strata(false), &odd, Sought::Share).contains("not listed"));
    assert!(refused(&[], &[], Sought::Share).contains("no stratum"));
}

proptest! {
    /// Any sample: the estimate lies in its interval, a share between 0 and 100, and neither the order of the
    /// answers within a stratum nor a common factor of the weights changes a share.
    #[test]
    fn a_share_keeps_within_its_bounds(
        answers in prop::collection::vec((0..3_usize, any::<bool>(), 1_u32..500), 12..60),
        factor in 1_u32..9,
    ) {
        let strata = strata(false);
        let mut all: Vec<Response> = (0..3).flat_map(|stratum| [(stratum, true, 1), (stratum, false, 2)])
            .chain(answers)
            .map(|(stratum, yes, weight)| Response {
                stratum,
                weight: Some(f64::from(weight)),
                answer: Some(f64::from(u8::from(yes))),
            })
            .collect();
        let found = asked(&strata, &all, Sought::Share);
        let (value, low, high) =
            (found.figure.value(), found.interval.low.value(), found.interval.high.value());
        prop_assert!((0.0..=100.0).contains(&low) && low <= value && value <= high && high <= 100.0);
        all.reverse();
        for response in &mut all {
            response.weight = response.weight.map(|w| w * f64::from(factor));
        }
        let again = asked(&strata, &all, Sought::Share);
        prop_assert!((again.figure.value() - value).abs() < 1e-9);
        prop_assert!((again.interval.low.value() - low).abs() < 1e-6);
        prop_assert!((again.interval.high.value() - high).abs() < 1e-6);
    }
}
