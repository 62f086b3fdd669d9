//! A source that refuses rows without end.

use std::cell::Cell;
use std::io::{self, Read};

/// Hands on what it reads until more bytes have passed than one row may have since the row began.
pub(crate) struct Bounded<R> {
    inner: R,
    most: u64,
    passed: Cell<u64>,
}

impl<R: Read> Bounded<R> {
    pub(crate) fn new(inner: R, most: u64) -> Self {
        let passed = Cell::new(0);
        Self {
            inner,
            most,
            passed,
        }
    }

    /// A new row begins. What was read ahead is not counted, so a row may be longer by one buffer.
    pub(crate) fn begin_row(&self) {
        self.passed.set(0);
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.passed.get() > self.most {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "dòng quá dài; kiểm tra dấu ngoặc kép chưa đóng (a row is too long; look for a quote that is not closed)",
            ));
        }
        let read = self.inner.read(buffer)?;
        self.passed.set(self.passed.get() + read as u64);
        Ok(read)
    }
}
