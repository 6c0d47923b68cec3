//! Is a mark still what was sealed, and what is to be checked with the key? Reads the seals of others (XML signatures).
//!
//! Of all that an XML signature may be, what a mark can carry is taken: one signature, in the root, over the whole
//! document without itself, with the canonical forms and digests in use. Anything else is not called wrong but
//! unchecked, for one that nobody here understands proves nothing either way. Canonical forms are a library's business;
//! the key is that of [`crate::text::signed`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use xml_sec::c14n::{C14nAlgorithm, C14nMode, canonicalize};
use xml_sec::{Document, Node, NodeId};

use super::seal::{DSIG, ENVELOPED, PROPERTIES};
use super::tree;

/// What there is to check of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSeal {
    /// What was sealed is what stands there.
    pub intact: bool,
    /// The bytes that the key signed.
    pub signed_info: Vec<u8>,
    /// How it signed them: the name of the method after the `#`, such as `rsa-sha256`.
    pub method: String,
    pub signature: Vec<u8>,
    /// DER of the certificate that the seal carries.
    pub certificate: Vec<u8>,
    /// When, as the seal says of itself.
    pub signed_at: Option<String>,
}

/// Why a seal cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSeal {
    #[error("there is no seal in it")]
    Missing,
    #[error("the seal is of a kind that is not checked here: {0}")]
    Unchecked(&'static str),
}

/// The seal of a mark.
///
/// # Errors
/// When there is none, or one that is not of the form which marks have.
pub fn seal_of(bytes: &[u8]) -> Result<FoundSeal, NoSeal> {
    // The same gate as for reading: bounded, without declarations of its own and without entities.
    let plain = |_| NoSeal::Unchecked("the document is no plain XML");
    tree::parse(bytes).map_err(plain)?;
    let text = tree::decode(bytes).map_err(plain)?;
    let document = Document::parse(&text).map_err(|_| NoSeal::Unchecked("the document is no plain XML"))?;
    let root = document.root_element();
    let mut signatures = root.descendants().filter(|node| is(node, "Signature"));
    let signature = signatures.next().ok_or(NoSeal::Missing)?;
    if signatures.next().is_some() || signature.parent().is_none_or(|parent| parent.id() != root.id()) {
        return Err(NoSeal::Unchecked("it is not the one signature in the root"));
    }
    let signed_info = child(&signature, "SignedInfo").ok_or(NoSeal::Unchecked("no SignedInfo"))?;
    let form = child(&signed_info, "CanonicalizationMethod").and_then(|node| form(&node));
    let form = form.ok_or(NoSeal::Unchecked("its canonical form is unknown"))?;
    let method = child(&signed_info, "SignatureMethod").and_then(|node| algorithm(&node)).unwrap_or_default();
    let intact = references(&document, &signed_info, signature.id())?;
    let signed_at = signature.descendants().find(|node| named(node, "SigningTime")).and_then(|node| words(&node));
    Ok(FoundSeal {
        intact,
        signed_info: canonical(&document, &signed_info, None, &form)?,
        method,
        signature: child(&signature, "SignatureValue")
            .and_then(|node| decoded(&node))
            .ok_or(NoSeal::Unchecked("no SignatureValue"))?,
        certificate: certificate(&signature)?,
        signed_at,
    })
}

/// Whether each part that is signed has the digest it had; the whole document must be one of them.
fn references(document: &Document<'_>, signed_info: &Node<'_, '_>, signature: NodeId) -> Result<bool, NoSeal> {
    let root = document.root_element();
    let (mut whole, mut intact) = (false, true);
    for reference in signed_info.children().filter(|node| is(node, "Reference")) {
        let uri = reference.attribute("URI").ok_or(NoSeal::Unchecked("a part without its address"))?;
        let part = match uri.strip_prefix('#') {
            None if uri.is_empty() => root,
            None => return Err(NoSeal::Unchecked("it signs something outside the document")),
            Some(id) => identified(&root, id)?,
        };
        let (mut form, mut without) = (C14nAlgorithm::new(C14nMode::Inclusive1_0, false), None);
        let transforms = child(&reference, "Transforms");
        for transform in transforms.iter().flat_map(|node| node.children()).filter(|node| is(node, "Transform")) {
            if transform.attribute("Algorithm") == Some(ENVELOPED) {
                without = Some(signature);
            } else {
                form = self::form(&transform).ok_or(NoSeal::Unchecked("a transform that is not known here"))?;
            }
        }
        if part.id() == root.id() {
            whole = true;
        } else if reference.attribute("Type") != Some(PROPERTIES) && !within(&part, signature) {
            return Err(NoSeal::Unchecked("it signs parts of the mark and not the whole"));
        }
        let hash = child(&reference, "DigestMethod").and_then(|node| algorithm(&node));
        let hash = hash.as_deref().and_then(hash_of).ok_or(NoSeal::Unchecked("its digest is not known here"))?;
        let stated = child(&reference, "DigestValue").and_then(|node| decoded(&node));
        let found = digest::digest(hash, &canonical(document, &part, without, &form)?);
        intact &= stated.as_deref() == Some(found.as_ref());
    }
    if whole { Ok(intact) } else { Err(NoSeal::Unchecked("it does not sign the whole mark")) }
}

/// The one element with this id: where two have it, a reader and a checker could mean different ones.
fn identified<'d, 'x>(root: &Node<'d, 'x>, id: &str) -> Result<Node<'d, 'x>, NoSeal> {
    let has = |node: &Node<'_, '_>| {
        node.is_element() && ["Id", "ID", "id"].iter().any(|name| node.attribute(*name) == Some(id))
    };
    let mut found = root.descendants().filter(has);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(NoSeal::Unchecked("a part that is not there, or twice")),
    }
}

fn within(node: &Node<'_, '_>, outer: NodeId) -> bool {
    node.ancestors().any(|one| one.id() == outer)
}

/// A part in its canonical form, without the seal where that is asked for.
fn canonical(
    document: &Document<'_>,
    part: &Node<'_, '_>,
    without: Option<NodeId>,
    form: &C14nAlgorithm,
) -> Result<Vec<u8>, NoSeal> {
    let apex = part.id();
    let whole = document.root_element().id() == apex;
    let inside = |node: Node<'_, '_>| {
        let mut within = whole;
        for one in node.ancestors() {
            if Some(one.id()) == without {
                return false;
            }
            within |= one.id() == apex;
        }
        within
    };
    let mut bytes = Vec::new();
    canonicalize(document, Some(&inside), form, &mut bytes)
        .map_err(|_| NoSeal::Unchecked("a part has no canonical form"))?;
    Ok(bytes)
}

/// The canonical form that an element names, with the prefixes that it wants kept.
fn form(node: &Node<'_, '_>) -> Option<C14nAlgorithm> {
    let form = C14nAlgorithm::from_uri(node.attribute("Algorithm")?)?;
    let kept = node.children().find(|child| named(child, "InclusiveNamespaces"));
    Some(match kept.and_then(|kept| kept.attribute("PrefixList").map(str::to_owned)) {
        Some(prefixes) => form.with_prefix_list(&prefixes),
        None => form,
    })
}

/// The certificate in the seal; of several the one whose digest the seal has signed, else the first.
fn certificate(signature: &Node<'_, '_>) -> Result<Vec<u8>, NoSeal> {
    let carried = signature.descendants().filter(|node| is(node, "X509Certificate"));
    let carried: Vec<Vec<u8>> = carried.filter_map(|node| decoded(&node)).collect();
    let meant = signature.descendants().find(|node| named(node, "CertDigest")).and_then(|node| {
        let hash = hash_of(&algorithm(&child(&node, "DigestMethod")?)?)?;
        Some((hash, decoded(&child(&node, "DigestValue")?)?))
    });
    let chosen = match &meant {
        Some((hash, stated)) => carried.iter().find(|one| digest::digest(hash, one).as_ref() == stated.as_slice()),
        None => carried.first(),
    };
    match (chosen, carried.is_empty()) {
        (Some(certificate), _) => Ok(certificate.clone()),
        (None, true) => Err(NoSeal::Unchecked("it carries no certificate")),
        (None, false) => Err(NoSeal::Unchecked("its certificate is not the one that it names")),
    }
}

fn hash_of(name: &str) -> Option<&'static digest::Algorithm> {
    Some(match name {
        "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => &digest::SHA256,
        "sha384" => &digest::SHA384,
        "sha512" => &digest::SHA512,
        _ => return None,
    })
}

/// What stands after the `#` of an algorithm's address.
fn algorithm(node: &Node<'_, '_>) -> Option<String> {
    node.attribute("Algorithm")?.rsplit_once('#').map(|(_, name)| name.to_owned())
}

fn named(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    named(node, name) && node.tag_name().namespace() == Some(DSIG)
}

/// A child in the namespace of signatures.
fn child<'d, 'x>(node: &Node<'d, 'x>, name: &str) -> Option<Node<'d, 'x>> {
    node.children().find(|child| is(child, name))
}

fn words(node: &Node<'_, '_>) -> Option<String> {
    let text: String = node.descendants().filter_map(|part| part.text().map(str::to_owned)).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn decoded(node: &Node<'_, '_>) -> Option<Vec<u8>> {
    let text: String = node.text().unwrap_or_default().chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(text).ok()
}
