//! Contents: taking them in, and who may refer to one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use super::Archive;
use super::core::Core;
use super::read::permit_in_area;
use super::refusal::Refusal;
use crate::blob::{StageError, Upload};
use crate::digest::{Blake3, ContentDigests, Sha256};
use crate::ids::UserId;
use crate::index::{Filters, Request, Sort, View};
use crate::limits;
use crate::model::access::{Action, Actor, Audience};

/// What the index is told of a reader.
pub(super) fn view_of(audience: Audience) -> View {
    match audience {
        Audience::All => View { audience: None },
        Audience::Terms(terms) => View { audience: Some(terms.into_iter().collect()) },
    }
}

impl Archive {
    /// Begins an upload; its bytes are handed over as they come.
    pub fn begin_upload(&self, actor: &Actor) -> Result<Upload, Refusal> {
        permit_in_area(actor, Action::Upload)?;
        if self.core().full() {
            return Err(Refusal::Full);
        }
        Ok(self.core().blobs.begin())
    }

    /// The bytes of a small content that the actor has just uploaded, to be read and not kept.
    pub fn uploaded_bytes(&self, actor: &Actor, blake3: Blake3, most: u64) -> Result<Vec<u8>, Refusal> {
        let staged = self.core().blobs.staged_bytes(&blake3, actor.user, most)?;
        staged.ok_or_else(|| Refusal::invalid("file", "is larger than any such file"))
    }

    /// Ends an upload: the content is staged for 24 hours, durable once something that refers to it is answered.
    pub fn finish_upload(
        &self,
        actor: &Actor,
        upload: Upload,
        expect: Option<Sha256>,
    ) -> Result<ContentDigests, StageError> {
        let digests = upload.finish(actor.user, self.core().clock.now(), expect)?;
        self.core().uploaded.note(actor.user, digests);
        Ok(digests)
    }
}

/// Who uploaded what lately. When two upload the same content, the first entry that refers to it takes the staged bytes
/// with it; the other must not be told that it is unknown while the index has not seen that entry yet.
#[derive(Default)]
pub struct Uploaded(Mutex<Recent>);

#[derive(Default)]
struct Recent {
    digests: HashMap<(UserId, Blake3), ContentDigests>,
    /// Oldest first.
    order: VecDeque<(UserId, Blake3)>,
}

impl Uploaded {
    fn note(&self, by: UserId, digests: ContentDigests) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (by, digests.blake3);
        if recent.digests.insert(key, digests).is_none() {
            recent.order.push_back(key);
        }
        if recent.order.len() > limits::UPLOADS_REMEMBERED
            && let Some(oldest) = recent.order.pop_front()
        {
            recent.digests.remove(&oldest);
        }
    }

    fn by(&self, user: UserId, blake3: Blake3) -> Option<ContentDigests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).digests.get(&(user, blake3)).copied()
    }
}

/// The content that an actor refers to: one he uploaded, or one of a document that he may read. A digest alone gives
/// nobody anything.
pub(super) fn resolve(core: &Core, actor: &Actor, field: &str, blake3: Blake3) -> Result<ContentDigests, Refusal> {
    if let Some(digests) = core.blobs.staged(&blake3, actor.user) {
        return Ok(digests);
    }
    // Whether its bytes are there the writer says, who alone knows.
    if let Some(digests) = core.uploaded.by(actor.user, blake3) {
        return Ok(digests);
    }
    let request = Request {
        filters: Filters { digest: Some(blake3), ..Filters::default() },
        sort: Sort::Newest,
        limit: 10,
        ..Request::default()
    };
    let found = core.index.search(&request, &view_of(actor.audience())).map_err(Refusal::failed)?;
    for hit in &found.hits {
        if let Some(content) = super::search::readable_content(core, actor, hit, &blake3)? {
            return Ok(content);
        }
    }
    Err(Refusal::BlobUnknown { field: field.to_owned(), blake3 })
}
