//! `tabularium demo`: a sample town, ready to try.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::archive::{open, options, options_without_reading, wait_ready};
use super::failure::Failure;
use super::{Outcome, print, serve};
use crate::clock::{self, Clock};
use crate::config::Config;
use crate::demo::{TOUR, Town, town};
use crate::disk::{Disk, remove_tree};
use crate::model::access::Actor;
use crate::service::{Archive, DossiersQuery, Options, Refusal};

mod fill;

/// Make a sample town and serve it: offices, people, dossiers and post, every name invented
///
/// Without --data it lies in a temporary folder that is gone when the server ends. With --data the folder stays, and
/// the next demo on it serves what is there. Prints who can sign in and what to try first. The passwords are no
/// secrets: let nobody else reach it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tabularium demo
  tabularium demo --data /tmp/roccaverde --listen 127.0.0.1:9000")]
pub struct Demo {
    /// Where to make the town, or where it was made before [default: a temporary folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where to listen; port 0 takes any that is free [default: the configuration's, else 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

impl Demo {
    pub fn run(self, config: Config) -> Result<Outcome, Failure> {
        let temporary = self.data.is_none();
        let folder = self.data.unwrap_or_else(|| {
            let name = format!("tabularium-demo-{:08x}", rand::random::<u32>());
            std::env::temp_dir().join(name)
        });
        let served = run_in(&folder, self.listen, config, temporary);
        if temporary {
            remove_tree(&folder)?;
        }
        served.map(|()| Outcome::Yes)
    }
}

fn run_in(folder: &Path, listen: Option<SocketAddr>, config: Config, temporary: bool) -> Result<(), Failure> {
    let listen = listen.unwrap_or(config.http.listen);
    let now = Clock::System.now();
    let town = town(clock::date_in_rome(now));
    if !Disk::real().exists(&folder.join("journal"))? {
        make(folder, &config, &town, now)?;
    }
    let archive = open(options(folder, &config))?;
    let served = wait_ready(&archive).and_then(|()| {
        if !archive.is_sample(&town) {
            return Err(Failure::NoSample { folder: folder.to_owned() });
        }
        let token = fill::token(&archive)?;
        let dossier = first_dossier(&archive)?;
        let (place, settings) = (folder.to_owned(), config.http.settings());
        serve::serve(&archive, folder, listen, settings, move |address| {
            let text = welcome(&town, address, &token, dossier.as_deref(), &place, !temporary);
            if let Err(failure) = print(&text) {
                tracing::error!("{}", failure.explain());
            }
        })
    });
    archive.close();
    served
}

/// Files the town’s post of two years, each paper on its day. Nothing is read and no register formed yet: that is for
/// the one who serves it.
fn make(folder: &Path, config: &Config, town: &Town, now: Timestamp) -> Result<(), Failure> {
    let clock = Clock::manual(fill::begin(town, now));
    let options = Options { clock: clock.clone(), ..options_without_reading(folder, config) };
    let archive = fill::create(options, town)?;
    let made = fill::fill(&archive, town, &clock, now);
    archive.close();
    made
}

impl Archive {
    /// Whether this is the town and not somebody's real archive.
    fn is_sample(&self, town: &Town) -> bool {
        let directory = self.core().directory();
        let known = |user: &str| user.parse().is_ok_and(|name| directory.user_named(&name).is_some());
        directory.area.organization == town.organization && town.people.iter().all(|person| known(person.user))
    }
}

fn first_dossier(archive: &Archive) -> Result<Option<String>, Failure> {
    let mut found = archive.dossiers(&Actor::system(), &DossiersQuery::default());
    // On a busy machine the index is still at what was filed last: nobody is served yet who could not wait.
    while matches!(found, Err(Refusal::NotReady(_))) {
        archive.wait_ready()?;
        std::thread::sleep(Duration::from_millis(20));
        found = archive.dossiers(&Actor::system(), &DossiersQuery::default());
    }
    Ok(found?.items.last().map(|dossier| dossier.id.to_string()))
}

/// What everybody's password is made of.
fn password(user: &str) -> String {
    format!("{user}-roccaverde")
}

fn welcome(town: &Town, address: SocketAddr, token: &str, dossier: Option<&str>, folder: &Path, kept: bool) -> String {
    let at = format!("http://{address}");
    let mut text = format!(
        "\n{}, an invented town: {} entries with {} documents, {} dossiers, {} offices, {} people.\n\n  {at}/            the desk: sign in with one of the names below\n  {at}/api/docs    the API, to read and try\n\n",
        town.name,
        town.registrations.len(),
        town.documents(),
        town.dossiers.len(),
        town.offices.len(),
        town.people.len(),
    );
    // Writing to a String does not fail.
    let _ = writeln!(text, "  {:<10} {:<22} {:<44} password", "sign in", "who", "role");
    for person in &town.people {
        let mut role = person.roles.join(", ");
        if !person.offices.is_empty() {
            let _ = write!(role, " ({})", person.offices.join(", "));
        }
        let password = if person.roles == ["service"] { "(by token)".to_owned() } else { password(person.user) };
        let _ = writeln!(text, "  {:<10} {:<22} {role:<44} {password}", person.user, person.name);
    }
    let searches: String =
        TOUR.iter().map(|search| format!("  #   q={:<32} {}\n", search.query, search.shows)).collect();
    let _ = write!(
        text,
        "
First things to try, in another terminal (the token is anna's, who keeps the register):

  TOKEN={token}

  # find by words
  curl -G -H \"Authorization: Bearer $TOKEN\" {at}/api/v1/search --data-urlencode 'q=suolo pubblico'

  # or by one of these (images are read in the background, a page in some seconds)
{searches}
  # the newest entries of the register
  curl -H \"Authorization: Bearer $TOKEN\" '{at}/api/v1/registers/PG/entries?limit=3'

  # register a document: it gets its number; asked again with the same key, the same number
  echo 'Si segnala una buca in via Roma.' > buca.txt
  curl -H \"Authorization: Bearer $TOKEN\" -H 'Idempotency-Key: try-1' \\
    -F 'entry={{\"direction\":\"outgoing\",\"subject\":\"Segnalazione di una buca in via Roma\",\"classification\":\"6.5\",\"correspondents\":[{{\"role\":\"recipient\",\"kind\":\"person\",\"name\":\"Ada Verdi\"}}],\"document\":{{\"file_name\":\"buca.txt\"}}}};type=application/json' \\
    -F 'document=@buca.txt' '{at}/api/v1/registers/PG/entries'
"
    );
    let _ = write!(
        text,
        "
  # a token for the portal, which acts for citizens: the command line goes through the running server
  tabularium token create --user sportello --scope act-for-citizen --data {}
",
        folder.display()
    );
    if let Some(id) = dossier {
        let _ = write!(
            text,
            "
  # a whole dossier as a file
  curl -H \"Authorization: Bearer $TOKEN\" -o fascicolo.zip '{at}/api/v1/dossiers/{id}/package'
"
        );
    }
    let end = match kept {
        true => format!("\nCtrl-C ends it; the town stays in {}.", folder.display()),
        false => "\nCtrl-C ends it, and the town is gone.".to_owned(),
    };
    text + &end
}
