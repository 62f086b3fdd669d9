//! What a province may change over the definitions it builds on, and what it may not.

use catalogue::{FaultCode, overlay, parse};

fn file(name: &str) -> String {
    std::fs::read_to_string(crate::root().join(name)).expect("a definition")
}

/// Lays a changed copy over a definition of the product.
fn laid(name: &str, from: &str, to: &str) -> Result<(), FaultCode> {
    let text = file(name);
    assert!(text.contains(from), "{name} does not contain {from}");
    let base = parse(name, &text).unwrap_or_else(|faults| panic!("{}", faults[0]));
    let changed = text
        .replacen("version = \"", "version = \"tinh-", 1)
        .replacen(from, to, 1);
    let over = parse(name, &changed).unwrap_or_else(|faults| panic!("{}", faults[0]));
    overlay(&base, &over)
        .map(|made| assert_eq!(made, over))
        .map_err(|fault| fault.code)
}

const REFUSED: Result<(), FaultCode> = Err(FaultCode::OverlayForbidden);

#[test]
fn labels_deadlines_and_thresholds_are_free() {
    for (name, from, to) in [
        (
            "indicators/ip_titles.toml",
            "Số văn bằng bảo hộ",
            "Tổng số văn bằng bảo hộ",
        ),
        (
            "reports/bao-cao-quy.toml",
            "due_after_days = 5",
            "due_after_days = 3",
        ),
        (
            "reports/bao-cao-quy.toml",
            "Công tác lãnh đạo, chỉ đạo",
            "Công tác chỉ đạo",
        ),
        (
            "settings/chung.toml",
            "due_soon_days = { value = 15",
            "due_soon_days = { value = 7",
        ),
        (
            "reports/state-format.toml",
            "left_mm = { value = \"30\"",
            "left_mm = { value = \"35\"",
        ),
        (
            "indicators/tfp_growth.toml",
            "{ id = \"labour_share\", min",
            "{ id = \"labour_share\", value = \"0.55\", min",
        ),
    ] {
        assert_eq!(laid(name, from, to), Ok(()), "{name}: {to}");
    }
}

#[test]
fn lists_grow_and_code_lists_shrink() {
    let law = "  { code = \"law\", label = { vi = \"Luật\", en = \"Law\" } },\n";
    let more =
        format!("{law}  {{ code = \"khac\", label = {{ vi = \"Khác\", en = \"Other\" }} }},\n");
    let term = "  \"tỷ trọng đóng góp TFP\",\n";
    assert_eq!(laid("codelists/document-kinds.toml", law, ""), Ok(()));
    assert_eq!(laid("codelists/document-kinds.toml", law, &more), REFUSED);
    let tfp = "indicators/tfp_contribution_to_growth.toml";
    assert_eq!(
        laid(tfp, term, &format!("{term}  \"phần của TFP\",\n")),
        Ok(())
    );
    assert_eq!(laid(tfp, term, ""), REFUSED);
    let mark =
        "[[secrecy.marks]]\ntext = \"MẬT\"\nlabel = { vi = \"Mật\", en = \"Confidential\" }\n";
    assert_eq!(laid("settings/chung.toml", mark, ""), REFUSED);
}

#[test]
fn meaning_stays() {
    for (name, from, to) in [
        (
            "indicators/ip_titles.toml",
            "direction = \"higher_is_better\"",
            "direction = \"lower_is_better\"",
        ),
        (
            "indicators/hdi.toml",
            "unit = \"index\"",
            "unit = \"points\"",
        ),
        (
            "areas/provinces.toml",
            "name = \"Đắk Lắk\"",
            "name = \"Đắc Lắc\"",
        ),
        (
            "reports/bao-cao-quy.toml",
            "receiver = \"ubnd-tinh\"",
            "receiver = \"tinh-uy\"",
        ),
        ("reports/state-format.toml", "max = \"25\"", "max = \"40\""),
        (
            "indicators/dti_score.toml",
            "most = \"200\"",
            "most = \"300\"",
        ),
        (
            "indicators/tfp_growth.toml",
            "indicator = \"employed_persons\"",
            "indicator = \"labour_force\"",
        ),
        (
            "indicators/digital_economy_value_added.toml",
            "core_digital_value_added + ",
            "",
        ),
    ] {
        assert_eq!(laid(name, from, to), REFUSED, "{name}: {to}");
    }
}

#[test]
fn an_overlay_needs_a_version_of_its_own_and_the_same_id() {
    let base = parse("a", &file("indicators/hdi.toml")).expect("a definition");
    let other = parse("b", &file("indicators/ip_titles.toml")).expect("a definition");
    assert_eq!(
        overlay(&base, &base).map_err(|fault| fault.code),
        Err(FaultCode::OverlayForbidden)
    );
    assert_eq!(
        overlay(&base, &other).map_err(|fault| fault.code),
        Err(FaultCode::OverlayForbidden)
    );
}
