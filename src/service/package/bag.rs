//! A BagIt bag written as a ZIP, straight into a stream: nothing is held but names and digests.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::rc::Rc;

use sha2::Digest as _;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::digest::Sha256;
use crate::limits;
use crate::service::refusal::Refusal;

/// Where the bytes go. When the package failed it swallows the rest: a ZIP writer that is let go finishes its
/// directory, and a package that breaks off must not look whole.
struct Out<W> {
    inner: W,
    shut: Rc<Cell<bool>>,
}

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.shut.get() { Ok(bytes.len()) } else { self.inner.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.shut.get() { Ok(()) } else { self.inner.flush() }
    }
}

/// A bag in the making.
pub struct Bag<W: Write> {
    /// Gone once it is finished.
    zip: Option<ZipWriter<StreamWriter<Out<W>>>>,
    shut: Rc<Cell<bool>>,
    /// The one folder at the top.
    name: String,
    manifest: String,
    tag_manifest: String,
    payload_bytes: u64,
    payload_files: u64,
}

impl<W: Write> Drop for Bag<W> {
    fn drop(&mut self) {
        self.shut.set(true);
    }
}

impl<W: Write> Bag<W> {
    pub fn begin(out: W, name: String) -> Result<Self, Refusal> {
        let shut = Rc::new(Cell::new(false));
        let zip = Some(ZipWriter::new_stream(Out { inner: out, shut: Rc::clone(&shut) }));
        let (manifest, tag_manifest) = (String::new(), String::new());
        let mut bag = Self { zip, shut, name, manifest, tag_manifest, payload_bytes: 0, payload_files: 0 };
        bag.tag("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")?;
        Ok(bag)
    }

    /// A document: `path` is below `data/`, `size` what it will have.
    pub fn payload(&mut self, path: &str, size: u64, content: &mut impl Read) -> Result<Sha256, Refusal> {
        let path = format!("data/{path}");
        let (sha256, copied) = self.copy(&path, size, content)?;
        if copied != size {
            return Err(Refusal::Failed(format!("{path} has {copied} bytes, not {size}").into()));
        }
        self.payload_bytes += copied;
        self.payload_files += 1;
        put_line(&mut self.manifest, &sha256, &path);
        Ok(sha256)
    }

    /// A file that says something about the documents.
    pub fn tag(&mut self, path: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let (sha256, _) = self.copy(path, bytes.len() as u64, &mut &*bytes)?;
        put_line(&mut self.tag_manifest, &sha256, path);
        Ok(())
    }

    /// Writes `bag-info.txt` and the manifests, and ends the ZIP.
    pub fn finish(mut self, info: &[(&str, String)]) -> Result<(), Refusal> {
        let mut text = String::new();
        let oxum = format!("{}.{}", self.payload_bytes, self.payload_files);
        for (label, value) in info.iter().chain(&[("Payload-Oxum", oxum)]) {
            let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            writeln!(text, "{label}: {}", value.trim()).map_err(Refusal::failed)?;
        }
        self.tag("bag-info.txt", text.as_bytes())?;
        let manifest = std::mem::take(&mut self.manifest);
        self.tag("manifest-sha256.txt", manifest.as_bytes())?;
        let tags = std::mem::take(&mut self.tag_manifest);
        self.copy("tagmanifest-sha256.txt", tags.len() as u64, &mut tags.as_bytes())?;
        let zip = self.zip.take().ok_or_else(|| Refusal::Failed("the package is finished".into()))?;
        let out = zip.finish().map_err(Refusal::failed)?;
        out.into_inner().flush().map_err(Refusal::failed)
    }

    fn copy(&mut self, path: &str, size: u64, content: &mut impl Read) -> Result<(Sha256, u64), Refusal> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .unix_permissions(0o644)
            .large_file(size >= u64::from(u32::MAX));
        let zip = self.zip.as_mut().ok_or_else(|| Refusal::Failed("the package is finished".into()))?;
        zip.start_file(format!("{}/{path}", self.name), options).map_err(Refusal::failed)?;
        let mut hasher = sha2::Sha256::new();
        let mut buffer = vec![0; limits::STREAM_CHUNK.min(usize::try_from(size).unwrap_or(usize::MAX).max(1))];
        let mut copied = 0;
        loop {
            let count = content.read(&mut buffer).map_err(Refusal::failed)?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            zip.write_all(&buffer[..count]).map_err(Refusal::failed)?;
            copied += count as u64;
        }
        Ok((Sha256::from_bytes(hasher.finalize().into()), copied))
    }
}

fn put_line(manifest: &mut String, sha256: &Sha256, path: &str) {
    manifest.push_str(&format!("{sha256}  {path}\n"));
}
