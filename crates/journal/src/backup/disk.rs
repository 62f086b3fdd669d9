//! Folders and files that only their owner reads, written so that a power cut leaves the whole of a file
//! or nothing of it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::BackupError;
use crate::FileHash;
use crate::files::hex;

/// Makes a folder, and those above it, for its owner only (0700). One that is there stays as it is.
///
/// # Errors
/// When the system refuses.
pub fn private_folder(path: &Path) -> Result<(), BackupError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(at(path))
}

/// A file for its owner only (0600) that appears under its name when it is whole: written beside it,
/// synced, then renamed. Dropped before [`PrivateFile::finish`], it leaves nothing.
pub struct PrivateFile {
    out: BufWriter<File>,
    unfinished: Unfinished,
    hasher: Sha256,
    bytes: u64,
}

/// A file under its unfinished name, which goes when this is dropped.
struct Unfinished(Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // What was written so far only takes up room; the fault that led here is the one to report.
            let _ = fs::remove_file(path);
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sum {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Length.
    pub bytes: u64,
}

impl PrivateFile {
    /// Begins a file in a folder that is there.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn create_in(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(format!("{UNFINISHED}{}", uuid::Uuid::now_v7()));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(at(&path))?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 16, file),
            unfinished: Unfinished(Some(path)),
            hasher: Sha256::new(),
            bytes: 0,
        })
    }

    /// Gives the file its name; when this returns, it survives a power cut.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self, path: &Path) -> Result<(), BackupError> {
        self.finish_as(path.parent().unwrap_or(Path::new(".")), |_| {
            path.file_name().unwrap_or_default().into()
        })?;
        Ok(())
    }

    /// The same, with a name that depends on what was written.
    pub(super) fn finish_as(
        self,
        folder: &Path,
        name: impl FnOnce(&Sum) -> PathBuf,
    ) -> Result<(PathBuf, Sum), BackupError> {
        let sum = Sum {
            sha256: hex(&self.hasher.clone().finalize()),
            bytes: self.bytes,
        };
        let path = folder.join(name(&sum));
        self.settle(folder, &path).map_err(at(&path))?;
        Ok((path, sum))
    }

    fn settle(mut self, folder: &Path, path: &Path) -> io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        if let Some(unfinished) = &self.unfinished.0 {
            fs::rename(unfinished, path)?;
        }
        self.unfinished.0 = None;
        File::open(folder)?.sync_all()
    }
}

impl Write for PrivateFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Keeps others from writing in a folder as long as what it answers with is held, also across processes;
/// a process that dies lets go.
pub(super) fn lock(folder: &Path) -> Result<File, BackupError> {
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::Busy(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(at(&path)(error)),
    }
}

/// How the names of files begin that are not whole yet.
const UNFINISHED: &str = ".unfinished-";

/// Takes away what a run that was killed left half written.
pub(super) fn sweep(folder: &Path) -> Result<(), BackupError> {
    for entry in entries(folder)? {
        let unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        if unfinished {
            fs::remove_file(entry.path()).map_err(at(&entry.path()))?;
        }
    }
    Ok(())
}

/// What stands in a folder; nothing when there is no such folder.
pub(super) fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>, BackupError> {
    let list = match fs::read_dir(folder) {
        Ok(list) => list,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(folder)(error)),
    };
    list.collect::<Result<_, _>>().map_err(at(folder))
}

/// Writes a file whole.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<(), BackupError> {
    let mut file = PrivateFile::create_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(content).map_err(at(path))?;
    file.finish(path)
}

/// Content by its hash in one folder, two letters of it a folder of its own.
#[derive(Debug, Clone)]
pub(super) struct ByHash {
    root: PathBuf,
}

impl ByHash {
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Where the content of a hash lies, if it is there.
    pub fn path(&self, hash: &FileHash) -> PathBuf {
        let (folder, name) = hash.as_str().split_at(2);
        self.root.join(folder).join(name)
    }

    pub fn has(&self, hash: &FileHash) -> bool {
        self.path(hash).is_file()
    }

    /// Keeps content that its hash has been checked of.
    pub fn put(&self, hash: &FileHash, content: &[u8]) -> Result<(), BackupError> {
        let path = self.path(hash);
        let folder = path.parent().unwrap_or(&self.root);
        if !folder.is_dir() {
            private_folder(folder)?;
            sync_folder(&self.root)?;
        }
        write_whole(&path, content)
    }

    /// Content of a hash, checked against it; nothing when there is none.
    pub fn get(&self, hash: &FileHash) -> Result<Option<Vec<u8>>, BackupError> {
        let path = self.path(hash);
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(at(&path)(error)),
        };
        if FileHash::of(&content) == *hash {
            Ok(Some(content))
        } else {
            Err(BackupError::damaged(
                &path,
                "it does not have the hash it is named by",
            ))
        }
    }

    /// Takes content away; nothing happens when it is not there.
    pub fn remove(&self, hash: &FileHash) -> Result<(), BackupError> {
        remove(&self.path(hash))
    }

    /// Every name in the store, folder by folder, with its path.
    pub fn each(
        &self,
        mut take: impl FnMut(Option<FileHash>, &Path) -> Result<(), BackupError>,
    ) -> Result<(), BackupError> {
        for folder in entries(&self.root)? {
            let path = folder.path();
            if !path.is_dir() {
                take(None, &path)?;
                continue;
            }
            let two = folder.file_name().to_string_lossy().into_owned();
            for entry in entries(&path)? {
                let name = entry.file_name().to_string_lossy().into_owned();
                if !name.starts_with(UNFINISHED) {
                    take(FileHash::parse(&format!("{two}{name}")), &entry.path())?;
                }
            }
        }
        Ok(())
    }
}

/// SHA-256 of a file, read piece by piece.
pub(super) fn hash_of(path: &Path) -> Result<FileHash, BackupError> {
    let mut file = File::open(path).map_err(at(path))?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut piece).map_err(at(path))?;
        if read == 0 {
            break;
        }
        hasher.update(&piece[..read]);
    }
    FileHash::try_from(hex(&hasher.finalize())).map_err(|e| BackupError::damaged(path, e))
}

/// Takes a file away; nothing happens when it is not there.
pub(super) fn remove(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

pub(super) fn sync_folder(folder: &Path) -> Result<(), BackupError> {
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(at(folder))
}

/// Names the place of a fault of the system.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |source| BackupError::Place { path, source }
}
