//! A run.

use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::event::Event;
use crate::ffi::{call, call_for_json, call_for_plain_text, call_for_text, millis, view, Handle};
use crate::image::Image;
use crate::json::{json, Value};
use crate::outcome::{Best, Ending, Outcome};
use crate::transcript::Transcript;
use pentimento_sys as sys;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A run that has begun, or a recorded one (see `read_run`). It continues whether or not its events are read. Dropping it
/// cancels it.
///
/// Thread-safe: one thread may wait or read events while another cancels or answers. Blocking on a thread of
/// the engine, that is in a stop policy, fails with `Busy`.
#[derive(Debug)]
pub struct Run {
    handle: Handle<sys::ptm_run>,
    /// Why `Events` ended before the last event; `outcome` reports it.
    broken: Mutex<Option<Error>>,
    /// Keeps the engine alive; dropped after the run. A run that was read has none.
    _engine: Option<Engine>,
}

impl Drop for Run {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and this is the last use of it. Callbacks that still run have what they
        // need until their own `destroy`.
        unsafe { sys::ptm_run_destroy(self.handle.0) }
    }
}

impl Run {
    pub(crate) fn new(engine: Option<Engine>, handle: Handle<sys::ptm_run>) -> Run {
        Run { handle, broken: Mutex::new(None), _engine: engine }
    }

    /// The events in order. The iterator blocks until the next one and ends after the last. Several iterators
    /// share the events.
    ///
    /// If the events cannot be read, the iterator ends early, and the next `outcome` or `ending` fails with
    /// the reason: `Busy` on a thread of the engine, `State` for a run that was begun with `start_async`.
    ///
    /// It cannot outlive the run:
    ///
    /// ```compile_fail,E0597
    /// # fn engine() -> pentimento::Engine { unimplemented!() }
    /// let events;
    /// {
    ///     let run = engine().refine("a red mug").start().unwrap();
    ///     events = run.events();
    /// }
    /// for event in events {}
    /// ```
    pub fn events(&self) -> Events<'_> {
        Events { run: self, ended: false }
    }

    /// Blocks until the next event; `None` after the last. Errors: as for `events`.
    pub fn next_event(&self) -> Result<Option<Event>> {
        loop {
            match self.next_within(sys::PTM_FOREVER)? {
                Next::Event(event) => return Ok(Some(event)),
                Next::End => return Ok(None),
                Next::TimeOut => {}
            }
        }
    }

    /// The next event, if it comes within this time, at most 24 days. Does not block if the time is zero. Errors: as
    /// for `events`.
    pub fn next_event_within(&self, time: Duration) -> Result<Next> {
        self.next_within(millis(time))
    }

    fn next_within(&self, timeout: i32) -> Result<Next> {
        // SAFETY: the handle is ours, and the out parameters live as long as the call.
        let next =
            call_for_text(|text, error| unsafe { sys::ptm_run_next(self.handle.0, timeout, text, error) })?;
        Ok(match next {
            Ok(text) => Next::Event(Event::new(text)),
            Err(sys::PTM_END) => Next::End,
            Err(_) => Next::TimeOut,
        })
    }

    /// Blocks until the run has ended. Errors: `Busy`.
    pub fn wait(&self) -> Result<()> {
        while !self.wait_for(sys::PTM_FOREVER)? {}
        Ok(())
    }

    /// Blocks until the run has ended, for at most this time and at most 24 days. True if it has ended. Errors:
    /// `Busy`.
    pub fn wait_within(&self, time: Duration) -> Result<bool> {
        self.wait_for(millis(time))
    }

    fn wait_for(&self, timeout: i32) -> Result<bool> {
        // SAFETY: the handle is ours, and the out parameter lives as long as the call.
        let status = call(|error| unsafe { sys::ptm_run_wait(self.handle.0, timeout, error) })?;
        Ok(status == sys::PTM_OK)
    }

    /// Cancels the run, which ends within 100 ms with what it has. Does not block. A no-op for a run that has ended.
    pub fn cancel(&self) -> Result<()> {
        // SAFETY: as in `wait_for`.
        call(|error| unsafe { sys::ptm_run_cancel(self.handle.0, error) })?;
        Ok(())
    }

    /// Answers a question of the reviser "ask": see `Refine::ask` and `Event::proposal`. Text is the prompt to
    /// use; to take the proposal as it is, answer `Edit::Accept`.
    ///
    /// Errors: `State` if it was not asked or is already answered; `ParseFailed` for an invalid edit or a blank
    /// prompt, and the question stays open.
    pub fn answer(&self, question: i64, edit: impl Into<Edit>) -> Result<()> {
        let edit = edit.into();
        if matches!(&edit, Edit::Prompt(words) if words.trim().is_empty()) {
            let message = "an empty prompt is no answer; Edit::Accept takes the proposal as it is";
            return Err(Error::new(Code::ParseFailed, message));
        }
        let answer = edit.to_text();
        // SAFETY: the text is only read within the call; otherwise as in `wait_for`.
        call(|error| unsafe { sys::ptm_run_answer(self.handle.0, question, view(&answer), error) })?;
        Ok(())
    }

    /// Blocks until the run has ended and returns the best image and how the run ended.
    ///
    /// Errors: if there is no image, the error that ended the run, or `NotFound`; see `ending`. Those of `events`
    /// and `wait`.
    pub fn outcome(&self) -> Result<Outcome> {
        let ending = self.ending()?;
        // SAFETY: as in `wait_for`.
        let image =
            Image::given_by(|image, error| unsafe { sys::ptm_run_best(self.handle.0, image, error) })?;
        let id = ending.json["best"].as_str().unwrap_or_default().to_string();
        Ok(Outcome { best: Best { id, image }, ending })
    }

    /// Blocks until the run has ended and returns how it ended, with or without an image. Errors: those of `events`
    /// and `wait`.
    pub fn ending(&self) -> Result<Ending> {
        if let Some(error) = self.broken().take() {
            return Err(error);
        }
        self.wait()?;
        // SAFETY: as in `next_within`.
        let json = call_for_json(|json, error| unsafe { sys::ptm_run_outcome(self.handle.0, json, error) })?;
        Ok(Ending { json })
    }

    /// The run so far. Does not block.
    pub fn transcript(&self) -> Result<Transcript> {
        // SAFETY: as in `next_within`.
        let json =
            call_for_json(|json, error| unsafe { sys::ptm_run_transcript(self.handle.0, json, error) })?;
        Ok(Transcript::from(json))
    }

    /// The image of a record in the run's events or transcript:
    /// `run.image(&event.json()["generation"]["images"][0])`. Errors: `NotFound`; `InvalidArgument` if it is not a
    /// record.
    pub fn image(&self, record: &Value) -> Result<Image> {
        let hash = hash_of(record)?;
        // SAFETY: the text is only read within the call; otherwise as in `wait_for`.
        Image::given_by(|image, error| unsafe { sys::ptm_run_image(self.handle.0, view(hash), image, error) })
    }

    /// The report of the run so far: one page of HTML that needs no other file and loads nothing. Its images are
    /// embedded, so it has about 4/3 of their size.
    pub fn report_html(&self) -> Result<String> {
        // SAFETY: as in `wait_for`.
        call_for_plain_text(|html, error| unsafe { sys::ptm_run_report_html(self.handle.0, html, error) })
    }

    /// The run so far at a glance, as one PNG: a row for each round with its images, their scores and which were
    /// kept. Blocks while it decodes the images.
    ///
    /// Errors: `InvalidArgument` for a run without rounds, `BackendFailed` if libvips fails, `Unsupported` in a
    /// build of the library without the offline backends.
    pub fn contact_sheet(&self) -> Result<Image> {
        // SAFETY: as in `wait_for`.
        Image::given_by(|sheet, error| unsafe { sys::ptm_run_contact_sheet(self.handle.0, sheet, error) })
    }

    fn broken(&self) -> MutexGuard<'_, Option<Error>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The SHA-256 in an image's record.
pub(crate) fn hash_of(record: &Value) -> Result<&str> {
    record["sha256"].as_str().ok_or_else(|| {
        Error::new(Code::InvalidArgument, "this is not the record of an image: it has no \"sha256\"")
    })
}

/// The result of waiting for an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    Event(Event),
    /// None came in time.
    TimeOut,
    /// The run has ended and all its events were returned.
    End,
}

/// The events of a run: see `Run::events`.
#[derive(Debug)]
pub struct Events<'r> {
    run: &'r Run,
    ended: bool,
}

impl Iterator for Events<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        let next = self.run.next_event().unwrap_or_else(|error| {
            *self.run.broken() = Some(error);
            None
        });
        self.ended = next.is_none();
        next
    }
}

impl std::iter::FusedIterator for Events<'_> {}

/// A person's answer to a proposal. Text is a prompt to use instead of the proposed one.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Accepts the proposal. An empty prompt does not: it is rejected.
    Accept,
    /// A prompt, not empty.
    Prompt(String),
    /// Ends the run with what it has.
    Stop,
    /// An object whose members override those of the revision: {"request": {"prompt": "...", "seed": 7}}. Null
    /// removes a member.
    Change(Value),
}

impl Edit {
    /// The answer for the library, for which an empty text accepts.
    fn to_text(&self) -> String {
        match self {
            Edit::Accept => String::new(),
            Edit::Prompt(words) => Value::from(words.as_str()).to_string(),
            Edit::Stop => json!({"action": "stop"}).to_string(),
            Edit::Change(members) => members.to_string(),
        }
    }
}

impl From<&str> for Edit {
    fn from(prompt: &str) -> Edit {
        Edit::Prompt(prompt.to_string())
    }
}

impl From<String> for Edit {
    fn from(prompt: String) -> Edit {
        Edit::Prompt(prompt)
    }
}
