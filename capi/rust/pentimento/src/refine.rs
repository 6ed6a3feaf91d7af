//! Requests.

use crate::backend::{self, Call, WorstCases};
use crate::brief::Brief;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::event::Event;
use crate::ffi::{self, call, guard, view, Handle};
use crate::image::Image;
use crate::json::{json, Object, Value};
use crate::run::Run;
use crate::stream::{EventStream, Queue};
use crate::transcript::Transcript;
use pentimento_sys as sys;
use std::fmt::{self, Debug, Formatter};
use std::mem;
use std::os::raw::{c_char, c_void};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The answer of a stop policy. `bool` and `Option<String>` convert to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    GoOn,
    /// The run ends, for this reason, which may be empty.
    Because(String),
}

impl From<bool> for Stop {
    fn from(stop: bool) -> Stop {
        if stop {
            Stop::Because(String::new())
        } else {
            Stop::GoOn
        }
    }
}

impl From<Option<String>> for Stop {
    fn from(why: Option<String>) -> Stop {
        why.map_or(Stop::GoOn, Stop::Because)
    }
}

/// What becomes of calls that were in progress when a run was interrupted and may have been billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownOutcome {
    /// The run is not resumed: it ends at once with the error `OutcomeUnknown`. The default.
    Reject,
    /// They count as failed, and their worst-case cost as perhaps billed.
    Abandon,
    /// They are made and paid again. The worst-case cost of the first time counts as perhaps billed.
    Repeat,
}

type Policy = Box<dyn FnMut(&Transcript) -> Stop + Send>;

/// Makes what starts the calls of a sink. Called when the run begins.
type Sink = Box<dyn FnOnce() -> Result<backend::Start> + Send>;

/// A request for a run, or to go on with one. Everything has a default. `start` validates it before anything begins.
#[must_use = "nothing happens until it is started"]
pub struct Refine {
    engine: Engine,
    /// `None` for a run that is resumed.
    brief: Option<Brief>,
    folder: Option<PathBuf>,
    request: Object,
    images: Vec<Image>,
    stop: Option<Policy>,
    sink: Option<Sink>,
}

impl Refine {
    pub(crate) fn new(engine: Engine, brief: Brief) -> Refine {
        Refine {
            engine,
            brief: Some(brief),
            folder: None,
            request: Object::new(),
            images: Vec::new(),
            stop: None,
            sink: None,
        }
    }

    pub(crate) fn resumed(engine: Engine, folder: PathBuf) -> Refine {
        let request = Object::new();
        Refine {
            engine,
            brief: None,
            folder: Some(folder),
            request,
            images: Vec::new(),
            stop: None,
            sink: None,
        }
    }

    /// Records the run in a folder, which is created if it does not exist and must not hold a run. Every event is
    /// recorded before the sink and everybody else get it, so that the record survives the end of the program, however
    /// it ends: see `Engine::resume` and `read_run`. A failure to record ends the run as failed, with `ObserverFailed`.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Refine {
        self.folder = Some(folder.into());
        self
    }

    /// What becomes of calls that may have been billed. Only for a run that is resumed.
    pub fn unknown_outcome(self, choice: UnknownOutcome) -> Refine {
        let name = match choice {
            UnknownOutcome::Reject => "reject",
            UnknownOutcome::Abandon => "abandon",
            UnknownOutcome::Repeat => "repeat",
        };
        self.set("unknown_outcome", name)
    }

    /// "NAME", "NAME:MODEL", or an object with "name" and settings. Default: "sketch".
    pub fn generator(self, backend: impl Into<Value>) -> Refine {
        self.set("generator", backend)
    }

    /// Likewise. Default: "measure".
    pub fn critic(self, backend: impl Into<Value>) -> Refine {
        self.set("critic", backend)
    }

    /// Likewise. Default: "checklist".
    pub fn reviser(self, backend: impl Into<Value>) -> Refine {
        self.set("reviser", backend)
    }

    /// Asks you about every revision that this reviser proposes; see `Event::proposal` and `Run::answer`. The
    /// run waits for the answer.
    pub fn ask(self, proposer: impl Into<Value>) -> Refine {
        self.reviser(json!({"name": "ask", "proposer": proposer.into()}))
    }

    /// The stop policy. Default: "satisfied || rounds(6) || plateau(3)". `parse_policy` validates one.
    pub fn until(self, policy: impl Into<String>) -> Refine {
        self.set("until", policy.into())
    }

    /// An additional stop policy: the run ends when either holds. The closure is called on a thread of the
    /// engine with the run so far and should return soon. If it panics, the run ends as failed.
    ///
    /// ```no_run
    /// # fn run(engine: &pentimento::Engine) -> pentimento::Result<pentimento::Run> {
    /// engine
    ///     .refine("a red mug")
    ///     .stop_when(|run| run.finished_rounds() >= 3 && run.best_score().percent >= 80)
    ///     .start()
    /// # }
    /// ```
    ///
    /// It is called after every round and before every call that costs money. Before a call, its round is
    /// already the last of `Transcript::rounds`, perhaps empty, and its worst-case cost is in
    /// `reserved_micros`: `run.rounds().len() == 3` is true before the third round is made,
    /// `run.finished_rounds() == 3` after it. It may be called several times for the same transcript, so it
    /// must depend on that alone.
    ///
    /// A second closure replaces the first. The closure outlives the caller, so it cannot borrow from it:
    ///
    /// ```compile_fail,E0373
    /// # fn run(engine: &pentimento::Engine) -> pentimento::Result<pentimento::Run> {
    /// let limit = 3;
    /// engine.refine("a red mug").stop_when(|run| run.finished_rounds() >= limit).start()
    /// # }
    /// ```
    pub fn stop_when<R: Into<Stop>>(
        mut self,
        mut policy: impl FnMut(&Transcript) -> R + Send + 'static,
    ) -> Refine {
        self.stop = Some(Box::new(move |transcript| policy(transcript).into()));
        self
    }

    /// A sink that the run waits for at every event, before `Run::events` has it: to store the events of a run
    /// so that none is lost. What an event announces happens after the sink has returned, so no paid call is made
    /// before its event is stored. A second sink replaces the first.
    ///
    /// ```no_run
    /// # fn run(engine: &pentimento::Engine) -> Result<pentimento::Run, Box<dyn std::error::Error>> {
    /// use pentimento::{Code, Error};
    /// use std::io::Write;
    ///
    /// let mut file = std::fs::File::create("events.jsonl")?;
    /// let run = engine
    ///     .refine("a red mug")
    ///     .sink(move |event, _call| {
    ///         writeln!(file, "{}", event.record())
    ///             .and_then(|()| file.sync_data())
    ///             .map_err(|error| Error::new(Code::IoFailed, error.to_string()))
    ///     })
    ///     .start()?;
    /// # Ok(run)
    /// # }
    /// ```
    ///
    /// The closure runs on a thread of its own, one event at a time, and may block. `Call::image` returns the
    /// images of the event by their records. It gets every event, also after the run was dropped, but none of kind
    /// "revision_proposed".
    ///
    /// An error or a panic of the closure ends the run as failed, with `ObserverFailed`, and it gets no further
    /// events. After the run was cancelled, or its time ran out, it has 50 ms for each event.
    pub fn sink(mut self, mut sink: impl FnMut(&Event, &Call) -> Result<()> + Send + 'static) -> Refine {
        self.sink = Some(Box::new(move || {
            let (sender, receiver) = mpsc::channel::<Call>();
            // Ends with the sender, which the library releases after the last call.
            let work = move || {
                for call in receiver {
                    backend::answer(call, |call| {
                        call.event().map_or(Ok(()), |event| sink(event, call)).map(Into::into)
                    });
                }
            };
            thread::Builder::new().name("pentimento sink".to_string()).spawn(work).map_err(|error| {
                Error::new(Code::NoMemory, format!("no thread can be started for the sink: {error}"))
            })?;
            let sender = Mutex::new(sender);
            Ok(Box::new(move |call| {
                // A call that cannot be sent is dropped, which fails it.
                let _ = sender.lock().unwrap_or_else(PoisonError::into_inner).send(call);
            }) as backend::Start)
        }));
        self
    }

    /// A sink without a thread: the closure receives each event as a `Call` of kind `Event` on a thread of the
    /// engine and returns soon. `call.finish(())` says that the event is stored. Otherwise like `sink`.
    pub fn sink_later(mut self, start: impl Fn(Call) + Send + Sync + 'static) -> Refine {
        self.sink = Some(Box::new(move || Ok(Box::new(start) as backend::Start)));
        self
    }

    /// The number of images per round, 1 to 64. Default: 1.
    pub fn drafts(self, drafts: u32) -> Refine {
        self.set("drafts", drafts)
    }

    pub fn seed(self, seed: u64) -> Refine {
        self.set("seed", seed)
    }

    /// Any other member of the request, as `ptm_refine` documents it: "max_edit_depth", "critique_retries",
    /// "keep_init_image", "on_satisfied", "on_error", "on_refusal". The brief is not set by it.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<Value>) -> Refine {
        self.request.insert(name.into(), value.into());
        self
    }

    /// Adds an image whose record is in a brief given as JSON.
    pub fn image(mut self, image: Image) -> Refine {
        self.images.push(image);
        self
    }

    /// Begins the run. Read its events with `Run::events`.
    ///
    /// Errors: `InvalidArgument` or `NotFound` for an unknown backend, `ParseFailed` for an invalid policy or
    /// an unknown member, `Unauthorized` for a missing key.
    pub fn start(self) -> Result<Run> {
        self.begin(None)
    }

    /// Begins the run and returns its events as a stream for async code, with any executor. Errors: as for
    /// `start`.
    ///
    /// ```no_run
    /// # async fn run(engine: pentimento::Engine) -> pentimento::Result<()> {
    /// let (run, mut events) = engine.refine("two red mugs").start_async()?;
    /// while let Some(event) = events.next().await {
    ///     println!("{event}");
    /// }
    /// run.outcome()?.best().image().save("mugs.png")?; // does not wait: the run has ended
    /// # Ok(())
    /// # }
    /// ```
    pub fn start_async(self) -> Result<(Run, EventStream)> {
        let queue = Arc::new(Queue::default());
        let run = self.begin(Some(Arc::clone(&queue)))?;
        Ok((run, EventStream::new(queue)))
    }

    fn begin(self, queue: Option<Arc<Queue>>) -> Result<Run> {
        let Refine { engine, brief, folder, mut request, mut images, stop, sink } = self;
        let sink = sink.map(|make| make()).transpose()?;
        let begin_run = if brief.is_some() { sys::ptm_refine } else { sys::ptm_resume };
        if let Some(brief) = brief {
            let (brief, pictures) = brief.into_parts()?;
            request.insert("brief".to_string(), brief);
            images.extend(pictures);
        }
        let folder = folder.as_deref().map(text_of).transpose()?;
        let request = Value::Object(request).to_string();
        let handles: Vec<*const sys::ptm_image> = images.iter().map(Image::handle).collect();

        let streams = queue.is_some();
        let asks = stop.is_some();
        let user = Box::into_raw(Box::new(User { queue, stop: Mutex::new(stop) }));
        let options = sys::ptm_run_options {
            struct_size: mem::size_of::<sys::ptm_run_options>(),
            events: if streams { sys::PTM_EVENTS_THREAD } else { sys::PTM_EVENTS_PULL },
            user: user.cast::<c_void>(),
            on_event: if streams { Some(on_event) } else { None },
            on_end: if streams { Some(on_end) } else { None },
            stop: if asks { Some(ask_policy) } else { None },
            destroy: Some(destroy),
            images: handles.as_ptr(),
            image_count: handles.len(),
            sink: ptr::null(),
            folder: folder.map_or(sys::ptm_str { data: ptr::null(), size: 0 }, view),
        };
        let mut run: *mut sys::ptm_run = ptr::null_mut();
        let mut begin = |sink, error| {
            let options = sys::ptm_run_options { sink, ..options };
            // SAFETY: the request, the options, the folder and the images live as long as the call, and what is kept is
            // copied. The library owns `user` if the call succeeds, and gives it back by `destroy`, once.
            unsafe { begin_run(engine.handle(), view(&request), &options, &mut run, error) }
        };
        let begun = match sink {
            Some(start) => backend::add(start, WorstCases::default(), &mut begin),
            None => call(|error| begin(ptr::null(), error)).map(drop),
        };
        match begun {
            Ok(()) => Ok(Run::new(Some(engine), Handle(run))),
            Err(error) => {
                // SAFETY: the library did not take it and calls nothing with it, so that it is ours again.
                drop(unsafe { Box::from_raw(user) });
                Err(error)
            }
        }
    }
}

/// The path of a folder for the library. Errors: `InvalidArgument`.
pub(crate) fn text_of(folder: &Path) -> Result<&str> {
    match folder.to_str() {
        Some("") => Err(Error::new(Code::InvalidArgument, "the folder is empty; a path is needed")),
        Some(text) => Ok(text),
        None => Err(Error::new(Code::InvalidArgument, "the path of the folder is not UTF-8")),
    }
}

impl Debug for Refine {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.debug_struct("Refine")
            .field("brief", &self.brief)
            .field("folder", &self.folder)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

/// What the callbacks of a run work with.
struct User {
    queue: Option<Arc<Queue>>,
    /// The library makes one call at a time; the lock tells the compiler.
    stop: Mutex<Option<Policy>>,
}

unsafe extern "C" fn on_event(user: *mut c_void, _run: *mut sys::ptm_run, event: sys::ptm_str) {
    let _ = guard(|| {
        // SAFETY: `user` is the one of `begin`, which lives until `destroy`; the view is valid within the
        // call.
        let (user, text) = unsafe { (&*user.cast::<User>(), ffi::copy(event)) };
        if let Some(queue) = &user.queue {
            queue.push(text);
        }
    });
}

unsafe extern "C" fn on_end(user: *mut c_void, _run: *mut sys::ptm_run) {
    let _ = guard(|| {
        // SAFETY: as in `on_event`.
        let user = unsafe { &*user.cast::<User>() };
        if let Some(queue) = &user.queue {
            queue.end();
        }
    });
}

unsafe extern "C" fn ask_policy(
    user: *mut c_void,
    transcript: sys::ptm_str,
    why: *mut c_char,
    capacity: usize,
) -> i32 {
    /// Any value but "go on" and "stop" ends the run as failed.
    const FAILED: i32 = -1;
    let answer = guard(|| {
        // SAFETY: as in `on_event`.
        let (user, text) = unsafe { (&*user.cast::<User>(), ffi::copy(transcript)) };
        let transcript = text
            .parse::<Value>()
            .map_err(|error| format!("the transcript for the stop policy cannot be read: {error}"))?;
        // A panic of the policy poisons the lock, and the run with it: it is not asked again.
        let mut stop = user.stop.lock().map_err(|_| "the stop policy has panicked before")?;
        Ok::<Stop, String>(stop.as_mut().map_or(Stop::GoOn, |policy| policy(&Transcript::from(transcript))))
    });
    let (status, words) = match answer {
        Ok(Ok(Stop::GoOn)) => return sys::PTM_GO_ON,
        Ok(Ok(Stop::Because(words))) => (sys::PTM_STOP, words),
        Ok(Err(error)) => (FAILED, error),
        Err(panic) => (FAILED, format!("the stop policy panicked: {panic}")),
    };
    // SAFETY: the library says that `capacity` bytes can be written there.
    unsafe { write_reason(&words, why, capacity) };
    status
}

/// Writes as many of the words as fit, cut between two characters and with three dots, and a NUL byte.
///
/// # Safety
/// `capacity` bytes can be written at `why`.
unsafe fn write_reason(words: &str, why: *mut c_char, capacity: usize) {
    if why.is_null() || capacity == 0 {
        return;
    }
    const CUT: &str = "...";
    let mut words = words.replace('\0', " ");
    if words.len() > capacity - 1 {
        let mut size = (capacity - 1).saturating_sub(CUT.len());
        while !words.is_char_boundary(size) {
            size -= 1;
        }
        words.truncate(size);
        words += CUT;
    }
    let size = words.len().min(capacity - 1);
    // SAFETY: `size` is less than the capacity and at most the size of `words`; the buffers do not overlap.
    unsafe {
        ptr::copy_nonoverlapping(words.as_ptr(), why.cast::<u8>(), size);
        *why.add(size) = 0;
    }
}

unsafe extern "C" fn destroy(user: *mut c_void) {
    let _ = guard(|| {
        // SAFETY: `user` is the box of `begin`; this is called once, after the last other callback.
        let user = unsafe { Box::from_raw(user.cast::<User>()) };
        // `on_end` is not called for a run that was dropped.
        if let Some(queue) = &user.queue {
            queue.end();
        }
        // The policy is dropped although a panic may have poisoned its lock.
        drop(user.stop.into_inner().unwrap_or_else(PoisonError::into_inner));
    });
}
