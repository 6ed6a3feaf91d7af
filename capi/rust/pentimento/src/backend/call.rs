//! A call that the library makes of a backend.

use super::critic::{Comparison, Critique, Plan};
use super::generator::Generation;
use super::registry::Calls;
use super::reviser::Revision;
use crate::error::{Charge, Code, Error, Result};
use crate::event::Event;
use crate::ffi::{self, call_for_plain_text, guard, view, Handle};
use crate::image::Image;
use crate::json::{Object, Value};
use crate::run::hash_of;
use pentimento_sys as sys;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The kind of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Make an image. The result is a `Generation`.
    Generate,
    /// Plan the requirements that can be judged for a brief. The result is a `Plan`.
    Plan,
    /// Judge an image. The result is a `Critique`.
    Critique,
    /// Say which of two images is preferred. The result is a `Comparison`.
    Compare,
    /// Choose what to request in the next round. The result is a `Revision`.
    Revise,
    /// Store an event, see `Refine::sink_later`. The result is `()`.
    Event,
}

/// The worst-case cost of a call of each kind, in micro-dollars.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WorstCases {
    pub generate: u64,
    pub plan: u64,
    pub critique: u64,
    pub compare: u64,
    pub revise: u64,
}

impl WorstCases {
    fn of(self, kind: Kind) -> u64 {
        match kind {
            Kind::Generate => self.generate,
            Kind::Plan => self.plan,
            Kind::Critique => self.critique,
            Kind::Compare => self.compare,
            Kind::Revise => self.revise,
            Kind::Event => 0,
        }
    }
}

/// The result of a call, of the kind that was asked for.
#[derive(Clone, Debug)]
pub enum Answer {
    Generation(Generation),
    Plan(Plan),
    Critique(Critique),
    Comparison(Comparison),
    Revision(Revision),
    /// The event is stored.
    Stored,
}

impl Answer {
    /// The JSON of it, and the images.
    fn into_parts(self) -> Result<(Value, Vec<Image>)> {
        Ok(match self {
            Answer::Generation(generation) => generation.into_parts(),
            Answer::Plan(plan) => (plan.into_json(), Vec::new()),
            Answer::Critique(critique) => return critique.into_parts(),
            Answer::Comparison(comparison) => (comparison.into_json(), Vec::new()),
            Answer::Revision(revision) => return revision.into_parts(),
            Answer::Stored => (Value::Object(Object::new()), Vec::new()),
        })
    }
}

impl From<Generation> for Answer {
    fn from(generation: Generation) -> Answer {
        Answer::Generation(generation)
    }
}

impl From<Plan> for Answer {
    fn from(plan: Plan) -> Answer {
        Answer::Plan(plan)
    }
}

impl From<Critique> for Answer {
    fn from(critique: Critique) -> Answer {
        Answer::Critique(critique)
    }
}

impl From<Comparison> for Answer {
    fn from(comparison: Comparison) -> Answer {
        Answer::Comparison(comparison)
    }
}

impl From<Revision> for Answer {
    fn from(revision: Revision) -> Answer {
        Answer::Revision(revision)
    }
}

/// The result of a call of kind `Event`.
impl From<()> for Answer {
    fn from((): ()) -> Answer {
        Answer::Stored
    }
}

/// What is asked.
enum Question {
    /// A request of a backend.
    Request(Value),
    /// An event for a sink.
    Event(Event),
}

/// A call that you finish, from any thread, now or later, by `finish`, `fail` or `complete`. If it is dropped
/// unfinished, also by a panic, it fails and its worst-case cost is recorded as maybe billed.
///
/// It is finished once:
///
/// ```compile_fail,E0382
/// # use pentimento::{Call, Code, Error};
/// fn both(call: Call) {
///     let _ = call.fail(&Error::new(Code::Refused, "not this"));
///     let _ = call.fail(&Error::new(Code::Refused, "nor this"));
/// }
/// ```
pub struct Call {
    handle: Handle<sys::ptm_call>,
    kind: Kind,
    question: Question,
    cancellation: Arc<Cancellation>,
    calls: Arc<Calls>,
    worst_case: u64,
    finished: bool,
}

impl Call {
    /// Takes a call of the library. Fails it at once if it cannot be read.
    pub(crate) fn taken(
        handle: *mut sys::ptm_call,
        calls: &Arc<Calls>,
        worst_cases: WorstCases,
    ) -> Option<Call> {
        let cancellation = Arc::<Cancellation>::default();
        calls.insert(handle, Arc::clone(&cancellation));
        let mut call = Call {
            handle: Handle(handle),
            kind: Kind::Generate,
            question: Question::Request(Value::Null),
            cancellation,
            calls: Arc::clone(calls),
            worst_case: 0,
            finished: false,
        };
        match call.read() {
            Ok((kind, question)) => {
                call.kind = kind;
                call.question = question;
                call.worst_case = worst_cases.of(kind);
                Some(call)
            }
            Err(error) => {
                let _ = call.fail(&error); // nobody else can be told
                None
            }
        }
    }

    fn read(&self) -> Result<(Kind, Question)> {
        // SAFETY: the call is ours, and the out parameters live as long as this.
        let text =
            call_for_plain_text(|text, error| unsafe { sys::ptm_call_request(self.handle.0, text, error) })?;
        let mut question = text.parse::<Value>()?;
        let kind = match question["kind"].as_str() {
            Some("generate") => Kind::Generate,
            Some("plan") => Kind::Plan,
            Some("critique") => Kind::Critique,
            Some("compare") => Kind::Compare,
            Some("revise") => Kind::Revise,
            None if question["type"].is_string() => {
                return Ok((Kind::Event, Question::Event(Event::of(text, question))))
            }
            _ => {
                let message = format!("a call of kind {} is unknown to this version", question["kind"]);
                return Err(Error::new(Code::Unsupported, message));
            }
        };
        Ok((kind, Question::Request(question["request"].take())))
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The request as JSON, or the event of a sink. `GenerationRequest` and the like give its parts names.
    pub fn request(&self) -> &Value {
        match &self.question {
            Question::Request(request) => request,
            Question::Event(event) => event.json(),
        }
    }

    /// The event to store. `None` for the calls of backends.
    pub fn event(&self) -> Option<&Event> {
        match &self.question {
            Question::Request(_) => None,
            Question::Event(event) => Some(event),
        }
    }

    /// The image of a record in the request. Errors: `NotFound`; `InvalidArgument` if it is not a record; `Handle`, as
    /// for `finish`.
    pub fn image(&self, record: &Value) -> Result<Image> {
        let hash = hash_of(record)?;
        // SAFETY: the call is ours until it is finished; the text is only read within this.
        let image = Image::given_by(|image, error| unsafe {
            sys::ptm_call_image(self.handle.0, view(hash), image, error)
        });
        image.map_err(if_dead)
    }

    /// True if the result is no longer wanted: finish soon, with anything.
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.lock().cancelled
    }

    /// Blocks for this time, or until the call is cancelled. True if it is cancelled.
    pub fn cancelled_within(&self, time: Duration) -> bool {
        self.cancellation.wait(time)
    }

    /// Calls the hook once the call is cancelled: on a thread of the engine, or before this returns if it is cancelled
    /// already. Replaces an earlier hook. A hook that was not called is dropped with the call.
    pub fn on_cancel(&self, hook: impl FnOnce() + Send + 'static) {
        self.cancellation.set_hook(Box::new(hook));
    }

    /// Finishes the call with its result.
    ///
    /// Errors: `InvalidArgument`, `ParseFailed` or `TooLarge` for an invalid result; the call then fails with the same
    /// error, and its worst-case cost is recorded as maybe billed. `Handle` if the call is dead: its engine was
    /// dropped, or its run was and its backend was replaced. A valid result that does not fit the call, for example a
    /// finding on an item that is not in the checklist, is `Ok`; the call fails with `UnusableReply`.
    pub fn finish(mut self, answer: impl Into<Answer>) -> Result<()> {
        let (result, images) = match answer.into().into_parts() {
            Ok(parts) => parts,
            Err(error) => {
                self.fail_unpaid_or_not(error.clone());
                return Err(error);
            }
        };
        let result = result.to_string();
        let handles: Vec<*const sys::ptm_image> = images.iter().map(Image::handle).collect();
        self.forget_cancellation();
        // SAFETY: the call is ours; the text and the images live as long as this.
        let finished = ffi::call(|error| unsafe {
            sys::ptm_call_finish(self.handle.0, view(&result), handles.as_ptr(), handles.len(), error)
        });
        match finished {
            Ok(_) => {
                self.finished = true;
                Ok(())
            }
            Err(error) => {
                let error = if_dead(error);
                self.fail_unpaid_or_not(error.clone());
                Err(error)
            }
        }
    }

    /// Finishes the call with an error, which is never turned into a verdict. Errors: `Handle`, as for `finish`;
    /// `TooLarge` for an error that is too long, and the call then fails with `BackendFailed`.
    pub fn fail(mut self, error: &Error) -> Result<()> {
        self.fail_with(error)
    }

    /// Finishes the call with a result or an error. Errors: as for `finish` and `fail`.
    pub fn complete(self, result: Result<impl Into<Answer>>) -> Result<()> {
        match result {
            Ok(answer) => self.finish(answer),
            Err(error) => self.fail(&error),
        }
    }

    fn fail_with(&mut self, error: &Error) -> Result<()> {
        self.forget_cancellation();
        self.finished = true;
        let refused = match self.tell(error) {
            Err(refused) if refused.code() != Code::Handle => refused,
            told => return told,
        };
        // The call must end, and its charge is known.
        let message = format!("the error of the backend is invalid: {}", refused.message());
        let mut instead = Error::new(Code::BackendFailed, message);
        if let Some(charge) = error.charge() {
            instead = instead.with_charge(charge);
        }
        let _ = self.tell(&instead); // nothing else can be reported
        Err(refused)
    }

    fn tell(&self, error: &Error) -> Result<()> {
        let failure = error.to_json().to_string();
        // SAFETY: the call is ours, and the text is only read within this.
        ffi::call(|error| unsafe { sys::ptm_call_fail(self.handle.0, view(&failure), error) })
            .map_err(if_dead)?;
        Ok(())
    }

    /// Fails a call whose cost is unknown.
    fn fail_unpaid_or_not(&mut self, mut error: Error) {
        if self.worst_case > 0 {
            error = error.with_charge(Charge::maybe_billed(self.worst_case));
        }
        let _ = self.fail_with(&error); // nobody else can be told
    }

    fn forget_cancellation(&self) {
        drop(self.calls.remove(self.handle.0));
    }
}

/// Replaces the message of the library, which is about handles, for a dead call.
fn if_dead(error: Error) -> Error {
    if error.code() != Code::Handle {
        return error;
    }
    let message = "this call is dead: its engine was dropped, or its run was and its backend was replaced";
    Error::new(Code::Handle, message)
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let why = if thread::panicking() {
            "the backend panicked"
        } else {
            "the backend dropped the call without a result"
        };
        self.fail_unpaid_or_not(Error::new(Code::BackendFailed, why));
    }
}

impl Debug for Call {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.debug_struct("Call").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The state of a cancellation and its observers.
#[derive(Default)]
pub(crate) struct Cancellation {
    state: Mutex<CancelState>,
    changed: Condvar,
}

#[derive(Default)]
struct CancelState {
    cancelled: bool,
    hook: Option<Hook>,
}

type Hook = Box<dyn FnOnce() + Send>;

impl Cancellation {
    pub(crate) fn cancel(&self) {
        let mut state = self.lock();
        state.cancelled = true;
        let hook = state.hook.take();
        drop(state);
        self.changed.notify_all();
        if let Some(hook) = hook {
            hook();
        }
    }

    fn set_hook(&self, hook: Hook) {
        let mut state = self.lock();
        if state.cancelled {
            drop(state);
            hook();
            return;
        }
        let old = state.hook.replace(hook);
        drop(state);
        drop(old); // code of others, not to be run under the lock
    }

    fn wait(&self, time: Duration) -> bool {
        let until = Instant::now().checked_add(time);
        let mut state = self.lock();
        while !state.cancelled {
            let left = match until {
                Some(until) => until.saturating_duration_since(Instant::now()),
                None => Duration::from_secs(3600), // longer than a clock can say: look again
            };
            if left == Duration::ZERO {
                return false;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, CancelState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers a call by code that may block, on a separate thread.
pub(crate) fn on_thread(call: Call, work: impl FnOnce(&Call) -> Result<Answer> + Send + 'static) {
    // If no thread can be started, the closure is dropped. The call is kept outside of it, to be failed.
    let slot = Arc::new(Mutex::new(Some(call)));
    let for_thread = Arc::clone(&slot);
    let started = thread::Builder::new().name("pentimento call".to_string()).spawn(move || {
        if let Some(call) = take(&for_thread) {
            answer(call, work);
        }
    });
    if let Err(error) = started {
        if let Some(call) = take(&slot) {
            let message = format!("no thread can be started for the call: {error}");
            // Nothing was begun, so nothing was paid.
            let _ = call.fail(&Error::new(Code::BackendFailed, message));
        }
    }
}

fn take(slot: &Mutex<Option<Call>>) -> Option<Call> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}

pub(crate) fn answer(mut call: Call, work: impl FnOnce(&Call) -> Result<Answer>) {
    match guard(|| work(&call)) {
        // An invalid result has failed the call already; a late one is not wanted.
        Ok(result) => drop(call.complete(result)),
        Err(panic) => {
            let message = format!("the backend panicked: {panic}");
            call.fail_unpaid_or_not(Error::new(Code::BackendFailed, message));
        }
    }
}
