//! Pentimento turns a brief into an image that meets it: generate, critique, revise, repeat, until a stop
//! policy holds.
//!
//! ```no_run
//! use pentimento::Engine;
//!
//! # fn main() -> pentimento::Result<()> {
//! let engine = Engine::new()?;
//! let run = engine
//!     .refine("three red mugs on a plain white table, bright")
//!     .generator("sketch")
//!     .critic("measure")
//!     .until("satisfied || rounds(6)")
//!     .start()?;
//! for event in run.events() {
//!     println!("{event}");
//! }
//! run.outcome()?.best().image().save("mugs.png")?;
//! # Ok(())
//! # }
//! ```
//!
//! The backends of that run need neither a key nor a network. [`Engine::backends`] says which others there
//! are; [`Generator`], [`Critic`] and [`Reviser`] are for backends of your own.
//!
//! **Threads.** An [`Engine`] has threads of its own, on which the loop runs. [`Engine`], [`Run`] and
//! [`Image`] are `Send` and `Sync`: a run can be cancelled from one thread while another reads its events.
//! Stop policies and wakers are called on a thread of the engine and should return soon; there, a call that
//! would block fails with [`Code::Busy`]. Generators, critics, revisers and sinks run on threads of their
//! own and may block.
//!
//! **Lifetimes.** A run that is dropped is cancelled. An engine ends with its last clone and its last run:
//! the last `drop` waits for the engine's threads, except on one of them. A backend that holds a clone of its own
//! engine keeps that engine alive forever.
//!
//! **Panics.** None crosses into the library: in a stop policy it ends the run, in a backend or sink it
//! fails the call. This crate itself panics nowhere.
//!
//! **JSON.** Briefs, events and transcripts are JSON, in the forms that `pentimento.h` documents; [`json`] reads
//! and writes it. What a stop policy needs of a [`Transcript`] has names.
//!
//! **Features.** None is on by default.
//!
//! * `futures-core`: [`EventStream`] is a `futures_core::Stream`.
//! * `serde`: `Serialize` and `Deserialize`, in the same JSON form, for [`Action`], [`Billing`], [`Brief`],
//!   [`Charge`], [`Code`], [`Comparison`], [`Critique`], [`Ending`], [`Error`], [`Event`], [`Finding`],
//!   [`Importance`], [`Plan`], [`Preference`], [`Revision`], [`Score`], [`Transcript`] and [`Verdict`]; and
//!   `Serialize` for [`Candidate`], [`Generation`], [`Image`], [`Reason`] and [`Round`]. An image is its record:
//!   its bytes travel separately, so a critique or revision that has one can only be written. Reading is strict: an
//!   unknown member or name is an error. It needs a self-describing format, such as JSON.

#![deny(unsafe_op_in_unsafe_fn)]
#![warn(missing_debug_implementations)]

mod backend;
mod brief;
mod engine;
mod error;
mod event;
mod ffi;
mod image;
pub mod json;
mod outcome;
mod refine;
mod run;
#[cfg(feature = "serde")]
mod serde_forms;
mod stream;
mod transcript;

pub use backend::{
    Action, Answer, Call, Capabilities, Comparison, ComparisonRequest, Critic, CriticProfile, Critique,
    CritiqueRequest, Finding, Generation, GenerationRequest, Generator, Kind, Plan, PlanRequest, Preference,
    Reviser, ReviserProfile, Revision, RevisionRequest, Verdict,
};
pub use brief::{Brief, Importance};
pub use engine::{Engine, EngineBuilder};
pub use error::{Billing, Charge, Code, Error, Result};
pub use event::{Event, Proposal};
pub use image::Image;
pub use outcome::{Best, Ending, Outcome, Reason};
pub use refine::{Refine, Stop, UnknownOutcome};
pub use run::{Edit, Events, Next, Run};
pub use stream::EventStream;
pub use transcript::{Candidate, Round, Score, Transcript};

use pentimento_sys as sys;

/// The version of the loaded library: "0.1.0".
pub fn version() -> &'static str {
    // SAFETY: the text ends with a NUL byte and is static.
    unsafe { std::ffi::CStr::from_ptr(sys::ptm_version()) }.to_str().unwrap_or_default()
}

/// Returns the transcript that recorded events fold to. `events` has one event per line (`Event::record`), without
/// those of kind "revision_proposed".
///
/// Errors: `ParseFailed` with the number of the line, `InvalidArgument` for events that are not those of one run in
/// order, `TooLarge`.
pub fn fold(events: &str) -> Result<Transcript> {
    // SAFETY: the text is only read within the call, and the out parameters live as long as it.
    let json = ffi::call_for_json(|json, error| unsafe { sys::ptm_fold(ffi::view(events), json, error) })?;
    Ok(Transcript::from(json))
}

/// Reads a run that was recorded in a folder, with its images, also while it goes on. Changes nothing. The run that it
/// returns does not go on: `Run::events` are the recorded ones; transcript, images, report and contact sheet are
/// available, and the outcome if it has ended (otherwise `State`).
///
/// Errors: `InvalidArgument` for a folder without a run, `ParseFailed` for a damaged record, `UnreadableImage` for a
/// missing or damaged image, `Unsupported` for a record of a newer version, `IoFailed`.
pub fn read_run(folder: impl AsRef<std::path::Path>) -> Result<Run> {
    let folder = refine::text_of(folder.as_ref())?;
    let mut run: *mut sys::ptm_run = std::ptr::null_mut();
    // SAFETY: the text is only read within the call, and the out parameters live as long as it.
    ffi::call(|error| unsafe { sys::ptm_read_run(ffi::view(folder), &mut run, error) })?;
    Ok(Run::new(None, ffi::Handle(run)))
}

/// What a stop policy made of recorded events: see `replay`.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    pub transcript: Transcript,
    /// False if the run would have gone on after the end of the record.
    pub ended: bool,
    /// By how much less it would have cost, in millionths of a dollar; 0 unless `ended`.
    pub saved_micros: i64,
}

/// Replays recorded events under another stop policy, without a call: what would it have saved? An empty policy is that
/// of the record, which gives the same transcript.
///
/// Errors: as for `fold` and `parse_policy`; `Unsupported` if the policy is empty and the run had one of its own.
pub fn replay(events: &str, until: &str) -> Result<Replay> {
    // SAFETY: as for `fold`.
    let json = ffi::call_for_json(|json, error| unsafe {
        sys::ptm_replay(ffi::view(events), ffi::view(until), json, error)
    })?;
    Ok(Replay {
        transcript: Transcript::from(json["transcript"].clone()),
        ended: json["ended"].as_bool().unwrap_or_default(),
        saved_micros: json["saved_micros"].as_i64().unwrap_or_default(),
    })
}

/// Returns the report of recorded events as `Run::report_html` makes it. `images` are those whose records are in
/// the events; a missing one is shown without its pixels. Errors: as for `fold`.
pub fn report_html(events: &str, images: &[Image]) -> Result<String> {
    let handles: Vec<*const sys::ptm_image> = images.iter().map(Image::handle).collect();
    // SAFETY: the text and the images are only read within the call; otherwise as for `fold`.
    ffi::call_for_plain_text(|html, error| unsafe {
        sys::ptm_report_html(ffi::view(events), handles.as_ptr(), handles.len(), html, error)
    })
}

/// Returns the contact sheet of recorded events as `Run::contact_sheet` makes it. `images`: as for `report_html`.
/// Errors: as for `fold` and `Run::contact_sheet`.
pub fn contact_sheet(events: &str, images: &[Image]) -> Result<Image> {
    let handles: Vec<*const sys::ptm_image> = images.iter().map(Image::handle).collect();
    // SAFETY: as for `report_html`.
    Image::given_by(|sheet, error| unsafe {
        sys::ptm_contact_sheet(ffi::view(events), handles.as_ptr(), handles.len(), sheet, error)
    })
}

/// Returns the normal form of a stop policy. Errors: `ParseFailed` if it does not follow the grammar.
pub fn parse_policy(policy: &str) -> Result<String> {
    // SAFETY: as for `fold`.
    ffi::call_for_plain_text(|text, error| unsafe { sys::ptm_parse_policy(ffi::view(policy), text, error) })
}
