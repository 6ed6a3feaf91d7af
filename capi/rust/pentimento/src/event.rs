//! The events of a run.

use crate::json::{json, Value};
use std::fmt::{self, Display, Formatter};

/// One thing that happened in a run: a JSON object with "sequence", "time", "type", "text" and the members of
/// its type.
///
/// What an event lends is a view of it:
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
    record: String,
    json: Value,
}

impl Event {
    pub(crate) fn new(record: String) -> Event {
        // The library writes valid JSON. An event that could not be read is handed on all the same.
        let json = record.parse().unwrap_or_else(|_| json!({"type": "unreadable"}));
        Event::of(record, json)
    }

    /// An event from its record and the JSON that stands there.
    pub(crate) fn of(record: String, json: Value) -> Event {
        Event { record, json }
    }

    /// The type: "generation_finished". "unreadable" if the library wrote something that is not JSON.
    pub fn kind(&self) -> &str {
        self.json["type"].as_str().unwrap_or_default()
    }

    /// The number of the event in its run, from 0. `None` for a proposal, which is not recorded.
    pub fn sequence(&self) -> Option<u64> {
        self.json["sequence"].as_u64()
    }

    /// One line for people. Its wording may change between versions.
    pub fn text(&self) -> &str {
        self.json["text"].as_str().unwrap_or_default()
    }

    /// The event as a value.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The event as the library wrote it, on one line. Write these down to record a run; see `fold`.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The question of the reviser "ask", if this event is one.
    pub fn proposal(&self) -> Option<Proposal<'_>> {
        if self.kind() != "revision_proposed" {
            return None;
        }
        Some(Proposal { question: self.json["question"].as_i64()?, revision: &self.json["revision"] })
    }
}

/// A proposed revision. The run waits until it is accepted, changed or rejected; see `Run::answer`.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'e> {
    question: i64,
    revision: &'e Value,
}

impl<'e> Proposal<'e> {
    /// The number to answer with.
    pub fn question(&self) -> i64 {
        self.question
    }

    /// The proposed revision.
    pub fn revision(&self) -> &'e Value {
        self.revision
    }

    /// The prompt that would be used.
    pub fn prompt(&self) -> &'e str {
        self.revision["request"]["prompt"].as_str().unwrap_or_default()
    }
}

/// One line for people, without a line break or any other control character.
impl Display for Event {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.text())
    }
}
