//! Writes structures and data of a small flow in every form into a folder, with a plain table of its cells,
//! so that clients of others can be held against it: `cargo run --example sdmx_sample -- FOLDER`.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use catalogue::{Label, Stage, Unit};
use interchange::sdmx::availability::Availability;
use interchange::sdmx::data::{DataFormat, DataSet, DataWriter, Detail, Layout, Options};
use interchange::sdmx::house::{self, AreaCode, Figure, IndicatorCode};
use interchange::sdmx::structure::{self, Resource, Selection};
use interchange::sdmx::{Action, Header, Name, Observation, Structure};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use viet::Period;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("say into which folder")?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let structure = sample_structure()?;
    let observations = sample_observations()?;
    let header = Header {
        id: Name::new("SAMPLE")?,
        prepared: "2026-10-01T08:00:00+07:00".parse::<Timestamp>()?,
        sender: Name::new("VN66")?,
    };
    let mut availability = Availability::default();
    for observation in &observations {
        let days = observation.time.range(viet::Calendar::Civil);
        let after = days.to().ok_or("a period without end")?;
        availability.add(&observation.key, (days.from(), after), 1);
    }
    let open = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    let all = Selection::all();
    structure::write(open("structure.xml")?, &structure, &header, &all, None)?;
    let constraint = Selection {
        resources: [Resource::ContentConstraint].into(),
        ..all
    };
    structure::write(
        open("availability.xml")?,
        &structure,
        &header,
        &constraint,
        Some(&availability),
    )?;
    for (name, format, layout) in [
        ("series.xml", DataFormat::Ml21, Layout::Series),
        ("flat.xml", DataFormat::Ml21, Layout::Flat),
        ("data-1.csv", DataFormat::Csv1, Layout::Series),
        ("data-2.csv", DataFormat::Csv2, Layout::Series),
    ] {
        let options = Options {
            format,
            layout,
            detail: Detail::Full,
        };
        let mut message = DataWriter::begin(open(name)?, &structure, &header, options)?;
        for observation in &observations {
            message.push(observation)?;
        }
        message.end()?;
    }
    history(open("history.xml")?, &structure, &header, &observations)?;
    cells(open("cells.tsv")?, &structure, &observations)?;
    Ok(())
}

/// Two sets of data, the one before and the one that stands.
fn history(
    out: impl Write,
    structure: &Structure,
    header: &Header,
    observations: &[Observation],
) -> Result<(), Box<dyn Error>> {
    let turn: Timestamp = "2026-06-01T00:00:00Z".parse()?;
    let mut message = DataWriter::begin(out, structure, header, Options::new(DataFormat::Ml21))?;
    let sets = [
        (None, Some(turn), 1),
        (Some(turn), None, observations.len()),
    ];
    for (valid_from, valid_to, count) in sets {
        message.data_set(DataSet {
            action: Action::Replace,
            valid_from,
            valid_to,
        })?;
        for observation in &observations[..count] {
            message.push(observation)?;
        }
    }
    message.end()?;
    Ok(())
}

/// One line for each value: key, period, value, then attributes, between tabs.
fn cells(mut out: impl Write, of: &Structure, all: &[Observation]) -> Result<(), Box<dyn Error>> {
    let dimensions = of.dimensions().iter().map(|d| d.id.as_str());
    let attributes = of.attributes().iter().map(|a| a.id.as_str());
    let names: Vec<&str> = dimensions
        .chain(["TIME_PERIOD", "OBS_VALUE"])
        .chain(attributes)
        .collect();
    writeln!(out, "{}", names.join("\t"))?;
    for one in all {
        let mut cells = one.key.clone();
        cells.push(interchange::sdmx::period::write(one.time));
        cells.push(one.value.map(|v| v.to_string()).unwrap_or_default());
        cells.extend(one.attributes.iter().map(|a| a.clone().unwrap_or_default()));
        writeln!(out, "{}", cells.join("\t"))?;
    }
    Ok(())
}

fn sample_structure() -> Result<Structure, Box<dyn Error>> {
    let indicator = |id: &str, vi: &str, en: &str, unit| -> Result<_, Box<dyn Error>> {
        Ok(IndicatorCode {
            id: id.parse()?,
            name: Label::new(vi, en),
            unit,
        })
    };
    let area = |key: &str, vi: &str, parent: Option<&str>| -> Result<_, Box<dyn Error>> {
        let parent = parent.map(str::parse).transpose()?;
        Ok(AreaCode {
            key: key.parse()?,
            name: Label::new(vi, vi),
            parent,
        })
    };
    Ok(house::structure(
        (
            Name::new("VN66")?,
            Label::new("Tỉnh Đắk Lắk", "Đắk Lắk province"),
        ),
        "1.0",
        &[
            indicator(
                "online-share",
                "Tỷ lệ hồ sơ trực tuyến",
                "Share of online files",
                Unit::Percent,
            )?,
            indicator(
                "firms",
                "Doanh nghiệp <đổi mới> & sáng tạo",
                "Innovating firms",
                Unit::Count(Label::new("doanh nghiệp", "firms")),
            )?,
        ],
        &[
            area("VN@", "Cả nước", None)?,
            area("66@2025-07-01", "Đắk Lắk", Some("VN@"))?,
            area("24133@2025-07-01", "Buôn Ma Thuột", Some("66@2025-07-01"))?,
        ],
    )?)
}

fn sample_observations() -> Result<Vec<Observation>, Box<dyn Error>> {
    let mut all = Vec::new();
    let periods = [
        "2025",
        "2026",
        "2026-H1",
        "2026-Q2",
        "2026-Q3",
        "2026-M10",
        "2026-9M",
        "2021/2025",
    ];
    for (i, (indicator, unit)) in [
        ("firms", Unit::Count(Label::new("x", "x"))),
        ("online-share", Unit::Percent),
    ]
    .into_iter()
    .enumerate()
    {
        for (a, area) in ["24133@2025-07-01", "66@2025-07-01", "VN@"]
            .into_iter()
            .enumerate()
        {
            for (p, period) in periods.iter().enumerate() {
                let number = i64::try_from(i * 1000 + a * 100 + p)?;
                let percent = unit == Unit::Percent;
                all.push(house::observation(&Figure {
                    indicator: indicator.parse()?,
                    area: area.parse()?,
                    period: period.parse::<Period>()?,
                    stage: if p % 2 == 0 {
                        Stage::Official
                    } else {
                        Stage::Estimated
                    },
                    // One value is missing.
                    value: (number != 101)
                        .then(|| Decimal::new(number * 7 + 1, if percent { 2 } else { 0 })),
                    unit: unit.clone(),
                    numerator: percent.then(|| Decimal::from(number)),
                    denominator: percent.then(|| Decimal::from(10_000)),
                    vintage: Date::constant(2026, 11, 1),
                    source: "Báo cáo \"quý\" <III> & tháng, mục 5".to_owned(),
                    method: None,
                    note: (p == 3).then(|| "=1+1; số ước".to_owned()),
                }));
            }
        }
    }
    all.sort_by(|a, b| (&a.key, a.time).cmp(&(&b.key, b.time)));
    Ok(all)
}
