//! So many of one thing for so many of another: "12 người trên một vạn dân".

use crate::token::{Phrases, Token};
use crate::unit::Unit;
use crate::words::words;
use rust_decimal::Decimal;

/// "cứ 10.000 dân có 11 cán bộ", "trên một vạn dân đạt 12 người".
pub(crate) fn rate_before(tokens: &[Token], number: usize) -> Option<String> {
    let (at, end) = (number.saturating_sub(8)..number)
        .filter_map(|i| {
            let end = tokens.longest(i, words!["cứ", "cứ mỗi", "trên", "bình quân", "mỗi"]);
            Some((i, end.or_else(|| tokens.mark(i, '/').then_some(i + 1))?))
        })
        .next_back()?;
    let (size, next) = base(tokens, end)?;
    let people = tokens.longest(next, words!["dân", "người dân"])?;
    let near = people <= number && tokens[people..number].iter().all(|t| t.mark().is_none());
    (at < number && near && !size.is_empty()).then(|| format!("per_{size}people"))
}

/// "Số doanh nghiệp công nghệ số trên 1.000 dân": the name itself says of how many.
pub(crate) fn rate_of_name(tokens: &[Token]) -> Option<Unit> {
    let from = tokens.len().saturating_sub(6);
    (from..tokens.len())
        .filter(|i| tokens.mark(*i, '/') || tokens.word(*i, &["trên"]))
        .find_map(|i| {
            let (name, _) = rate(tokens, i)?;
            (!name.starts_with("per_people")).then_some(Unit::Rate(name))
        })
}

/// "người trên một vạn dân", "/10.000 dân", "thuê bao/100 dân".
pub(crate) fn rate(tokens: &[Token], after: usize) -> Option<(String, usize)> {
    for at in after..after + 5 {
        let over = tokens.mark(at, '/') || tokens.word(at, &["trên", "mỗi"]);
        if !over {
            if tokens.get(at)?.mark().is_some() || tokens.word(at, &["và", "hoặc"]) {
                return None;
            }
            continue;
        }
        let (size, next) = base(tokens, at + 1)?;
        let end = tokens.longest(
            next,
            words![
                "dân",
                "người dân",
                "người",
                "lao động",
                "dân số",
                "hộ",
                "hộ dân",
                "thuê bao",
                "doanh nghiệp",
            ],
        )?;
        let whom = match tokens[next].key {
            "lao" => "workers",
            "hộ" => "households",
            "doanh" => "enterprises",
            _ => "people",
        };
        return Some((format!("per_{size}{whom}"), end));
    }
    None
}

/// "một vạn", "10.000", "1 triệu", or nothing before "dân".
fn base(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let (mut count, mut next) = match tokens.get(at)?.number() {
        Some(value) => (value, at + 1),
        None if tokens.word(at, &["một", "mỗi"]) => (Decimal::ONE, at + 1),
        None => (Decimal::ONE, at),
    };
    for (word, times) in [
        ("vạn", 10_000),
        ("nghìn", 1_000),
        ("ngàn", 1_000),
        ("triệu", 1_000_000),
    ] {
        if tokens.word(next, &[word]) {
            count = count.checked_mul(Decimal::from(times))?;
            next += 1;
        }
    }
    let name = match count.to_string().as_str() {
        "1" => String::new(),
        "10000" => "10k_".into(),
        "1000" => "1k_".into(),
        "100000" => "100k_".into(),
        "1000000" => "1m_".into(),
        "100" => "100_".into(),
        _ => return None,
    };
    Some((name, next))
}
