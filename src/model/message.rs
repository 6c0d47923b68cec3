//! Messages between registries about one entry: a confirmation, its update, an exception, an annulment. What was
//! received and what was written is kept beside the entry; it changes nothing of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::ContentDigests;
use crate::ids::{Position, UserId};
use crate::model::field::read_from_word;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageWay {
    Received,
    Written,
}

read_from_word!(MessageWay { Received = "received", Written = "written" });

/// Allegato 6 of the AgID guidelines has four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// ConfermaRicezione.
    Confirmation,
    /// AggiornamentoConferma.
    Update,
    /// NotificaEccezione.
    Exception,
    /// AnnullamentoProtocollazione.
    Annulment,
}

read_from_word!(MessageKind { Confirmation = "confirmation", Update = "update", Exception = "exception", Annulment = "annulment" });

impl MessageKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Update => "update",
            Self::Exception => "exception",
            Self::Annulment => "annulment",
        }
    }
}

/// A message about an entry, received from another registry or written to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryMessageKept {
    pub way: MessageWay,
    /// The message, one content.
    pub documents: Vec<ContentDigests>,
}

/// What an `entry-message-kept` event has in its private part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageFacts {
    pub message: MessageKind,
    /// The registration at the other side, or our own in what we write: `c_c722/AOO1/PG/0000042/2026-05-28`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// The official code of what is wrong, with an exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anomaly: Option<String>,
    /// The reason in words, with an exception or an annulment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// By which act, with an annulment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
}

/// A message as its event has made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryMessage {
    pub position: Position,
    pub at: Timestamp,
    pub by: UserId,
    pub way: MessageWay,
    pub content: ContentDigests,
    /// `None` when it was destroyed.
    pub facts: Option<MessageFacts>,
}
