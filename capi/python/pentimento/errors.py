"""Errors: one exception for each code, all derived from `PentimentoError`.

Act on the code; the message says what is wrong and what would be accepted. A provider's own words are separate, in
`provider_message`, because they may repeat the prompt or be hostile.
"""

from __future__ import annotations

import enum
from typing import Any, Mapping

from .money import Charge


class Code(enum.IntEnum):
    """The codes of the library, with its numbers. In JSON they are their names in lower case."""

    INVALID_ARGUMENT = 1
    UNSUPPORTED = 2
    UNREADABLE_IMAGE = 3
    TOO_LARGE = 4
    CANCELLED = 5
    DEADLINE_EXCEEDED = 6
    REFUSED = 7
    BACKEND_FAILED = 8
    UNUSABLE_REPLY = 9
    IO_FAILED = 10
    OBSERVER_FAILED = 11
    PARSE_FAILED = 12
    CONNECT_FAILED = 13
    OUTCOME_UNKNOWN = 14
    UNAUTHORIZED = 15
    PAYMENT_REQUIRED = 16
    RATE_LIMITED = 17
    NOT_FOUND = 18

    HANDLE = 101
    STATE = 102
    BUSY = 103
    NOMEM = 104
    FORKED = 105
    VERSION = 106
    INTERNAL = 107

    def __str__(self) -> str:
        return self.name.lower()


class PentimentoError(Exception):
    """The base class of all errors of this package.

    Raised by its functions and found in `Outcome.error`. Backends of your own can raise it to say what a failed call
    cost: `raise Refused("no people", request_id="r-7", charge=Charge.paid(usd(0.01)))`.
    """

    #: The kind of error.
    code: Code = Code.BACKEND_FAILED

    def __init__(
        self,
        message: str = "",
        *,
        provider_message: str = "",
        request_id: str = "",
        charge: Charge = Charge(),
    ):
        super().__init__(message)
        #: One sentence for a person.
        self.message = message
        #: The provider's own words, unchecked; empty if there are none.
        self.provider_message = provider_message
        #: The provider's id of the request, for its support; empty if there is none.
        self.request_id = request_id
        #: What the failed call cost, or may have cost.
        self.charge = charge

    @property
    def maybe_billed(self) -> bool:
        """True if the call may have been billed: a request was sent and its outcome is unknown. Retry only if paying
        twice is acceptable. `charge.micros` is the worst-case cost."""
        return self.charge.billing == "maybe_billed"

    def to_json(self) -> dict[str, Any]:
        """The JSON form of the library."""
        fields: dict[str, Any] = {"code": str(self.code), "message": self.message}
        if self.provider_message:
            fields["provider_message"] = self.provider_message
        if self.request_id:
            fields["request_id"] = self.request_id
        if self.charge != Charge():
            fields["charge"] = self.charge.to_json()
        return fields


class InvalidArgument(PentimentoError, ValueError):
    """An invalid value: an empty prompt, an unknown name, a size out of range."""

    code = Code.INVALID_ARGUMENT


class Unsupported(PentimentoError):
    """The backend cannot do this."""

    code = Code.UNSUPPORTED


class UnreadableImage(PentimentoError, ValueError):
    """The bytes are not a PNG, JPEG, WebP or GIF, or are damaged."""

    code = Code.UNREADABLE_IMAGE


class TooLarge(PentimentoError, ValueError):
    """A stated limit was exceeded."""

    code = Code.TOO_LARGE


class Cancelled(PentimentoError):
    """Cancelled: by you, at the run's deadline, or because it was no longer wanted. Not asyncio.CancelledError."""

    code = Code.CANCELLED


class DeadlineExceeded(PentimentoError):
    """The timeout of a backend's call expired."""

    code = Code.DEADLINE_EXCEEDED


class Refused(PentimentoError):
    """The provider refused the request (moderation)."""

    code = Code.REFUSED


class BackendFailed(PentimentoError):
    """The backend failed. Also the error for an exception of a backend in Python."""

    code = Code.BACKEND_FAILED


class UnusableReply(PentimentoError):
    """The backend's reply could not be used."""

    code = Code.UNUSABLE_REPLY


class IoFailed(PentimentoError):
    """A file could not be read or written."""

    code = Code.IO_FAILED


class ObserverFailed(PentimentoError):
    """An observer of the run failed, so that the run can no longer be recorded."""

    code = Code.OBSERVER_FAILED


class ParseFailed(PentimentoError, ValueError):
    """Invalid text or JSON; the message has its path and position."""

    code = Code.PARSE_FAILED


class ConnectFailed(PentimentoError):
    """A server could not be reached or authenticated; nothing was sent."""

    code = Code.CONNECT_FAILED


class OutcomeUnknown(PentimentoError):
    """A request was sent and no reply arrived, so it may have been carried out."""

    code = Code.OUTCOME_UNKNOWN


class Unauthorized(PentimentoError):
    """The provider does not accept the key, or the key may not do this."""

    code = Code.UNAUTHORIZED


class PaymentRequired(PentimentoError):
    """The provider requires a payment first."""

    code = Code.PAYMENT_REQUIRED


class RateLimited(PentimentoError):
    """The provider asks for a longer pause than the call's timeout."""

    code = Code.RATE_LIMITED


class NotFound(PentimentoError, LookupError):
    """A model, an address or an image does not exist."""

    code = Code.NOT_FOUND


class BadHandle(PentimentoError):
    """The engine, run or image was closed."""

    code = Code.HANDLE


class BadState(PentimentoError):
    """Not now: the outcome of an unfinished run, an answer to a question that was not asked or is already answered."""

    code = Code.STATE


class Busy(PentimentoError):
    """Not here: it would block within a callback."""

    code = Code.BUSY


class OutOfMemory(PentimentoError, MemoryError):
    """Out of memory; nothing was done."""

    code = Code.NOMEM


class Forked(PentimentoError):
    """This process is a child by fork of the one that loaded the library, whose threads are not here. Start processes
    with the method "spawn" of multiprocessing, or by subprocess."""

    code = Code.FORKED


class VersionMismatch(PentimentoError):
    """The library does not know a struct of this package."""

    code = Code.VERSION


class InternalFault(PentimentoError):
    """A bug of the library; please report it."""

    code = Code.INTERNAL


_by_code: dict[Code, type[PentimentoError]] = {kind.code: kind for kind in PentimentoError.__subclasses__()}

# Messages for statuses without an error object.
_wordless = {
    Code.NOMEM: "out of memory",
    Code.FORKED: "this process is a child by fork of the one that loaded pentimento; import it in processes that were "
    "spawned instead",
}


def from_status(status: int, message: str, fields: Mapping[str, Any] | None = None) -> PentimentoError:
    """The exception for a status of the library. `fields` is the error in JSON, which knows more."""
    try:
        code = Code(status)
    except ValueError:
        code, message = Code.INTERNAL, message or f"the library returned the unknown status {status}"
    fields = fields or {}
    return _by_code[code](
        message or _wordless.get(code, str(code)),
        provider_message=fields.get("provider_message", ""),
        request_id=fields.get("request_id", ""),
        charge=Charge.from_json(fields.get("charge")),
    )


def from_json(fields: Mapping[str, Any]) -> PentimentoError:
    """The exception for an error in the JSON of events and outcomes."""
    code = Code.__members__.get(str(fields.get("code", "")).upper(), Code.BACKEND_FAILED)
    return from_status(code, fields.get("message", ""), fields)


def last_line(exception: BaseException) -> str:
    """The last line of an exception's traceback, as in "ValueError: no such colour": on one line, and not too long."""
    kind = type(exception)
    module = "" if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "."
    name = module + kind.__qualname__
    try:
        text = " ".join(str(exception).split())
    except Exception:  # it is the user's code that is asked for its text
        text = "its text cannot be had"
    line = f"{name}: {text}" if text else name
    return line if len(line) <= 1000 else line[:997] + "..."
