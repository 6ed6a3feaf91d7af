//! Images.

use crate::error::{Code, Error, Result};
use crate::ffi::{call, call_for_json, Handle};
use crate::json::Value;
use pentimento_sys as sys;
use std::ffi::CStr;
use std::fmt::{self, Debug, Formatter};
use std::fs;
use std::mem;
use std::path::Path;
use std::ptr;
use std::sync::Arc;

/// An encoded image. Its bytes are never re-encoded, and clones share them. It outlives the run and the engine
/// that it came from.
///
/// The bytes are a view, which cannot outlive the image:
///
/// ```compile_fail,E0597
/// # fn some_image() -> pentimento::Image { unimplemented!() }
/// let bytes;
/// {
///     let image = some_image();
///     bytes = image.bytes();
/// }
/// println!("{}", bytes.len());
/// ```
#[derive(Clone)]
pub struct Image(Arc<Picture>);

struct Picture {
    handle: Handle<sys::ptm_image>,
    info: sys::ptm_image_info,
}

// SAFETY: the bytes and the media type that `info` points to are never changed. The bytes live until the
// handle is released, which only `drop` does; the media type is static.
unsafe impl Send for Picture {}
// SAFETY: as above.
unsafe impl Sync for Picture {}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and nobody has a view of the bytes any more: views borrow an `Image`.
        unsafe { sys::ptm_image_release(self.handle.0) }
    }
}

impl Image {
    /// A copy of the bytes of a PNG, JPEG, WebP or GIF, of at most 64 MiB. Only the header is read.
    /// Errors: `UnreadableImage`, `TooLarge`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Image> {
        // SAFETY: the bytes are copied within the call, and the out parameters live as long as it.
        Image::given_by(|image, error| unsafe {
            sys::ptm_image_create(bytes.as_ptr(), bytes.len(), image, error)
        })
    }

    /// The image in a file. Errors: `IoFailed`, and those of `from_bytes`.
    pub fn open(path: impl AsRef<Path>) -> Result<Image> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|error| {
            Error::new(Code::IoFailed, format!("{} cannot be read: {error}", path.display()))
        })?;
        Image::from_bytes(&bytes)
    }

    /// Takes what a function of the library gives out.
    pub(crate) fn given_by(
        function: impl FnOnce(*mut *mut sys::ptm_image, *mut *mut sys::ptm_error) -> sys::ptm_status,
    ) -> Result<Image> {
        let mut image: *mut sys::ptm_image = ptr::null_mut();
        call(|error| function(&mut image, error))?;
        let mut picture = Picture {
            handle: Handle(image),
            info: sys::ptm_image_info {
                struct_size: mem::size_of::<sys::ptm_image_info>(),
                data: ptr::null(),
                size: 0,
                media_type: ptr::null(),
                width: 0,
                height: 0,
            },
        };
        // SAFETY: the handle is ours, and `info` says how large it is.
        call(|error| unsafe { sys::ptm_image_get(image, &mut picture.info, error) })?;
        Ok(Image(Arc::new(picture)))
    }

    /// The encoded bytes. Empty for an image of which only the record is known.
    pub fn bytes(&self) -> &[u8] {
        let info = &self.0.info;
        if info.data.is_null() {
            return &[];
        }
        // SAFETY: the library says that so many bytes lie there until the handle is released, and does not
        // change them; the handle is released when the last clone goes, and the view borrows one.
        unsafe { std::slice::from_raw_parts(info.data, info.size) }
    }

    /// "image/png", "image/jpeg", "image/webp" or "image/gif".
    pub fn media_type(&self) -> &'static str {
        if self.0.info.media_type.is_null() {
            return "";
        }
        // SAFETY: the text ends with a NUL byte and is static.
        unsafe { CStr::from_ptr(self.0.info.media_type) }.to_str().unwrap_or_default()
    }

    /// In pixels.
    pub fn width(&self) -> u32 {
        self.0.info.width
    }

    /// In pixels.
    pub fn height(&self) -> u32 {
        self.0.info.height
    }

    /// The record that stands for the image in JSON: {"media_type", "width", "height", "bytes", "sha256"}.
    pub fn record(&self) -> Result<Value> {
        // SAFETY: the handle is ours, and the out parameters live as long as the call.
        call_for_json(|json, error| unsafe { sys::ptm_image_record(self.handle(), json, error) })
    }

    /// Writes the bytes as they are into a file, whatever its extension. An existing file is overwritten. Errors:
    /// `IoFailed`; `State` for an image of which only the record is known.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if self.0.info.data.is_null() {
            return Err(Error::new(
                Code::State,
                "this image has no bytes, only a record; Run::image has both",
            ));
        }
        fs::write(path, self.bytes()).map_err(|error| {
            Error::new(Code::IoFailed, format!("{} cannot be written: {error}", path.display()))
        })
    }

    /// For calls of the library that last no longer than this image.
    pub(crate) fn handle(&self) -> *const sys::ptm_image {
        self.0.handle.0
    }
}

impl Debug for Image {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes().len();
        write!(out, "Image({}, {}x{}, {bytes} bytes)", self.media_type(), self.width(), self.height())
    }
}
