//! In which characters a file is written, and its text as UTF-8.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1258};
use serde::{Deserialize, Serialize};

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, the low byte first: what Excel calls Unicode text.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Windows-1258, what Excel writes as CSV on a Vietnamese system.
    Windows1258,
}

impl Encoding {
    /// The encoding of a file by its beginning: a byte-order mark, else zero bytes in every other place,
    /// else UTF-8 when it is that, else Windows-1258. A character cut off at the end does not count.
    pub fn detect(beginning: &[u8]) -> Self {
        match beginning {
            [0xEF, 0xBB, 0xBF, ..] => return Self::Utf8,
            [0xFF, 0xFE, ..] => return Self::Utf16Le,
            [0xFE, 0xFF, ..] => return Self::Utf16Be,
            _ => {}
        }
        let zeros = |first: usize| {
            let places = beginning.iter().skip(first).step_by(2);
            places.filter(|b| **b == 0).count()
        };
        let many = beginning.len() / 6 + 1;
        match (zeros(0) >= many, zeros(1) >= many) {
            (false, true) => return Self::Utf16Le,
            (true, false) => return Self::Utf16Be,
            _ => {}
        }
        match std::str::from_utf8(beginning) {
            Ok(_) => Self::Utf8,
            Err(e) if e.error_len().is_none() => Self::Utf8,
            Err(_) => Self::Windows1258,
        }
    }
}

/// A source as UTF-8 without a byte-order mark. Bytes that are no characters of a legacy encoding become
/// U+FFFD; UTF-8 is handed on as it is, whoever reads it checks it.
pub(super) enum Utf8<R: Read> {
    Plain(BufReader<R>),
    Decoded(Box<Decoded<R>>),
}

pub(super) struct Decoded<R: Read> {
    source: BufReader<R>,
    decoder: Decoder,
    ready: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(mut source: BufReader<R>, encoding: Encoding) -> io::Result<Self> {
        let legacy = match encoding {
            Encoding::Utf8 => {
                if source.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
                    source.consume(3);
                }
                return Ok(Self::Plain(source));
            }
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Windows1258 => WINDOWS_1258,
        };
        Ok(Self::Decoded(Box::new(Decoded {
            source,
            decoder: legacy.new_decoder_with_bom_removal(),
            ready: Vec::new(),
            taken: 0,
            ended: false,
        })))
    }
}

impl<R: Read> Decoded<R> {
    fn refill(&mut self) -> io::Result<()> {
        self.taken = 0;
        self.ready.clear();
        while self.ready.is_empty() && !self.ended {
            let bytes = self.source.fill_buf()?;
            self.ended = bytes.is_empty();
            let most = self.decoder.max_utf8_buffer_length(bytes.len());
            self.ready.resize(most.unwrap_or(bytes.len() * 3 + 16), 0);
            let (_, read, written, _) =
                self.decoder
                    .decode_to_utf8(bytes, &mut self.ready, self.ended);
            self.ready.truncate(written);
            self.source.consume(read);
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(source) => source.read(out),
            Self::Decoded(decoded) => {
                if decoded.taken == decoded.ready.len() {
                    decoded.refill()?;
                }
                let left = &decoded.ready[decoded.taken..];
                let count = left.len().min(out.len());
                out[..count].copy_from_slice(&left[..count]);
                decoded.taken += count;
                Ok(count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text_of(bytes: &[u8]) -> String {
        let encoding = Encoding::detect(bytes);
        let utf8 = Utf8::new(BufReader::with_capacity(16, bytes), encoding).unwrap();
        io::read_to_string(utf8).unwrap()
    }

    #[test]
    fn the_encodings_that_come() {
        let text = "Chỉ số;Giá trị\r\nĐắk Lắk;1,5\r\n";
        let utf16: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = utf16.iter().flat_map(|c| c.to_le_bytes()).collect();
        let big: Vec<u8> = utf16.iter().flat_map(|c| c.to_be_bytes()).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for (bytes, want) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (marked(b"\xEF\xBB\xBF", text.as_bytes()), Encoding::Utf8),
            (marked(b"\xFF\xFE", &little), Encoding::Utf16Le),
            (little, Encoding::Utf16Le),
            (marked(b"\xFE\xFF", &big), Encoding::Utf16Be),
            (big, Encoding::Utf16Be),
        ] {
            assert_eq!(Encoding::detect(&bytes), want);
            assert_eq!(text_of(&bytes), text);
        }
        // Letters with a tone are written as letter and tone there: Đ ă ́ k.
        let legacy = b"\xD0\xE3\xECk;gi\xE1\r\n";
        assert_eq!(Encoding::detect(legacy), Encoding::Windows1258);
        assert_eq!(viet::fold::nfc(&text_of(legacy)), "Đắk;giá\r\n");
        // Cut off within a character.
        assert_eq!(Encoding::detect(&"đ".as_bytes()[..1]), Encoding::Utf8);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let encoding = Encoding::detect(&bytes);
            let mut utf8 = Utf8::new(BufReader::with_capacity(7, bytes.as_slice()), encoding).unwrap();
            let mut out = Vec::new();
            prop_assert!(utf8.read_to_end(&mut out).is_ok());
            prop_assert!(encoding == Encoding::Utf8 || std::str::from_utf8(&out).is_ok());
        }
    }
}
