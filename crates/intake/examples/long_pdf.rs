//! Makes a PDF of 300 pages of Vietnamese prose and tables, takes it as the server would, and tells how
//! long that took: `cargo run --release -p intake --example long_pdf`. With the name of a file it takes
//! that one.
//!
//! With the argument `intake-pdf` it is the child process, as `dotpha` is.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::time::Instant;

const PAGES: usize = 300;
const LINES: usize = 40;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some("intake-pdf") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        let answer = serde_json::to_vec(&intake::pdf::extract_here(&bytes))?;
        return Ok(std::io::stdout().lock().write_all(&answer)?);
    }
    let file = match argument {
        Some(path) => std::fs::read(path)?,
        None => document()?,
    };
    let started = Instant::now();
    let taken = intake::take(&file, "dai.pdf", &intake::Limits::default())?;
    let last = taken.map.iter().rev().find_map(|entry| match entry.place {
        intake::Place::Page { number } => Some(number),
        _ => None,
    });
    let pages = last.unwrap_or(0);
    println!(
        "{} pages, {} KB of PDF, {} KB of text, {} table rows: {:.2} s",
        pages,
        file.len() / 1024,
        taken.text.len() / 1024,
        taken.text.lines().filter(|l| l.contains(" | ")).count(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Each page has lines of prose and a table of ten rows; letters beyond ASCII come by a map to Unicode.
fn document() -> Result<Vec<u8>, std::fmt::Error> {
    // Codes 80 to 8F stand for letters of Vietnamese.
    let letters: Vec<char> = "ếạộứăđơưệảốìềụớậ".chars().collect();
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin begincmap\n1 begincodespacerange <00> <FF> endcodespacerange\n16 beginbfchar\n",
    );
    for (i, letter) in letters.iter().enumerate() {
        writeln!(map, "<{:02X}> <{:04X}>", 0x80 + i, *letter as u32)?;
    }
    map += "endbfchar\n1 beginbfrange <20> <7E> <0020> endbfrange\nendcmap end\n";
    let mut objects: Vec<String> = vec![
        "<</Type/Catalog/Pages 2 0 R>>".into(),
        String::new(),
        "<</Type/Font/Subtype/TrueType/BaseFont/Arial/FirstChar 32/LastChar 33/Widths[278 278]/Encoding/WinAnsiEncoding/ToUnicode 4 0 R>>".into(),
        format!("<</Length {}>>stream\n{map}endstream", map.len()),
    ];
    let mut kids = String::new();
    for number in 1..=PAGES {
        let drawn = page(number)?;
        write!(kids, "{} 0 R ", objects.len() + 1)?;
        objects.push(format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>", objects.len() + 2));
        objects.push(format!(
            "<</Length {}>>stream\n{drawn}endstream",
            drawn.len()
        ));
    }
    objects[1] = format!("<</Type/Pages/Kids[{kids}]/Count {PAGES}>>");
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = String::new();
    for (i, object) in objects.iter().enumerate() {
        writeln!(offsets, "{:010} 00000 n ", out.len())?;
        write!(out, "{} 0 obj\n{object}\nendobj\n", i + 1)?;
    }
    let (xref, size) = (out.len(), objects.len() + 1);
    write!(
        out,
        "xref\n0 {size}\n0000000000 65535 f \n{offsets}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n"
    )?;
    Ok(out.into_bytes())
}

fn page(number: usize) -> Result<String, std::fmt::Error> {
    let mut drawn = String::new();
    for line in 0..LINES {
        let y = 800 - line * 14;
        for (word, x) in (70..520).step_by(50).enumerate() {
            let code = (number + line + word) % 16;
            writeln!(
                drawn,
                "BT /F 12 Tf {x} {y} Td (ph\\{:o}t tri) Tj ET",
                0x80 + code
            )?;
        }
    }
    for row in 0..=10 {
        let y = 230 - row * 16;
        writeln!(drawn, "70 {y} m 520 {y} l S")?;
        if row < 10 {
            for (column, x) in [70, 120, 320].iter().enumerate() {
                writeln!(
                    drawn,
                    "BT /F 10 Tf {} {} Td (c{row} {column} {number}) Tj ET",
                    x + 4,
                    y - 12
                )?;
            }
        }
    }
    for x in [70, 120, 320, 520] {
        writeln!(drawn, "{x} 230 m {x} 70 l S")?;
    }
    Ok(drawn)
}
