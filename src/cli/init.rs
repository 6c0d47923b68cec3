//! `tabularium init`: a new archive in a folder of its own.

use clap::Args;

use super::archive::options_without_reading;
use super::failure::Failure;
use super::{Data, Outcome, print};
use crate::config::Config;
use crate::service::{Archive, NewArchive, OpenError};

/// Make a new archive: its area, the classification scheme of Italian municipalities, the general register PG
///
/// The folder is made if it is missing, and must hold no archive. There are no users afterwards: add an administrator
/// next. Organization and area cannot be changed later: they stand in the mark of every entry.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  tabularium init --data /srv/archive --organization c_c722 --area AOO1 --name \"Comune di Ciriè\" \\
      --pec protocollo@pec.comune.cirie.example")]
pub struct Init {
    #[command(flatten)]
    data: Data,
    /// The administration's code in the IPA index, such as c_c722
    #[arg(long, value_name = "CODE", value_parser = code)]
    organization: String,
    /// The code of the area (AOO) in the IPA index, such as AOO1
    #[arg(long, value_name = "CODE", value_parser = code)]
    area: String,
    /// The administration's name, for people
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    name: String,
    /// The certified mail address of the protocol office
    #[arg(long, value_name = "ADDRESS")]
    pec: Option<String>,
    /// Let officers read every entry that is not confidential, not only those of their offices
    #[arg(long)]
    open: bool,
}

/// Codes stand in marks, parted by slashes.
fn code(text: &str) -> Result<String, String> {
    let fits = (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if fits { Ok(text.to_owned()) } else { Err("letters, digits, `_`, `-` and `.`, at most 32".to_owned()) }
}

impl Init {
    pub fn run(self, config: &Config) -> Result<Outcome, Failure> {
        let folder = self.data.folder;
        let new = NewArchive {
            organization: self.organization,
            area: self.area,
            name: self.name,
            pec: self.pec,
            open: self.open,
        };
        let options = options_without_reading(&folder, config);
        let made = actix_web::rt::System::new().block_on(Archive::create(options, new));
        let archive = made.map_err(|error| match error {
            OpenError::NotEmpty => {
                Failure::Import { path: folder.clone(), message: "there is an archive in this folder already".into() }
            }
            other => other.into(),
        })?;
        archive.close();
        print(&format!(
            "a new archive is in {0}\nnext: tabularium user add NAME --role administrator --data {0}",
            folder.display()
        ))?;
        Ok(Outcome::Yes)
    }
}
