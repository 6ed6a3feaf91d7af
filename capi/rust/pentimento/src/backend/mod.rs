//! Backends of the caller: what they are asked, what they answer, and how the two travel.

mod call;
mod critic;
mod generator;
mod registry;
mod reviser;

pub use call::{Answer, Call, Kind};
pub use critic::{
    Comparison, ComparisonRequest, Critic, CriticProfile, Critique, CritiqueRequest, Finding, Plan,
    PlanRequest, Preference, Verdict,
};
pub use generator::{Capabilities, Generation, GenerationRequest, Generator};
pub use reviser::{Action, Reviser, ReviserProfile, Revision, RevisionRequest};

pub(crate) use call::{answer, WorstCases};
pub(crate) use critic::blocking_critic;
pub(crate) use generator::blocking_generator;
pub(crate) use registry::{add, Start};
pub(crate) use reviser::blocking_reviser;
