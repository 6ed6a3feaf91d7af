"""Money: whole numbers of micro-dollars, and how sure a charge is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Mapping, Union

from . import _checks

Billing = Literal["unpaid", "paid", "estimated", "maybe_billed"]


def usd(dollars: Union[int, float, str, Decimal]) -> int:
    """Dollars as micro-dollars, rounded up, so that a limit is never passed by rounding: `usd(0.04)` is 40000.
    Raises ValueError for less than nothing and for what is not a number."""
    try:
        amount = Decimal(str(dollars))
    except InvalidOperation:
        raise ValueError(f"dollars are a number, not {_checks.shown(dollars)}") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{dollars} dollars; 0 or more")
    return int((amount * 1_000_000).to_integral_value(rounding="ROUND_CEILING"))


def dollars(micros: int) -> str:
    """Micro-dollars for people: "$0.04", with as many digits as it takes, and two at least."""
    whole, rest = divmod(abs(micros), 1_000_000)
    digits = f"{rest:06d}".rstrip("0")
    return f"{'-' if micros < 0 else ''}${whole}.{digits:0<2}"


@dataclass(frozen=True)
class Charge:
    """What one call cost. Raises TypeError for micro-dollars that are not whole, and ValueError for what cannot be."""

    #: "unpaid": nothing was charged. "paid": the provider stated it, or it follows from what the provider stated.
    #: "estimated": worked out from a price table. "maybe_billed": the fate of the call is unknown, this is the most.
    billing: Billing = "unpaid"
    #: Micro-dollars.
    micros: int = 0

    def __post_init__(self) -> None:
        _checks.one_of("the billing of a charge", self.billing, ("unpaid", "paid", "estimated", "maybe_billed"))
        _checks.whole("a charge", self.micros, _checks.MICROS)

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
        """Nobody knows whether it was carried out; this is the most that it can have cost."""
        return cls("maybe_billed", micros)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any] | None) -> Charge:
        """Nothing where there are no fields."""
        return cls(fields.get("billing", "unpaid"), fields.get("micros", 0)) if fields else cls()

    def to_json(self) -> dict[str, Any]:
        """As it stands in the JSON of the library."""
        return {"billing": self.billing, "micros": self.micros}

    def __str__(self) -> str:
        return f"{dollars(self.micros)} {self.billing.replace('_', ' ')}"
