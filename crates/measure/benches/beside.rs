//! Our side of `beside-peers`: fills the values, then answers a question a line, by its number, with the milliseconds
//! it took; `answers N` writes the answers as the peers do. Ends with its input.

#[allow(dead_code, reason = "shared with the bench")]
mod peer;

use std::io::{BufRead, Write, stdin, stdout};
use std::time::Instant;

use peer::{answers, peer, periods};

fn main() -> std::io::Result<()> {
    let begun = Instant::now();
    let columns = &peer().columns;
    let mut out = stdout().lock();
    writeln!(
        out,
        "{} {} {:.3}",
        columns.len(),
        columns.bytes(),
        begun.elapsed().as_secs_f64()
    )?;
    out.flush()?;
    for line in stdin().lock().lines() {
        let line = line?;
        match line.strip_prefix("answers ") {
            Some(question) => tell(&mut out, question.trim().parse().unwrap_or(0))?,
            None => {
                let question = line.trim().parse().unwrap_or(0);
                let begun = Instant::now();
                let found = answers(question);
                let took = begun.elapsed();
                writeln!(out, "{:.4} {}", took.as_secs_f64() * 1e3, found.len())?;
            }
        }
        out.flush()?;
    }
    Ok(())
}

/// Lines as the peers' answers have them, and an empty one at the end.
fn tell(out: &mut impl Write, question: u8) -> std::io::Result<()> {
    let (first, groups) = match question {
        1 => (1, 1),
        2 => (5, 102),
        _ => (2, 3),
    };
    for (item, found) in (1..).zip(answers(question)) {
        for group in 0..groups {
            for (index, period) in periods(question).iter().enumerate() {
                let value = found
                    .get(group, index)
                    .and_then(|rolled| rolled.value.as_ref().ok());
                write!(out, "DE{item:09},")?;
                if question != 1 {
                    write!(out, "OU{:09},", first + group)?;
                }
                if question != 4 {
                    write!(out, "{},", period.to_string().replace("-M", ""))?;
                }
                writeln!(out, "{}", value.map_or_else(String::new, |v| v.to_string()))?;
            }
        }
    }
    writeln!(out)
}
