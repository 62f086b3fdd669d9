//! Definitions for tests: those that come with the product, and small ones of an invented province.

use std::path::Path;
use std::sync::OnceLock;

use activation::{Directory, Pinned};
use catalogue::{Definition, hash_hex, parse};
use journal::testing::{TestJournal, journal};

/// A journal with the projection.
pub async fn start() -> TestJournal {
    journal(activation::projections()).await
}

/// A definition that holds.
pub fn read(text: &str) -> Definition {
    match parse("test.toml", text) {
        Ok(definition) => definition,
        Err(faults) => panic!(
            "{}",
            faults.iter().map(ToString::to_string).collect::<String>()
        ),
    }
}

/// The definitions that come with the product.
pub fn product() -> Vec<Definition> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../definitions");
    let mut definitions = vec![];
    for part in std::fs::read_dir(folder).expect("the folder of definitions") {
        let part = part.expect("an entry").path();
        if !part.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(part).expect("a folder") {
            let file = file.expect("an entry").path();
            if file.extension().is_some_and(|e| e == "toml") {
                definitions.push(read(&std::fs::read_to_string(file).expect("a text")));
            }
        }
    }
    definitions
}

/// The product's definitions, indexed without a database.
pub fn directory() -> &'static Directory {
    static DIRECTORY: OnceLock<Directory> = OnceLock::new();
    DIRECTORY.get_or_init(|| {
        let pin = |definition: Definition| Pinned {
            hash: hash_hex(&definition),
            definition,
        };
        Directory::of(1, product().into_iter().map(pin).collect())
    })
}

/// The country and a province that swallowed its neighbour, whose code it took over.
pub fn areas(version: &str, name: &str) -> Definition {
    read(&format!(
        r#"
[def]
kind = "areas"
id = "sample"
version = "{version}"
label = {{ vi = "Địa bàn mẫu", en = "Sample areas" }}
source = "hư cấu"
valid_from = "2000-01-01"

[list]
areas = [
  {{ code = "VN", level = "country", name = "Việt Nam", full_name = "Việt Nam" }},
  {{ code = "97", valid_to = "2025-07-01", level = "province", name = "Sông Xa", full_name = "Tỉnh Sông Xa", parent = "VN@", successors = [{{ to = "97@2025-07-01", share = "1" }}] }},
  {{ code = "98", valid_to = "2025-07-01", level = "province", name = "{name}", full_name = "Tỉnh {name}", parent = "VN@", successors = [{{ to = "97@2025-07-01", share = "1" }}] }},
  {{ code = "97", valid_from = "2025-07-01", level = "province", name = "{name}", full_name = "Tỉnh {name}", parent = "VN@" }},
  {{ code = "970", valid_to = "2025-07-01", level = "district", name = "Bến Cũ", full_name = "Huyện Bến Cũ", parent = "97@", succession = "chưa xác định" }},
]
"#
    ))
}

/// Organisations of the province, one of which has ended.
pub fn organisations(version: &str, alias: &str) -> Definition {
    read(&format!(
        r#"
[def]
kind = "organisations"
id = "sample"
version = "{version}"
label = {{ vi = "Cơ quan mẫu", en = "Sample organisations" }}
source = "hư cấu"
valid_from = "2000-01-01"

[list]
organisations = [
  {{ id = "uy-ban", kind = "province_committee", area = "97@2025-07-01", names = [{{ vi = "Ủy ban nhân dân tỉnh Núi Gần", en = "People's Committee", short = "UBND tỉnh" }}], source = "hư cấu" }},
  {{ id = "so-cu", kind = "department", area = "97@", names = [{{ vi = "Sở Bưu điện", en = "Department of Post", short = "Sở BĐ" }}], valid_to = "2025-03-01", memberships = [{{ hierarchy = "state", parent = "uy-ban" }}], succession = [{{ to = "so-moi", from = "2025-03-01", source = "hư cấu" }}], source = "hư cấu" }},
  {{ id = "so-moi", kind = "department", area = "97@2025-07-01", names = [{{ vi = "Sở Thông tin", en = "Department of Information", short = "Sở TT" }}, {{ from = "2026-01-01", vi = "Sở Số", en = "Digital Department", short = "Sở Số" }}], valid_from = "2025-03-01", aliases = ["{alias}"], memberships = [{{ hierarchy = "state", parent = "uy-ban", from = "2025-03-01" }}, {{ hierarchy = "party", parent = "dang-uy", from = "2025-07-01", to = "2026-06-01" }}], source = "hư cấu" }},
  {{ id = "trung-tam", kind = "service_unit", area = "97@2025-07-01", names = [{{ vi = "Trung tâm Dữ liệu", en = "Data Centre", short = "TTDL" }}], memberships = [{{ hierarchy = "state", parent = "so-cu", to = "2025-03-01" }}, {{ hierarchy = "state", parent = "so-moi", from = "2025-03-01" }}], source = "hư cấu" }},
  {{ id = "dang-uy", kind = "party_body", area = "97@2025-07-01", names = [{{ vi = "Đảng ủy cơ quan", en = "Party Committee", short = "Đảng ủy" }}], source = "hư cấu" }},
]
"#
    ))
}

/// An indicator.
pub fn indicator(id: &str, version: &str, label: &str, unit: &str) -> Definition {
    read(&format!(
        r#"
[def]
kind = "indicator"
id = "{id}"
version = "{version}"
label = {{ vi = "{label}", en = "Indicator" }}
source = "hư cấu"
valid_from = "2020-01-01"

[value]
unit = "{unit}"
direction = "higher_is_better"
decimals = 1

[series]
periodicity = "year"
prevailing = {{ stages = ["official", "reported"], vintage = "latest" }}
merger = "not_combined"
merger_source = "hư cấu"
source_agency = {{ vi = "Sở Số", en = "Digital Department" }}

[linking]
terms = ["{id}"]
"#
    ))
}
