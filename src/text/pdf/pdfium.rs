//! How is libpdfium called? The one place with foreign code in our address space, and that of an extraction process.
//!
//! The library is loaded when a process is set up, before it sees the first document, and never in the server. Only
//! functions of its stable C interface are used. What it answers is doubted: numbers are bounded, texts are decoded.

#![allow(unsafe_code, reason = "a C library has no safe interface; every call is in this file, behind safe functions")]

use std::ffi::{c_char, c_int, c_ulong, c_ushort, c_void};
use std::marker::PhantomData;
use std::path::Path;
use std::ptr::{NonNull, null};
use std::sync::{Mutex, MutexGuard, TryLockError};

use libloading::Library;

/// `FPDF_ERR_PASSWORD` and `FPDF_ERR_SECURITY`.
const PASSWORD: c_ulong = 4;
const SECURITY: c_ulong = 5;

/// `FPDFBitmap_Gray`: a byte for each point.
const GRAY: c_int = 1;
/// `FPDF_ANNOT | FPDF_GRAYSCALE`: with what is written over the page.
const DRAW_FLAGS: c_int = 0x01 | 0x08;
const WHITE: c_ulong = 0xffff_ffff;
/// `FPDF_PAGEOBJ_IMAGE`.
const IMAGE: c_int = 3;

/// Marks of one page that are looked at.
const MARKS_MAX: c_int = 10_000;

/// Characters of one page that are asked for.
const CHARACTERS_MAX: c_int = 8 * 1024 * 1024;

/// Points to the inch, as pages are measured.
const POINTS: f32 = 72.0;

enum RawDocument {}
enum RawPage {}
enum RawText {}
enum RawObject {}
enum RawBitmap {}

/// Declares the table of functions, and how it is filled.
macro_rules! functions {
    ($($field:ident = $name:literal: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        struct Functions { $($field: unsafe extern "C" fn($($argument),*) $(-> $result)?,)* }

        impl Functions {
            /// # Safety
            /// The library must be libpdfium, and outlive the table.
            unsafe fn of(library: &Library) -> Result<Self, libloading::Error> {
                // SAFETY: the types are those of the library's public headers, unchanged for years.
                Ok(Self { $($field: unsafe { *library.get($name)? },)* })
            }
        }
    };
}

functions! {
    init_library = c"FPDF_InitLibrary": fn();
    last_error = c"FPDF_GetLastError": fn() -> c_ulong;
    load_document = c"FPDF_LoadMemDocument64": fn(*const c_void, usize, *const c_char) -> *mut RawDocument;
    close_document = c"FPDF_CloseDocument": fn(*mut RawDocument);
    page_count = c"FPDF_GetPageCount": fn(*mut RawDocument) -> c_int;
    load_page = c"FPDF_LoadPage": fn(*mut RawDocument, c_int) -> *mut RawPage;
    close_page = c"FPDF_ClosePage": fn(*mut RawPage);
    page_width = c"FPDF_GetPageWidthF": fn(*mut RawPage) -> f32;
    page_height = c"FPDF_GetPageHeightF": fn(*mut RawPage) -> f32;
    load_text = c"FPDFText_LoadPage": fn(*mut RawPage) -> *mut RawText;
    close_text = c"FPDFText_ClosePage": fn(*mut RawText);
    count_characters = c"FPDFText_CountChars": fn(*mut RawText) -> c_int;
    get_text = c"FPDFText_GetText": fn(*mut RawText, c_int, c_int, *mut c_ushort) -> c_int;
    count_objects = c"FPDFPage_CountObjects": fn(*mut RawPage) -> c_int;
    get_object = c"FPDFPage_GetObject": fn(*mut RawPage, c_int) -> *mut RawObject;
    object_type = c"FPDFPageObj_GetType": fn(*mut RawObject) -> c_int;
    object_bounds = c"FPDFPageObj_GetBounds": fn(*mut RawObject, *mut f32, *mut f32, *mut f32, *mut f32) -> c_int;
    create_bitmap = c"FPDFBitmap_CreateEx": fn(c_int, c_int, c_int, *mut c_void, c_int) -> *mut RawBitmap;
    fill = c"FPDFBitmap_FillRect": fn(*mut RawBitmap, c_int, c_int, c_int, c_int, c_ulong);
    draw = c"FPDF_RenderPageBitmap": fn(*mut RawBitmap, *mut RawPage, c_int, c_int, c_int, c_int, c_int, c_int);
    destroy_bitmap = c"FPDFBitmap_Destroy": fn(*mut RawBitmap);
}

/// The library, ready to read. It is no friend of threads: one document is open at a time.
pub(in crate::text) struct Pdfium {
    functions: Functions,
    /// What the functions above are in.
    _library: Library,
    turn: Mutex<()>,
}

/// Why a document was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Password,
    Broken,
}

impl Pdfium {
    /// Loads the library and makes it ready.
    pub(in crate::text) fn load(path: &Path) -> Result<Self, libloading::Error> {
        // SAFETY: what runs as it is loaded is the C++ library's own setup; whoever runs the server named the file.
        let library = unsafe { Library::new(path)? };
        // SAFETY: a library that has all these names is libpdfium; it is kept beside the table, and dropped after it.
        let functions = unsafe { Functions::of(&library)? };
        // SAFETY: called once for each load, before any other function.
        unsafe { (functions.init_library)() };
        Ok(Self { functions, _library: library, turn: Mutex::new(()) })
    }

    /// Opens a document, with an empty password where it asks for one.
    pub(super) fn open<'a>(&'a self, content: &'a [u8]) -> Result<Document<'a>, Refused> {
        let turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(Refused::Broken),
        };
        // SAFETY: the content outlives the document (both borrow for 'a); no password is a null pointer.
        let raw = unsafe { (self.functions.load_document)(content.as_ptr().cast(), content.len(), null()) };
        match NonNull::new(raw) {
            Some(raw) => Ok(Document { pdfium: self, raw, content: PhantomData, _turn: turn }),
            // SAFETY: it only reads a number of the library's own.
            None => Err(match unsafe { (self.functions.last_error)() } {
                PASSWORD | SECURITY => Refused::Password,
                _ => Refused::Broken,
            }),
        }
    }
}

/// An open document.
pub(super) struct Document<'a> {
    pdfium: &'a Pdfium,
    raw: NonNull<RawDocument>,
    /// The library reads from it until the document is closed.
    content: PhantomData<&'a [u8]>,
    /// Given back after it is closed.
    _turn: MutexGuard<'a, ()>,
}

impl Document<'_> {
    pub(super) fn pages(&self) -> usize {
        // SAFETY: the document is open until this is dropped.
        usize::try_from(unsafe { (self.pdfium.functions.page_count)(self.raw.as_ptr()) }).unwrap_or(0)
    }

    /// The page with an index from 0; `None` when it cannot be read.
    pub(super) fn page(&self, index: usize) -> Option<Page<'_>> {
        let index = c_int::try_from(index).ok()?;
        // SAFETY: the document is open; an index that is out of bounds gives a null pointer.
        let raw = unsafe { (self.pdfium.functions.load_page)(self.raw.as_ptr(), index) };
        Some(Page { functions: &self.pdfium.functions, raw: NonNull::new(raw)? })
    }
}

impl Drop for Document<'_> {
    fn drop(&mut self) {
        // SAFETY: opened once, closed once; its pages borrow it, so they are closed already.
        unsafe { (self.pdfium.functions.close_document)(self.raw.as_ptr()) };
    }
}

/// What is painted on a page.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Marks {
    /// Anything at all.
    pub any: bool,
    /// The part of the page that its largest image covers, from 0 to 1.
    pub image: f32,
}

/// A page of points, a byte each: 0 is black.
pub(in crate::text) struct Gray {
    pub width: usize,
    pub height: usize,
    pub points: Vec<u8>,
}

/// A loaded page.
pub(super) struct Page<'a> {
    functions: &'a Functions,
    raw: NonNull<RawPage>,
}

impl Page<'_> {
    /// Its text in reading order; `None` when that cannot be had.
    pub(super) fn text(&self) -> Option<String> {
        // SAFETY: the page is loaded until this is dropped, and the text is closed below, before that.
        let text = NonNull::new(unsafe { (self.functions.load_text)(self.raw.as_ptr()) })?;
        // SAFETY: the text is open.
        let count = unsafe { (self.functions.count_characters)(text.as_ptr()) };
        let units = usize::try_from(count).ok().filter(|_| count <= CHARACTERS_MAX).map(|count| {
            // It writes so many units and one to end them; room for pairs all the same.
            let mut units: Vec<c_ushort> = vec![0; 2 * count + 2];
            let asked = c_int::try_from(count).unwrap_or(CHARACTERS_MAX);
            // SAFETY: the buffer has room for more than `asked + 1` units.
            let got = unsafe { (self.functions.get_text)(text.as_ptr(), 0, asked, units.as_mut_ptr()) };
            units.truncate(usize::try_from(got).unwrap_or(0).saturating_sub(1));
            units
        });
        // SAFETY: opened above, closed once.
        unsafe { (self.functions.close_text)(text.as_ptr()) };
        Some(String::from_utf16_lossy(&units?))
    }

    /// Width and height in points.
    fn size(&self) -> (f32, f32) {
        // SAFETY: the page is loaded.
        unsafe { ((self.functions.page_width)(self.raw.as_ptr()), (self.functions.page_height)(self.raw.as_ptr())) }
    }

    pub(super) fn marks(&self) -> Marks {
        // SAFETY: the page is loaded.
        let count = unsafe { (self.functions.count_objects)(self.raw.as_ptr()) };
        let (width, height) = self.size();
        let mut marks = Marks { any: count > 0, image: 0.0 };
        for index in 0..count.min(MARKS_MAX) {
            // SAFETY: the index is in bounds; the object belongs to the page and is not kept.
            let object = unsafe { (self.functions.get_object)(self.raw.as_ptr(), index) };
            // SAFETY: the object is checked; a page is not changed by asking.
            if object.is_null() || unsafe { (self.functions.object_type)(object) } != IMAGE {
                continue;
            }
            let (mut left, mut bottom, mut right, mut top) = (0.0, 0.0, 0.0, 0.0);
            // SAFETY: four places to write to, all alive.
            let known = unsafe {
                (self.functions.object_bounds)(object, &raw mut left, &raw mut bottom, &raw mut right, &raw mut top)
            };
            let share: f32 = (right - left).abs() * (top - bottom).abs() / (width * height);
            if known != 0 && share.is_finite() {
                marks.image = marks.image.max(share.min(1.0));
            }
        }
        marks
    }

    /// The page drawn in shades of grey with so many points to the inch, or fewer when it would have too many points.
    pub(in crate::text) fn draw(&self, density: f32, points_max: f32) -> Option<Gray> {
        let (width, height) = self.size();
        if !(width >= 1.0 && height >= 1.0 && width.is_finite() && height.is_finite()) {
            return None;
        }
        let scale = (density / POINTS).min((points_max / (width * height)).sqrt());
        let (width, height) = ((width * scale).max(1.0) as c_int, (height * scale).max(1.0) as c_int);
        let (columns, rows) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
        let mut points = vec![0xff; columns.checked_mul(rows)?];
        // SAFETY: the buffer is as long as width, height and stride say, and outlives the bitmap, which does not own it.
        let bitmap = unsafe { (self.functions.create_bitmap)(width, height, GRAY, points.as_mut_ptr().cast(), width) };
        let bitmap = NonNull::new(bitmap)?.as_ptr();
        // SAFETY: bitmap and page are alive; the library clips what would be drawn outside.
        unsafe {
            (self.functions.fill)(bitmap, 0, 0, width, height, WHITE);
            (self.functions.draw)(bitmap, self.raw.as_ptr(), 0, 0, width, height, 0, DRAW_FLAGS);
            (self.functions.destroy_bitmap)(bitmap);
        }
        Some(Gray { width: columns, height: rows, points })
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        // SAFETY: loaded once, closed once.
        unsafe { (self.functions.close_page)(self.raw.as_ptr()) };
    }
}
