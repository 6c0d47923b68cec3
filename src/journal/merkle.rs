//! What is the root of the log? RFC 6962 hashing, and the few hashes from which the tree grows on.

use crate::digest::Sha256;
use crate::ids::Position;

/// The hash of a leaf.
pub fn leaf_hash(leaf: &[u8]) -> Sha256 {
    Sha256::of_parts(&[&[0], leaf])
}

/// The hash of an inner node.
pub fn node_hash(left: &Sha256, right: &Sha256) -> Sha256 {
    Sha256::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The roots of the perfect subtrees of a log, largest first: all that is needed to append and to know the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: Position,
    hashes: Vec<Sha256>,
}

impl Frontier {
    /// Leaves in the tree.
    pub fn size(&self) -> Position {
        self.size
    }

    /// One hash for each bit that is set in the size.
    pub fn hashes(&self) -> &[Sha256] {
        &self.hashes
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Sha256) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.hashes.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.hashes.push(node);
        self.size += 1;
    }

    /// The Merkle tree hash; of an empty log the hash of nothing.
    pub fn root(&self) -> Sha256 {
        let mut hashes = self.hashes.iter().rev();
        let Some(last) = hashes.next() else { return Sha256::of(b"") };
        hashes.fold(*last, |right, left| node_hash(left, &right))
    }

    /// Form for the catalogue: the size, big-endian, then the hashes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        for hash in &self.hashes {
            bytes.extend_from_slice(hash.as_bytes());
        }
        bytes
    }

    /// Reads what [`Frontier::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, rest) = bytes.split_first_chunk::<8>()?;
        let size = Position::from_be_bytes(*size);
        let (hashes, left_over) = rest.as_chunks::<32>();
        let fits = left_over.is_empty() && hashes.len() == size.count_ones() as usize;
        fits.then(|| Self { size, hashes: hashes.iter().map(|hash| Sha256::from_bytes(*hash)).collect() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 6962 section 2.1, word for word.
    fn naive(leaves: &[Sha256]) -> Sha256 {
        match leaves {
            [] => Sha256::of(b""),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&naive(&leaves[..split]), &naive(&leaves[split..]))
            }
        }
    }

    proptest! {
        #[test]
        fn the_frontier_is_the_tree(count in 0usize..300) {
            let leaves: Vec<_> = (0..count).map(|n| leaf_hash(n.to_string().as_bytes())).collect();
            let mut frontier = Frontier::default();
            for leaf in &leaves {
                frontier.push(*leaf);
            }
            prop_assert_eq!(frontier.size(), count as u64);
            prop_assert_eq!(frontier.root(), naive(&leaves));
            prop_assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Some(frontier));
        }
    }

    /// The test vectors of Certificate Transparency's reference implementation.
    #[test]
    fn known_roots() {
        let leaves: [&[u8]; 3] = [b"", b"\x00", b"\x10"];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        ];
        let mut frontier = Frontier::default();
        for (leaf, root) in leaves.into_iter().zip(roots) {
            frontier.push(leaf_hash(leaf));
            assert_eq!(frontier.root().to_string(), root);
        }
    }
}
