//! Sinks that a run waits for, and what records of a run are good for.

mod support;

use pentimento::{contact_sheet, fold, report_html, Code, Engine, Error, Event, Image, Kind, Run};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{mpsc, Arc, Mutex};
use support::{engine_with_backends, After, Pixels, SOON};

/// The events and images that a sink got.
type Stored = Arc<Mutex<(Vec<String>, Vec<Image>)>>;

fn recorded() -> (Run, Stored) {
    let stored = Stored::default();
    let store = Arc::clone(&stored);
    let engine = Engine::new().unwrap();
    let request = engine.refine("two red mugs").until("rounds(2)").seed(3);
    let run = request
        .sink(move |event, call| {
            let mut stored = store.lock().unwrap();
            stored.0.push(event.record().to_string());
            for record in event.json()["generation"]["images"].as_array().into_iter().flatten() {
                stored.1.push(call.image(record)?);
            }
            Ok(())
        })
        .start()
        .unwrap();
    run.wait().unwrap();
    (run, stored)
}

#[test]
fn a_sink_gets_every_event_and_image_once() {
    let (run, stored) = recorded();
    let stored = stored.lock().unwrap();
    let events: Vec<Event> = run.events().collect();
    assert_eq!(stored.0, events.iter().map(Event::record).collect::<Vec<_>>());
    assert_eq!(fold(&stored.0.join("\n")).unwrap(), run.transcript().unwrap());
    assert_eq!(stored.1.len(), 2);
}

#[test]
fn a_report_and_a_contact_sheet_of_a_run_and_its_record() {
    let (run, stored) = recorded();
    let stored = stored.lock().unwrap();
    let events = stored.0.join("\n");

    let report = run.report_html().unwrap();
    assert!(report.starts_with("<!") && report.contains("two red mugs") && report.contains("data:image/"));
    assert_eq!(report_html(&events, &stored.1).unwrap(), report);
    assert!(report_html(&events, &[]).unwrap().len() < report.len(), "without the pixels");

    let sheet = run.contact_sheet().unwrap();
    assert_eq!(sheet.media_type(), "image/png");
    assert_eq!(contact_sheet(&events, &stored.1).unwrap().bytes(), sheet.bytes());

    assert_eq!(report_html("{", &[]).unwrap_err().code(), Code::ParseFailed);
    assert_eq!(contact_sheet("{", &[]).unwrap_err().code(), Code::ParseFailed);
}

#[test]
fn nothing_is_paid_before_its_event_is_stored() {
    let pixels = Pixels::default();
    let calls = Arc::clone(&pixels.calls);
    let engine = Engine::new().unwrap();
    engine.add_generator(pixels).unwrap();
    engine.add_critic(After::pictures(1)).unwrap();
    let (sender, events) = mpsc::channel();
    let sender = Mutex::new(sender);
    let run = engine
        .refine("late")
        .generator("pixels")
        .critic("after")
        .sink_later(move |call| sender.lock().unwrap().send(call).unwrap())
        .start()
        .unwrap();
    loop {
        let call = events.recv_timeout(SOON).unwrap();
        assert_eq!(call.kind(), Kind::Event);
        assert_eq!(call.request(), call.event().unwrap().json());
        let kind = call.event().unwrap().kind().to_string();
        if kind == "generation_started" {
            assert!(!run.wait_within(std::time::Duration::from_millis(50)).unwrap());
            assert_eq!(calls.load(Ordering::SeqCst), 0);
        }
        call.finish(()).unwrap();
        if kind == "run_stopped" {
            break;
        }
    }
    assert!(run.outcome().unwrap().is_satisfied());
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[test]
fn a_sink_that_fails_or_panics_ends_the_run() {
    for panics in [false, true] {
        let (pixels, seen) = (Pixels::default(), Arc::<Mutex<Vec<String>>>::default());
        let (calls, kinds) = (Arc::clone(&pixels.calls), Arc::clone(&seen));
        let engine = Engine::new().unwrap();
        engine.add_generator(pixels).unwrap();
        engine.add_critic(After::pictures(1)).unwrap();
        let run = engine
            .refine("late")
            .generator("pixels")
            .critic("after")
            .sink(move |event, _call| {
                kinds.lock().unwrap().push(event.kind().to_string());
                match event.kind() {
                    "generation_started" if panics => panic!("no room on the disk"),
                    "generation_started" => Err(Error::new(Code::IoFailed, "no room on the disk")),
                    _ => Ok(()),
                }
            })
            .start()
            .unwrap();
        let ending = run.ending().unwrap();
        assert_eq!(ending.reason().kind, "failed");
        let error = ending.error().unwrap();
        assert_eq!(error.code(), Code::ObserverFailed);
        assert!(error.message().contains("no room on the disk"), "{error}");
        assert_eq!(calls.load(Ordering::SeqCst), 0, "nothing was made");
        assert_eq!(seen.lock().unwrap().last().unwrap(), "generation_started", "it gets no further events");
    }
}

#[test]
fn a_sink_gets_the_rest_of_a_dropped_run() {
    let (engine, begins) = engine_with_backends(1);
    let (sender, kinds) = mpsc::channel();
    let run = engine
        .refine("late")
        .generator("patient")
        .critic("after")
        .sink(move |event, _call| {
            sender.send(event.kind().to_string()).unwrap();
            Ok(())
        })
        .start()
        .unwrap();
    begins.recv_timeout(SOON).unwrap();
    drop(run);
    while kinds.recv_timeout(SOON).expect("run_stopped") != "run_stopped" {}
    kinds.recv_timeout(SOON).expect_err("it is dropped after the last event");
}

#[test]
fn a_sink_is_dropped_with_its_run() {
    struct Tells(Arc<AtomicBool>, mpsc::SyncSender<()>);
    impl Drop for Tells {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
            let _ = self.1.send(());
        }
    }
    let dropped = Arc::new(AtomicBool::new(false));
    let (sender, gone) = mpsc::sync_channel(2);
    let held = Tells(Arc::clone(&dropped), sender.clone());
    let (engine, _) = engine_with_backends(1);
    let request = engine.refine("late").generator("pixels").critic("after");
    let run = request
        .sink(move |_event, _call| {
            assert!(!held.0.load(Ordering::SeqCst));
            Ok(())
        })
        .start()
        .unwrap();
    run.wait().unwrap();
    drop(run);
    gone.recv_timeout(SOON).unwrap();

    let held = Tells(Arc::clone(&dropped), sender);
    let request = engine.refine("late").generator("no such");
    request.sink_later(move |_call| assert!(held.0.load(Ordering::SeqCst))).start().unwrap_err();
    gone.recv_timeout(SOON).unwrap();
}
