//! How is a tree written as nested lists? Its branches in order, each saying what opens and closes before it.

/// A branch of a tree on its way into nested lists.
#[derive(Debug, PartialEq, Eq)]
pub struct Branch<T> {
    pub leaf: T,
    /// It is the first below the one before.
    pub enters: bool,
    /// Lists that end before it.
    pub leaves: usize,
}

/// Branches with the lists that are still open after the last.
pub struct Tree<T> {
    pub branches: Vec<Branch<T>>,
    pub open: usize,
}

/// Nests what comes in order with its depth; nothing is deeper by more than one than what stands before it.
pub fn nest<T>(rows: impl IntoIterator<Item = (usize, T)>) -> Tree<T> {
    let mut tree = Tree { branches: Vec::new(), open: 0 };
    for (depth, leaf) in rows {
        // Lists that a branch of this depth stands in: its own too.
        let depth = (depth + 1).min(tree.open + 1);
        let (enters, leaves) = (depth > tree.open, tree.open.saturating_sub(depth));
        tree.branches.push(Branch { leaf, enters, leaves });
        tree.open = depth;
    }
    tree
}

/// Puts rows that name the one above them into the order of a tree, each with its depth. What would stand below itself,
/// or below what is not there, stands at the top.
pub fn order<T, K: PartialEq>(rows: Vec<T>, key: impl Fn(&T) -> K, above: impl Fn(&T) -> Option<K>) -> Vec<(usize, T)> {
    let keys: Vec<K> = rows.iter().map(&key).collect();
    let is_top = |row: &T| above(row).is_none_or(|above| !keys.contains(&above));
    let (top, mut rest): (Vec<T>, Vec<T>) = rows.into_iter().partition(is_top);
    let mut ordered = Vec::new();
    // The next branch last.
    let mut open: Vec<(usize, T)> = top.into_iter().rev().map(|row| (0, row)).collect();
    while let Some((depth, row)) = open.pop() {
        let own = key(&row);
        let (below, others): (Vec<T>, Vec<T>) = rest.into_iter().partition(|other| above(other).as_ref() == Some(&own));
        rest = others;
        ordered.push((depth, row));
        open.extend(below.into_iter().rev().map(|row| (depth + 1, row)));
    }
    ordered.extend(rest.into_iter().map(|row| (0, row)));
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_open_and_close_as_branches_do() {
        let tree = nest([(0, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (0, 'e')]);
        let steps: Vec<_> = tree.branches.iter().map(|branch| (branch.leaf, branch.enters, branch.leaves)).collect();
        let expected = [('a', true, 0), ('b', true, 0), ('c', true, 0), ('d', false, 2), ('e', false, 0)];
        assert_eq!(steps, expected);
        assert_eq!(tree.open, 1);
    }

    #[test]
    fn rows_stand_below_what_they_name() {
        let rows =
            vec![("b", Some("a")), ("a", None), ("c", Some("b")), ("d", None), ("x", Some("x")), ("y", Some("?"))];
        let ordered = order(rows, |row| row.0, |row| row.1);
        let names: Vec<_> = ordered.iter().map(|(depth, row)| (*depth, row.0)).collect();
        assert_eq!(names, [(0, "a"), (1, "b"), (2, "c"), (0, "d"), (0, "y"), (0, "x")]);
    }
}
