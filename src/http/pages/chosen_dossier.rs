//! Into which dossier? Who files names it by its code; the newest open ones are offered, with scripts any as one types.

use crate::model::access::{Action, Actor};
use crate::service::{Archive, DossierView, DossiersQuery, Refusal};

/// Open dossiers that are offered where no script looks for them.
const OFFERED: usize = 30;

/// What is said of a code beside its field.
pub const UNKNOWN: &str = "dossier unknown";
pub const FORBIDDEN: &str = "dossier forbidden";
pub const CLOSED: &str = "dossier closed";

/// Those at hand without looking for them.
pub fn offered(archive: &Archive, actor: &Actor) -> Result<Vec<DossierView>, Refusal> {
    let open = DossiersQuery { state: Some("open".to_owned()), limit: Some(OFFERED), ..DossiersQuery::default() };
    Ok(archive.dossiers(actor, &open)?.items)
}

/// The dossier with a code, if the actor may file into it; otherwise what is wrong with the code, in the field of this
/// name.
pub fn with_code(archive: &Archive, actor: &Actor, field: &'static str, code: &str) -> Result<DossierView, Refusal> {
    // It may stand there with its title behind it.
    let code = code.split_whitespace().next().unwrap_or_default();
    let wrong = |message: &str| Refusal::invalid(field, message);
    if code.is_empty() || !code.chars().all(|c| c.is_ascii_alphanumeric() || "./-_".contains(c)) {
        return Err(wrong(UNKNOWN));
    }
    let query = DossiersQuery { q: format!("code:\"{code}\""), ..DossiersQuery::default() };
    let found = archive.dossiers(actor, &query)?.items;
    let dossier = found.into_iter().find(|dossier| dossier.code == code).ok_or_else(|| wrong(UNKNOWN))?;
    if dossier.state != "open" {
        return Err(wrong(CLOSED));
    }
    if !archive.dossier_actions(actor, dossier.id)?.contains(&Action::FileIntoDossier) {
        return Err(wrong(FORBIDDEN));
    }
    Ok(dossier)
}
