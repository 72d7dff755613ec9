//! A temporary folder that only its owner can read, and that goes when it is dropped.

use std::{
    fs::{DirBuilder, remove_dir_all},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use crate::{clock, config::Config};

/// The folder.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes one with a name that nobody has.
    pub fn make() -> io::Result<Self> {
        let path = Config::temporary_folder().join(format!("testamur-demo-{}", clock::public_id()));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "the temporary folder was not removed");
        }
    }
}
