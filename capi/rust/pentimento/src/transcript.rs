//! A run so far, or a whole one.

use crate::error::Error;
use crate::json::{items, Value};
use crate::outcome::Reason;
use std::fmt::{self, Display, Formatter};
use std::ops::Deref;

/// A run so far, or a whole one, as JSON: every round, image, verdict and cost. What a stop policy needs has
/// names here, which the compiler checks. It derefs to the JSON for the rest: `transcript["settings"]["policy"]`.
///
/// ```
/// use pentimento::{json::Value, Transcript};
///
/// let recorded = r#"{"images_requested": 1, "rounds": [{"index": 0, "candidates": [{"id": "0a"}]}]}"#;
/// let run = Transcript::from(recorded.parse::<Value>()?);
/// assert_eq!((run.rounds().len(), run.finished_rounds(), run.images_requested()), (1, 0, 1));
/// assert_eq!(run["rounds"][0]["candidates"][0]["id"].as_str(), Some("0a"));
/// # Ok::<(), pentimento::json::ParseError>(())
/// ```
///
/// A misspelt name does not compile:
///
/// ```compile_fail,E0599
/// # fn of(run: &pentimento::Transcript) -> bool {
/// run.rouns().len() > 1
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[repr(transparent)]
pub struct Transcript(Value);

impl Transcript {
    /// The transcript within other JSON.
    pub(crate) fn of(json: &Value) -> &Transcript {
        let json: *const Value = json;
        // SAFETY: a transcript is `repr(transparent)` over a value, and any value is valid. The lifetime is that of
        // the value.
        unsafe { &*json.cast::<Transcript>() }
    }

    /// The rounds in order, including the one in progress. Before a call that costs money, its round is already
    /// there and may be empty: to count rounds that are done, use `finished_rounds`.
    pub fn rounds(&self) -> impl ExactSizeIterator<Item = Round<'_>> + DoubleEndedIterator + Clone {
        items(&self.0["rounds"]).map(|json| Round { json })
    }

    /// The number of decided rounds.
    pub fn finished_rounds(&self) -> usize {
        self.rounds().filter(Round::is_finished).count()
    }

    /// The images of all rounds; those of one in the order in which they were made.
    pub fn candidates(&self) -> impl DoubleEndedIterator<Item = Candidate<'_>> + Clone {
        self.rounds().flat_map(|round| round.candidates())
    }

    /// The image with this id.
    pub fn candidate(&self, id: &str) -> Option<Candidate<'_>> {
        self.candidates().find(|candidate| candidate.id() == id)
    }

    /// The best accepted image so far.
    pub fn incumbent(&self) -> Option<Candidate<'_>> {
        self.candidate(self.0["incumbent"].as_str()?)
    }

    /// The score of the incumbent. All zeros while there is none.
    pub fn best_score(&self) -> Score {
        self.incumbent().map(|best| best.score()).unwrap_or_default()
    }

    /// The number of requested images, including those in progress.
    pub fn images_requested(&self) -> u64 {
        self.0["images_requested"].as_u64().unwrap_or_default()
    }

    /// What was or may have been spent, in micro-dollars: paid, estimated and maybe billed together.
    pub fn spent_micros(&self) -> u64 {
        self.0["ledger"]["spent_micros"].as_u64().unwrap_or_default()
    }

    /// What is reserved for calls in progress, and for the one that a stop policy is asked about, in
    /// micro-dollars.
    pub fn reserved_micros(&self) -> u64 {
        self.0["ledger"]["reserved_micros"].as_u64().unwrap_or_default()
    }

    /// The requirements that every image is judged by, each {"id", "text", "importance", "owner", ...}. Empty until
    /// the plan is made.
    pub fn checklist(&self) -> &[Value] {
        self.0["checklist"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The parts of the brief that nobody judges, in its words: what the critic says it cannot judge, and the
    /// requirements that it does not claim.
    pub fn unjudged(&self) -> impl Iterator<Item = &str> {
        items(&self.0["unjudged"]).filter_map(Value::as_str)
    }

    /// The errors of the calls that failed: those of drafts and of critiques, round by round, then the others.
    pub fn failures(&self) -> Vec<Error> {
        let rounds = self.rounds().flat_map(|round| {
            let json = round.json();
            items(&json["drafts"]).chain(items(&json["candidates"]))
        });
        let failed = rounds.chain(items(&self.0["failures"]));
        failed.filter_map(|item| item.get("error")).map(Error::from_json).collect()
    }

    /// Why the run ended. `None` before its end.
    pub fn stop_reason(&self) -> Option<Reason<'_>> {
        self.0.get("stop_reason").map(Reason::of)
    }

    /// All of it.
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// Takes the JSON.
    pub fn into_json(self) -> Value {
        self.0
    }
}

impl Deref for Transcript {
    type Target = Value;
    fn deref(&self) -> &Value {
        &self.0
    }
}

/// A recorded transcript.
impl From<Value> for Transcript {
    fn from(json: Value) -> Transcript {
        Transcript(json)
    }
}

/// The JSON, on one line.
impl Display for Transcript {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, out)
    }
}

/// One round of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round<'t> {
    json: &'t Value,
}

impl<'t> Round<'t> {
    /// From 0.
    pub fn index(&self) -> u64 {
        self.json["index"].as_u64().unwrap_or_default()
    }

    /// True if it has been decided.
    pub fn is_finished(&self) -> bool {
        self.json.get("finished").is_some()
    }

    /// The images that were made in it.
    pub fn candidates(&self) -> impl ExactSizeIterator<Item = Candidate<'t>> + DoubleEndedIterator + Clone {
        items(&self.json["candidates"]).map(|json| Candidate { json })
    }

    /// The id of the image that became the best, if one did.
    pub fn accepted(&self) -> Option<&'t str> {
        self.json["accepted"].as_str()
    }

    /// The revision: {"action", "request", "parent", "targets", "author", "why"}.
    pub fn revision(&self) -> &'t Value {
        &self.json["revision"]
    }

    /// All of it.
    pub fn json(&self) -> &'t Value {
        self.json
    }
}

/// One image of a run and its verdicts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate<'t> {
    json: &'t Value,
}

impl<'t> Candidate<'t> {
    /// Round, draft and image, as in "0a" or "3b.2".
    pub fn id(&self) -> &'t str {
        self.json["id"].as_str().unwrap_or_default()
    }

    /// The prompt that it was made from.
    pub fn prompt(&self) -> &'t str {
        self.json["request"]["prompt"].as_str().unwrap_or_default()
    }

    /// The record of the image, for `Run::image`.
    pub fn record(&self) -> &'t Value {
        &self.json["image"]
    }

    /// The id of the image that it was derived from.
    pub fn parent(&self) -> Option<&'t str> {
        self.json["parent"].as_str()
    }

    /// The seed that the generator says it used.
    pub fn seed(&self) -> Option<u64> {
        self.json["seed"].as_u64()
    }

    /// Says that the image is not of the brief's size, or that its reply had more images than requested.
    pub fn warning(&self) -> Option<&'t str> {
        self.json["warning"].as_str()
    }

    /// How well it meets the checklist. All zeros until it is judged.
    pub fn score(&self) -> Score {
        Score::of(&self.json["score"])
    }

    /// True if it replaced the incumbent.
    pub fn is_accepted(&self) -> bool {
        self.json["decision"]["accepted"].as_bool() == Some(true)
    }

    /// Why it could not be judged, if it could not.
    pub fn error(&self) -> Option<Error> {
        self.json.get("error").map(Error::from_json)
    }

    /// All of it.
    pub fn json(&self) -> &'t Value {
        self.json
    }
}

/// How well an image meets the checklist. Unknown counts as not passed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// The share of the weight that passed, in whole per cent. 100 only if everything passed.
    pub percent: u64,
    /// The same from 0 to 1.
    pub fraction: f64,
    pub passed: u64,
    pub items: u64,
    pub musts_passed: u64,
    pub musts: u64,
    /// True if every "must" passed or, if there is none, every "should".
    pub satisfied: bool,
}

impl Score {
    pub(crate) fn of(json: &Value) -> Score {
        let count = |name: &str| json[name].as_u64().unwrap_or_default();
        Score {
            percent: count("percent"),
            fraction: json["fraction"].as_f64().unwrap_or_default(),
            passed: count("passed"),
            items: count("items"),
            musts_passed: count("musts_passed"),
            musts: count("musts"),
            satisfied: json["satisfied"].as_bool() == Some(true),
        }
    }
}

/// `75 %, 3 of 4`.
impl Display for Score {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{} %, {} of {}", self.percent, self.passed, self.items)
    }
}
