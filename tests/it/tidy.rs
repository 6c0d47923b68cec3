//! Does the code keep its own rules: ranks, first lines, lengths, bans. One pass over `src/`, and a look at `tests/`.

use std::fmt;
use std::path::{Path, PathBuf};

/// Imports only go down. Within the program's rank the order is given too; catalogue and text stand side by side.
const RANKS: &[(&str, u8)] = &[
    ("digest", 0),
    ("ids", 0),
    ("clock", 0),
    ("limits", 0),
    ("model", 10),
    ("exchange", 15),
    ("metadata", 16),
    ("disk", 20),
    ("blob", 30),
    ("journal", 40),
    ("catalogue", 50),
    ("text", 50),
    ("paper", 55),
    ("index", 60),
    ("service", 70),
    ("http", 80),
    ("config", 90),
    ("demo", 91),
    ("control", 92),
    ("cli", 93),
    ("main", 94),
];

/// Lower in rank, and yet none of their business.
const STRANGERS: &[(&str, &str)] = &[("blob", "model"), ("journal", "model"), ("index", "catalogue")];

/// (what, where it is at home, what to do instead)
const BANS: &[(&str, &[&str], &str)] = &[
    ("fs::write", &["src/disk"], WRITES),
    ("fs::create_dir", &["src/disk"], WRITES),
    ("fs::create_dir_all", &["src/disk"], WRITES),
    ("fs::remove_file", &["src/disk"], WRITES),
    ("fs::remove_dir", &["src/disk"], WRITES),
    ("fs::remove_dir_all", &["src/disk"], WRITES),
    ("fs::rename", &["src/disk"], WRITES),
    ("fs::copy", &["src/disk"], WRITES),
    ("fs::hard_link", &["src/disk"], WRITES),
    ("fs::set_permissions", &["src/disk"], WRITES),
    ("File::create", &["src/disk"], WRITES),
    ("File::create_new", &["src/disk"], WRITES),
    ("OpenOptions", &["src/disk"], WRITES),
    ("SystemTime::now", &["src/clock.rs"], CLOCK),
    ("Timestamp::now", &["src/clock.rs"], CLOCK),
    ("Zoned::now", &["src/clock.rs"], CLOCK),
    ("StatusCode", &["src/http"], "status codes are chosen in http: return an error kind"),
    ("sled", &["src/catalogue"], "sled stays behind the catalogue's seam"),
    ("tantivy", &["src/index"], "tantivy stays behind the index's seam"),
    ("actix_web", &["src/http", "src/cli"], "nothing below http knows the framework"),
    ("println!", &["src/cli"], PRINTS),
    ("print!", &["src/cli"], PRINTS),
    ("eprintln!", &["src/cli", "src/main.rs"], PRINTS),
    ("todo!", &[], "finish it, or leave it out"),
    ("unimplemented!", &[], "finish it, or leave it out"),
    ("dbg!", &[], "take it out, or log with tracing"),
];
const WRITES: &str = "only disk writes files, so that a test can make every write fail: go through it";
const CLOCK: &str = "take the time as a parameter: only clock.rs reads the clock";
const PRINTS: &str = "say it with tracing; only the command line prints";

const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 70;

/// (file, function, lines of its body). This list may only shrink.
const LONG_FUNCTIONS: &[(&str, &str, usize)] = &[];

/// Names that say nothing about what is inside, and so attract everything.
const REFUSED_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "misc"];

#[derive(Debug, PartialEq, Eq)]
struct Untidy {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Untidy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

#[test]
fn the_code_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let sources = rust_files(root, "src");
    assert!(sources.len() > 5, "src/ was not read");
    for (path, text) in &sources {
        found.extend(check_source(path, text));
    }
    for (path, text) in rust_files(root, "tests") {
        found.extend(idle_matches(&path, &without_text(&text)));
    }
    found.extend(stale_exceptions(&sources));
    let lines: Vec<String> = found.iter().map(Untidy::to_string).collect();
    assert!(lines.is_empty(), "{} untidy places:\n{}", lines.len(), lines.join("\n"));
}

fn rust_files(root: &Path, folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn check_source(path: &str, text: &str) -> Vec<Untidy> {
    let mut found = Vec::new();
    let mut say = |line: usize, what: String| found.push(Untidy { path: path.to_owned(), line, what });
    if !text.starts_with("//!") {
        say(1, "first line: begin with `//!` and the question that this file answers".to_owned());
    }
    let length = text.lines().count();
    if length > FILE_LINES {
        say(length, format!("file length: {length} lines, at most {FILE_LINES}: split it by what it answers"));
    }
    let stem = path.rsplit('/').find_map(|part| Some(part.trim_end_matches(".rs")).filter(|stem| *stem != "mod"));
    if stem.is_some_and(|stem| REFUSED_NAMES.contains(&stem)) || path == "src/error.rs" {
        say(1, "name: call it by what it holds; errors stand beside the operation that fails".to_owned());
    }
    let code = without_text(text);
    for (name, line, lines) in functions(&code) {
        let allowed = LONG_FUNCTIONS.iter().any(|(file, function, _)| *file == path && *function == name);
        if lines > FUNCTION_LINES && !allowed {
            say(line, format!("function length: `{name}` has {lines} lines, at most {FUNCTION_LINES}: split it"));
        }
    }
    found.extend(idle_matches(path, &code));
    // What a whole file of tests imports is its own affair.
    if path.ends_with("/tests.rs") || path.contains("/tests/") {
        return found;
    }
    let code = without_tests(&code);
    found.extend(ranks(path, &code));
    found.extend(bans(path, &code));
    found
}

/// The module at the top of `src/` to which a file belongs; `None` for `lib.rs`.
fn top_module(path: &str) -> Option<&str> {
    let inner = path.strip_prefix("src/")?;
    let top = inner.split('/').next()?.trim_end_matches(".rs");
    (top != "lib").then_some(top)
}

fn ranks(path: &str, code: &str) -> Vec<Untidy> {
    let mut found = Vec::new();
    let mut say = |place: usize, what: String| {
        found.push(Untidy { path: path.to_owned(), line: line_of(code, place), what });
    };
    for place in words(code, "super::super") {
        say(place, "rank: `super::super` hides where an import goes: write `crate::…`".to_owned());
    }
    let Some(own) = top_module(path) else {
        for place in words(code, "pub use") {
            say(place, "rank: no re-exports in lib.rs: a thing has one path".to_owned());
        }
        return found;
    };
    let rank = |module: &str| RANKS.iter().find(|(name, _)| *name == module).map(|(_, rank)| *rank);
    let Some(own_rank) = rank(own) else {
        say(0, format!("rank: `{own}` has none: give it one in RANKS (tests/it/tidy.rs) and in ARCHITECTURE.md"));
        return found;
    };
    // The program is another crate, and sees the library by its name.
    let crates: &[&str] = if own == "main" { &["crate::", "tabularium::"] } else { &["crate::"] };
    for (place, module) in crates.iter().flat_map(|start| imported(code, start)) {
        // Macros and items of the crate's root are no modules of it.
        let Some(other) = rank(module) else {
            say(place, format!("rank: `{module}` has none: give it one in RANKS (tests/it/tidy.rs)"));
            continue;
        };
        if module != own && other >= own_rank {
            say(place, format!("rank: `{own}` may not import `{module}`: imports only go down; move what both need"));
        } else if STRANGERS.contains(&(own, module)) {
            say(place, format!("rank: `{own}` knows nothing of `{module}`: let the service hand over what it needs"));
        }
    }
    found
}

/// The modules that follow `crate::`, also within braces: `crate::{digest, ids::EntryId}`.
fn imported<'code>(code: &'code str, start: &str) -> Vec<(usize, &'code str)> {
    let mut modules = Vec::new();
    for place in words(code, start) {
        let after = place + start.len();
        let rest = &code[after..];
        if !rest.starts_with('{') {
            modules.push((place, word(rest)));
            continue;
        }
        let (mut depth, mut expects) = (0, false);
        for (offset, c) in rest.char_indices() {
            match c {
                '{' => {
                    depth += 1;
                    expects = depth == 1;
                }
                '}' if depth == 1 => break,
                '}' => depth -= 1,
                ',' => expects = depth == 1,
                c if expects && is_word(c) => {
                    modules.push((after + offset, word(&rest[offset..])));
                    expects = false;
                }
                _ => {}
            }
        }
    }
    modules
}

fn bans(path: &str, code: &str) -> Vec<Untidy> {
    let mut found = Vec::new();
    for (what, homes, instead) in BANS {
        let at_home = homes.iter().any(|home| {
            path.strip_prefix(home).is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
        });
        if at_home {
            continue;
        }
        for place in words(code, what) {
            // A field or variable may be called like a crate; a path or an import may not.
            let is_crate = matches!(*what, "sled" | "tantivy" | "actix_web");
            if is_crate && !code[place + what.len()..].starts_with("::") && !code[..place].ends_with("use ") {
                continue;
            }
            let what = format!("banned here: `{what}`: {instead}");
            found.push(Untidy { path: path.to_owned(), line: line_of(code, place), what });
        }
    }
    found
}

/// `matches!(…);` as a statement checks nothing.
fn idle_matches(path: &str, code: &str) -> Vec<Untidy> {
    let mut found = Vec::new();
    for place in words(code, "matches!(") {
        let opens = place + "matches!".len();
        let begins = code[..place].trim_end().chars().last().is_none_or(|c| ";{}".contains(c));
        let ends = closing(code, opens).is_some_and(|close| code[close + 1..].trim_start().starts_with(';'));
        if begins && ends {
            let what = "idle matches!: nobody reads its answer: write assert!(matches!(…))".to_owned();
            found.push(Untidy { path: path.to_owned(), line: line_of(code, place), what });
        }
    }
    found
}

/// Exceptions that are no longer needed, or not at that length.
fn stale_exceptions(sources: &[(String, String)]) -> Vec<Untidy> {
    let mut found = Vec::new();
    for (path, name, lines) in LONG_FUNCTIONS {
        let text = sources.iter().find(|(file, _)| file == path).map_or("", |(_, text)| text);
        let code = without_text(text);
        let now = functions(&code).into_iter().find(|(function, _, _)| function == name);
        if now.is_none_or(|(_, _, now)| now != *lines || now <= FUNCTION_LINES) {
            let what =
                format!("exception: `{name}` is not {lines} lines long any more: LONG_FUNCTIONS may only shrink");
            found.push(Untidy { path: (*path).to_owned(), line: 1, what });
        }
    }
    found
}

/// Name, line and length of each function that has a body: the lines between its braces.
fn functions(code: &str) -> Vec<(&str, usize, usize)> {
    let mut functions = Vec::new();
    for place in words(code, "fn ") {
        let name = word(&code[place + 3..]);
        let mut depth = 0;
        let opens = code[place..].char_indices().find(|(_, c)| {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(c, '{' | ';')
        });
        let Some((offset, '{')) = opens else { continue };
        let Some(close) = closing(code, place + offset) else { continue };
        let lines = code[place + offset..close].matches('\n').count().saturating_sub(1);
        functions.push((name, line_of(code, place), lines));
    }
    functions
}

/// The code with what is only compiled for tests taken out; line numbers stay.
fn without_tests(code: &str) -> String {
    let mut result = code.to_owned();
    let mut from = 0;
    while let Some(place) = result[from..].find("#[cfg(test)]").map(|offset| from + offset) {
        let rest = &result[place..];
        let item = rest.find([';', '{']).map(|offset| place + offset);
        let end = item.map_or(result.len(), |item| match result.as_bytes()[item] {
            b'{' => closing(&result, item).map_or(result.len(), |close| close + 1),
            _ => item + 1,
        });
        let blank: String = result[place..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        result.replace_range(place..end, &blank);
        from = place + blank.len();
    }
    result
}

/// The code with comments, texts and character literals made blank; line numbers stay.
fn without_text(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let after_word = code.chars().last().is_some_and(is_word);
        let length = skipped(rest, after_word);
        let taken = if length == 0 { first.len_utf8() } else { length };
        for c in rest[..taken].chars() {
            code.push(if length == 0 || c == '\n' { c } else { ' ' });
        }
        rest = &rest[taken..];
    }
    code
}

/// How many bytes at the beginning of `rest` are a comment or a literal; 0 when it is code.
fn skipped(rest: &str, after_word: bool) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if !after_word && let Some(length) = raw_text(rest) {
        return length;
    }
    match rest.as_bytes() {
        [b'"', ..] => quoted(rest, '"'),
        // 'x' and '\n' are characters; 'static is a lifetime.
        [b'\'', b'\\', ..] => quoted(rest, '\''),
        [b'\'', ..] => {
            let mut chars = rest[1..].char_indices();
            let second = chars.next().and(chars.next());
            second.filter(|(_, c)| *c == '\'').map_or(0, |(offset, _)| offset + 2)
        }
        _ => 0,
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut place) = (0_usize, 0);
    while place < rest.len() {
        let here = &rest[place..];
        if here.starts_with("/*") {
            depth += 1;
            place += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            place += 2;
            if depth == 0 {
                return place;
            }
        } else {
            place += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`.
fn raw_text(rest: &str) -> Option<usize> {
    let opens = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('r')?;
    let hashes = opens.bytes().take_while(|byte| *byte == b'#').count();
    let inner = opens[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inner.find(&end).map_or(inner.len(), |place| place + end.len());
    Some(rest.len() - inner.len() + length)
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return place + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Where the bracket at `opens` is closed.
fn closing(code: &str, opens: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, c) in code[opens..].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(opens + offset);
        }
    }
    None
}

/// The places where `what` stands as a word of its own.
fn words<'code>(code: &'code str, what: &str) -> impl Iterator<Item = usize> + use<'code> {
    let (length, open_end) = (what.len(), !what.ends_with(is_word));
    let places: Vec<usize> = code.match_indices(what).map(|(place, _)| place).collect();
    places.into_iter().filter(move |place| {
        let before = code[..*place].chars().last().is_some_and(is_word);
        let after = code[*place + length..].chars().next().is_some_and(is_word);
        !before && (open_end || !after)
    })
}

fn word(text: &str) -> &str {
    &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())]
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn line_of(code: &str, place: usize) -> usize {
    code[..place].matches('\n').count() + 1
}

/// `(line, first word of the rule)` of everything that is wrong with a snippet.
fn verdict(path: &str, text: &str) -> Vec<(usize, String)> {
    let rule = |what: &str| what.split(':').next().unwrap().to_owned();
    check_source(path, &format!("//! Answers.\n{text}")).into_iter().map(|u| (u.line, rule(&u.what))).collect()
}

#[test]
fn imports_that_go_up_are_found() {
    let found = |path: &str, text: &str| verdict(path, text) == [(2, "rank".to_owned())];
    assert!(found("src/model/event.rs", "use crate::disk::Disk;"));
    let grouped = "use crate::{\ndigest::Sha256, limits, journal::{self, model},\n};";
    assert_eq!(verdict("src/blob/stage.rs", grouped), [(3, "rank".to_owned())]);
    assert!(found("src/index/mod.rs", "fn f() { crate::catalogue::open(); }"));
    assert!(found("src/journal/mod.rs", "use crate::model::Event;"));
    assert!(found("src/text.rs", "use crate::catalogue::Key;"));
    assert!(found("src/config.rs", "use crate::cli::Args;"));
    assert!(found("src/service/x.rs", "use crate::nowhere::Thing;"));
    assert!(found("src/service/x/y.rs", "use super::super::z;"));
    assert!(found("src/lib.rs", "pub use crate::ids::EntryId;"));
    assert_eq!(verdict("src/nowhere.rs", ""), [(1, "rank".to_owned())]);
}

#[test]
fn imports_that_go_down_are_fine() {
    for (path, text) in [
        ("src/service/register.rs", "use crate::{catalogue::Catalogue, index, service::Archive};"),
        ("src/http/api/x.rs", "use crate::service::Archive; use super::problem;"),
        ("src/cli.rs", "use crate::{config::Config, demo::town, http};"),
        ("src/blob/mod.rs", "#[cfg(test)]\nmod tests { use crate::service::Archive; fn f() { todo!() } }"),
        (
            "src/blob/mod.rs",
            "// use crate::service;\nconst A: &str = \"crate::http\"; /* crate::cli /* x */ crate::cli */",
        ),
        ("src/blob/tests.rs", "use crate::service::Archive;"),
        ("src/lib.rs", "pub mod digest;"),
    ] {
        assert_eq!(verdict(path, text), [], "{path}: {text}");
    }
}

#[test]
fn bans_hold_outside_their_homes_only() {
    for (text, home) in [
        ("fn f() { std::fs::write(a, b); }", "src/disk.rs"),
        ("fn f() { fs::rename(a, b); }", "src/disk/real.rs"),
        ("use std::fs::OpenOptions;", "src/disk.rs"),
        ("fn f() { SystemTime::now(); }", "src/clock.rs"),
        ("use actix_web::http::StatusCode;", "src/http/problem.rs"),
        ("fn f(db: sled::Db) {}", "src/catalogue/mod.rs"),
        ("use tantivy;", "src/index/mod.rs"),
        ("fn f() { println!(); }", "src/cli.rs"),
    ] {
        assert_eq!(verdict(home, text), [], "{home}: {text}");
        assert!(!verdict("src/service/mod.rs", text).is_empty(), "{text}");
    }
    assert_eq!(verdict("src/cli.rs", "fn f() {\n todo!() }"), [(3, "banned here".to_owned())]);
    assert_eq!(verdict("src/clock_face.rs", "fn f() { SystemTime::now(); }").len(), 2);
    // Words that only look like it.
    assert_eq!(
        verdict("src/service/x.rs", "fn f() { my_dbg!(x.sled, writeln!(s, \"println!\")); fs::write_all; }"),
        []
    );
}

#[test]
fn lengths_are_counted() {
    let body = |lines: usize| {
        format!("fn long<'a>(x: [u8; 4], q: char) -> &'a str {{\n{}}}\n", "let c = '{'; // }\n".repeat(lines))
    };
    assert_eq!(verdict("src/ids.rs", &body(FUNCTION_LINES)), []);
    assert_eq!(verdict("src/ids.rs", &body(FUNCTION_LINES + 1)), [(2, "function length".to_owned())]);
    assert_eq!(verdict("src/ids.rs", "trait T { fn a(&self); fn b(&self); }"), []);
    assert_eq!(verdict("src/ids.rs", &"\n".repeat(FILE_LINES - 1)), []);
    assert_eq!(verdict("src/ids.rs", &"\n".repeat(FILE_LINES)), [(FILE_LINES + 1, "file length".to_owned())]);
}

#[test]
fn first_lines_names_and_idle_checks() {
    assert_eq!(check_source("src/ids.rs", "use std::fmt;\n").len(), 1);
    assert_eq!(verdict("src/model/util.rs", ""), [(1, "name".to_owned())]);
    assert_eq!(verdict("src/http/helpers/mod.rs", ""), [(1, "name".to_owned())]);
    let idle = |code: &str| idle_matches("tests/it/x.rs", &without_text(code)).len();
    assert_eq!(idle("fn f() {\n    matches!(a, B { .. });\n}"), 1);
    assert_eq!(idle("fn f() { assert!(matches!(a, B)); let x = matches!(a, B); }"), 0);
    assert_eq!(idle("fn f() -> bool { g(); matches!(a, B) }"), 0);
}

#[test]
fn texts_are_not_code() {
    let code = without_text("a(\"x \\\" // y\"); r#\"q\"z\"#; b'\\''; 'c'; &'static str; // k\n/* m\n*/ n");
    assert_eq!(code.split_whitespace().collect::<String>(), "a();;b;;&'staticstr;n");
    assert_eq!(code.lines().count(), 3);
}
