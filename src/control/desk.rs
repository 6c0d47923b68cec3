//! Carries out what is asked: the same code whether the command line holds the archive itself or asks the server.

use std::io::{self, Read};

use serde_json::{Value, json};

use super::{Denial, Kind, Request};
use crate::limits;
use crate::model::access::Actor;
use crate::model::earlier::{Line, YearOf};
use crate::service::{Archive, EarlierReport, Imported};

/// Does one thing after another, each until it is durable. For one thread.
pub struct Desk {
    archive: Archive,
    runtime: tokio::runtime::Runtime,
}

impl Desk {
    pub fn new(archive: Archive) -> io::Result<Self> {
        Ok(Self { archive, runtime: tokio::runtime::Builder::new_current_thread().build()? })
    }

    /// The answer is what the API would answer.
    pub fn carry_out(&self, request: Request, contents: &mut dyn Read) -> Result<Value, Denial> {
        // Who holds the data folder could write to it with any other program: there is nothing to ask permission for.
        let actor = Actor::system();
        let archive = &self.archive;
        match request {
            Request::AddUser { user } => view(&self.runtime.block_on(archive.add_user(&actor, user))?),
            Request::AddOffice { office } => view(&self.runtime.block_on(archive.add_office(&actor, office))?),
            Request::AddToken { token } => view(&self.runtime.block_on(archive.add_token(&actor, token))?),
            Request::ImportDocument { path, size, classification } => {
                let import = archive.import_document(&actor, &path, classification, size, contents);
                Ok(match self.runtime.block_on(import)? {
                    Imported::New(id) => json!({"id": id, "new": true}),
                    Imported::Existing(id) => json!({"id": id, "new": false}),
                })
            }
            Request::OpenRegister { register } => view(&self.runtime.block_on(archive.add_register(&actor, register))?),
            Request::StageContent { size } => view(&archive.stage_content(&actor, size, contents)?),
            Request::CheckEarlier { into, opens, .. } => {
                let lines: Vec<Line> = read_json(contents)?;
                if opens && archive.register_view(&into.register).is_err() {
                    return view(&EarlierReport::default());
                }
                view(&archive.check_earlier(&actor, &into, &lines)?)
            }
            Request::ImportEarlier { into, .. } => {
                let lines: Vec<Line> = read_json(contents)?;
                view(&self.runtime.block_on(archive.import_earlier(&actor, &into, &lines))?)
            }
            Request::ImportEmergency { register, classification, .. } => {
                let mut bytes = Vec::new();
                let read = contents.take(limits::EMERGENCY_FILE_MAX).read_to_end(&mut bytes);
                read.map_err(|error| Denial::because(Kind::Contents, &error))?;
                let import = archive.import_emergency(&actor, &register, &bytes, classification.as_ref());
                view(&self.runtime.block_on(import)?)
            }
            Request::EndEarlier { into, .. } => {
                let years: Vec<YearOf> = read_json(contents)?;
                view(&self.runtime.block_on(archive.end_earlier(&actor, &into, years))?)
            }
        }
    }
}

fn read_json<T: serde::de::DeserializeOwned>(contents: &mut dyn Read) -> Result<T, Denial> {
    let mut bytes = Vec::new();
    let within = contents.take(limits::EARLIER_CHUNK_MAX).read_to_end(&mut bytes);
    within.map_err(|error| Denial::because(Kind::Contents, &error))?;
    serde_json::from_slice(&bytes).map_err(|error| Denial::because(Kind::Broken, &error))
}

fn view(answer: &impl serde::Serialize) -> Result<Value, Denial> {
    serde_json::to_value(answer).map_err(|error| Denial::because(Kind::Broken, &error))
}
