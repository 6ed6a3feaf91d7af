//! Errors: a code to act on, a sentence for a person, and what it may have cost.

use crate::json::{self, json, Value};
use pentimento_sys as sys;
use std::fmt::{self, Display, Formatter};

/// What went wrong, in terms that a program can act on. The names in JSON are those of `name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// An invalid value: an empty prompt, an unknown name.
    InvalidArgument,
    /// The backend cannot do this.
    Unsupported,
    /// The bytes are not a PNG, JPEG, WebP or GIF, or are damaged.
    UnreadableImage,
    /// A stated limit was exceeded.
    TooLarge,
    Cancelled,
    DeadlineExceeded,
    /// The provider refused the prompt or image (moderation).
    Refused,
    BackendFailed,
    /// The backend replied, but the reply cannot be used.
    UnusableReply,
    /// A file could not be read or written.
    IoFailed,
    /// A sink or a callback for events failed.
    ObserverFailed,
    /// Invalid text or JSON; the message has its path and position.
    ParseFailed,
    /// A server could not be reached; nothing was sent.
    ConnectFailed,
    /// A request was sent and no reply arrived: it may have been carried out.
    OutcomeUnknown,
    Unauthorized,
    PaymentRequired,
    RateLimited,
    /// The named thing does not exist: an image, a model.
    NotFound,
    /// The call is dead: its engine was dropped, or its run was and its backend was replaced.
    Handle,
    /// Not possible now: an answer to a question that was not asked.
    State,
    /// Not possible here: it would block on a thread of the engine.
    Busy,
    /// Out of memory, or no thread can be started; nothing was done.
    NoMemory,
    /// This process is a fork of one that had created an engine.
    Forked,
    /// The loaded library is older than this crate.
    Version,
    /// A bug of the library; please report it.
    Internal,
    /// A status that this crate does not know, of a newer library.
    Unknown(i32),
}

/// Every code with its status and its name.
const CODES: [(Code, sys::ptm_status, &str); 25] = [
    (Code::InvalidArgument, sys::PTM_E_INVALID_ARGUMENT, "invalid_argument"),
    (Code::Unsupported, sys::PTM_E_UNSUPPORTED, "unsupported"),
    (Code::UnreadableImage, sys::PTM_E_UNREADABLE_IMAGE, "unreadable_image"),
    (Code::TooLarge, sys::PTM_E_TOO_LARGE, "too_large"),
    (Code::Cancelled, sys::PTM_E_CANCELLED, "cancelled"),
    (Code::DeadlineExceeded, sys::PTM_E_DEADLINE_EXCEEDED, "deadline_exceeded"),
    (Code::Refused, sys::PTM_E_REFUSED, "refused"),
    (Code::BackendFailed, sys::PTM_E_BACKEND_FAILED, "backend_failed"),
    (Code::UnusableReply, sys::PTM_E_UNUSABLE_REPLY, "unusable_reply"),
    (Code::IoFailed, sys::PTM_E_IO_FAILED, "io_failed"),
    (Code::ObserverFailed, sys::PTM_E_OBSERVER_FAILED, "observer_failed"),
    (Code::ParseFailed, sys::PTM_E_PARSE_FAILED, "parse_failed"),
    (Code::ConnectFailed, sys::PTM_E_CONNECT_FAILED, "connect_failed"),
    (Code::OutcomeUnknown, sys::PTM_E_OUTCOME_UNKNOWN, "outcome_unknown"),
    (Code::Unauthorized, sys::PTM_E_UNAUTHORIZED, "unauthorized"),
    (Code::PaymentRequired, sys::PTM_E_PAYMENT_REQUIRED, "payment_required"),
    (Code::RateLimited, sys::PTM_E_RATE_LIMITED, "rate_limited"),
    (Code::NotFound, sys::PTM_E_NOT_FOUND, "not_found"),
    (Code::Handle, sys::PTM_E_HANDLE, "handle"),
    (Code::State, sys::PTM_E_STATE, "state"),
    (Code::Busy, sys::PTM_E_BUSY, "busy"),
    (Code::NoMemory, sys::PTM_E_NOMEM, "no_memory"),
    (Code::Forked, sys::PTM_E_FORKED, "forked"),
    (Code::Version, sys::PTM_E_VERSION, "version"),
    (Code::Internal, sys::PTM_E_INTERNAL, "internal"),
];

impl Code {
    /// Every code that has a name.
    #[cfg(feature = "serde")]
    pub(crate) fn all() -> impl Iterator<Item = Code> {
        CODES.iter().map(|known| known.0)
    }

    /// The code of a status that is an error.
    pub(crate) fn of_status(status: sys::ptm_status) -> Code {
        CODES.iter().find(|known| known.1 == status).map_or(Code::Unknown(status), |known| known.0)
    }

    /// The code of this name.
    pub(crate) fn of_name(name: &str) -> Option<Code> {
        CODES.iter().find(|known| known.2 == name).map(|known| known.0)
    }

    /// The stable name, in snake_case, as it stands in the JSON of errors.
    pub fn name(self) -> &'static str {
        CODES.iter().find(|known| known.0 == self).map_or("unknown", |known| known.2)
    }

    /// True if a backend can report it. The others are about the interface.
    fn is_of_backends(self) -> bool {
        CODES.iter().any(|known| known.0 == self && known.1 < sys::PTM_E_HANDLE)
    }
}

impl Display for Code {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// How sure a charge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Billing {
    /// Nothing was charged.
    Unpaid,
    /// The provider stated this amount.
    Paid,
    /// The call succeeded; the amount is computed from a price table.
    Estimated,
    /// The outcome of the call is unknown; at most this amount may have been charged.
    MaybeBilled,
}

impl Billing {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Billing::Unpaid => "unpaid",
            Billing::Paid => "paid",
            Billing::Estimated => "estimated",
            Billing::MaybeBilled => "maybe_billed",
        }
    }
}

/// What a call cost, in micro-dollars. It cannot be negative:
///
/// ```compile_fail,E0600
/// let charge = pentimento::Charge::paid(-40_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Charge {
    pub billing: Billing,
    pub micros: u64,
}

impl Charge {
    /// The provider stated this amount.
    pub fn paid(micros: u64) -> Charge {
        Charge { billing: Billing::Paid, micros }
    }

    /// The call succeeded; the amount comes from a price table.
    pub fn estimated(micros: u64) -> Charge {
        Charge { billing: Billing::Estimated, micros }
    }

    /// The outcome is unknown; this is the worst-case cost.
    pub fn maybe_billed(micros: u64) -> Charge {
        Charge { billing: Billing::MaybeBilled, micros }
    }

    /// A recorded charge. A negative amount is read as zero.
    pub(crate) fn from_json(value: &Value) -> Option<Charge> {
        let name = value["billing"].as_str()?;
        let all = [Billing::Unpaid, Billing::Paid, Billing::Estimated, Billing::MaybeBilled];
        let billing = all.into_iter().find(|billing| billing.name() == name)?;
        let micros = &value["micros"];
        let micros = micros.as_u64().or_else(|| micros.as_i64().map(|_negative| 0))?;
        Some(Charge { billing, micros })
    }
}

/// The JSON form. An amount above `i64::MAX` is written as `i64::MAX`, the most that the library can count.
impl From<Charge> for Value {
    fn from(charge: Charge) -> Value {
        let micros = i64::try_from(charge.micros).unwrap_or(i64::MAX);
        json!({"billing": charge.billing.name(), "micros": micros})
    }
}

/// An error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Details>); // in a box, so that a `Result` stays small

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    code: Code,
    message: String,
    provider_message: String,
    request_id: String,
    charge: Option<Charge>,
}

impl Error {
    /// For backends of your own. The message is one sentence: what is wrong and what would be accepted.
    ///
    /// A backend can report the codes up to `NotFound`; the others, which are about this interface, arrive as
    /// `BackendFailed`.
    pub fn new(code: Code, message: impl Into<String>) -> Error {
        Error(Box::new(Details {
            code,
            message: message.into(),
            provider_message: String::new(),
            request_id: String::new(),
            charge: None,
        }))
    }

    /// The same with the provider's own words.
    #[must_use]
    pub fn with_provider_message(mut self, text: impl Into<String>) -> Error {
        self.0.provider_message = text.into();
        self
    }

    /// The same with the provider's id of the request.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Error {
        self.0.request_id = id.into();
        self
    }

    /// The same with what the failed call cost, or may have cost.
    #[must_use]
    pub fn with_charge(mut self, charge: Charge) -> Error {
        self.0.charge = Some(charge);
        self
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    /// One sentence for a person.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The provider's own words, unchecked: they may repeat the prompt or be hostile. May be empty.
    pub fn provider_message(&self) -> &str {
        &self.0.provider_message
    }

    /// The provider's id of the request, for its support. Empty if there is none.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The cost, or worst-case cost, of the failed call.
    pub fn charge(&self) -> Option<Charge> {
        self.0.charge
    }

    /// True if the call may have been billed although it failed; `charge` is the worst-case cost.
    pub fn maybe_billed(&self) -> bool {
        matches!(self.0.charge, Some(Charge { billing: Billing::MaybeBilled, .. }))
    }

    /// An error from its JSON: {"code", "message", "provider_message", "request_id", "charge"}.
    pub(crate) fn from_json(value: &Value) -> Error {
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_string();
        Error(Box::new(Details {
            code: Code::of_name(&text("code")).unwrap_or(Code::BackendFailed),
            message: text("message"),
            provider_message: text("provider_message"),
            request_id: text("request_id"),
            charge: Charge::from_json(&value["charge"]),
        }))
    }

    /// The JSON by which a backend reports it.
    pub(crate) fn to_json(&self) -> Value {
        self.json_with(if self.0.code.is_of_backends() { self.0.code } else { Code::BackendFailed })
    }

    /// The JSON of it with this code.
    pub(crate) fn json_with(&self, code: Code) -> Value {
        let mut members = json::Object::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_string(), value);
        put("code", code.name().into());
        put("message", self.message().into());
        if !self.provider_message().is_empty() {
            put("provider_message", self.provider_message().into());
        }
        if !self.request_id().is_empty() {
            put("request_id", self.request_id().into());
        }
        if let Some(charge) = self.0.charge {
            put("charge", charge.into());
        }
        Value::Object(members)
    }

    /// An error of this status, with the message in place of what is in `json`.
    pub(crate) fn of_status(status: sys::ptm_status, message: String, json: &Value) -> Error {
        let mut error = Error::from_json(json);
        error.0.code = Code::of_status(status);
        error.0.message = message;
        error
    }
}

/// The code and the message, on one line unless the message has more.
impl Display for Error {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.code(), self.message())
    }
}

impl std::error::Error for Error {}

impl From<json::ParseError> for Error {
    fn from(error: json::ParseError) -> Error {
        Error::new(Code::ParseFailed, error.to_string())
    }
}

/// What functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::{json, Charge};

    #[test]
    fn a_charge_below_zero_is_read_as_nothing() {
        let read = |micros: i64| {
            let json = json!({"billing": "paid", "micros": micros});
            Charge::from_json(&json)
        };
        assert_eq!(read(7), Some(Charge::paid(7)));
        assert_eq!(read(-7), Some(Charge::paid(0)));
        assert_eq!(read(i64::MIN), Some(Charge::paid(0)));
    }
}
