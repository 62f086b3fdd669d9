//! Tables of what settings come to, and how faults are explained.

use std::path::{Path, PathBuf};

use super::{Config, HIDDEN, Inputs};

fn inputs(file: &str, environment: &[(&str, &str)], options: &[(&str, &str)]) -> Inputs {
    let pairs = |all: &[(&str, &str)]| {
        all.iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    };
    Inputs {
        file: (!file.is_empty()).then(|| (PathBuf::from("dotpha.toml"), file.to_owned())),
        environment: pairs(environment),
        options: pairs(options),
        credentials: None,
    }
}

fn config(file: &str, environment: &[(&str, &str)], options: &[(&str, &str)]) -> Config {
    Config::resolve(&inputs(file, environment, options)).expect("sound settings")
}

fn faults(inputs: &Inputs) -> String {
    let faults = Config::resolve(inputs).expect_err("faults");
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    told.join("\n")
}

/// Value and source of a setting, as shown.
fn shown(config: &Config, name: &str) -> (String, String) {
    let line = config.shown.iter().find(|line| line[0] == name);
    let [_, value, from] = line.expect("a setting").clone();
    (value, from)
}

#[test]
fn an_option_goes_before_the_environment_before_the_file_before_the_default() {
    let file = "[limits]\nupload_mb = 64\n";
    let variable: &[(&str, &str)] = &[("DOTPHA_LIMITS_UPLOAD_MB", "48")];
    let option: &[(&str, &str)] = &[("limits.upload_mb", "16")];
    for (file, variable, option, value, from) in [
        ("", &[][..], &[][..], "32", "default"),
        (file, &[], &[], "64", "dotpha.toml:2"),
        (file, variable, &[], "48", "DOTPHA_LIMITS_UPLOAD_MB"),
        (file, variable, option, "16", "option"),
        // An empty variable is none.
        (
            file,
            &[("DOTPHA_LIMITS_UPLOAD_MB", "")],
            &[],
            "64",
            "dotpha.toml:2",
        ),
    ] {
        let config = config(file, variable, option);
        let found = shown(&config, "limits.upload_mb");
        assert_eq!(found, (value.to_owned(), from.to_owned()));
        let number: usize = value.parse().expect("a number");
        assert_eq!(config.limits.upload, number * 1024 * 1024);
    }
}

#[test]
fn every_setting_can_be_given_in_all_three_ways() {
    let values = |name: &str| match name {
        "data" | "files" | "heads" | "removals" | "backup" | "maps" => ("/srv/x", "\"/srv/x\""),
        "database" => ("sqlite:/srv/x.db", "\"sqlite:/srv/x.db\""),
        "address" | "metrics.address" => ("127.0.0.1:9090", "\"127.0.0.1:9090\""),
        "public_url" => ("https://x.vn", "\"https://x.vn\""),
        "secure_cookies" => ("true", "true"),
        "trusted_proxy" => ("10.0.0.1, ::1", "[\"10.0.0.1\", \"::1\"]"),
        "log.level" => ("debug", "\"debug\""),
        "log.form" => ("json", "\"json\""),
        "metrics.token" | "mail.password" | "database_password" => {
            ("bí mật đủ dài để dùng", "\"bí mật đủ dài để dùng\"")
        }
        "mail.tls" => ("tls", "\"tls\""),
        "mail.from" | "mail.to" => ("a@b.vn", "\"a@b.vn\""),
        "mail.host" | "mail.user" => ("thu.tinh.vn", "\"thu.tinh.vn\""),
        "limits.job_lease_seconds" | "mail.port" => ("100", "100"),
        _ => ("7", "7"),
    };
    for key in super::keys::KEYS {
        let (text, toml) = values(key.name);
        let told = |inputs: &Inputs| -> (Option<super::Value>, String) {
            let all = super::resolve::resolve(inputs);
            let all = all.unwrap_or_else(|faults| panic!("{}: {faults:?}", key.name));
            assert!(all.warnings.is_empty(), "{:?}", all.warnings);
            let found = &all.found[key.name];
            (found.value.clone(), found.source.to_string())
        };
        let in_file = told(&inputs(&format!("{} = {toml}\n", key.name), &[], &[]));
        let variable = key.variable();
        let in_environment = told(&inputs("", &[(&variable, text)], &[]));
        let by_option = told(&inputs("", &[], &[(key.name, text)]));
        assert!(in_file.0.is_some(), "{}", key.name);
        assert_eq!(in_file.0, in_environment.0, "{}", key.name);
        assert_eq!(in_file.0, by_option.0, "{}", key.name);
        assert_eq!(
            (in_file.1.as_str(), by_option.1.as_str()),
            ("dotpha.toml:1", "option")
        );
        assert_eq!(in_environment.1, variable);
    }
}

#[test]
fn all_faults_are_explained_at_once() {
    let file = "\
data = 7
adress = \"127.0.0.1:8080\"
secure_cookies = \"yes\"
trusted_proxy = [\"proxy.local\"]

[limits]
upload_mb = \"64\"
job_workers = 1000

[log]
level = \"a=b=c\"
form = \"xml\"

[mail]
host = \"thu.tinh.gov.vn\"
from = \"ai đó\"
";
    insta::assert_snapshot!(faults(&inputs(
        file,
        &[("DOTPHA_ADDRESS", "8080")],
        &[("public_url", "dotpha.vn"), ("limits.uplod_mb", "1")],
    )));
}

#[test]
fn settings_that_do_not_go_together_are_named_where_they_stand() {
    insta::assert_snapshot!(faults(&inputs(
        "database_password = \"mật khẩu của cơ sở dữ liệu\"\n\
         [metrics]\ntoken = \"ngắn\"\n[mail]\nhost = \"thu.vn\"\nuser = \"thu\"\n",
        &[],
        &[]
    )));
}

#[test]
fn no_fault_shows_a_secret() {
    const SECRET: &str = "cá-kho-tộ-9";
    let cases = [
        format!("database = \"postgre://dotpha:{SECRET}@may/ten\"\n"),
        format!("database_pasword = \"{SECRET}\"\n"),
        format!("[mail]\npasword = \"{SECRET}\"\n"),
        format!("database_password = {SECRET}\n"),
        format!("database = \"postgres://dotpha:{SECRET}@may/ten\nx = 1\n"),
        format!("[metrics]\ntoken = [\"{SECRET}\"]\nunknown = 1\n"),
        format!("mail = {{ pasword = \"{SECRET}\" }}\n"),
    ];
    for file in cases {
        let told = faults(&inputs(&file, &[], &[]));
        assert!(!told.contains(SECRET), "{told}");
        assert!(told.contains("dotpha.toml:"), "{told}");
    }
    let given = [("database", format!("postgre://dotpha:{SECRET}@may/ten"))];
    let given: Vec<(&str, &str)> = given.iter().map(|(a, b)| (*a, b.as_str())).collect();
    let told = faults(&inputs("", &[("DOTPHA_DATABASE", given[0].1)], &[]));
    assert!(!told.contains(SECRET), "{told}");
    let told = faults(&inputs("", &[], &given));
    assert!(!told.contains(SECRET), "{told}");
}

#[test]
fn neither_debug_nor_the_list_shows_a_secret() {
    const SECRET: &str = "canh-chua-cá-lóc-16";
    for address in [
        format!("postgres://dotpha:{SECRET}@may/ten?sslmode=require"),
        format!("postgres://may/ten?user=dotpha&password={SECRET}"),
    ] {
        let config = config(
            "",
            &[
                ("DOTPHA_DATABASE", &address),
                ("DOTPHA_METRICS_TOKEN", SECRET),
                ("DOTPHA_MAIL_HOST", "thu.vn"),
                ("DOTPHA_MAIL_USER", "thu"),
                ("DOTPHA_MAIL_PASSWORD", SECRET),
                ("DOTPHA_MAIL_FROM", "a@b.vn"),
                ("DOTPHA_MAIL_TO", "a@b.vn"),
            ],
            &[],
        );
        let told = format!("{config:?} {:?}", config.shown);
        assert!(!told.contains(SECRET), "{told}");
        assert!(shown(&config, "database").0.contains(HIDDEN), "{told}");
        assert_eq!(config.database.reveal(), address);
    }
}

#[test]
fn a_secret_may_lie_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("database_password");
    std::fs::write(&path, "p@ss w/ord\n").expect("written");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&path, private).expect("private");
    let named = path.display().to_string();
    let database = "database = \"postgres://dotpha@may/ten\"\n";
    let by_file = format!("{database}database_password_file = \"{named}\"\n");
    let mut credential = inputs(database, &[], &[]);
    credential.credentials = Some(folder.path().to_owned());
    for inputs in [
        inputs(&by_file, &[], &[]),
        inputs(database, &[("DOTPHA_DATABASE_PASSWORD_FILE", &named)], &[]),
        credential,
    ] {
        let config = Config::resolve(&inputs).expect("sound settings");
        let url = config.database.url().expect("a server");
        assert_eq!(url.password(), Some("p%40ss%20w%2Ford"));
        assert_eq!(
            shown(&config, "database_password"),
            (HIDDEN.to_owned(), named.clone())
        );
        assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    }
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&path, open).expect("open");
    let config = config(&by_file, &[], &[]);
    assert!(config.warnings[0].contains(&named), "{:?}", config.warnings);
    let missing = faults(&inputs(
        database,
        &[("DOTPHA_DATABASE_PASSWORD_FILE", "/nirgends/pw")],
        &[],
    ));
    assert!(missing.contains("/nirgends/pw"), "{missing}");
}

#[test]
fn a_variable_that_sets_nothing_is_told_with_the_one_that_was_meant() {
    let config = config(
        "",
        &[
            ("DOTPHA_DATABSE", "x"),
            ("DOTPHA_TEST_DATABASE", "x"),
            ("DOTPHA_CONFIG", "x"),
            ("PATH", "x"),
        ],
        &[],
    );
    assert_eq!(
        config.warnings,
        ["the variable DOTPHA_DATABSE sets nothing; did you mean DOTPHA_DATABASE?"]
    );
}

#[test]
fn what_follows_from_other_settings_follows() {
    let config = config(
        "data = \"/srv/dotpha\"\npublic_url = \"https://d.vn/\"\n",
        &[],
        &[],
    );
    assert_eq!(config.files, Path::new("/srv/dotpha/files"));
    assert_eq!(config.heads, Path::new("/srv/dotpha/heads"));
    assert_eq!(config.removals, Path::new("/srv/dotpha/removals.jsonl"));
    assert_eq!(config.database.reveal(), "sqlite:/srv/dotpha/dotpha.sqlite");
    assert!(config.secure_cookies);
    assert_eq!(config.public_url.as_deref(), Some("https://d.vn"));
}

#[test]
fn the_example_has_no_faults_and_names_every_setting() {
    let example = include_str!("../../../../packaging/dotpha.toml");
    config(example, &[], &[]);
    // Every line that is commented out is sound as well.
    let all: String = example
        .lines()
        .map(|line| line.strip_prefix("#! ").unwrap_or(line))
        .map(|line| match line.split_once("_file =") {
            Some((name, _)) => format!("{name} = \"một bí mật đủ dài\"\n"),
            None => format!("{line}\n"),
        })
        .collect();
    config(&all, &[], &[]);
    let table: toml::Table = all.parse().expect("TOML");
    for key in super::keys::KEYS {
        let mut at = Some(&toml::Value::Table(table.clone())).cloned();
        for part in key.name.split('.') {
            at = at.and_then(|value| value.get(part).cloned());
        }
        assert!(at.is_some(), "{} is missing", key.name);
    }
}
