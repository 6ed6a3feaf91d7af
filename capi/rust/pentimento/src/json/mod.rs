//! The JSON that requests, events and transcripts are made of: a value, a strict parser and a writer.
//!
//! Whole numbers are exact over the range of `i64` and `u64` together; others are `f64`, written with as many
//! digits as it takes to read the same number again. Objects keep their members in the order of their names.
//!
//! Limits: text of up to [`MAX_BYTES`], nested up to [`MAX_DEPTH`] deep. They hold for what is read. Writing
//! goes as deep as the value does, on the stack.

mod parse;
mod write;

pub use parse::ParseError;

use std::collections::BTreeMap;
use std::ops::Index;

/// How many bytes of text are read at the most: 256 MiB, as many as the library takes of recorded events.
pub const MAX_BYTES: usize = 256 << 20;

/// How many arrays and objects may stand one inside the other in text that is read.
pub const MAX_DEPTH: usize = 64;

/// The members of an object.
pub type Object = BTreeMap<String, Value>;

/// A JSON value.
///
/// ```
/// use pentimento::json::Value;
///
/// let brief = Value::object([("goal", "two red mugs".into()), ("avoid", vec!["text"].into())]);
/// assert_eq!(brief["goal"].as_str(), Some("two red mugs"));
/// assert_eq!(brief["avoid"][0], "text".into());
/// assert_eq!(brief["size"]["width"].as_u64(), None);
/// assert_eq!(brief.to_string(), r#"{"avoid":["text"],"goal":"two red mugs"}"#);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    /// A whole number. What is read is within `i64::MIN..=u64::MAX`; what is beyond becomes a `Number`.
    Integer(i128),
    /// Any other number. "Not a number" is written as 0, the infinities as the largest numbers.
    Number(f64),
    String(String),
    Array(Vec<Value>),
    Object(Object),
}

static NULL: Value = Value::Null;

impl Value {
    /// Reads JSON text: one value, with nothing but white space around it. Names may not be repeated in an
    /// object.
    pub fn parse(text: &str) -> Result<Value, ParseError> {
        parse::parse(text)
    }

    /// An object of these members. Of two with one name the later one counts.
    pub fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// The member of this name, if this is an object that has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_object()?.get(name)
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The whole number, if this is one and within range.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => i64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The whole number, if this is one and within range.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Value::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The number, whole or not; the nearest one there is for a large whole number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Integer(number) => Some(*number as f64),
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The items of an array; of anything else, none.
    pub fn items(&self) -> std::slice::Iter<'_, Value> {
        self.as_array().unwrap_or(&[]).iter()
    }
}

/// The member of this name; `Null` if there is none, so that a path can be followed without looking at each
/// step.
impl Index<&str> for Value {
    type Output = Value;
    fn index(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&NULL)
    }
}

/// The item at this place; `Null` if there is none.
impl Index<usize> for Value {
    type Output = Value;
    fn index(&self, place: usize) -> &Value {
        self.as_array().and_then(|items| items.get(place)).unwrap_or(&NULL)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Bool(truth)
    }
}

macro_rules! from_whole_numbers {
    ($($type:ty)*) => {$(
        impl From<$type> for Value {
            fn from(number: $type) -> Value {
                Value::Integer(i128::from(number))
            }
        }
    )*};
}

from_whole_numbers! { i8 i16 i32 i64 u8 u16 u32 u64 }

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Integer(number as i128)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::String(text.to_string())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::String(text)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Value {
        Value::Array(items.into_iter().map(Into::into).collect())
    }
}

impl From<Object> for Value {
    fn from(members: Object) -> Value {
        Value::Object(members)
    }
}

/// `Null` for nothing.
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}
