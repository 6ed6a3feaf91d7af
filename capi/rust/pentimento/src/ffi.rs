//! The boundary to C: texts, statuses, and panics, which must not cross it.

use crate::error::{Code, Error, Result};
use crate::json::Value;
use pentimento_sys as sys;
use std::any::Any;
use std::os::raw::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr;
use std::time::Duration;

/// A handle of the library: an opaque value that is never read through.
#[derive(Debug)]
pub(crate) struct Handle<T>(pub *mut T);

// SAFETY: the header says that every function may be called from any thread, at the same time as any other,
// also on the same handle. Nothing is ever read through the pointer on this side.
unsafe impl<T> Send for Handle<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Handle<T> {}

/// The text on one line, with a single space for each run of white space and control characters.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    line
}

/// A view of text, valid as long as the text.
pub(crate) fn view(text: &str) -> sys::ptm_str {
    sys::ptm_str { data: text.as_ptr().cast::<c_char>(), size: text.len() }
}

/// A copy of the text of a view. Invalid UTF-8, which the library does not write, is replaced.
///
/// # Safety
/// The view must be valid.
pub(crate) unsafe fn copy(view: sys::ptm_str) -> String {
    if view.data.is_null() || view.size == 0 {
        return String::new();
    }
    // SAFETY: the caller says that so many bytes can be read there. They are not kept.
    let bytes = unsafe { std::slice::from_raw_parts(view.data.cast::<u8>(), view.size) };
    String::from_utf8_lossy(bytes).into_owned()
}

/// Calls a function that reports by status and `ptm_error **`. `Ok` is a status that is no error: `PTM_OK`,
/// `PTM_TIMEOUT` or `PTM_END`.
pub(crate) fn call(
    function: impl FnOnce(*mut *mut sys::ptm_error) -> sys::ptm_status,
) -> Result<sys::ptm_status> {
    let mut error: *mut sys::ptm_error = ptr::null_mut();
    let status = function(&mut error);
    match status {
        sys::PTM_OK | sys::PTM_TIMEOUT | sys::PTM_END => Ok(status),
        _ => Err(take_error(status, error)),
    }
}

/// The error of a failed call, which is released.
fn take_error(status: sys::ptm_status, error: *mut sys::ptm_error) -> Error {
    if error.is_null() {
        let message = match Code::of_status(status) {
            Code::NoMemory => "out of memory",
            Code::Forked => "this process was forked from the one that loaded the library; call exec",
            _ => "the library did not say why",
        };
        return Error::of_status(status, message.to_string(), &Value::Null);
    }
    // SAFETY: the error is ours; both views live until it is released, and are copied before.
    let (message, json) = unsafe {
        let message = copy(sys::ptm_error_message(error));
        let json = copy(sys::ptm_error_json(error));
        sys::ptm_error_release(error);
        (message, json)
    };
    Error::of_status(status, message, &json.parse::<Value>().unwrap_or_default())
}

/// Calls a function that gives out a text. The status in its place is `PTM_TIMEOUT` or `PTM_END`.
pub(crate) fn call_for_text(
    function: impl FnOnce(*mut *mut sys::ptm_text, *mut *mut sys::ptm_error) -> sys::ptm_status,
) -> Result<std::result::Result<String, sys::ptm_status>> {
    let mut text: *mut sys::ptm_text = ptr::null_mut();
    let status = call(|error| function(&mut text, error))?;
    if status != sys::PTM_OK {
        return Ok(Err(status));
    }
    // SAFETY: the text is ours; the view lives until it is released, and is copied before.
    Ok(Ok(unsafe {
        let copied = copy(sys::ptm_text_view(text));
        sys::ptm_text_release(text);
        copied
    }))
}

/// Calls a function that gives out a text and does not wait.
pub(crate) fn call_for_plain_text(
    function: impl FnOnce(*mut *mut sys::ptm_text, *mut *mut sys::ptm_error) -> sys::ptm_status,
) -> Result<String> {
    call_for_text(function)?
        .map_err(|status| Error::new(Code::Internal, format!("the library answered with status {status}")))
}

/// Calls a function that gives out JSON and does not wait.
pub(crate) fn call_for_json(
    function: impl FnOnce(*mut *mut sys::ptm_text, *mut *mut sys::ptm_error) -> sys::ptm_status,
) -> Result<Value> {
    Ok(call_for_plain_text(function)?.parse::<Value>()?)
}

/// Milliseconds for the library: rounded up, and at most 24 days.
pub(crate) fn millis(duration: Duration) -> i32 {
    let whole = duration.as_millis() + u128::from(duration.subsec_nanos() % 1_000_000 != 0);
    i32::try_from(whole).unwrap_or(i32::MAX)
}

/// Runs code that is not ours within a callback. A panic ends here: unwinding into C++ would be undefined.
/// The error is what the panic said, on one line: that of `assert_eq` has three.
pub(crate) fn guard<T>(code: impl FnOnce() -> T) -> std::result::Result<T, String> {
    // What a panic left half done is not used again by us: the call or the run fails.
    catch_unwind(AssertUnwindSafe(code)).map_err(|payload| {
        let said = words_of(payload.as_ref());
        // A payload is any type, and may panic when it is dropped.
        let _ = catch_unwind(AssertUnwindSafe(move || drop(payload)));
        said
    })
}

/// The message of a panic, if it is text.
fn words_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        return one_line(text);
    }
    match payload.downcast_ref::<String>() {
        Some(text) => one_line(text),
        None => "a panic without a message".to_string(),
    }
}
