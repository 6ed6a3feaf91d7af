//! The engine.

use crate::backend::{self, Call, Capabilities, Critic, CriticProfile, Generator, Reviser, ReviserProfile};
use crate::brief::Brief;
use crate::error::{Code, Error, Result};
use crate::ffi::{call, call_for_json, view, Handle};
use crate::json::{Object, Value};
use crate::refine::Refine;
use pentimento_sys as sys;
use std::mem;
use std::path::PathBuf;
use std::ptr;
use std::sync::Arc;

/// Threads, backends and connections. One engine per program is enough: its runs work concurrently. Clones
/// are the same engine.
///
/// The engine ends when its last clone and its last run are dropped. `drop` then blocks until its threads
/// have ended and its backends are dropped, except on a thread of the engine. It does not wait for a
/// `Generator`, `Critic` or `Reviser` that still works, whose result is no longer wanted.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Shared>);

#[derive(Debug)]
struct Shared(Handle<sys::ptm_engine>);

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and this is the last use of it.
        unsafe { sys::ptm_engine_destroy(self.0 .0) }
    }
}

impl Engine {
    /// An engine with one thread, which is enough for many runs; see `builder` for other settings. Errors:
    /// `Version` if the library is older than this crate; `NoMemory`.
    pub fn new() -> Result<Engine> {
        Engine::builder().build()
    }

    /// An engine with settings.
    ///
    /// ```
    /// # fn main() -> pentimento::Result<()> {
    /// let engine = pentimento::Engine::builder().threads(2).setting("key_file", "").build()?;
    /// # drop(engine);
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> EngineBuilder {
        EngineBuilder { threads: 0, settings: Object::new() }
    }

    /// The available backends: {"generators": [{"name", "what", "key", "base_url"}], "critics": [...],
    /// "revisers": [...]}.
    pub fn backends(&self) -> Result<Value> {
        // SAFETY: the handle is ours, and the out parameters live as long as the call.
        call_for_json(|json, error| unsafe { sys::ptm_engine_backends(self.handle(), json, error) })
    }

    /// Configures a run; `start` begins it.
    pub fn refine(&self, brief: impl Into<Brief>) -> Refine {
        Refine::new(self.clone(), brief.into())
    }

    /// Configures how an interrupted run goes on from its record in a folder; `start` begins it. No call that has ended
    /// is made again, and the limits on money, rounds and time continue from where they were. Brief, settings and policy
    /// are those of the record. Give the backends that the run was begun with, yours under the same names; no other
    /// member than these can be set.
    ///
    /// The events of the run are the new ones; its transcript and outcome are those of the whole. Of a run that has ended
    /// the outcome is the recorded one.
    ///
    /// Errors of `start`: those of `read_run`; `IoFailed` if another process holds the run, with its name; `InvalidArgument`
    /// for a run with a stop policy of yours that is not given. The run ends at once, with an error in its `ending`, if the
    /// backends are others (`InvalidArgument`), or a call may have been billed (`OutcomeUnknown`): see
    /// `Refine::unknown_outcome`.
    pub fn resume(&self, folder: impl Into<PathBuf>) -> Refine {
        Refine::resumed(self.clone(), folder.into())
    }

    /// Adds a generator under the name in its capabilities, replacing any of that name. Every call runs on a
    /// separate thread. Errors: `InvalidArgument`, `ParseFailed`.
    ///
    /// It is shared by threads, so that it must be `Send` and `Sync`:
    ///
    /// ```compile_fail,E0277
    /// use pentimento::*;
    ///
    /// struct Counting(std::rc::Rc<i32>);
    /// impl Generator for Counting {
    ///     fn capabilities(&self) -> Capabilities { Capabilities::new("counting") }
    ///     fn generate(&self, _: GenerationRequest<'_>) -> Result<Generation> { unimplemented!() }
    /// }
    /// ```
    pub fn add_generator(&self, generator: impl Generator) -> Result<()> {
        let capabilities = generator.capabilities();
        self.add_generator_later(capabilities, backend::blocking_generator(generator))
    }

    /// Adds a generator that finishes its calls later: the closure receives each `Call` on a thread of the
    /// engine, passes it on and returns soon. Several calls may be in progress. Errors: as for
    /// `add_generator`.
    pub fn add_generator_later(
        &self,
        capabilities: Capabilities,
        start: impl Fn(Call) + Send + Sync + 'static,
    ) -> Result<()> {
        let description = capabilities.to_json().to_string();
        backend::add(Box::new(start), capabilities.worst_cases(), |backend, error| {
            // SAFETY: the handle is ours; the text and the table are copied within the call.
            unsafe { sys::ptm_engine_add_generator(self.handle(), view(&description), backend, error) }
        })
    }

    /// Adds a critic under the name in its profile, replacing any of that name. Every call runs on a separate
    /// thread. Errors: `InvalidArgument`, `ParseFailed`.
    pub fn add_critic(&self, critic: impl Critic) -> Result<()> {
        let profile = critic.profile();
        self.add_critic_later(profile, backend::blocking_critic(critic))
    }

    /// Adds a critic that finishes its calls later; see `add_generator_later`. `Call::kind` says what is
    /// asked.
    pub fn add_critic_later(
        &self,
        profile: CriticProfile,
        start: impl Fn(Call) + Send + Sync + 'static,
    ) -> Result<()> {
        let description = profile.to_json().to_string();
        backend::add(Box::new(start), profile.worst_cases(), |backend, error| {
            // SAFETY: as in `add_generator_later`.
            unsafe { sys::ptm_engine_add_critic(self.handle(), view(&description), backend, error) }
        })
    }

    /// Adds a reviser under the name in its profile, replacing any of that name; "ask" is taken. Every call runs
    /// on a separate thread. Errors: `InvalidArgument`, `ParseFailed`.
    pub fn add_reviser(&self, reviser: impl Reviser) -> Result<()> {
        let profile = reviser.profile();
        self.add_reviser_later(profile, backend::blocking_reviser(reviser))
    }

    /// Adds a reviser that finishes its calls later; see `add_generator_later`.
    pub fn add_reviser_later(
        &self,
        profile: ReviserProfile,
        start: impl Fn(Call) + Send + Sync + 'static,
    ) -> Result<()> {
        let description = profile.to_json().to_string();
        backend::add(Box::new(start), profile.worst_cases(), |backend, error| {
            // SAFETY: as in `add_generator_later`.
            unsafe { sys::ptm_engine_add_reviser(self.handle(), view(&description), backend, error) }
        })
    }

    /// For calls of the library that last no longer than this engine.
    pub(crate) fn handle(&self) -> *mut sys::ptm_engine {
        self.0 .0 .0
    }
}

/// The settings of an engine.
#[derive(Clone, Debug)]
pub struct EngineBuilder {
    threads: i32,
    settings: Object,
}

impl EngineBuilder {
    /// The number of threads, 1 to 64. Default: 1.
    #[must_use]
    pub fn threads(mut self, threads: i32) -> EngineBuilder {
        self.threads = threads;
        self
    }

    /// A setting: "ca_file", "proxy", "prices", "key_file" or "dotenv", as `ptm_engine_options` documents
    /// them.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<Value>) -> EngineBuilder {
        self.settings.insert(name.into(), value.into());
        self
    }

    /// Errors: `InvalidArgument` for threads out of range, `ParseFailed` for an unknown setting, `IoFailed`
    /// for a file that cannot be read; those of `Engine::new`.
    pub fn build(self) -> Result<Engine> {
        // SAFETY: it takes nothing and may be called at any time.
        let loaded = unsafe { sys::ptm_abi_version() };
        if loaded < sys::PTM_ABI_VERSION {
            let wanted = sys::PTM_ABI_VERSION;
            let message =
                format!("the library has version {loaded} of the interface; this crate needs {wanted}");
            return Err(Error::new(Code::Version, message));
        }
        let settings =
            if self.settings.is_empty() { String::new() } else { Value::Object(self.settings).to_string() };
        let options = sys::ptm_engine_options {
            struct_size: mem::size_of::<sys::ptm_engine_options>(),
            threads: self.threads,
            settings: view(&settings),
        };
        let mut engine: *mut sys::ptm_engine = ptr::null_mut();
        // SAFETY: the options say how large they are and are copied; the out parameters live as long as the
        // call.
        call(|error| unsafe { sys::ptm_engine_create(&options, &mut engine, error) })?;
        Ok(Engine(Arc::new(Shared(Handle(engine)))))
    }
}
