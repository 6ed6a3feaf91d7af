//! Critics of the caller.

use super::call::{on_thread, Answer, Call, Kind, WorstCases};
use crate::brief::Importance;
use crate::error::{Charge, Code, Error, Result};
use crate::image::Image;
use crate::json::{json, object, Object, Value};
use std::sync::Arc;

/// Judges images. Add it with `Engine::add_critic`, or with `Engine::add_critic_later` to avoid a thread per
/// call.
///
/// What cannot be judged is `Verdict::Unknown`; what broke is an error. Neither becomes a pass or a fail.
///
/// Its functions run on separate threads, several at once, and may block; they should return soon once the
/// call is cancelled. A panic fails the call and records its estimate as maybe billed.
pub trait Critic: Send + Sync + 'static {
    /// The name and what it supports. Called once, when it is added.
    fn profile(&self) -> CriticProfile;

    /// The requirements that it can judge for a brief. Called once per run, before the first image. To claim
    /// a requirement of the brief, plan one with the same id. Default: those of the brief.
    fn plan(&self, request: PlanRequest<'_>) -> Result<Plan> {
        Ok(Plan::claim(request))
    }

    /// Judges one image against the checklist. An item without a finding is unknown.
    fn critique(&self, request: CritiqueRequest<'_>) -> Result<Critique>;

    /// Says which of two images meets the brief better. Called in both orders, if the profile says that it
    /// compares.
    fn compare(&self, request: ComparisonRequest<'_>) -> Result<Comparison> {
        let _ = request;
        Err(Error::new(Code::Unsupported, "this critic does not compare images"))
    }
}

pub(crate) fn blocking_critic(critic: impl Critic) -> impl Fn(Call) + Send + Sync + 'static {
    let critic = Arc::new(critic);
    move |call| {
        let critic = Arc::clone(&critic);
        on_thread(call, move |call| match call.kind() {
            Kind::Plan => critic.plan(PlanRequest::of(call)).map(Answer::from),
            Kind::Compare => critic.compare(ComparisonRequest::of(call)).map(Answer::from),
            Kind::Critique => critic.critique(CritiqueRequest::of(call)).map(Answer::from),
            kind => Err(Error::new(Code::Unsupported, format!("a critic has no calls of kind {kind:?}"))),
        });
    }
}

/// The name of a critic, what it supports and its worst-case costs.
#[derive(Clone, Debug)]
pub struct CriticProfile {
    name: String,
    plans: bool,
    compares: bool,
    estimates: WorstCases,
}

impl CriticProfile {
    /// A critic that plans and does not compare. The name has 1 to 100 letters, digits, '-', '_' and '.'.
    pub fn new(name: impl Into<String>) -> CriticProfile {
        CriticProfile { name: name.into(), plans: true, compares: false, estimates: WorstCases::default() }
    }

    /// True if it plans requirements; otherwise it judges those of the brief.
    #[must_use]
    pub fn plans(mut self, plans: bool) -> CriticProfile {
        self.plans = plans;
        self
    }

    /// True if it compares images.
    #[must_use]
    pub fn compares(mut self, compares: bool) -> CriticProfile {
        self.compares = compares;
        self
    }

    /// The worst-case cost of a call of each kind, in micro-dollars. A run reserves it before the call.
    #[must_use]
    pub fn estimates_micros(mut self, plan: u64, critique: u64, compare: u64) -> CriticProfile {
        self.estimates = WorstCases { plan, critique, compare, ..WorstCases::default() };
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        let WorstCases { plan, critique, compare, .. } = self.estimates;
        json!({
            "name": self.name.as_str(),
            "plans": self.plans,
            "compares": self.compares,
            "estimates_micros": {"plan": plan, "critique": critique, "compare": compare},
        })
    }

    pub(crate) fn worst_cases(&self) -> WorstCases {
        self.estimates
    }
}

/// The request to plan requirements.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'c> {
    call: &'c Call,
}

impl<'c> PlanRequest<'c> {
    /// The request of a call of kind `Plan`.
    pub fn of(call: &'c Call) -> PlanRequest<'c> {
        PlanRequest { call }
    }

    pub fn call(&self) -> &'c Call {
        self.call
    }

    /// The brief, as JSON.
    pub fn brief(&self) -> &'c Value {
        self.call.request()
    }

    /// The goal in words.
    pub fn goal(&self) -> &'c str {
        self.brief()["goal"].as_str().unwrap_or_default()
    }
}

/// The request to judge an image.
#[derive(Clone, Copy, Debug)]
pub struct CritiqueRequest<'c> {
    call: &'c Call,
}

impl<'c> CritiqueRequest<'c> {
    /// The request of a call of kind `Critique`.
    pub fn of(call: &'c Call) -> CritiqueRequest<'c> {
        CritiqueRequest { call }
    }

    pub fn call(&self) -> &'c Call {
        self.call
    }

    /// The brief, as JSON.
    pub fn brief(&self) -> &'c Value {
        &self.call.request()["brief"]
    }

    /// The requirements, each {"id", "text", "importance", "owner", ...}.
    pub fn checklist(&self) -> &'c [Value] {
        self.call.request()["checklist"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The prompt that the image was made from.
    pub fn prompt(&self) -> &'c str {
        self.call.request()["candidate"]["request"]["prompt"].as_str().unwrap_or_default()
    }

    /// The image to judge.
    pub fn image(&self) -> Result<Image> {
        self.call.image(&self.call.request()["candidate"]["image"])
    }
}

/// The request to compare two images.
#[derive(Clone, Copy, Debug)]
pub struct ComparisonRequest<'c> {
    call: &'c Call,
}

impl<'c> ComparisonRequest<'c> {
    /// The request of a call of kind `Compare`.
    pub fn of(call: &'c Call) -> ComparisonRequest<'c> {
        ComparisonRequest { call }
    }

    pub fn call(&self) -> &'c Call {
        self.call
    }

    /// The brief, as JSON.
    pub fn brief(&self) -> &'c Value {
        &self.call.request()["brief"]
    }

    pub fn first(&self) -> Result<Image> {
        self.call.image(&self.call.request()["first"]["image"])
    }

    pub fn second(&self) -> Result<Image> {
        self.call.image(&self.call.request()["second"]["image"])
    }
}

/// What a critic can judge for a brief.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub(crate) requirements: Vec<Value>,
    pub(crate) unjudged: Vec<Value>,
    pub(crate) charge: Option<Charge>,
}

impl Plan {
    /// Empty.
    pub fn new() -> Plan {
        Plan::default()
    }

    /// Claims all of the brief's own requirements and adds none.
    pub fn claim(request: PlanRequest<'_>) -> Plan {
        let own = request.brief()["requirements"].as_array().cloned();
        Plan { requirements: own.unwrap_or_default(), ..Plan::default() }
    }

    /// Adds a requirement that must be met, with the id that findings refer to.
    #[must_use]
    pub fn must(self, id: impl Into<String>, text: impl Into<String>) -> Plan {
        self.require(id, text, Importance::Must)
    }

    /// Adds one that only improves the score.
    #[must_use]
    pub fn should(self, id: impl Into<String>, text: impl Into<String>) -> Plan {
        self.require(id, text, Importance::Should)
    }

    fn require(mut self, id: impl Into<String>, text: impl Into<String>, importance: Importance) -> Plan {
        let (id, text): (String, String) = (id.into(), text.into());
        self.requirements.push(json!({"id": id, "text": text, "importance": importance.name()}));
        self
    }

    /// Adds a part of the brief that the critic cannot judge, in the words of the brief. It is shown to people.
    #[must_use]
    pub fn unjudged(mut self, part: impl Into<String>) -> Plan {
        self.unjudged.push(Value::String(part.into()));
        self
    }

    /// The cost. Default: the estimate.
    #[must_use]
    pub fn charge(mut self, charge: Charge) -> Plan {
        self.charge = Some(charge);
        self
    }

    pub(crate) fn into_json(self) -> Value {
        let mut json = object([("requirements", self.requirements.into())]);
        if !self.unjudged.is_empty() {
            json.insert("unjudged".to_string(), self.unjudged.into());
        }
        with_charge(json, self.charge)
    }
}

/// The verdict on one requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    Pass,
    Fail,
    /// It could not be judged, which is neither a pass nor a fail.
    Unknown,
}

impl Verdict {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Unknown => "unknown",
        }
    }
}

/// The verdict on one requirement in one image. All texts are for people and optional.
#[derive(Clone, Debug)]
pub struct Finding {
    pub(crate) json: Object,
}

impl Finding {
    /// On the requirement with this id.
    pub fn new(requirement: impl Into<String>, verdict: Verdict) -> Finding {
        let verdict = verdict.name();
        Finding { json: object([("requirement", requirement.into().into()), ("verdict", verdict.into())]) }
    }

    /// What was seen or measured: "counted 2".
    #[must_use]
    pub fn observed(self, text: impl Into<String>) -> Finding {
        self.put("observed", text.into())
    }

    /// What would satisfy the requirement, in the same terms: "3".
    #[must_use]
    pub fn wanted(self, text: impl Into<String>) -> Finding {
        self.put("wanted", text.into())
    }

    /// Where in the image, in words or as "x,y wxh" in pixels.
    #[must_use]
    pub fn place(self, text: impl Into<String>) -> Finding {
        self.put("where", text.into())
    }

    /// The reason, above all of an unknown verdict.
    #[must_use]
    pub fn reason(self, text: impl Into<String>) -> Finding {
        self.put("reason", text.into())
    }

    /// True if the fault is in one part of the image, so that an edit could repair it and keep the rest.
    #[must_use]
    pub fn local(mut self, local: bool) -> Finding {
        self.json.insert("local".to_string(), local.into());
        self
    }

    fn put(mut self, name: &str, text: String) -> Finding {
        self.json.insert(name.to_string(), Value::String(text));
        self
    }
}

/// The findings on one image.
#[derive(Clone, Debug, Default)]
pub struct Critique {
    pub(crate) findings: Vec<Value>,
    pub(crate) json: Object,
    pub(crate) judged: Option<Image>,
    pub(crate) charge: Option<Charge>,
}

impl Critique {
    /// Empty.
    pub fn new() -> Critique {
        Critique::default()
    }

    /// Adds a finding. At most one per requirement of the checklist.
    #[must_use]
    pub fn finding(mut self, finding: Finding) -> Critique {
        self.findings.push(Value::Object(finding.json));
        self
    }

    /// A better prompt.
    #[must_use]
    pub fn suggested_prompt(self, prompt: impl Into<String>) -> Critique {
        self.put("suggested_prompt", prompt.into())
    }

    /// A remark for people.
    #[must_use]
    pub fn remark(self, text: impl Into<String>) -> Critique {
        self.put("remark", text.into())
    }

    /// The image that was judged, if it is not the candidate's: a smaller or cropped one.
    #[must_use]
    pub fn judged(mut self, image: Image) -> Critique {
        self.judged = Some(image);
        self
    }

    /// The cost. Default: the estimate.
    #[must_use]
    pub fn charge(mut self, charge: Charge) -> Critique {
        self.charge = Some(charge);
        self
    }

    fn put(mut self, name: &str, text: String) -> Critique {
        self.json.insert(name.to_string(), Value::String(text));
        self
    }

    /// The JSON of it, and the judged image if there is one.
    pub(crate) fn into_parts(mut self) -> Result<(Value, Vec<Image>)> {
        self.json.insert("findings".to_string(), Value::Array(self.findings));
        if let Some(image) = &self.judged {
            self.json.insert("judged".to_string(), image.record()?);
        }
        Ok((with_charge(self.json, self.charge), self.judged.into_iter().collect()))
    }
}

/// Which of two images is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preference {
    First,
    Second,
    Neither,
}

impl Preference {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Preference::First => "first",
            Preference::Second => "second",
            Preference::Neither => "neither",
        }
    }
}

/// The result of comparing two images.
#[derive(Clone, Debug)]
pub struct Comparison {
    preference: Preference,
    remark: String,
    charge: Option<Charge>,
}

impl Comparison {
    pub fn new(preference: Preference) -> Comparison {
        Comparison { preference, remark: String::new(), charge: None }
    }

    /// Why, for people.
    #[must_use]
    pub fn remark(mut self, text: impl Into<String>) -> Comparison {
        self.remark = text.into();
        self
    }

    /// The cost. Default: the estimate.
    #[must_use]
    pub fn charge(mut self, charge: Charge) -> Comparison {
        self.charge = Some(charge);
        self
    }

    pub(crate) fn into_json(self) -> Value {
        let mut json = object([("preference", self.preference.name().into())]);
        if !self.remark.is_empty() {
            json.insert("remark".to_string(), self.remark.into());
        }
        with_charge(json, self.charge)
    }
}

pub(crate) fn with_charge(mut json: Object, charge: Option<Charge>) -> Value {
    if let Some(charge) = charge {
        json.insert("charge".to_string(), charge.into());
    }
    Value::Object(json)
}
