//! What may somebody do with an entry or a document now? Pages offer that and no more; whatever is tried is decided again.

use super::Archive;
use super::entry_changes::may_answer;
use super::read::{AnyDocument, permit_in_area};
use super::refusal::Refusal;
use crate::ids::{DocumentId, EntryId};
use crate::model::access::{Action, Actor, Decision, Target, decide};
use crate::model::assignment::{Answer, Assignee, Assignment, Progress};

/// What is open to one reader of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryOffers {
    /// What changes will have to name.
    pub version: usize,
    pub assign: bool,
    pub classify: bool,
    pub annul: bool,
    pub add_document: bool,
    pub link: bool,
    /// Into a dossier, if the dossier lets him.
    pub file: bool,
}

/// What one reader may answer to an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentOffer {
    pub of: Assignee,
    pub answers: Vec<Answer>,
}

impl Archive {
    /// What the actor may do with an entry as it is now. An annulled one changes no more.
    pub fn entry_offers(&self, actor: &Actor, id: &EntryId) -> Result<EntryOffers, Refusal> {
        // The version first: should the entry change in between, it is too old, never too new.
        let version = self.entry_version(id)?;
        let found = self.core().entry(id)?.ok_or(Refusal::NotFound("entry"))?;
        let allowed = |action| decide(actor, action, Target::Thing(&found.access)) == Decision::Allowed;
        let changes = found.thing.annulment.is_none();
        Ok(EntryOffers {
            version,
            assign: changes && allowed(Action::AssignEntry),
            classify: changes && allowed(Action::ClassifyEntry),
            annul: changes && allowed(Action::AnnulEntry),
            add_document: changes && allowed(Action::AddEntryDocument),
            link: allowed(Action::LinkEntry),
            file: allowed(Action::ReadEntry) && permit_in_area(actor, Action::OpenDossier).is_ok(),
        })
    }

    /// What the actor may answer to each assignment of an entry as it is now, in their order.
    pub fn assignment_offers(&self, actor: &Actor, id: &EntryId) -> Result<Vec<AssignmentOffer>, Refusal> {
        let core = self.core();
        let found = core.entry(id)?.ok_or(Refusal::NotFound("entry"))?;
        let changes = found.thing.annulment.is_none();
        let may = decide(actor, Action::AnswerAssignment, Target::Thing(&found.access)) == Decision::Allowed;
        let offer = |(assignment, progress): (&Assignment, &Progress)| {
            let of = assignment.assignee();
            let fits = |answer: &Answer| {
                may && answer.fits(assignment.mode, progress, actor.user)
                    && may_answer(actor, &found.access, &of, *answer)
            };
            AssignmentOffer { answers: Answer::ALL.into_iter().filter(|one| changes && fits(one)).collect(), of }
        };
        Ok(found.thing.assigned().map(offer).collect())
    }

    /// Whether the actor may add a version to a document. A registered one gets none.
    pub fn takes_version(&self, actor: &Actor, id: DocumentId) -> Result<bool, Refusal> {
        Ok(match self.core().document_for(actor, id)? {
            AnyDocument::Registered(..) => false,
            AnyDocument::Free(found) => {
                decide(actor, Action::AddDocumentVersion, Target::Thing(&found.access)) == Decision::Allowed
            }
        })
    }
}
