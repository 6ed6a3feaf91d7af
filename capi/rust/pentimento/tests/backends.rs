//! Generators, critics and stop policies in Rust.

mod support;

use pentimento::json::Value;
use pentimento::{
    Billing, Brief, Call, Capabilities, Charge, Code, Comparison, ComparisonRequest, Critic, CriticProfile,
    Critique, CritiqueRequest, Engine, Error, Finding, Generation, GenerationRequest, Generator, Image, Kind,
    Plan, PlanRequest, Preference, Result, Run, Stop, Verdict,
};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{mpsc, Arc, Mutex};
use std::thread;
use std::time::Duration;
use support::{engine_with_backends, pixel, After, Pixels, SOON};

fn picture(colour: u8) -> Image {
    Image::from_bytes(&pixel(colour)).unwrap()
}

/// A run with one generator that is a closure, finished on a thread of its own, and the critic "after".
fn run_with(make: impl Fn(GenerationRequest<'_>) -> Result<Generation> + Send + Sync + 'static) -> Run {
    struct Made<F>(F);
    impl<F: Fn(GenerationRequest<'_>) -> Result<Generation> + Send + Sync + 'static> Generator for Made<F> {
        fn capabilities(&self) -> Capabilities {
            Capabilities::new("made").images_per_call(2).estimate_micros(5000)
        }
        fn generate(&self, request: GenerationRequest<'_>) -> Result<Generation> {
            self.0(request)
        }
    }
    let engine = Engine::new().unwrap();
    engine.add_generator(Made(make)).unwrap();
    engine.add_critic(After::pictures(1)).unwrap();
    engine.refine("late").generator("made").critic("after").until("rounds(2)").start().unwrap()
}

/// The error of the first call that failed.
fn failure(run: &Run) -> Error {
    let failed = run.events().find(|event| event.kind() == "call_failed").expect("a call that failed");
    let error = &failed.json()["error"];
    let code = error["code"].as_str().unwrap();
    assert!(failed.to_string().contains(error["message"].as_str().unwrap()), "{failed}");
    let ending = run.ending().unwrap();
    assert_eq!(ending.transcript()["rounds"][0]["drafts"][0]["error"], *error);
    let error = run.outcome().expect_err("no picture was made");
    assert_eq!(error.code().name(), code);
    error
}

#[test]
fn a_generator_and_a_critic_in_the_loop() {
    let (engine, _) = engine_with_backends(3);
    let run = engine.refine("late").generator("pixels").critic("after").start().unwrap();
    let outcome = run.outcome().unwrap();
    assert_eq!(outcome.reason().to_string(), "satisfied: 1 of 1 after round 2");
    assert_eq!(outcome.best().image().bytes(), pixel(2));
    let settings = &outcome.ending().transcript()["settings"];
    assert_eq!(
        (settings["generator"].as_str(), settings["critic"].as_str()),
        (Some("pixels"), Some("after"))
    );
}

#[test]
fn drafts_run_beside_each_other() {
    let together = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let counts = Arc::clone(&together);
    struct Slow(Arc<(AtomicU64, AtomicU64)>);
    impl Generator for Slow {
        fn capabilities(&self) -> Capabilities {
            Capabilities::new("slow").seed(true)
        }
        fn generate(&self, _request: GenerationRequest<'_>) -> Result<Generation> {
            let (now, most) = (&self.0 .0, &self.0 .1);
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let until = std::time::Instant::now() + SOON;
            while most.load(Ordering::SeqCst) < 3 && std::time::Instant::now() < until {
                thread::yield_now();
            }
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(Generation::new(picture(1)))
        }
    }
    let engine = Engine::new().unwrap();
    engine.add_generator(Slow(counts)).unwrap();
    engine.add_critic(After::pictures(99)).unwrap();
    let run =
        engine.refine("late").generator("slow").critic("after").drafts(3).until("rounds(1)").start().unwrap();
    run.wait().unwrap();
    assert_eq!(together.1.load(Ordering::SeqCst), 3, "although the engine has one thread");
}

#[test]
fn a_generator_says_what_it_made_and_what_it_cost() {
    let run = run_with(|request| {
        assert_eq!(request.prompt(), "late");
        assert!(request.init_image()?.is_none() && request.mask()?.is_none() && request.size().is_none());
        assert_eq!((request.negative_prompt(), request.call().kind()), ("", Kind::Generate));
        Ok(Generation::new(picture(1))
            .and(picture(2))
            .seed(u64::MAX)
            .revised_prompt("very late")
            .request_id("r-1")
            .charge(Charge::paid(4321)))
    });
    let made = run.events().find(|event| event.kind() == "generation_finished").unwrap();
    let generation = &made.json()["generation"];
    assert_eq!(generation["images"].as_array().unwrap().len(), 2);
    assert_eq!(generation["seed"].as_u64(), Some(u64::MAX));
    assert_eq!(generation["revised_prompt"].as_str(), Some("very late"));
    assert_eq!(generation["request_id"].as_str(), Some("r-1"));
    assert_eq!(generation["charge"], Value::from(Charge::paid(4321)));
}

#[test]
fn an_error_of_a_generator_arrives_whole() {
    let run = run_with(|_| {
        Err(Error::new(Code::Refused, "not this")
            .with_provider_message("\"no\"")
            .with_request_id("r-2")
            .with_charge(Charge::maybe_billed(5000)))
    });
    let error = failure(&run);
    assert_eq!((error.code(), error.message()), (Code::Refused, "not this"));
    assert_eq!((error.provider_message(), error.request_id()), ("\"no\"", "r-2"));
    assert_eq!(error.charge(), Some(Charge { billing: Billing::MaybeBilled, micros: 5000 }));
    assert!(error.maybe_billed());
    let ending = run.ending().unwrap();
    assert_eq!(ending.reason().kind, "failed");
    assert!(ending.transcript().failures().contains(&error), "{}", ending.transcript());
}

#[test]
fn a_panic_of_a_generator_is_an_error_that_may_have_cost() {
    let error = failure(&run_with(|_| panic!("no paint left, {}", 7)));
    assert_eq!(error.code(), Code::BackendFailed);
    assert!(error.message().contains("no paint left, 7"), "{error}");
    assert_eq!(error.charge(), Some(Charge::maybe_billed(5000)));
}

#[test]
fn the_payload_of_a_panic_may_panic() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a payload that panics");
        }
    }
    let error = failure(&run_with(|_| std::panic::panic_any(Bomb)));
    assert_eq!(error.code(), Code::BackendFailed);
}

#[test]
fn the_message_of_a_panic_is_one_line() {
    let error = failure(&run_with(|_| panic!("no paint:\n  left: 7\n\u{1b}[31m")));
    assert_eq!(error.message(), "the backend panicked: no paint: left: 7 [31m");
}

#[test]
fn a_charge_is_never_below_zero_and_never_too_large_to_count() {
    let run = run_with(|_| Ok(Generation::new(picture(1)).charge(Charge::paid(u64::MAX))));
    let ending = run.ending().unwrap();
    assert_eq!(ending.transcript().spent_micros(), i64::MAX as u64);
    let error = failure(&run_with(|_| {
        Err(Error::new(Code::Refused, "not this").with_charge(Charge::maybe_billed(u64::MAX)))
    }));
    assert_eq!((error.code(), error.charge()), (Code::Refused, Some(Charge::maybe_billed(i64::MAX as u64))));
}

#[test]
fn a_too_long_error_fails_the_call() {
    let run =
        run_with(
            |_| Err(Error::new(Code::Refused, "x".repeat(9 << 20)).with_charge(Charge::maybe_billed(7))),
        );
    assert!(run.wait_within(SOON).unwrap());
    let error = failure(&run);
    assert_eq!((error.code(), error.charge()), (Code::BackendFailed, Some(Charge::maybe_billed(7))));
    assert!(error.message().len() < 1000, "{error}");
}

#[test]
fn codes_of_the_interface_are_no_codes_of_backends() {
    let error = failure(&run_with(|_| Err(Error::new(Code::Handle, "lost"))));
    assert_eq!((error.code(), error.message()), (Code::BackendFailed, "lost"));
}

/// Does what it is told.
struct Told {
    plan: fn() -> Result<Plan>,
    critique: fn() -> Result<Critique>,
}

impl Critic for Told {
    fn profile(&self) -> CriticProfile {
        CriticProfile::new("told").estimates_micros(100, 200, 300)
    }
    fn plan(&self, _request: PlanRequest<'_>) -> Result<Plan> {
        (self.plan)()
    }
    fn critique(&self, request: CritiqueRequest<'_>) -> Result<Critique> {
        assert_eq!(request.brief()["goal"].as_str(), Some("late"));
        assert_eq!(request.prompt(), "late");
        (self.critique)()
    }
}

fn run_told(plan: fn() -> Result<Plan>, critique: fn() -> Result<Critique>) -> Run {
    let engine = Engine::new().unwrap();
    engine.add_generator(Pixels::default()).unwrap();
    engine.add_critic(Told { plan, critique }).unwrap();
    engine.refine("late").generator("pixels").critic("told").until("rounds(1)").start().unwrap()
}

#[test]
fn a_panic_of_a_critic_is_no_verdict() {
    let run = run_told(|| Ok(Plan::new().must("a", "an a")), || panic!("blind"));
    let failed = run.events().find(|event| event.kind() == "call_failed").unwrap();
    assert_eq!(failed.json()["call"]["kind"].as_str(), Some("critique"));
    assert!(failed.to_string().contains("blind"), "{failed}");
    assert_eq!(failed.json()["error"]["charge"], Value::from(Charge::maybe_billed(200)));
    // The picture is there, unjudged.
    assert_eq!(run.outcome().unwrap().best().id(), "0a");
}

#[test]
fn a_panic_in_the_plan_ends_the_run() {
    let run = run_told(|| panic!("no plan"), || Ok(Critique::new()));
    let error = run.outcome().unwrap_err();
    assert!(error.message().contains("no plan"), "{error}");
    assert_eq!(run.ending().unwrap().error(), Some(error));
}

#[test]
fn findings_arrive_as_they_were_said() {
    let run = run_told(
        || Ok(Plan::new().must("a", "an a").should("b", "a b").charge(Charge::paid(1))),
        || {
            let found = Finding::new("a", Verdict::Fail)
                .observed("b")
                .wanted("a")
                .place("left")
                .reason("it has a belly");
            Ok(Critique::new()
                .finding(found)
                .finding(Finding::new("b", Verdict::Unknown))
                .suggested_prompt("a, not b")
                .remark("nearly")
                .charge(Charge::estimated(2)))
        },
    );
    let judged = run.events().find(|event| event.kind() == "critique_finished").unwrap();
    assert_eq!(
        judged.json()["critique"].to_string(),
        concat!(
            r#"{"charge":{"billing":"estimated","micros":2},"#,
            r#""findings":[{"observed":"b","reason":"it has a belly","requirement":"a","verdict":"fail","#,
            r#""wanted":"a","where":"left"},{"requirement":"b","verdict":"unknown"}],"#,
            r#""remark":"nearly","suggested_prompt":"a, not b"}"#
        )
    );
}

#[test]
fn a_critic_may_judge_another_image() {
    let run = run_told(
        || Ok(Plan::new().must("a", "an a")),
        || Ok(Critique::new().finding(Finding::new("a", Verdict::Pass)).judged(picture(200))),
    );
    let judged = run.events().find(|event| event.kind() == "critique_finished").unwrap();
    let record = &judged.json()["critique"]["judged"];
    assert_eq!(run.image(record).unwrap().bytes(), pixel(200));
}

#[test]
fn what_a_critic_leaves_unjudged_is_said() {
    let run = run_told(
        || Ok(Plan::new().must("a", "an a").unjudged("a floral pattern")),
        || Ok(Critique::new().finding(Finding::new("a", Verdict::Pass))),
    );
    let outcome = run.outcome().unwrap();
    assert!(outcome.is_satisfied() && !outcome.is_fully_judged());
    assert_eq!(outcome.unjudged().collect::<Vec<_>>(), ["a floral pattern"]);
    assert_eq!(outcome.ending().transcript().unjudged().collect::<Vec<_>>(), ["a floral pattern"]);
    let judged = run_told(
        || Ok(Plan::new().must("a", "an a")),
        || Ok(Critique::new().finding(Finding::new("a", Verdict::Fail))),
    );
    let outcome = judged.outcome().unwrap();
    assert!(outcome.is_fully_judged());
    assert_eq!(outcome.unjudged().count(), 0);
}

#[test]
fn a_critic_without_a_plan_judges_the_requirements_of_the_brief() {
    struct Easy;
    impl Critic for Easy {
        fn profile(&self) -> CriticProfile {
            CriticProfile::new("easy")
        }
        fn critique(&self, _request: CritiqueRequest<'_>) -> Result<Critique> {
            Ok(Critique::new().finding(Finding::new("user-1", Verdict::Pass)))
        }
    }
    let engine = Engine::new().unwrap();
    engine.add_generator(Pixels::default()).unwrap();
    engine.add_critic(Easy).unwrap();
    let brief = Brief::new("mugs").must("three mugs").size(64, 32);
    let run = engine.refine(brief).generator("pixels").critic("easy").start().unwrap();
    let outcome = run.outcome().unwrap();
    assert!(outcome.is_satisfied() && outcome.is_fully_judged(), "{}", outcome.reason());
    let candidate = outcome.ending().transcript().candidate("0a").unwrap();
    assert!(candidate.warning().unwrap().contains("64x32"));
}

#[test]
fn a_finding_on_an_unknown_item_is_unusable() {
    let run = run_told(
        || Ok(Plan::new().must("a", "an a")),
        || Ok(Critique::new().finding(Finding::new("z", Verdict::Pass))),
    );
    let failed = run.events().find(|event| event.kind() == "call_failed").unwrap();
    assert_eq!(failed.json()["error"]["code"].as_str(), Some("unusable_reply"), "{failed}");
}

#[test]
fn a_critic_that_compares_is_asked_in_both_orders() {
    type Pairs = Arc<Mutex<Vec<(Vec<u8>, Vec<u8>)>>>;
    struct Darker(Pairs);
    impl Critic for Darker {
        fn profile(&self) -> CriticProfile {
            CriticProfile::new("darker").compares(true)
        }
        fn critique(&self, _request: CritiqueRequest<'_>) -> Result<Critique> {
            Ok(Critique::new())
        }
        fn compare(&self, request: ComparisonRequest<'_>) -> Result<Comparison> {
            assert_eq!(request.brief()["goal"].as_str(), Some("dark"));
            let (first, second) = (request.first()?.bytes().to_vec(), request.second()?.bytes().to_vec());
            let preference = if first > second { Preference::First } else { Preference::Second };
            self.0.lock().unwrap().push((first, second));
            Ok(Comparison::new(preference).remark("by its bytes").charge(Charge::paid(0)))
        }
    }
    let asked = Arc::new(Mutex::new(Vec::new()));
    let engine = Engine::new().unwrap();
    engine.add_generator(Pixels::default()).unwrap();
    engine.add_critic(Darker(Arc::clone(&asked))).unwrap();
    let run = engine.refine("dark").generator("pixels").critic("darker").until("rounds(2)").start().unwrap();
    let lines: Vec<String> = run.events().map(|event| event.to_string()).collect();
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2, "{lines:#?}");
    assert_eq!(asked[0], (asked[1].1.clone(), asked[1].0.clone()));
    assert_eq!(run.outcome().unwrap().best().image().bytes(), pixel(1));
}

#[test]
fn a_call_is_finished_later_from_another_thread() {
    let engine = Engine::new().unwrap();
    let (queue, calls) = mpsc::channel::<Call>();
    let queue = Mutex::new(queue);
    engine
        .add_generator_later(Capabilities::new("queued"), move |call| {
            queue.lock().unwrap().send(call).unwrap()
        })
        .unwrap();
    engine
        .add_critic_later(CriticProfile::new("at-once"), |call| {
            // Within the callback, on the engine's thread.
            let done = match call.kind() {
                Kind::Plan => call.finish(Plan::new().must("a", "an a")),
                Kind::Critique => call.finish(Critique::new().finding(Finding::new("a", Verdict::Pass))),
                _ => call.fail(&Error::new(Code::Unsupported, "not asked")),
            };
            done.unwrap();
        })
        .unwrap();
    let run = engine.refine("a").generator("queued").critic("at-once").start().unwrap();
    let call = calls.recv_timeout(SOON).unwrap();
    assert!(!run.wait_within(Duration::from_millis(10)).unwrap(), "it waits for the call");
    assert_eq!(GenerationRequest::of(&call).prompt(), "a");
    assert!(!call.is_cancelled());
    thread::spawn(move || call.finish(Generation::new(picture(5))).unwrap()).join().unwrap();
    assert_eq!(run.outcome().unwrap().best().image().bytes(), pixel(5));
}

#[test]
fn a_dropped_call_fails() {
    let engine = Engine::new().unwrap();
    let estimate = Capabilities::new("dropping").estimate_micros(7);
    engine.add_generator_later(estimate, drop).unwrap();
    engine.add_generator_later(Capabilities::new("panicking"), |_call| panic!("at once")).unwrap();
    engine.add_critic(After::pictures(1)).unwrap();
    for name in ["dropping", "panicking"] {
        let run = engine.refine("late").generator(name).critic("after").start().unwrap();
        let error = failure(&run);
        assert_eq!(error.code(), Code::BackendFailed, "{error}");
        assert_eq!(error.maybe_billed(), name == "dropping", "{error}");
    }
}

#[test]
fn an_answer_of_another_kind_fails_the_call() {
    let engine = Engine::new().unwrap();
    let (told, tells) = mpsc::sync_channel(8);
    engine
        .add_generator_later(Capabilities::new("mistaken").estimate_micros(9), move |call| {
            told.send(call.finish(Plan::new()).unwrap_err()).unwrap();
        })
        .unwrap();
    engine.add_critic(After::pictures(1)).unwrap();
    let run = engine.refine("late").generator("mistaken").critic("after").start().unwrap();
    let refused = tells.recv_timeout(SOON).unwrap();
    assert!(!refused.message().is_empty());
    let error = failure(&run);
    assert_eq!((error.code(), error.message()), (refused.code(), refused.message()));
    assert_eq!(error.charge(), Some(Charge::maybe_billed(9)));
}

#[test]
fn a_cancel_reaches_the_call() {
    let engine = Engine::new().unwrap();
    let (queue, calls) = mpsc::channel::<Call>();
    let queue = Mutex::new(queue);
    engine
        .add_generator_later(Capabilities::new("queued"), move |call| {
            queue.lock().unwrap().send(call).unwrap()
        })
        .unwrap();
    engine.add_critic(After::pictures(1)).unwrap();
    let run = engine.refine("late").generator("queued").critic("after").start().unwrap();
    let call = calls.recv_timeout(SOON).unwrap();
    let (hook, hooked) = mpsc::channel();
    let replaced = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&replaced);
    call.on_cancel(move || flag.store(true, Ordering::SeqCst));
    call.on_cancel(move || {
        hook.send(()).unwrap();
        panic!("a hook that panics");
    });
    run.cancel().unwrap();
    hooked.recv_timeout(SOON).unwrap();
    assert!(call.is_cancelled() && call.cancelled_within(Duration::ZERO));
    assert!(!replaced.load(Ordering::SeqCst));
    // The run does not wait for it.
    assert!(run.wait_within(SOON).unwrap());
    let (late, lately) = mpsc::channel();
    call.on_cancel(move || late.send(()).unwrap());
    lately.recv_timeout(SOON).unwrap();
    drop(call);
}

#[test]
fn a_call_outlives_its_run_and_its_engine() {
    let (queue, calls) = mpsc::channel::<Call>();
    let queue = Mutex::new(queue);
    let engine = Engine::new().unwrap();
    engine
        .add_generator_later(Capabilities::new("queued"), move |call| {
            queue.lock().unwrap().send(call).unwrap()
        })
        .unwrap();
    engine.add_critic(After::pictures(1)).unwrap();
    let run = engine.refine("late").generator("queued").critic("after").start().unwrap();
    let call = calls.recv_timeout(SOON).unwrap();
    drop(run);
    drop(engine);
    assert_eq!(GenerationRequest::of(&call).prompt(), "late");
    let gone = call.finish(Generation::new(picture(1))).unwrap_err();
    assert_eq!(gone.code(), Code::Handle);
    assert!(gone.message().contains("engine was dropped"), "{gone}");
}

#[test]
fn a_call_outlives_its_backend() {
    let (queue, calls) = mpsc::channel::<Call>();
    let queue = Mutex::new(queue);
    let engine = Engine::new().unwrap();
    engine
        .add_generator_later(Capabilities::new("queued").image_to_image(true), move |call| {
            queue.lock().unwrap().send(call).unwrap()
        })
        .unwrap();
    engine.add_critic(After::pictures(1)).unwrap();
    let begin = || engine.refine("late").generator("queued").critic("after").start().unwrap();
    let runs = [begin(), begin()];
    let [first, second] = [(); 2].map(|_| calls.recv_timeout(SOON).unwrap());
    let record = picture(1).record().unwrap();
    assert_eq!(first.image(&record).unwrap_err().code(), Code::NotFound);
    drop(runs);
    engine.add_generator_later(Capabilities::new("queued"), drop).unwrap();
    // Its queue goes with the backend, once no run uses that.
    assert_eq!(calls.recv_timeout(SOON).unwrap_err(), mpsc::RecvTimeoutError::Disconnected);
    for gone in [
        first.image(&record).unwrap_err(),
        first.finish(Generation::new(picture(1))).unwrap_err(),
        second.fail(&Error::new(Code::Refused, "not this")).unwrap_err(),
    ] {
        assert_eq!(gone.code(), Code::Handle);
        assert!(gone.message().contains("backend was replaced"), "{gone}");
    }
}

#[test]
fn what_was_given_to_an_engine_is_dropped_with_it() {
    struct Held(mpsc::SyncSender<&'static str>, &'static str);
    impl Drop for Held {
        fn drop(&mut self) {
            let _ = self.0.send(self.1);
        }
    }
    let (send, dropped) = mpsc::sync_channel(8);
    let engine = Engine::new().unwrap();
    let [a, b, c] = ["generator", "policy", "refused"].map(|name| Held(send.clone(), name));
    engine
        .add_generator_later(Capabilities::new("holding"), move |call| {
            let _ = &a;
            drop(call);
        })
        .unwrap();
    let refused = engine.refine("a").generator("nobody").stop_when(move |_| {
        let _ = &c;
        false
    });
    assert!(refused.start().is_err());
    assert_eq!(dropped.try_recv().unwrap(), "refused");
    let run = engine.refine("two red mugs").until("rounds(1)").stop_when(move |_| {
        let _ = &b;
        false
    });
    let run = run.start().unwrap();
    run.wait().unwrap();
    drop(run);
    assert_eq!(dropped.recv_timeout(SOON).unwrap(), "policy");
    assert!(dropped.try_recv().is_err());
    drop(engine);
    assert_eq!(dropped.try_recv().unwrap(), "generator", "the drop of the engine waits for it");
}

#[test]
fn a_backend_replaces_one_of_its_name() {
    let engine = Engine::new().unwrap();
    for colour in [1, 2] {
        engine
            .add_generator_later(Capabilities::new("paint"), move |call| {
                call.finish(Generation::new(picture(colour))).unwrap();
            })
            .unwrap();
    }
    engine.add_critic(After::pictures(1)).unwrap();
    let run = engine.refine("late").generator("paint").critic("after").start().unwrap();
    assert_eq!(run.outcome().unwrap().best().image().bytes(), pixel(2));
    let unnamed = engine.add_generator_later(Capabilities::new(""), drop).unwrap_err();
    assert!(!unnamed.message().is_empty());
}

#[test]
fn a_stop_policy_is_a_closure_over_the_run() {
    let (engine, _) = engine_with_backends(99);
    let asked = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&asked);
    let run = engine
        .refine("late")
        .generator("pixels")
        .critic("after")
        .until("rounds(50)")
        .stop_when(move |run| {
            count.fetch_add(1, Ordering::SeqCst);
            if run.finished_rounds() >= 2 {
                Stop::Because("two are \"enough\", ünd so weiter".to_string())
            } else {
                Stop::GoOn
            }
        })
        .start()
        .unwrap();
    let outcome = run.outcome().unwrap();
    let reason = outcome.reason();
    assert_eq!(reason.kind, "custom", "{reason}");
    assert!(reason.to_string().contains("two are \"enough\", ünd so weiter"), "{reason}");
    assert!(asked.load(Ordering::SeqCst) >= 2);
    assert_eq!(outcome.ending().transcript().rounds().len(), 2);
}

#[test]
fn a_stop_policy_is_asked_before_what_costs_too() {
    let engine = Engine::new().unwrap();
    let capabilities = Capabilities::new("dear").estimate_micros(40_000);
    engine
        .add_generator_later(capabilities, |call| {
            let made = Generation::new(picture(1)).charge(Charge::paid(30_000));
            call.finish(made).unwrap();
        })
        .unwrap();
    engine.add_critic(After::pictures(99)).unwrap();
    let (seen, sees) = mpsc::channel();
    let run = engine
        .refine("late")
        .generator("dear")
        .critic("after")
        .stop_when(move |run| {
            let last_is_empty = run.rounds().last().map_or(false, |round| round.candidates().len() == 0);
            let money = (run.spent_micros(), run.reserved_micros());
            seen.send((run.rounds().len(), run.finished_rounds(), last_is_empty, money)).unwrap();
            run.spent_micros() + run.reserved_micros() > 100_000
        })
        .start()
        .unwrap();
    let ending = run.ending().unwrap();
    assert_eq!(ending.reason().kind, "custom", "{}", ending.reason());
    let seen: Vec<_> = sees.try_iter().collect();
    // Before the first call of round 1: the round is there, with nothing in it, and its call is set aside.
    assert!(seen.contains(&(2, 1, true, (30_000, 40_000))), "{seen:?}");
    // And after it.
    assert!(seen.contains(&(2, 2, false, (60_000, 0))), "{seen:?}");
    // A third would not have passed the limit, and a fourth might have.
    assert_eq!((ending.transcript().finished_rounds(), ending.transcript().spent_micros()), (3, 90_000));
}

#[test]
fn a_very_long_reason_is_cut() {
    let (engine, _) = engine_with_backends(99);
    let run = engine
        .refine("late")
        .generator("pixels")
        .critic("after")
        .stop_when(|run| (run.finished_rounds() > 0).then(|| "ü\0".repeat(100_000)))
        .start()
        .unwrap();
    let ending = run.ending().unwrap();
    assert_eq!(ending.reason().kind, "custom", "{}", ending.reason());
    let detail = ending.reason().detail;
    assert!(detail.starts_with("ü ü ") && detail.ends_with("..."), "{detail}");
}

#[test]
fn a_panic_of_a_stop_policy_fails_the_run() {
    let (engine, _) = engine_with_backends(99);
    let run = engine
        .refine("late")
        .generator("pixels")
        .critic("after")
        .stop_when(|run| -> bool {
            assert_eq!(run.finished_rounds(), 0, "no more");
            false
        })
        .start()
        .unwrap();
    let ending = run.ending().unwrap();
    assert_eq!(ending.reason().kind, "failed", "{}", ending.reason());
    // What assert_eq says has several lines.
    let error = ending.error().unwrap();
    assert!(error.message().contains("the stop policy panicked: assertion"), "{error}");
    assert!(error.message().ends_with(" left: 1 right: 0"), "{error}");
    assert!(!error.message().contains('\n') && !error.message().contains("backend_failed"), "{error}");
}

#[test]
fn waiting_within_a_stop_policy_is_busy() {
    let (engine, _) = engine_with_backends(99);
    let (other, begins) = {
        let (other, begins) = engine_with_backends(1);
        (other.refine("late").generator("patient").critic("after").start().unwrap(), begins)
    };
    begins.recv_timeout(SOON).unwrap();
    let other = Arc::new(other);
    let (said, says) = mpsc::channel();
    let watched = Arc::clone(&other);
    let run = engine
        .refine("late")
        .generator("pixels")
        .critic("after")
        .until("rounds(2)")
        .stop_when(move |_| {
            let _ = said.send(watched.wait().map_err(|error| error.code()));
            false
        })
        .start()
        .unwrap();
    assert_eq!(says.recv_timeout(SOON).unwrap(), Err(Code::Busy));
    other.cancel().unwrap();
    run.wait().unwrap();
}

#[test]
fn a_run_and_its_engine_may_be_dropped_on_their_own_thread() {
    let (give, take) = mpsc::sync_channel::<(Run, Engine)>(1);
    let take = Mutex::new(take);
    let (done, dones) = mpsc::sync_channel(8);
    struct Tell(mpsc::SyncSender<&'static str>);
    impl Drop for Tell {
        fn drop(&mut self) {
            let _ = self.0.send("freed");
        }
    }
    let tell = Tell(done.clone());
    let engine = Engine::new().unwrap();
    engine
        .add_generator_later(Capabilities::new("last"), move |call| {
            let _ = &tell;
            // The last of both, so that this ends the engine whose thread this is.
            drop(take.lock().unwrap().recv_timeout(SOON).unwrap());
            let _ = call.finish(Generation::new(picture(1))); // wanted or not, it does no harm
            done.send("dropped").unwrap();
        })
        .unwrap();
    engine.add_critic(After::pictures(1)).unwrap();
    let run = engine.refine("late").generator("last").critic("after").start().unwrap();
    give.send((run, engine)).unwrap();
    assert_eq!(dones.recv_timeout(SOON).unwrap(), "dropped");
    assert_eq!(dones.recv_timeout(SOON).unwrap(), "freed");
}
