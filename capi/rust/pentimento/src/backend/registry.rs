//! Gives a backend to the library: the table of its functions, and which calls are under way.

use super::call::{Call, Cancellation, WorstCases};
use crate::error::Result;
use crate::ffi::{call, guard};
use pentimento_sys as sys;
use std::collections::HashMap;
use std::mem;
use std::os::raw::c_void;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) type Start = Box<dyn Fn(Call) + Send + Sync>;

/// The unfinished calls by their handles, so that a cancel finds its call.
#[derive(Default)]
pub(crate) struct Calls(Mutex<HashMap<usize, Arc<Cancellation>>>);

impl Calls {
    pub(crate) fn insert(&self, handle: *mut sys::ptm_call, cancellation: Arc<Cancellation>) {
        self.with(|calls| calls.insert(handle as usize, cancellation));
    }

    /// Call it before a call is finished: the library may reuse a dead handle.
    pub(crate) fn remove(&self, handle: *mut sys::ptm_call) -> Option<Arc<Cancellation>> {
        self.with(|calls| calls.remove(&(handle as usize)))
    }

    fn find(&self, handle: *mut sys::ptm_call) -> Option<Arc<Cancellation>> {
        self.with(|calls| calls.get(&(handle as usize)).cloned())
    }

    /// No user code runs under the lock, and nothing is dropped under it.
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<usize, Arc<Cancellation>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What the callbacks of a backend work with.
struct User {
    start: Start,
    calls: Arc<Calls>,
    worst_cases: WorstCases,
}

/// Hands a backend over by `function`, which gets the table.
pub(crate) fn add(
    start: Start,
    worst_cases: WorstCases,
    function: impl FnOnce(*const sys::ptm_backend, *mut *mut sys::ptm_error) -> sys::ptm_status,
) -> Result<()> {
    let user = Box::into_raw(Box::new(User { start, calls: Arc::default(), worst_cases }));
    let backend = sys::ptm_backend {
        struct_size: mem::size_of::<sys::ptm_backend>(),
        abi_version: sys::PTM_ABI_VERSION as u32,
        user: user.cast::<c_void>(),
        start: Some(on_start),
        cancel: Some(on_cancel),
        destroy: Some(on_destroy),
    };
    match call(|error| function(&backend, error)) {
        Ok(_) => Ok(()),
        Err(error) => {
            // SAFETY: the library did not take it and calls nothing with it, so that it is ours again.
            drop(unsafe { Box::from_raw(user) });
            Err(error)
        }
    }
}

unsafe extern "C" fn on_start(user: *mut c_void, call: *mut sys::ptm_call) {
    let _ = guard(|| {
        // SAFETY: `user` is the box of `add`, which lives until `on_destroy`.
        let user = unsafe { &*user.cast::<User>() };
        // From here on the call is finished by its own `drop` if by nothing else, also when `start` panics.
        if let Some(call) = Call::taken(call, &user.calls, user.worst_cases) {
            (user.start)(call);
        }
    });
}

unsafe extern "C" fn on_cancel(user: *mut c_void, call: *mut sys::ptm_call) {
    let _ = guard(|| {
        // SAFETY: as in `on_start`.
        let user = unsafe { &*user.cast::<User>() };
        if let Some(cancellation) = user.calls.find(call) {
            cancellation.cancel();
        }
    });
}

unsafe extern "C" fn on_destroy(user: *mut c_void) {
    // SAFETY: `user` is the box of `add`; this is called once, when neither of the others is called any more.
    let _ = guard(|| drop(unsafe { Box::from_raw(user.cast::<User>()) }));
}
