//! Many at once: each key one entry, each number once, whoever asks first.

use std::collections::BTreeMap;

use tabularium::service::Refusal;

use crate::workbench::*;

#[test]
fn many_at_once_with_the_same_keys_make_each_entry_once() {
    let folder = scratch();
    let options = options(&folder.path().join("data"));
    let archive = create(options.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let answers = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let archive = archive.clone();
                scope.spawn(move || {
                    block_on(async {
                        // Eight tasks on each of eight threads, the same 20 keys in each thread.
                        let one = |task: usize| {
                            let archive = archive.clone();
                            tokio::spawn(async move {
                                let mut answers = Vec::new();
                                for n in 0..20 {
                                    let key = format!("k{}", (n + task * 3) % 20);
                                    let content = bytes(&key, 2_000);
                                    let view = register(&archive, &key, &[content]).await.unwrap();
                                    answers.push((key, view.number));
                                }
                                answers
                            })
                        };
                        let tasks: Vec<_> = (0..8).map(one).collect();
                        let mut answers = Vec::new();
                        for task in tasks {
                            answers.extend(task.await.unwrap());
                        }
                        answers
                    })
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(answers.len(), 8 * 8 * 20);
    let mut by_key = BTreeMap::new();
    for (key, number) in answers {
        assert_eq!(*by_key.entry(key.clone()).or_insert(number), number, "{key} has two numbers");
    }
    let mut given: Vec<_> = by_key.values().copied().collect();
    given.sort_unstable();
    assert_eq!(given, (1..=20).collect::<Vec<_>>());
    // The same key with another body, while the first is on its way or after it.
    let refused = runtime.block_on(register(&archive, "k3", &[bytes("another", 5)]));
    assert!(matches!(refused, Err(Refusal::KeyReused)), "{refused:?}");
    let all = everything(&archive);
    assert_eq!(numbers(&all, 2026), (1..=20).collect::<Vec<_>>());
    close(archive);
    let archive = open(options);
    assert_eq!(everything(&archive), all);
    close(archive);
}
