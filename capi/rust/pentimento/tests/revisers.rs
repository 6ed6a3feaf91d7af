//! Revisers in Rust.

mod support;

use pentimento::{
    Action, Brief, Capabilities, Charge, Code, Engine, Error, Generation, GenerationRequest, Generator,
    Image, Kind, Result, Reviser, ReviserProfile, Revision, RevisionRequest,
};
use std::sync::{mpsc, Arc, Mutex};
use support::{pixel, After, Pixels, SOON};

/// A reviser named "own" that is a closure.
struct Own<F>(F);

impl<F: Fn(RevisionRequest<'_>) -> Result<Revision> + Send + Sync + 'static> Reviser for Own<F> {
    fn profile(&self) -> ReviserProfile {
        ReviserProfile::new("own").estimate_micros(700)
    }
    fn revise(&self, request: RevisionRequest<'_>) -> Result<Revision> {
        self.0(request)
    }
}

/// An engine with the generator "pixels", the critic "after", which passes nothing, and the reviser "own".
fn engine_with(revise: impl Fn(RevisionRequest<'_>) -> Result<Revision> + Send + Sync + 'static) -> Engine {
    let engine = Engine::new().unwrap();
    engine.add_generator(Pixels::default()).unwrap();
    engine.add_critic(After::pictures(99)).unwrap();
    engine.add_reviser(Own(revise)).unwrap();
    engine
}

#[test]
fn a_reviser_chooses_the_next_request() {
    let engine = engine_with(|request| {
        let run = request.transcript();
        assert_eq!((run.finished_rounds(), request.call().kind()), (1, Kind::Revise));
        assert_eq!(request.first_prompt(), "late");
        assert_eq!(request.capabilities()["image_to_image"].as_bool(), Some(true));
        let best = run.incumbent().expect("an incumbent");
        assert_eq!(request.call().image(best.record())?.bytes(), pixel(0));
        Ok(request
            .revision(Action::Reprompt, "later")
            .seed(9)
            .size(8, 16)
            .target("late")
            .why("it is early")
            .charge(Charge::paid(600)))
    });
    let run =
        engine.refine("late").generator("pixels").critic("after").reviser("own").until("rounds(2)").start();
    let run = run.unwrap();
    let ending = run.ending().unwrap();
    let transcript = ending.transcript();
    let revision = transcript.rounds().nth(1).expect("a second round").revision();
    assert_eq!(revision["action"].as_str(), Some("reprompt"));
    assert_eq!(revision["request"]["prompt"].as_str(), Some("later"));
    assert_eq!(revision["request"]["seed"].as_u64(), Some(9));
    assert_eq!(revision["request"]["size"]["height"].as_u64(), Some(16));
    assert_eq!(revision["parent"].as_str(), Some("0a"));
    assert_eq!(revision["targets"][0].as_str(), Some("late"));
    assert_eq!((revision["why"].as_str(), revision["author"].as_str()), (Some("it is early"), Some("own")));
    assert_eq!(transcript.spent_micros(), 600);
    assert_eq!(transcript.candidates().last().unwrap().prompt(), "later");
}

/// A negative prompt and the bytes of an init image.
type Request = (String, Option<Vec<u8>>);

/// Keeps the requests that it gets.
struct Asked(Arc<Mutex<Vec<Request>>>);

impl Generator for Asked {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new("asked").image_to_image(true).negative_prompt(true)
    }
    fn generate(&self, request: GenerationRequest<'_>) -> Result<Generation> {
        let start = request.init_image()?.map(|image| image.bytes().to_vec());
        self.0.lock().unwrap().push((request.negative_prompt().to_string(), start));
        Ok(Generation::new(Image::from_bytes(&pixel(1))?))
    }
}

#[test]
fn an_edit_starts_from_an_image_of_the_reviser() {
    let engine = engine_with(|request| {
        let image = Image::from_bytes(&pixel(77))?;
        Ok(request.revision(Action::Edit, "late").init_image(image).strength(0.25))
    });
    let asked = Arc::default();
    engine.add_generator(Asked(Arc::clone(&asked))).unwrap();
    let run = engine
        .refine(Brief::new("late").avoid("clocks").avoid("text"))
        .generator("asked")
        .critic("after")
        .reviser("own")
        .until("rounds(2)")
        .start()
        .unwrap();
    run.wait().unwrap();
    let asked = asked.lock().unwrap();
    assert_eq!(asked[1], ("clocks, text".to_string(), Some(pixel(77))));
}

#[test]
fn a_reviser_may_stop_the_run() {
    let engine = engine_with(|_| Ok(Revision::stop().why("good enough")));
    let run = engine.refine("late").generator("pixels").critic("after").reviser("own").start().unwrap();
    let outcome = run.outcome().unwrap();
    assert_eq!(outcome.reason().kind, "reviser");
    assert_eq!(outcome.best().id(), "0a");
}

#[test]
fn an_error_or_a_panic_of_a_reviser_ends_the_run() {
    let engine = engine_with(|_| Err(Error::new(Code::Unauthorized, "who are you")));
    let run = engine.refine("late").generator("pixels").critic("after").reviser("own").start().unwrap();
    let ending = run.ending().unwrap();
    assert_eq!(ending.reason().kind, "failed");
    assert_eq!(ending.error().unwrap().code(), Code::Unauthorized);

    let engine = engine_with(|_| panic!("no idea"));
    let request = engine.refine("late").generator("pixels").critic("after").reviser("own");
    let run = request.set("critique_retries", 0).start().unwrap();
    let ending = run.ending().unwrap();
    assert_eq!(ending.reason().kind, "failed");
    assert!(ending.error().unwrap().message().contains("no idea"));
    assert_eq!(ending.transcript().spent_micros(), 700, "its estimate is maybe billed");
}

#[test]
fn a_revision_is_answered_later() {
    let engine = engine_with(|_| unreachable!("it is replaced"));
    let (sender, calls) = mpsc::channel();
    let sender = Mutex::new(sender);
    engine
        .add_reviser_later(ReviserProfile::new("own"), move |call| sender.lock().unwrap().send(call).unwrap())
        .unwrap();
    let run = engine
        .refine("late")
        .generator("pixels")
        .critic("after")
        .reviser("own")
        .until("rounds(2)")
        .start()
        .unwrap();
    let call = calls.recv_timeout(SOON).unwrap();
    let revision = RevisionRequest::of(&call).revision(Action::Restart, "anew");
    call.finish(revision).unwrap();
    let ending = run.ending().unwrap();
    let revision = ending.transcript().rounds().nth(1).unwrap().revision();
    assert_eq!((revision["action"].as_str(), revision["parent"].as_str()), (Some("restart"), None));
}

#[test]
fn the_name_ask_is_taken() {
    struct Ask;
    impl Reviser for Ask {
        fn profile(&self) -> ReviserProfile {
            ReviserProfile::new("ask")
        }
        fn revise(&self, _request: RevisionRequest<'_>) -> Result<Revision> {
            Ok(Revision::stop())
        }
    }
    let error = Engine::new().unwrap().add_reviser(Ask).unwrap_err();
    assert_eq!(error.code(), Code::ParseFailed);
    assert!(error.message().contains("ask"), "{error}");
}
