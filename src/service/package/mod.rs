//! A dossier to take away: a ZIP that anyone can open, read and check without this program.
//!
//! It holds what this reader may see and nothing else, and is made while it is sent: contents pass through the checked
//! reader, so a damaged one breaks the stream off instead of being delivered.

use std::io::Write;

use serde::Serialize;

use self::bag::Bag;
use super::Archive;
use super::dossiers::{DossierView, ItemView};
use super::refusal::Refusal;
use crate::clock;
use crate::digest::ContentDigests;
use crate::ids::DossierId;
use crate::limits;
use crate::model::access::Actor;

mod bag;
mod list;
mod names;

use list::List;

/// For whoever opens the package in thirty years.
const README: &str = include_str!("README.txt");
const LEGGIMI: &str = include_str!("LEGGIMI.txt");

/// A dossier as its `dossier.json` shows it.
#[derive(Serialize)]
struct DossierJson<'a> {
    #[serde(flatten)]
    dossier: &'a DossierView,
    /// Items whose documents are in the package.
    included: u32,
    /// Items that were taken out of the dossier.
    removed: &'a [ItemView],
    /// Items that this reader may not see; nothing else is said of them but their places in the list.
    withheld: u32,
}

/// A document on its way into the package.
struct File<'a> {
    name: String,
    content: &'a ContentDigests,
}

impl Archive {
    /// Writes a dossier with its sub-dossiers as a ZIP holding a BagIt bag, as far as this actor may see them.
    ///
    /// # Errors
    /// When it may not be read, and when a content is damaged or cannot be written: then the ZIP has no directory, and
    /// no program takes it for whole.
    pub fn write_package(&self, actor: &Actor, id: DossierId, out: impl Write) -> Result<(), Refusal> {
        let top = self.dossier_view(actor, id)?;
        let mut bag = Bag::begin(out, names::harmless(&top.code.replace('/', "-")))?;
        let mut list = List::default();
        // Dossiers still to be written with their folder, the next one last.
        let mut waiting = vec![(id, String::new())];
        while let Some((id, folder)) = waiting.pop() {
            let view = if folder.is_empty() { top.clone() } else { self.dossier_view(actor, id)? };
            list.dossier(&view);
            self.package_dossier(actor, &view, &folder, &mut bag, &mut list)?;
            waiting.extend(self.sub_folders(actor, &view, &folder)?);
        }
        bag.tag("index.html", list.finish(&top).as_bytes())?;
        bag.tag("README.txt", README.as_bytes())?;
        bag.tag("LEGGIMI.txt", LEGGIMI.as_bytes())?;
        let area = &self.core().directory().area;
        let now = self.core().clock.now();
        bag.finish(&[
            ("Source-Organization", format!("{} ({}/{})", area.name, area.organization, area.area)),
            ("External-Identifier", top.code.clone()),
            ("External-Description", top.title.clone()),
            ("Internal-Sender-Identifier", top.id.path()),
            ("Bagging-Date", clock::date_in_rome(now).to_string()),
            ("Bag-Software-Agent", concat!("tabularium ", env!("CARGO_PKG_VERSION")).to_owned()),
        ])
    }

    /// Sub-dossiers with their folders, the last first.
    fn sub_folders(
        &self,
        actor: &Actor,
        view: &DossierView,
        folder: &str,
    ) -> Result<Vec<(DossierId, String)>, Refusal> {
        let mut children = Vec::new();
        for id in &view.sub_dossiers {
            let child = self.dossier_view(actor, *id)?;
            let number = child.code.rsplit('/').next().unwrap_or_default().to_owned();
            children.push((number.parse::<u64>().unwrap_or(u64::MAX), number, child));
        }
        children.sort_by(|a, b| (b.0, &b.1, b.2.id.0).cmp(&(a.0, &a.1, a.2.id.0)));
        let named = |(_, number, child): (u64, String, DossierView)| {
            (child.id, format!("{folder}{}/", names::folder(&number, &child.title)))
        };
        Ok(children.into_iter().map(named).collect())
    }

    fn package_dossier<W: Write>(
        &self,
        actor: &Actor,
        view: &DossierView,
        folder: &str,
        bag: &mut Bag<W>,
        list: &mut List,
    ) -> Result<(), Refusal> {
        let (mut included, mut withheld, mut removed) = (0, 0, Vec::new());
        let mut after = 0;
        loop {
            let page = self.dossier_items(actor, view.id, after, limits::PAGE_MAX)?;
            for item in page.items {
                if item.withheld {
                    withheld += 1;
                    list.withheld(item.item);
                } else if matches!(item.removed, Some(Some(_))) {
                    removed.push(item);
                } else {
                    included += 1;
                    self.package_item(&item, folder, bag, list)?;
                }
            }
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        list.removed(&removed);
        let json = DossierJson { dossier: view, included, removed: &removed, withheld };
        bag.tag(&format!("metadata/{folder}dossier.json"), &serde_json::to_vec_pretty(&json)?)
    }

    fn package_item<W: Write>(
        &self,
        item: &ItemView,
        folder: &str,
        bag: &mut Bag<W>,
        list: &mut List,
    ) -> Result<(), Refusal> {
        list.item(item);
        for file in files_of(item) {
            let path = format!("{folder}{}", file.name);
            let mut content = self.core().content(&file.content.blake3)?;
            let sha256 = bag.payload(&path, file.content.size, &mut content)?;
            if sha256 != file.content.sha256 {
                return Err(Refusal::Failed(format!("{path} is not of the SHA-256 that was registered").into()));
            }
            list.file(&path, &file.name, file.content.size);
        }
        let name = match (&item.entry, &item.document) {
            (Some(entry), _) => {
                format!("{:03} - {} {}-{}.json", item.item, entry.register, entry.year, entry.number_text)
            }
            (None, Some(document)) => format!("{:03} - {}.json", item.item, document.id),
            (None, None) => return Ok(()),
        };
        bag.tag(&format!("metadata/{folder}{name}"), &serde_json::to_vec_pretty(item)?)
    }
}

/// The documents of an item, each with its name in the package.
fn files_of(item: &ItemView) -> Vec<File<'_>> {
    if let Some(document) = &item.document {
        let name = names::file(&format!("{:03}", item.item), &document.file_name);
        return vec![File { name, content: &document.content }];
    }
    let Some((entry, details)) = item.entry.as_ref().and_then(|entry| Some((entry, entry.details.as_ref()?))) else {
        return Vec::new();
    };
    let mark = format!("{} {}-{}", entry.register, entry.year, entry.number_text);
    let main = details.document.iter().map(|document| (format!("{:03} - {mark}", item.item), document));
    let attached = details.attachments.iter().enumerate().map(|(n, document)| {
        // Sorts behind the main document, and no two are alike.
        (format!("{:03} - {mark} - allegato {}", item.item, n + 1), document)
    });
    let named = main.chain(attached);
    named
        .map(|(prefix, document)| File {
            name: names::file(&prefix, &document.file.file_name),
            content: &document.content,
        })
        .collect()
}
