//! Reads a text table by what its columns seem to mean and says how long that took and how much memory:
//! `cargo run --release --example read_table -- FILE`. Without a file, it reads a million rows it makes up.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read};
use std::time::Instant;

use interchange::table::csv::Csv;
use interchange::table::{Fixed, Mapping, Reader};

/// A million rows, made as they are read.
struct MadeUp {
    next: u32,
    ready: Vec<u8>,
    taken: usize,
}

impl Read for MadeUp {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ready.len() {
            self.ready.clear();
            self.taken = 0;
            for n in self.next..(self.next + 1000).min(1_000_000) {
                let (area, year, whole) = (10_000 + n % 3_321, 2000 + n % 27, n % 1000);
                let line = format!(
                    "chi-so-{};{area};{year};{whole},{};Chính thức;Niên giám thống kê\n",
                    n % 60,
                    n % 100
                );
                self.ready.extend_from_slice(line.as_bytes());
            }
            self.next += 1000;
        }
        let count = (self.ready.len() - self.taken).min(out.len());
        out[..count].copy_from_slice(&self.ready[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let source: Box<dyn Read> = match std::env::args().nth(1) {
        Some(file) => Box::new(File::open(file)?),
        None => Box::new(MadeUp {
            next: 0,
            ready: "Chỉ số;Địa bàn;Năm;Giá trị;Loại số liệu;Nguồn\n".into(),
            taken: 0,
        }),
    };
    let began = Instant::now();
    let mut table = Csv::open(source)?;
    let mapping = table.propose();
    println!("{:?}\n{mapping:#?}", table.dialect());
    let area = mapping.fixed.area.clone().or(Some("VN@".to_owned()));
    let reader = Reader::new(Mapping {
        fixed: Fixed {
            area,
            ..mapping.fixed.clone()
        },
        ..mapping
    })?;
    let (mut figures, mut faults) = (0u64, 0u64);
    while let Some(row) = table.next_row(&reader)? {
        match row {
            Ok(records) => figures += records.len() as u64,
            Err(found) => {
                faults += found.len() as u64;
                if let Some(first) = found.first().filter(|_| faults <= 20) {
                    println!(
                        "{}: {} {} {}",
                        first.at, first.found, first.reason.vi, first.remedy.vi
                    );
                }
            }
        }
    }
    println!("{figures} figures, {faults} faults, {:?}", began.elapsed());
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!("{peak}");
    }
    Ok(())
}
