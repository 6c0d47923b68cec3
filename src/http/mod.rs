//! The API and the pages over HTTP. All routes stand in this file, in one table from which they are registered.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::rt::signal::unix::{SignalKind, signal};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use actix_web::{Route, guard as guards};

mod api;
mod around;
mod body;
mod conditional;
mod digest_field;
mod docs;
mod field_path;
mod guard;
mod network;
mod pages;
mod password_checks;
mod problem;
mod streamed;
mod throttle;
mod traffic;
mod wording;

pub use guard::State;
pub use network::{Network, ParseNetworkError};
pub use problem::{Kind, Problem};

use crate::limits;
use crate::service::Archive;

/// Declares every route once: the table and the registration are the same lines.
macro_rules! routes {
    ($(#[$doc:meta])* $table:ident, $register:ident, $route:ident: $($method:ident $path:literal => $handler:path;)*) => {
        $(#[$doc])*
        pub const $table: &[(&str, &str)] = &[$((stringify!($method), $path)),*];

        fn $register(config: &mut ServiceConfig) {
            $(config.route($path, $route(stringify!($method)).to($handler));)*
        }
    };
}

/// A route of the API takes one method.
fn of_api(method: &str) -> Route {
    web::method(Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap_or(Method::GET))
}

/// Whoever asks for the head of a page gets that of the page.
fn of_page(method: &str) -> Route {
    match method {
        "get" => web::route().guard(guards::Any(guards::Get()).or(guards::Head())),
        other => of_api(other),
    }
}

// Those asked for most come first: the router looks through them in this order.
routes! {
    /// Every route of the API: method and path.
    ROUTES, register, of_api:
    post "/api/v1/blobs" => api::blobs::upload;
    post "/api/v1/registers/{register}/entries" => api::filing::register;
    get "/api/v1/registers/{register}/entries" => api::entries::list;
    get "/api/v1/registers/{register}/entries/{year}/{number}" => api::entries::show;
    get "/api/v1/registers/{register}/entries/{year}/{number}/history" => api::entries::history;
    get "/api/v1/registers/{register}/entries/{year}/{number}/label.pdf" => api::labels::show;
    post "/api/v1/registers/{register}/entries/{year}/{number}/annulment" => api::entries::annul;
    put "/api/v1/registers/{register}/entries/{year}/{number}/classification" => api::entries::classify;
    put "/api/v1/registers/{register}/entries/{year}/{number}/assignments" => api::entries::assign;
    post "/api/v1/registers/{register}/entries/{year}/{number}/assignments/answers" => api::entries::answer;
    post "/api/v1/registers/{register}/entries/{year}/{number}/documents" => api::entries::add_document;
    post "/api/v1/registers/{register}/entries/{year}/{number}/links" => api::entries::link;
    get "/api/v1/registers" => api::registers::list;
    post "/api/v1/registers" => api::registers::add;
    post "/api/v1/registers/{register}/imports" => api::earlier::import;
    post "/api/v1/registers/{register}/emergency" => api::earlier::import_emergency;
    get "/api/v1/imports" => api::earlier::list;
    get "/api/v1/registers/{register}" => api::registers::show;
    patch "/api/v1/registers/{register}" => api::registers::change;
    get "/api/v1/registers/{register}/daily" => api::daily::list;
    get "/api/v1/registers/{register}/daily/{date}" => api::daily::of_day;
    get "/api/v1/registers/{register}/yearly/{year}" => api::daily::of_year;
    get "/api/v1/registers/{register}/entries/{year}/{number}/mark.xml" => api::marks::show;
    get "/api/v1/registers/{register}/entries/{year}/{number}/metadata.xml" => api::metadata::of_entry;
    get "/api/v1/registers/{register}/entries/{year}/{number}/messages" => api::messages::list;
    post "/api/v1/registers/{register}/entries/{year}/{number}/messages" => api::messages::write;
    post "/api/v1/registers/{register}/entries/{year}/{number}/messages/received" => api::messages::keep;
    get "/api/v1/registers/{register}/entries/{year}/{number}/messages/{position}" => api::messages::show;
    post "/api/v1/marks" => api::marks::read;

    get "/api/v1/search" => api::search::by_query;
    post "/api/v1/search" => api::search::by_body;
    get "/api/v1/search/suggestions" => api::search::suggestions;
    post "/api/v1/search/suggestions" => api::search::suggestions_by_body;
    get "/api/v1/search/similar" => api::search::similar;
    get "/api/v1/search/export" => api::exports::by_query;
    post "/api/v1/search/export" => api::exports::by_body;
    get "/api/v1/search/recent" => api::search::recent;
    delete "/api/v1/search/recent" => api::search::forget_all;
    delete "/api/v1/search/recent/{id}" => api::search::forget;
    get "/api/v1/correspondents" => api::search::correspondents;
    post "/api/v1/correspondents" => api::search::correspondents_by_body;

    get "/api/v1/inbox" => api::inbox::show;
    post "/api/v1/inbox/answers" => api::inbox::work;

    get "/api/v1/duplicates" => api::proposals::duplicates;
    post "/api/v1/proposals" => api::proposals::propose;

    get "/api/v1/saved-searches" => api::saved_searches::list;
    post "/api/v1/saved-searches" => api::saved_searches::save;
    get "/api/v1/saved-searches/notices" => api::saved_searches::notices;
    get "/api/v1/saved-searches/{id}" => api::saved_searches::show;
    put "/api/v1/saved-searches/{id}" => api::saved_searches::replace;
    delete "/api/v1/saved-searches/{id}" => api::saved_searches::delete;
    get "/api/v1/saved-searches/{id}/results" => api::saved_searches::results;
    post "/api/v1/saved-searches/{id}/seen" => api::saved_searches::seen;

    get "/api/v1/starred" => api::things::starred;
    put "/api/v1/starred" => api::things::star;
    get "/api/v1/opened" => api::things::opened;
    post "/api/v1/opened" => api::things::note_opened;

    post "/api/v1/documents" => api::documents::create;
    get "/api/v1/documents/{id}" => api::documents::show;
    get "/api/v1/documents/{id}/content" => api::content::show;
    head "/api/v1/documents/{id}/content" => api::content::show;
    get "/api/v1/documents/{id}/text" => api::documents::text;
    get "/api/v1/documents/{id}/thumbnail" => api::renditions::thumbnail;
    get "/api/v1/documents/{id}/preview" => api::renditions::preview;
    get "/api/v1/documents/{id}/stamped" => api::stamps::show;
    get "/api/v1/documents/{id}/metadata.xml" => api::metadata::of_document;
    post "/api/v1/documents/{id}/versions" => api::documents::add_version;

    get "/api/v1/dossiers" => api::dossiers::list;
    post "/api/v1/dossiers" => api::dossiers::open;
    get "/api/v1/dossiers/{id}" => api::dossiers::show;
    get "/api/v1/dossiers/{id}/items" => api::dossiers::items;
    post "/api/v1/dossiers/{id}/items" => api::dossiers::file;
    get "/api/v1/dossiers/{id}/items/{item}" => api::dossiers::item;
    patch "/api/v1/dossiers/{id}/items/{item}" => api::dossiers::change_item;
    post "/api/v1/dossiers/{id}/items/{item}/removal" => api::dossiers::remove_item;
    post "/api/v1/dossiers/{id}/closure" => api::dossiers::close;
    post "/api/v1/dossiers/{id}/reopening" => api::dossiers::reopen;
    get "/api/v1/dossiers/{id}/package" => api::packages::download;
    get "/api/v1/dossiers/{id}/metadata.xml" => api::metadata::of_dossier;

    get "/api/v1/events" => api::events::follow;

    get "/api/v1/offices" => api::offices::list;
    post "/api/v1/offices" => api::offices::add;
    get "/api/v1/offices/{code}" => api::offices::show;
    patch "/api/v1/offices/{code}" => api::offices::change;
    get "/api/v1/users" => api::people::users;
    post "/api/v1/users" => api::people::add_user;
    get "/api/v1/users/{name}" => api::people::user;
    patch "/api/v1/users/{name}" => api::people::change_user;
    get "/api/v1/users/{name}/absences" => api::absences::list;
    post "/api/v1/users/{name}/absences" => api::absences::record;
    delete "/api/v1/users/{name}/absences/{absence}" => api::absences::end;
    get "/api/v1/tokens" => api::people::tokens;
    post "/api/v1/tokens" => api::people::add_token;
    delete "/api/v1/tokens/{id}" => api::people::revoke_token;
    get "/api/v1/classification-schemes" => api::schemes::list;
    post "/api/v1/classification-schemes" => api::schemes::adopt;
    get "/api/v1/classification-schemes/{scheme}" => api::schemes::show;
    get "/api/v1/access-log" => api::people::access_log;

    post "/api/v1/session" => api::session::sign_in;
    get "/api/v1/session" => api::session::show;
    delete "/api/v1/session" => api::session::sign_out;

    get "/status" => api::running::status;
    get "/metrics" => api::running::metrics;
    get "/api/v1/openapi.json" => docs::openapi;
    get "/api/docs" => docs::page;
    get "/api/docs/{file}" => docs::file;
}

routes! {
    /// Every page: method and path. It has the address that the API has after `/api/v1`.
    PAGES, register_pages, of_page:
    get "/" => pages::home::show;
    get "/sign-in" => pages::session::ask;
    post "/sign-in" => pages::session::sign_in;
    post "/sign-out" => pages::session::sign_out;
    post "/language" => pages::session::choose_language;

    get "/dossiers" => pages::dossiers::list;
    post "/dossiers" => pages::dossier_forms::open;
    get "/dossiers/new" => pages::dossier_forms::ask_open;
    get "/dossiers/{id}" => pages::dossiers::show;
    get "/dossiers/{id}/metadata" => pages::metadata::of_dossier;
    get "/dossiers/{id}/access-log" => pages::dossiers::access_log;
    get "/dossiers/{id}/items/new" => pages::dossier_forms::ask_file;
    post "/dossiers/{id}/items" => pages::dossier_forms::file;
    post "/dossiers/{id}/items/{item}" => pages::dossier_forms::show_item;
    get "/dossiers/{id}/items/{item}/removal" => pages::dossier_forms::ask_removal;
    post "/dossiers/{id}/items/{item}/removal" => pages::dossier_forms::remove_item;
    get "/dossiers/{id}/closure" => pages::dossier_forms::ask_closure;
    post "/dossiers/{id}/closure" => pages::dossier_forms::close;
    get "/dossiers/{id}/reopening" => pages::dossier_forms::ask_reopening;
    post "/dossiers/{id}/reopening" => pages::dossier_forms::reopen;

    get "/inbox" => pages::inbox::show;
    post "/inbox/answers" => pages::inbox::work;

    get "/administration" => pages::administration::health;
    get "/registers" => pages::registers::list;
    post "/registers" => pages::registers::add;
    get "/registers/new" => pages::registers::ask_add;
    get "/registers/{register}" => pages::registers::ask_change;
    post "/registers/{register}" => pages::registers::change;
    get "/imports" => pages::earlier::list;
    get "/classification-schemes" => pages::schemes::show;
    post "/classification-schemes" => pages::schemes::adopt;
    get "/classification-schemes/new" => pages::schemes::ask;
    get "/users" => pages::people::users;
    post "/users" => pages::people::add_user;
    get "/users/new" => pages::people::ask_add_user;
    get "/users/{name}" => pages::people::ask_change_user;
    post "/users/{name}" => pages::people::change_user;
    get "/users/{name}/absences" => pages::absences::list;
    post "/users/{name}/absences" => pages::absences::record;
    post "/users/{name}/absences/{absence}" => pages::absences::end;
    get "/offices" => pages::offices::list;
    post "/offices" => pages::offices::add;
    get "/offices/{code}" => pages::offices::show;
    post "/offices/{code}" => pages::offices::change;
    get "/tokens" => pages::tokens::list;
    post "/tokens" => pages::tokens::add;
    get "/tokens/{id}/revocation" => pages::tokens::ask_revocation;
    post "/tokens/{id}/revocation" => pages::tokens::revoke;

    get "/registers/{register}/new" => pages::filing::ask;
    get "/registers/{register}/emergency" => pages::emergency::ask;
    post "/registers/{register}/emergency" => pages::emergency::import;
    post "/registers/{register}/entries" => pages::filing::file;
    get "/registers/{register}/entries/{year}/{number}/label" => pages::label::show;
    get "/registers/{register}/entries/{year}/{number}/label.pdf" => api::labels::show;
    get "/registers/{register}/entries/{year}/{number}/metadata" => pages::metadata::of_entry;
    post "/starred" => pages::things::star;
    get "/assets/{digest}/{file}" => pages::assets::file;

    get "/registers/{register}/entries" => pages::entries::list;
    get "/registers/{register}/daily" => pages::daily::list;
    get "/registers/{register}/daily/{date}" => pages::daily::of_day;
    get "/registers/{register}/yearly/{year}" => pages::daily::of_year;
    post "/registers/{register}/assignments" => pages::bulk::assign;
    post "/registers/{register}/dossiers" => pages::bulk::file;
    get "/registers/{register}/entries/{year}/{number}" => pages::entry::show;
    get "/registers/{register}/entries/{year}/{number}/assignments" => pages::entry_forms::ask_assign;
    post "/registers/{register}/entries/{year}/{number}/assignments" => pages::entry_forms::assign;
    get "/registers/{register}/entries/{year}/{number}/assignments/answers" => pages::entry_forms::ask_answer;
    post "/registers/{register}/entries/{year}/{number}/assignments/answers" => pages::entry_forms::answer_one;
    get "/registers/{register}/entries/{year}/{number}/classification" => pages::entry_forms::ask_classify;
    post "/registers/{register}/entries/{year}/{number}/classification" => pages::entry_forms::classify;
    get "/registers/{register}/entries/{year}/{number}/annulment" => pages::entry_forms::ask_annul;
    post "/registers/{register}/entries/{year}/{number}/annulment" => pages::entry_forms::annul;
    get "/registers/{register}/entries/{year}/{number}/documents" => pages::entry_forms::ask_add;
    post "/registers/{register}/entries/{year}/{number}/documents" => pages::entry_forms::add;
    get "/registers/{register}/entries/{year}/{number}/links" => pages::entry_forms::ask_link;
    post "/registers/{register}/entries/{year}/{number}/links" => pages::entry_forms::link;
    get "/registers/{register}/entries/{year}/{number}/messages" => pages::messages::show;
    post "/registers/{register}/entries/{year}/{number}/messages" => pages::messages::write;
    post "/registers/{register}/entries/{year}/{number}/messages/received" => pages::messages::keep;
    get "/registers/{register}/entries/{year}/{number}/dossiers" => pages::entry_forms::ask_file;
    post "/registers/{register}/entries/{year}/{number}/dossiers" => pages::entry_forms::file;
    get "/search" => pages::search::show;
    post "/search/recent/removal" => pages::search::forget;
    post "/saved-searches" => pages::search::save;
    post "/saved-searches/{id}/seen" => pages::search::seen;
    post "/saved-searches/{id}/removal" => pages::search::remove;
    get "/documents/new" => pages::document_forms::ask_create;
    post "/documents" => pages::document_forms::create;
    get "/documents/{id}" => pages::documents::show;
    get "/documents/{id}/stamped" => api::stamps::show;
    get "/documents/{id}/metadata" => pages::metadata::of_document;
    post "/documents/{id}/versions" => pages::document_forms::add_version;
}

/// The style of all pages, for the small page of the emergency register.
pub fn style() -> &'static [u8] {
    pages::assets::style()
}

/// How the server is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who may read `/metrics`.
    pub metrics_from: Vec<Network>,
    /// Cookies are sent over TLS alone: where a proxy speaks TLS before us.
    pub secure_cookies: bool,
    /// Server threads; as many as there are cores without it.
    pub workers: Option<usize>,
    /// SIGTERM and SIGINT stop the server. Tests that run many servers in a process leave signals alone.
    pub signals: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { metrics_from: Network::loopback(), secure_cookies: false, workers: None, signals: true }
    }
}

/// The one app: the server and every test are made of it.
pub fn configure(state: web::Data<State>) -> impl Fn(&mut ServiceConfig) + Clone {
    move |config| {
        config.app_data(state.clone());
        let whole = web::scope("").wrap(from_fn(around::every_request));
        config.service(whole.configure(register).configure(register_pages).default_service(web::to(nowhere)));
    }
}

/// An address without a route, or a route that does not know the method.
async fn nowhere(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let methods = methods_at(request.path());
    if methods.is_empty() {
        return Err(Problem::not_found("address"));
    }
    let problem = Problem::of(Kind::MethodNotAllowed).detail(format!("it knows {}", methods.join(", ")));
    Err(match HeaderValue::from_str(&methods.join(", ")) {
        Ok(allow) => problem.header(header::ALLOW, allow),
        Err(_) => problem,
    })
}

/// The methods of the routes that a path fits.
fn methods_at(path: &str) -> Vec<String> {
    let fits = |route: &str| {
        let (mut parts, mut asked) = (route.split('/'), path.split('/'));
        loop {
            match (parts.next(), asked.next()) {
                (None, None) => return true,
                (Some(part), Some(text)) if part == text || (part.starts_with('{') && !text.is_empty()) => {}
                _ => return false,
            }
        }
    };
    ROUTES.iter().chain(PAGES).filter(|(_, route)| fits(route)).map(|(method, _)| method.to_ascii_uppercase()).collect()
}

/// Stops a running server from another thread.
#[derive(Clone)]
pub struct Stop {
    server: ServerHandle,
    state: web::Data<State>,
}

impl Stop {
    /// Requests under way are finished first, for some seconds; who waits or follows is let go.
    pub fn stop(&self) {
        self.state.ending.store(true, Ordering::Relaxed);
        // The command is sent at once; the future only tells when it has been carried out.
        drop(self.server.stop(true));
    }

    /// Breaks everything off.
    pub fn abort(&self) {
        self.state.ending.store(true, Ordering::Relaxed);
        drop(self.server.stop(false));
    }
}

/// Serves until stopped. `ready` is called when connections are taken, with the addresses really used.
///
/// The archive is not closed: whoever opened it does that when this has returned.
pub fn serve(
    archive: Archive,
    listen: impl ToSocketAddrs,
    settings: Settings,
    ready: impl FnOnce(&[SocketAddr], Stop),
) -> io::Result<()> {
    let (workers, signals) = (settings.workers, settings.signals);
    let state = web::Data::new(State::new(archive, settings)?);
    actix_web::rt::System::new().block_on(async move {
        let served = state.clone();
        let mut server = HttpServer::new(move || App::new().configure(configure(served.clone())))
            .keep_alive(Duration::from_secs(75))
            .client_request_timeout(Duration::from_secs(15))
            .client_disconnect_timeout(Duration::from_secs(5))
            .max_connections(limits::CONNECTIONS_MAX)
            .shutdown_timeout(10)
            .tcp_nodelay(true);
        if let Some(workers) = workers {
            server = server.workers(workers);
        }
        server = if signals {
            let (told, state) = (told_to_stop()?, state.clone());
            server.shutdown_signal(async move {
                told.await;
                state.ending.store(true, Ordering::Relaxed);
            })
        } else {
            server.disable_signals()
        };
        let server = server.bind(listen)?;
        let addresses = server.addrs();
        let running = server.run();
        ready(&addresses, Stop { server: running.handle(), state });
        running.await
    })
}

/// SIGTERM, or Ctrl-C.
fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send> {
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let (term, interrupt) = (pin!(term.recv()), pin!(interrupt.recv()));
        futures_util::future::select(term, interrupt).await;
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

    #[test]
    fn the_published_contract_has_every_route_and_no_other() {
        let contract: Value = serde_json::from_str(docs::OPENAPI).unwrap();
        let mut published = BTreeSet::new();
        for (path, item) in contract["paths"].as_object().unwrap() {
            let methods = item.as_object().unwrap().keys().filter(|key| METHODS.contains(&key.as_str()));
            published.extend(methods.map(|method| (method.clone(), path.clone())));
        }
        let ours: BTreeSet<_> =
            ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
        assert_eq!(ours.len(), ROUTES.len(), "no route twice");
        assert_eq!(published, ours);
    }

    #[test]
    fn methods_of_a_path() {
        assert_eq!(methods_at("/api/v1/registers/PG/entries"), ["POST", "GET"]);
        assert_eq!(methods_at("/api/v1/documents/17-0/content"), ["GET", "HEAD"]);
        assert!(methods_at("/api/v1/documents//content").is_empty());
        assert!(methods_at("/api/v1/registers/").is_empty());
        assert_eq!(methods_at("/"), ["GET"]);
    }
}
