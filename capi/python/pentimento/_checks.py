"""What is said of values that cannot be: in one place, so that it is said alike everywhere.

Nothing in here is part of the public interface of the package.
"""

from __future__ import annotations

import reprlib
from typing import Any, Iterable, Mapping

MICROS = "whole micro-dollars, ptm.usd(0.04)"


def shown(value: Any) -> str:
    """A value for a message: as it is written in Python, and not too long."""
    return f"{value.__name__}, a class" if isinstance(value, type) else reprlib.repr(value)


def whole(what: str, value: Any, wanted: str, least: int = 0) -> int:
    """A whole number from `least` on. Raises TypeError, also for a float without a fraction, because its dollars would
    be taken for micro-dollars, and ValueError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{what} is {wanted}, not {shown(value)}")
    if value < least:
        raise ValueError(f"{what} is {value}; {least} or more")
    return value


def one_of(what: str, value: Any, accepted: Iterable[str], *besides: str) -> None:
    """Raises ValueError for what is none of these words; `besides` is what else would have been taken."""
    words = tuple(accepted)
    if not isinstance(value, str) or value not in words:
        named = [*besides, *(f'"{word}"' for word in words)]
        raise ValueError(f"{what} is {', '.join(named[:-1])} or {named[-1]}, not {shown(value)}")


def several(what: str, value: Any, wanted: str) -> None:
    """Raises TypeError for what is no list of things: a text or a dict, say, whose letters or keys would be taken."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{what} {wanted}, not {shown(value)}")
