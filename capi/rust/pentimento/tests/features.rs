//! The optional features of the crate.

mod support;

#[cfg(feature = "futures-core")]
mod futures_core_feature {
    use crate::support;
    use futures_core::Stream;
    use pentimento::{Engine, Event};
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// All that a stream gives, through the trait alone.
    struct Collect<S: Stream>(S, Vec<S::Item>);

    impl<S: Stream<Item = Event> + Unpin> Future for Collect<S> {
        type Output = Vec<Event>;
        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Vec<Event>> {
            loop {
                match Pin::new(&mut self.0).poll_next(context) {
                    Poll::Ready(Some(event)) => self.1.push(event),
                    Poll::Ready(None) => return Poll::Ready(std::mem::take(&mut self.1)),
                    Poll::Pending => return Poll::Pending,
                }
            }
        }
    }

    #[test]
    fn events_are_a_stream_of_futures_core() {
        let engine = Engine::new().unwrap();
        let (run, events) = engine.refine("two red mugs").until("rounds(1)").start_async().unwrap();
        let events = support::block_on(Collect(events, Vec::new()));
        assert_eq!(events.first().unwrap().kind(), "run_started");
        assert_eq!(events.last().unwrap().kind(), "run_stopped");
        assert_eq!(run.ending().unwrap().transcript()["events"].as_u64(), Some(events.len() as u64));
    }
}

#[cfg(feature = "serde")]
mod serde_feature {
    use crate::support::pixel;
    use pentimento::json::{json, Value};
    use pentimento::{
        fold, Action, Billing, Brief, Charge, Code, Comparison, Critique, Ending, Engine, Error, Event,
        Finding, Generation, Image, Importance, Plan, Preference, Revision, Score, Transcript, Verdict,
    };
    use serde::de::DeserializeOwned;
    use serde::Serialize;
    use std::fmt::Debug;

    /// A value written, read and written again is the same.
    fn holds<T: Serialize + DeserializeOwned + Debug>(value: &T, form: Value) {
        let text = serde_json::to_string(value).unwrap();
        assert_eq!(text.parse::<Value>().unwrap(), form);
        let again: T = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(&again).unwrap(), form, "{again:?}");
    }

    fn why<T: DeserializeOwned + Debug>(form: Value) -> String {
        serde_json::from_value::<T>(form).unwrap_err().to_string()
    }

    #[test]
    fn values_have_the_form_of_the_library() {
        holds(&Verdict::Unknown, json!("unknown"));
        holds(&Importance::Should, json!("should"));
        holds(&Preference::Neither, json!("neither"));
        holds(&Billing::MaybeBilled, json!("maybe_billed"));
        holds(&Action::Backtrack, json!("backtrack"));
        holds(&Code::RateLimited, json!("rate_limited"));
        let paid = json!({"billing": "paid", "micros": 7});
        holds(&Charge::paid(7), paid.clone());
        let error = Error::new(Code::Refused, "not this").with_request_id("r").with_charge(Charge::paid(7));
        holds(&error, json!({"code": "refused", "message": "not this", "request_id": "r", "charge": paid}));
        let finding = Finding::new("a", Verdict::Fail).place("left").local(true);
        let failed = json!({"requirement": "a", "verdict": "fail", "where": "left", "local": true});
        holds(&finding, failed.clone());
        holds(
            &Critique::new().finding(finding).remark("no").charge(Charge::paid(7)),
            json!({"findings": [failed], "remark": "no", "charge": paid}),
        );
        holds(
            &Plan::new().must("a", "an a").unjudged("b"),
            json!({"requirements": [{"id": "a", "text": "an a", "importance": "must"}], "unjudged": ["b"]}),
        );
        holds(
            &Comparison::new(Preference::First).remark("so").charge(Charge::paid(7)),
            json!({"preference": "first", "remark": "so", "charge": paid}),
        );
        holds(
            &Revision::new(Action::Edit, "p").seed(u64::MAX).option("style", "raw").target("a").parent("0a"),
            json!({"action": "edit", "request": {"prompt": "p", "seed": u64::MAX, "options": {"style": "raw"}},
                   "targets": ["a"], "parent": "0a"}),
        );
        holds(&Revision::stop().why("enough"), json!({"action": "stop", "why": "enough"}));
        holds(
            &Brief::new("a mug").must("red").size(64, 32),
            json!({"goal": "a mug", "requirements": [{"text": "red", "importance": "must"}],
                   "size": {"width": 64, "height": 32}}),
        );
        assert!(serde_json::from_str::<Brief>("\"a mug\"").is_ok(), "a text is a goal");
    }

    #[test]
    fn reading_is_strict() {
        assert!(why::<Verdict>(json!("passed")).contains("pass, fail, unknown"));
        assert!(why::<Code>(json!("lost")).contains("refused"));
        assert!(why::<Charge>(json!({"billing": "paid", "micros": -1})).contains("micros"));
        assert!(why::<Charge>(json!({"billing": "paid"})).contains("micros"));
        assert!(
            why::<Finding>(json!({"requirement": "a", "verdict": "pass", "seen": "b"})).contains("observed")
        );
        assert!(why::<Critique>(json!({"findings": [{"requirement": "a"}]})).contains("verdict"));
        assert!(why::<Plan>(json!({"requirements": [{"id": "a"}]})).contains("text"));
        assert!(why::<Revision>(json!({"action": "reprompt"})).contains("request"));
        let record = json!({"sha256": "0"});
        let edit = json!({"action": "edit", "request": {"prompt": "p", "init_image": record}});
        assert!(why::<Revision>(edit).contains("bytes"));
        assert!(why::<Brief>(json!(7)).contains("brief"));
        assert!(why::<Event>(json!({"sequence": 7})).contains("type"));
        assert!(why::<Transcript>(json!([])).contains("object"));
        assert!(why::<Score>(json!({"percent": 7})).contains("needs"));
    }

    #[test]
    fn images_are_their_records() {
        let image = Image::from_bytes(&pixel(1)).unwrap();
        let record = image.record().unwrap();
        assert_eq!(serde_json::to_value(&image).unwrap(), record);
        let generation = Generation::new(image.clone()).seed(7);
        assert_eq!(serde_json::to_value(&generation).unwrap(), json!({"images": [record], "seed": 7}));
        let critique = Critique::new().judged(image.clone());
        assert_eq!(serde_json::to_value(&critique).unwrap(), json!({"findings": [], "judged": record}));
        let brief = Brief::new("a mug").init_image(image);
        assert_eq!(serde_json::to_value(&brief).unwrap()["init_image"], record);
    }

    #[test]
    fn a_run_can_be_written_down_and_read_again() {
        let engine = Engine::new().unwrap();
        let run = engine.refine("two red mugs").until("rounds(2)").seed(3).start().unwrap();
        let mut lines = Vec::new();
        for event in run.events() {
            let line = serde_json::to_string(&event).unwrap();
            let again: Event = serde_json::from_str(&line).unwrap();
            assert_eq!((again.kind(), again.json()), (event.kind(), event.json()));
            lines.push(again.record().to_string());
        }
        let ending = run.ending().unwrap();
        let transcript = ending.transcript();
        assert_eq!(fold(&lines.join("\n")).unwrap(), *transcript);
        holds(&ending, ending.json().clone());
        let again: Ending = serde_json::from_value(serde_json::to_value(&ending).unwrap()).unwrap();
        assert_eq!(again, ending);
        holds(transcript, transcript.json().clone());
        assert_eq!(serde_json::to_value(ending.reason()).unwrap(), ending.json()["reason"]);

        // What the library wrote about an image can be read in parts.
        let candidate = transcript.candidates().last().unwrap();
        assert_eq!(serde_json::to_value(candidate).unwrap(), *candidate.json());
        let round = transcript.rounds().last().unwrap();
        assert_eq!(serde_json::to_value(round).unwrap(), *round.json());
        let score: Score = serde_json::from_value(candidate.json()["score"].clone()).unwrap();
        assert_eq!(score, candidate.score());
        holds(&score, candidate.json()["score"].clone());
        let critique = &candidate.json()["critique"];
        let read: Critique = serde_json::from_value(critique.clone()).unwrap();
        holds(&read, critique.clone());
    }
}
