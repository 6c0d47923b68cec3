//! What does a page say to the person who looks at it?
//!
//! Only the tokenizer is used: it makes no tree, so that a hundred thousand elements within each other are as many tokens.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};

use crate::text::Reason;
use crate::text::plain;
use crate::text::reading::Reading;

/// Bytes handed to the tokenizer between two looks at clock and room: one tag may have attributes without end.
const PIECE: usize = 16 * 1024;

/// A page declares its encoding within so many bytes.
const HEAD: usize = 2048;

pub(super) fn read(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let head = String::from_utf8_lossy(&content[..content.len().min(HEAD)]).to_ascii_lowercase();
    let rest = head.split_once("charset=").map(|(_, rest)| rest.trim_start_matches(['"', '\'', ' ']));
    let label = rest.and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && !"-_:".contains(c)).next());
    page(&plain::decode_labelled(content, label), reading)
}

/// A page that is there as text.
pub(super) fn page(html: &str, reading: &mut Reading) -> Result<(), Reason> {
    told(html, |text| {
        reading.tick()?;
        reading.push(text)
    })
}

/// What a page says, piece by piece, until it is told not to go on.
pub(super) fn told(html: &str, mut tell: impl FnMut(&str) -> Result<(), Reason>) -> Result<(), Reason> {
    let tokenizer = Tokenizer::new(Page::default(), html5ever::tokenizer::TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(PIECE));
        rest = after;
        queue.push_back(StrTendril::from(piece));
        // Nobody runs its scripts: it stops for none.
        drop(tokenizer.feed(&queue));
        tell(&tokenizer.sink.take())?;
    }
    tokenizer.end();
    tell(&tokenizer.sink.take())
}

#[derive(Default)]
struct Page(RefCell<Shown>);

#[derive(Default)]
struct Shown {
    text: String,
    /// Within an element whose text nobody sees; it holds no other.
    hidden: bool,
    /// Within an element whose lines are shown as they stand; elsewhere a line end is a space.
    lines_kept: bool,
}

impl Page {
    fn take(&self) -> String {
        std::mem::take(&mut self.0.borrow_mut().text)
    }
}

impl TokenSink for Page {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut shown = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if shown.hidden => drop(text),
            Token::CharacterTokens(text) if shown.lines_kept => shown.text.push_str(&text),
            Token::CharacterTokens(text) => shown.text.push_str(&text.replace(['\n', '\r'], " ")),
            Token::TagToken(tag) => return shown.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Shown {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        self.text.push_str(between(&tag.name));
        if matches!(&*tag.name, "pre" | "textarea") {
            self.lines_kept = tag.kind == TagKind::StartTag;
        }
        if tag.kind == TagKind::EndTag {
            self.hidden = false;
            return TokenSinkResult::Continue;
        }
        for attribute in &tag.attrs {
            // The titles of boxes are names that programs give them.
            let tells = match &*attribute.name.local {
                "alt" | "placeholder" => true,
                "title" => matches!(&*tag.name, "a" | "abbr" | "acronym" | "img"),
                _ => false,
            };
            if tells {
                self.text.push(' ');
                self.text.push_str(&attribute.value);
                self.text.push(' ');
            }
        }
        let Some(kind) = raw(&tag.name) else { return TokenSinkResult::Continue };
        self.hidden = kind != Rcdata;
        TokenSinkResult::RawData(kind)
    }
}

/// How the tokenizer must go on after a tag whose content is no markup.
fn raw(name: &str) -> Option<RawKind> {
    Some(match name {
        "script" => ScriptData,
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Rawtext,
        "title" | "textarea" => Rcdata,
        _ => return None,
    })
}

/// What a tag puts between the words before and after it.
fn between(name: &str) -> &'static str {
    match name {
        "a" | "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "cite" | "code" | "data" | "del" | "dfn" | "em"
        | "font" | "i" | "img" | "ins" | "kbd" | "label" | "mark" | "q" | "s" | "samp" | "small" | "span"
        | "strike" | "strong" | "sub" | "sup" | "time" | "tt" | "u" | "var" | "wbr" => "",
        "td" | "th" => "\t",
        _ => "\n",
    }
}
