//! What is missing in metadata, or had no place there? Each with a published code; people read it in their own words.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($variant:ident = $name:literal, $meaning:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum FindingCode {
            $(#[doc = $meaning] $variant,)*
        }

        impl FindingCode {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it says, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    Identifier = "identifier", "It has no identifier.";
    Mark = "mark", "A registered document has no mark.";
    Kind = "kind", "Nobody has said what kind of document it is.";
    RegisterCode = "register-code", "The code of the register is longer than 16 characters, or has others than it may have.";
    Number = "number", "The registration number has fewer than seven digits.";
    RegisteringBody = "registering-body", "The administration that registers is not named.";
    Author = "author", "Neither an author nor a sender is known.";
    Name = "name", "A person, business or administration has no name.";
    GivenName = "given-name", "Given and family name of a person are not told apart.";
    PersonTaxCode = "person-tax-code", "What stands as the tax code of a person is none of a person, and was left out.";
    VatNumber = "vat-number", "The tax code of a business has not eleven digits, and was left out.";
    BodyCode = "body-code", "The IPA code of an administration is not known.";
    BodyAsBusiness = "body-as-business", "The IPA code of an administration is not known: it stands there as a legal person.";
    OfficeCode = "office-code", "The IPA code of an office is not known.";
    Office = "office", "It is not known for which office somebody acts.";
    Address = "address", "An administration has no electronic address.";
    Subject = "subject", "There is no subject.";
    Keywords = "keywords", "There are more than five keywords: the first five stand there.";
    Attachments = "attachments", "There are more than 9,999 attachments: the first of them stand there.";
    AttachmentDescription = "attachment-description", "An attachment has no description.";
    Classification = "classification", "It is not classified.";
    ClassName = "class-name", "The classification scheme has no name for the class.";
    Format = "format", "The format is not known.";
    Signatures = "signatures", "The document has not been read yet: whether it is signed will be known then.";
    Aggregation = "aggregation", "The document is in no dossier that you may read.";
    FileName = "file-name", "The document has no file name.";
    Changes = "changes", "It is annulled or has another version, and by whom and when is not known.";
    Retention = "retention", "The retention is not between 1 year and 9,999, which stands for ever.";
    DossierKind = "dossier-kind", "Nobody has said what kind of dossier it is: of an affair, an activity, a person, a business or a procedure.";
    Owner = "owner", "The administration that holds the dossier is not named.";
    Assignment = "assignment", "The dossier is kept by no office.";
    Ordinal = "ordinal", "The dossier has no number within its class and year.";
    Closing = "closing", "The dossier is closed, and since when is not known.";
    Responsible = "responsible", "The procedure has nobody who is responsible for it.";
    Procedure = "procedure", "A dossier of a procedure does not say of which.";
    ProcedureName = "procedure-name", "The procedure has no name.";
    ProcedureMatter = "procedure-matter", "The matter to which the procedure belongs is not known.";
    ProcedureCatalogue = "procedure-catalogue", "The address of the catalogue of procedures is not known.";
    PartyKind = "party-kind", "A party without a tax code may be a person or a business, and was left out.";
    Withheld = "withheld", "The dossier holds documents that you may not see: they were left out.";
    ItemWithoutDocument = "item-without-document", "An entry in the dossier has no document yet, and was left out.";
}

impl FindingCode {
    /// Asked for by another field, which no schema can say.
    pub const fn conditional(self) -> bool {
        matches!(
            self,
            Self::Mark
                | Self::BodyAsBusiness
                | Self::Author
                | Self::RegisteringBody
                | Self::Owner
                | Self::Changes
                | Self::DossierKind
                | Self::Closing
                | Self::Responsible
                | Self::Procedure
        )
    }
}

impl Serialize for FindingCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A rule that is not met.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    pub code: FindingCode,
    /// The official names of the fields from the root down.
    pub place: String,
    /// The rules make it mandatory; otherwise something known was left out, for it has no place there.
    pub mandatory: bool,
    pub meaning: &'static str,
}
