//! A staged text read in stretches, on a thread of its own and in bounded memory.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use access::Scope;
use activation::Directory;
use journal::Db;
use observation::ImportId;
use tokio::sync::mpsc;

use super::outcome::{Read, Reading};
use super::read::places;
use super::staged::{self, Staged};
use crate::app::App;
use crate::parts;

/// Rows of a stretch.
pub const STRETCH: usize = 10_000;

/// Stretches as they come, each with the bytes read so far, not further ahead than one; at last why the file
/// cannot be read on, if it cannot.
pub fn stretches(
    app: &App,
    staged: &Staged,
    directory: &Arc<Directory>,
    scope: &Scope,
) -> mpsc::Receiver<Result<(Read, u64), String>> {
    let (give, pieces) = mpsc::channel(2);
    let (out, stretches) = mpsc::channel(1);
    tokio::spawn(feed(app.journal.db().clone(), staged.id, give));
    let (staged, directory) = (staged.clone(), directory.clone());
    let (scope, today) = (scope.clone(), app.journal.today());
    tokio::task::spawn_blocking(move || {
        let reading = Reading {
            staged: &staged,
            directory: &directory,
            scope: &scope,
            today,
            sent_on: parts::day_of(staged.created_at),
        };
        read_stretches(&reading, pieces, &out);
    });
    stretches
}

/// Hands on the pieces of a file, until there are no more or nobody takes them.
async fn feed(db: Db, id: ImportId, give: mpsc::Sender<Result<Vec<u8>, String>>) {
    for ix in 0i64.. {
        let piece = match staged::piece(&db, id, ix).await {
            Ok(Some(piece)) => Ok(piece),
            Ok(None) => return,
            Err(error) => Err(error.to_string()),
        };
        let ends = piece.is_err();
        if give.send(piece).await.is_err() || ends {
            return;
        }
    }
}

/// The pieces of a file as one text.
struct Pieces {
    from: mpsc::Receiver<Result<Vec<u8>, String>>,
    piece: io::Cursor<Vec<u8>>,
    read: Arc<std::sync::atomic::AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl io::Read for Pieces {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(0);
            }
            let read = io::Read::read(&mut self.piece, out)?;
            if read > 0 || out.is_empty() {
                self.read.fetch_add(read as u64, Ordering::Relaxed);
                return Ok(read);
            }
            match self.from.blocking_recv() {
                Some(Ok(piece)) => self.piece = io::Cursor::new(piece),
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return Ok(0),
            }
        }
    }
}

fn read_stretches(
    reading: &Reading<'_>,
    pieces: mpsc::Receiver<Result<Vec<u8>, String>>,
    out: &mpsc::Sender<Result<(Read, u64), String>>,
) {
    let (read, stop) = (Arc::default(), Arc::new(AtomicBool::new(false)));
    let source = Pieces {
        from: pieces,
        piece: io::Cursor::default(),
        read: Arc::clone(&read),
        stop: stop.clone(),
    };
    let mapping = reading.staged.mapping.as_ref();
    let empty = || Read::of(mapping.map(places).unwrap_or_default());
    let mut stretch = empty();
    let send = |stretch: Read| {
        let sent = out.blocking_send(Ok((stretch, read.load(Ordering::Relaxed))));
        if sent.is_err() {
            // Cancelled: the rest is not read.
            stop.store(true, Ordering::Relaxed);
        }
    };
    let end = reading.stream(source, &mut |row| {
        stretch.take(row);
        if stretch.len() >= STRETCH {
            send(std::mem::replace(&mut stretch, empty()));
        }
    });
    match end {
        Ok(_) => send(stretch),
        Err(unread) => {
            // Nobody waits for it any longer when this fails.
            let _ = out.blocking_send(Err(unread.to_string()));
        }
    }
}

/// Rows of earlier stretches, by a hash of what makes them the same: a file may be longer than memory.
/// That two of a million rows collide has a chance of one in forty million, and tells a double too many.
#[derive(Default)]
pub struct Seen(HashSet<u64>);

impl Seen {
    /// Takes the rows of a stretch in; those seen before become faults.
    pub fn take(&mut self, read: &mut Read) {
        read.drop_doubles(|row| {
            let (key, figure) = (&row.key, &row.figure);
            let mut hasher = DefaultHasher::new();
            (key, figure.period, figure.stage, figure.vintage).hash(&mut hasher);
            self.0.insert(hasher.finish())
        });
    }
}
