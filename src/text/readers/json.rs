//! What are the values of a JSON text? Keys are left out: they would drown the words.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::encoded::is_encoded;
use crate::text::Reason;
use crate::text::plain;
use crate::text::reading::Reading;

pub(super) fn read(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    let text = plain::decode(content);
    let mut stopped = None;
    // Depth has a bound of its own in there.
    let mut json = serde_json::Deserializer::from_str(&text);
    let outcome = Values { reading, stopped: &mut stopped }.deserialize(&mut json);
    match (stopped, outcome) {
        (Some(reason), _) => Err(reason),
        (None, Err(_)) => Err(Reason::Broken),
        (None, Ok(())) => Ok(()),
    }
}

struct Values<'r> {
    reading: &'r mut Reading,
    /// Why the reading said no; the error itself can only carry words.
    stopped: &'r mut Option<Reason>,
}

impl Values<'_> {
    fn push<E: Error>(self, text: &str) -> Result<(), E> {
        let pushed = self.reading.push(text).and_then(|()| self.reading.push("\n"));
        pushed.map_err(|reason| {
            *self.stopped = Some(reason);
            E::custom(reason)
        })
    }

    fn inner(&mut self) -> Values<'_> {
        Values { reading: self.reading, stopped: self.stopped }
    }
}

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, _value: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.push(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.push(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.push(&value.to_string())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        if is_encoded(value) { Ok(()) } else { self.push(value) }
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(self.inner())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(self.inner())?;
        }
        Ok(())
    }
}
