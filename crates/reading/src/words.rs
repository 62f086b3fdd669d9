//! Lists of phrases that can be looked for at every word of a text without comparing each of them.

/// One of 512 sorts of words. Words of different sorts are different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort(u16);

impl Sort {
    /// The sort of a word.
    pub const fn of(word: &str) -> Self {
        Self::of_bytes(word.as_bytes(), 0, word.len())
    }

    const fn of_bytes(bytes: &[u8], from: usize, to: usize) -> Self {
        // FNV-1a, of which the upper bits are the most mixed.
        let mut hash: u32 = 0x811c_9dc5;
        let mut i = from;
        while i < to {
            hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
            i += 1;
        }
        Self((hash >> 23) as u16)
    }
}

/// Which sorts of words a list of phrases can begin or end with.
struct Sorts([u64; 8]);

impl Sorts {
    const fn add(&mut self, sort: Sort) {
        self.0[sort.0 as usize / 64] |= 1 << (sort.0 % 64);
    }

    const fn has(&self, sort: Sort) -> bool {
        self.0[sort.0 as usize / 64] & (1 << (sort.0 % 64)) != 0
    }
}

/// Phrases of which one is looked for, in lower case with single spaces.
pub(crate) struct Words {
    phrases: &'static [&'static str],
    first: Sorts,
    last: Sorts,
}

impl Words {
    pub const fn new(phrases: &'static [&'static str]) -> Self {
        let (mut first, mut last) = (Sorts([0; 8]), Sorts([0; 8]));
        let mut i = 0;
        while i < phrases.len() {
            let bytes = phrases[i].as_bytes();
            let mut end = 0;
            while end < bytes.len() && bytes[end] != b' ' {
                end += 1;
            }
            let mut begin = bytes.len();
            while begin > 0 && bytes[begin - 1] != b' ' {
                begin -= 1;
            }
            first.add(Sort::of_bytes(bytes, 0, end));
            last.add(Sort::of_bytes(bytes, begin, bytes.len()));
            i += 1;
        }
        Self {
            phrases,
            first,
            last,
        }
    }

    pub fn phrases(&self) -> &'static [&'static str] {
        self.phrases
    }

    /// Whether this is one of them.
    pub fn has(&self, phrase: &str) -> bool {
        self.first.has(Sort::of(phrase)) && self.phrases.contains(&phrase)
    }

    /// Whether a phrase may begin with a word of this sort.
    pub fn may_begin(&self, word: Sort) -> bool {
        self.first.has(word)
    }

    /// Whether a phrase may end with a word of this sort.
    pub fn may_end(&self, word: Sort) -> bool {
        self.last.has(word)
    }
}

/// [`Words`] of the phrases given, made at compile time.
macro_rules! words {
    ($($phrase:literal),+ $(,)?) => {{
        static WORDS: $crate::words::Words = $crate::words::Words::new(&[$($phrase),+]);
        &WORDS
    }};
}
pub(crate) use words;
