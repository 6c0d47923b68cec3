//! What a batch has decided so far, laid over what is stored: commands of one batch see those before them.

use std::collections::HashMap;

use super::{Catalogue, CatalogueError, Look, Write};

pub struct Overlay<'a> {
    base: &'a Catalogue,
    writes: HashMap<Vec<u8>, Option<Vec<u8>>>,
}

impl<'a> Overlay<'a> {
    pub fn new(base: &'a Catalogue) -> Self {
        Self { base, writes: HashMap::new() }
    }

    pub fn add(&mut self, writes: &[Write]) {
        for (key, value) in writes {
            self.writes.insert(key.clone(), value.clone());
        }
    }
}

impl Look for Overlay<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, CatalogueError> {
        match self.writes.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.base.get(key),
        }
    }
}
