//! The events of a run for async code.

use crate::event::Event;
use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// The events of a run, as they come: shaped like `futures::Stream`, which is a trait of another crate and
/// therefore not implemented here.
///
/// Events wait here until they are taken, however many there are. The stream ends behind the last event, and
/// the outcome can be had then without waiting; it ends early if the run is dropped. It may be dropped at any
/// time, which is nothing to the run.
pub struct EventStream {
    queue: Arc<Queue>,
}

impl EventStream {
    pub(crate) fn new(queue: Arc<Queue>) -> EventStream {
        EventStream { queue }
    }

    /// The next event if there is one, `None` behind the last. Otherwise the waker is woken once there is;
    /// only the one of the latest call is. It is called on a thread of the engine.
    pub fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.queue.poll(cx.waker())
    }

    /// The next event, `None` behind the last. A future that is dropped loses no event.
    pub async fn next(&mut self) -> Option<Event> {
        Next(self).await
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
