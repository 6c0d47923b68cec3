//! How is what must be missing kept apart safely: by a set of documents taken beforehand.

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{BitSet, DocId, Score, SegmentReader, TantivyError};

/// A condition for the excluding side of a boolean query. There tantivy 0.27 asks scorers for documents before the one
/// they stand on; a phrase's scorer has no answer to that (it asserts), a set of documents has. It costs one bit for
/// each document of a segment.
#[derive(Debug)]
pub(super) struct Unwanted(pub Box<dyn Query>);

impl Clone for Unwanted {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

impl Query for Unwanted {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(UnwantedWeight(self.0.weight(scoring)?)))
    }
}

struct UnwantedWeight(Box<dyn Weight>);

impl Weight for UnwantedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut set = BitSet::with_max_value(reader.max_doc());
        self.0.for_each_no_score(reader, &mut |docs| {
            for doc in docs {
                set.insert(*doc);
            }
        })?;
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(set), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument("what is unwanted has no score to explain".into()))
    }
}
