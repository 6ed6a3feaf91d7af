"""Checks of arguments, with messages that read alike everywhere. Numbers and booleans of numpy are accepted like those
of Python, by what they can do: numpy itself is not imported.

Nothing in here is part of the public interface of the package.
"""

from __future__ import annotations

import operator
import reprlib
import time
from typing import Any, Iterable, Mapping

MICROS = "whole micro-dollars, ptm.usd(0.04)"


def shown(value: Any) -> str:
    """A value for a message: as it is written in Python, and not too long."""
    return f"{value.__name__}, a class" if isinstance(value, type) else reprlib.repr(value)


def truth(value: Any) -> bool | None:
    """A boolean, also one of numpy. None for anything else: every object has a truth value."""
    if isinstance(value, bool):
        return value
    is_boolean = getattr(getattr(value, "dtype", None), "kind", None) == "b" and getattr(value, "shape", None) == ()
    return bool(value) if is_boolean else None


def flag(what: str, value: Any) -> bool:
    """A boolean. Raises TypeError."""
    found = truth(value)
    if found is None:
        raise TypeError(f"{what} is True or False, not {shown(value)}")
    return found


def integer(what: str, value: Any, wanted: str) -> int:
    """A whole number. Raises TypeError, also for a boolean and for a float without a fraction: as dollars it would be
    taken for micro-dollars."""
    if truth(value) is None:
        try:
            return operator.index(value)
        except TypeError:
            pass
    raise TypeError(f"{what} is {wanted}, not {shown(value)}")


def whole(what: str, value: Any, wanted: str, least: int = 0) -> int:
    """A whole number from `least` on. Raises TypeError and ValueError."""
    number = integer(what, value, wanted)
    if number < least:
        raise ValueError(f"{what} is {number}; {least} or more")
    return number


def number(what: str, value: Any, wanted: str) -> int | float:
    """A number. Raises TypeError."""
    if truth(value) is None:
        if hasattr(value, "__index__"):
            return integer(what, value, wanted)
        if hasattr(value, "__float__"):
            return float(value)
    raise TypeError(f"{what} is {wanted}, not {shown(value)}")


def as_json(value: Any) -> Any:
    """For `json.dumps`: a number or boolean that it does not know. Raises TypeError."""
    found = truth(value)
    if found is None:
        return number("a value in JSON", value, "text, a number, a boolean, None, a list or a dict")
    return found


def deadline(timeout: Any) -> float | None:
    """The time of `time.monotonic` when a timeout in seconds is over; None for none. Raises TypeError and
    ValueError."""
    if timeout is None:
        return None
    seconds = number("timeout", timeout, "a number of seconds, or None")
    if not seconds >= 0:
        raise ValueError(f"timeout is {seconds} seconds; 0 or more, or None")
    return time.monotonic() + seconds


def one_of(what: str, value: Any, accepted: Iterable[str], *besides: str) -> None:
    """Raises ValueError unless it is one of these words. `besides` are further accepted values, for the message."""
    words = tuple(accepted)
    if not isinstance(value, str) or value not in words:
        named = [*besides, *(f'"{word}"' for word in words)]
        raise ValueError(f"{what} is {', '.join(named[:-1])} or {named[-1]}, not {shown(value)}")


def several(what: str, value: Any, wanted: str) -> None:
    """Raises TypeError unless it is a list of things. A text or a dict, which can be iterated as well, is none."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{what} {wanted}, not {shown(value)}")
