//! The kinds of query that staff ask, each made anew from the town's language.

use tabularium::index::{FacetField, Filters, Index, Request, Sort, View};

use crate::corpus::{Corpus, OFFICES, PHRASES, Random, code_of, is_function_word};

/// One query, for the index or for the API.
pub enum Asked {
    Search(Box<Request>),
    Suggest(String),
    /// A page far down, whose cursor only the server can give.
    Page,
}

pub struct Class {
    pub name: &'static str,
    pub ask: fn(&Corpus, &mut Random, u64) -> Asked,
}

const PAGE: usize = 50;
const FACETS: [FacetField; 3] = [FacetField::Office, FacetField::Year, FacetField::Classification];

fn words(text: String) -> Request {
    Request { text, limit: PAGE, ..Request::default() }
}

fn search(request: Request) -> Asked {
    Asked::Search(Box::new(request))
}

fn common(corpus: &Corpus, random: &mut Random) -> String {
    corpus.content_word(random.below(60)).to_owned()
}

fn usual(corpus: &Corpus, random: &mut Random) -> String {
    corpus.content_word(random.below(1_500)).to_owned()
}

/// Two letters change places, as under quick fingers.
fn slip(word: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + random.below(letters.len() - 2);
    letters.swap(at, at + 1);
    letters.into_iter().collect()
}

/// Words that stand beside each other in some text; who quotes begins and ends with a word that means something.
fn phrase(corpus: &Corpus, random: &mut Random, entries: u64) -> String {
    if random.below(2) == 0 {
        return PHRASES[random.below(PHRASES.len())].to_owned();
    }
    let text = corpus.text(random.next() % entries, 600);
    let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 1).collect();
    let (from, length) = (random.below(words.len() - 4), 2 + random.below(2));
    let quoted = (from..words.len() - length).map(|from| &words[from..from + length]);
    let mut telling = quoted.filter(|words| !is_function_word(words[0]) && !is_function_word(words[words.len() - 1]));
    telling.next().map_or_else(|| PHRASES[0].to_owned(), |words| words.join(" "))
}

pub const CLASSES: &[Class] = &[
    Class { name: "common word", ask: |corpus, random, _| search(words(common(corpus, random))) },
    Class {
        name: "two words",
        ask: |corpus, random, _| search(words(format!("{} {}", common(corpus, random), usual(corpus, random)))),
    },
    Class {
        name: "phrase",
        ask: |corpus, random, entries| search(words(format!("\"{}\"", phrase(corpus, random, entries)))),
    },
    Class {
        name: "prefix",
        ask: |corpus, random, _| {
            let word = usual(corpus, random);
            let letters = word.chars().count().min(3 + random.below(4));
            search(words(format!("{}*", word.chars().take(letters).collect::<String>())))
        },
    },
    Class {
        name: "word with a slip",
        ask: |corpus, random, _| {
            let word = loop {
                let word = usual(corpus, random);
                if word.chars().count() >= 6 {
                    break word;
                }
            };
            search(words(slip(&word, random)))
        },
    },
    Class {
        name: "rare word",
        ask: |corpus, random, entries| {
            let rare = corpus.content_word(20_000 + random.below(30_000)).to_owned();
            search(words(if random.below(2) == 0 { rare } else { code_of(random.next() % entries) }))
        },
    },
    Class {
        name: "number",
        ask: |_, random, entries| {
            let number = 1 + random.next() % (entries / 10);
            let year = 2016 + random.below(9);
            search(words(if random.below(2) == 0 { format!("{number}/{year}") } else { number.to_string() }))
        },
    },
    Class {
        name: "filters",
        ask: |corpus, random, _| {
            let mut request = words(if random.below(2) == 0 { common(corpus, random) } else { usual(corpus, random) });
            request.filters = Filters {
                year: Some(2016 + random.below(9) as i16),
                direction: Some("incoming".into()),
                office: (random.below(2) == 0).then(|| OFFICES[random.below(6)].to_owned()),
                ..Filters::default()
            };
            search(request)
        },
    },
    Class {
        name: "facets",
        ask: |corpus, random, _| search(Request { facets: FACETS.to_vec(), ..words(common(corpus, random)) }),
    },
    Class { name: "all, newest", ask: |_, _, _| search(Request { sort: Sort::Newest, ..words(String::new()) }) },
    Class { name: "all, oldest", ask: |_, _, _| search(Request { sort: Sort::Oldest, ..words(String::new()) }) },
    Class {
        name: "date sort and facets",
        ask: |corpus, random, _| {
            let text = if random.below(2) == 0 {
                common(corpus, random)
            } else {
                format!("{} {}", common(corpus, random), usual(corpus, random))
            };
            search(Request { sort: Sort::Newest, facets: FACETS.to_vec(), ..words(text) })
        },
    },
    Class { name: "deep page", ask: |_, _, _| Asked::Page },
    Class {
        name: "suggestions",
        ask: |corpus, random, _| {
            let word = usual(corpus, random);
            let letters = word.chars().count().min(2 + random.below(4));
            Asked::Suggest(word.chars().take(letters).collect())
        },
    },
    Class {
        name: "all with facets",
        ask: |_, _, _| search(Request { facets: FACETS.to_vec(), ..words(String::new()) }),
    },
];

/// Letters beyond ASCII and whatever has a meaning in a URL.
pub fn encoded(text: &str) -> String {
    let mut path = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

impl Asked {
    /// Gives the total.
    pub fn in_process(&self, index: &Index, view: &View) -> u64 {
        match self {
            Self::Search(request) => index.search(request, view).expect("searched").total,
            Self::Suggest(typed) => index.suggest(typed, view, 10).expect("suggested").len() as u64,
            Self::Page => deep_page(index, view),
        }
    }

    pub fn path(&self) -> String {
        match self {
            Self::Suggest(typed) => format!("/api/v1/search/suggestions?q={}&limit=10", encoded(typed)),
            Self::Page => unreachable!("a page is asked for by its cursor"),
            Self::Search(request) => {
                let filters = &request.filters;
                let mut path = format!("/api/v1/search?q={}", encoded(&request.text));
                match request.sort {
                    Sort::Relevance => {}
                    Sort::Newest => path.push_str("&sort=newest"),
                    Sort::Oldest => path.push_str("&sort=oldest"),
                }
                if !request.facets.is_empty() {
                    let names: Vec<&str> = request.facets.iter().map(|facet| facet.as_str()).collect();
                    path.push_str(&format!("&facets={}", names.join(",")));
                }
                path.extend(filters.year.map(|year| format!("&year={year}")));
                path.extend(filters.direction.iter().map(|direction| format!("&direction={direction}")));
                path.extend(filters.office.iter().map(|office| format!("&office={office}")));
                path
            }
        }
    }
}

/// The page after the thousandth hit; the cursor is made by asking for the thousand in two pages beforehand.
fn deep_page(index: &Index, view: &View) -> u64 {
    type Kept = std::collections::HashMap<(u64, String), Option<String>>;
    thread_local! {
        static CURSORS: std::cell::RefCell<Kept> = std::cell::RefCell::default();
    }
    let request = |cursor: Option<String>, limit| Request { cursor, limit, ..words("richiesta".into()) };
    let key = (index.count(), format!("{view:?}"));
    let cursor = CURSORS.with_borrow_mut(|kept| {
        let make = || {
            let first = index.search(&request(None, 500), view).expect("searched").next_cursor?;
            index.search(&request(Some(first), 500), view).expect("searched").next_cursor
        };
        kept.entry(key).or_insert_with(make).clone()
    });
    index.search(&request(cursor, PAGE), view).expect("searched").total
}
