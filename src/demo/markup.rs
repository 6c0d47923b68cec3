//! What does a paper look like as text: plain, Markdown, HTML, RTF, and the XML of a portal's form.

use std::fmt::Write as _;

use super::paper::{Block, Paper};
use super::zipped::escaped;

/// As plain mail has it, in lines of at most 78 characters.
pub fn plain(paper: &Paper) -> String {
    let letter = !paper.addressee.is_empty();
    let subject = if letter { paper.title() } else { paper.subject.to_uppercase() };
    let mut blocks = vec![paper.head().join("\n"), paper.place_and_date(), paper.addressee.join("\n")];
    blocks.push(wrapped(&subject));
    blocks.push(plain_paragraphs(paper));
    blocks.push(paper.signature.clone());
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n\n") + "\n"
}

/// The paragraphs alone, as the body of a mail has them.
pub fn plain_paragraphs(paper: &Paper) -> String {
    let paragraphs: Vec<String> = paper
        .blocks()
        .map(|block| match block {
            Block::Heading(text) => text.to_uppercase(),
            Block::Item(text) => wrapped(&format!("- {text}")),
            Block::Row(cells) => cells.join("   "),
            Block::Field(label, value) => format!("{label}: {value}"),
            Block::Text(text) => wrapped(text),
        })
        .collect();
    paragraphs.join("\n\n")
}

fn wrapped(paragraph: &str) -> String {
    let mut text = String::with_capacity(paragraph.len() + 16);
    let mut column = 0;
    for word in paragraph.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > 78 {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += width;
    }
    text
}

pub fn markdown(paper: &Paper) -> String {
    let mut text = format!("# {}\n\n*{}, {}*\n", paper.subject, paper.head()[0], paper.place_and_date());
    let mut columns = 0;
    for block in paper.blocks() {
        let row = matches!(block, Block::Row(_));
        if !row || columns == 0 {
            text.push('\n');
        }
        let line = match &block {
            Block::Heading(heading) => format!("## {heading}"),
            Block::Item(item) => format!("- {item}"),
            Block::Row(cells) => format!("| {} |", cells.join(" | ")),
            Block::Field(label, value) => format!("**{label}**: {value}"),
            Block::Text(paragraph) => (*paragraph).to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
        if let (Block::Row(cells), 0) = (&block, columns) {
            text.push_str(&format!("|{}\n", " --- |".repeat(cells.len())));
            columns = cells.len();
        }
        if !row {
            columns = 0;
        }
    }
    if !paper.signature.is_empty() {
        let _ = write!(text, "\n{}\n", paper.signature);
    }
    text
}

pub fn html(paper: &Paper) -> String {
    let mut body = String::new();
    for line in paper.head().iter().chain(&paper.addressee) {
        let _ = writeln!(body, "<p class=\"riga\">{}</p>", escaped(line));
    }
    let _ = writeln!(body, "<p>{}</p>\n<h1>{}</h1>", escaped(&paper.place_and_date()), escaped(&paper.title()));
    body.push_str(&html_paragraphs(paper));
    let _ = writeln!(body, "<p><em>{}</em></p>", escaped(&paper.signature));
    format!(
        "<!DOCTYPE html>\n<html lang=\"it\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n\
         <style>body {{ font-family: sans-serif }} .riga {{ margin: 0 }}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        escaped(&paper.subject),
    )
}

/// Paragraphs, lists and tables, with their ends.
pub fn html_paragraphs(paper: &Paper) -> String {
    let mut text = String::new();
    let mut open = "";
    for block in paper.blocks() {
        let (around, line) = match &block {
            Block::Heading(heading) => ("", format!("<h2>{}</h2>", escaped(heading))),
            Block::Item(item) => ("ul", format!("<li>{}</li>", escaped(item))),
            Block::Row(cells) => {
                let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
                ("table", format!("<tr>{cells}</tr>"))
            }
            Block::Field(label, value) => ("", format!("<p><b>{}</b>: {}</p>", escaped(label), escaped(value))),
            Block::Text(paragraph) => ("", format!("<p>{}</p>", escaped(paragraph))),
        };
        if around != open {
            text.push_str(&end_and_begin(open, around));
            open = around;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text + &end_and_begin(open, "")
}

fn end_and_begin(open: &str, next: &str) -> String {
    let end = if open.is_empty() { String::new() } else { format!("</{open}>\n") };
    let begin = if next.is_empty() { String::new() } else { format!("<{next}>\n") };
    end + &begin
}

/// As the word processors of twenty years ago wrote it: Windows-1252, other letters by number.
pub fn rtf(paper: &Paper) -> String {
    let mut text = String::from(
        "{\\rtf1\\ansi\\ansicpg1252\\deff0\\deflang1040{\\fonttbl{\\f0\\froman Times New Roman;}}\n\\paperw11906\\paperh16838\\f0\\fs24\n",
    );
    let mut line = |style: &str, content: &str| {
        let _ = writeln!(text, "\\pard{style} {}\\par", rtf_escaped(content));
    };
    for head in paper.head() {
        line("\\b0", &head);
    }
    line("\\sb200", &paper.place_and_date());
    for addressee in &paper.addressee {
        line("\\li4800", addressee);
    }
    line("\\sb240\\b", &paper.title());
    for block in paper.blocks() {
        match block {
            Block::Heading(heading) => line("\\sb200\\b", heading),
            Block::Item(item) => line("\\b0\\li360", &format!("\u{b7} {item}")),
            Block::Row(cells) => line("\\b0\\tx3600\\tx6000\\tx8000", &cells.join("\t")),
            Block::Field(label, value) => line("\\b0", &format!("{label}: {value}")),
            Block::Text(paragraph) => line("\\b0\\sb120\\qj", paragraph),
        }
    }
    line("\\b0\\sb400\\li4800", &paper.signature);
    text + "}\n"
}

fn rtf_escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '{' | '}' => result.extend(['\\', c]),
            '\t' => result.push_str("\\tab "),
            ' '..='~' => result.push(c),
            // The letters of Latin 1 have the same codes in Windows-1252.
            '\u{a0}'..='\u{ff}' => {
                let _ = write!(result, "\\'{:02x}", u32::from(c));
            }
            _ => {
                let _ = write!(result, "\\u{}?", u32::from(c));
            }
        }
    }
    result
}

/// What a portal sends beside the form that it printed: its fields by name.
pub fn xml(paper: &Paper) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pratica xmlns=\"urn:example:sportello\" presentata=\"{}\">\n  <oggetto>{}</oggetto>\n",
        paper.date,
        escaped(&paper.subject),
    );
    if let Some(who) = &paper.author {
        let code = who.tax_code.unwrap_or_default();
        let name = escaped(who.name);
        let _ = writeln!(text, "  <richiedente codiceFiscale=\"{code}\">{name}</richiedente>");
    }
    for block in paper.blocks() {
        let line = match block {
            Block::Field(label, value) => format!("<dato nome=\"{}\">{}</dato>", escaped(label), escaped(value)),
            Block::Heading(heading) => format!("<sezione>{}</sezione>", escaped(heading)),
            Block::Item(other) | Block::Text(other) => format!("<nota>{}</nota>", escaped(other)),
            Block::Row(cells) => format!("<riga>{}</riga>", escaped(&cells.join("; "))),
        };
        let _ = writeln!(text, "  {line}");
    }
    text + "</pratica>\n"
}
