//! Files that are too long for memory, while they arrive.
//!
//! Nothing of a file may be kept before marks of secrecy were looked for. So it lies in a file without a name, which
//! nobody else can open and which goes when it is closed, also when the process dies.

use std::fs::File;
use std::io::{Read, Seek};

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Request};
use journal::{FileHash, FileHasher};
use tokio::io::AsyncWriteExt;

use crate::app::App;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::form::{Posted, begin_multipart, is_multipart, unreadable};

/// Bytes of all fields of a form that are no file.
const FIELDS: usize = 1 << 20;

/// A file that arrived and is not kept.
pub struct Spooled {
    /// The name the sender gave it. Hostile: for showing only.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// The hash of its content.
    pub hash: FileHash,
    /// Its beginning, 64 KiB at most.
    pub beginning: Vec<u8>,
    file: File,
}

/// Bytes at its beginning by which a file is judged.
const BEGINNING: usize = 64 << 10;

impl Spooled {
    /// Its content from the beginning on.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn content(&mut self) -> std::io::Result<&mut File> {
        self.file.rewind()?;
        Ok(&mut self.file)
    }

    /// Its content in memory: for what is read only whole.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn whole(&mut self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.content()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Reads a form whose one file, in field `field`, may be as long as `limit`; none when no file was chosen. The token
/// of the session must come before it, as it does in every form of ours, and `allowed` must agree: of nobody else so
/// much as a byte is taken.
///
/// # Errors
/// The form cannot be read, is too long or was not sent from a page of this session; what `allowed` says; the store.
pub async fn receive(
    app: &App,
    ctx: &Ctx,
    request: Request,
    (field, limit): (&str, usize),
    allowed: impl Fn() -> Result<(), Failure>,
) -> Result<(Posted, Option<Spooled>), Failure> {
    if !is_multipart(&request) {
        let posted = Posted::from_request(request, app).await?;
        allowed()?;
        return Ok((posted, None));
    }
    let mut multipart = begin_multipart(request, app).await?;
    let broken = |error| unreadable(&error, limit);
    let (mut posted, mut spooled, mut room) = (Posted::default(), None, FIELDS);
    while let Some(mut part) = multipart.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or("").to_owned();
        let file_name = part.file_name().map(str::to_owned);
        match file_name {
            Some(file_name) if name == field && spooled.is_none() => {
                posted = posted.checked(ctx)?;
                allowed()?;
                let file = spool(app, &mut part, file_name, limit).await?;
                spooled = Some(file).filter(|file| file.size > 0);
            }
            other => {
                let bytes = short(&mut part, &mut room).await?;
                posted.take(name, other, bytes);
            }
        }
    }
    let posted = posted.checked(ctx)?;
    allowed()?;
    Ok((posted, spooled))
}

/// A field that is held in memory.
async fn short(part: &mut Field<'_>, room: &mut usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let broken = |error| unreadable(&error, FIELDS);
    while let Some(piece) = part.chunk().await.map_err(broken)? {
        let left = room.checked_sub(piece.len());
        *room = left.ok_or(Failure::TooLarge { limit: FIELDS })?;
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

async fn spool(
    app: &App,
    part: &mut Field<'_>,
    name: String,
    limit: usize,
) -> Result<Spooled, Failure> {
    let unnamed = app.journal.files().unnamed().await?;
    let mut file = tokio::fs::File::from_std(unnamed);
    let (mut hasher, mut size, mut beginning) = (FileHasher::default(), 0_u64, Vec::new());
    let broken = |error| unreadable(&error, limit);
    while let Some(piece) = part.chunk().await.map_err(broken)? {
        size += piece.len() as u64;
        if size > limit as u64 {
            return Err(Failure::TooLarge { limit });
        }
        let room = BEGINNING.saturating_sub(beginning.len());
        beginning.extend_from_slice(&piece[..piece.len().min(room)]);
        hasher.update(&piece);
        file.write_all(&piece).await.map_err(full)?;
    }
    file.flush().await.map_err(full)?;
    Ok(Spooled {
        name,
        size,
        hash: hasher.finish(),
        beginning,
        file: file.into_std().await,
    })
}

fn full(error: std::io::Error) -> Failure {
    Failure::Broken(format!("a file that arrives cannot be laid aside: {error}"))
}
