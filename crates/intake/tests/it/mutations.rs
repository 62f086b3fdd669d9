//! Known files with many small changes, as a whole through the door: where a child process and the limits
//! take part, which the coverage-guided fuzzer (`fuzz/`) goes without.
//!
//! Keeps what makes the intake behave in a new way and changes it further. A file that fails is left in
//! `tests/corpus/found`, to be replayed from then on; so are the folders beside it, where the fuzzer's known
//! files lie.

use super::fixture::{check, docx, item, limits, p, pdf_of, zip};
use super::holds::WAYS;
use intake::{Intake, IntakeError, Limits};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Longest any changed file may take, on a slow machine.
const LONGEST: Duration = Duration::from_secs(20);

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Files of every kind that is read without another program.
fn seeds() -> Vec<Vec<u8>> {
    let row =
        |cells: &str| format!("<w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>{cells}</w:tr>");
    let cell = format!(
        "<w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>{}</w:tc>",
        p("ô")
    );
    let body = [
        item(1, 0, "mục"),
        format!("<w:tbl>{}</w:tbl>", row(&cell)),
        "<w:p><w:r><w:rPr><w:rFonts w:hAnsi=\".VnTime\"/></w:rPr><w:t>x· héi</w:t><w:footnoteReference w:id=\"1\"/></w:r></w:p>".to_owned(),
    ]
    .concat();
    let note = format!("<w:footnote w:id=\"1\">{}</w:footnote>", p("chú"));
    let table = "0 0 m 200 0 l S 0 20 m 200 20 l S 0 0 m 0 20 l S 90 0 m 90 20 l S 200 0 m 200 20 l S\nBT /F 9 Tf 5 5 Td (one) Tj 100 0 Td (two) Tj ET\n";
    vec![
        docx(&body, &[("footnotes", &note)]),
        "<html><table><caption>b<tr><td rowspan=2 colspan=3>a<td><ol start=7 type=i><li>x<li value=9>y</ol></table><pre>\n p</pre><nav>n</nav><a href=#f><sup>1</sup></a>&ge;&#x1;".into(),
        "Kế hoạch số 7\r\n1. Mục tiêu\t≥ 5%\u{c}\n".into(),
        b"C\xE9ng ho\xB5 x\xB7 h\xE9i ch\xF1 ngh\xDCa Vi\xD6t Nam".to_vec(),
        "Kế hoạch".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        pdf_of(&[table.to_owned(), table.to_owned()]),
    ]
}

/// Words that mean something to one format or another.
const WORDS: [&[u8]; 26] = [
    b"<w:p>",
    b"</w:p>",
    b"<w:tbl>",
    b"<w:tr>",
    b"<w:tc>",
    b"<w:del>",
    b"<w:txbxContent>",
    b"&#0;",
    b"&amp;",
    b"<table>",
    b"<td colspan=65535>",
    b"<ul>",
    b"<!--",
    b"<script>",
    b"</script",
    b"<![CDATA[",
    b"endobj",
    b"stream",
    b" 0 R",
    b"/Kids[2 0 R]",
    b"<<",
    b"-1",
    b"4294967296",
    b"\xFF\xFE",
    b"\0",
    b"<!DOCTYPE a [",
];

/// Numbers without a pattern, the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

fn change(dice: &mut Dice, file: &mut Vec<u8>, other: &[u8]) {
    let at = dice.roll(file.len());
    let until = (at + 1 + dice.roll(24)).min(file.len());
    match dice.roll(8) {
        0 => file.truncate(at),
        1 => drop(file.drain(at..until)),
        2 => {
            let piece = file[at..until].repeat(1 + dice.roll(40));
            file.splice(at..at, piece);
        }
        3 => {
            let from = dice.roll(other.len());
            let to = (from + dice.roll(64)).min(other.len());
            file.splice(at..until, other[from..to].iter().copied());
        }
        4 | 5 => {
            let word = WORDS[dice.roll(WORDS.len())];
            file.splice(at..at, word.iter().copied());
        }
        _ => {
            if let Some(byte) = file.get_mut(at) {
                *byte = dice.roll(256) as u8;
            }
        }
    }
}

/// What the reader did, coarsely.
fn behaviour(taken: &Result<Intake, IntakeError>) -> String {
    match taken {
        Ok(intake) => {
            let notices: HashSet<String> = intake
                .diagnostics
                .iter()
                .map(|d| format!("{:?}", d.notice).chars().take(12).collect())
                .collect();
            let mut notices: Vec<String> = notices.into_iter().collect();
            notices.sort();
            let size = |n: usize| usize::BITS - n.leading_zeros();
            format!(
                "{:?} {} {} {notices:?}",
                intake.format,
                size(intake.text.len()),
                size(intake.map.len())
            )
        }
        Err(error) => {
            let fault = format!("{:?}", error.fault);
            fault
                .chars()
                .filter(|c| !c.is_ascii_digit())
                .take(60)
                .collect()
        }
    }
}

fn survives(file: &[u8]) -> String {
    let limits = Limits {
        pdf_timeout: Duration::from_secs(5),
        ..limits()
    };
    let started = Instant::now();
    let taken = intake::take(file, "x", &limits);
    assert!(started.elapsed() < LONGEST, "took {:?}", started.elapsed());
    match &taken {
        Ok(intake) => check(intake),
        Err(error) => assert!(!error.message("vi").is_empty()),
    }
    behaviour(&taken)
}

fn known(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(corpus().join(folder))
        .into_iter()
        .flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn known_files_replay() {
    for (folder, holds) in WAYS {
        let files = known(folder);
        assert!(files.len() > 5, "{folder}: {}", files.len());
        for (path, file) in files {
            println!("{}", path.display());
            holds(&file);
        }
    }
    for (path, file) in known("found") {
        println!("{}: {}", path.display(), survives(&file));
    }
}

#[test]
fn changed_files_are_taken_or_refused() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut pool = seeds();
    let mut seen: HashSet<String> = pool.iter().map(|file| survives(file)).collect();
    for _ in 0..3000 {
        let mut file = pool[dice.roll(pool.len())].clone();
        // Each PDF costs a process.
        if file.starts_with(b"%PDF") && dice.roll(8) > 0 {
            continue;
        }
        for _ in 0..=dice.roll(4) {
            let other = pool[dice.roll(pool.len())].clone();
            change(&mut dice, &mut file, &other);
        }
        // A changed zip is mostly no zip any more: change the XML within one instead.
        if dice.roll(3) == 0 {
            let text = String::from_utf8_lossy(&file).into_owned();
            let document =
                format!("<w:document xmlns:w=\"w\"><w:body>{text}</w:body></w:document>");
            file = zip(&[("word/document.xml", &document)]);
        }
        match catch_unwind(AssertUnwindSafe(|| survives(&file))) {
            Ok(how) => {
                if seen.insert(how) && file.len() < 100_000 {
                    pool.push(file);
                }
            }
            Err(panic) => {
                let path = corpus().join(format!("found/{:016x}", dice.0));
                std::fs::create_dir_all(corpus().join("found")).unwrap();
                std::fs::write(&path, &file).unwrap();
                println!("kept as {}", path.display());
                std::panic::resume_unwind(panic);
            }
        }
    }
    println!("{} ways to behave", seen.len());
    assert!(seen.len() > 20, "the changes reach nothing new");
}
