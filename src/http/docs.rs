//! How is the API described? The OpenAPI document, and pages on which one can read and try it, all from memory.

use std::io::{Cursor, Read as _};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

use super::conditional;
use super::guard::Public;
use super::problem::Problem;

pub const OPENAPI: &str = include_str!("../../schema/openapi.json");

/// Where the distribution lies in the archive of Swagger UI.
const FOLDER: &str = "swagger-ui-5.32.6/dist/";

/// What the pages may load: from here alone. Swagger UI sets styles in place.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tabularium API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/api/docs/favicon-32x32.png">
</head>
<body>
<div id="api"></div>
<noscript>The API is described in <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</noscript>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"#;

const START: &str = r##"window.addEventListener("load", () => {
  SwaggerUIBundle({
    url: "/api/v1/openapi.json",
    dom_id: "#api",
    deepLinking: true,
    docExpansion: "list",
    validatorUrl: null,
    requestInterceptor: (request) => {
      // What is tried is tried here, whatever servers the contract names.
      const url = new URL(request.url, location.href);
      request.url = location.origin + url.pathname + url.search;
      request.credentials = "same-origin";
      return request;
    },
  });
});
"##;

/// `GET /api/v1/openapi.json`
pub async fn openapi(_: Public, request: HttpRequest) -> HttpResponse {
    answer(&request, "application/json", "openapi", OPENAPI.as_bytes().to_vec())
}

/// `GET /api/docs`
pub async fn page(_: Public, request: HttpRequest) -> HttpResponse {
    answer(&request, "text/html; charset=utf-8", "page", PAGE.as_bytes().to_vec())
}

/// `GET /api/docs/{file}`
pub async fn file(_: Public, request: HttpRequest, file: web::Path<String>) -> Result<HttpResponse, Problem> {
    let name = file.into_inner();
    let kind = match name.as_str() {
        "start.js" => return Ok(answer(&request, JAVASCRIPT, "start", START.as_bytes().to_vec())),
        "swagger-ui-bundle.js" => JAVASCRIPT,
        "swagger-ui.css" => "text/css; charset=utf-8",
        "favicon-32x32.png" => "image/png",
        _ => return Err(Problem::not_found("page")),
    };
    if conditional::is_fresh(request.headers(), &tag(&name)) {
        return Ok(answer(&request, kind, &name, Vec::new()));
    }
    let unpacked = name.clone();
    let bytes = web::block(move || unpack(&unpacked)).await?.map_err(Problem::internal)?;
    Ok(answer(&request, kind, &name, bytes))
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

fn tag(name: &str) -> String {
    conditional::etag(format_args!("{}-{name}", env!("CARGO_PKG_VERSION")))
}

fn answer(request: &HttpRequest, kind: &str, name: &str, bytes: Vec<u8>) -> HttpResponse {
    let etag = tag(name);
    let fresh = conditional::is_fresh(request.headers(), &etag);
    let mut response = if fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, etag));
    response.insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    response.insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    if fresh {
        return response.finish();
    }
    response.content_type(kind).body(bytes)
}

/// Our own archive, compiled in: its members have the sizes they say.
fn unpack(name: &str) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let mut member = archive.by_name(&format!("{FOLDER}{name}"))?;
    let mut bytes = Vec::with_capacity(member.size() as usize);
    member.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::http::body::parse;
    use crate::http::problem::Kind;
    use crate::model::{absence, annulment, classification, document, dossier, office, register, user};
    use crate::service::SearchQuery;

    #[test]
    fn the_pages_have_all_they_name_and_nothing_from_elsewhere() {
        for text in [PAGE, START] {
            assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("src=\"//"));
        }
        for name in ["swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"] {
            assert!(PAGE.contains(name), "{name}");
            assert!(unpack(name).unwrap().len() > 500, "{name}");
        }
    }
    fn each_object<'a>(value: &'a Value, visit: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
        match value {
            Value::Object(fields) => {
                visit(fields);
                fields.values().for_each(|value| each_object(value, visit));
            }
            Value::Array(items) => items.iter().for_each(|value| each_object(value, visit)),
            _ => {}
        }
    }

    #[test]
    fn every_example_of_the_contract_fits_its_schema() {
        let contract: Value = serde_json::from_str(OPENAPI).unwrap();
        let mut examples = 0;
        each_object(&contract, &mut |fields| {
            let (Some(schema), Some(example)) = (fields.get("schema"), fields.get("example")) else { return };
            let whole = json!({"components": contract["components"], "allOf": [schema]});
            let validator = jsonschema::validator_for(&whole).unwrap();
            let wrong: Vec<String> = validator.iter_errors(example).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{example}: {wrong:?}");
            examples += 1;
        });
        assert!(examples > 50, "{examples} examples were found");
    }

    #[test]
    fn the_contract_names_only_problems_that_exist_and_all_of_them() {
        let names = |text: &str| -> BTreeSet<String> {
            let ends = text.split("urn:tabularium:problem:").skip(1);
            ends.map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect()).collect()
        };
        let mut ours: BTreeSet<String> = Kind::ALL.iter().map(|kind| kind.name().to_owned()).collect();
        // What happens outside every operation of the contract.
        assert!(ours.remove(Kind::MethodNotAllowed.name()));
        assert_eq!(names(OPENAPI), ours);
    }

    #[test]
    fn requests_that_the_contract_shows_are_read() {
        let contract: Value = serde_json::from_str(OPENAPI).unwrap();
        let body = |path: &str, method: &str| {
            let content = &contract["paths"][path][method]["requestBody"]["content"];
            content.as_object().unwrap().values().next().unwrap()["example"].to_string().into_bytes()
        };
        let entries = "/api/v1/registers/{register}/entries";
        assert!(parse::<register::NewEntry>(&body(entries, "post")).is_ok());
        assert!(
            parse::<annulment::NewAnnulment>(&body(&format!("{entries}/{{year}}/{{number}}/annulment"), "post"))
                .is_ok()
        );
        assert!(parse::<dossier::NewDossier>(&body("/api/v1/dossiers", "post")).is_ok());
        assert!(parse::<dossier::NewItem>(&body("/api/v1/dossiers/{id}/items", "post")).is_ok());
        assert!(parse::<document::NewDocument>(&body("/api/v1/documents", "post")).is_ok());
        assert!(parse::<user::NewUser>(&body("/api/v1/users", "post")).is_ok());
        assert!(parse::<user::UserChange>(&body("/api/v1/users/{name}", "patch")).is_ok());
        assert!(parse::<user::NewToken>(&body("/api/v1/tokens", "post")).is_ok());
        assert!(parse::<office::NewOffice>(&body("/api/v1/offices", "post")).is_ok());
        assert!(parse::<office::OfficeChange>(&body("/api/v1/offices/{code}", "patch")).is_ok());
        assert!(parse::<absence::NewAbsence>(&body("/api/v1/users/{name}/absences", "post")).is_ok());
        assert!(parse::<classification::NewScheme>(&body("/api/v1/classification-schemes", "post")).is_ok());
        assert!(parse::<SearchQuery>(&body("/api/v1/search", "post")).is_ok());
    }
}
