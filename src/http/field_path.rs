//! Which field was it? Finds the path of the place where reading a JSON text stopped, so that an answer can name it.

/// One level of nesting on the way to a place.
enum Level {
    /// In an object, at this key; `None` before a key has been read.
    Object(Option<String>),
    /// In an array, at this element.
    Array(usize),
}

/// The path (`correspondents[0].name`) of the value at a byte of a JSON text. What is broken there does no harm.
pub fn path_at(text: &[u8], offset: usize) -> String {
    let mut levels = Vec::new();
    let (mut at, mut expects_key) = (0, false);
    while at < offset.min(text.len()) {
        match text[at] {
            b'"' => {
                let end = end_of_string(text, at);
                if expects_key && let Some(Level::Object(key)) = levels.last_mut() {
                    let word = text.get(at..end).unwrap_or_default();
                    *key = serde_json::from_slice(word).ok();
                    expects_key = false;
                }
                at = end;
                continue;
            }
            b'{' => {
                levels.push(Level::Object(None));
                expects_key = true;
            }
            b'[' => levels.push(Level::Array(0)),
            b'}' | b']' if at + 1 < offset => {
                levels.pop();
                expects_key = false;
            }
            b',' => match levels.last_mut() {
                Some(Level::Object(key)) => {
                    *key = None;
                    expects_key = true;
                }
                Some(Level::Array(n)) => *n += 1,
                None => {}
            },
            _ => {}
        }
        at += 1;
    }
    spell(&levels)
}

/// The object that holds the value at a path: what a missing or unknown field belongs to.
pub fn parent(path: &str) -> &str {
    match path.rfind(['.', '[']) {
        Some(place) => &path[..place],
        None => "",
    }
}

/// A field of the object at `path`.
pub fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

fn spell(levels: &[Level]) -> String {
    let mut path = String::new();
    for level in levels {
        match level {
            Level::Object(Some(key)) => path = join(&path, key),
            Level::Object(None) => {}
            Level::Array(n) => path = format!("{path}[{n}]"),
        }
    }
    path
}

/// The place after the string that begins at `start`.
fn end_of_string(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_their_paths() {
        let text = br#"{"a":1,"b":{"c":[10,{"d\"":true}],"e":"x,{"},"f":2}"#;
        for (marker, path) in [("1,", "a"), ("10", "b.c[0]"), ("true", "b.c[1].d\""), ("\"x", "b.e"), ("2}", "f")] {
            let place = text.windows(marker.len()).position(|window| window == marker.as_bytes()).unwrap();
            assert_eq!(path_at(text, place), path, "{marker}");
        }
    }

    #[test]
    fn parents_and_children() {
        assert_eq!(parent("a.b"), "a");
        assert_eq!(parent("a[0]"), "a");
        assert_eq!(parent("a"), "");
        assert_eq!(join("a[0]", "b"), "a[0].b");
        assert_eq!(join("", "b"), "b");
    }
}
