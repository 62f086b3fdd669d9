use std::path::{Path, PathBuf};

use futures::{Stream, TryStreamExt};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::JournalError;
use crate::steps::reached;

/// SHA-256 of a file's content in lower-case hexadecimal; the name it is stored under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileHash(String);

impl FileHash {
    /// Hash of some bytes.
    pub fn of(content: &[u8]) -> Self {
        FileHash(hex(&Sha256::digest(content)))
    }

    /// Checks that a text has the form of a hash: anything else never reaches the file system.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 64
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        fits.then(|| FileHash(text.to_owned()))
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The hash of content that comes piece by piece.
#[derive(Debug, Clone, Default)]
pub struct FileHasher(Sha256);

impl FileHasher {
    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The hash of all pieces.
    pub fn finish(self) -> FileHash {
        FileHash(hex(&self.0.finalize()))
    }
}

impl TryFrom<String> for FileHash {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        FileHash::parse(&text).ok_or_else(|| format!("{text:?} is not a SHA-256 in hexadecimal"))
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> String {
        hash.0
    }
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// 32 bytes from 64 lower-case hexadecimal digits.
pub(crate) fn unhex(digits: &str) -> Option<[u8; 32]> {
    let fits = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if digits.len() != 64 || !digits.bytes().all(fits) {
        return None;
    }
    let mut bytes = [0; 32];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}

/// How a stored file was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// As it was put.
    Sound,
    /// Its content no longer has the hash it is named by.
    Altered,
    /// It is not there.
    Missing,
}

/// Files by content hash in one folder: uploaded documents, evidence, generated reports. Several
/// processes may share it; the same content is stored once; a file is never changed.
#[derive(Debug, Clone)]
pub struct FileStore {
    root: PathBuf,
}

impl FileStore {
    /// A store below a folder, which is made when missing.
    pub async fn open(root: impl AsRef<Path>) -> Result<Self, JournalError> {
        let root = root.as_ref().to_path_buf();
        fs::create_dir_all(&root).await.map_err(fault(&root))?;
        Ok(Self { root })
    }

    /// Stores content durably and answers its hash. When it returns, the file survives a power cut. A
    /// file of that name whose content was damaged is replaced.
    pub async fn put(&self, content: &[u8]) -> Result<FileHash, JournalError> {
        let hash = FileHash::of(content);
        let path = self.path(&hash);
        let folder = path.parent().unwrap_or(&self.root).to_path_buf();
        fs::create_dir_all(&folder).await.map_err(fault(&folder))?;
        if !holds(&path, content).await {
            let unfinished = folder.join(format!(".{}.{}", hash.as_str(), uuid::Uuid::now_v7()));
            if let Err(source) = write_and_rename(&unfinished, &path, content).await {
                // What was written so far only takes up room; the first fault is the one to report.
                let _ = fs::remove_file(&unfinished).await;
                return Err(fault(&path)(source));
            }
        }
        // Also when the file was there: the one who put it may not have come to this line yet.
        sync_folder(&folder).await.map_err(fault(&folder))?;
        sync_folder(&self.root).await.map_err(fault(&self.root))?;
        reached("file-folder-synced");
        Ok(hash)
    }

    /// Stores content that comes piece by piece and has a known hash, as [`FileStore::put`] does, in the memory
    /// of a piece.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] when the pieces have another hash; nothing is kept of them then.
    pub async fn put_pieces(
        &self,
        hash: &FileHash,
        pieces: impl Stream<Item = Result<Vec<u8>, JournalError>> + Send,
    ) -> Result<(), JournalError> {
        let path = self.path(hash);
        let folder = path.parent().unwrap_or(&self.root).to_path_buf();
        fs::create_dir_all(&folder).await.map_err(fault(&folder))?;
        if self.check(hash).await? != FileState::Sound {
            let unfinished = folder.join(format!(".{}.{}", hash.as_str(), uuid::Uuid::now_v7()));
            if let Err(error) = gather(&unfinished, &path, hash, pieces).await {
                // What was written so far only takes up room; the first fault is the one to report.
                let _ = fs::remove_file(&unfinished).await;
                return Err(error);
            }
        }
        sync_folder(&folder).await.map_err(fault(&folder))?;
        sync_folder(&self.root).await.map_err(fault(&self.root))?;
        reached("file-folder-synced");
        Ok(())
    }

    /// An empty file without a name, in the store's folder: for what is too long for memory and of which nothing
    /// may be kept yet. It goes when it is closed, also when the process dies.
    pub async fn unnamed(&self) -> Result<std::fs::File, JournalError> {
        let root = self.root.clone();
        let made = tokio::task::spawn_blocking(move || tempfile::tempfile_in(root)).await;
        let made = made.unwrap_or_else(|died| Err(std::io::Error::other(died)));
        made.map_err(fault(&self.root))
    }

    /// The folder it lies in.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Is there a file of this hash, sound or not?
    pub async fn has(&self, hash: &FileHash) -> Result<bool, JournalError> {
        let path = self.path(hash);
        fs::try_exists(&path).await.map_err(fault(&path))
    }

    /// Content of a file, checked against its hash.
    pub async fn get(&self, hash: &FileHash) -> Result<Vec<u8>, JournalError> {
        let path = self.path(hash);
        let content = fs::read(&path).await.map_err(fault(&path))?;
        if FileHash::of(&content) == *hash {
            Ok(content)
        } else {
            Err(JournalError::Damaged(hash.as_str().to_owned()))
        }
    }

    /// Reads a file to its end, piece by piece, and compares it with its hash.
    pub async fn check(&self, hash: &FileHash) -> Result<FileState, JournalError> {
        const PIECE: usize = 1 << 18;
        let path = self.path(hash);
        let mut file = match fs::File::open(&path).await {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(FileState::Missing);
            }
            Err(error) => return Err(fault(&path)(error)),
        };
        let (mut hasher, mut piece) = (Sha256::new(), vec![0; PIECE]);
        loop {
            let read = file.read(&mut piece).await.map_err(fault(&path))?;
            let Some(part) = piece.get(..read).filter(|part| !part.is_empty()) else {
                break;
            };
            hasher.update(part);
        }
        Ok(if hex(&hasher.finalize()) == hash.0 {
            FileState::Sound
        } else {
            FileState::Altered
        })
    }

    /// Takes a file away for good; when it returns, it is gone from the folder also after a power cut. A
    /// file that is not there is no fault: removal is repeated until it is known to be done.
    pub async fn remove(&self, hash: &FileHash) -> Result<(), JournalError> {
        let path = self.path(hash);
        let folder = path.parent().unwrap_or(&self.root).to_path_buf();
        let mut there = match fs::remove_file(&path).await {
            Ok(()) => true,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) => return Err(fault(&path)(error)),
        };
        there |= remove_unfinished(&folder, hash)
            .await
            .map_err(fault(&folder))?;
        if there {
            sync_folder(&folder).await.map_err(fault(&folder))?;
        }
        Ok(())
    }

    fn path(&self, hash: &FileHash) -> PathBuf {
        let (folder, name) = hash.0.split_at(2);
        self.root.join(folder).join(name)
    }
}

async fn holds(path: &Path, content: &[u8]) -> bool {
    fs::read(path).await.is_ok_and(|stored| stored == content)
}

async fn write_and_rename(unfinished: &Path, path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = fs::File::create(unfinished).await?;
    file.write_all(content).await?;
    rename(file, unfinished, path).await
}

async fn gather(
    unfinished: &Path,
    path: &Path,
    hash: &FileHash,
    pieces: impl Stream<Item = Result<Vec<u8>, JournalError>> + Send,
) -> Result<(), JournalError> {
    let created = fs::File::create(unfinished).await;
    let mut file = created.map_err(fault(unfinished))?;
    let mut hasher = FileHasher::default();
    let mut pieces = std::pin::pin!(pieces);
    while let Some(piece) = pieces.try_next().await? {
        hasher.update(&piece);
        file.write_all(&piece).await.map_err(fault(unfinished))?;
    }
    if hasher.finish() != *hash {
        return Err(JournalError::Damaged(hash.as_str().to_owned()));
    }
    rename(file, unfinished, path).await.map_err(fault(path))
}

/// Gives a file that was written to its end its name.
async fn rename(mut file: fs::File, unfinished: &Path, path: &Path) -> std::io::Result<()> {
    // A fault of the last write is told by the flush, not by the sync: without it a full disk would
    // leave half a file under the whole one's name.
    file.flush().await?;
    reached("file-written");
    file.sync_all().await?;
    reached("file-synced");
    fs::rename(unfinished, path).await?;
    reached("file-renamed");
    Ok(())
}

/// What a writer that died left of a file; yes when there was something.
async fn remove_unfinished(folder: &Path, hash: &FileHash) -> std::io::Result<bool> {
    let mut entries = match fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let (beginning, mut there) = (format!(".{}.", hash.as_str()), false);
    while let Some(entry) = entries.next_entry().await? {
        if entry.file_name().to_string_lossy().starts_with(&beginning) {
            fs::remove_file(entry.path()).await?;
            there = true;
        }
    }
    Ok(there)
}

/// A rename survives a power cut only once its folder is synced.
async fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder).await?.sync_all().await
}

fn fault(path: &Path) -> impl FnOnce(std::io::Error) -> JournalError {
    let path = path.display().to_string();
    move |source| JournalError::File { path, source }
}
