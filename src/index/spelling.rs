//! What may have been meant by words that nothing holds, and what could not be searched: said of visible items only.

use std::ops::Range;

use tantivy::query::{BooleanQuery, EnableScoring, Query};
use tantivy::{DocSet as _, TERMINATED, Term};

use super::Note;
use super::filters::{keyword_query, term_query};
use super::query::{Dictionary, Reading};
use super::search::{Pass, Request, SearchError, Sort};
use super::words::{Words, is_stop_word};
use crate::limits::{COUNTED_MAX, DID_YOU_MEAN_SPELLINGS_MAX, DID_YOU_MEAN_WORDS_MAX};

impl Pass<'_> {
    /// The query with other words in the place of those that nothing visible holds, where it finds something so. They
    /// come from items that are not confidential and that this reader may see, the nearest and most frequent first.
    /// Where most of the words had to do, the others may stand in no item beside them: then it is enough that each word
    /// put in stands somewhere.
    pub fn did_you_mean(
        &self,
        plain: &[(Range<usize>, String)],
        reading: Reading,
    ) -> Result<Option<Note>, SearchError> {
        let mut query = self.request.text.clone();
        let mut replaced = Vec::new();
        // From the end, so that places before a change stay where they are.
        for (place, typed) in plain.iter().take(DID_YOU_MEAN_WORDS_MAX).rev() {
            if let Some(word) = self.meant(typed)? {
                query.replace_range(place.clone(), &word);
                replaced.push(format!("`{word}` for `{typed}`"));
            }
        }
        if replaced.is_empty() || (reading != Reading::Most && !self.finds(&query)?) {
            return Ok(None);
        }
        replaced.reverse();
        let text = format!("did you mean: {}", replaced.join(", "));
        Ok(Some(Note { query: Some(query), ..Note::new("did-you-mean", text) }))
    }

    /// A word for one that nothing visible holds in any form.
    fn meant(&self, typed: &str) -> Result<Option<String>, SearchError> {
        let fields = &self.index.fields;
        let (exact, stems) = (Words::exact().list(typed), Words::stemmed().list(typed));
        let ([word], [stem]) = (exact.as_slice(), stems.as_slice()) else { return Ok(None) };
        if is_stop_word(word) || self.visible(vec![term_query(Term::from_field_text(fields.all, stem))], 1)? > 0 {
            return Ok(None);
        }
        let Self { searcher, seen, deadline, .. } = *self;
        let similar = Dictionary { searcher, field: fields.word, seen, deadline }.similar(word)?;
        for spellings in [similar.near, similar.far] {
            let (mut best, mut looked_up) = (None, 0);
            for spelling in spellings {
                // A proposal is worth no wait.
                if deadline.is_over() {
                    return Ok(None);
                }
                let term = Term::from_field_text(fields.word, &spelling);
                let open = Term::from_field_bool(fields.confidential, false);
                let items = self.visible(vec![term_query(term), term_query(open)], COUNTED_MAX)?;
                if items == 0 {
                    continue;
                }
                looked_up += 1;
                if best.as_ref().is_none_or(|(most, _)| items > *most) {
                    best = Some((items, spelling));
                }
                if looked_up == DID_YOU_MEAN_SPELLINGS_MAX {
                    break;
                }
            }
            if let Some((_, spelling)) = best {
                return Ok(Some(spelling));
            }
        }
        Ok(None)
    }

    fn finds(&self, query: &str) -> Result<bool, SearchError> {
        let request = Request { text: query.to_owned(), filters: self.request.filters.clone(), ..Request::default() };
        let pass = Pass { request: &request, sort: Sort::Newest, after: None, ..*self };
        pass.finds_as_written()
    }

    /// How many items of the view within the filters have a document whose text could not be read, or not yet.
    pub fn texts_missing(&self) -> Result<Option<Note>, SearchError> {
        let fields = &self.index.fields;
        let items_with = |state: &str| {
            let mut queries = self.request.filters.queries(fields);
            queries.push(keyword_query(fields.text_state, state));
            self.visible(queries, COUNTED_MAX)
        };
        let said =
            |count: usize| if count < COUNTED_MAX { count.to_string() } else { format!("{COUNTED_MAX} or more") };
        let mut parts = Vec::new();
        for (state, what) in [
            ("none", "have a document whose text could not be read"),
            ("pending", "have one whose text is still being read"),
        ] {
            let count = items_with(state)?;
            if count > 0 {
                parts.push(format!("{} {what} (`text:{state}`)", said(count)));
            }
        }
        let text = || format!("of the items searched {}; they are found by their other words only", parts.join(", "));
        Ok((!parts.is_empty()).then(|| Note::new("texts-missing", text())))
    }

    /// Items of the view for which all of this holds, counted up to a bound.
    fn visible(&self, all: Vec<Box<dyn Query>>, most: usize) -> Result<usize, SearchError> {
        let query = BooleanQuery::intersection(all);
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        let mut count = 0;
        for reader in self.searcher.segment_readers() {
            let view = self.index.segments.view(self.searcher, reader, &self.index.fields, self.view)?;
            let mut found = weight.scorer(reader, 1.0)?;
            let alive = reader.alive_bitset();
            let mut doc = found.doc();
            while doc != TERMINATED {
                let seen = view.as_ref().is_none_or(|view| view.contains(doc));
                if seen && alive.is_none_or(|alive| alive.is_alive(doc)) {
                    count += 1;
                    if count >= most {
                        return Ok(count);
                    }
                }
                doc = found.advance();
            }
        }
        Ok(count)
    }
}
