//! Backends of the caller: what they are asked, what they answer, and how the two travel.

mod call;
mod critic;
mod generator;
mod registry;

pub use call::{Answer, Call, Kind};
pub use critic::{
    Comparison, ComparisonRequest, Critic, CriticProfile, Critique, CritiqueRequest, Finding, Plan,
    PlanRequest, Preference, Verdict,
};
pub use generator::{Capabilities, Generation, GenerationRequest, Generator};

pub(crate) use critic::blocking_critic;
pub(crate) use generator::blocking_generator;
pub(crate) use registry::add;
