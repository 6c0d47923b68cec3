//! A new archive: its first events, and the README that says in plain words how to read it without this program.

use std::path::Path;

use super::Archive;
use super::draft::{Command, Decided, Draft, Fact};
use super::open::{OpenError, Options};
use super::refusal::Refusal;
use crate::ids::UserId;
use crate::model::classification::Scheme;
use crate::model::event::{
    ArchiveCreated, ArchiveCreatedPrivate, ClassificationSchemeAdopted, Event, FORMAT, Facts, Nothing, RegisterOpened,
};

/// What an area is told apart by.
#[derive(Debug, Clone)]
pub struct NewArchive {
    /// IPA code of the administration: `c_c722`.
    pub organization: String,
    /// Code of the area (AOO): `AOO1`.
    pub area: String,
    pub name: String,
    pub pec: Option<String>,
    /// Officers read every entry that is not confidential, not only those of their offices.
    pub open: bool,
}

/// Put into the data folder for whoever finds it in thirty years.
const README: &str = include_str!("README.txt");

impl Archive {
    /// Makes a new archive in a folder that holds none: the area, the classification scheme of Italian
    /// municipalities, the general register `PG`.
    pub async fn create(options: Options, new: NewArchive) -> Result<Self, OpenError> {
        let readme = options.root.join("README.txt");
        let disk = options.disk.clone();
        disk.create_dir(&options.root)?;
        // The folder's own name must be durable before anything in it is relied on.
        disk.sync_dir(parent_of(&options.root))?;
        let archive = Self::open(options)?;
        if archive.core().journal.size() > 0 {
            archive.close();
            return Err(OpenError::NotEmpty);
        }
        archive.wait_ready().map_err(OpenError::Refused)?;
        disk.replace(&readme, README.as_bytes())?;
        archive.submit(Create(new)).await.map_err(OpenError::Refused)?;
        Ok(archive)
    }
}

/// The folder that holds the data folder; a relative path of one name lies in the current one.
fn parent_of(root: &Path) -> &Path {
    match root.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) => Path::new("."),
        None => root,
    }
}

struct Create(NewArchive);

impl Command for Create {
    fn actor(&self) -> UserId {
        UserId::SYSTEM
    }

    fn decide(&self, state: &Draft<'_>) -> Result<Decided, Refusal> {
        if state.next_position() > 0 {
            return Err(Refusal::AlreadyExists("there is an archive in this folder already".to_owned()));
        }
        let new = &self.0;
        let created = ArchiveCreated { format: FORMAT, organization: new.organization.clone(), area: new.area.clone() };
        let private = ArchiveCreatedPrivate { name: new.name.clone(), pec: new.pec.clone(), open: new.open };
        let scheme = Scheme::municipalities();
        let adopted = ClassificationSchemeAdopted {
            scheme: scheme.code.clone(),
            title: scheme.title,
            classes: scheme.classes,
            valid_from: None,
        };
        let general = "PG".parse().map_err(|error: crate::ids::ParseIdError| Refusal::failed(error))?;
        let register = RegisterOpened { register: general, title: "Protocollo generale".to_owned() };
        let nothing = Some(Nothing {});
        Ok(Decided::Commit(vec![
            Fact {
                subject: "archive".to_owned(),
                event: Event::ArchiveCreated(Facts { public: created, private: Some(private) }),
            },
            Fact {
                subject: format!("classification-schemes/{}", scheme.code),
                event: Event::ClassificationSchemeAdopted(Facts { public: adopted, private: nothing }),
            },
            Fact {
                subject: "registers/PG".to_owned(),
                event: Event::RegisterOpened(Facts { public: register, private: nothing }),
            },
        ]))
    }
}
