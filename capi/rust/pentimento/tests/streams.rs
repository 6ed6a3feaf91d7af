//! Events for async code.

mod support;

use pentimento::{Engine, Event, EventStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
use support::{block_on, engine_with_backends, SOON};

async fn all(mut events: EventStream) -> Vec<Event> {
    let mut list = Vec::new();
    while let Some(event) = events.next().await {
        list.push(event);
    }
    assert!(events.next().await.is_none(), "it stays at its end");
    list
}

#[test]
fn a_stream_gives_every_event_in_order() {
    let engine = Engine::new().unwrap();
    let (run, events) = engine.refine("two red mugs").until("rounds(2)").seed(3).start_async().unwrap();
    let events = block_on(all(events));
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event.sequence(), Some(number as u64));
    }
    assert_eq!(events.last().unwrap().kind(), "run_stopped");
    // Nothing to wait for any more.
    assert!(run.wait_within(Duration::ZERO).unwrap());
    assert!(run.outcome().is_ok());
}

#[test]
fn streams_go_to_other_threads_and_beside_each_other() {
    let engine = Engine::new().unwrap();
    let threads: Vec<_> = (0..4)
        .map(|seed| {
            let (run, events) =
                engine.refine("two red mugs").until("rounds(1)").seed(seed).start_async().unwrap();
            thread::spawn(move || {
                let count = block_on(all(events)).len();
                (run, count)
            })
        })
        .collect();
    for thread in threads {
        let (run, count) = thread.join().unwrap();
        assert_eq!(run.ending().unwrap().transcript()["events"].as_u64(), Some(count as u64));
    }
}

/// Counts how often it is woken.
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn only_the_latest_waker_is_woken_and_once() {
    let (engine, begins) = engine_with_backends(1);
    let (run, mut events) = engine.refine("late").generator("patient").critic("after").start_async().unwrap();
    begins.recv_timeout(SOON).unwrap();
    let [first, second] = [Arc::new(Counter(AtomicUsize::new(0))), Arc::new(Counter(AtomicUsize::new(0)))];
    let poll = |events: &mut EventStream, counter: &Arc<Counter>| {
        let waker = Waker::from(Arc::clone(counter));
        Pin::new(events).poll_next(&mut Context::from_waker(&waker))
    };
    let deadline = Instant::now() + SOON;
    // The event that a call was begun may come a little after the call.
    loop {
        match poll(&mut events, &first) {
            Poll::Ready(Some(event)) if event.kind() == "generation_started" => break,
            _ => assert!(Instant::now() < deadline),
        }
    }
    first.0.store(0, Ordering::SeqCst);
    assert!(poll(&mut events, &first).is_pending());
    assert!(poll(&mut events, &second).is_pending());
    run.cancel().unwrap();
    run.wait().unwrap();
    assert_eq!(first.0.load(Ordering::SeqCst), 0);
    while second.0.load(Ordering::SeqCst) == 0 {
        assert!(Instant::now() < deadline);
    }
    assert_eq!(second.0.load(Ordering::SeqCst), 1);
    assert!(!block_on(all(events)).is_empty());
}

#[test]
fn a_stream_ends_with_its_run() {
    let (engine, begins) = engine_with_backends(1);
    let (run, mut events) = engine.refine("late").generator("patient").critic("after").start_async().unwrap();
    begins.recv_timeout(SOON).unwrap();
    assert_eq!(block_on(events.next()).unwrap().kind(), "run_started");
    let reader = thread::spawn(move || block_on(all(events)));
    drop(run);
    reader.join().unwrap();
}

#[test]
fn a_stream_may_be_dropped_while_the_run_goes_on() {
    let engine = Engine::new().unwrap();
    let (run, mut events) = engine.refine("two red mugs").until("rounds(2)").start_async().unwrap();
    block_on(events.next()).unwrap();
    drop(events);
    assert!(run.outcome().is_ok());
}

#[test]
fn a_waker_may_panic() {
    struct Bad;
    impl Wake for Bad {
        fn wake(self: Arc<Self>) {
            panic!("a waker that panics");
        }
    }
    let (engine, begins) = engine_with_backends(1);
    let (run, mut events) = engine.refine("late").generator("patient").critic("after").start_async().unwrap();
    begins.recv_timeout(SOON).unwrap();
    let waker = Waker::from(Arc::new(Bad));
    while Pin::new(&mut events).poll_next(&mut Context::from_waker(&waker)).is_ready() {}
    run.cancel().unwrap();
    assert!(run.wait_within(SOON).unwrap());
    assert_eq!(block_on(all(events)).last().unwrap().kind(), "run_stopped");
}
