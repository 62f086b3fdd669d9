//! What an official reads when a definition is wrong.

use catalogue::{Definition, FaultCode, check, parse};
use viet::Lang;

const GOOD: &str = r#"[def]
kind = "codelist"
id = "mau"
version = "1"
label = { vi = "Mẫu", en = "Sample" }
source = "chưa xác định"

[list]
entries = [
  { code = "a", label = { vi = "A", en = "A" } },
]
"#;

fn rendered(text: &str, lang: Lang) -> String {
    let faults = parse("codelists/mau.toml", text).expect_err("a fault");
    faults.iter().map(|fault| fault.render(lang)).collect()
}

#[test]
fn a_good_definition_has_no_fault() {
    let definition = parse("x", GOOD).unwrap_or_else(|faults| panic!("{}", faults[0]));
    assert_eq!(check(&[definition]), Vec::new());
}

#[test]
fn a_misspelt_key_is_named_with_its_place_and_the_nearest_key() {
    let text = GOOD.replace("label = { vi = \"Mẫu\"", "lable = { vi = \"Mẫu\"");
    insta::assert_snapshot!("misspelt_key_vi", rendered(&text, Lang::Vi));
    insta::assert_snapshot!("misspelt_key_en", rendered(&text, Lang::En));
}

#[test]
fn other_faults_of_one_file() {
    for (name, text) in [
        ("no_toml", GOOD.replace("version = \"1\"", "version = 1\"")),
        ("unknown_kind", GOOD.replace("\"codelist\"", "\"codelst\"")),
        ("no_kind", GOOD.replace("kind = \"codelist\"\n", "")),
        ("missing_key", GOOD.replace("version = \"1\"\n", "")),
        ("wrong_type", GOOD.replace("version = \"1\"", "version = 1")),
        ("bad_id", GOOD.replace("id = \"mau\"", "id = \"Mẫu\"")),
        ("no_basis", GOOD.replace("source = \"chưa xác định\"\n", "")),
        ("empty", String::new()),
        (
            "two_faults",
            GOOD.replace("version = \"1\"", "version = \"\"")
                .replace("en = \"Sample\"", "en = \"\""),
        ),
    ] {
        insta::assert_snapshot!(name, rendered(&text, Lang::Vi));
    }
}

fn areas(list: &str) -> Definition {
    let text = format!(
        "[def]\nkind = \"areas\"\nid = \"mau\"\nversion = \"1\"\nlabel = {{ vi = \"M\", en = \"S\" }}\nsource = \"tự đặt\"\n\n[list]\nareas = [\n{list}]\n"
    );
    parse("areas/mau.toml", &text).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

fn organisations(list: &str) -> Definition {
    let text = format!(
        "[def]\nkind = \"organisations\"\nid = \"mau\"\nversion = \"1\"\nlabel = {{ vi = \"M\", en = \"S\" }}\nsource = \"tự đặt\"\n\n[list]\norganisations = [\n{list}]\n"
    );
    parse("organisations/mau.toml", &text).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

fn codes(definitions: &[Definition]) -> Vec<FaultCode> {
    check(definitions).iter().map(|fault| fault.code).collect()
}

#[test]
fn two_lives_of_one_code_must_not_share_a_day() {
    let old = "{ code = \"44\", valid_to = \"2025-07-02\", level = \"province\", name = \"Cũ\", full_name = \"Tỉnh Cũ\", succession = \"chưa xác định\" },\n";
    let new = "{ code = \"44\", valid_from = \"2025-07-01\", level = \"province\", name = \"Mới\", full_name = \"Tỉnh Mới\" },\n";
    assert_eq!(
        codes(&[areas(&format!("{old}{new}"))]),
        [FaultCode::Overlap]
    );
    let ends_in_time = old.replace("07-02", "07-01");
    assert_eq!(codes(&[areas(&format!("{ends_in_time}{new}"))]), []);
}

#[test]
fn an_unknown_area_is_answered_with_the_life_that_exists() {
    let list = "{ code = \"66\", valid_from = \"2025-07-01\", level = \"province\", name = \"P\", full_name = \"Tỉnh P\" },\n\
                { code = \"24133\", level = \"commune\", name = \"X\", full_name = \"Xã X\", parent = \"66@\" },\n";
    let faults = check(&[areas(list)]);
    insta::assert_snapshot!(
        "unknown_area",
        faults.iter().map(ToString::to_string).collect::<String>()
    );
}

#[test]
fn a_province_cannot_lie_in_a_commune() {
    let list = "{ code = \"66\", level = \"province\", name = \"P\", full_name = \"Tỉnh P\", parent = \"24133@\" },\n\
                { code = \"24133\", level = \"commune\", name = \"X\", full_name = \"Xã X\" },\n";
    assert_eq!(codes(&[areas(list)]), [FaultCode::WrongValue]);
}

#[test]
fn a_succession_may_not_return() {
    let list = "{ code = \"10\", valid_to = \"2000-01-01\", level = \"province\", name = \"A\", full_name = \"Tỉnh A\", successors = [{ to = \"11@\", share = \"1\" }] },\n\
                { code = \"11\", valid_to = \"2000-01-01\", level = \"province\", name = \"B\", full_name = \"Tỉnh B\", successors = [{ to = \"10@\", share = \"chưa xác định\" }] },\n";
    assert_eq!(codes(&[areas(list)]), [FaultCode::Cycle, FaultCode::Cycle]);
}

#[test]
fn nobody_stands_above_himself_on_any_day() {
    let area =
        areas("{ code = \"66\", level = \"province\", name = \"P\", full_name = \"Tỉnh P\" },\n");
    let body = |id: &str, parent: &str, from: &str| {
        format!(
            "{{ id = \"{id}\", kind = \"office\", area = \"66@\", names = [{{ vi = \"V\", en = \"E\", short = \"S\" }}], memberships = [{{ hierarchy = \"state\", parent = \"{parent}\", from = \"2025-01-01\" }}{from}], source = \"x\" }},\n"
        )
    };
    let chain = format!("{}{}", body("a", "b", ""), body("b", "c", "")) + &body("c", "a", "");
    let faults = codes(&[area.clone(), organisations(&chain)]);
    assert_eq!(faults, [FaultCode::Cycle; 3]);
    let unknown = codes(&[area.clone(), organisations(&body("a", "van-phong", ""))]);
    assert_eq!(unknown, [FaultCode::UnknownReference]);
    // What closes the circle through another hierarchy is no circle.
    let other = body("b", "a", "").replace("\"state\"", "\"party\"");
    assert_eq!(
        codes(&[
            area,
            organisations(&format!("{}{other}", body("a", "b", "")))
        ]),
        []
    );
}

#[test]
fn the_same_id_and_version_twice() {
    let one = parse("x", GOOD).expect("good");
    assert_eq!(codes(&[one.clone(), one]), [FaultCode::Duplicate]);
}

#[test]
fn shares_of_one_area_do_not_exceed_it() {
    let text = "[def]\nkind = \"areas\"\nid = \"mau\"\nversion = \"1\"\nlabel = { vi = \"M\", en = \"S\" }\nsource = \"x\"\n\n[list]\nareas = [\n  { code = \"10\", valid_to = \"2000-01-01\", level = \"province\", name = \"A\", full_name = \"Tỉnh A\", successors = [{ to = \"11@\", share = \"0.7\" }, { to = \"12@\", share = \"0.4\" }] },\n]\n";
    insta::assert_snapshot!("shares", rendered(text, Lang::Vi));
}

/// The settings of the product with another rule of scoring.
fn scored(from: &str, to: &str) -> Vec<FaultCode> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../definitions/settings/chung.toml"
    );
    let text = std::fs::read_to_string(path).expect("the settings");
    let changed = text.replace(from, to);
    assert!(from == to || changed != text, "{from} stands nowhere");
    match parse("chung.toml", &changed) {
        Ok(definition) => codes(&[definition]),
        Err(faults) => faults.iter().map(|fault| fault.code).collect(),
    }
}

#[test]
fn a_rule_of_scoring_holds_together() {
    use FaultCode::{Duplicate, UnknownReference, WrongValue};
    let rule = "decimals = { value = 1, source = \"chưa xác định\" }\n";
    let weights = |of: &str| format!("{rule}weights = [{of}]\n");
    let weight = |id: &str, weight: &str| {
        format!("{{ indicator = \"{id}\", weight = \"{weight}\", source = \"tự đặt\" }},")
    };
    assert_eq!(scored("", ""), []);
    assert_eq!(
        scored(
            "full_points = { value = \"100\"",
            "full_points = { value = \"0\""
        ),
        [WrongValue]
    );
    assert_eq!(
        scored("most = { value = \"1\"", "most = { value = \"0.5\""),
        [WrongValue]
    );
    assert_eq!(
        scored("least = { value = \"0\"", "least = { value = \"2\""),
        [WrongValue]
    );
    assert_eq!(
        scored("decimals = { value = 1", "decimals = { value = 9"),
        [WrongValue]
    );
    assert_eq!(
        scored(rule, &weights(&weight("ip_titles", "2"))),
        [UnknownReference]
    );
    let twice = weight("ip_titles", "2").repeat(2);
    assert_eq!(scored(rule, &weights(&twice)), [Duplicate]);
    assert_eq!(
        scored(rule, &weights(&weight("ip_titles", "-2"))),
        [WrongValue]
    );
}

#[test]
fn an_indicator_is_told_by_organisations_or_the_codes_of_a_list() {
    use FaultCode::{Duplicate, UnknownReference};
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../definitions/indicators/ip_titles.toml"
    );
    let text = std::fs::read_to_string(path).expect("an indicator");
    let list = parse("codelists/mau.toml", GOOD).expect("good");
    let told = |of: &str| {
        let changed = text.replace("[\"organisation\"]", of);
        match parse("ip_titles.toml", &changed) {
            Ok(indicator) => {
                let faults = check(&[indicator, list.clone()]);
                let own = faults
                    .iter()
                    .filter(|f| f.place.excerpt.contains("disaggregations"));
                own.map(|f| (f.code, f.nearest.clone())).collect::<Vec<_>>()
            }
            Err(faults) => faults.iter().map(|f| (f.code, None)).collect(),
        }
    };
    assert_eq!(told("[\"organisation\", \"mau\"]"), []);
    let near = Some("organisation".to_owned());
    assert_eq!(told("[\"organization\"]"), [(UnknownReference, near)]);
    assert_eq!(told("[\"mau\", \"mau\"]"), [(Duplicate, None)]);
}
