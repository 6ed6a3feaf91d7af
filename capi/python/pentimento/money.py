"""Money: whole numbers of micro-dollars, and how sure a charge is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Mapping, Union

from . import _checks

Billing = Literal["unpaid", "paid", "estimated", "maybe_billed"]


def usd(dollars: Union[int, float, str, Decimal]) -> int:
    """Returns dollars as micro-dollars, rounded up: `usd(0.04)` is 40000. Raises ValueError for a negative amount and
    for what is not a number."""
    try:
        amount = Decimal(str(dollars))
    except InvalidOperation:
        raise ValueError(f"dollars are a number, not {_checks.shown(dollars)}") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{dollars} dollars; 0 or more")
    return int((amount * 1_000_000).to_integral_value(rounding="ROUND_CEILING"))


def dollars(micros: int) -> str:
    """Returns micro-dollars for people: "$0.04", with two digits or as many as are needed."""
    micros = _checks.integer("an amount", micros, _checks.MICROS)
    whole, rest = divmod(abs(micros), 1_000_000)
    digits = f"{rest:06d}".rstrip("0")
    return f"{'-' if micros < 0 else ''}${whole}.{digits:0<2}"


@dataclass(frozen=True)
class Charge:
    """The cost of one call. Raises TypeError for micro-dollars that are not whole, and ValueError for invalid
    values."""

    #: "unpaid": nothing was charged. "paid": the provider stated it, or it follows from what the provider stated.
    #: "estimated": computed from a price table. "maybe_billed": the outcome of the call is unknown; this is its
    #: worst-case cost.
    billing: Billing = "unpaid"
    #: Micro-dollars.
    micros: int = 0

    def __post_init__(self) -> None:
        _checks.one_of("the billing of a charge", self.billing, ("unpaid", "paid", "estimated", "maybe_billed"))
        object.__setattr__(self, "micros", _checks.whole("a charge", self.micros, _checks.MICROS))

    @classmethod
    def paid(cls, micros: int) -> Charge:
        """The provider stated this amount."""
        return cls("paid", micros)

    @classmethod
    def estimated(cls, micros: int) -> Charge:
        """The call succeeded; the amount comes from a price table."""
        return cls("estimated", micros)

    @classmethod
    def maybe_billed(cls, micros: int) -> Charge:
        """The outcome of the call is unknown; this is its worst-case cost."""
        return cls("maybe_billed", micros)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any] | None) -> Charge:
        """Reads the JSON of the library; None is an unpaid charge."""
        return cls(fields.get("billing", "unpaid"), fields.get("micros", 0)) if fields else cls()

    def to_json(self) -> dict[str, Any]:
        """The JSON form of the library."""
        return {"billing": self.billing, "micros": self.micros}

    def __str__(self) -> str:
        return f"{dollars(self.micros)} {self.billing.replace('_', ' ')}"
