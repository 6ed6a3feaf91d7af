//! Runs with the offline backends: events, outcomes, waiting, cancelling, errors.

mod support;

use pentimento::json::{json, Value};
use pentimento::{Brief, Code, Edit, Engine, Image, Importance, Next, Score, Transcript};
use std::collections::HashSet;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};
use support::{engine_with_backends, pixel, SOON};

#[test]
fn a_brief_becomes_an_image() {
    let engine = Engine::new().unwrap();
    let run = engine
        .refine("three red mugs on a plain white table, bright")
        .generator("sketch")
        .critic("measure")
        .until("satisfied || rounds(6)")
        .seed(7)
        .start()
        .unwrap();
    let lines: Vec<String> = run.events().map(|event| event.to_string()).collect();
    assert_eq!(lines[0], "run started: three red mugs on a plain white table, bright");
    assert!(lines.contains(&"0a: generated 768x768".to_string()), "{lines:?}");
    assert!(lines.contains(&"0a: kept: the first".to_string()), "{lines:?}");
    assert!(lines.last().unwrap().starts_with("stopped: satisfied: "), "{lines:?}");

    let outcome = run.outcome().unwrap();
    assert!(outcome.is_satisfied());
    assert_eq!(outcome.reason().kind, "satisfied");
    let image = outcome.best().image();
    assert_eq!((image.media_type(), image.width(), image.height()), ("image/png", 768, 768));
    assert!(image.bytes().starts_with(b"\x89PNG"));

    let path = std::env::temp_dir().join(format!("pentimento-{}.png", std::process::id()));
    image.save(&path).unwrap();
    let again = Image::open(&path).unwrap();
    assert_eq!(again.bytes(), image.bytes());
    assert_eq!(again.record().unwrap(), image.record().unwrap());
    fs::remove_file(path).unwrap();
}

#[test]
fn events_are_numbered_and_make_the_transcript() {
    let engine = Engine::new().unwrap();
    let run = engine.refine("two red mugs").until("rounds(2)").seed(1).start().unwrap();
    let mut recorded = String::new();
    for (number, event) in run.events().enumerate() {
        assert_eq!(event.sequence(), Some(number as u64));
        assert_eq!(event.record().parse::<Value>().unwrap(), *event.json());
        assert_ne!(event.to_string(), event.kind(), "every type has its words");
        assert!(event.proposal().is_none());
        recorded += event.record();
        recorded += "\n";
    }
    assert!(run.events().next().is_none());
    assert_eq!(run.next_event_within(Duration::ZERO).unwrap(), Next::End);
    let ending = run.ending().unwrap();
    assert_eq!(pentimento::fold(&recorded).unwrap(), *ending.transcript());
    assert_eq!(run.transcript().unwrap(), *ending.transcript());
    assert_eq!(ending.error(), None);
    assert_eq!(ending.reason().to_string(), "rounds(2): after 2 rounds");
    let score = ending.score().unwrap();
    assert_eq!(score, ending.transcript().best_score());
    assert_eq!(score.percent, ending.json()["score"]["percent"].as_u64().unwrap());
}

#[test]
fn a_transcript_has_names_for_what_is_in_it() {
    let (engine, _) = engine_with_backends(2);
    let run = engine.refine("late").generator("pixels").critic("after").start().unwrap();
    let outcome = run.outcome().unwrap();
    let transcript = run.transcript().unwrap();
    assert_eq!(*outcome.ending().transcript(), transcript);
    assert_eq!((transcript.rounds().len(), transcript.finished_rounds()), (2, 2));
    assert_eq!(transcript.images_requested(), 2);
    assert_eq!((transcript.spent_micros(), transcript.reserved_micros()), (0, 0));
    assert_eq!(transcript.checklist()[0]["id"].as_str(), Some("late"));
    assert_eq!(transcript.stop_reason(), Some(outcome.reason()));
    assert!(transcript.failures().is_empty());

    let ids: Vec<&str> = transcript.candidates().map(|candidate| candidate.id()).collect();
    assert_eq!(ids, ["0a", "1a"]);
    let last = transcript.rounds().last().unwrap();
    assert_eq!((last.index(), last.is_finished(), last.candidates().len()), (1, true, 1));
    assert_eq!(last.revision()["action"].as_str(), Some("reprompt"));
    assert_eq!(last.accepted(), Some(outcome.best().id()));
    assert_eq!(last.json(), &transcript["rounds"][1]);

    let best = transcript.incumbent().unwrap();
    assert_eq!((best.id(), best.is_accepted(), best.error()), (outcome.best().id(), true, None));
    assert_eq!(best.parent().is_some(), best.json().get("parent").is_some());
    assert_eq!(best.seed(), best.json()["seed"].as_u64());
    assert_eq!(run.image(best.record()).unwrap().bytes(), outcome.best().image().bytes());
    assert!(best.prompt().contains("late"));
    let score = best.score();
    assert_eq!(
        (score.to_string(), score.satisfied, score.fraction),
        ("100 %, 1 of 1".to_string(), true, 1.0)
    );
    assert_eq!((score.musts, score.musts_passed), (1, 1));
    assert_eq!((score, score), (outcome.score(), transcript.best_score()));
    assert_eq!(transcript.candidate("0a").unwrap().score().to_string(), "0 %, 0 of 1");
    assert!(transcript.candidate("9a").is_none());

    // Of nothing there is nothing.
    let nothing = Transcript::default();
    assert_eq!(
        (nothing.rounds().len(), nothing.best_score(), nothing.spent_micros()),
        (0, Score::default(), 0)
    );
    assert!(nothing.incumbent().is_none() && nothing.stop_reason().is_none());
    assert_eq!(Transcript::from(transcript.clone().into_json()).to_string(), transcript.json().to_string());
}

#[test]
fn every_image_of_a_run_can_be_read() {
    let (engine, _) = engine_with_backends(3);
    let run = engine.refine("late").generator("pixels").critic("after").start().unwrap();
    let mut hashes = HashSet::new();
    for event in run.events() {
        for record in event.json()["generation"]["images"].as_array().into_iter().flatten() {
            let image = run.image(record).unwrap();
            assert_eq!(image.record().unwrap(), *record);
            hashes.insert(record["sha256"].as_str().unwrap().to_string());
        }
    }
    assert_eq!(hashes.len(), 3);
    let outcome = run.outcome().unwrap();
    assert_eq!((outcome.best().id(), outcome.best().round()), ("2a", 2));
    let missing = run.image(&json!({"sha256": "0".repeat(64)})).unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
    assert_eq!(run.image(&Value::Null).unwrap_err().code(), Code::InvalidArgument);
    // Pictures outlive what they came from.
    drop(run);
    drop(engine);
    assert_eq!(outcome.best().image().bytes(), pixel(2));
}

#[test]
fn waiting_has_limits() {
    let (engine, begins) = engine_with_backends(1);
    let run = engine.refine("late").generator("patient").critic("after").start().unwrap();
    begins.recv_timeout(SOON).unwrap();
    assert!(!run.wait_within(Duration::ZERO).unwrap());
    assert!(!run.wait_within(Duration::from_millis(5)).unwrap());
    while let Next::Event(event) = run.next_event_within(Duration::from_millis(5)).unwrap() {
        assert!(event.sequence().is_some());
    }
    assert_eq!(run.next_event_within(Duration::ZERO).unwrap(), Next::TimeOut);
    assert!(run.transcript().unwrap()["rounds"][0]["drafts"][0].get("ended").is_none());
    run.cancel().unwrap();
    assert!(run.wait_within(SOON).unwrap());
    run.wait().unwrap();
}

#[test]
fn a_cancel_from_another_thread_ends_the_wait() {
    let (engine, begins) = engine_with_backends(1);
    let run = engine.refine("late").generator("patient").critic("after").start().unwrap();
    let began = Instant::now();
    thread::scope(|scope| {
        let run = &run;
        scope.spawn(move || {
            begins.recv_timeout(SOON).unwrap();
            run.cancel().unwrap();
            run.cancel().unwrap(); // no harm
        });
        let kinds: Vec<String> = run.events().map(|event| event.kind().to_string()).collect();
        assert!(kinds.contains(&"stop_requested".to_string()), "{kinds:?}");
        assert_eq!(kinds.last().unwrap(), "run_stopped");
    });
    assert!(began.elapsed() < SOON);
    let ending = run.ending().unwrap();
    assert_eq!(ending.reason().kind, "cancelled");
    // There is no picture, and that is an error of the outcome with a code.
    let error = run.outcome().unwrap_err();
    assert!([Code::Cancelled, Code::NotFound].contains(&error.code()), "{error}");
    run.cancel().unwrap(); // of an ended run
}

#[test]
fn a_run_and_an_engine_can_be_dropped_at_any_time() {
    let (engine, begins) = engine_with_backends(1);
    let busy = engine.refine("late").generator("patient").critic("after").start().unwrap();
    begins.recv_timeout(SOON).unwrap();
    drop(busy);
    drop(engine.refine("two red mugs").start().unwrap());
    for nth in 0..8 {
        let run = engine.refine("two red mugs").until("rounds(1)").start().unwrap();
        for _ in run.events().take(nth) {}
    }
    // The run keeps its engine.
    let last = engine.refine("late").generator("pixels").critic("after").start().unwrap();
    drop(engine);
    assert_eq!(last.outcome().unwrap().reason().kind, "satisfied");
}

#[test]
fn engines_and_runs_go_from_thread_to_thread() {
    fn is_send_and_sync<T: Send + Sync>() {}
    fn is_send<T: Send>() {}
    is_send_and_sync::<Engine>();
    is_send_and_sync::<pentimento::Run>();
    is_send_and_sync::<Image>();
    is_send_and_sync::<pentimento::Event>();
    is_send_and_sync::<pentimento::Outcome>();
    is_send_and_sync::<pentimento::Error>();
    is_send_and_sync::<pentimento::EventStream>();
    is_send_and_sync::<pentimento::Call>();
    is_send::<pentimento::Refine>();

    let engine = Engine::builder().threads(2).build().unwrap();
    let runs: Vec<_> = (0..4)
        .map(|seed| {
            let engine = engine.clone();
            thread::spawn(move || {
                engine.refine("two red mugs").until("rounds(1)").seed(seed).start().unwrap()
            })
        })
        .map(|thread| thread.join().unwrap())
        .collect();
    drop(engine);
    let threads: Vec<_> = runs
        .into_iter()
        .map(|run| thread::spawn(move || run.outcome().unwrap().best().image().clone()))
        .collect();
    for thread in threads {
        assert!(!thread.join().unwrap().bytes().is_empty());
    }
}

#[test]
fn two_engines_know_nothing_of_each_other() {
    let (first, _) = engine_with_backends(1);
    let second = Engine::new().unwrap();
    let names = |engine: &Engine| -> Vec<String> {
        let backends = engine.backends().unwrap();
        backends["generators"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_string())
            .collect()
    };
    assert!(names(&first).contains(&"pixels".to_string()));
    assert!(!names(&second).contains(&"pixels".to_string()));
    assert!(names(&second).contains(&"sketch".to_string()));
    assert!(second.refine("late").generator("pixels").start().is_err());

    let a = first.refine("late").generator("pixels").critic("after").start().unwrap();
    let b = second.refine("two red mugs").until("rounds(1)").start().unwrap();
    drop(first);
    assert!(b.outcome().is_ok());
    drop(second);
    assert!(a.outcome().is_ok());
    drop(b);
}

#[test]
fn an_invalid_request_is_rejected_at_once() {
    let engine = Engine::new().unwrap();
    let refine = || engine.refine("two red mugs");
    let code = |refine: pentimento::Refine| refine.start().unwrap_err().code();

    let unknown = refine().generator("sketsh").start().unwrap_err();
    assert!([Code::InvalidArgument, Code::NotFound].contains(&unknown.code()), "{unknown}");
    assert!(unknown.message().contains("sketch"), "it names the nearest: {unknown}");
    assert!(!unknown.maybe_billed());
    assert_eq!((unknown.provider_message(), unknown.request_id(), unknown.charge()), ("", "", None));

    let policy = refine().until("satisfied ||").start().unwrap_err();
    assert_eq!(policy.code(), Code::ParseFailed, "{policy}");
    assert!(!policy.message().is_empty());

    let drafts = code(refine().drafts(0));
    assert!([Code::InvalidArgument, Code::ParseFailed].contains(&drafts), "{drafts}");
    assert_eq!(code(refine().set("unitl", "never")), Code::ParseFailed);
    assert_eq!(code(engine.refine(Value::from(7))), Code::ParseFailed);
    assert_eq!(code(engine.refine(json!({"goal": "a", "sise": 7}))), Code::ParseFailed);
    // Nothing at all can be begun, and comes to nothing.
    let empty = engine.refine("").start().and_then(|run| run.outcome()).unwrap_err();
    assert_eq!(empty.code(), Code::InvalidArgument, "{empty}");

    let threads = Engine::builder().threads(65).build().unwrap_err();
    assert_eq!(threads.code(), Code::InvalidArgument, "{threads}");
    assert_eq!(Engine::builder().setting("proxi", true).build().unwrap_err().code(), Code::ParseFailed);
}

#[test]
fn a_brief_has_parts_and_images() {
    let (engine, _) = engine_with_backends(1);
    let reference = Image::from_bytes(&pixel(9)).unwrap();
    let brief = Brief::new("a mug")
        .require("late", "a late picture", Importance::Must)
        .should("be bright")
        .avoid("text")
        .size(16, 16)
        .reference_image(reference.clone());
    let run = engine.refine(brief).generator("pixels").critic("after").until("rounds(1)").start().unwrap();
    let started = run.next_event().unwrap().unwrap();
    let brief = &started.json()["brief"];
    assert_eq!(brief["requirements"][0]["id"].as_str(), Some("late"));
    assert_eq!(brief["requirements"][1]["importance"].as_str(), Some("should"));
    assert_eq!(brief["avoid"][0].as_str(), Some("text"));
    assert_eq!(brief["size"]["width"].as_u64(), Some(16));
    assert_eq!(brief["reference_images"][0], reference.record().unwrap());
    assert!(run.outcome().is_ok());

    // As JSON, with the bytes beside it; without them it is refused.
    let json = json!({"goal": "a mug", "reference_images": vec![reference.record().unwrap()]});
    let refine = || engine.refine(json.clone()).generator("pixels").critic("after").until("rounds(1)");
    assert!(refine().image(reference).start().unwrap().outcome().is_ok());
    let missing = refine().start().unwrap_err();
    assert!(!missing.message().is_empty());
}

#[test]
fn an_init_image_competes() {
    let (engine, _) = engine_with_backends(1);
    let start = Image::from_bytes(&pixel(77)).unwrap();
    let brief = Brief::from("late").init_image(start);
    let run = engine.refine(brief).generator("pixels").critic("after").start().unwrap();
    assert!(run.events().any(|event| event.kind() == "image_given"));
    assert_eq!(run.outcome().unwrap().best().image().bytes(), pixel(77));
}

#[test]
fn a_person_is_asked() {
    let (engine, _) = engine_with_backends(4);
    let run = engine
        .refine("late")
        .generator("pixels")
        .critic("after")
        .ask("checklist")
        .until("satisfied || rounds(4)")
        .start()
        .unwrap();
    assert_eq!(run.answer(1_000_000, Edit::Accept).unwrap_err().code(), Code::State);
    let mut prompts = Vec::new();
    let mut asked = 0;
    for event in run.events() {
        if event.kind() == "generation_started" {
            prompts.push(event.json()["request"]["prompt"].as_str().unwrap().to_string());
        }
        let proposal = match event.proposal() {
            Some(proposal) => proposal,
            None => continue,
        };
        assert!(!proposal.prompt().is_empty());
        let action = proposal.revision()["action"].as_str().unwrap();
        assert_eq!(event.to_string(), format!("proposed: {action}, \"{}\"", proposal.prompt()));
        asked += 1;
        let question = proposal.question();
        match asked {
            1 => run.answer(question, Edit::Accept).unwrap(),
            2 => {
                assert_eq!(
                    run.answer(question, Edit::Change(Value::from(7))).unwrap_err().code(),
                    Code::ParseFailed
                );
                // Nothing is no prompt, and does not accept either; the question stays open.
                for nothing in [Edit::from(""), Edit::from(" \n".to_string())] {
                    let refused = run.answer(question, nothing).unwrap_err();
                    assert_eq!(refused.code(), Code::ParseFailed, "{refused}");
                    assert!(refused.message().contains("Edit::Accept"), "{refused}");
                }
                run.answer(question, "a late picture, \"please\"").unwrap();
            }
            _ => run.answer(question, Edit::Stop).unwrap(),
        }
        assert_eq!(run.answer(question, Edit::Accept).unwrap_err().code(), Code::State, "it has its answer");
    }
    assert_eq!(asked, 3);
    assert_eq!(prompts.len(), 3);
    assert_eq!(prompts[2], "a late picture, \"please\"");
    assert_eq!(run.ending().unwrap().reason().kind, "reviser");
}

#[test]
fn an_iterator_that_cannot_go_on_says_why_in_the_outcome() {
    let (engine, _) = engine_with_backends(1);
    let (run, events) = engine.refine("late").generator("pixels").critic("after").start_async().unwrap();
    // Its events go to the stream.
    assert!(run.events().next().is_none());
    assert_eq!(run.outcome().unwrap_err().code(), Code::State);
    assert!(run.outcome().is_ok(), "said once");
    drop(events);
}

#[test]
fn policies_have_a_normal_form() {
    assert_eq!(pentimento::parse_policy("satisfied||rounds( 6 )").unwrap(), "satisfied || rounds(6)");
    let error = pentimento::parse_policy("rounds(").unwrap_err();
    assert_eq!(error.code(), Code::ParseFailed);
    assert_eq!(error.to_string(), format!("parse_failed: {}", error.message()));
    assert_eq!(pentimento::fold("{}").unwrap_err().code(), Code::ParseFailed);
    assert!(pentimento::version().starts_with("0."));
}

#[test]
fn images_are_validated() {
    assert_eq!(Image::from_bytes(b"").unwrap_err().code(), Code::UnreadableImage);
    assert_eq!(Image::from_bytes(b"not a picture").unwrap_err().code(), Code::UnreadableImage);
    assert_eq!(Image::open("/nowhere/at/all.png").unwrap_err().code(), Code::IoFailed);
    let image = Image::from_bytes(&pixel(3)).unwrap();
    assert_eq!(image.save("/nowhere/at/all.gif").unwrap_err().code(), Code::IoFailed);
    assert_eq!(image.bytes(), pixel(3));
    let clone = image.clone();
    drop(image);
    assert_eq!(clone.bytes(), pixel(3));
    assert_eq!(format!("{clone:?}"), format!("Image(image/gif, 1x1, {} bytes)", pixel(3).len()));
}
