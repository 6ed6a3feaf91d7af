//! How a run ended.

use crate::error::Error;
use crate::image::Image;
use crate::json::Value;
use crate::transcript::{Score, Transcript};
use std::fmt::{self, Display, Formatter};

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason<'o> {
    /// "satisfied", "rounds", "cancelled", "failed", ...
    pub kind: &'o str,
    /// The clause of the policy that fired: "rounds(6)". For ends that no policy chose, the kind.
    pub clause: &'o str,
    /// What was reached: "4 of 4 after round 2".
    pub detail: &'o str,
}

impl Reason<'_> {
    pub(crate) fn of(json: &Value) -> Reason<'_> {
        let text = |name: &str| json[name].as_str().unwrap_or_default();
        Reason { kind: text("kind"), clause: text("clause"), detail: text("detail") }
    }
}

/// `satisfied: 4 of 4 after round 2`.
impl Display for Reason<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.clause)?;
        if self.detail.is_empty() {
            return Ok(());
        }
        write!(out, ": {}", self.detail)
    }
}

/// How a run ended, whether or not there is an image.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    pub(crate) json: Value,
}

impl Ending {
    pub fn reason(&self) -> Reason<'_> {
        Reason::of(&self.json["reason"])
    }

    /// The error that ended the run, if one did.
    pub fn error(&self) -> Option<Error> {
        self.json.get("error").map(Error::from_json)
    }

    /// The score of the best image, if there is one.
    pub fn score(&self) -> Option<Score> {
        self.json.get("score").map(Score::of)
    }

    /// The transcript: every round, image, verdict and cost.
    pub fn transcript(&self) -> &Transcript {
        Transcript::of(&self.json["transcript"])
    }

    /// What nobody judged in the best image: the parts of the brief that no critic judges, then the texts of the
    /// requirements without a verdict of pass or fail.
    pub fn unjudged(&self) -> impl Iterator<Item = &str> {
        self.json["unjudged"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// True if every part of the brief was judged in the best image: "satisfied" then says all that was asked for.
    pub fn is_fully_judged(&self) -> bool {
        self.json["fully_judged"].as_bool() == Some(true)
    }

    /// All of it: {"reason", "error", "best", "score", "fully_judged", "unjudged", "transcript"}.
    pub fn json(&self) -> &Value {
        &self.json
    }
}

/// The best image of a run.
#[derive(Clone, Debug)]
pub struct Best {
    pub(crate) id: String,
    pub(crate) image: Image,
}

impl Best {
    /// Which of the run's images it is: "2a" is that of the first draft of round 2.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The round that it was made in, from 0: the number at the beginning of the id.
    pub fn round(&self) -> u64 {
        let digits = self.id.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.id.len());
        self.id[..digits].parse().unwrap_or_default()
    }

    pub fn image(&self) -> &Image {
        &self.image
    }
}

/// The result of a run: an image and how the run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub(crate) best: Best,
    pub(crate) ending: Ending,
}

impl Outcome {
    /// The best accepted image; if none could be judged, the first one that was made.
    pub fn best(&self) -> &Best {
        &self.best
    }

    pub fn reason(&self) -> Reason<'_> {
        self.ending.reason()
    }

    /// The score of the best image. All zeros if none could be judged.
    pub fn score(&self) -> Score {
        self.ending.score().unwrap_or_default()
    }

    /// True if every must passes or, if there is none, every should.
    pub fn is_satisfied(&self) -> bool {
        self.score().satisfied
    }

    /// As `Ending::unjudged`.
    pub fn unjudged(&self) -> impl Iterator<Item = &str> {
        self.ending.unjudged()
    }

    /// As `Ending::is_fully_judged`.
    pub fn is_fully_judged(&self) -> bool {
        self.ending.is_fully_judged()
    }

    /// The rest of what is known.
    pub fn ending(&self) -> &Ending {
        &self.ending
    }
}
