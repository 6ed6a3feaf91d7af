//! The C interface of Pentimento as `pentimento.h` declares it, under the same names. The header is the manual:
//! conventions, threads, lifetimes, and what each function does. The crate `pentimento` is the safe binding.
//!
//! Handles are `*mut` to types without values. They are not addresses: do not dereference them.

#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

// Version ---------------------------------------------------------------------------------------------------

/// The version of the interface that is declared here.
pub const PTM_ABI_VERSION: i32 = 3;

// Status ----------------------------------------------------------------------------------------------------

pub type ptm_status = i32;

pub const PTM_OK: ptm_status = 0;

pub const PTM_E_INVALID_ARGUMENT: ptm_status = 1;
pub const PTM_E_UNSUPPORTED: ptm_status = 2;
pub const PTM_E_UNREADABLE_IMAGE: ptm_status = 3;
pub const PTM_E_TOO_LARGE: ptm_status = 4;
pub const PTM_E_CANCELLED: ptm_status = 5;
pub const PTM_E_DEADLINE_EXCEEDED: ptm_status = 6;
pub const PTM_E_REFUSED: ptm_status = 7;
pub const PTM_E_BACKEND_FAILED: ptm_status = 8;
pub const PTM_E_UNUSABLE_REPLY: ptm_status = 9;
pub const PTM_E_IO_FAILED: ptm_status = 10;
pub const PTM_E_OBSERVER_FAILED: ptm_status = 11;
pub const PTM_E_PARSE_FAILED: ptm_status = 12;
pub const PTM_E_CONNECT_FAILED: ptm_status = 13;
pub const PTM_E_OUTCOME_UNKNOWN: ptm_status = 14;
pub const PTM_E_UNAUTHORIZED: ptm_status = 15;
pub const PTM_E_PAYMENT_REQUIRED: ptm_status = 16;
pub const PTM_E_RATE_LIMITED: ptm_status = 17;
pub const PTM_E_NOT_FOUND: ptm_status = 18;

pub const PTM_E_HANDLE: ptm_status = 101;
pub const PTM_E_STATE: ptm_status = 102;
pub const PTM_E_BUSY: ptm_status = 103;
pub const PTM_E_NOMEM: ptm_status = 104;
pub const PTM_E_FORKED: ptm_status = 105;
pub const PTM_E_VERSION: ptm_status = 106;
pub const PTM_E_INTERNAL: ptm_status = 107;

pub const PTM_TIMEOUT: ptm_status = 201;
pub const PTM_END: ptm_status = 202;

// Other numbers ---------------------------------------------------------------------------------------------

pub type ptm_events = i32;

pub const PTM_EVENTS_PULL: ptm_events = 0;
pub const PTM_EVENTS_POLLED: ptm_events = 1;
pub const PTM_EVENTS_THREAD: ptm_events = 2;

pub const PTM_GO_ON: i32 = 0;
pub const PTM_STOP: i32 = 1;

/// A timeout without limit.
pub const PTM_FOREVER: i32 = -1;

// Types -----------------------------------------------------------------------------------------------------

/// A view of UTF-8 text.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ptm_str {
    pub data: *const c_char,
    pub size: usize,
}

macro_rules! handles {
    ($($(#[$about:meta])* $name:ident;)*) => {$(
        $(#[$about])*
        #[repr(C)]
        #[derive(Debug)]
        pub struct $name {
            _private: [u8; 0],
        }
    )*};
}

handles! {
    /// Why something failed.
    ptm_error;
    /// Text that comes out.
    ptm_text;
    /// An encoded image.
    ptm_image;
    /// Threads, backends and connections.
    ptm_engine;
    /// A run.
    ptm_run;
    /// A call that the library makes of a backend of the caller.
    ptm_call;
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ptm_image_info {
    pub struct_size: usize,
    pub data: *const u8,
    pub size: usize,
    pub media_type: *const c_char,
    pub width: u32,
    pub height: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ptm_engine_options {
    pub struct_size: usize,
    pub threads: i32,
    pub settings: ptm_str,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ptm_run_options {
    pub struct_size: usize,
    pub events: ptm_events,
    pub user: *mut c_void,
    pub on_event: Option<unsafe extern "C" fn(user: *mut c_void, run: *mut ptm_run, event: ptm_str)>,
    pub on_end: Option<unsafe extern "C" fn(user: *mut c_void, run: *mut ptm_run)>,
    pub stop: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            transcript: ptm_str,
            why: *mut c_char,
            capacity: usize,
        ) -> i32,
    >,
    pub destroy: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub images: *const *const ptm_image,
    pub image_count: usize,
    pub sink: *const ptm_backend,
    pub folder: ptm_str,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ptm_backend {
    pub struct_size: usize,
    pub abi_version: u32,
    pub user: *mut c_void,
    pub start: Option<unsafe extern "C" fn(user: *mut c_void, call: *mut ptm_call)>,
    pub cancel: Option<unsafe extern "C" fn(user: *mut c_void, call: *mut ptm_call)>,
    pub destroy: Option<unsafe extern "C" fn(user: *mut c_void)>,
}

// Functions -------------------------------------------------------------------------------------------------

extern "C" {
    pub fn ptm_abi_version() -> i32;
    pub fn ptm_version() -> *const c_char;
    pub fn ptm_status_name(status: ptm_status) -> *const c_char;

    pub fn ptm_error_status(error: *const ptm_error) -> ptm_status;
    pub fn ptm_error_message(error: *const ptm_error) -> ptm_str;
    pub fn ptm_error_json(error: *const ptm_error) -> ptm_str;
    pub fn ptm_error_release(error: *mut ptm_error);

    pub fn ptm_text_view(text: *const ptm_text) -> ptm_str;
    pub fn ptm_text_release(text: *mut ptm_text);

    pub fn ptm_image_create(
        data: *const u8,
        size: usize,
        image: *mut *mut ptm_image,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_image_get(
        image: *const ptm_image,
        info: *mut ptm_image_info,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_image_record(
        image: *const ptm_image,
        json: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_image_release(image: *mut ptm_image);

    pub fn ptm_engine_create(
        options: *const ptm_engine_options,
        engine: *mut *mut ptm_engine,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_engine_backends(
        engine: *mut ptm_engine,
        json: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_engine_destroy(engine: *mut ptm_engine);

    pub fn ptm_refine(
        engine: *mut ptm_engine,
        request: ptm_str,
        options: *const ptm_run_options,
        run: *mut *mut ptm_run,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_resume(
        engine: *mut ptm_engine,
        request: ptm_str,
        options: *const ptm_run_options,
        run: *mut *mut ptm_run,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_read_run(folder: ptm_str, run: *mut *mut ptm_run, error: *mut *mut ptm_error) -> ptm_status;
    pub fn ptm_run_next(
        run: *mut ptm_run,
        timeout_ms: i32,
        event: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_run_poll(
        run: *mut ptm_run,
        timeout_ms: i32,
        called: *mut usize,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_run_wait(run: *mut ptm_run, timeout_ms: i32, error: *mut *mut ptm_error) -> ptm_status;
    pub fn ptm_run_cancel(run: *mut ptm_run, error: *mut *mut ptm_error) -> ptm_status;
    pub fn ptm_run_answer(
        run: *mut ptm_run,
        question: i64,
        answer: ptm_str,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_run_outcome(
        run: *mut ptm_run,
        json: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_run_transcript(
        run: *mut ptm_run,
        json: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_run_best(
        run: *mut ptm_run,
        image: *mut *mut ptm_image,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_run_image(
        run: *mut ptm_run,
        sha256: ptm_str,
        image: *mut *mut ptm_image,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_run_report_html(
        run: *mut ptm_run,
        html: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_run_contact_sheet(
        run: *mut ptm_run,
        sheet: *mut *mut ptm_image,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_run_destroy(run: *mut ptm_run);

    pub fn ptm_engine_add_generator(
        engine: *mut ptm_engine,
        capabilities: ptm_str,
        backend: *const ptm_backend,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_engine_add_critic(
        engine: *mut ptm_engine,
        description: ptm_str,
        backend: *const ptm_backend,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_engine_add_reviser(
        engine: *mut ptm_engine,
        description: ptm_str,
        backend: *const ptm_backend,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_call_request(
        call: *mut ptm_call,
        json: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_call_image(
        call: *mut ptm_call,
        sha256: ptm_str,
        image: *mut *mut ptm_image,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_call_finish(
        call: *mut ptm_call,
        result: ptm_str,
        images: *const *const ptm_image,
        image_count: usize,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_call_fail(call: *mut ptm_call, failure: ptm_str, error: *mut *mut ptm_error) -> ptm_status;

    pub fn ptm_fold(
        events: ptm_str,
        transcript: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_report_html(
        events: ptm_str,
        images: *const *const ptm_image,
        image_count: usize,
        html: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_contact_sheet(
        events: ptm_str,
        images: *const *const ptm_image,
        image_count: usize,
        sheet: *mut *mut ptm_image,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_replay(
        events: ptm_str,
        until: ptm_str,
        json: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
    pub fn ptm_parse_policy(
        policy: ptm_str,
        normal: *mut *mut ptm_text,
        error: *mut *mut ptm_error,
    ) -> ptm_status;
}
