//! Which words of a text answer a request: snippets and titles with their words marked, from the original text.

use std::collections::HashSet;
use std::ops::Range;

use tantivy::tokenizer::{TokenStream as _, Tokenizer as _};

use super::query::{Words as Asked, parse, synonyms};
use super::words::{Words, is_stop_word};
use crate::limits::SNIPPET_SCAN_BYTES;

/// Letters a word must have before a similar one is marked for it.
const SIMILAR_LETTERS_MIN: usize = 4;

/// Marks the words of one request.
pub struct Highlighter {
    stems: Vec<String>,
    starts: Vec<String>,
    /// Stems of words for which a slip is forgiven.
    similar: Vec<String>,
    words: Words,
}

/// A word that answers, as bytes of the text, and which of the request's words it answers.
struct Mark {
    range: Range<usize>,
    word: usize,
}

impl Highlighter {
    pub(super) fn new(request: &str) -> Self {
        let (mut exact, stemmed) = (Words::exact(), Words::stemmed());
        let (mut words, mut fillers, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        let mut meant = Vec::new();
        if let Some(node) = parse(request).node {
            meant = synonyms::of(&node);
            node.each_wanted(&mut |asked| match asked {
                Asked::Word(text) => {
                    let (common, telling) =
                        exact.list(text).into_iter().partition::<Vec<_>, _>(|word| is_stop_word(word));
                    fillers.extend(common);
                    words.extend(telling);
                }
                Asked::Phrase(text, _) => words.extend(exact.list(text)),
                // What begins as the pattern does, up to its first sign.
                Asked::Wild(pattern) => {
                    starts.extend(exact.pattern(pattern).split(['*', '?']).next().map(str::to_owned))
                }
                Asked::Prefix(text) => {
                    let mut list = exact.list(text);
                    starts.extend(list.pop());
                    words.extend(list);
                }
            });
        }
        if words.is_empty() && starts.is_empty() {
            words = fillers;
        }
        let long = |word: &String| word.chars().count() >= SIMILAR_LETTERS_MIN && word.chars().all(char::is_alphabetic);
        let stem = |mut word: String| {
            stemmed.stem(&mut word);
            word
        };
        let similar = words.iter().filter(|word| long(word)).cloned().map(stem).collect();
        let others = exact.list(&meant.join(" ")).into_iter().filter(|word| !is_stop_word(word));
        let mut stems: Vec<_> = words.into_iter().chain(others).map(stem).collect();
        stems.sort_unstable();
        stems.dedup();
        Self { stems, starts, similar, words: stemmed }
    }

    /// The stretch of a text that answers best, at most so many characters of it, as HTML: everything escaped, words
    /// that answer in `<mark>`, `…` where it was cut. None if no word of the text answers. Only the first half
    /// megabyte of a text is looked through.
    pub fn snippet(&self, text: &str, max_chars: usize) -> Option<String> {
        let text = &text[..floor(text, SNIPPET_SCAN_BYTES)];
        let marks = self.marks(text);
        let window = best_window(text, &marks, max_chars)?;
        let shown = widen(text, window, max_chars);
        let mut html = String::with_capacity(shown.len() + 64);
        if !text[..shown.start].trim().is_empty() {
            html.push('…');
        }
        push_marked(&mut html, text, shown.clone(), &marks);
        if !text[shown.end..].trim().is_empty() {
            html.push('…');
        }
        Some(html)
    }

    /// A whole title as HTML, its words that answer in `<mark>`.
    pub fn title(&self, title: &str) -> String {
        let mut html = String::with_capacity(title.len() + 32);
        push_marked(&mut html, title, 0..title.len(), &self.marks(title));
        html
    }

    /// What answers as written; only where nothing does, what is spelled nearly so.
    fn marks(&self, text: &str) -> Vec<Mark> {
        if self.is_empty() {
            return Vec::new();
        }
        let alike = |word: &str| self.stems.iter().any(|stem| start_alike(stem, word, 2));
        let written = self.marks_by(text, |word, stem| {
            let by_stem = if alike(word) { self.stems.iter().position(|asked| *asked == stem(word)) } else { None };
            let start_of = || self.starts.iter().position(|start| word.starts_with(start.as_str()));
            by_stem.or_else(|| start_of().map(|at| self.stems.len() + at))
        });
        if !written.is_empty() || self.similar.is_empty() {
            return written;
        }
        let alike = |word: &str| self.similar.iter().any(|stem| start_alike(stem, word, 1));
        self.marks_by(text, |word, stem| {
            if alike(word) { self.similar.iter().position(|asked| is_similar(asked, &stem(word))) } else { None }
        })
    }

    fn marks_by(&self, text: &str, answers: impl Fn(&str, &dyn Fn(&str) -> String) -> Option<usize>) -> Vec<Mark> {
        let mut marks = Vec::new();
        let mut exact = Words::exact();
        let mut stream = exact.token_stream(text);
        let stem = |word: &str| {
            let mut stem = word.to_owned();
            self.words.stem(&mut stem);
            stem
        };
        while stream.advance() {
            let token = stream.token();
            if let Some(word) = answers(&token.text, &stem) {
                marks.push(Mark { range: token.offset_from..token.offset_to, word });
            }
        }
        marks
    }

    /// Whether there is no word to be marked: then no text need be read for it.
    pub fn is_empty(&self) -> bool {
        self.stems.is_empty() && self.starts.is_empty()
    }
}

/// Whether a word may have a stem: the stemmer leaves the first two letters of a word alone, and costs far more than
/// a look at them.
fn start_alike(stem: &str, word: &str, letters: usize) -> bool {
    let (stem, word) = (stem.as_bytes(), word.as_bytes());
    stem[..letters.min(stem.len())] == word[..letters.min(stem.len()).min(word.len())]
}

/// Whether two stems begin alike and differ by one letter missing, added, changed or swapped with its neighbour.
fn is_similar(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.first() != b.first() {
        return false;
    }
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[same..], &long[same..]);
    match long.len() - short.len() {
        0 if short.is_empty() => true,
        0 => {
            short[1..] == long[1..]
                || short.len() > 1 && short[0] == long[1] && short[1] == long[0] && short[2..] == long[2..]
        }
        1 => *short == long[1..],
        _ => false,
    }
}

/// The last character border at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    if at >= text.len() { text.len() } else { text.floor_char_boundary(at) }
}

/// The stretch from one mark to another that answers most of the request's words, then most often, then first.
fn best_window(text: &str, marks: &[Mark], max_chars: usize) -> Option<Range<usize>> {
    let mut best: Option<((usize, usize), Range<usize>)> = None;
    let mut last = 0;
    for (first, mark) in marks.iter().enumerate() {
        let start = mark.range.start;
        // Bytes for characters: a window may come out a little short, never long.
        last = last.max(first);
        while last + 1 < marks.len() && marks[last + 1].range.end - start <= max_chars {
            last += 1;
        }
        let inside = &marks[first..=last];
        let distinct = inside.iter().map(|mark| mark.word).collect::<HashSet<_>>().len();
        let worth = (distinct, inside.len());
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, start..inside[inside.len() - 1].range.end));
        }
    }
    let (_, window) = best?;
    // A word longer than the whole snippet is cut too.
    let end = text[window.clone()].char_indices().nth(max_chars).map_or(window.end, |(at, _)| window.start + at);
    Some(window.start..end)
}

/// Adds what stands around a window, a third of the room before it, up to word borders.
fn widen(text: &str, window: Range<usize>, max_chars: usize) -> Range<usize> {
    let room = max_chars.saturating_sub(text[window.clone()].chars().count());
    let before: Vec<(usize, char)> = text[..window.start].char_indices().rev().take(room + 1).collect();
    let after: Vec<(usize, char)> = text[window.end..].char_indices().take(room + 1).collect();
    // What one side has no use for goes to the other.
    let back_room = (room / 3).max(room.saturating_sub(after.len())).min(before.len());
    let ahead_room = (room - back_room.min(room)).min(after.len());
    let back = match before.get(back_room) {
        None => 0,
        Some(_) => {
            let taken = &before[..back_room];
            taken
                .iter()
                .rev()
                .find(|(_, letter)| letter.is_whitespace())
                .map_or(window.start, |(at, c)| at + c.len_utf8())
        }
    };
    let ahead = match after.get(ahead_room) {
        None => text.len(),
        Some((_, next)) if next.is_whitespace() => window.end + after[ahead_room].0,
        Some(_) => {
            let taken = &after[..ahead_room];
            taken.iter().rev().find(|(_, letter)| letter.is_whitespace()).map_or(window.end, |(at, _)| window.end + at)
        }
    };
    back..ahead
}

/// Writes a stretch of a text as HTML; any run of white space becomes one space.
fn push_marked(html: &mut String, text: &str, shown: Range<usize>, marks: &[Mark]) {
    let mut at = shown.start;
    for mark in marks {
        let (start, end) = (mark.range.start.max(at), mark.range.end.min(shown.end));
        if mark.range.start < at || start >= end {
            continue;
        }
        push_escaped(html, &text[at..start]);
        html.push_str("<mark>");
        push_escaped(html, &text[start..end]);
        html.push_str("</mark>");
        at = end;
    }
    push_escaped(html, &text[at..shown.end]);
}

fn push_escaped(html: &mut String, text: &str) {
    let mut spaced = html.is_empty() || html.ends_with('…');
    for letter in text.chars() {
        let is_space = letter.is_whitespace() || letter.is_control();
        match letter {
            _ if is_space => {
                if !spaced {
                    html.push(' ');
                }
            }
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            letter => html.push(letter),
        }
        spaced = is_space;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_snippet_marks_forms_prefixes_and_slips() {
        for (request, text, expect) in [
            ("suolo", "del suolo pubblico", "del <mark>suolo</mark> pubblico"),
            ("richieste", "una RICHIESTA", "una <mark>RICHIESTA</mark>"),
            ("istanza", "dell'istanza", "dell&#39;<mark>istanza</mark>"),
            ("citta", "la città", "la <mark>città</mark>"),
            ("ediliz*", "pratica edilizia", "pratica <mark>edilizia</mark>"),
            ("ocupazione", "occupazione <b>", "<mark>occupazione</mark> &lt;b&gt;"),
            ("occupazione di suolo", "occupazione di suolo", "<mark>occupazione</mark> di <mark>suolo</mark>"),
            ("subject:suolo -pubblico", "suolo  \n pubblico", "<mark>suolo</mark> pubblico"),
        ] {
            assert_eq!(Highlighter::new(request).snippet(text, 200).as_deref(), Some(expect), "{request}");
        }
        assert_eq!(Highlighter::new("strada").snippet("suolo pubblico", 200), None);
        assert_eq!(Highlighter::new("").snippet("suolo", 200), None);
    }

    #[test]
    fn the_best_stretch_is_cut_at_words() {
        let text = format!("{} suolo {} suolo pubblico {}", "uno ".repeat(50), "due ".repeat(50), "tre ".repeat(50));
        let snippet = Highlighter::new("suolo pubblico").snippet(&text, 40).unwrap();
        assert!(snippet.contains("<mark>suolo</mark> <mark>pubblico</mark>"), "{snippet}");
        assert!(snippet.starts_with("…due") && snippet.ends_with("tre…"), "{snippet}");
    }

    #[test]
    fn a_title_is_whole() {
        let highlighter = Highlighter::new("suolo");
        assert_eq!(highlighter.title("Suolo & altro"), "<mark>Suolo</mark> &amp; altro");
        assert_eq!(highlighter.title("altro"), "altro");
    }

    #[test]
    fn similar_is_one_letter() {
        for (a, b, expect) in [
            ("suol", "suol", true),
            ("suol", "suo", true),
            ("suol", "sulo", true),
            ("suol", "sual", true),
            ("suol", "ssuol", true),
            ("suol", "muol", false),
            ("suol", "sull", true),
            ("suol", "salo", false),
            ("suol", "suolaa", false),
        ] {
            assert_eq!((is_similar(a, b), is_similar(b, a)), (expect, expect), "{a} {b}");
        }
    }

    proptest! {
        /// Without its marks, ellipses and escapes a snippet is a stretch of the text, and not longer than asked.
        #[test]
        fn a_snippet_is_a_stretch_of_the_text(
            words in proptest::collection::vec(
                proptest::sample::select(vec!["suolo", "<b>", "&", "città", "l'area", "pubblico", "\n", "xx", "日本語"]),
                0..60,
            ),
            max in 0_usize..120,
        ) {
            let text = words.join(" ");
            if let Some(html) = Highlighter::new("suolo citta* pubblica").snippet(&text, max) {
                let plain = html
                    .replace("<mark>", "").replace("</mark>", "").replace('…', "")
                    .replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&");
                let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
                prop_assert!(spaced.contains(plain.trim()), "{} in {}", plain, spaced);
                prop_assert!(plain.trim().chars().count() <= max);
                prop_assert!(!html.contains("<b>"));
            }
        }

        #[test]
        fn any_text_is_marked_without_panic(request in any::<String>(), text in any::<String>(), max in 0_usize..50) {
            let highlighter = Highlighter::new(&request);
            let _ = (highlighter.snippet(&text, max), highlighter.title(&text));
            let _ = Highlighter::new(&text).snippet(&text, max);
        }
    }
}
