//! The events of a run.

use crate::error::Error;
use crate::json::Value;
use std::fmt::{self, Display, Formatter, Write};

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
        let e = &self.json;
        let id = || text(&e["id"]);
        match self.kind() {
            "run_started" => write!(out, "run started: {}", text(&e["brief"]["goal"])),
            "plan_started" => write!(out, "planning"),
            "plan_finished" => write!(out, "planned {} items", e["checklist"].items().len()),
            "round_started" => {
                write!(out, "round {}: {}", e["round"], text(&e["revision"]["action"]))?;
                detail(out, ", ", &e["revision"]["why"])
            }
            "picture_given" => write!(out, "{}: given, {}", id(), size(&e["image"])),
            "generation_started" => write!(out, "{}: generating", id()),
            "generation_finished" => {
                write!(out, "{}: generated {}", id(), size(&e["generation"]["images"][0]))
            }
            "critique_started" => write!(out, "{}: judging", id()),
            "critique_finished" => {
                let findings = e["critique"]["findings"].items();
                let passed =
                    findings.clone().filter(|finding| finding["verdict"].as_str() == Some("pass")).count();
                write!(out, "{}: judged, {passed} of {} pass", id(), findings.len())
            }
            "comparison_started" => {
                write!(out, "{}: compared with {}", text(&e["challenger"]), text(&e["incumbent"]))
            }
            "comparison_finished" => {
                let shown = if e["swapped"].as_bool() == Some(true) { "second" } else { "first" };
                let preferred = text(&e["comparison"]["preference"]);
                write!(out, "{}: {preferred} preferred, shown {shown}", text(&e["challenger"]))
            }
            "candidate_decided" => {
                let kept = e["decision"]["accepted"].as_bool() == Some(true);
                let reason = text(&e["decision"]["reason"]).replace('_', " ");
                write!(out, "{}: {}: {reason}", id(), if kept { "kept" } else { "rejected" })?;
                list(out, "; gained ", &e["decision"]["gained"])?;
                list(out, "; lost ", &e["decision"]["lost"])
            }
            "round_finished" => write!(out, "round {} finished", e["round"]),
            "revision_started" => write!(out, "revising"),
            "revision_finished" => write!(out, "revised by {}", text(&e["revision"]["author"])),
            "revision_proposed" => {
                write!(out, "question {}: {}", e["question"], text(&e["revision"]["request"]["prompt"]))
            }
            "call_failed" => {
                write!(out, "{}", text(&e["call"]["kind"]))?;
                detail(out, " ", &e["call"]["candidate"])?;
                write!(out, " failed: {}", one_line(Error::from_json(&e["error"]).message()))
            }
            "stop_requested" => {
                write!(out, "stopping: {}", text(&e["reason"]["clause"]))?;
                detail(out, ": ", &e["reason"]["detail"])
            }
            "run_stopped" => {
                write!(out, "stopped: {}", text(&e["reason"]["clause"]))?;
                detail(out, ": ", &e["reason"]["detail"])
            }
            other => write!(out, "{}", one_line(other)), // of a newer library
        }
    }
}

/// The text of a value, if it is one.
fn text(value: &Value) -> String {
    one_line(value.as_str().unwrap_or_default())
}

/// Text of models and providers, fit for a terminal.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The text with something before it, if there is any.
fn detail(out: &mut Formatter<'_>, before: &str, value: &Value) -> fmt::Result {
    match value.as_str() {
        None | Some("") => Ok(()),
        Some(words) => write!(out, "{before}{}", one_line(words)),
    }
}

/// The ids with something before them, if there are any.
fn list(out: &mut Formatter<'_>, before: &str, ids: &Value) -> fmt::Result {
    let mut separator = before;
    for id in ids.items() {
        write!(out, "{separator}{}", text(id))?;
        separator = ", ";
    }
    Ok(())
}

/// `768x768` of a record.
fn size(record: &Value) -> String {
    let mut out = String::new();
    let _ = write!(out, "{}x{}", record["width"], record["height"]); // a string takes everything
    out
}
