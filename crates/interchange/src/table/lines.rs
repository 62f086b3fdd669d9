//! Lines that end alike, so that they can be counted.

use std::io::{self, Read};

/// A source whose lines all end in one line feed, the last one too.
pub(super) struct Lines<R> {
    inner: R,
    after_return: bool,
    last: Option<u8>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            after_return: false,
            last: None,
        }
    }

    /// Makes line feeds of carriage returns, alone or before a line feed; how many bytes are left.
    fn unify(&mut self, bytes: &mut [u8]) -> usize {
        if !self.after_return && !bytes.contains(&b'\r') {
            return bytes.len();
        }
        let mut kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes[at];
            let second = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if !second {
                bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
        }
        kept
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.inner.read(out)?;
            if read == 0 {
                let unended = self.last.is_some_and(|last| last != b'\n');
                let Some(first) = out.first_mut().filter(|_| unended) else {
                    return Ok(0);
                };
                *first = b'\n';
                self.last = Some(b'\n');
                return Ok(1);
            }
            let kept = self.unify(&mut out[..read]);
            if kept > 0 {
                self.last = Some(out[kept - 1]);
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn lines_end_alike(text in "[ab\r\n]{0,40}", piece in 1usize..5) {
            let mut lines = Lines::new(text.as_bytes());
            let (mut read, mut buffer) = (Vec::new(), vec![0; piece]);
            loop {
                match lines.read(&mut buffer).unwrap() {
                    0 => break,
                    n => read.extend_from_slice(&buffer[..n]),
                }
            }
            let mut want = text.replace("\r\n", "\n").replace('\r', "\n");
            if !want.is_empty() && !want.ends_with('\n') {
                want.push('\n');
            }
            proptest::prop_assert_eq!(String::from_utf8(read).unwrap(), want);
        }
    }
}
