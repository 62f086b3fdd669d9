//! Pictures within a file, looked at for marks of secrecy: their words are no text of the document.

use crate::child::run;
use crate::{Diagnostic, Format, Limits, Notice, detect, ocr};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// Largest picture looked at, in bytes.
const LARGEST: usize = 16 << 20;
/// Smaller ones are rules and bullets.
const SMALLEST: usize = 200;

/// Looks at one picture after another, within the limits.
pub(crate) struct Gallery<'l> {
    limits: &'l Limits,
    /// Whether pictures can be read here; asked for when there is one.
    open: Option<bool>,
    begun: Instant,
    seen: HashSet<u64>,
    unseen: usize,
    words: Vec<String>,
}

impl<'l> Gallery<'l> {
    pub(crate) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            open: None,
            begun: Instant::now(),
            seen: HashSet::new(),
            unseen: 0,
            words: Vec::new(),
        }
    }

    /// Looks at a picture; one that comes again is looked at once.
    pub(crate) fn look(&mut self, picture: &[u8]) {
        if picture.len() < SMALLEST {
            return;
        }
        let mut hasher = DefaultHasher::new();
        picture.hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            return;
        }
        let left = self.left();
        let known = matches!(detect(picture), Ok(Format::Image));
        let may = known
            && picture.len() <= LARGEST
            && self.seen.len() <= self.limits.ocr_pictures
            && !left.is_zero()
            && self.is_open();
        let read = may
            .then(|| ocr::words_of(picture, left, self.limits))
            .flatten();
        match read {
            Some(mut words) => self.words.append(&mut words),
            None => self.pass(1),
        }
    }

    /// Passes by pictures without a look.
    pub(crate) fn pass(&mut self, count: usize) {
        self.unseen += count;
    }

    /// Looks at the pictures of a PDF, of so many pages as pictures at most: `pages` has for each page how
    /// many there are.
    pub(crate) fn look_into_pdf(&mut self, file: &[u8], pages: &[usize]) {
        let with_pictures = pages.iter().enumerate().filter(|(_, count)| **count > 0);
        for (turn, (i, count)) in with_pictures.enumerate() {
            let may = turn < self.limits.ocr_pictures && !self.left().is_zero() && self.is_open();
            if !may || self.look_at_page(file, i + 1).is_none() {
                self.pass(*count);
            }
        }
    }

    /// Takes the pictures out of a page with `pdfimages` of Poppler, which knows every way to store one.
    fn look_at_page(&mut self, file: &[u8], number: usize) -> Option<()> {
        let folder = tempfile::tempdir().ok()?;
        let number = number.to_string();
        let root = folder.path().join("hinh");
        let mut take = ocr::command("pdfimages", &["-png", "-f", &number, "-l", &number, "-"]);
        take.args.push(root.into());
        run(file, &take, ocr::bounds(self.limits)).ok()?;
        let mut taken: Vec<_> = std::fs::read_dir(folder.path()).ok()?.flatten().collect();
        taken.sort_by_key(std::fs::DirEntry::path);
        for entry in taken {
            match std::fs::read(entry.path()) {
                Ok(picture) => self.look(&picture),
                Err(_) => self.pass(1),
            }
        }
        Some(())
    }

    fn left(&self) -> Duration {
        let all = self.limits.ocr_pictures_time;
        all.saturating_sub(self.begun.elapsed())
    }

    fn is_open(&mut self) -> bool {
        let limits = self.limits;
        *self.open.get_or_insert_with(|| ocr::available(limits))
    }

    /// The words seen, a line each, and the notice when some picture was not looked at.
    pub(crate) fn leave(self) -> (Vec<String>, Option<Diagnostic>) {
        let count = self.unseen;
        let notice = (count > 0).then(|| Diagnostic::of(Notice::PicturesNotLookedAt { count }));
        (self.words, notice)
    }
}
