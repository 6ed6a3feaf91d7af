//! Revisers of the caller.

use super::call::{on_thread, Answer, Call, WorstCases};
use super::critic::with_charge;
use crate::error::{Charge, Result};
use crate::image::Image;
use crate::json::{items, json, object, Object, Value};
use crate::transcript::Transcript;
use std::sync::Arc;

/// Chooses what to request in the next round. Add it with `Engine::add_reviser`, or with
/// `Engine::add_reviser_later` to avoid a thread per call.
///
/// ```
/// use pentimento::{Action, Result, Reviser, ReviserProfile, Revision, RevisionRequest};
///
/// /// Says the prompt of the first round again, louder.
/// struct Louder;
///
/// impl Reviser for Louder {
///     fn profile(&self) -> ReviserProfile {
///         ReviserProfile::new("louder")
///     }
///     fn revise(&self, request: RevisionRequest<'_>) -> Result<Revision> {
///         let rounds = request.transcript().finished_rounds();
///         if rounds == 3 {
///             return Ok(Revision::stop().why("it does not listen"));
///         }
///         let prompt = format!("{}{}", request.first_prompt(), "!".repeat(rounds));
///         Ok(request.revision(Action::Reprompt, prompt))
///     }
/// }
/// # let engine = pentimento::Engine::new()?;
/// engine.add_reviser(Louder)?;
/// let run = engine.refine("two red mugs").reviser("louder").start()?;
/// # run.wait()?;
/// # Ok::<(), pentimento::Error>(())
/// ```
pub trait Reviser: Send + Sync + 'static {
    /// The name and the worst-case cost. Called once, when it is added.
    fn profile(&self) -> ReviserProfile;

    /// Returns what to request next. Called after every round that does not end the run, on a separate thread, and
    /// may block; it should return soon once the call is cancelled.
    ///
    /// The run fits the revision to the generator: an action that is not possible becomes one that is. An error
    /// that is not transient ends the run as failed, and so does a panic, with its estimate as maybe billed.
    fn revise(&self, request: RevisionRequest<'_>) -> Result<Revision>;
}

pub(crate) fn blocking_reviser(reviser: impl Reviser) -> impl Fn(Call) + Send + Sync + 'static {
    let reviser = Arc::new(reviser);
    move |call| {
        let reviser = Arc::clone(&reviser);
        on_thread(call, move |call| reviser.revise(RevisionRequest::of(call)).map(Answer::from));
    }
}

/// The name of a reviser and its worst-case cost.
#[derive(Clone, Debug)]
pub struct ReviserProfile {
    name: String,
    estimate: u64,
}

impl ReviserProfile {
    /// The name has 1 to 100 letters, digits, '-', '_' and '.', and is not "ask".
    pub fn new(name: impl Into<String>) -> ReviserProfile {
        ReviserProfile { name: name.into(), estimate: 0 }
    }

    /// The worst-case cost of a call, in micro-dollars. A run reserves it before the call.
    #[must_use]
    pub fn estimate_micros(mut self, micros: u64) -> ReviserProfile {
        self.estimate = micros;
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"name": self.name.as_str(), "estimate_micros": self.estimate})
    }

    pub(crate) fn worst_cases(&self) -> WorstCases {
        WorstCases { revise: self.estimate, ..WorstCases::default() }
    }
}

/// The request for a revision.
#[derive(Clone, Copy, Debug)]
pub struct RevisionRequest<'c> {
    call: &'c Call,
}

impl<'c> RevisionRequest<'c> {
    /// The request of a call of kind `Revise`.
    pub fn of(call: &'c Call) -> RevisionRequest<'c> {
        RevisionRequest { call }
    }

    /// The call: whether it is cancelled, and the images of the transcript by their records.
    pub fn call(&self) -> &'c Call {
        self.call
    }

    /// The run so far.
    pub fn transcript(&self) -> &'c Transcript {
        Transcript::of(&self.call.request()["transcript"])
    }

    /// What the generator can do: {"name", "image_to_image", "mask", "seed", "max_side", ...}.
    pub fn capabilities(&self) -> &'c Value {
        &self.call.request()["capabilities"]
    }

    /// The prompt of round 0.
    pub fn first_prompt(&self) -> &'c str {
        self.transcript()["rounds"][0]["revision"]["request"]["prompt"].as_str().unwrap_or_default()
    }

    /// A revision with this prompt. Its negative prompt is what the brief avoids; it continues from the best
    /// candidate, or from none if it is a restart.
    pub fn revision(&self, action: Action, prompt: impl Into<String>) -> Revision {
        let run = self.transcript();
        let revision = Revision::new(action, prompt);
        let avoid: Vec<&str> = items(&run["brief"]["avoid"]).filter_map(Value::as_str).collect();
        let revision = if avoid.is_empty() { revision } else { revision.negative_prompt(avoid.join(", ")) };
        match run.incumbent() {
            Some(best) if action != Action::Restart => revision.parent(best.id()),
            _ => revision,
        }
    }
}

/// What a revision does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Another prompt.
    Reprompt,
    /// The same prompt with new seeds.
    Reseed,
    /// Start from an image: that of the parent, unless the revision has an init image.
    Edit,
    /// Continue from an earlier candidate.
    Backtrack,
    /// Start again from the brief.
    Restart,
    /// End the run.
    Stop,
}

impl Action {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Action::Reprompt => "reprompt",
            Action::Reseed => "reseed",
            Action::Edit => "edit",
            Action::Backtrack => "backtrack",
            Action::Restart => "restart",
            Action::Stop => "stop",
        }
    }
}

/// What to request in the next round, and why. `RevisionRequest::revision` makes one that fits the run.
#[derive(Clone, Debug)]
pub struct Revision {
    pub(crate) json: Object,
    pub(crate) request: Object,
    init_image: Option<Image>,
    mask: Option<Image>,
    pub(crate) targets: Vec<Value>,
    pub(crate) charge: Option<Charge>,
}

impl Revision {
    /// A revision with a prompt and nothing else.
    pub fn new(action: Action, prompt: impl Into<String>) -> Revision {
        let mut revision = Revision::stop();
        revision.json.insert("action".to_string(), action.name().into());
        revision.ask("prompt", prompt.into())
    }

    /// Ends the run.
    pub fn stop() -> Revision {
        Revision {
            json: object([("action", Action::Stop.name().into())]),
            request: Object::new(),
            init_image: None,
            mask: None,
            targets: Vec::new(),
            charge: None,
        }
    }

    /// What the image must not show.
    #[must_use]
    pub fn negative_prompt(self, prompt: impl Into<String>) -> Revision {
        self.ask("negative_prompt", prompt.into())
    }

    /// In pixels. Default: that of the brief, else of the generator.
    #[must_use]
    pub fn size(self, width: u32, height: u32) -> Revision {
        self.ask("size", json!({"width": width, "height": height}))
    }

    #[must_use]
    pub fn seed(self, seed: u64) -> Revision {
        self.ask("seed", seed)
    }

    /// The image to start from (image to image): one of the run, or another.
    #[must_use]
    pub fn init_image(mut self, image: Image) -> Revision {
        self.init_image = Some(image);
        self
    }

    /// How far the result may depart from the init image, from 0 (not at all) to 1 (as if there were none).
    #[must_use]
    pub fn strength(self, strength: f64) -> Revision {
        self.ask("strength", strength)
    }

    /// Where the init image may change: white may, black may not.
    #[must_use]
    pub fn mask(mut self, image: Image) -> Revision {
        self.mask = Some(image);
        self
    }

    /// An option of the provider, under its own name.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Revision {
        let options = self.request.entry("options").or_insert_with(|| Value::Object(Object::new()));
        if let Value::Object(options) = options {
            options.insert(name.into(), Value::String(value.into()));
        }
        self
    }

    /// The id of the candidate that it continues from.
    #[must_use]
    pub fn parent(self, id: impl Into<String>) -> Revision {
        self.put("parent", id.into())
    }

    /// Adds the id of a requirement that it tries to repair.
    #[must_use]
    pub fn target(mut self, requirement: impl Into<String>) -> Revision {
        self.targets.push(Value::String(requirement.into()));
        self
    }

    /// Why, in one sentence for people.
    #[must_use]
    pub fn why(self, text: impl Into<String>) -> Revision {
        self.put("why", text.into())
    }

    /// The cost. Default: the estimate.
    #[must_use]
    pub fn charge(mut self, charge: Charge) -> Revision {
        self.charge = Some(charge);
        self
    }

    fn put(mut self, name: &str, text: String) -> Revision {
        self.json.insert(name.to_string(), Value::String(text));
        self
    }

    fn ask(mut self, name: &str, value: impl Into<Value>) -> Revision {
        self.request.insert(name.to_string(), value.into());
        self
    }

    /// The JSON of it, and its images.
    pub(crate) fn into_parts(mut self) -> Result<(Value, Vec<Image>)> {
        let mut images = Vec::new();
        for (name, image) in [("init_image", self.init_image), ("mask", self.mask)] {
            if let Some(image) = image {
                self.request.insert(name.to_string(), image.record()?);
                images.push(image);
            }
        }
        if !self.request.is_empty() {
            self.json.insert("request".to_string(), Value::Object(self.request));
        }
        if !self.targets.is_empty() {
            self.json.insert("targets".to_string(), Value::Array(self.targets));
        }
        Ok((with_charge(self.json, self.charge), images))
    }
}
