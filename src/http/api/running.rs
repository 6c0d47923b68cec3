//! How the program is: `/status` for everybody, `/metrics` for those who run it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::http::guard::{self, Public};
use crate::http::problem::{Kind, Problem};

/// `GET /status`: a problem document also when all is well, as the Italian API guidelines ask.
pub async fn status(public: Public) -> Result<HttpResponse, Problem> {
    let archive = public.archive.clone();
    let status = web::block(move || archive.status()).await?;
    let healthy = status.healthy;
    let mut body = serde_json::to_value(status).map_err(Problem::internal)?;
    if let Value::Object(fields) = &mut body {
        let (status, title) = if healthy { (200, "Well") } else { (503, "Not all is well") };
        fields.insert("type".to_owned(), json!("about:blank"));
        fields.insert("title".to_owned(), json!(title));
        fields.insert("status".to_owned(), json!(status));
    }
    let mut response = if healthy { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    if !healthy {
        response.insert_header((header::RETRY_AFTER, "5"));
    }
    Ok(response.content_type("application/problem+json").body(body.to_string()))
}

/// `GET /metrics`
pub async fn metrics(public: Public, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let state = guard::state(&request)?.clone();
    // The connection's own address: what a header says of it could be anybody's.
    let peer = request.peer_addr().map(|peer| peer.ip());
    if !peer.is_some_and(|peer| state.settings.metrics_from.iter().any(|network| network.contains(peer))) {
        return Err(Problem::of(Kind::Forbidden).detail("figures are for the administrator's network alone"));
    }
    let mut text = web::block(move || public.archive.metrics()).await?;
    text.push_str(&state.traffic.metrics());
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}
