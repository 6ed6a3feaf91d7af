//! Briefs.

use crate::error::Result;
use crate::image::Image;
use crate::json::{json, object, Object, Value};

/// How much a requirement matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Importance {
    /// An image that fails it is not acceptable.
    Must,
    /// It improves the score.
    Should,
}

impl Importance {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Importance::Must => "must",
            Importance::Should => "should",
        }
    }
}

/// What you want: a goal in words and its requirements. A string is a brief, too.
///
/// ```
/// use pentimento::Brief;
///
/// let brief = Brief::new("a mug for a shop").must("the handle points right").avoid("text").size(512, 512);
/// # let _ = brief;
/// ```
#[derive(Clone, Debug)]
pub struct Brief {
    json: Object,
    reference_images: Vec<Image>,
    start: Option<Image>,
}

impl Brief {
    pub fn new(goal: impl Into<String>) -> Brief {
        Brief::from(Value::String(goal.into()))
    }

    /// Adds a requirement that must be met. The critic must be able to judge it.
    #[must_use]
    pub fn must(self, text: impl Into<String>) -> Brief {
        self.requirement(None, text.into(), Importance::Must)
    }

    /// Adds a requirement that improves the score.
    #[must_use]
    pub fn should(self, text: impl Into<String>) -> Brief {
        self.requirement(None, text.into(), Importance::Should)
    }

    /// Adds a requirement with an id, which findings refer to.
    #[must_use]
    pub fn require(self, id: impl Into<String>, text: impl Into<String>, importance: Importance) -> Brief {
        self.requirement(Some(id.into()), text.into(), importance)
    }

    fn requirement(self, id: Option<String>, text: String, importance: Importance) -> Brief {
        let mut item = Object::new();
        if let Some(id) = id {
            item.insert("id".to_string(), id.into());
        }
        item.insert("text".to_string(), text.into());
        item.insert("importance".to_string(), importance.name().into());
        self.append("requirements", Value::Object(item))
    }

    /// Adds something that the image must not show.
    #[must_use]
    pub fn avoid(self, thing: impl Into<String>) -> Brief {
        self.append("avoid", Value::String(thing.into()))
    }

    /// The size in pixels.
    #[must_use]
    pub fn size(self, width: u32, height: u32) -> Brief {
        self.put("size", json!({"width": width, "height": height}))
    }

    #[must_use]
    pub fn aspect_ratio(self, width: u32, height: u32) -> Brief {
        self.put("aspect_ratio", json!({"width": width, "height": height}))
    }

    /// Adds a reference image that shows what is meant.
    #[must_use]
    pub fn reference_image(mut self, image: Image) -> Brief {
        self.reference_images.push(image);
        self
    }

    /// Sets the init image, which competes as round 0.
    #[must_use]
    pub fn init_image(mut self, image: Image) -> Brief {
        self.start = Some(image);
        self
    }

    fn put(mut self, name: &str, value: Value) -> Brief {
        self.json.insert(name.to_string(), value);
        self
    }

    fn append(mut self, name: &str, value: Value) -> Brief {
        let list = self.json.entry(name.to_string()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = list {
            items.push(value);
        }
        self
    }

    /// The JSON of it, and the images whose records stand there.
    pub(crate) fn into_parts(mut self) -> Result<(Value, Vec<Image>)> {
        let mut images = std::mem::take(&mut self.reference_images);
        for image in &images {
            let record = image.record()?;
            self = self.append("reference_images", record);
        }
        if let Some(start) = self.start.take() {
            let record = start.record()?;
            self = self.put("init_image", record);
            images.push(start);
        }
        Ok((Value::Object(self.json), images))
    }
}

/// A goal in words.
impl From<&str> for Brief {
    fn from(goal: &str) -> Brief {
        Brief::new(goal)
    }
}

/// A goal in words.
impl From<String> for Brief {
    fn from(goal: String) -> Brief {
        Brief::new(goal)
    }
}

/// The JSON form: an object, or text, which is the goal. The bytes of images whose records stand in it are
/// given to the run: see `Refine::image`.
impl From<Value> for Brief {
    fn from(json: Value) -> Brief {
        let json = match json {
            Value::Object(members) => members,
            goal => object([("goal", goal)]), // the library rejects a goal that is not text
        };
        Brief { json, reference_images: Vec::new(), start: None }
    }
}
