//! `Serialize` and `Deserialize`, in the JSON form of `pentimento.h`. Written by hand, because derived code would
//! need more of the compiler than `rust-version` says.
//!
//! Reading is strict, as in the library: an unknown member or name is an error.

use crate::backend::{
    Action, Comparison, Critique, Finding, Generation, Plan, Preference, Revision, Verdict,
};
use crate::brief::{Brief, Importance};
use crate::error::{Billing, Charge, Code, Error};
use crate::event::Event;
use crate::image::Image;
use crate::json::{json, Object, Value};
use crate::outcome::{Ending, Reason};
use crate::transcript::{Candidate, Round, Score, Transcript};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What was read, or what is wrong with it.
type Read<T> = Result<T, String>;

// Names -----------------------------------------------------------------------------------------------------------

/// The value of a name.
fn named<T>(what: &str, all: impl Iterator<Item = (T, &'static str)>, name: &str) -> Read<T> {
    let mut names = Vec::new();
    for (value, known) in all {
        if known == name {
            return Ok(value);
        }
        names.push(known);
    }
    Err(format!("{what} is unknown: {}; it is one of {}", Value::from(name), names.join(", ")))
}

/// Types that are a name in JSON.
macro_rules! names {
    ($($name:ident, $what:literal: $all:expr;)*) => {$(
        impl $name {
            fn read(value: &Value) -> Read<$name> {
                let name = value.as_str().ok_or_else(|| format!("{} is a text, not {value}", $what))?;
                named($what, $all.map(|value| (value, value.name())), name)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    )*};
}

names! {
    Action, "an action": [
        Action::Reprompt, Action::Reseed, Action::Edit, Action::Backtrack, Action::Restart, Action::Stop,
    ].into_iter();
    Billing, "a billing": [Billing::Unpaid, Billing::Paid, Billing::Estimated, Billing::MaybeBilled].into_iter();
    Code, "a code": Code::all();
    Importance, "an importance": [Importance::Must, Importance::Should].into_iter();
    Preference, "a preference": [Preference::First, Preference::Second, Preference::Neither].into_iter();
    Verdict, "a verdict": [Verdict::Pass, Verdict::Fail, Verdict::Unknown].into_iter();
}

// Objects ---------------------------------------------------------------------------------------------------------

/// What a member must be.
type Check = fn(&Value) -> Read<()>;

/// A member of an object: its name, whether it is required, and what it must be.
type Member = (&'static str, bool, Check);

fn wanted(holds: bool, what: &str, value: &Value) -> Read<()> {
    if holds {
        return Ok(());
    }
    Err(format!("{what} is needed, not {value}"))
}

fn text(value: &Value) -> Read<()> {
    wanted(value.is_string(), "a text", value)
}

fn texts(value: &Value) -> Read<()> {
    wanted(
        value.as_array().map_or(false, |items| items.iter().all(Value::is_string)),
        "a list of texts",
        value,
    )
}

fn flag(value: &Value) -> Read<()> {
    wanted(value.is_boolean(), "true or false", value)
}

fn count(value: &Value) -> Read<()> {
    wanted(value.is_u64(), "a whole number, 0 or more", value)
}

fn number(value: &Value) -> Read<()> {
    wanted(value.is_number(), "a number", value)
}

fn list(value: &Value) -> Read<()> {
    wanted(value.is_array(), "a list", value)
}

fn object(value: &Value) -> Read<()> {
    wanted(value.is_object(), "an object", value)
}

fn no_image(_: &Value) -> Read<()> {
    Err("the bytes of an image are not in its record; set the image itself".to_string())
}

/// The members of an object, each of which is what it must be.
fn members(what: &str, value: &Value, known: &[Member]) -> Read<Object> {
    let members = value.as_object().ok_or_else(|| format!("{what} is an object, not {value}"))?;
    for (name, value) in members {
        let (_, _, check) = known.iter().find(|member| member.0 == name.as_str()).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|member| member.0).collect();
            format!("{what} has no member {name:?}; it has {}", names.join(", "))
        })?;
        check(value).map_err(|why| format!("{name:?} of {what}: {why}"))?;
    }
    match known.iter().find(|member| member.1 && !members.contains_key(member.0)) {
        Some(missing) => Err(format!("{what} needs {:?}", missing.0)),
        None => Ok(members.clone()),
    }
}

fn items(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

impl Charge {
    fn read(value: &Value) -> Read<Charge> {
        let billing: Check = |value| Billing::read(value).map(drop);
        members("a charge", value, &[("billing", true, billing), ("micros", true, count)])?;
        Charge::from_json(value).ok_or_else(|| format!("a charge cannot be read: {value}"))
    }
}

fn charge(value: &Value) -> Read<()> {
    Charge::read(value).map(drop)
}

/// Takes the charge out of members that were checked.
fn take_charge(members: &mut Object) -> Option<Charge> {
    members.remove("charge").as_ref().and_then(Charge::from_json)
}

impl Error {
    fn read(value: &Value) -> Read<Error> {
        let code: Check = |value| Code::read(value).map(drop);
        let known = [
            ("code", true, code),
            ("message", true, text as Check),
            ("provider_message", false, text),
            ("request_id", false, text),
            ("charge", false, charge),
        ];
        members("an error", value, &known)?;
        Ok(Error::from_json(value))
    }
}

impl Score {
    fn read(value: &Value) -> Read<Score> {
        let known = [
            ("percent", true, count as Check),
            ("fraction", true, number),
            ("passed", true, count),
            ("items", true, count),
            ("musts_passed", true, count),
            ("musts", true, count),
            ("satisfied", true, flag),
        ];
        members("a score", value, &known)?;
        Ok(Score::of(value))
    }

    fn to_json(self) -> Value {
        // The library writes 0 and 1 as whole numbers.
        let whole = self.fraction.fract() == 0.0;
        json!({
            "percent": self.percent,
            "fraction": if whole { json!(self.fraction as i64) } else { json!(self.fraction) },
            "passed": self.passed,
            "items": self.items,
            "musts_passed": self.musts_passed,
            "musts": self.musts,
            "satisfied": self.satisfied,
        })
    }
}

impl Finding {
    fn read(value: &Value) -> Read<Finding> {
        let verdict: Check = |value| Verdict::read(value).map(drop);
        let known = [
            ("requirement", true, text as Check),
            ("verdict", true, verdict),
            ("observed", false, text),
            ("wanted", false, text),
            ("where", false, text),
            ("reason", false, text),
            ("local", false, flag),
        ];
        Ok(Finding { json: members("a finding", value, &known)? })
    }
}

impl Critique {
    fn read(value: &Value) -> Read<Critique> {
        let findings: Check = |value| {
            list(value)?;
            crate::json::items(value).try_for_each(|item| Finding::read(item).map(drop))
        };
        let known = [
            ("findings", true, findings),
            ("suggested_prompt", false, text as Check),
            ("remark", false, text),
            ("judged", false, no_image),
            ("charge", false, charge),
        ];
        let mut json = members("a critique", value, &known)?;
        let findings = items(json.remove("findings"));
        let charge = take_charge(&mut json);
        Ok(Critique { findings, json, judged: None, charge })
    }
}

impl Plan {
    fn read(value: &Value) -> Read<Plan> {
        let requirements: Check = |value| {
            list(value)?;
            let importance: Check = |value| Importance::read(value).map(drop);
            let known = [
                ("id", true, text as Check),
                ("text", true, text),
                ("importance", false, importance),
                ("weight", false, number),
                ("depends_on", false, texts),
                ("owner", false, text),
            ];
            crate::json::items(value).try_for_each(|item| members("a requirement", item, &known).map(drop))
        };
        let known = [
            ("requirements", true, requirements),
            ("unjudged", false, texts as Check),
            ("charge", false, charge),
        ];
        let mut json = members("a plan", value, &known)?;
        let charge = take_charge(&mut json);
        let requirements = items(json.remove("requirements"));
        Ok(Plan { requirements, unjudged: items(json.remove("unjudged")), charge })
    }
}

impl Comparison {
    fn read(value: &Value) -> Read<Comparison> {
        let preference: Check = |value| Preference::read(value).map(drop);
        let known =
            [("preference", true, preference), ("remark", false, text as Check), ("charge", false, charge)];
        let mut json = members("a comparison", value, &known)?;
        let comparison = Comparison::new(Preference::read(&json["preference"])?)
            .remark(value["remark"].as_str().unwrap_or_default());
        Ok(match take_charge(&mut json) {
            Some(charge) => comparison.charge(charge),
            None => comparison,
        })
    }
}

impl Revision {
    fn read(value: &Value) -> Read<Revision> {
        let action: Check = |value| Action::read(value).map(drop);
        let request: Check = |value| {
            let known = [
                ("prompt", true, text as Check),
                ("negative_prompt", false, text),
                ("size", false, object),
                ("seed", false, count),
                ("init_image", false, no_image),
                ("strength", false, number),
                ("mask", false, no_image),
                ("options", false, object),
            ];
            members("a request", value, &known).map(drop)
        };
        let known = [
            ("action", true, action),
            ("request", false, request),
            ("parent", false, text as Check),
            ("targets", false, texts),
            ("author", false, text),
            ("why", false, text),
            ("downgraded_from", false, action),
            ("charge", false, charge),
        ];
        let mut json = members("a revision", value, &known)?;
        if !json.contains_key("request") && json["action"] != Action::Stop.name() {
            return Err("a revision needs \"request\", unless its action is \"stop\"".to_string());
        }
        let mut revision = Revision::stop();
        if let Some(Value::Object(request)) = json.remove("request") {
            revision.request = request;
        }
        revision.targets = items(json.remove("targets"));
        revision.charge = take_charge(&mut json);
        revision.json = json;
        Ok(revision)
    }
}

impl Brief {
    fn read(value: &Value) -> Read<Brief> {
        wanted(value.is_object() || value.is_string(), "a brief is an object or a text, which", value)?;
        Ok(Brief::from(value.clone()))
    }
}

impl Event {
    fn read(value: &Value) -> Read<Event> {
        wanted(value["type"].is_string(), "an event, with a \"type\",", value)?;
        Ok(Event::of(value.to_string(), value.clone()))
    }
}

impl Transcript {
    fn read(value: &Value) -> Read<Transcript> {
        object(value).map_err(|why| format!("a transcript: {why}"))?;
        Ok(Transcript::from(value.clone()))
    }
}

impl Ending {
    fn read(value: &Value) -> Read<Ending> {
        for name in ["reason", "transcript"] {
            object(&value[name]).map_err(|why| format!("{name:?} of an outcome: {why}"))?;
        }
        Ok(Ending { json: value.clone() })
    }
}

fn written(parts: crate::Result<(Value, Vec<Image>)>) -> crate::Result<Value> {
    parts.map(|(value, _)| value)
}

/// Types and how they are written.
macro_rules! write {
    ($($name:ty: $to_json:expr;)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let to_json: fn(&$name) -> crate::Result<Value> = $to_json;
                to_json(self).map_err(S::Error::custom)?.serialize(serializer)
            }
        }
    )*};
}

write! {
    Brief: |brief| written(brief.clone().into_parts());
    Charge: |charge| Ok(Value::from(*charge));
    Comparison: |comparison| Ok(comparison.clone().into_json());
    Critique: |critique| written(critique.clone().into_parts());
    Error: |error| Ok(error.json_with(error.code()));
    Finding: |finding| Ok(Value::Object(finding.json.clone()));
    Generation: |generation| {
        let (mut json, images) = generation.clone().into_parts();
        json["images"] = images.iter().map(Image::record).collect::<crate::Result<Value>>()?;
        Ok(json)
    };
    Image: Image::record;
    Plan: |plan| Ok(plan.clone().into_json());
    Reason<'_>: |reason| {
        let mut json = json!({"kind": reason.kind, "clause": reason.clause});
        if !reason.detail.is_empty() {
            json["detail"] = reason.detail.into();
        }
        Ok(json)
    };
    Revision: |revision| written(revision.clone().into_parts());
    Score: |score| Ok(score.to_json());
}

/// Types that are written as the JSON that they hold.
macro_rules! write_json_of {
    ($($name:ty),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.json().serialize(serializer)
            }
        }
    )*};
}

write_json_of!(Candidate<'_>, Ending, Event, Round<'_>, Transcript);

/// Types that can be read.
macro_rules! read {
    ($($name:ident),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                $name::read(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    )*};
}

read!(
    Action, Billing, Brief, Charge, Code, Comparison, Critique, Ending, Error, Event, Finding, Importance,
    Plan, Preference, Revision, Score, Transcript, Verdict
);
