//! How is each format read? One file for each family; all push into the same [`Reading`].

use super::Reason;
use super::plain::decode;
use super::reading::Reading;

/// Text as it stands.
pub(super) fn plain(content: &[u8], reading: &mut Reading) -> Result<(), Reason> {
    reading.push(&decode(content))
}
