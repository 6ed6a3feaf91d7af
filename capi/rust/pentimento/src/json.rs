//! The JSON that requests, events and transcripts are made of: the values of `serde_json`.

pub use serde_json::{json, Error as ParseError, Value};

/// The members of an object.
pub type Object = serde_json::Map<String, Value>;

/// An object of these members.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Object {
    members.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

/// The items of an array. Empty for any other value.
pub(crate) fn items(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}
