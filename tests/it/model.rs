//! Random commands against a small model: after each run, after a restart and after a rebuild the archive says the same.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;
use tabularium::ids::DossierId;
use tabularium::model::access::Actor;
use tabularium::service::{Archive, Refusal};

use crate::workbench::*;

/// Numbers name things made before, modulo how many there are.
#[derive(Debug, Clone)]
enum Step {
    Register { key: u8, dossier: Option<u8> },
    Annul(u8),
    Classify(u8, bool),
    Assign(u8),
    Open { parent: Option<u8> },
    Close(u8),
    Reopen(u8),
    File { dossier: u8, entry: u8 },
    Remove { dossier: u8, item: u8 },
    Show { dossier: u8, item: u8, shown: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let any = any::<u8>;
    prop_oneof![
        4 => (0..20_u8, proptest::option::of(any())).prop_map(|(key, dossier)| Step::Register { key, dossier }),
        1 => any().prop_map(Step::Annul),
        2 => (any(), proptest::bool::ANY).prop_map(|(entry, other)| Step::Classify(entry, other)),
        1 => any().prop_map(Step::Assign),
        2 => proptest::option::of(any()).prop_map(|parent| Step::Open { parent }),
        1 => any().prop_map(Step::Close),
        1 => any().prop_map(Step::Reopen),
        3 => (any(), any()).prop_map(|(dossier, entry)| Step::File { dossier, entry }),
        1 => (any(), any()).prop_map(|(dossier, item)| Step::Remove { dossier, item }),
        1 => (any(), any(), proptest::bool::ANY).prop_map(|(dossier, item, shown)| Step::Show { dossier, item, shown }),
    ]
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Entry {
    annulled: bool,
    classification: String,
    assigned: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Item {
    entry: u64,
    removed: bool,
    shown: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Dossier {
    id: DossierId,
    code: String,
    closed: bool,
    items: Vec<Item>,
    children: Vec<DossierId>,
}

/// What the archive should hold.
#[derive(Debug, Clone, PartialEq, Default)]
struct Model {
    /// By key: the number, and the dossier that was asked for.
    keys: BTreeMap<u8, (u64, Option<DossierId>)>,
    entries: Vec<Entry>,
    dossiers: Vec<Dossier>,
    top_dossiers: u32,
}

/// The outcome in words: what happened, or which refusal.
fn word<T>(outcome: &Result<T, Refusal>) -> &'static str {
    match outcome {
        Ok(_) => "done",
        Err(Refusal::EntryAnnulled) => "annulled",
        Err(Refusal::DossierClosed) => "closed",
        Err(Refusal::DossierOpen) => "open",
        Err(Refusal::AlreadyExists(_)) => "exists",
        Err(Refusal::NotFound(_)) => "not found",
        Err(Refusal::KeyReused) => "key reused",
        Err(other) => panic!("{}", other.causes()),
    }
}

fn pick<T>(things: &[T], n: u8) -> Option<usize> {
    (!things.is_empty()).then(|| n as usize % things.len())
}

impl Model {
    fn file(&mut self, dossier: usize, entry: u64) -> &'static str {
        let dossier = &mut self.dossiers[dossier];
        if dossier.items.iter().any(|item| item.entry == entry && !item.removed) {
            return "exists";
        }
        if dossier.closed {
            return "closed";
        }
        dossier.items.push(Item { entry, removed: false, shown: false });
        "done"
    }

    fn on_entry(&mut self, n: usize, change: impl FnOnce(&mut Entry)) -> &'static str {
        if self.entries[n].annulled {
            return "annulled";
        }
        change(&mut self.entries[n]);
        "done"
    }

    fn on_item(&mut self, dossier: usize, item: usize, change: impl FnOnce(&mut Item)) -> &'static str {
        let closed = self.dossiers[dossier].closed;
        match self.dossiers[dossier].items.get_mut(item) {
            None => "not found",
            Some(item) if item.removed => "exists",
            Some(_) if closed => "closed",
            Some(item) => {
                change(item);
                "done"
            }
        }
    }
}

async fn act(archive: &Archive, model: &mut Model, step: &Step) {
    match *step {
        Step::Register { key, dossier } => register_one(archive, model, key, dossier).await,
        Step::Annul(_) | Step::Classify(..) | Step::Assign(_) => change_entry(archive, model, step).await,
        Step::Open { parent } => open_one(archive, model, parent).await,
        Step::Close(_) | Step::Reopen(_) => set_state(archive, model, step).await,
        Step::File { dossier, entry } => {
            let (Some(dossier), Some(entry)) = (pick(&model.dossiers, dossier), pick(&model.entries, entry)) else {
                return;
            };
            let item = json!({"entry": {"register": "PG", "year": 2026, "number": entry + 1}});
            let item = serde_json::from_value(item).unwrap();
            let filed = archive.file_item(&Actor::system(), model.dossiers[dossier].id, item).await;
            assert_eq!(word(&filed), model.file(dossier, entry as u64 + 1), "{step:?}");
            if let Ok(number) = filed {
                assert_eq!(number as usize, model.dossiers[dossier].items.len());
            }
        }
        Step::Remove { dossier, item } | Step::Show { dossier, item, .. } => {
            let Some(dossier) = pick(&model.dossiers, dossier) else { return };
            let item = item as usize % (model.dossiers[dossier].items.len() + 1);
            let (id, number) = (model.dossiers[dossier].id, item as u32 + 1);
            if let Step::Show { shown, .. } = *step {
                let done = archive.show_item(&Actor::system(), id, number, shown).await;
                assert_eq!(word(&done), model.on_item(dossier, item, |item| item.shown = shown), "{step:?}");
            } else {
                let why = serde_json::from_value(json!({"reason": "errore"})).unwrap();
                let done = archive.remove_item(&Actor::system(), id, number, why, None).await;
                assert_eq!(word(&done), model.on_item(dossier, item, |item| item.removed = true), "{step:?}");
            }
        }
    }
}

async fn register_one(archive: &Archive, model: &mut Model, key: u8, dossier: Option<u8>) {
    let actor = Actor::system();
    let chosen = dossier.and_then(|n| pick(&model.dossiers, n));
    let id = chosen.map(|n| model.dossiers[n].id);
    let blake3 = upload(archive, &actor, &bytes(&format!("content {}", key % 5), 300)).unwrap();
    let mut new = entry(&format!("Richiesta {key}"), &[blake3]);
    new.dossier = id;
    let done = archive.register(&actor, &pg(), &format!("key {key}"), new).await.map(|registered| match registered {
        tabularium::service::Registered::New(view) | tabularium::service::Registered::Existing(view) => view.number,
    });
    let expected = match (model.keys.get(&key), chosen) {
        (Some((number, before)), _) if *before == id => Ok(*number),
        (Some(_), _) => Err("key reused"),
        (None, Some(chosen)) if model.dossiers[chosen].closed => Err("closed"),
        (None, _) => {
            model.entries.push(Entry { classification: "6.3".into(), ..Entry::default() });
            let number = model.entries.len() as u64;
            model.keys.insert(key, (number, id));
            if let Some(chosen) = chosen {
                model.file(chosen, number);
            }
            Ok(number)
        }
    };
    match expected {
        Ok(number) => assert_eq!(done.unwrap(), number),
        Err(refusal) => assert_eq!(word(&done), refusal),
    }
}

async fn change_entry(archive: &Archive, model: &mut Model, step: &Step) {
    let actor = Actor::system();
    let (Step::Annul(n) | Step::Classify(n, _) | Step::Assign(n)) = *step else { unreachable!("chosen by the caller") };
    let Some(n) = pick(&model.entries, n) else { return };
    let id = entry_id(2026, n as u64 + 1);
    let (done, expected) = match *step {
        Step::Annul(_) => {
            let act = json!({"reason": "errore", "act": {"number": "7", "date": "2026-01-03"}});
            let done = archive.annul(&actor, &id, serde_json::from_value(act).unwrap(), None).await;
            (done, model.on_entry(n, |entry| entry.annulled = true))
        }
        Step::Classify(_, other) => {
            let class = if other { "6.4" } else { "6.3" };
            let done = archive.classify(&actor, &id, class.parse().unwrap(), None).await;
            (done, model.on_entry(n, |entry| entry.classification = class.into()))
        }
        _ => {
            let assignments = json!([{"office": "segreteria", "mode": "responsible"}]);
            let done = archive.assign(&actor, &id, serde_json::from_value(assignments).unwrap(), None).await;
            (done, model.on_entry(n, |entry| entry.assigned = true))
        }
    };
    assert_eq!(word(&done), expected, "{step:?}");
}

async fn open_one(archive: &Archive, model: &mut Model, parent: Option<u8>) {
    let parent = parent.and_then(|n| pick(&model.dossiers, n));
    let parent_id = parent.map(|n| model.dossiers[n].id);
    let new = json!({"title": "Piazza", "classification": "6.3", "parent": parent_id});
    let opened = archive.open_dossier(&Actor::system(), serde_json::from_value(new).unwrap()).await;
    if parent.is_some_and(|n| model.dossiers[n].closed) {
        return assert_eq!(word(&opened), "closed");
    }
    let id = opened.unwrap();
    let code = match parent {
        Some(n) => {
            model.dossiers[n].children.push(id);
            format!("{}/{}", model.dossiers[n].code, model.dossiers[n].children.len())
        }
        None => {
            model.top_dossiers += 1;
            format!("6.3/2026/{}", model.top_dossiers)
        }
    };
    model.dossiers.push(Dossier { id, code, closed: false, items: Vec::new(), children: Vec::new() });
}

async fn set_state(archive: &Archive, model: &mut Model, step: &Step) {
    let (Step::Close(n) | Step::Reopen(n)) = *step else { unreachable!("chosen by the caller") };
    let Some(n) = pick(&model.dossiers, n) else { return };
    let (dossier, close) = (&mut model.dossiers[n], matches!(step, Step::Close(_)));
    let why = serde_json::from_value(json!({"reason": "finito"})).unwrap();
    let actor = Actor::system();
    let done = match close {
        true => archive.close_dossier(&actor, dossier.id, why, None).await,
        false => archive.reopen_dossier(&actor, dossier.id, why, None).await,
    };
    let expected = match (dossier.closed, close) {
        (true, true) => "closed",
        (false, false) => "open",
        _ => "done",
    };
    assert_eq!(word(&done), expected, "{step:?}");
    dossier.closed = close;
}

/// Holds what the archive shows against the model.
fn compare(archive: &Archive, model: &Model) {
    let actor = Actor::system();
    let all = everything(archive);
    assert_eq!(numbers(&all, 2026), (1..=model.entries.len() as u64).collect::<Vec<_>>());
    for (n, entry) in model.entries.iter().enumerate() {
        let number = n as u64 + 1;
        let view = archive.entry_view(&actor, &entry_id(2026, number)).unwrap();
        let details = view.details.unwrap();
        let shown = Entry {
            annulled: details.annulled.is_some(),
            classification: details.classification.unwrap().to_string(),
            assigned: !details.assignments.is_empty(),
        };
        assert_eq!(&shown, entry, "entry {number}");
        let mut places: Vec<_> = details.dossiers.iter().map(|link| (link.id, link.item as usize)).collect();
        let mut expected: Vec<_> = model
            .dossiers
            .iter()
            .flat_map(|dossier| dossier.items.iter().enumerate().map(move |(n, item)| (dossier.id, n + 1, item)))
            .filter(|(_, _, item)| item.entry == number && !item.removed)
            .map(|(id, n, _)| (id, n))
            .collect();
        places.sort_unstable();
        expected.sort_unstable();
        assert_eq!(places, expected, "entry {number}");
    }
    for dossier in &model.dossiers {
        let view = archive.dossier_view(&actor, dossier.id).unwrap();
        let items = archive.dossier_items(&actor, dossier.id, 0, 500).unwrap().items;
        let items = items.iter().map(|item| Item {
            entry: item.entry.as_ref().unwrap().number,
            removed: matches!(item.removed, Some(Some(_))),
            shown: item.shown.unwrap(),
        });
        let mut children = (view.sub_dossiers.clone(), dossier.children.clone());
        children.0.sort_unstable();
        children.1.sort_unstable();
        assert_eq!(children.0, children.1);
        let shown = Dossier {
            id: view.id,
            code: view.code.clone(),
            closed: view.state == "closed",
            items: items.collect(),
            children: dossier.children.clone(),
        };
        assert_eq!(&shown, dossier);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_archive_is_what_the_model_says(steps in proptest::collection::vec(step(), 1..70)) {
        let folder = scratch();
        let with = options(&folder.path().join("data"));
        let archive = create(with.clone());
        let mut model = Model::default();
        block_on(async {
            let office = serde_json::from_value(json!({"code": "segreteria", "name": "Segreteria"})).unwrap();
            archive.add_office(&Actor::system(), office).await.unwrap();
            for step in &steps {
                act(&archive, &mut model, step).await;
            }
        });
        compare(&archive, &model);
        let before = everything(&archive);
        close(archive);
        let archive = open(with.clone());
        compare(&archive, &model);
        prop_assert_eq!(&everything(&archive), &before);
        close(archive);
        for projection in ["catalogue", "index"] {
            std::fs::remove_dir_all(with.root.join(projection)).unwrap();
        }
        let archive = open(with);
        compare(&archive, &model);
        prop_assert_eq!(&everything(&archive), &before);
        close(archive);
    }
}
