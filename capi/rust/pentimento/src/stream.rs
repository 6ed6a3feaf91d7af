//! The events of a run for async code.

use crate::event::Event;
use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// The events of a run for async code, with any executor. With the feature `futures-core` it is a
/// `futures_core::Stream`.
///
/// Events are queued here, without a limit, until they are taken. The stream ends after the last event;
/// `Run::outcome` does not block then. It ends early if the run is dropped. The run goes on if the stream is
/// dropped.
pub struct EventStream {
    queue: Arc<Queue>,
}

impl EventStream {
    pub(crate) fn new(queue: Arc<Queue>) -> EventStream {
        EventStream { queue }
    }

    /// The next event if there is one, `None` after the last. Otherwise the waker of the latest call is woken, once,
    /// when there is one. It is called on a thread of the engine.
    pub fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.queue.poll(cx.waker())
    }

    /// The next event, `None` after the last. A future that is dropped loses no event.
    pub async fn next(&mut self) -> Option<Event> {
        Next(self).await
    }
}

#[cfg(feature = "futures-core")]
impl futures_core::Stream for EventStream {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        EventStream::poll_next(self, cx)
    }
}

impl Debug for EventStream {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.debug_struct("EventStream").finish_non_exhaustive()
    }
}

struct Next<'s>(&'s mut EventStream);

impl Future for Next<'_> {
    type Output = Option<Event>;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        Pin::new(&mut *self.0).poll_next(cx)
    }
}

/// Between the thread of the engine, which puts events in, and the task that takes them out.
#[derive(Default)]
pub(crate) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    /// As they came: they are read where they are taken, so that the engine's thread is free sooner.
    texts: VecDeque<String>,
    ended: bool,
    waker: Option<Waker>,
}

impl Queue {
    pub(crate) fn push(&self, text: String) {
        let mut state = self.lock();
        state.texts.push_back(text);
        wake(state);
    }

    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        wake(state);
    }

    fn poll(&self, waker: &Waker) -> Poll<Option<Event>> {
        let mut state = self.lock();
        if let Some(text) = state.texts.pop_front() {
            drop(state);
            return Poll::Ready(Some(Event::new(text)));
        }
        if state.ended {
            return Poll::Ready(None);
        }
        if state.waker.as_ref().map_or(true, |known| !known.will_wake(waker)) {
            // Cloning and dropping are code of the executor, which must not find the lock taken.
            drop(state);
            let new = waker.clone();
            let mut state = self.lock();
            if !state.texts.is_empty() || state.ended {
                // It came just now.
                drop(state);
                return self.poll(waker);
            }
            let old = state.waker.replace(new);
            drop(state);
            drop(old);
        }
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code of others runs under the lock, so that what a panic left is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes who waits, if anybody does, without the lock.
fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}
