//! Carries out what is asked: the same code whether the command line holds the archive itself or asks the server.

use std::io::{self, Read};

use serde_json::{Value, json};

use super::{Denial, Kind, Request};
use crate::model::access::Actor;
use crate::service::{Archive, Imported};

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
        }
    }
}

fn view(answer: &impl serde::Serialize) -> Result<Value, Denial> {
    serde_json::to_value(answer).map_err(|error| Denial::because(Kind::Broken, &error))
}
