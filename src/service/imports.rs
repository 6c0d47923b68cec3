//! Importing: files of a folder or ZIP become documents that are not registered, each once however often it is asked.

use std::io::{self, Read};

use super::Archive;
use super::refusal::Refusal;
use crate::blob::{StageError, Upload};
use crate::catalogue::Look;
use crate::digest::{Blake3, ContentDigests, Sha256};
use crate::ids::{ClassCode, DocumentId};
use crate::limits;
use crate::model::access::Actor;
use crate::model::document::NewDocument;

/// Whether an import made a document or found the one it had made before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    New(DocumentId),
    Existing(DocumentId),
}

/// Why a file was not imported. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("it could not be read")]
    Source(#[source] io::Error),
    #[error("it holds more or less than the {announced} bytes it was said to have")]
    Size { announced: u64 },
    #[error(transparent)]
    Stage(StageError),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Part of the key, so that an import's keys are nobody else's.
const LABEL: &[u8] = b"tabularium import 1\0";

/// What makes a file the same as one imported before: its path within what is imported, and its content.
fn key_of(path: &str, content: &Blake3) -> Sha256 {
    let content = content.to_string();
    Sha256::of_parts(&[LABEL, path.as_bytes(), b"\0", content.as_bytes()])
}

impl Archive {
    /// Takes a content in, for something that will refer to it within a day.
    pub fn stage_content(
        &self,
        actor: &Actor,
        size: u64,
        source: &mut dyn Read,
    ) -> Result<ContentDigests, ImportError> {
        let upload = self.upload(actor, size, source)?;
        self.finish_upload(actor, upload, None).map_err(ImportError::Stage)
    }

    fn upload(&self, actor: &Actor, size: u64, source: &mut dyn Read) -> Result<Upload, ImportError> {
        let mut upload = self.begin_upload(actor)?;
        let (mut buffer, mut read) = (vec![0; (limits::STREAM_CHUNK / 8).max(1)], 0);
        loop {
            let count = match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ImportError::Source(error)),
            };
            read += count as u64;
            if read > size {
                return Err(ImportError::Size { announced: size });
            }
            upload.write(&buffer[..count]).map_err(ImportError::Stage)?;
        }
        if read != size {
            return Err(ImportError::Size { announced: size });
        }
        Ok(upload)
    }

    /// Files what `source` holds as a document that is not registered, under the path it has within the folder or ZIP
    /// that is imported. The same path with the same content finds the document made before.
    ///
    /// # Errors
    /// [`Refusal::BlobUnknown`] when another import of the very same bytes came in between: ask again.
    pub async fn import_document(
        &self,
        actor: &Actor,
        path: &str,
        classification: Option<ClassCode>,
        size: u64,
        source: &mut dyn Read,
    ) -> Result<Imported, ImportError> {
        let upload = self.upload(actor, size, source)?;
        let key = key_of(path, &upload.blake3());
        // Looked at before the bytes are staged: what is there already need not wait for 24 hours.
        if let Some(position) = self.core().catalogue.by_key(&key).map_err(Refusal::from)? {
            return Ok(Imported::Existing(DocumentId { position, index: 0 }));
        }
        let content = self.finish_upload(actor, upload, None).map_err(ImportError::Stage)?;
        let file_name = path.rsplit('/').next().unwrap_or(path).to_owned();
        // Where it lay often says more than how it is called.
        let title = Some(path.to_owned()).filter(|path| path.contains('/'));
        let document = NewDocument { blake3: content.blake3, file_name, title, classification };
        let before = self.core().applied();
        let id = self.create_document(actor, document, Some(key)).await?;
        Ok(if id.position < before { Imported::Existing(id) } else { Imported::New(id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_path_and_content_and_nothing_slides_between_them() {
        let (one, two) = (Blake3::of(b"1"), Blake3::of(b"2"));
        let keys = [key_of("a", &one), key_of("a", &two), key_of("b", &one), key_of("a/b", &one), key_of("", &one)];
        let distinct: std::collections::BTreeSet<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(distinct.len(), keys.len());
        assert_eq!(key_of("a", &one), keys[0]);
    }
}
