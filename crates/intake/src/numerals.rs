//! Numbers as automatic numbering writes them.

/// The number in the given `w:numFmt`, or `None` when the format is not known here.
pub(crate) fn numeral(format: &str, n: u32) -> Option<String> {
    Some(match format {
        "decimal" => n.to_string(),
        "decimalZero" => format!("{n:02}"),
        "upperRoman" => roman(n),
        "lowerRoman" => roman(n).to_lowercase(),
        "upperLetter" => letters(n, b'A'),
        "lowerLetter" => letters(n, b'a'),
        "none" => String::new(),
        _ => return None,
    })
}

/// Roman numerals; zero and numbers past 3,999 stay digits, as no reader could tell them.
fn roman(n: u32) -> String {
    const STEPS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if n == 0 || n > 3999 {
        return n.to_string();
    }
    let mut rest = n;
    let mut out = String::new();
    for (value, letters) in STEPS {
        while rest >= value {
            out.push_str(letters);
            rest -= value;
        }
    }
    out
}

/// a … z, then aa, bb …, as Word does; past "zzz…" (30 turns) digits.
fn letters(n: u32, first: u8) -> String {
    let Some(i) = n.checked_sub(1).filter(|i| *i < 26 * 30) else {
        return n.to_string();
    };
    let letter = char::from(first + (i % 26) as u8);
    std::iter::repeat_n(letter, (i / 26 + 1) as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::numeral;

    #[test]
    fn numerals_as_word_writes_them() {
        let cases = [
            ("decimal", 12, "12"),
            ("decimalZero", 7, "07"),
            ("upperRoman", 4, "IV"),
            ("upperRoman", 1999, "MCMXCIX"),
            ("lowerRoman", 9, "ix"),
            ("upperRoman", 0, "0"),
            ("lowerLetter", 1, "a"),
            ("lowerLetter", 26, "z"),
            ("lowerLetter", 27, "aa"),
            ("upperLetter", 54, "BBB"),
            ("lowerLetter", 0, "0"),
            ("none", 3, ""),
        ];
        for (format, n, want) in cases {
            assert_eq!(numeral(format, n).as_deref(), Some(want), "{format} {n}");
        }
        assert_eq!(numeral("chicago", 1), None);
    }
}
