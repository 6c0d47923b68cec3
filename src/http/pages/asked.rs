//! What is asked in an address? As a form with GET writes it: fields left empty ask nothing.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use crate::http::body;
use crate::http::problem::Problem;
use crate::http::wording::UNKNOWN;

/// The query of an address, read as `T`.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Asked<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(read(request.query_string()).map(Self))
    }
}

/// Reads a query string; a field without a value is as good as none, and so is one that the page does not know: mail
/// programs hang theirs onto every link.
pub fn read<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
    let said = pairs.map(|(name, value)| (name, value.trim().to_owned())).filter(|(_, value)| !value.is_empty());
    let mut said: Vec<(String, String)> = said.collect();
    loop {
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(&said).finish();
        let problem = match body::parse_query(&text) {
            Ok(asked) => return Ok(asked),
            Err(problem) => problem,
        };
        let known = said.len();
        let strange = |name: &String| {
            problem.errors().iter().any(|error| error.field == *name && error.message.starts_with(UNKNOWN))
        };
        said.retain(|(name, _)| !strange(name));
        if said.len() == known {
            return Err(problem);
        }
    }
}

/// An address that asks this.
pub fn address(path: &str, pairs: &[(String, String)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}?{query}")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Filters {
        q: String,
        year: Option<i16>,
    }

    #[test]
    fn fields_left_empty_ask_nothing() {
        let of = |query| read::<Filters>(query).ok();
        assert_eq!(of("q=+suolo+%26&year="), Some(Filters { q: "suolo &".to_owned(), year: None }));
        assert_eq!(of(""), Some(Filters::default()));
        assert_eq!(of("year=2026"), Some(Filters { year: Some(2026), ..Filters::default() }));
        assert_eq!(of("year=now"), None);
        let with_others = of("other=1&year=2026&fbclid=x&q=");
        assert_eq!(with_others, Some(Filters { year: Some(2026), ..Filters::default() }), "what is not ours is left");
    }

    #[test]
    fn addresses_carry_any_words() {
        let pairs = [("q".to_owned(), "suolo & città".to_owned())];
        assert_eq!(address("/search", &pairs), "/search?q=suolo+%26+citt%C3%A0");
        assert_eq!(address("/search", &[]), "/search");
    }
}
