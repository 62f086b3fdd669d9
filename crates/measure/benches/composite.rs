//! A thousand Monte-Carlo replications of an index: of numbers in the shape of COINr's ASEM index (51 units, 49
//! indicators), and of that index itself where `DOTPHA_SHARED` names its data.

use measure::composite::{
    Aggregation, Built, Element, Hierarchy, Method, Normalisation, Options, Plan, Table, build,
    draw, replay,
};

const UNITS: usize = 51;

fn main() {
    divan::main();
}

fn hierarchy() -> Hierarchy {
    let groups = [("conn", 5), ("sust", 3)];
    let mut elements = Vec::new();
    let mut push = |code: String, level, parent: Option<String>| {
        elements.push(Element {
            code,
            level,
            parent,
            weight: 1.0,
            reversed: false,
            denominator: None,
        });
    };
    let mut indicator = 0;
    for (pillar, count) in groups {
        for group in 0..count {
            let name = format!("{pillar}{group}");
            // 49 indicators over 8 groups.
            for _ in 0..if group == 0 && pillar == "conn" { 7 } else { 6 } {
                push(format!("i{indicator}"), 1, Some(name.clone()));
                indicator += 1;
            }
            push(name, 2, Some(pillar.to_owned()));
        }
        push(pillar.to_owned(), 3, Some("index".to_owned()));
    }
    push("index".to_owned(), 4, None);
    Hierarchy::new(elements).expect("a hierarchy")
}

fn data() -> Table {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let columns = (0..49)
        .map(|at| {
            // Every third indicator has a long tail, so that treatment has work to do.
            let tail = if at % 3 == 0 { 8 } else { 1 };
            let values = (0..UNITS)
                .map(|_| Some(next().powi(tail) * 100.0))
                .collect();
            (format!("i{at}"), values)
        })
        .collect();
    let units = (0..UNITS).map(|at| format!("u{at}")).collect();
    Table::new(units, columns).expect("a table")
}

/// The ASEM index as published, its denominated and imputed table.
fn published() -> Option<(Table, Hierarchy)> {
    let folder = std::path::PathBuf::from(std::env::var_os("DOTPHA_SHARED")?);
    let rows = |name: &str| -> Vec<Vec<String>> {
        let path = folder.join("verify/composite").join(name);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_path(path)
            .expect("the cases");
        let texts = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
        reader
            .records()
            .map(|row| texts(row.expect("a row")))
            .collect()
    };
    let elements = rows("asem_iMeta.csv")
        .into_iter()
        .skip(1)
        .filter(|row| !row[0].is_empty())
        .map(|row| Element {
            level: row[0].parse().expect("a level"),
            parent: (!row[8].is_empty()).then(|| row[8].clone()),
            weight: 1.0,
            reversed: row[3] == "-1",
            denominator: None,
            code: row[1].clone(),
        })
        .collect();
    let cells = rows("asem_step_imputed.csv");
    let (head, body) = cells.split_first().expect("a heading");
    let columns = (1..head.len())
        .map(|at| {
            let values = body.iter().map(|row| row[at].parse().ok()).collect();
            (head[at].clone(), values)
        })
        .collect();
    let units = body.iter().map(|row| row[0].clone()).collect();
    let table = Table::new(units, columns).expect("a table");
    Some((table, Hierarchy::new(elements).expect("a hierarchy")))
}

fn prepared(data: &Table, hierarchy: &Hierarchy) -> (Built, Plan) {
    let built = build(data, hierarchy, &Method::default(), None, None).expect("an index");
    let options = Options::with_noise(
        (1..=5).collect(),
        vec![
            Normalisation::MinMax {
                lower: 1.0,
                upper: 100.0,
            },
            Normalisation::ZScore {
                mean: 10.0,
                deviation: 1.0,
            },
        ],
        vec![Aggregation::Arithmetic, Aggregation::Geometric],
        &hierarchy.weights(),
        0.25,
        1_000,
        1,
    );
    (built, draw(options, 1_000, 2))
}

fn thousand(bencher: divan::Bencher, data: &Table, hierarchy: &Hierarchy) {
    let (built, plan) = prepared(data, hierarchy);
    bencher.bench_local(|| {
        let found = replay(&built, hierarchy, &Method::default(), &plan).expect("runs");
        found.spreads(&built.ranks())
    });
}

#[divan::bench]
fn thousand_replications(bencher: divan::Bencher) {
    thousand(bencher, &data(), &hierarchy());
}

#[divan::bench]
fn thousand_replications_of_asem(bencher: divan::Bencher) {
    match published() {
        Some((data, hierarchy)) => thousand(bencher, &data, &hierarchy),
        None => eprintln!("left out: the ASEM index, since DOTPHA_SHARED is not set"),
    }
}

#[divan::bench]
fn whole_index(bencher: divan::Bencher) {
    let (hierarchy, data) = (hierarchy(), data());
    bencher.bench_local(|| build(&data, &hierarchy, &Method::default(), None, None));
}
