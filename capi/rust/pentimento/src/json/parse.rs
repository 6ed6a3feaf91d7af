//! Values from JSON text, by RFC 8259 and nothing else: no comments, no trailing commas, no repeated names.

use super::{Object, Value, MAX_BYTES, MAX_DEPTH};
use std::fmt::{self, Display, Formatter};

/// Why text is not JSON, or more than is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    why: &'static str,
    offset: usize,
}

impl ParseError {
    /// Where it goes wrong, in bytes from the beginning.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl Display for ParseError {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "this is not JSON, at byte {}: {}", self.offset, self.why)
    }
}

impl std::error::Error for ParseError {}

type Result<T> = std::result::Result<T, ParseError>;

pub(super) fn parse(text: &str) -> Result<Value> {
    if text.len() > MAX_BYTES {
        return Err(ParseError { why: "it is longer than is read", offset: MAX_BYTES });
    }
    let mut parser = Parser { text, at: 0, depth: 0 };
    parser.skip_space();
    let value = parser.value()?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(value),
        Some(_) => parser.fail("there is something behind the value"),
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn fail<T>(&self, why: &'static str) -> Result<T> {
        Err(ParseError { why, offset: self.at })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes on behind this byte if it is the next.
    fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<Value> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => self.fail("a value is expected"),
            None => self.fail("the text ends where a value is expected"),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value> {
        if !self.text[self.at..].starts_with(word) {
            return self.fail("a value is expected");
        }
        self.at += word.len();
        Ok(value)
    }

    /// Keeps count of the depth, because every level takes some of the stack.
    fn nested(&mut self, read: fn(&mut Self) -> Result<Value>) -> Result<Value> {
        if self.depth == MAX_DEPTH {
            return self.fail("it is nested deeper than is read");
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn array(&mut self) -> Result<Value> {
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_space();
            items.push(self.value()?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return self.fail("a comma or the end of the array is expected");
            }
        }
    }

    fn object(&mut self) -> Result<Value> {
        let mut members = Object::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            let place = self.at;
            if self.peek() != Some(b'"') {
                return self.fail("the name of a member is expected");
            }
            let name = self.string()?;
            self.skip_space();
            if !self.take(b':') {
                return self.fail("a colon is expected");
            }
            self.skip_space();
            let value = self.value()?;
            if members.insert(name, value).is_some() {
                return Err(ParseError { why: "the name stands there twice", offset: place });
            }
            self.skip_space();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return self.fail("a comma or the end of the object is expected");
            }
        }
    }

    fn digits(&mut self) -> Result<()> {
        let first = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == first {
            return self.fail("a digit is expected");
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value> {
        let first = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let mut whole = true;
        if self.take(b'.') {
            whole = false;
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            whole = false;
            if !self.take(b'-') {
                self.take(b'+');
            }
            self.digits()?;
        }
        let text = &self.text[first..self.at];
        if whole {
            match text.parse() {
                Ok(number) if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&number) => {
                    return Ok(Value::Integer(number));
                }
                _ => {} // it is larger than that
            }
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Number(number)),
            _ => Err(ParseError { why: "the number is out of range", offset: first }),
        }
    }

    fn string(&mut self) -> Result<String> {
        self.at += 1; // the quotation mark
        let mut out = String::new();
        loop {
            let plain = self.at;
            while matches!(self.peek(), Some(byte) if byte != b'"' && byte != b'\\' && byte >= 0x20) {
                self.at += 1;
            }
            out += &self.text[plain..self.at];
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escaped()?);
                }
                Some(_) => return self.fail("a control character must be escaped"),
                None => return self.fail("the text ends within a string"),
            }
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<char> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.fail("this cannot be escaped"),
        };
        self.at += 1;
        Ok(character)
    }

    /// What stands behind `\`, from the `u` on: one code unit of UTF-16, or the two of a pair.
    fn unicode(&mut self) -> Result<char> {
        let place = self.at;
        let first = self.code_unit()?;
        let code = match first {
            0xD800..=0xDBFF if self.text[self.at..].starts_with("\\u") => {
                self.at += 1;
                let second = self.code_unit()?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(ParseError { why: "half of a surrogate pair", offset: place });
                }
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            _ => first,
        };
        char::from_u32(code).ok_or(ParseError { why: "half of a surrogate pair", offset: place })
    }

    fn code_unit(&mut self) -> Result<u32> {
        self.at += 1; // the u
        let mut unit = 0;
        for _ in 0..4 {
            let digit = match self.peek().and_then(|byte| char::from(byte).to_digit(16)) {
                Some(digit) => digit,
                None => return self.fail("four hexadecimal digits are expected"),
            };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }
}
