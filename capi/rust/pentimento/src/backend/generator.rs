//! Generators of the caller.

use super::call::{on_thread, Answer, Call, WorstCases};
use crate::error::{Charge, Result};
use crate::image::Image;
use crate::json::{object, Object, Value};
use std::sync::Arc;

/// Makes images. Add it with `Engine::add_generator`, or with `Engine::add_generator_later` to avoid a thread
/// per call.
pub trait Generator: Send + Sync + 'static {
    /// The name and capabilities. Called once, when it is added.
    fn capabilities(&self) -> Capabilities;

    /// Makes the requested image; the request is within the capabilities. Runs on separate threads, several
    /// at once, and may block; it should return soon once the request is cancelled, with anything.
    ///
    /// A panic fails the call and records its estimate as maybe billed.
    fn generate(&self, request: GenerationRequest<'_>) -> Result<Generation>;
}

pub(crate) fn blocking_generator(generator: impl Generator) -> impl Fn(Call) + Send + Sync + 'static {
    let generator = Arc::new(generator);
    move |call| {
        let generator = Arc::clone(&generator);
        on_thread(call, move |call| generator.generate(GenerationRequest::of(call)).map(Answer::from));
    }
}

/// What a generator can do. Default: prompts only.
#[derive(Clone, Debug)]
pub struct Capabilities {
    json: Object,
    estimate: u64,
}

impl Capabilities {
    /// The name has 1 to 100 letters, digits, '-', '_' and '.'.
    pub fn new(name: impl Into<String>) -> Capabilities {
        Capabilities { json: object([("name", name.into().into())]), estimate: 0 }
    }

    /// True if it can start from an init image (image to image).
    #[must_use]
    pub fn image_to_image(self, can: bool) -> Capabilities {
        self.put("image_to_image", can)
    }

    /// True if it can keep the init image outside a mask (inpainting).
    #[must_use]
    pub fn mask(self, can: bool) -> Capabilities {
        self.put("mask", can)
    }

    /// True if the same request with the same seed gives the same image.
    #[must_use]
    pub fn seed(self, can: bool) -> Capabilities {
        self.put("seed", can)
    }

    #[must_use]
    pub fn negative_prompt(self, can: bool) -> Capabilities {
        self.put("negative_prompt", can)
    }

    /// The minimum and maximum side of an image, in pixels.
    #[must_use]
    pub fn sides(self, shortest: u32, longest: u32) -> Capabilities {
        self.put("min_side", shortest).put("max_side", longest)
    }

    #[must_use]
    pub fn max_prompt_characters(self, count: u32) -> Capabilities {
        self.put("max_prompt_characters", count)
    }

    /// The most images that one call returns; 1 by default. Images beyond it are dropped.
    #[must_use]
    pub fn images_per_call(self, count: u32) -> Capabilities {
        self.put("images_per_call", count)
    }

    /// The accepted media types of an init image, such as "image/png"; all by default.
    #[must_use]
    pub fn init_image_types(self, types: &[&str]) -> Capabilities {
        self.put("init_image_types", types)
    }

    /// The minimum and maximum side of an init image, in pixels.
    #[must_use]
    pub fn init_image_sides(self, shortest: u32, longest: u32) -> Capabilities {
        self.put("min_init_image_side", shortest).put("max_init_image_side", longest)
    }

    /// The largest init image, in encoded bytes.
    #[must_use]
    pub fn max_init_image_bytes(self, bytes: u32) -> Capabilities {
        self.put("max_init_image_bytes", bytes)
    }

    /// The worst-case cost of a call, in micro-dollars. A run reserves it before the call.
    #[must_use]
    pub fn estimate_micros(mut self, micros: u64) -> Capabilities {
        self.estimate = micros;
        self.put("estimate_micros", micros)
    }

    fn put(mut self, name: &str, value: impl Into<Value>) -> Capabilities {
        self.json.insert(name.to_string(), value.into());
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        Value::Object(self.json.clone())
    }

    pub(crate) fn worst_cases(&self) -> WorstCases {
        WorstCases { generate: self.estimate, ..WorstCases::default() }
    }
}

/// The request for an image.
#[derive(Clone, Copy, Debug)]
pub struct GenerationRequest<'c> {
    call: &'c Call,
}

impl<'c> GenerationRequest<'c> {
    /// The request of a call of kind `Generate`.
    pub fn of(call: &'c Call) -> GenerationRequest<'c> {
        GenerationRequest { call }
    }

    /// The call: whether it is cancelled, and the request as JSON.
    pub fn call(&self) -> &'c Call {
        self.call
    }

    pub fn prompt(&self) -> &'c str {
        self.call.request()["prompt"].as_str().unwrap_or_default()
    }

    /// Empty if there is none.
    pub fn negative_prompt(&self) -> &'c str {
        self.call.request()["negative_prompt"].as_str().unwrap_or_default()
    }

    /// Width and height in pixels.
    pub fn size(&self) -> Option<(u32, u32)> {
        let size = &self.call.request()["size"];
        let side = |name: &str| size[name].as_u64().and_then(|pixels| u32::try_from(pixels).ok());
        Some((side("width")?, side("height")?))
    }

    pub fn seed(&self) -> Option<u64> {
        self.call.request()["seed"].as_u64()
    }

    /// The init image.
    pub fn init_image(&self) -> Result<Option<Image>> {
        self.picture("init_image")
    }

    /// Where the init image may change.
    pub fn mask(&self) -> Result<Option<Image>> {
        self.picture("mask")
    }

    /// How far the result may depart from the init image, 0 to 1. `None` for the default.
    pub fn strength(&self) -> Option<f64> {
        self.call.request()["strength"].as_f64()
    }

    fn picture(&self, name: &str) -> Result<Option<Image>> {
        self.call.request().get(name).map(|record| self.call.image(record)).transpose()
    }
}

/// The result of a request: at least one image.
#[derive(Clone, Debug)]
pub struct Generation {
    images: Vec<Image>,
    json: Object,
}

impl Generation {
    pub fn new(image: Image) -> Generation {
        Generation { images: vec![image], json: Object::new() }
    }

    /// A further image for the same request.
    #[must_use]
    pub fn and(mut self, image: Image) -> Generation {
        self.images.push(image);
        self
    }

    /// The seed that was used.
    #[must_use]
    pub fn seed(self, seed: u64) -> Generation {
        self.put("seed", seed)
    }

    /// The prompt that was used instead of the given one.
    #[must_use]
    pub fn revised_prompt(self, prompt: impl Into<String>) -> Generation {
        self.put("revised_prompt", prompt.into())
    }

    /// The provider's id of the request.
    #[must_use]
    pub fn request_id(self, id: impl Into<String>) -> Generation {
        self.put("request_id", id.into())
    }

    /// The cost. Default: the estimate.
    #[must_use]
    pub fn charge(self, charge: Charge) -> Generation {
        self.put("charge", charge)
    }

    fn put(mut self, name: &str, value: impl Into<Value>) -> Generation {
        self.json.insert(name.to_string(), value.into());
        self
    }

    /// The JSON of it without the images, and the images.
    pub(crate) fn into_parts(self) -> (Value, Vec<Image>) {
        (Value::Object(self.json), self.images)
    }
}
