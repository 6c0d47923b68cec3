//! How is a PDF broken on purpose? In the ways that disks, mail gateways and careless programs do it, from a seed.
//!
//! Used by the tests and by the bench.

/// Kinds of damage.
pub const KINDS: [&str; 8] = [
    "offsets of the table moved",
    "no way to the table",
    "cut in the middle",
    "cut near the end",
    "bits flipped",
    "references mixed up",
    "lengths that lie",
    "rubbish before and within",
];

/// A small generator: the same numbers for the same seed, on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

/// The file damaged in one of the [`KINDS`].
pub fn damaged(content: &[u8], kind: usize, seed: u64) -> Vec<u8> {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut file = content.to_vec();
    match kind {
        0 => {
            for at in places(content, b" 00000 n") {
                if at >= 10 {
                    file[at - 1] = b'0' + chance.below(10) as u8;
                    file[at - 2] = b'0' + chance.below(10) as u8;
                }
            }
        }
        1 => {
            for at in places(content, b"startxref") {
                let number = at + 10;
                let end = (number + 8).min(file.len());
                file[number..end].iter_mut().filter(|byte| byte.is_ascii_digit()).for_each(|byte| *byte = b'9');
            }
        }
        2 => file.truncate(content.len() * (40 + chance.below(30)) / 100),
        3 => file.truncate(content.len() * 97 / 100),
        4 => {
            for _ in 0..content.len().div_ceil(2_000) {
                let at = chance.below(file.len());
                file[at] ^= 1 << chance.below(8);
            }
        }
        5 => {
            for at in places(content, b" 0 R") {
                if chance.below(6) == 0 && file[at - 1].is_ascii_digit() {
                    file[at - 1] = b'0' + chance.below(10) as u8;
                }
            }
        }
        6 => {
            for at in places(content, b"/Length ") {
                if let Some(digit) = file.get_mut(at + 8).filter(|byte| byte.is_ascii_digit()) {
                    *digit = b'1' + chance.below(9) as u8;
                }
            }
        }
        _ => {
            let rubbish: Vec<u8> = (0..200).map(|_| chance.below(256) as u8).collect();
            let at = chance.below(file.len());
            file.splice(at..at, rubbish.iter().copied().take(20));
            file.splice(0..0, rubbish);
        }
    }
    file
}

fn places(content: &[u8], wanted: &[u8]) -> Vec<usize> {
    content.windows(wanted.len()).enumerate().filter(|(_, window)| *window == wanted).map(|(at, _)| at).collect()
}

/// The part of the words another program sees that are in ours; `None` when it sees next to none. Letters that old
/// typesetters joined are the same letters.
pub fn recall(theirs: &str, ours: &str) -> Option<f64> {
    let words = |text: &str| -> std::collections::BTreeSet<String> {
        let text = [("ﬃ", "ffi"), ("ﬄ", "ffl"), ("ﬀ", "ff"), ("ﬁ", "fi"), ("ﬂ", "fl")]
            .iter()
            .fold(text.to_owned(), |text, (joined, apart)| text.replace(joined, apart));
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1);
        words.map(str::to_lowercase).collect()
    };
    let (theirs, ours) = (words(theirs), words(ours));
    (theirs.len() >= 10).then(|| theirs.intersection(&ours).count() as f64 / theirs.len() as f64)
}
