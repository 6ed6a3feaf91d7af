//! The events of a run.

use crate::ffi::one_line;
use crate::json::Value;
use crate::outcome::Reason;
use std::fmt::{self, Display, Formatter};

/// One thing that happened in a run: a flat JSON object with "sequence", "time", "type", and what the type
/// adds.
///
/// The text of an event is a view of it:
///
/// ```compile_fail,E0505
/// # fn some_event() -> pentimento::Event { unimplemented!() }
/// let event = some_event();
/// let kind = event.kind();
/// drop(event);
/// println!("{kind}");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    text: String,
    json: Value,
}

impl Event {
    pub(crate) fn new(text: String) -> Event {
        // The library writes JSON; should this crate not be able to read it, the event is handed on all the
        // same.
        let json = Value::parse(&text).unwrap_or_else(|_| Value::object([("type", "unreadable".into())]));
        Event { text, json }
    }

    /// The type: "generation_finished". "unreadable" for what this crate cannot read, which the library does
    /// not write.
    pub fn kind(&self) -> &str {
        self.json["type"].as_str().unwrap_or_default()
    }

    /// The number of the event in its run, from 0. `None` for a proposal, which is no part of the record.
    pub fn sequence(&self) -> Option<u64> {
        self.json["sequence"].as_u64()
    }

    /// The event as a value.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The event as the library wrote it, on one line: a run is recorded by writing these down. See `fold`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the reviser "ask" asks, if this is its question.
    pub fn proposal(&self) -> Option<Proposal<'_>> {
        if self.kind() != "revision_proposed" {
            return None;
        }
        Some(Proposal { question: self.json["question"].as_i64()?, revision: &self.json["revision"] })
    }
}

/// The proposal of a revision, which the run waits to have accepted, changed or declined: see `Run::answer`.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'e> {
    question: i64,
    revision: &'e Value,
}

impl<'e> Proposal<'e> {
    /// The number to answer to.
    pub fn question(&self) -> i64 {
        self.question
    }

    /// What is proposed.
    pub fn revision(&self) -> &'e Value {
        self.revision
    }

    /// The words that would be used.
    pub fn prompt(&self) -> &'e str {
        self.revision["request"]["prompt"].as_str().unwrap_or_default()
    }
}

/// One line for people, without a line break or any other control character.
impl Display for Event {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match line(self.kind(), &self.json) {
            Some(line) => out.write_str(&one_line(&line)),
            None => out.write_str(&one_line(&self.kind().replace('_', " "))), // of a later library
        }
    }
}

/// What an event says, in the words that every language has for it. Nothing for a type that is not known, or
/// one that says it in another way than is known.
fn line(kind: &str, e: &Value) -> Option<String> {
    let text = |name: &str| e[name].as_str();
    Some(match kind {
        "run_started" => format!("run started: {}", e["brief"]["goal"].as_str()?),
        "plan_started" => "planning".to_string(),
        "plan_finished" => format!("planned {} items", e["checklist"].as_array()?.len()),
        "round_started" => {
            let why = e["revision"]["why"].as_str().unwrap_or_default();
            let separator = if why.is_empty() { "" } else { ", " };
            format!("round {}: {}{separator}{why}", e.get("round")?, e["revision"]["action"].as_str()?)
        }
        "image_given" => format!("{}: given, {}", text("id")?, size(&e["image"])?),
        "generation_started" => format!("{}: generating", text("id")?),
        "generation_finished" => {
            let images = e["generation"]["images"].as_array()?;
            let more =
                if images.len() > 1 { format!(" and {} more", images.len() - 1) } else { String::new() };
            format!("{}: generated {}{more}", text("id")?, size(images.first()?)?)
        }
        "critique_started" => format!("{}: judging", text("id")?),
        "critique_finished" => {
            let findings = e["critique"]["findings"].as_array()?;
            let passed =
                findings.iter().filter(|finding| finding["verdict"].as_str() == Some("pass")).count();
            format!("{}: judged, {passed} of {} pass", text("id")?, findings.len())
        }
        "comparison_started" => format!("{}: compared with {}", text("challenger")?, text("incumbent")?),
        "comparison_finished" => {
            let shown = if e["swapped"].as_bool()? { "second" } else { "first" };
            let preferred = e["comparison"]["preference"].as_str()?;
            format!("{}: {preferred} preferred, shown {shown}", text("challenger")?)
        }
        "candidate_decided" => format!("{}: {}", text("id")?, decision(&e["decision"])?),
        "round_finished" => format!("round {} finished", e.get("round")?),
        "revision_started" => "revising".to_string(),
        "revision_finished" => {
            format!("revised by {}", e.get("revision")?["author"].as_str().unwrap_or("nobody"))
        }
        "revision_proposed" => {
            let revision = &e["revision"];
            let prompt = revision["request"]["prompt"].as_str()?;
            format!("proposed: {}, \"{prompt}\"", revision["action"].as_str()?)
        }
        "call_failed" => {
            let call = &e["call"];
            let about = call["candidate"].as_str().map(|id| format!(" {id}")).unwrap_or_default();
            let swapped = if call["swapped"].as_bool() == Some(true) { " swapped" } else { "" };
            format!("{}{about}{swapped} failed: {}", call["kind"].as_str()?, e["error"]["message"].as_str()?)
        }
        "stop_requested" => format!("stopping: {}", Reason::of(e.get("reason")?)),
        "run_stopped" => format!("stopped: {}", Reason::of(e.get("reason")?)),
        _ => return None,
    })
}

/// Why a picture was kept or rejected.
fn decision(decision: &Value) -> Option<String> {
    let ids = |name: &str| {
        let ids: Vec<String> =
            decision[name].items().filter_map(Value::as_str).map(|id| format!("\"{id}\"")).collect();
        if ids.is_empty() {
            "nothing".to_string()
        } else {
            ids.join(", ")
        }
    };
    let (gained, lost) = (ids("gained"), ids("lost"));
    Some(match decision["reason"].as_str()? {
        "first" => "kept: the first".to_string(),
        "more_musts" => format!("kept: gained {gained}, lost {lost}"),
        "better_score" => format!("kept: a better score, gained {gained}, lost {lost}"),
        "preferred" => "kept: preferred in both orders".to_string(),
        "lost_must" => format!("rejected: lost {lost}"),
        "worse_score" => format!("rejected: a worse score, lost {lost}"),
        "within_dead_band" => "rejected: no clear gain, the scores differ too little".to_string(),
        "tie" => "rejected: a tie".to_string(),
        "not_preferred" => "rejected: not preferred in both orders".to_string(),
        "unjudged" => "rejected: not judged".to_string(),
        _ => return None,
    })
}

/// `768x768` of a record.
fn size(record: &Value) -> Option<String> {
    Some(format!("{}x{}", record.get("width")?, record.get("height")?))
}

#[cfg(test)]
mod tests {
    use super::Event;

    /// The words are those of `capi/python/pentimento/events.py`.
    #[test]
    fn every_type_has_its_words() {
        let decided = |decision: &str| {
            format!(r#"{{"type": "candidate_decided", "id": "1a", "decision": {decision}}}"#)
        };
        for (decision, words) in [
            (r#"{"reason": "first"}"#, "kept: the first"),
            (r#"{"reason": "more_musts", "gained": ["a"]}"#, r#"kept: gained "a", lost nothing"#),
            (
                r#"{"reason": "better_score", "gained": ["a", "b"], "lost": ["c"]}"#,
                r#"kept: a better score, gained "a", "b", lost "c""#,
            ),
            (r#"{"reason": "preferred"}"#, "kept: preferred in both orders"),
            (r#"{"reason": "lost_must", "lost": ["a"]}"#, r#"rejected: lost "a""#),
            (r#"{"reason": "worse_score"}"#, "rejected: a worse score, lost nothing"),
            (r#"{"reason": "within_dead_band"}"#, "rejected: no clear gain, the scores differ too little"),
            (r#"{"reason": "tie"}"#, "rejected: a tie"),
            (r#"{"reason": "not_preferred"}"#, "rejected: not preferred in both orders"),
            (r#"{"reason": "unjudged"}"#, "rejected: not judged"),
        ] {
            assert_eq!(Event::new(decided(decision)).to_string(), format!("1a: {words}"));
        }
        // Of a later library.
        assert_eq!(Event::new(decided(r#"{"reason": "a_whim"}"#)).to_string(), "candidate decided");

        for (event, words) in [
            (r#""round_started", "round": 1, "revision": {"action": "edit"}"#, "round 1: edit"),
            (
                r#""round_started", "round": 1, "revision": {"action": "edit", "why": "a\n fault"}"#,
                "round 1: edit, a fault",
            ),
            (r#""image_given", "id": "0a", "image": {"width": 2, "height": 1}"#, "0a: given, 2x1"),
            (
                r#""generation_finished", "id": "0a",
                   "generation": {"images": [{"width": 2, "height": 1}, {}, {}]}"#,
                "0a: generated 2x1 and 2 more",
            ),
            (r#""generation_finished", "id": "0a", "generation": {"images": []}"#, "generation finished"),
            (
                r#""comparison_finished", "challenger": "1a", "swapped": true,
                   "comparison": {"preference": "second"}"#,
                "1a: second preferred, shown second",
            ),
            (r#""revision_finished", "revision": {}"#, "revised by nobody"),
            (
                r#""revision_proposed", "question": 1,
                   "revision": {"action": "reprompt", "request": {"prompt": "two\nmugs"}}"#,
                r#"proposed: reprompt, "two mugs""#,
            ),
            (
                r#""call_failed", "call": {"kind": "compare", "candidate": "1a", "swapped": true},
                   "error": {"message": "no\u001b[31m paint"}"#,
                "compare 1a swapped failed: no [31m paint",
            ),
            (r#""run_stopped", "reason": {"clause": "failed"}"#, "stopped: failed"),
            (r#""run_stopped""#, "run stopped"),
            (r#""of_a_later_library""#, "of a later library"),
        ] {
            assert_eq!(Event::new(format!(r#"{{"type": {event}}}"#)).to_string(), words);
        }
    }
}
