//! What an official reads when the definition of an index season is wrong.

use catalogue::{Definition, FaultCode, check, overlay, parse};
use viet::Lang;

use crate::all;

const PII: &str = include_str!("../../../../definitions/campaigns/pii.toml");

fn campaign(text: &str) -> Definition {
    parse("campaigns/pii.toml", text).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

/// The faults of the product's definitions with this one in place of its own.
fn among_others(text: &str) -> Vec<catalogue::Fault> {
    let mut definitions = all();
    let own = campaign(text);
    definitions.retain(|d| d.kind() != own.kind() || d.id() != own.id());
    definitions.push(own);
    check(&definitions)
}

#[test]
fn faults_of_a_campaign_name_place_expectation_and_the_nearest_name() {
    for (name, text) in [
        (
            "campaign_unknown_pillar",
            PII.replacen("pillar = \"market\"", "pillar = \"markets\"", 1),
        ),
        (
            "campaign_asks_nothing",
            PII.replace(
                "papers = [{ vi = \"Báo cáo, văn bản liên quan của năm\", en = \"Reports and papers of the year\" }]\n",
                "",
            ),
        ),
        (
            "campaign_no_such_day",
            PII.replace("{ month = 8, day = 30 }", "{ month = 2, day = 30 }"),
        ),
        (
            "campaign_twice",
            PII.replace("id = \"pci\"", "id = \"papi\""),
        ),
        (
            "campaign_misspelt_key",
            PII.replacen("guidance =", "guidence =", 1),
        ),
    ] {
        assert_ne!(text, PII, "{name}");
        let faults = parse("campaigns/pii.toml", &text).expect_err("a fault");
        let told: String = faults.iter().map(|fault| fault.render(Lang::Vi)).collect();
        insta::assert_snapshot!(name, told);
    }
}

#[test]
fn what_a_campaign_refers_to_exists_and_is_asked_by_the_year() {
    for (name, from, to) in [
        (
            "campaign_unknown_organisation",
            "organisation = \"so-nnmt\"",
            "organisation = \"so-nnmtt\"",
        ),
        (
            "campaign_unknown_indicator",
            "indicator = \"ip_titles\"",
            "indicator = \"ip_title\"",
        ),
        (
            "campaign_not_yearly",
            "indicator = \"ip_titles\"",
            "indicator = \"dossiers_total\"",
        ),
        (
            "campaign_unknown_index",
            "index = \"pii_score\"",
            "index = \"pii_scores\"",
        ),
    ] {
        let faults = among_others(&PII.replace(from, to));
        let told: String = faults.iter().map(|fault| fault.render(Lang::Vi)).collect();
        insta::assert_snapshot!(name, told);
    }
}

#[test]
fn a_province_sets_who_owes_and_by_when_and_not_what_is_asked() {
    let base = campaign(PII);
    let newer = PII.replace("version = \"2026.1\"", "version = \"2026.66\"");
    let allowed = newer
        .replace("{ month = 8, day = 30 }", "{ month = 7, day = 15 }")
        .replace(
            "organisation = \"so-cong-thuong\"",
            "organisation = \"so-tai-chinh\"",
        );
    overlay(&base, &campaign(&allowed)).unwrap_or_else(|fault| panic!("{fault}"));
    for (from, to) in [
        (
            "indicator = \"ip_titles\"",
            "indicator = \"st_enterprises\"",
        ),
        ("pillar = \"impact\"", "pillar = \"market\""),
        ("index = \"pii_score\"", "index = \"dti_score\""),
    ] {
        let fault = overlay(&base, &campaign(&newer.replace(from, to))).expect_err(to);
        assert_eq!(fault.code, FaultCode::OverlayForbidden);
    }
}
